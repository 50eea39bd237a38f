"""Which methods a client may name, and that nothing else is ever looked up."""

from __future__ import annotations

import random
from typing import Any

import pytest

from cf_core import Component, ComponentDefinitionError, CompositeComponent, NotFound
from tests.components import ran
from tests.renderers import Written


class Base(Component):
    renderer = Written(lambda component: "<p></p>")

    def on_save(self) -> None:
        ran.append("Base.save")

    def on_close(self) -> None:
        ran.append("Base.close")

    def on_old(self) -> None:
        ran.append("Base.old")


class Mixin:
    def on_sort(self) -> None:
        ran.append("Mixin.sort")


class Table(Mixin, Base):
    on_old = None  # type: ignore[assignment]
    helper = "text"

    def on_save(self) -> None:
        ran.append("Table.save")

    async def on_load(self) -> None:
        ran.append("Table.load")

    def on__private(self) -> None:
        ran.append("private")

    def _on_hidden(self) -> None:
        ran.append("hidden")

    def on_ws_message(self, message: Any) -> None:
        ran.append("ws_message")

    def on_resync(self) -> None:
        ran.append("resync")

    def save(self) -> None:
        ran.append("save")

    def mount(self) -> None:
        self.state["secret"] = 1


def test_events_are_the_on_methods_of_the_authors_classes_nearest_first() -> None:
    assert sorted(Table.events()) == ["close", "load", "save", "sort"]
    assert Table.events()["save"] is Table.on_save
    assert Table.events()["close"] is Base.on_close
    assert Table.events()["sort"] is Mixin.on_sort


def test_a_subclass_can_take_an_event_away() -> None:
    assert "old" in Base.events()
    assert "old" not in Table.events()


@pytest.mark.parametrize("cls", [Component, CompositeComponent])
def test_the_frameworks_own_classes_have_no_events(cls: type[Component]) -> None:
    assert dict(cls.events()) == {}


def test_a_base_class_of_a_framework_lends_no_events() -> None:
    class FrameworkBase(Component, exposes_events=False):
        def on_submit(self) -> None: ...

    class Form(FrameworkBase):
        def on_cancel(self) -> None: ...

    class Contact(FrameworkBase):
        def on_submit(self) -> None: ...

    assert sorted(Form.events()) == ["cancel"]
    assert sorted(Contact.events()) == ["submit"]


def test_the_table_is_frozen() -> None:
    with pytest.raises(TypeError):
        Table._events["more"] = Table._events["save"]  # type: ignore[index]


def test_a_method_added_after_the_class_was_made_is_no_event() -> None:
    class Late(Base): ...

    Late.on_late = lambda self: ran.append("late")  # type: ignore[attr-defined]
    with pytest.raises(NotFound):
        Late().dispatch("late")
    assert ran == []


def test_an_attribute_of_the_instance_does_not_stand_in_for_the_handler() -> None:
    component = Base()
    component.state["save"] = "x"
    component.dispatch("save")
    assert ran == ["Base.save"]


CORPUS: list[Any] = [
    *(name for name in dir(Table) if name not in Table.events()),
    *(name.removeprefix("on_") for name in dir(Table) if name.removeprefix("on_") not in Table.events()),
    *("__class__", "__init__", "__dict__", "mount", "hydrate", "dehydrate", "render", "dispatch", "before_render"),
    *("on_save", "_save", "on__private", "_private", "hidden", "old", "ws_message", "resync", "helper", "state"),
    *("save.close", "save\n", "save ", " save", "Save", "SAVE", "save()", "\u017fave", "s\u0430ve", "sa\u0301ve"),
    *("", "{{7*7}}", "<script>", "save\x00", "../save", "%s", "None", "0", "x" * 100_000, "İncrement", "\ud800"),
]


@pytest.mark.parametrize("name", sorted(set(CORPUS)), ids=lambda name: ascii(name)[:40])
def test_no_other_name_runs_anything(name: str) -> None:
    component = Table()
    component.is_mounted = True
    with pytest.raises(NotFound):
        component.dispatch(name)
    assert ran == []


@pytest.mark.parametrize("value", ["text", 3, property(lambda self: 1), staticmethod(print), [1], Component])
def test_what_is_named_like_an_event_but_is_no_method_is_an_error_of_the_class(value: Any) -> None:
    with pytest.raises(ComponentDefinitionError, match="named like an event"):
        type("Wrong", (Component,), {"on_save": value})


def test_a_handler_that_takes_any_keyword_is_an_error_of_the_class() -> None:
    def on_save(self: Any, **fields: Any) -> None: ...

    with pytest.raises(ComponentDefinitionError, match="name every argument"):
        type("Wrong", (Component,), {"on_save": on_save})


def test_a_generator_is_no_handler() -> None:
    def on_save(self: Any) -> Any:
        yield

    async def on_load(self: Any) -> Any:
        yield

    for name, function in (("on_save", on_save), ("on_load", on_load)):
        with pytest.raises(ComponentDefinitionError, match="generator"):
            type("Wrong", (Component,), {name: function})


def test_an_event_name_has_at_most_64_characters() -> None:
    def handler(self: Any) -> None: ...

    longest, longer = "a" * 64, "a" * 65
    cls = type("Long", (Component,), {f"on_{longest}": handler, f"on_{longer}": handler})
    assert list(cls.events()) == [longest]  # type: ignore[attr-defined]


def test_listens_must_name_an_event() -> None:
    with pytest.raises(ComponentDefinitionError, match="listens maps 'sold' to 'refresh', but there is no on_refresh"):
        type("Wrong", (Component,), {"listens": {"sold": "refresh"}})


def test_handlers_run_once_and_by_table(register: Any) -> None:
    names = ["save", "close", "load", "sort"]
    random.shuffle(names)
    for name in names:
        Table().dispatch(name)
    expected = {"save": "Table.save", "close": "Base.close", "load": "Table.load", "sort": "Mixin.sort"}
    assert ran == [expected[name] for name in names]
