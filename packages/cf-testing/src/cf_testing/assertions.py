"""Assertions on a component's state and HTML, with messages that show what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cf_core.engine.component import Component

from .dom.markup import Document, Node, describe, shorten
from .dom.visibility import visible_text

_SHOWN = 600
_LISTED = 20
_MISSING = object()


def assert_state(component: Component, **expected: Any) -> None:
    """Assert that the state holds these values; all differences are reported at once."""
    state = component.state
    wrong = [name for name, value in expected.items() if state.get(name, _MISSING) != value]
    if not wrong:
        return
    lines = [f"The state of {type(component).__name__} is not as expected:"]
    for name in wrong:
        if name in state:
            lines.append(f"  {name}: expected {expected[name]!r}, is {state[name]!r}")
        else:
            lines.append(f"  {name}: expected {expected[name]!r}, is not there")
    if any(name not in state for name in wrong):
        lines.append(f"The state has: {', '.join(map(str, state)) or 'nothing'}.")
    if component.errors:
        lines.append(f"The component's errors: {dict(component.errors)!r}")
    raise AssertionError("\n".join(lines))


def assert_rendered(
    what: Any,
    *texts: str,
    selector: str | None = None,
    count: int | None = None,
    without: str | Sequence[str] = (),
) -> None:
    """Assert that HTML shows these texts, and none of `without`, to a reader.

    `what` is a component (it is rendered), HTML, a `dispatch()` result, a response or a page. With `selector` the
    texts must stand in what it matches, and something must match it: exactly `count` elements if given.
    """
    html = _html_of(what)
    document = Document(html)
    if selector is None:
        if count is not None:
            raise TypeError("count= counts what selector= matches: give both.")
        found = [document.root]
    else:
        found = document.select(selector)
        _check_count(document, selector, found, count)
    shown = " ".join(visible_text(node) for node in found)
    unwanted = [without] if isinstance(without, str) else list(without)
    where = f" in what {selector!r} matches" if selector else ""
    problems = [f"{text!r} is not shown{where}." for text in texts if not _shows(shown, text)]
    problems += [f"{text!r} is shown{where}, and should not be." for text in unwanted if _shows(shown, text)]
    if problems:
        raise AssertionError("\n".join([*problems, f"The text{where}: {shorten(shown, _SHOWN)!r}"]))


def _check_count(document: Document, selector: str, found: list[Node], count: int | None) -> None:
    if count is None and found:
        return
    if count is not None and len(found) == count:
        return
    wanted = "at least one" if count is None else str(count)
    listed = "\n".join(f"  {describe(node)}" for node in found[:_LISTED])
    body = shorten(document.body.html or "", _SHOWN)
    raise AssertionError(
        f"{len(found)} elements match {selector!r}, expected {wanted}."
        + (f"\n{listed}" if listed else f"\nThe HTML: {body}")
    )


def _shows(shown: str, text: str) -> bool:
    return " ".join(text.split()) in shown


def _html_of(what: Any) -> str:
    if isinstance(what, str):
        return what
    if isinstance(what, Component):
        return what.render()
    if isinstance(what, Mapping):
        return str(what["html"])
    html = getattr(what, "html", None)
    if html is not None:
        return str(html() if callable(html) else html)
    content = getattr(what, "content", None)
    if isinstance(content, bytes):
        return content.decode(getattr(what, "charset", None) or "utf-8")
    raise TypeError(f"{what!r} holds no HTML: give a component, HTML, a dispatch() result, a response or a page.")
