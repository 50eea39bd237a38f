"""Classes that a state may keep, values of every kind, and what it means to be the same."""

from __future__ import annotations

import enum
import json
import math
from dataclasses import InitVar, dataclass, field
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, PrivateAttr, RootModel, field_validator

from cf_core.engine.codec import (
    TypeTable,
    decode,
    dumps,
    encode,
    loads,
    register_extension,
)
from cf_core.engine.errors import UnserialisableState


class Color(enum.Enum):
    RED = "red"
    BLUE = ("b", 1)
    CRIMSON = "red"  # noqa: PIE796  # an alias


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Slug(enum.StrEnum):
    NEW = "new"


class Choice(str, enum.Enum):  # noqa: UP042  # the older way
    """As Django's TextChoices: a str with a label."""

    OPEN = "open"

    @property
    def label(self) -> str:
        return "Open"


class Perm(enum.Flag):
    READ = 1
    WRITE = 2


class Mode(enum.IntFlag):
    X = 1
    W = 2


class Order:
    class Status(enum.Enum):
        PAID = "paid"


class SpecialOrder(Order):
    pass


@dataclass(frozen=True, slots=True)
class Point:
    x: Any
    y: Any = 0


@dataclass
class Line:
    start: Any
    end: Any = None
    length: Any = field(init=False, default=0)
    factor: InitVar[int] = 1

    def __post_init__(self, factor: int) -> None:
        self.length = 100 * factor

    @cached_property
    def middle(self) -> object:
        return (self.start, self.end)


@dataclass
class Box:
    point: Point | None = None
    status: list[Order.Status] = field(default_factory=list)


class Pair(NamedTuple):
    left: Any
    right: Any


class Item(BaseModel):
    name: Any = ""
    qty: Any = 1
    _seen: Any = PrivateAttr(default=None)

    @field_validator("qty")
    @classmethod
    def at_least_one(cls, value: Any) -> Any:
        return max(value, 1) if isinstance(value, int) else value


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    name: Any = ""


class Tags(RootModel[list[Any]]):
    pass


T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    rows: list[T]


KEPT = [Color, Level, Slug, Choice, Perm, Mode, Order.Status, Point, Line, Box, Pair, Item, Open, Tags, Page[int]]
TYPES = TypeTable(KEPT)
NONE = TypeTable([])


class Row:
    """Stands for a model instance."""

    def __init__(self, pk: object) -> None:
        self.pk = pk

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Row) and other.pk == self.pk

    def __hash__(self) -> int:
        return hash(("Row", self.pk))


class RowExtension:
    tag = "TestRow"

    def matches(self, value: object) -> bool:
        return isinstance(value, Row)

    def encode(self, value: object) -> object:
        assert isinstance(value, Row)
        if value.pk is None:
            raise UnserialisableState("is a Row that is not saved. Save it first.")
        return ["row", value.pk]


def make_row(tag: str, data: Any) -> Row:
    assert tag == "TestRow"
    return Row(data[1])


register_extension(RowExtension())


def same(a: object, b: object) -> bool:
    """Whether two values are equal in value and type, all the way down."""
    if type(a) is not type(b):
        return False
    if isinstance(a, float) and isinstance(b, float):
        return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return a.as_tuple() == b.as_tuple()
    if isinstance(a, datetime | time) and isinstance(b, datetime | time):
        naive = a.replace(tzinfo=None) == b.replace(tzinfo=None)
        return naive and a.fold == b.fold and same_zone(a.tzinfo, b.tzinfo)
    if isinstance(a, dict) and isinstance(b, dict):
        return len(a) == len(b) and all(
            same(k, m) and same(v, w) for (k, v), (m, w) in zip(a.items(), b.items(), strict=True)
        )
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, set | frozenset) and isinstance(b, set | frozenset):
        return len(a) == len(b) and all(any(same(x, y) for y in b) for x in a)
    if isinstance(a, Point) and isinstance(b, Point):
        return same([a.x, a.y], [b.x, b.y])
    if isinstance(a, Row) and isinstance(b, Row):
        return same(a.pk, b.pk)
    if isinstance(a, BaseModel) and isinstance(b, BaseModel):
        return same(inside(a), inside(b)) and a.model_fields_set == b.model_fields_set
    if isinstance(a, Line | Box):
        return same(vars(a), vars(b))
    return a == b


def inside(model: BaseModel) -> list[object]:
    return [model.__dict__, model.__pydantic_extra__, model.__pydantic_private__]


def same_zone(a: tzinfo | None, b: tzinfo | None) -> bool:
    if isinstance(a, ZoneInfo) and isinstance(b, ZoneInfo):
        return a.key == b.key
    return type(a) is type(b) and a == b and (a is None or b is None or a.tzname(None) == b.tzname(None))


def trips(value: object, types: TypeTable = TYPES) -> bool:
    """Whether a value survives both ways: as text, and as a structure that others write as JSON."""
    text = dumps(value, types)
    structure = json.loads(json.dumps(encode(value, types), allow_nan=False))
    return (
        text.isascii() and same(loads(text, types, make_row), value) and same(decode(structure, types, make_row), value)
    )


unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no failure."""

texts = st.text(st.one_of(st.characters(), st.sampled_from('~\0\x7f\\"/é😀\ud800\udbff\udc00\udfff')), max_size=8)
json_numbers = st.one_of(
    st.integers(),
    st.sampled_from([2**53, 2**64, -(2**63) - 1]),
    st.floats(),
    st.sampled_from([-0.0, 5e-324, 1e16, 1.7976931348623157e308]),
)
numbers = st.one_of(
    json_numbers,
    # Built, not sampled: Hypothesis prints what it samples from, and Python prints no such number.
    st.sampled_from([700, 4299, 4300, 5000]).map(lambda digits: -(10**digits)),
)
zones = st.one_of(
    st.none(),
    st.builds(ZoneInfo, st.timezone_keys(allow_prefix=False)),
    st.just(UTC),
    st.builds(timezone, st.timedeltas(timedelta(hours=-23), timedelta(hours=23))),
    st.builds(timezone, st.timedeltas(timedelta(hours=-23), timedelta(hours=23)), st.sampled_from(["", "+0100"])),
)
folds = st.sampled_from([0, 1])
scalars = st.one_of(
    st.none(),
    st.booleans(),
    texts,
    numbers,
    st.builds(lambda at, fold: at.replace(fold=fold), st.datetimes(timezones=zones), folds),
    st.builds(lambda at, fold: at.replace(fold=fold), st.times(timezones=zones), folds),
    st.dates(),
    st.timedeltas(),
    st.decimals().filter(lambda number: not number.is_snan()),
    st.uuids(),
    st.binary(max_size=20),
    st.sampled_from([*Color, *Level, *Slug, *Choice, *Order.Status]),
    st.sampled_from([Perm(0), Perm.READ, Perm.READ | Perm.WRITE, Mode(0), Mode.X | Mode.W, Mode(64)]),
    st.builds(Row, st.integers() | st.uuids()),
)


def hashable_containers(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(parts, max_size=3).map(tuple),
        st.frozensets(parts, max_size=3),
        st.builds(Point, parts, parts),
        st.builds(Pair, parts, parts),
    )


keys = st.recursive(scalars, hashable_containers, max_leaves=4)
names = texts | st.sampled_from(["~", "~d", "~m", "~c", "~TestRow", "a~", "\ud800"])


def containers(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(parts, max_size=4),
        st.dictionaries(names, parts, max_size=4),
        st.dictionaries(keys, parts, max_size=3),
        st.sets(keys, max_size=4),
        hashable_containers(keys),
        st.builds(Point, parts, parts),
        st.builds(Line, parts, parts),
        st.builds(Item.model_construct, name=parts, qty=parts),
        st.builds(lambda name, extra: Open(name=name, **extra), parts, st.dictionaries(st.just("~x"), parts)),
        st.builds(Tags.model_construct, st.lists(parts, max_size=2)),
    )


values = st.recursive(scalars, containers, max_leaves=15)

json_values = st.recursive(
    st.none() | st.booleans() | json_numbers | texts | names | st.sampled_from(["Point", "RED", "Color", "Item"]),
    lambda parts: (
        st.lists(parts, max_size=4)
        | st.dictionaries(names, parts, max_size=2)
        | st.builds(
            lambda tag, part: {tag: part},
            st.sampled_from(["~" + tag for tag in "u i f b d da dt ti td id t s fs m c TestRow nope".split()]),
            parts,
        )
    ),
    max_leaves=20,
)
