"""Answers as text: what is remembered by request id, in the cache and in event records."""

from __future__ import annotations

import json
from itertools import accumulate
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from pydantic_core import to_json

from .engine.calls import Answer, Effects
from .engine.stamp import TOKEN_MARK, Rendered


def to_text(answer: Answer) -> str:
    """Return one line of JSON and, behind it, the HTML without its token."""
    rendered = answer.rendered
    head: dict[str, Any] = {
        "s": answer.status,
        "c": answer.component,
        "i": answer.component_id,
        "t": answer.token,
    }
    html = ""
    if rendered is not None:
        html = rendered.html
        head["r"] = [rendered.token_at, rendered.tag, rendered.dom_id]
        if TOKEN_MARK in html:
            # Another process has another mark: it is told where to put its own.
            parts = html.split(TOKEN_MARK)
            html = "".join(parts)
            head["m"] = list(accumulate(map(len, parts[:-1])))
    if answer.errors:
        head["e"] = _plain(answer.errors)
    if answer.slots:
        head["l"] = dict(answer.slots)
    if answer.optimistic is not None:
        head["o"] = _plain(answer.optimistic)
    if any(answer.effects):
        head["f"] = _plain(answer.effects._asdict())
    return f"{to_json(head).decode()}\n{html}"


def from_text(text: str) -> Answer:
    """Return the answer that `to_text` wrote."""
    line, _, html = text.partition("\n")
    head = json.loads(line)
    for at in reversed(head.get("m", ())):
        html = f"{html[:at]}{TOKEN_MARK}{html[at:]}"
    effects = head.get("f")
    return Answer(
        status=head["s"],
        component=head["c"],
        component_id=head["i"],
        token=head["t"],
        rendered=Rendered(html, *head["r"]) if "r" in head else None,
        errors=head.get("e", {}),
        slots=head.get("l", {}),
        optimistic=head.get("o"),
        effects=Effects(**effects | {"emits": tuple((n, p) for n, p in effects["emits"])}) if effects else Effects(),
    )


def _plain(value: Any) -> Any:
    """Return a value of JSON types; texts that are translated late are translated now."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))
