"""The typed state codec: a state as JSON text and back, unchanged in value and type.

JSON types stand for themselves; everything else is an object with a single key that begins with `~`, such as
`{"~d": "9.99"}`. No pickle, no import by name: a class of the author's must be in the component's TypeTable.
"""

from .decoder import decode
from .encoder import MAX_DEPTH, encode
from .extensions import CodecExtension, Reference, Resolve, register_extension
from .scalars import JSON
from .tables import TypeTable
from .text import dumps, loads

__all__ = [
    "JSON",
    "MAX_DEPTH",
    "CodecExtension",
    "Reference",
    "Resolve",
    "TypeTable",
    "decode",
    "dumps",
    "encode",
    "loads",
    "register_extension",
]
