"""The components of the stub server: a function that handles an event and one that renders, for each."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Any

State = dict[str, Any]
Payload = dict[str, list[str]]

CSP = (
    "default-src 'self'; script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "object-src 'none'; base-uri 'none'"
)
CONFIG = {"includeIndicatorCSS": False, "history": "reload", "mode": "same-origin"}
TEXTS = {
    "offline": "You are offline. What you did last will be sent when you are back.",
    "network": "The server cannot be reached. What you did last is not confirmed yet.",
    "server": "Something went wrong.",
    "refused": "That was not possible.",
    "wait": "Try again in {time}.",
    "full": "Too much is waiting already.",
    "refreshed": "This part was out of date and has been loaded anew.",
    "reload": "This part is out of date. Please reload the page.",
    "retry": "Try again",
    "dismiss": "Dismiss",
}


@dataclass(slots=True)
class Reply:
    """How an event is answered: 200 with the new render unless a handler says something else."""

    status: int = 200
    trigger: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    children: str = ""
    """`lose`: children are taken for mounted that are not; `full`: mounted ones are rendered as if they were new."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One component: its first state, its events, its template."""

    state: State
    handle: Callable[[State, str, Payload], Reply | None]
    render: Callable[[State, str, dict[str, str]], str]
    listens: dict[str, str] = field(default_factory=dict)
    children: tuple[str, ...] = ()


def button(css: str, event: str, component: str, /, label: str = "", extra: str = "", **values: str) -> str:
    """Return a button of a component as a template would write it."""
    vals = escape(json.dumps({"event": event, **values}))
    return f'<button class="{css}" hx-post="/components/{component}/" hx-vals="{vals}" {extra}>{label or css}</button>'


# A pad writes down the letters of its buttons, so that order and number of the events can be read off the page.


def pad_handle(state: State, event: str, payload: Payload) -> Reply | None:
    state["log"] += payload.get("letter", ["?"])[-1]
    if event == "vanish":
        state["gone"].append(payload["letter"][-1])
    if event == "quiet":
        return Reply(204)
    if event == "conflict":
        return Reply(409)
    return None


def pad_render(state: State, cid: str, _: dict[str, str]) -> str:
    vanishing = [button(f"v{n}", "vanish", "pad", letter=str(n)) for n in range(4) if str(n) not in state["gone"]]
    return (
        f'<section id="pad-{cid}"><output class="log">{state["log"]}</output>'
        + button("a", "add", "pad", letter="a")
        + button("b", "add", "pad", letter="b", extra='hx-target="this" hx-swap="outerHTML"')
        + button("c", "add", "pad", letter="c")
        + button("latest", "newest", "pad", letter="n", extra='data-cf-sync="latest"')
        + button("once", "poll", "pad", letter="p", extra='data-cf-sync="drop"')
        + button("own", "add", "pad", letter="o", extra='hx-sync="this:drop"')
        + button("quiet", "quiet", "pad", letter="q")
        + button("conflict", "conflict", "pad", letter="!")
        + "".join(vanishing)
        + "</section>"
    )


# A sheet has everything that a user can change without the server, and a button that renders it again.


def sheet_handle(state: State, event: str, payload: Payload) -> Reply | None:
    state["count"] += 1
    if event == "save":
        state["got"] = {name: values for name, values in payload.items() if name != "payload"}
        if payload.get("title", [""])[-1] == "bad":
            state["error"] = "No."
            return Reply(422)
        state["error"] = ""
    if event == "qty":
        state["qty"] = str(min(int(payload["qty"][-1]), 10))
    if event == "tick":
        state["ticked"] = False
    if event == "set":
        state["note"] = payload["note"][-1]
    if event == "row":
        state["rows"] += 1
    return None


def sheet_render(state: State, cid: str, _: dict[str, str]) -> str:
    rows = "".join(f'<li id="{cid}-row{n}">row {n}</li>' for n in range(state["rows"]))
    return f"""
    <div id="sheet-{cid}" class="sheet n{state["count"] % 2}">
      <output class="count">{state["count"]}</output> <output class="got">{escape(json.dumps(state["got"]))}</output>
      {button("again", "again", "sheet")}{button("row", "row", "sheet")}{button("set", "set", "sheet", note="server")}
      {button("set2", "set", "sheet", note="other text")}
      <ul class="rows">{rows}</ul>
      <p class="steady">steady</p><p><i class="flag{" on" if state["count"] == 1 else ""}"></i></p>
      <input class="note" name="note" value="{escape(state["note"])}">
      <textarea class="text" name="text"></textarea>
      <select class="pick" name="pick"><option value="1">one</option><option value="2">two</option></select>
      <details class="more"><summary>more</summary><p>inside</p></details>
      <div class="scroll"><p>1</p><p>2</p><p>3</p><p>4</p><p>5</p><p>6</p><p>7</p><p>8</p></div>
      <div class="mine" hx-morph-skip></div><div class="edit" contenteditable>{state["count"]}</div>
      <input class="qty" name="qty" value="{state["qty"]}" hx-post="/components/sheet/" hx-vals='{{"event": "qty"}}'>
      <input class="tick" type="checkbox" name="tick" hx-post="/components/sheet/" hx-vals='{{"event": "tick"}}'
        {"checked" if state["ticked"] else ""}>
      <form class="form" hx-post="/components/sheet/" hx-vals='{{"event": "save"}}'>
        <input class="title" name="title">
        <input class="other" name="other" value="{"other" if state["note"] == "other text" else "x"}">
        <input class="agree" type="checkbox" name="agree" value="yes">
        <b class="error">{state["error"]}</b>
        <button class="save" name="how" value="first">save</button>
        <button class="save2" name="how" value="second">save 2</button>
        {button("inform", "again", "sheet", extra='type="button"')}
      </form>
    </div>"""


# A part has fields and no form of its own, so that it can stand in somebody else's.


def part_handle(state: State, event: str, payload: Payload) -> Reply | None:
    state["count"] += 1
    state["got"] = payload
    return None


def part_render(state: State, cid: str, _: dict[str, str]) -> str:
    return f"""
    <div id="part-{cid}"><output class="partcount">{state["count"]}</output>
      <output class="partgot">{escape(json.dumps(state["got"]))}</output>
      <input class="parttitle" name="title"><input class="partbox" type="checkbox" name="agree" value="part">
      <select class="partpick" name="pick"><option>1</option><option>2</option></select>
      {button("partgo", "go", "part")}
    </div>"""


# A card's root is itself a form, and its fields have the names that hide a form's own properties.

CARD_FIELDS = ("id", "name", "action", "method", "target", "title", "options", "type", "value", "state")


def card_handle(state: State, event: str, payload: Payload) -> Reply | None:
    state["log"] += payload.pop("letter", ["?"])[-1]
    state["got"] = sorted(payload)
    return None


def card_render(state: State, cid: str, _: dict[str, str]) -> str:
    fields = "".join(f'<input class="f-{name}" name="{name}" value="{name}">' for name in CARD_FIELDS)
    return (
        f'<form id="card-{cid}" hx-post="/components/card/" hx-vals=\'{{"_event": "save", "letter": "s"}}\'>'
        f'<output class="cardlog">{state["log"]}</output><output class="cardgot">{json.dumps(state["got"])}</output>'
        f'{fields}<input class="must" name="must" required><button class="cardsave">save</button>'
        + button("cardplus", "plus", "card", extra='type="button"', letter="p")
        + "</form>"
    )


# A turner's root is another element with every event.


def turn_handle(state: State, event: str, payload: Payload) -> Reply | None:
    state["log"] += payload["letter"][-1]
    return None


def turn_render(state: State, cid: str, _: dict[str, str]) -> str:
    tag = "article" if len(state["log"]) % 2 else "aside"
    return (
        f'<{tag} id="turn-{cid}"><output id="log-{cid}" class="log">{state["log"]}</output>'
        f'<div id="in-{cid}">{button("a", "add", "turn", letter="a")}{button("b", "add", "turn", letter="b")}</div>'
        f'<input class="note" name="note" value="{state["log"]}">'
        f'<input class="more" name="more" value="{state["log"]}"></{tag}>'
    )


# A box stands for a page with children: one inside a form of the parent.


def box_handle(state: State, event: str, payload: Payload) -> Reply | None:
    state["count"] += 1
    state["got"] = payload
    if event in ("lose", "full"):
        return Reply(children=event)
    return None


def box_render(state: State, cid: str, children: dict[str, str]) -> str:
    return f"""
    <div id="box-{cid}"><output class="boxcount">{state["count"]}</output>
      <output class="boxgot">{escape(json.dumps(state["got"]))}</output>
      {button("boxadd", "add", "box")}
      <form class="boxform" hx-post="/components/box/" hx-vals='{{"event": "save"}}'>
        <input class="outer" name="outer" value="o"><input class="boxname" name="title" value="parent">
        <input class="boxagree" type="checkbox" name="agree" value="box" checked>
        {children["part"]}
        <button class="boxsave">save</button>
      </form>
      {children["pad"]}
    </div>"""


def box_lost(children: dict[str, str]) -> dict[str, str]:
    return {name: html.replace('data-cf-keep="', 'data-cf-keep="lost-') for name, html in children.items()}


# What comes into view is loaded, and says so.


def lazy_handle(state: State, event: str, payload: Payload) -> Reply | None:
    state["loaded"] = event == "_lazy"
    return None


def lazy_render(state: State, cid: str, _: dict[str, str]) -> str:
    if state["loaded"]:
        return f'<div id="lazy-{cid}"><p class="loaded">here</p></div>'
    return (
        f'<div id="lazy-{cid}" hx-post="/components/lazy/" hx-trigger="intersect once" '
        'hx-vals=\'{"event": "_lazy"}\'><p class="waiting">loading</p></div>'
    )


# A speaker uses every effect; a listener writes down what it hears.


def speaker_handle(state: State, event: str, payload: Payload) -> Reply | None:
    state["n"] += 1
    match event:
        case "announce":
            return Reply(trigger={"component:announce": {"text": "Said once"}})
        case "focus":
            return Reply(trigger={"component:focus": {"id": "goal"}})
        case "messages":
            messages = [
                {"level": 25, "tags": "mine success", "text": "Saved <b>it</b>"},
                {"level": 40, "tags": "danger", "text": "Not all of it"},
            ]
            return Reply(trigger={"component:messages": messages})
        case "emit":
            name = payload["name"][-1]
            return Reply(trigger={"component:emit": [{"name": name, "payload": {"n": state["n"], "list": [1, 2]}}]})
        case "redirect" | "push_url":
            header = {"redirect": "HX-Redirect", "push_url": "HX-Push-Url"}[event]
            return Reply(headers={header: payload["url"][-1]})
    return None


def speaker_render(state: State, cid: str, _: dict[str, str]) -> str:
    plain = "".join(button(event, event, "speaker") for event in ("announce", "focus", "messages"))
    emits = "".join(
        button(f"emit{n}", "emit", "speaker", name=name) for n, name in enumerate(["heard", "__proto__", "toString"])
    )
    urls = ["//evil.example/", "\t//evil.example/", "javascript:alert(1)", "http:evil", "/other?x=1"]
    moves = "".join(button(f"go{n}", "redirect", "speaker", url=url) for n, url in enumerate(urls))
    moves += button("push", "push_url", "speaker", url="?page=2")
    shown = f'<output class="n">{state["n"]}</output>{plain}{emits}{moves}<button id="goal">goal</button>'
    return f'<div id="speaker-{cid}">{shown}</div>'


def listener_handle(state: State, event: str, payload: Payload) -> Reply | None:
    state["heard"].append([event, payload["n"][-1]])
    return None


def listener_render(state: State, cid: str, _: dict[str, str]) -> str:
    return f'<div id="listener-{cid}"><output class="heard">{escape(json.dumps(state["heard"]))}</output></div>'


COMPONENTS = {
    "pad": Kind({"log": "", "gone": []}, pad_handle, pad_render),
    "sheet": Kind(
        {"count": 0, "got": {}, "error": "", "qty": "1", "ticked": False, "note": "", "rows": 1},
        sheet_handle,
        sheet_render,
    ),
    "part": Kind({"count": 0, "got": {}}, part_handle, part_render),
    "turn": Kind({"log": ""}, turn_handle, turn_render),
    "card": Kind({"log": "", "got": []}, card_handle, card_render),
    "box": Kind({"count": 0, "got": {}}, box_handle, box_render, children=("part", "pad")),
    "lazy": Kind({"loaded": False}, lazy_handle, lazy_render),
    "speaker": Kind({"n": 0}, speaker_handle, speaker_render),
    "listener": Kind({"heard": []}, listener_handle, listener_render, listens={"heard": "note_down"}),
}


def mount(name: str, cid: str = "") -> str:
    """Return a fresh component."""
    return root(name, cid or secrets.token_urlsafe(9), json.loads(json.dumps(COMPONENTS[name].state)), None, Reply())[0]


def root(name: str, cid: str, state: State, children: dict[str, str] | None, reply: Reply) -> tuple[str, str]:
    """Return (HTML, token) of a component: children whole the first time, placeholders afterwards."""
    kind = COMPONENTS[name]
    if children is None:
        children = {child: secrets.token_urlsafe(9) for child in kind.children}
        shown = {child: mount(child, children[child]) for child in children}
    else:
        tags = {"part": "div", "pad": "section"}
        shown = {
            child: f'<{tags[child]} id="{child}-{id}" data-cf-keep="{id}"></{tags[child]}>'
            for child, id in children.items()
        }
    if reply.children == "full":
        shown = {child: mount(child, id) for child, id in children.items()}
    if reply.children == "lose":
        children = {child: "lost-" + id for child, id in children.items()}
        shown = box_lost(shown)
        shown = {child: html.replace(' id="', ' id="lost-') for child, html in shown.items()}
    token = {"name": name, "id": cid, "state": state, "children": children}
    sealed = "cf1." + base64.urlsafe_b64encode(json.dumps(token).encode()).decode().rstrip("=")
    sealed += "=" * (-len(sealed.removeprefix("cf1.")) % 4)
    sealed = sealed.replace("=", ".")
    listens = f" data-cf-listens='{json.dumps(kind.listens)}'" if kind.listens else ""
    own = f'data-cf-component="{name}" data-cf-id="{escape(cid)}"{listens}'
    stamp = f'{own} hx-sync:inherited="this:queue all" data-cf-state="{sealed}"'
    html = kind.render(state, cid, shown).strip()
    tag, rest = html.split(" ", 1)
    return f"{tag} {stamp} {rest}", sealed


def render_page(body: str, *, script: str, csrf: str, htmx_first: bool = False) -> tuple[str, dict[str, str]]:
    """Return (HTML, headers) of a page under the strict policy. `{pad}` in the body becomes a fresh pad."""
    nonce = secrets.token_urlsafe(8)
    for name in COMPONENTS:
        place = "{" + name + "}"
        while place in body:
            body = body.replace(place, mount(name), 1)
    scripts = [
        f"""<script src="/static/cf_core/{script}" defer nonce="{nonce}"
          data-cf-csrf="{csrf}" data-cf-csrf-url="/components/_csrf/" data-cf-endpoint="/components/__name__/"
          data-cf-texts="{escape(json.dumps(TEXTS))}"></script>""",
        f'<script src="/static/cf_core/vendor/htmx.min.js" defer nonce="{nonce}"></script>',
    ]
    html = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>stub</title>
      <meta name="viewport" content="width=device-width">
      <meta name="htmx-config" content='{json.dumps(CONFIG)}'>
      <link rel="stylesheet" href="/static/cf_core/component-client.css" nonce="{nonce}">
      <style nonce="{nonce}">.scroll {{ height: 40px; overflow: auto }} .far {{ margin-top: 3000px }}</style>
      {"".join(scripts[::-1] if htmx_first else scripts)}
      </head><body>{body}</body></html>"""
    policy = CSP.format(nonce=nonce)
    return html, {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
    }
