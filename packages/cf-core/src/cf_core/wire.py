"""HTTP requests read into calls, and answers written as responses. The wire format: docs/reference/wire.md."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qs

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django_htmx.http import HttpResponseClientRedirect, push_url, trigger_client_event

from .conf import conf
from .engine.calls import Answer, Effects
from .engine.errors import AuthRequired, ComponentError, Malformed, MediaType, StateConflict, TooLarge
from .engine.ports import current_host, translate
from .json_limits import read_json
from .tokens import PREFIX

Wants = Literal["htmx", "json", "page"]
"""What the asker can use: a fragment, JSON, or (without JavaScript) a page to go to."""

_BODY_KEYS = frozenset({"event", "payload", "state", "params", "rid", "retry"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request says, once it is known to be well-formed."""

    event: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    is_form: bool = False
    unchecked: frozenset[str] = frozenset()
    token: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    rid: str | None = None
    is_retry: bool = False
    component_id: str | None = None


def wants(request: HttpRequest) -> Wants:
    """Return what kind of answer the asker can use."""
    if request.META.get("HTTP_HX_REQUEST") == "true":
        return "htmx"
    if request.content_type == "application/json" or "application/json" in request.META.get("HTTP_ACCEPT", ""):
        return "json"
    return "page"


def read(request: HttpRequest) -> Asked:
    """Return what a POST asks for. Raises Malformed, MediaType and TooLarge."""
    check_length(request)
    component_id = request.META.get("HTTP_X_COMPONENT") or None
    if request.content_type == "application/json":
        return _read_json(request, component_id)
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return _read_form(request, component_id)
    raise MediaType(f"The request is {request.content_type!r}")


def respond(request: HttpRequest, answer: Answer, *, event: str | None = None) -> HttpResponse:
    """Return the response that carries the answer to an event to this asker."""
    kind = wants(request)
    if kind == "page":
        return _page(request, answer, event)
    response = _json(answer) if kind == "json" else _fragment(answer)
    response.headers["X-Component"] = answer.component_id
    return _private(response)


def refuse(request: HttpRequest, error: ComponentError) -> HttpResponse:
    """Return the response that says why not: JSON, and never a redirect."""
    if isinstance(error, StateConflict) and error.answer is not None and wants(request) == "htmx":
        return respond(request, error.answer)
    body = {**error.body(), "error": translate(error.public)}
    if isinstance(error, AuthRequired):
        body.setdefault("login_url", current_host().login_url())
    if isinstance(error, StateConflict) and error.answer is not None:
        body |= {"html": error.answer.html, "state": error.answer.token}
    response = JsonResponse(body, status=error.status)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return _private(response)


def check_length(request: HttpRequest) -> None:
    """Raise TooLarge or Malformed for what a request says of its length; multipart is measured once it is read."""
    limit = conf().MAX_BODY_BYTES
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise Malformed("Content-Length is no number") from None
    if length > limit and request.content_type != "multipart/form-data":
        raise TooLarge(f"The body is {length} bytes; MAX_BODY_BYTES allows {limit}", limit=limit)


def _read_json(request: HttpRequest, component_id: str | None) -> Asked:
    limit = conf().MAX_BODY_BYTES
    if len(request.body) > limit:
        raise TooLarge(f"The body is {len(request.body)} bytes; MAX_BODY_BYTES allows {limit}", limit=limit)
    body = read_json(request.body)
    if not isinstance(body, dict) or not _BODY_KEYS.issuperset(body):
        raise Malformed(f"A JSON body is an object with keys among {', '.join(sorted(_BODY_KEYS))}")
    payload, params = body.get("payload"), body.get("params")
    asked = Asked(
        event=body.get("event"),
        payload={} if payload is None else payload,
        token=body.get("state"),
        params={} if params is None else params,
        rid=body.get("rid"),
        is_retry=body.get("retry") is True,
        component_id=component_id,
    )
    if not isinstance(asked.payload, dict) or not isinstance(asked.params, dict):
        raise Malformed("payload and params are objects")
    if not all(value is None or isinstance(value, str) for value in (asked.event, asked.token, asked.rid)):
        raise Malformed("event, state and rid are texts")
    return asked


def _read_form(request: HttpRequest, component_id: str | None) -> Asked:
    fields: dict[str, Any] = dict(request.POST.lists())
    limit = conf().MAX_BODY_BYTES
    if request.content_type == "multipart/form-data":
        size = sum(len(text.encode()) for name, texts in fields.items() for text in (name, *texts))
        if size > limit:
            raise TooLarge(f"The form's fields are {size} bytes; MAX_BODY_BYTES allows {limit}", limit=limit)
        fields |= dict(request.FILES.lists())
    elif len(request.body) > limit:
        # Sent in chunks, without a Content-Length.
        raise TooLarge(f"The body is {len(request.body)} bytes; MAX_BODY_BYTES allows {limit}", limit=limit)
    event = _take(fields, "_event")
    if event is None:
        event = _take(fields, "event")
    if event is not None and "?" in event:
        # A button has one value: without a script it carries the arguments of its event too.
        event, _, arguments = event.partition("?")
        fields |= parse_qs(arguments, keep_blank_values=True)
    token = _take(fields, "_state")
    if token is None and str(fields.get("state", [""])[-1]).startswith(PREFIX):
        token = _take(fields, "state")
    rid, is_retry = _take(fields, "_rid"), _take(fields, "_retry") == "1"
    if _take(fields, "_once") and rid is None and token is not None:
        rid = _once(event, token, fields)
    unchecked = frozenset((_take(fields, "_unchecked") or "").split())
    # Only events of the framework's own take fields of the framework's own.
    is_framed = event is not None and event[:1] == "_"
    payload = {
        name: values
        for name, values in fields.items()
        if (is_framed or name[:1] != "_") and name != "csrfmiddlewaretoken"
    }
    if any("\x00" in value for values in payload.values() for value in values if isinstance(value, str)):
        raise Malformed("A form field holds a NUL character")
    if "payload" in payload:
        payload = _merged(payload)
    return Asked(event, payload, True, unchecked, token, {}, rid, is_retry, component_id)


def _once(event: str | None, token: str, fields: dict[str, Any]) -> str:
    """Return the request id of a form that is sent without a script: the same form of the same render has the same."""
    sent = [(name, [str(value) for value in values]) for name, values in sorted(fields.items())]
    return hashlib.sha256(repr((event, token, sent)).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _take(fields: dict[str, Any], name: str) -> str | None:
    values = fields.pop(name, None)
    return str(values[-1]) if values else None


def _merged(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the fields with the JSON object of a `payload` field under them; other text there is just a field."""
    text = payload["payload"][-1]
    if not isinstance(text, str) or not text.lstrip().startswith("{"):
        return payload
    rest = {name: values for name, values in payload.items() if name != "payload"}
    more = read_json(text.encode())
    return {**{name: [value] if not isinstance(value, list) else value for name, value in more.items()}, **rest}


def _fragment(answer: Answer) -> HttpResponse:
    effects = answer.effects
    if effects.redirect is not None:
        response: HttpResponse = HttpResponseClientRedirect(effects.redirect)
        response["X-Component-State"] = answer.token
        return response
    response = HttpResponse(answer.html, status=answer.status)
    if answer.rendered is None:
        response["X-Component-State"] = answer.token
    if any(effects):
        _add_effects(response, effects)
    return response


def _add_effects(response: HttpResponse, effects: Effects) -> None:
    if effects.push_url is not None:
        push_url(response, effects.push_url)
    told: dict[str, Any] = {}
    if effects.announce:
        told["component:announce"] = {"text": effects.announce}
    if effects.focus:
        told["component:focus"] = {"id": effects.focus}
    if effects.emits:
        told["component:emit"] = [{"name": name, "payload": payload} for name, payload in effects.emits]
    if effects.messages:
        told["component:messages"] = list(effects.messages)
    for name, detail in told.items():
        trigger_client_event(response, name, detail)


def _json(answer: Answer) -> HttpResponse:
    body: dict[str, Any] = {
        "html": answer.html,
        "state": answer.token,
        "component_id": answer.component_id,
        "slots": dict(answer.slots),
    }
    if answer.errors:
        body["errors"] = answer.errors
    if answer.status == 422:
        body |= {"error": translate("Please check what you entered"), "code": "invalid"}
    if answer.optimistic is not None:
        body["optimistic"] = answer.optimistic
    if any(answer.effects):
        body["effects"] = {name: value for name, value in answer.effects._asdict().items() if value}
    status = 200 if answer.status == 204 else answer.status
    return JsonResponse(body, status=status, encoder=DjangoJSONEncoder)


def _page(request: HttpRequest, answer: Answer, event: str | None) -> HttpResponse:
    """Answer a browser without JavaScript: to the page that the component asked for, or the one it came from.

    What only this answer knows, errors and half-filled forms, it gets as a page of its own.
    """
    target = answer.effects.redirect or request.META.get("HTTP_REFERER", "")
    is_own = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    back = target if is_own else "/"
    if request.method == "GET":
        response = HttpResponse(answer.html, status=answer.status)
    elif answer.status in (409, 422) or (event is not None and event[:1] == "_" and answer.rendered is not None):
        context = {
            "component_html": SafeString(answer.html),
            "component_name": answer.component,
            "errors": answer.errors,
            "back_url": back,
        }
        names = [f"cf_core/page/{answer.component}.html", "cf_core/page.html"]
        response = HttpResponse(render_to_string(names, context, request=request), status=answer.status)
    else:
        return _private(HttpResponseRedirect(back, status=303))
    response["X-Component"] = answer.component_id
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    # Django's own log line would be a second one: the event's line stands in cf_core.events.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
