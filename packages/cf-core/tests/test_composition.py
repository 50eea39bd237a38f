"""Slots, components made of components, and live components inside others."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import include, path
from django.utils.safestring import mark_safe

from cf_core import (
    AuthRequired,
    Component,
    ComponentDefinitionError,
    ComponentError,
    CompositeComponent,
    NotFound,
    RateLimited,
    Unavailable,
    compose,
    extensions,
)
from cf_testing.parity import Shown, token_in
from cf_testing.parity.urls import place_component
from tests.components import ran
from tests.permissions import Anyone, Staff
from tests.renderers import Inline

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.test_composition")]
HTMX = {"HX-Request": "true"}


class Card(Component):
    permission_classes = [Anyone]
    slots = ("body", "footer")
    renderer = Inline("<article>{{ state.title }}<main>{{ slots.body }}</main>{{ slots.footer }}</article>")

    def mount(self, title: str = "Card") -> None:
        self.state["title"] = title

    def on_rename(self, title: str) -> None:
        self.state["title"] = title


class Child(Component):
    permission_classes = [Anyone]
    renderer = Inline("<p>child {{ state.n }}</p>")

    def mount(self, n: int = 0) -> None:
        ran.append(f"child {n}")
        self.state["n"] = n

    def on_add(self) -> None:
        self.state["n"] += 1


def page(request: Any) -> HttpResponse:
    """Answer what the test's template renders."""
    return HttpResponse(engines["django"].from_string("{% load components %}" + page.source).render({}, request))  # type: ignore[attr-defined]


urlpatterns = [
    path("components/", include("cf_core.urls")),
    path("place/<str:name>/", place_component),
    path("page/", page),
]


@pytest.fixture(autouse=True)
def registered(register: Any) -> None:
    register(Card, "card")
    register(Child, "child")


def open_page(client: Client, source: str) -> str:
    page.source = source  # type: ignore[attr-defined]
    return client.get("/page/").content.decode()


def roots(html: str) -> list[tuple[str, str]]:
    """Return (component, id) of every live component in the HTML, in order."""
    return re.findall(r'data-cf-component="([^"]+)" data-cf-id="([^"]+)"', html)


def kept(html: str) -> list[str]:
    """Return the ids that placeholders name."""
    return re.findall(r'data-cf-keep="([^"]*)"', html)


# -- slots


def test_a_slot_holds_a_component() -> None:
    html = compose(Card, {"title": "T"}, body=Child(n=4)).dispatch()["html"]
    assert re.search(r"<main><p data-cf-component=\"child\".*?>child 4</p></main>", html)
    assert [name for name, _ in roots(html)] == ["card", "child"]


def test_the_result_names_what_stands_in_the_slots() -> None:
    result = compose(Card, body=Child(), footer="F").dispatch()
    assert set(result["slots"]) == {"body", "footer"}
    assert "child 0" in result["slots"]["body"]
    assert result["component_id"]


def test_text_in_a_slot_is_escaped_and_safe_html_is_not() -> None:
    html = compose(Card, body="<b>5 > 4</b>", footer=mark_safe("<b>safe</b>")).dispatch()["html"]
    assert "&lt;b&gt;5 &gt; 4&lt;/b&gt;" in html
    assert "<b>safe</b>" in html


def test_a_slot_may_hold_anything_that_has_a_text() -> None:
    assert ">5<" in compose(Card, body=5).dispatch()["html"]


def test_an_empty_slot_shows_nothing() -> None:
    html = compose(Card).dispatch()["html"]
    assert "<main></main></article>" in html


@pytest.mark.parametrize(
    ("cls", "expected"), [(Card, "Expected one of: body, footer."), (Child, "Expected one of: none.")]
)
def test_an_unknown_slot_is_an_error_that_lists_the_known_ones(cls: type[Component], expected: str) -> None:
    for make in (lambda: cls().fill_slot("footr", "x"), lambda: compose(cls, footr="x")):
        with pytest.raises(ComponentDefinitionError, match=rf"Unknown slot 'footr' for {cls.__name__}\. {expected}"):
            make()


def test_compose_takes_params_in_every_way_that_the_documents_show() -> None:
    for component in (
        compose(Card, {"title": "T"}, body="B"),
        compose(Card, params={"title": "T"}, body="B"),
        compose(Card, {"title": "other"}, params={"title": "T"}, body="B"),
    ):
        assert "T<main>" in component.dispatch()["html"]
    assert compose(Card, component_id="own", body="B").id == "own"


def test_a_slot_called_params_is_a_slot() -> None:
    class Table(Component):
        slots = ("params", "component_id")
        renderer = Inline("<p>{{ slots.params }}{{ slots.component_id }}</p>")

    html = compose(Table, params="P", component_id="I").dispatch()["html"]
    assert ">P</div>" in html
    assert ">I</div>" in html


def test_fill_slot_works_in_mount() -> None:
    class Made(Card):
        renderer = Inline("<article>{{ slots.body }}</article>")

        def mount(self) -> None:  # type: ignore[override]
            self.fill_slot("body", Child(n=7))

    assert "child 7" in Made().dispatch()["html"]


def test_slots_survive_the_parents_events_as_placeholders() -> None:
    html = compose(Card, body=Child(n=4), footer="F").dispatch()["html"]
    shown = Shown(Client(), "card", html)
    child_id, dom_id = roots(html)[1][1], re.search(r'<p [^>]*id="([^"]+)"', html)[1]  # type: ignore[index]
    for title in ("new", "newer"):
        response = shown.post("rename", title=title)
        html = response.content.decode()
        assert f"{title}<main>" in html
        assert f'<main><p id="{child_id}" data-cf-keep="{child_id}"></p></main>' in html
        assert dom_id.startswith(child_id) or child_id in html
        assert "child 4" not in html
        assert "F<" not in html
        assert len(kept(html)) == 2


def test_a_child_in_a_slot_has_a_life_of_its_own() -> None:
    html = compose(Card, body=Child(n=4)).dispatch()["html"]
    child = Shown(Client(), "child", html[html.index("<p data-cf-component") :])
    child.post("add")
    assert "child 5" in child.html
    parent = Shown(Client(), "card", html)
    parent.post("rename", title="x")
    child.post("add")
    assert "child 6" in child.html


def test_every_child_has_its_own_token() -> None:
    html = compose(Card, body=Child(), footer=Child()).dispatch()["html"]
    tokens = re.findall(r'data-cf-state="([^"]+)"', html)
    assert len(set(tokens)) == 3


# -- composites


class Board(CompositeComponent):
    permission_classes = [Anyone]
    components = {"left": "child", "right": "child"}
    renderer = Inline("<section>{{ slots.left }}{% if state.both %}{{ slots.right }}{% endif %}</section>")

    def mount(self, both: bool = True) -> None:
        self.state["both"] = both

    def on_refresh(self) -> None: ...


def test_a_composite_mounts_its_components_with_the_params_that_they_name() -> None:
    html = Board(n=3, other="x").dispatch()["html"]
    assert html.count("child 3") == 2
    assert ran == ["child 3", "child 3"]


def test_a_composite_mounts_only_what_its_template_shows() -> None:
    html = Board(n=3, both=False).dispatch()["html"]
    assert html.count("child 3") == 1
    assert ran == ["child 3"]


def test_a_composites_slot_may_be_filled_otherwise() -> None:
    html = compose(Board, {"n": 3}, left="instead").dispatch()["html"]
    assert "instead" in html
    assert ran == ["child 3"]


def test_the_components_of_a_composite_survive_its_events(register: Any) -> None:
    register(Board, "board")
    shown = Shown(Client(), "board", Board(n=3).dispatch()["html"])
    ran.clear()
    shown.post("refresh")
    assert len(kept(shown.html)) == 2
    assert ran == []


def test_a_composite_of_an_unknown_component_says_so() -> None:
    class Wrong(Board):
        components = {"left": "no-such-component"}
        renderer = Inline("<p>{{ slots.left }}</p>")

    with pytest.raises(NotFound, match="no-such-component"):
        Wrong().dispatch()


def test_a_composite_maps_to_names() -> None:
    with pytest.raises(
        ComponentDefinitionError, match=r"Wrong\.components maps 'left' to <class .*give the registered name"
    ):

        class Wrong(CompositeComponent):
            components = {"left": Child}  # type: ignore[dict-item]


def test_a_composite_has_no_events_of_its_own() -> None:
    assert sorted(Board.events()) == ["refresh"]


# -- live components inside templates


class Outer(Component):
    permission_classes = [Anyone]
    renderer = Inline(
        "<div>{{ state.rows|length }}{% for row in state.rows %}{% live_component 'child' n=row %}{% endfor %}</div>"
    )

    def mount(self, rows: list[int] = [1, 2]) -> None:  # noqa: B006
        self.state["rows"] = rows

    def on_set(self, rows: list[int]) -> None:
        self.state["rows"] = rows


@pytest.fixture
def outer(register: Any, client: Client) -> Shown:
    register(Outer, "outer")
    html = client.get("/components/outer/", headers=HTMX).content.decode()
    ran.clear()
    return Shown(client, "outer", html)


def test_nested_components_are_whole_at_first(outer: Shown) -> None:
    assert [name for name, _ in roots(outer.html)] == ["outer", "child", "child"]
    assert "child 1" in outer.html
    assert kept(outer.html) == []


def test_nested_components_survive_the_parents_render(outer: Shown) -> None:
    first, second = (component_id for _, component_id in roots(outer.html)[1:])
    outer.json("set", {"rows": [2, 3, 1]})
    assert ran == ["child 3"]
    assert kept(outer.html) == [second, first]
    assert outer.html.index(second) < outer.html.index("child 3") < outer.html.index(first)
    third = roots(outer.html)[1][1]
    outer.json("set", {"rows": [3]})
    assert kept(outer.html) == [third]
    assert ran == ["child 3"]


def test_a_child_that_left_and_comes_back_is_mounted_anew(outer: Shown) -> None:
    outer.json("set", {"rows": []})
    outer.json("set", {"rows": [1]})
    assert ran == ["child 1"]
    assert kept(outer.html) == []


def test_equal_siblings_are_told_apart_by_their_place(outer: Shown) -> None:
    outer.json("set", {"rows": [5, 5, 5]})
    assert ran == ["child 5"] * 3
    ids = [component_id for _, component_id in roots(outer.html)[1:]]
    assert len(set(ids)) == 3
    outer.json("set", {"rows": [5, 5, 5]})
    assert kept(outer.html) == ids


def test_a_key_keeps_a_child_whose_params_change(register: Any, client: Client) -> None:
    class Keyed(Outer):
        renderer = Inline(
            "<div>{% for row in state.rows %}{% live_component 'child' n=row key=forloop.counter %}{% endfor %}</div>"
        )

    register(Keyed, "keyed")
    shown = Shown(client, "keyed", client.get("/components/keyed/", headers=HTMX).content.decode())
    ids = [component_id for _, component_id in roots(shown.html)[1:]]
    shown.json("set", {"rows": [7, 8]})
    assert kept(shown.html) == ids


def test_a_named_child_is_kept_by_its_id(register: Any, client: Client) -> None:
    class Named(Outer):
        renderer = Inline("<div>{{ state.rows }}{% live_component 'child' component_id='mine' n=state.rows.0 %}</div>")

    register(Named, "named")
    shown = Shown(client, "named", client.get("/components/named/", headers=HTMX).content.decode())
    shown.json("set", {"rows": [7]})
    assert kept(shown.html) == ["mine"]


def test_components_nest_deeply(register: Any, client: Client) -> None:
    class Grand(Component):
        permission_classes = [Anyone]
        renderer = Inline("<div>{{ state.n }}{% live_component 'outer' %}</div>")

        def on_go(self) -> None:
            self.state["n"] = 1

    register(Outer, "outer")
    register(Grand, "grand")
    shown = Shown(client, "grand", client.get("/components/grand/", headers=HTMX).content.decode())
    assert [name for name, _ in roots(shown.html)] == ["grand", "outer", "child", "child"]
    shown.post("go")
    assert len(kept(shown.html)) == 1


def test_a_nested_component_fails_with_its_parent(register: Any, client: Client) -> None:
    class Broken(Component):
        permission_classes = [Anyone]
        renderer = Inline("<p></p>")

        def mount(self) -> None:
            raise LookupError("hunter2-canary")

    class Around(Outer):
        renderer = Inline("<div>{% live_component 'broken' %}</div>")

    register(Broken, "broken")
    register(Around, "around")
    response = client.get("/components/around/", headers=HTMX)
    assert response.status_code == 500
    assert b"hunter2" not in response.content


# -- permissions of what stands inside


class Secret(Component):
    permission_classes = [Staff]
    renderer = Inline("<p>TOP-SECRET {{ state.key }}</p>")

    def mount(self) -> None:
        ran.append("secret.mount")
        self.state["key"] = "hunter2-canary"


def test_a_component_that_is_denied_leaves_a_notice_and_no_data(register: Any, client: Client, boss: Any) -> None:
    register(Secret, "secret")
    html = open_page(client, "<main>{% live_component 'secret' %}</main>{% live_component 'child' n=2 %}")
    assert "TOP-SECRET" not in html
    assert "hunter2" not in html
    assert [name for name, _ in roots(html)] == ["child"]
    assert "Authentication required" in html
    assert "secret.mount" not in ran
    client.force_login(boss)
    assert "TOP-SECRET" in open_page(client, "{% live_component 'secret' %}")


def test_a_denied_child_does_not_deny_its_parent(register: Any, client_of: Any, ann: Any, boss: Any) -> None:
    class Around(Outer):
        renderer = Inline("<div>{{ state.rows }}{% live_component 'secret' %}{% live_component 'child' %}</div>")

    register(Secret, "secret")
    register(Around, "around")
    for user, seen in ((ann, False), (boss, True)):
        client = client_of(user)
        shown = Shown(client, "around", client.get("/components/around/", headers=HTMX).content.decode())
        assert ("TOP-SECRET" in shown.html) is seen
        assert ("Staff access required" in shown.html) is not seen
        shown.json("set", {"rows": [9]})
        assert "[9]" in shown.html
        assert len(kept(shown.html)) == (2 if seen else 1)
        assert ("Staff access required" in shown.html) is not seen


def test_a_denied_component_in_a_slot_leaves_a_notice(register: Any, ann: Any) -> None:
    register(Secret, "secret")
    component = compose(Card, {"user": ann}, body=Secret())
    assert "Staff access required" in component.dispatch()["html"]
    assert "TOP-SECRET" not in component.dispatch()["html"]
    assert "secret.mount" not in ran


def test_a_component_in_a_slot_knows_the_user_of_its_parent(register: Any, boss: Any) -> None:
    assert "TOP-SECRET" in compose(Card, {"user": boss}, body=Secret()).dispatch()["html"]
    request = RequestFactory().get("/")
    request.user = boss
    component = compose(Card, body=Secret())
    component.request = request
    assert "TOP-SECRET" in component.dispatch()["html"]


@pytest.mark.parametrize("error", [RateLimited(retry_after=7), Unavailable(retry_after=1)], ids=["429", "503"])
def test_a_component_that_cannot_be_mounted_now_leaves_the_page_as_it_is(
    error: ComponentError, register: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(component: Component, call: Any) -> bool:
        if type(component).component_name == "child":
            raise error
        return False

    monkeypatch.setattr(extensions, "loaders", [refuse])
    html = open_page(client, "<main>{% live_component 'child' n=2 %}</main>{% live_component 'counter' %}")
    assert f'<div class="cf-denied" role="note">{error.public}</div>' in html
    assert [name for name, _ in roots(html)] == ["counter"]


def test_the_notice_may_have_a_template_of_its_own(register: Any, client: Client, settings: Any) -> None:
    from copy import deepcopy

    register(Secret, "secret")
    templates = deepcopy(settings.TEMPLATES[:1])
    loader = ("django.template.loaders.locmem.Loader", {"cf_core/denied/secret.html": "<i>{{ denied.code }}</i>"})
    templates[0]["OPTIONS"]["loaders"] = [loader, "django.template.loaders.app_directories.Loader"]
    templates[0].pop("APP_DIRS", None)
    settings.TEMPLATES = templates
    assert "<i>auth_required</i>" in open_page(client, "{% live_component 'secret' %}")


def test_dispatch_of_a_denied_component_raises(register: Any) -> None:
    with pytest.raises(AuthRequired):
        Secret().dispatch()


# -- lazy components


def test_a_lazy_component_is_a_placeholder_that_is_not_mounted(client: Client) -> None:
    html = open_page(client, "{% live_component 'child' n=6 lazy=True %}")
    assert ran == []
    assert "child 6" not in html
    assert 'hx-post="/components/child/"' in html
    assert 'hx-trigger="intersect once"' in html
    assert roots(html)[0][0] == "child"


def test_a_lazy_component_loads_with_its_params_and_id(client: Client) -> None:
    shown = Shown(client, "child", open_page(client, "{% live_component 'child' n=6 lazy=True %}"))
    before = shown.id
    response = shown.post("_lazy", _rid=None)
    assert response.status_code == 200
    assert ran == ["child 6"]
    assert "child 6" in shown.html
    assert roots(shown.html) == [("child", before)]
    shown.post("add")
    assert "child 7" in shown.html


def test_a_lazy_component_loads_once_however_often_it_is_asked(client: Client) -> None:
    shown = Shown(client, "child", open_page(client, "{% live_component 'child' n=6 lazy=True %}"))
    token = shown.token
    first = shown.post("_lazy", _rid="r" * 20)
    second = shown.post("_lazy", _rid="r" * 20, _state=token, _retry="1")
    assert first.content == second.content
    shown.post("add")
    shown.post("_lazy")
    assert "child 7" in shown.html


def test_an_event_of_a_lazy_component_that_is_not_loaded_mounts_it_first(client: Client) -> None:
    shown = Shown(client, "child", open_page(client, "{% live_component 'child' n=6 lazy=True %}"))
    assert shown.post("add").status_code == 200
    assert "child 7" in shown.html


def test_a_lazy_component_is_asked_for_permission_before_and_when_it_loads(
    register: Any, client_of: Any, boss: Any
) -> None:
    register(Secret, "secret")
    assert "Authentication required" in open_page(Client(), "{% live_component 'secret' lazy=True %}")
    client = client_of(boss)
    shown = Shown(client, "secret", open_page(client, "{% live_component 'secret' lazy=True %}"))
    assert "TOP-SECRET" not in shown.html
    boss.is_staff = False
    boss.save()
    assert shown.post("_lazy").status_code == 403
    assert ran == []


def test_lazy_is_no_way_to_mount_without_a_token(client: Client) -> None:
    response = client.post("/components/child/", {"event": "_lazy"}, headers=HTMX)
    assert (response.status_code, response.json()["code"]) == (400, "state_invalid")
    assert ran == []


def test_a_lazy_child_is_kept_by_its_parents_events(register: Any, client: Client) -> None:
    class Around(Outer):
        renderer = Inline("<div>{{ state.rows }}{% live_component 'child' lazy=True %}</div>")

    register(Around, "around")
    shown = Shown(client, "around", client.get("/components/around/", headers=HTMX).content.decode())
    child_id = roots(shown.html)[1][1]
    shown.json("set", {"rows": [9]})
    assert kept(shown.html) == [child_id]
    assert ran == []


def test_a_lazy_component_in_a_class_with_a_placeholder_of_its_own(register: Any, client: Client) -> None:
    class Slow(Child):
        placeholder_template = "slow.html"

    register(Slow, "slow")
    html = open_page(client, "{% live_component 'slow' n=5 lazy=True %}")
    assert "one moment: 5" in html
    assert token_in(html)


# -- two of one id


def test_two_components_of_one_id_are_an_error_in_development(client: Client, settings: Any) -> None:
    source = "{% live_component 'child' component_id='same' %}{% live_component 'card' component_id='same' %}"
    open_page(client, source)
    settings.DEBUG = True
    with pytest.raises(ComponentDefinitionError, match=r"Two components on this page have the id 'same'"):
        open_page(client, source)
