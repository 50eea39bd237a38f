"""The HTTP transport: views that read a request into a call, run it, and answer."""

from __future__ import annotations

import functools
import logging
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.views import View
from django.views.csrf import csrf_failure as django_csrf_failure
from django.views.decorators.cache import never_cache

from .conf import conf
from .engine.calls import Call, Policy
from .engine.component import Component
from .engine.drivers import run_sync
from .engine.errors import ComponentError, Internal, Malformed, NotFound
from .engine.extensions import Guard
from .engine.keys import key_of
from .engine.lifecycle import perform
from .engine.registries import registry
from .failures import classify
from .policies import governed, listed, register_policy, request_policy
from .wire import Asked, read, refuse, respond, wants

__all__ = ["ComponentView", "component_view", "csrf_failure", "csrf_token"]

logger = logging.getLogger("cf_core.views")


class ComponentView(View):
    """Serves one component at an address of the project's own: GET mounts it, POST brings its events.

    `permission_classes` here hold for every token that this view issues, wherever it is used.
    """

    component_name: str | None = None
    """The registered name; without it the rules of docs/reference/views.md find one."""
    permission_classes: Sequence[Any] = ()
    policy_name: str | None = None
    """The view's name in tokens; set it if the class may be renamed while pages are open."""
    http_method_names = ["get", "post", "head", "options"]

    asks_permissions: ClassVar[bool] = True
    """That decorators need not ask theirs of a stand-in: this view asks them of its component."""

    _policy: Policy | None = None
    _may_mount: ClassVar[bool] = True

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        """Return the view function, and make its policy known by name."""
        classes = initkwargs.get("permission_classes", cls.permission_classes)
        guards = cls.policy_guards(initkwargs)
        if guards or listed(classes or (), key_of(cls)):
            name = initkwargs.get("policy_name", cls.policy_name)
            initkwargs["_policy"] = register_policy(cls, classes or (), name, guards)
        return super().as_view(**initkwargs)

    @classmethod
    def policy_guards(cls, initkwargs: Mapping[str, Any]) -> tuple[Guard, ...]:
        """Return what, besides the permission classes, stands before every event that comes with the view's tokens.

        Asked once, by `as_view()`. Guards that depend on more than their class have a text attribute `policy_key`.
        """
        return ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Run the method's handler under the view's policy, and under those around it.

        A handler of a subclass's own runs once the permission classes let the request in. `get` and `post` of this
        class leave that to the call that they make.
        """
        around = request_policy(request)
        inherited = super().dispatch
        if self._policy is None and around is None:
            return inherited(request, *args, **kwargs)
        cls: Any = type(self)
        own, is_async = _own_handlers(cls)
        run = governed(inherited, self._policy, self._stand_in if request.method in own else None, is_async=is_async)
        response: HttpResponseBase = run(request, *args, **kwargs)
        return response

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Mount the component and answer its HTML (or JSON)."""
        return self._answer(request, lambda: Asked(params=request.GET.dict()), kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Run an event; without one, mount."""
        return self._answer(request, lambda: read(request), kwargs)

    def get_component_params(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """Return the params that this view decides on mount: by default the URL's, the user and the user's id."""
        user = getattr(request, "user", None)
        params = {name: value for name, value in kwargs.items() if name != "name"}
        return {**params, "user": user, "user_id": getattr(user, "pk", None)}

    def get_component_name(self, request: HttpRequest, **kwargs: Any) -> str:
        """Return the registered name of the component served. Raises ImproperlyConfigured where nothing names one."""
        candidates: list[str] = list(_candidates(self, request, kwargs))
        for name in candidates:
            if name in registry:
                return name
        if self.component_name is None and "name" in kwargs:
            raise NotFound(f"No component is registered as {kwargs['name']!r}")
        raise ImproperlyConfigured(
            f"{type(self).__name__} serves no component: none is registered as any of {', '.join(candidates)}. "
            "Set component_name on the view, or register the component."
        )

    def _answer(self, request: HttpRequest, ask: Callable[[], Asked], kwargs: dict[str, Any]) -> HttpResponse:
        """Run the call; the one place of this transport where failures become answers."""
        try:
            call = self._call(request, ask(), kwargs)
            return respond(request, run_sync(perform(call)), event=call.event)
        except Exception as error:
            known = classify(error)
            if known is None or type(known) is ComponentError:
                known = _incident(request, error)
            elif known.status >= 500 and not known.is_logged:
                logger.error("%s: %s", type(error).__name__, _one_line(error), exc_info=error)
            elif known is not error or str(known) != known.public:
                logger.info("Refused with %d %s: %s", known.status, known.code, _one_line(known))
            return refuse(request, known)

    def _call(self, request: HttpRequest, asked: Asked, kwargs: dict[str, Any]) -> Call:
        cls = registry.get(self.get_component_name(request, **kwargs))
        kind = wants(request)
        return Call(
            cls,
            event=asked.event,
            payload=asked.payload,
            is_form=asked.is_form,
            unchecked=asked.unchecked,
            token=asked.token,
            request=request,
            params=self._params(request, asked, cls, kwargs),
            view=self,
            rid=asked.rid,
            is_retry=asked.is_retry,
            may_mount=self._may_mount or bool(cls.permission_classes is not None or conf().DEFAULT_PERMISSION_CLASSES),
            may_mount_for_event=self._supplies_params(kwargs),
            expected_id=asked.component_id if asked.token else None,
            wants_optimistic=kind == "json",
            keeps_messages=kind == "page",
        )

    def _stand_in(self, request: HttpRequest, kwargs: dict[str, Any]) -> Component:
        """Return the component as a first render would begin it."""
        cls = registry.get(self.get_component_name(request, **kwargs))
        asked: Component = cls(**self._params(request, Asked(params=request.GET.dict()), cls, kwargs))
        asked.request = request
        return asked

    def _params(
        self, request: HttpRequest, asked: Asked, cls: type[Component], kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        if type(self).get_component_params is ComponentView.get_component_params:
            # The lifecycle fills in the user itself.
            own = {name: value for name, value in kwargs.items() if name != "name"}
        else:
            own = self.get_component_params(request, **kwargs)
        # Who asks is never the client's word, even where the author made it public.
        given = {name: asked.params[name] for name in cls.public_params if name in asked.params}
        return {**{name: value for name, value in given.items() if name not in ("user", "user_id")}, **own}

    def _supplies_params(self, kwargs: dict[str, Any]) -> bool:
        """Whether an event without a token may mount first: the view itself knows with what."""
        overrides = type(self).get_component_params is not ComponentView.get_component_params
        return overrides or any(name != "name" for name in kwargs)


class GenericEndpoint(ComponentView):
    """The endpoint of all components by name. Without a token it mounts only what declares who may see it."""

    _may_mount = False

    def _params(
        self, request: HttpRequest, asked: Asked, cls: type[Component], kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        unknown = sorted(set(asked.params) - set(cls.public_params))
        if unknown:
            raise Malformed(f"{cls.__name__}.public_params names none of: {', '.join(unknown)}")
        return super()._params(request, asked, cls, kwargs)

    def _supplies_params(self, kwargs: dict[str, Any]) -> bool:
        return False


component_view = GenericEndpoint.as_view()
"""The generic endpoint: `path("components/<str:name>/", component_view, name="component_endpoint")`."""


@never_cache
def csrf_token(request: HttpRequest) -> JsonResponse:
    """Answer a fresh CSRF token, for a page that was open when it was rotated (by a log-in in another tab)."""
    response = JsonResponse({"csrf": get_token(request)})
    response["Cache-Control"] = "no-store"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a refused CSRF token: JSON for component requests, Django's page for others. Set as CSRF_FAILURE_VIEW."""
    if wants(request) == "page" and "HTTP_X_COMPONENT" not in request.META:
        return django_csrf_failure(request, reason=reason)
    error = CsrfFailed(f"CSRF: {reason}")
    return refuse(request, error)


class CsrfFailed(ComponentError):
    """The CSRF token is missing or was rotated."""

    status = 403
    code = "csrf_failed"
    public = "The page is out of date"


def _incident(request: HttpRequest, error: Exception) -> ComponentError:
    """Log a bug with its traceback and return what the client is told: an id to ask about.

    With DEBUG, addresses among INTERNAL_IPS are told the exception too.
    """
    incident = secrets.token_hex(6)
    logger.error("Incident %s: %s", incident, type(error).__name__, exc_info=error)
    is_shown = settings.DEBUG and request.META.get("REMOTE_ADDR") in settings.INTERNAL_IPS
    detail = {"detail": f"{type(error).__name__}: {error}"} if is_shown else {}
    return Internal(str(error), incident=incident, **detail)


def _one_line(error: Exception) -> str:
    """Return the start of an error's text, which may hold what a client or a database said, without line breaks."""
    return " ".join(str(error)[:200].split())


@functools.cache
def _own_handlers(cls: Any) -> tuple[frozenset[str], bool]:
    """Return the methods that a subclass answers by itself, and whether its handlers are async."""
    found = {name for name in cls.http_method_names if getattr(cls, name, None) not in _HANDLERS}
    if "get" in found and not hasattr(cls, "head"):
        found.add("head")
    return frozenset(name.upper() for name in found), bool(cls.view_is_async)


_HANDLERS = (None, ComponentView.get, ComponentView.post, ComponentView.options)
"""What leaves the question who may to the call of the component."""


def _candidates(view: ComponentView, request: HttpRequest, kwargs: dict[str, Any]) -> Iterator[str]:
    """Yield the names that could be meant, the most explicit first (architecture, section 11)."""
    if view.component_name is not None:
        yield view.component_name
        return
    if "name" in kwargs:
        yield str(kwargs["name"])
        return
    stem = type(view).__name__.removesuffix("View").removesuffix("Component")
    if stem:
        yield re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", stem).lower()
    match = request.resolver_match
    if match is not None:
        if match.url_name:
            yield match.url_name.removesuffix("_component")
        parts = (match.route or "").strip("^$").split("/")
        literals = [part for part in parts if re.fullmatch(r"[\w-]+", part)]
        if literals:
            yield literals[-1]
