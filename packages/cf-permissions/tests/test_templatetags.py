"""`{% can %}` and `allowed`: a control is shown exactly to those whose event would be served."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.template import TemplateSyntaxError, engines
from django.test import Client

from cf_core import Component, ComponentDefinitionError, Forbidden
from cf_core.rendering import DjangoRenderer
from cf_permissions import AllowAny, BasePermission, IsAuthenticated, IsStaff, IsSuperuser, requires
from cf_testing.parity import show

pytestmark = [pytest.mark.django_db, pytest.mark.urls("cf_testing.parity.urls")]


class Inline(DjangoRenderer):
    """Renders a Django template given as text."""

    def __init__(self, source: str) -> None:
        self._source = source

    def template(self, component: Any) -> Any:
        return engines["django"].from_string("{% load cf_permissions components %}" + self._source)


class IsOwner(BasePermission):
    message = "Only <ann> may"
    asked = 0

    async def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
        IsOwner.asked += 1
        return bool(component.user.username == component.state["owner"])


class Note(Component):
    permission_classes: Any = [AllowAny]
    event_permissions: Any = {"delete": [IsStaff | IsSuperuser]}

    def mount(self) -> None:
        self.state["owner"] = "ann"

    def on_read(self) -> None: ...
    def on_delete(self) -> None: ...

    @requires(IsOwner)
    def on_edit(self) -> None: ...


BUTTON = (
    '<p><button{% can "delete" %}{% else %} disabled title="{{ why_not }}"{% endcan %}>Delete</button>'
    '{% can "edit" %}<a>Edit</a>{% else %}{{ why_not }}{% endcan %}</p>'
)


@pytest.fixture
def note(component_registry: Any) -> Any:
    def make(source: str, **attributes: Any) -> type[Component]:
        cls = type("Note_", (Note,), {"renderer": Inline(source), **attributes})
        component_registry.register("note", replace=True)(cls)
        return cls

    return make


def client_for(name: str, **flags: bool) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create(username=name, **flags))
    return client


def body(html: str) -> str:
    return html[html.index(">") + 1 :].removesuffix("</p>")


def test_a_control_is_shown_to_those_who_may_and_the_reason_to_others(note: Any) -> None:
    note(BUTTON)
    assert body(show(client_for("boss", is_staff=True), "note").html) == ("<button>Delete</button>Only &lt;ann&gt; may")
    assert body(show(client_for("ann"), "note").html) == (
        '<button disabled title="Superuser access required">Delete</button><a>Edit</a>'
    )
    why = "Authentication required"
    assert body(show(Client(), "note").html) == f'<button disabled title="{why}">Delete</button>{why}'


@pytest.mark.parametrize("event", ["read", "delete", "edit"])
@pytest.mark.parametrize("name", ["ann", "bob", "boss", None])
def test_what_is_shown_is_what_is_served(note: Any, name: str | None, event: str) -> None:
    note('<p>{% can "' + event + '" %}yes{% else %}no{% endcan %}</p>')
    client = client_for(name, is_staff=name == "boss") if name else Client()
    shown = show(client, "note")
    first = body(shown.html)
    assert (first == "yes") == (shown.post(event).status_code == 200)
    assert body(shown.html) == first


def test_losing_the_right_shows_with_the_next_render(note: Any) -> None:
    note(BUTTON)
    shown = show(client_for("boss", is_staff=True), "note")
    get_user_model().objects.update(is_staff=False)
    shown.post("read")
    assert '<button disabled title="Superuser access required">' in shown.html


def test_without_an_else_nothing_is_shown(note: Any) -> None:
    note('<p>a{% can "delete" %}b{% endcan %}c{{ why_not }}</p>')
    assert body(show(Client(), "note").html) == "ac"


def test_the_event_and_the_component_may_be_variables(note: Any) -> None:
    note(
        "<p>{% for event in state.events %}{% can event component %}+{% else %}-{% endcan %}{% endfor %}</p>",
        mount=lambda self: self.state.update(events=["read", "delete", "edit"], owner="ann"),
    )
    assert body(show(client_for("ann"), "note").html) == "+-+"


def test_the_filter_says_the_same(note: Any) -> None:
    note('<p>{% if component|allowed:"delete" %}yes{% else %}{{ component|allowed:"read" }}{% endif %}</p>')
    assert body(show(Client(), "note").html) == "True"
    assert body(show(client_for("boss", is_superuser=True), "note").html) == "yes"


def test_a_list_asks_once(note: Any) -> None:
    note('<p>{% for n in "abcdefgh" %}{% can "edit" %}+{% endcan %}{% endfor %}</p>')
    client = client_for("ann")
    IsOwner.asked = 0
    assert body(show(client, "note").html) == "+" * 8
    assert IsOwner.asked == 1


class IsLucky(BasePermission):
    message = "Not this row"

    def has_object_permission(self, request: Any, component: Any, obj: Any) -> bool:
        return obj is component or obj % 2 == 1


ROWS = "{% for row in state.rows %}{% can 'edit' row %}+{% else %}{{ why_not }} {% endcan %}{% endfor %}"


def test_rows_are_asked_about(note: Any) -> None:
    rows = {
        "mount": lambda self: self.state.update(rows=[1, 2, 0], owner="ann"),
        "event_permissions": {"edit": [IsLucky]},
    }
    note(f"<p>{ROWS}</p>", **rows)
    client = client_for("ann")
    assert body(show(client, "note").html) == "+Not this row Not this row "
    note("<p>{% for row in state.rows %}{% can 'edit' row component %}+{% else %}-{% endcan %}{% endfor %}</p>", **rows)
    assert body(show(client, "note").html) == "+--"


def test_a_page_may_ask_about_a_row_of_a_component(note: Any) -> None:
    cls = note("<p></p>", event_permissions={"edit": [IsLucky]})
    made = cls(user=get_user_model()(pk=1, username="ann"))
    made.state["owner"] = "ann"
    source = "{% load cf_permissions %}{% can 'edit' 2 note %}yes{% else %}{{ why_not }}{% endcan %}"
    assert engines["django"].from_string(source).render({"note": made}) == "Not this row"


@pytest.mark.parametrize("row", ["nothing", "''", "None"])
def test_a_row_that_is_not_there_is_an_error(note: Any, row: str) -> None:
    cls = note(f"<p>{{% can 'edit' {row} %}}+{{% endcan %}}</p>")
    with pytest.raises(ComponentDefinitionError, match="neither a component nor a row"):
        cls().dispatch()


def test_what_does_not_look_at_the_event_is_asked_once_a_render(note: Any) -> None:
    asked: list[str] = []

    class IsMember(BasePermission):
        def has_permission(self, request: Any, component: Any) -> bool:
            asked.append("member")
            return True

    asks = "".join(f"{{% can '{event}' %}}+{{% endcan %}}" for event in ("read", "delete", "edit") * 3)
    note(f"<p>{asks}</p>", permission_classes=[IsMember & AllowAny])
    assert body(show(client_for("ann", is_staff=True), "note").html) == "+" * 9
    assert len(asked) == 2  # to be shown at all, and for all controls together


def test_an_empty_reason_hides_a_control_too(note: Any) -> None:
    class Terse(Forbidden):
        public = ""

    class Mute(BasePermission):
        def has_permission(self, request: Any, component: Any) -> bool:
            raise Terse

    note("<p>{% can 'edit' %}yes{% else %}no{{ why_not }}{% endcan %}</p>", event_permissions={"edit": [Mute]})
    assert body(show(client_for("ann"), "note").html) == "no"


def test_a_child_asks_for_itself(note: Any, component_registry: Any) -> None:
    note('<p>{% can "delete" %}yes{% else %}no{% endcan %}</p>')

    class Parent(Component):
        permission_classes = [IsAuthenticated]
        renderer = Inline('<div>{% can "delete" %}parent{% endcan %}{% live_component "note" %}</div>')

        def on_delete(self) -> None: ...

    component_registry.register("parent")(Parent)
    html = show(client_for("ann"), "parent").html
    assert "parent<p " in html
    assert ">no</p>" in html


def test_a_page_may_ask_about_a_component_that_a_view_made(note: Any, rf: Any) -> None:
    cls = note("<p></p>")
    source = '{% load cf_permissions %}{% can "delete" note %}yes{% else %}{{ why_not }}{% endcan %}'
    template = engines["django"].from_string(source)
    for flags, text in (({"is_staff": True}, "yes"), ({}, "Superuser access required")):
        made = cls(user=get_user_model()(pk=1, **flags))
        assert template.render({"note": made}) == text
        made.request = rf.get("/")
        made.request.user = made.params["user"]
        assert template.render({"note": made}) == text


@pytest.mark.parametrize("source", ['{% can "delte" %}{% endcan %}', '{{ component|allowed:"delte" }}'])
def test_an_event_that_there_is_not_is_an_error(note: Any, source: str) -> None:
    cls = note(f"<p>{source}</p>")
    with pytest.raises(ComponentDefinitionError, match=r"has no event 'delte'.* delete, edit, read"):
        cls().dispatch()


@pytest.mark.parametrize(
    "source", ['{% can "delete" %}{% endcan %}', '{% can "delete" "note" %}{% endcan %}', '{{ x|allowed:"delete" }}']
)
def test_outside_of_a_component_there_is_nothing_to_ask(source: str) -> None:
    template = engines["django"].from_string("{% load cf_permissions %}" + source)
    with pytest.raises(ComponentDefinitionError, match="needs a component"):
        template.render({"x": "y"})


@pytest.mark.parametrize("source", ["{% can %}{% endcan %}", '{% can "a" b c d %}{% endcan %}', '{% can "a" %}'])
def test_a_tag_that_is_written_wrong_is_a_syntax_error(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        engines["django"].from_string("{% load cf_permissions %}" + source)
