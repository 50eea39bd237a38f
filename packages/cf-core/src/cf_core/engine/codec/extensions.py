"""Where another layer's values join the codec, such as model instances, which are kept as references."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from ..errors import ComponentDefinitionError

Resolve = Callable[[str, Any], object]
"""Makes the value of an extension's tag, given what the extension's `encode` returned. Its errors pass through."""

_TAG = re.compile(r"[A-Z][A-Za-z0-9]*")


class CodecExtension(Protocol):
    """Values that are kept elsewhere and stand in a state as a reference."""

    tag: str
    """An upper-case letter, then letters and digits."""

    def matches(self, value: object) -> bool:
        """Whether the value is this extension's. Asked only about types that the codec does not keep itself."""

    def encode(self, value: object) -> object:
        """Return what finds the value again: JSON, or anything else the codec keeps, such as a UUID.

        Raises UnserialisableState with the reason only ("is not saved yet."); the codec puts the key path before it.
        """


@dataclass(frozen=True, slots=True)
class Reference:
    """An extension's value that has not been fetched: `resolve=Reference` leaves all of them so.

    A state that still holds some can be encoded again, without fetching anything.
    """

    tag: str
    data: Any

    def __hash__(self) -> int:
        # `data` may be a list; references stand in sets and as keys like the values they stand for.
        return hash((self.tag, repr(self.data)))


registered: dict[str, CodecExtension] = {}
"""{tag: extension}, process-wide."""


def register_extension(extension: CodecExtension) -> None:
    """Add an extension; one of the same class under the same tag takes the place of the former."""
    if not _TAG.fullmatch(extension.tag):
        raise ComponentDefinitionError(
            f"The codec tag {extension.tag!r} is no tag. Expected an upper-case letter, then letters and digits."
        )
    former = registered.get(extension.tag)
    if former is not None and type(former) is not type(extension):
        raise ComponentDefinitionError(
            f"The codec tag {extension.tag!r} is taken by {type(former).__qualname__}. Choose another."
        )
    registered[extension.tag] = extension
