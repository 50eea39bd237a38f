"""The names under which components are known."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.apps import apps

from cf_core import Component, ComponentDefinitionError, NotFound, Registry, StateInvalid, registry
from cf_core.engine.calls import Call
from tests import components


class Cart(Component): ...


class OtherCart(Component): ...


def test_a_registered_class_is_found_and_knows_its_name() -> None:
    names = Registry()
    assert names.register("cart")(Cart) is Cart
    assert names.get("cart") is Cart
    assert Cart.component_name == "cart"
    assert "cart" in names
    assert "other" not in names
    assert names.names() == ["cart"]
    assert list(names) == [("cart", Cart)]


@pytest.mark.parametrize("name", ["cart", "Cart", "shop.cart", "shop-cart", "cart_2", "c", "a" * 100])
def test_names_are_plain(name: str) -> None:
    Registry().register(name)(Cart)


@pytest.mark.parametrize(
    "name", ["", "2cart", "_cart", "cart ", "ca/rt", "cart\n", "é", "a" * 101, 5, Cart, "<b>", "a..//"]
)
def test_other_names_are_refused(name: Any) -> None:
    with pytest.raises(ComponentDefinitionError, match="is no component name"):
        Registry().register(name)


def test_the_same_class_again_is_fine() -> None:
    names = Registry()
    names.register("cart")(Cart)
    names.register("cart")(Cart)
    twin = type("Cart", (Component,), {"__module__": Cart.__module__, "__qualname__": Cart.__qualname__})
    names.register("cart")(twin)
    assert names.get("cart") is twin


def test_another_class_under_a_taken_name_is_an_error_that_names_both() -> None:
    names = Registry()
    names.register("cart")(Cart)
    with pytest.raises(ComponentDefinitionError, match=r"'cart' is taken by .*\.Cart; .*\.OtherCart cannot"):
        names.register("cart")(OtherCart)
    assert names.get("cart") is Cart


def test_classes_of_functions_are_never_the_same() -> None:
    names = Registry()

    def make() -> type[Component]:
        class Local(Component): ...

        return Local

    names.register("local")(make())
    with pytest.raises(ComponentDefinitionError):
        names.register("local")(make())


def test_replacing_takes_effect_at_once() -> None:
    names = Registry()
    names.register("cart")(Cart)
    names.register("cart", replace=True)(OtherCart)
    assert names.get("cart") is OtherCart


def test_a_project_may_allow_replacing() -> None:
    names = Registry(allow_replace=True)
    names.register("cart")(Cart)
    names.register("cart")(OtherCart)
    assert names.get("cart") is OtherCart


@pytest.mark.parametrize("name", ["absent", "", None, 5, ["cart"], {}])
def test_an_unknown_name_is_not_found_and_the_known_ones_are_told_to_the_developer(name: Any) -> None:
    names = Registry()
    names.register("cart")(Cart)
    names.register("basket")(Cart)
    with pytest.raises(NotFound, match=r"Registered: basket, cart\.") as refused:
        names.get(name)
    assert refused.value.body() == {"error": "Not found", "code": "not_found"}


def test_a_name_can_be_given_back() -> None:
    names = Registry()
    names.register("cart")(Cart)
    names.unregister("cart")
    assert "cart" not in names
    with pytest.raises(NotFound):
        names.unregister("cart")


def test_components_of_every_app_are_discovered() -> None:
    assert registry.get("counter") is components.Counter
    assert {"counter", "ledger", "members", "placed"} <= set(registry.names())


def test_discovery_again_is_fine() -> None:
    apps.get_app_config("cf_core").ready()
    assert registry.get("counter") is components.Counter


def test_allow_replace_is_a_setting(settings: Any) -> None:
    settings.CF_CORE = {"ALLOW_REPLACE": True}
    try:
        apps.get_app_config("cf_core").ready()
        assert registry.allow_replace is True
    finally:
        settings.CF_CORE = {}
        apps.get_app_config("cf_core").ready()
    assert registry.allow_replace is False


def test_many_threads_read_while_one_registers() -> None:
    names = Registry()
    names.register("cart")(Cart)
    wrong: list[Any] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            if names.get("cart") is not Cart or "cart" not in dict(names):
                wrong.append(1)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(300):
        names.register(f"c{number}")(type("Made", (Component,), {}))
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_a_class_under_a_registered_one_does_not_go_by_its_name() -> None:
    class Guarded(components.Counter):
        template_name = "components/counter.html"

    state = Guarded().dispatch()["state"]

    assert Guarded.component_name == ""
    with pytest.raises(StateInvalid):
        components.Counter()._perform(Call(components.Counter, event="increment", token=state.token)).send(None)
