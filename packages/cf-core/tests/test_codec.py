"""A state comes back unchanged in value and type."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cf_core.engine.codec import (
    Reference,
    decode,
    dumps,
    encode,
    loads,
    register_extension,
)
from cf_core.engine.errors import ComponentDefinitionError, NotFound, UnreadableState, UnserialisableState
from tests.codec_samples import (
    NONE,
    TYPES,
    Color,
    Item,
    Line,
    Open,
    Page,
    Row,
    RowExtension,
    make_row,
    names,
    numbers,
    same,
    texts,
    trips,
    unhurried,
    values,
)


@unhurried
@given(values)
@example({"~": 1})
@example({"~d": "1"})
@example({"~d": "1", "b": 2})
@example({"\ud800\udc00": "\ud800\udc00\udc00\ud800"})
@example({"a\ud800\udc00": 1})
@example({1: "int", "1": "str", None: 0, (1, "a"): 2, Color.RED: 3})
@example([float("nan"), float("inf"), float("-inf"), -0.0, "NaN", "Infinity", "~/home"])
def test_any_value_comes_back_unchanged(value: object) -> None:
    assert trips(value)


@unhurried
@given(st.recursive(st.none() | st.booleans() | texts | numbers, lambda p: st.lists(p) | st.dictionaries(names, p)))
def test_json_types_come_back_unchanged(value: object) -> None:
    assert trips(value, NONE)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({True: "yes", 2: "two"}, id="bool-and-int-keys"),
        pytest.param({0: "int", "0": "text"}, id="int-and-text-keys"),
        pytest.param({(): {frozenset(): set()}}, id="empty-containers"),
        pytest.param({"a": ()}, id="empty-tuple"),
        pytest.param(Decimal("sNaN12"), id="signaling-nan"),
        pytest.param(Decimal("-0E+5"), id="negative-zero-with-exponent"),
        pytest.param(10**4299, id="as-many-digits-as-python-reads"),
        pytest.param(10**4300, id="more-digits-than-python-reads"),
        pytest.param([1] * 9000, id="many-digits-in-a-row-of-numbers"),
        pytest.param("1" * 9000, id="many-digits-in-a-text"),
        pytest.param(
            datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Zurich"), fold=1), id="second-half-past-two"
        ),
        pytest.param(time(2, 30, fold=1), id="naive-fold"),
        pytest.param(datetime.min, id="first-datetime"),
        pytest.param(timedelta.max, id="longest-timedelta"),
        pytest.param(Page[int](rows=[1, 2]), id="generic-model"),
    ],
)
def test_border_cases_come_back_unchanged(value: object) -> None:
    assert trips(value)
    assert trips({"state": [value]})


def test_long_integers_survive_the_lowest_limit_of_python() -> None:
    value = [10**500, 10**603, 10**700]
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        assert loads(dumps(value, NONE), NONE) == value
    finally:
        sys.set_int_max_str_digits(limit)


def test_large_state_comes_back_unchanged() -> None:
    rows = [{"id": number, "tags": ["a", None], "note": f"~{number}"} for number in range(1500)]

    assert trips({"rows": rows}, NONE)
    assert trips({"rows": [{**row, "note": "é"} for row in rows]}, NONE)
    assert trips({"rows": [{**row, "price": Decimal(1)} for row in rows]}, NONE)


def test_utc_comes_back_as_the_same_object() -> None:
    value = datetime(2026, 1, 1, tzinfo=UTC)

    assert loads(dumps(value, NONE), NONE).tzinfo is UTC


def test_order_of_keys_is_kept() -> None:
    value = {"b": 1, "a": 2, 3: {"z": 1, "y": (1,)}}

    assert list(loads(dumps(value, NONE), NONE)) == ["b", "a", 3]


def test_plain_state_is_written_as_plain_json() -> None:
    value = {"rows": [{"id": 1, "name": "Äpfel 😀", "note": None, "open": True, "rate": 0.5}]}

    text = dumps(value, NONE)

    assert text == json.dumps(value, separators=(",", ":"))
    assert encode(value, NONE) == value


def test_tags_are_short() -> None:
    assert dumps({"price": Decimal("9.99"), "color": Color.RED}, TYPES) == (
        '{"price":{"~d":"9.99"},"color":{"~c":["Color","RED"]}}'
    )


def test_encoding_and_decoding_leave_their_argument_alone() -> None:
    value = {"a": [Decimal(1), {"b": (1, [2])}], 3: Line(1)}
    structure = encode(value, TYPES)
    before = json.dumps(structure)

    decode(structure, TYPES)

    assert json.dumps(structure) == before
    assert same(value, {"a": [Decimal(1), {"b": (1, [2])}], 3: Line(1)})


def test_a_decimal_context_changes_nothing() -> None:
    import decimal

    with decimal.localcontext(decimal.Context(prec=2, capitals=0, traps=[])):
        assert dumps(Decimal("1.2345E+20"), NONE) == '{"~d":"1.2345E+20"}'
        with pytest.raises(UnreadableState):
            loads('{"~d":"garbage"}', NONE)


def test_alias_of_an_enum_member_is_the_member() -> None:
    assert loads(dumps(Color.CRIMSON, TYPES), TYPES) is Color.RED


def test_dataclass_is_made_without_its_init() -> None:
    line = Line(1, 2, factor=3)
    line.length = 7

    assert loads(dumps(line, TYPES), TYPES).length == 7


def test_what_a_cached_property_remembers_is_left_behind() -> None:
    line = Line(1, 2)
    assert line.middle == (1, 2)

    again = loads(dumps(line, TYPES), TYPES)

    assert "middle" not in vars(again)
    assert again.middle == (1, 2)


def test_attribute_that_is_no_field_is_refused() -> None:
    line = Line(1)
    line.surplus = 1  # type: ignore[attr-defined]

    with pytest.raises(UnserialisableState, match=r"^state\['line'\] has the attribute 'surplus'"):
        dumps({"line": line}, TYPES)


def test_field_without_a_value_is_refused() -> None:
    line = Line(1)
    del line.start

    with pytest.raises(UnserialisableState, match=r"^state has no value for its field 'start'"):
        dumps(line, TYPES)


def test_model_keeps_what_validators_would_change() -> None:
    item = Item.model_construct(name="a", qty=-5)
    item._seen = {"at": date(2026, 1, 1)}

    again = loads(dumps(item, TYPES), TYPES)

    assert (again.qty, again._seen) == (-5, {"at": date(2026, 1, 1)})


def test_models_of_the_same_data_share_nothing_of_their_own() -> None:
    structure = encode(Open(name="a", more=1), TYPES)

    first, second = decode(structure, TYPES), decode(structure, TYPES)
    first.name = first.more = "changed"

    assert (second.name, second.more) == ("a", 1)


def test_model_remembers_which_fields_were_given() -> None:
    again = loads(dumps([Item(), Item(qty=2), Open(name="a", more=1)], TYPES), TYPES)

    assert [model.model_fields_set for model in again] == [set(), {"qty"}, {"name", "more"}]


def test_subclass_of_a_declared_class_is_another_class() -> None:
    class SubItem(Item):
        pass

    with pytest.raises(UnserialisableState, match="SubItem"):
        dumps(SubItem(), TYPES)


def test_extension_stands_under_its_tag() -> None:
    assert encode({"row": Row(5)}, NONE) == {"row": {"~TestRow": ["row", 5]}}


def test_extension_may_keep_what_the_codec_keeps() -> None:
    key = UUID(int=5)

    assert loads(dumps(Row(key), NONE), NONE, make_row).pk == key


def test_refusal_of_an_extension_gets_the_key_path() -> None:
    with pytest.raises(UnserialisableState, match=r"^state\['rows'\]\[1\] is a Row that is not saved"):
        dumps({"rows": [Row(1), Row(None)]}, NONE)


def test_errors_of_resolve_pass_through() -> None:
    def gone(tag: str, data: Any) -> object:
        raise LookupError("row is gone")

    with pytest.raises(LookupError, match="row is gone"):
        loads(dumps({"a": (Row(1),)}, NONE), NONE, gone)


def test_errors_of_a_stand_in_pass_through() -> None:
    class StandIn:
        def __hash__(self) -> int:
            raise NotFound("row is gone")

    text = dumps({Row(1)}, NONE)

    with pytest.raises(NotFound, match="row is gone"):
        loads(text, NONE, lambda tag, data: StandIn())


def test_extension_without_resolve_is_unreadable() -> None:
    text = dumps(Row(1), NONE)

    with pytest.raises(UnreadableState):
        loads(text, NONE)


def test_references_can_be_left_unfetched_and_written_again() -> None:
    text = dumps({"rows": {Row(1)}, "row": Row(2)}, NONE)

    unfetched = loads(text, NONE, Reference)

    assert unfetched == {"rows": {Reference("TestRow", ["row", 1])}, "row": Reference("TestRow", ["row", 2])}
    assert dumps(unfetched, NONE) == text


def test_registering_an_extension_again_changes_nothing() -> None:
    register_extension(RowExtension())

    assert trips([Row(1)])


def test_tag_of_another_extension_is_refused() -> None:
    class Other(RowExtension):
        pass

    with pytest.raises(ComponentDefinitionError, match="taken by RowExtension"):
        register_extension(Other())


@pytest.mark.parametrize("tag", ["", "d", "row", "Row!", "~M", "É"])
def test_tag_that_is_no_tag_is_refused(tag: str) -> None:
    class Named(RowExtension):
        pass

    extension = Named()
    extension.tag = tag

    with pytest.raises(ComponentDefinitionError, match="no tag"):
        register_extension(extension)
