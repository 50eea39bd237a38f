"""Whatever a mount goes by, besides its params, is told apart by the key, or keeps the state out of the cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.messages.storage.session import SessionStorage
from django.contrib.sessions.backends.cache import SessionStore
from django.core.cache import cache
from django.http import Http404, HttpRequest
from django.test import RequestFactory

from cf_cache import CacheMixin, watching
from cf_core import Component, ComponentDefinitionError, Registry
from cf_core.views import ComponentView
from tests.components import Inline, mounts
from tests.permissions import LoggedIn


class Shown(CacheMixin, Component):
    """Shows nothing; its subclasses say what they put into their state."""

    renderer = Inline("<p></p>")


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is an error in development is logged there, and the state is not kept."""
    monkeypatch.setattr(watching, "is_developing", lambda: False)


def asked(component: Component, user: Any = None, path: str = "/") -> Component:
    """Have somebody ask for the component, from their own page."""
    request = RequestFactory().get(path)
    request.user = user or AnonymousUser()
    component.request = request
    return component


def shown(component: Component, user: Any = None, path: str = "/") -> Any:
    """Return the state that somebody is shown."""
    asked(component, user, path).dispatch()
    return component.state


class Greets(Shown):
    def mount(self, user: Any) -> None:
        self.state["name"] = user.username


def test_user_who_is_given_to_a_bare_mount_is_told_apart(ann: Any, bob: Any) -> None:
    for user in (ann, bob, ann):
        component = Greets()
        component.mount(user=user)
        assert component.state == {"name": user.username}


def test_user_who_is_given_to_a_bare_mount_comes_before_the_one_who_asks(ann: Any, bob: Any) -> None:
    for user in (ann, bob):
        component = asked(Greets(), ann)
        component.mount(user=user)
        assert component.state == {"name": user.username}
    assert shown(Greets(), ann) == {"name": "ann"}


class Figures(Shown):
    permission_classes = [LoggedIn]

    def mount(self) -> None:
        mounts.append("figures")
        self.state["secret"] = "figures" if self.user.is_staff or self.user.is_superuser else None


@pytest.mark.parametrize("right", ["is_staff", "is_superuser"])
def test_right_that_was_taken_away_is_another_entry(ann: Any, right: str) -> None:
    User.objects.update(**{right: True})
    assert shown(Figures(), User.objects.get())["secret"]
    User.objects.update(**{right: False})

    assert shown(Figures(), User.objects.get())["secret"] is None


def test_new_password_is_another_entry(ann: Any) -> None:
    shown(Figures(), ann)
    ann.set_password("new")

    shown(Figures(), asked(Figures(), ann).user)

    assert mounts == ["figures", "figures"]


class Dehydrated(Shown):
    def dehydrate(self) -> dict[str, Any]:
        return {"owner": self.user.username}


def test_what_dehydrate_reads_is_watched_too(ann: Any) -> None:
    with pytest.raises(ComponentDefinitionError, match=r"Dehydrated\.dehydrate reads request\.user"):
        shown(Dehydrated(), ann)


def test_what_dehydrate_made_of_somebody_is_not_kept(production: None, ann: Any, bob: Any) -> None:
    shown(Dehydrated(), ann)

    assert "owner" not in shown(Dehydrated(), bob)


class Linked(Shown):
    def mount(self) -> None:
        mounts.append("linked")
        self.state["next"] = self.request.build_absolute_uri(self.params["to"])


@pytest.mark.parametrize("to", ["?page=2", "detail/", "#top", "", "//", "http:detail/"])
def test_address_that_goes_from_the_page_is_not_kept(production: None, to: str) -> None:
    shown(Linked(to=to), path="/u/ann-private/")

    assert "ann-private" not in shown(Linked(to=to), path="/u/bob/")["next"]


@pytest.mark.parametrize("to", ["/about/", "//shop.example/about/", "https://shop.example/"])
def test_address_that_is_the_same_on_every_page_is_kept(to: str) -> None:
    assert shown(Linked(to=to), path="/u/ann/") == shown(Linked(to=to), path="/u/bob/")
    assert mounts == ["linked"]


class Targeted(Shown):
    def mount(self) -> None:
        self.state["target"] = f"#{self.id}-list"


class Numbered(Targeted):
    def get_component_id(self) -> str:
        return f"item-{self.params['number']}"

    def mount(self) -> None:
        mounts.append("numbered")
        super().mount()


def test_id_of_the_page_is_refused_in_development() -> None:
    with pytest.raises(ComponentDefinitionError, match=r"Targeted\.mount reads self\.id"):
        shown(Targeted())


@pytest.mark.parametrize("given", [{}, {"component_id": "given"}])
def test_id_of_another_page_is_not_shown(production: None, given: Any) -> None:
    shown(Targeted(**given))
    component = Targeted()

    assert shown(component)["target"] == f"#{component.id}-list"


def test_id_that_is_given_stays_though_nobody_reads_it(ann: Any) -> None:
    component = Greets(component_id="given")
    shown(component, ann)

    assert component.id == "given"


def test_id_that_the_class_makes_of_params_may_be_read() -> None:
    assert [shown(Numbered(number=1)) for _ in range(2)] == [{"target": "#item-1-list"}] * 2
    assert mounts == ["numbered"]


def test_id_that_is_not_the_one_of_the_class_is_refused() -> None:
    with pytest.raises(ComponentDefinitionError, match=r"self\.id"):
        shown(Numbered(number=1, component_id="other"))


class Scripted(Shown):
    def mount(self) -> None:
        self.state["nonce"] = self.request.csp_nonce


def test_nonce_of_another_page_is_not_shown(production: None) -> None:
    for nonce in ("one", "two"):
        component = asked(Scripted())
        component.request.csp_nonce = nonce
        component.dispatch()
        assert component.state == {"nonce": nonce}


class Tenanted(Shown):
    def mount(self) -> None:
        mounts.append("tenanted")
        self.state["tenant"] = self.tenant


class Constructed(Tenanted):
    def __init__(self, tenant: str = "", **params: Any) -> None:
        super().__init__(**params)
        self.tenant = tenant


class Shared(Tenanted):
    """Its permission leaves something on it."""

    class Link:
        def has_permission(self, request: Any, component: Any) -> bool:
            component.tenant = request.GET["share"]
            return True

    permission_classes = [Link]


class Filled(Shown):
    """Has a state before it is mounted."""

    def mount(self) -> None:
        mounts.append("filled")


def with_attribute(tenant: Any) -> Component:
    component = Tenanted()
    component.tenant = tenant
    return component


def with_state(tenant: Any) -> Component:
    component = Filled()
    component.state["tenant"] = tenant
    return component


@pytest.mark.parametrize("make", [with_attribute, with_state, Constructed])
def test_what_stands_on_the_component_before_mount_is_told_apart(make: Any) -> None:
    assert [shown(make(tenant))["tenant"] for tenant in ("one", "two", "one")] == ["one", "two", "one"]
    assert len(mounts) == 2


def test_what_a_permission_leaves_on_the_component_is_told_apart() -> None:
    assert [shown(Shared(), path=f"/?share={share}")["tenant"] for share in "ab"] == ["a", "b"]


def test_attribute_that_cannot_be_told_apart_is_not_cached(said: Callable[[], list[str]]) -> None:
    for _ in range(2):
        component = with_attribute("one")
        component.service = object()
        shown(component)

    assert mounts == ["tenanted"] * 2
    assert len(said()) == 1
    assert "self.service" in said()[0]


class Extended(Tenanted):
    def get_cache_key(self, name: str, params: Any, state: Any) -> str:
        return f"{super().get_cache_key(name, params, state)}:more"

    def on_drop(self) -> None:
        self.service = object()
        self.invalidate_cache()


@pytest.mark.django_db
def test_entry_under_an_extended_key_is_dropped_by_its_component() -> None:
    component = Extended()
    component.tenant = "one"
    component.dispatch()
    component.dispatch("drop")

    other = Extended()
    other.tenant = "one"
    other.dispatch()
    assert mounts == ["tenanted"] * 2


class OnSocket:
    """What a component has for its request on a socket."""

    method = "POST"
    path = "/"
    session = None

    def __init__(self, host: str | None) -> None:
        self.headers = {} if host is None else {"host": host}
        self.user = AnonymousUser()


class PerHost(Shown):
    tenants: list[str] = []

    def mount(self) -> None:
        mounts.append("per host")
        self.state["tenant"] = self.tenants[-1]


@pytest.mark.parametrize(("hosts", "number"), [(["a.example", "b.example"] * 2, 2), ([None, None], 2)])
def test_hosts_are_told_apart_on_sockets_too(hosts: Any, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for host in hosts:
        monkeypatch.setattr(PerHost, "tenants", [host])
        component = PerHost()
        component.request = OnSocket(host)
        component.dispatch()
        assert component.state == {"tenant": host}
    assert len(mounts) == number


def test_request_without_a_host_is_not_cached() -> None:
    for tenant in "ab":
        component = Constructed(tenant=tenant)
        component.request = HttpRequest()
        component.request.user = AnonymousUser()
        component.dispatch()
        assert component.state == {"tenant": tenant}


class Paged(Shown):
    def mount(self, page: int) -> None:
        mounts.append(page)
        self.state["link"] = f"?page={self.params['page']}"


def test_param_is_what_its_argument_has_become() -> None:
    assert [shown(Paged(page=page)) for page in ("0_0_1", "1", 1)] == [{"link": "?page=1"}] * 3
    assert mounts == [1]


def test_classes_that_a_function_made_do_not_meet() -> None:
    def make(secret: str) -> type[Component]:
        class Made(Shown):
            def mount(self) -> None:
                self.state["secret"] = secret

        return Made

    assert [shown(make(secret)())["secret"] for secret in "ab"] == ["a", "b"]


def test_class_that_a_function_made_is_cached_under_its_name(component_registry: Registry) -> None:
    @component_registry.register("made")
    class Made(Shown):
        def mount(self) -> None:
            mounts.append("made")

    shown(Made())
    shown(Made())

    assert mounts == ["made"]


class Versioned(Shown):
    """Adds to the default key, which does not tell users apart here."""

    def get_cache_key(self, name: str, params: Any, state: Any) -> str:
        return f"{super().get_cache_key(name, params, state)}:v2"

    def mount(self) -> None:
        self.state["name"] = self.request.user.username


def test_mount_is_watched_under_a_key_that_adds_to_the_default_one(ann: Any) -> None:
    with pytest.raises(ComponentDefinitionError, match=r"Versioned\.mount reads request\.user"):
        shown(Versioned(), ann)


def test_nobody_is_shown_what_a_key_that_adds_to_the_default_one_leaves_out(
    production: None, ann: Any, bob: Any
) -> None:
    assert [shown(Versioned(), user)["name"] for user in (ann, bob)] == ["ann", "bob"]


class Themed(Versioned):
    """Tells apart what it goes by."""

    def get_cache_key(self, name: str, params: Any, state: Any) -> str:
        return f"{super().get_cache_key(name, params, state)}:{self.request.GET['theme']}:{self.params['user']}"

    def mount(self) -> None:
        mounts.append("themed")
        self.state["theme"] = self.request.GET["theme"]
        self.state["name"] = self.user.username


def test_what_the_key_reads_mount_may_read(ann: Any, bob: Any) -> None:
    asks = [(ann, "dark"), (ann, "light"), (bob, "dark"), (ann, "dark")]

    states = [shown(Themed(), user, f"/?theme={theme}") for user, theme in asks]

    assert states == [{"theme": theme, "name": user.username} for user, theme in asks]
    assert len(mounts) == 3


class Personal(Themed):
    """The default key itself asks who it is; that allows mount no more than that."""

    permission_classes = [LoggedIn]

    def mount(self) -> None:
        self.state["cart"] = self.request.session["cart"]


def test_what_only_the_default_key_reads_mount_may_not_read(ann: Any) -> None:
    component = asked(Personal(), ann, "/?theme=dark")
    component.request.session = SessionStore()

    with pytest.raises(ComponentDefinitionError, match=r"request\.session"):
        component.dispatch()


def test_what_the_key_of_the_view_reads_mount_may_read(component_registry: Registry) -> None:
    @component_registry.register("themed")
    class Page(Shown):
        def mount(self) -> None:
            mounts.append("page")
            self.state["theme"] = self.request.GET["theme"]

    class PageView(CacheMixin, ComponentView):
        component_name = "themed"

        def get_cache_key(self, name: str, params: Any, state: Any) -> str:
            return f"{super().get_cache_key(name, params, state)}:{self.request.GET['theme']}"

    for theme in ("dark", "light", "dark"):
        assert PageView.as_view()(asked(Page(), path=f"/?theme={theme}").request).status_code == 200
    assert len(mounts) == 2


class Missing(Shown):
    """What it is asked for, there is not."""

    cache_tags = ["shelf:{number}"]

    def mount(self, number: int) -> None:
        if number:
            raise Http404


def test_mounts_of_what_is_not_there_leave_nothing_in_the_cache() -> None:
    # What other tests left would be culled on the way.
    cache.clear()
    shown(Missing(number=0))
    before = set(cache._cache)

    for number in range(1, 400):
        with pytest.raises(Http404):
            shown(Missing(number=number))

    assert set(cache._cache) == before


class Keyed(Shown):
    """Has a key of its own, so that nothing is watched."""

    def get_cache_key(self, name: str, params: Any, state: Any) -> str:
        return "the one"


class Rebinding(Keyed):
    def mount(self) -> None:
        mounts.append("rebinding")
        self.params = {**self.params, "course_id": 7}


class Adding(Shown):
    def mount(self) -> None:
        mounts.append("adding")
        self.params["course_id"] = 7


class Replacing(Shown):
    permission_classes = [LoggedIn]

    def mount(self) -> None:
        mounts.append("replacing")
        self.params = {"course_id": 7}


@pytest.mark.parametrize("cls", [Rebinding, Adding, Replacing])
def test_params_that_mount_changes_are_there_on_every_page(cls: type[Component], ann: Any) -> None:
    for _ in range(2):
        component = cls()
        shown(component, ann)
        assert component.params["course_id"] == 7
    assert len(mounts) == 2


class Messaging(Keyed):
    def mount(self) -> None:
        mounts.append("messaging")
        messages.info(self.request, "hello")


def test_message_of_a_mount_is_said_on_every_page() -> None:
    for _ in range(2):
        component = asked(Messaging())
        component.request.session = SessionStore()
        component.request._messages = SessionStorage(component.request)
        component.dispatch()
        assert len(component.request._messages._queued_messages) == 1
    assert len(mounts) == 2


class Keeping(Shown):
    def mount(self) -> None:
        mounts.append("keeping")
        self.total = 5

    def get_context(self) -> dict[str, Any]:
        return {"total": self.total}


class Preparing(Keeping):
    def before_render(self) -> None:
        self.total = 5


def test_attribute_that_mount_leaves_is_an_error_in_development() -> None:
    with pytest.raises(ComponentDefinitionError, match=r"Keeping.*self\.total.*before_render"):
        shown(Keeping())


def test_attribute_that_mount_leaves_is_there_on_every_page(production: None) -> None:
    shown(Keeping())
    shown(Keeping())

    assert len(mounts) == 2


def test_attribute_that_is_set_before_every_render_may_be_left() -> None:
    shown(Preparing())
    shown(Preparing())

    assert len(mounts) == 1


class Profile(Shown):
    def mount(self) -> None:
        mounts.append("profile")
        self.state["of"] = self.params["user_id"]


def test_user_id_of_the_view_may_be_read_on_ones_own_page_too(ann: Any, bob: Any, component_registry: Registry) -> None:
    component_registry.register("profile")(Profile)

    class ProfileView(ComponentView):
        component_name = "profile"

    for user in (bob, ann, None):
        assert ProfileView.as_view()(asked(Profile(), user).request, user_id=ann.pk).status_code == 200
    assert len(mounts) == 1


class Looking(Shown):
    def mount(self) -> None:
        self.state["has"] = ["user" in self.params, isinstance(self.params, dict)]


def test_params_may_be_asked_what_they_are() -> None:
    assert shown(Looking())["has"] == [True, True]
