"""What a form sends: the standard's form data set, and its two encodings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from secrets import token_hex
from urllib.parse import urlencode

from .fields import Fields, Upload, controls_of, option_value
from .markup import Node, attribute, tag_of
from .names import input_type
from .visibility import is_really_disabled

Entries = list[tuple[str, "str | Upload"]]
"""Names and values in the order in which they are sent."""

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

_NOT_SUBMITTED = frozenset({"button", "submit", "reset", "image"})


def form_entries(fields: Fields, form: Node, submitter: Node | None = None) -> Entries:
    """Return the form data set of a form as `new FormData(form, submitter)` has it."""
    entries: Entries = []
    for node in controls_of(fields.document, form):
        if node == submitter:
            entries += submitter_entries(fields, node)
        else:
            entries += control_entries(fields, node)
    return entries


def control_entries(fields: Fields, node: Node) -> Entries:
    """Return what one control adds to its form: nothing if it is disabled, nameless, a button or not ticked."""
    name = attribute(node, "name")
    tag = tag_of(node)
    if not name or tag not in {"input", "select", "textarea"} or is_really_disabled(node):
        return []
    if tag == "select":
        return [(name, option_value(option)) for option in fields.selected(node) if not is_really_disabled(option)]
    kind = input_type(node)
    if kind in _NOT_SUBMITTED:
        return []
    if kind in {"checkbox", "radio"}:
        return [(name, fields.value(node))] if fields.is_checked(node) else []
    if kind == "file":
        return [(name, file) for file in fields.files(node)] or [(name, Upload("", b""))]
    if kind == "hidden" and name.lower() == "_charset_":
        return [(name, "UTF-8")]
    return [(name, fields.value(node))]


def is_unticked(fields: Fields, node: Node) -> bool:
    """Tell whether a node is a checkbox that could be sent and has no tick."""
    if tag_of(node) != "input" or input_type(node) != "checkbox" or not attribute(node, "name"):
        return False
    return not is_really_disabled(node) and not fields.is_checked(node)


def submitter_entries(fields: Fields, node: Node) -> Entries:
    """Return what the button adds that sent the form."""
    if is_really_disabled(node):
        return []
    name = attribute(node, "name")
    if input_type(node) == "image":
        prefix = f"{name}." if name else ""
        return [(f"{prefix}x", "0"), (f"{prefix}y", "0")]
    return [(name, attribute(node, "value") or "")] if name else []


def as_texts(entries: Iterable[tuple[str, str | Upload]]) -> list[tuple[str, str]]:
    """Return the entries as they travel in an address or a urlencoded body: a file is its name, lines end in CRLF."""
    return [(_crlf(name), value.name if isinstance(value, Upload) else _crlf(value)) for name, value in entries]


def encode_urlencoded(entries: Iterable[tuple[str, str | Upload]]) -> bytes:
    """Return a urlencoded body."""
    return urlencode(as_texts(entries)).encode("ascii")


def encode_multipart(entries: Sequence[tuple[str, str | Upload]]) -> tuple[bytes, str]:
    """Return a multipart body and its content type. Django's test helper would merge and reorder equal names."""
    boundary = f"----cf-testing-{token_hex(12)}"
    lines: list[bytes] = []
    for name, value in entries:
        disposition = f'Content-Disposition: form-data; name="{_quote(_crlf(name))}"'
        if isinstance(value, Upload):
            disposition += f'; filename="{_quote(value.name)}"\r\nContent-Type: {value.content_type}'
            content = value.content
        else:
            content = _crlf(value).encode()
        lines += [f"--{boundary}".encode(), disposition.encode(), b"", content]
    lines += [f"--{boundary}--".encode(), b""]
    return b"\r\n".join(lines), f"{MULTIPART}; boundary={boundary}"


def _crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def _quote(text: str) -> str:
    return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
