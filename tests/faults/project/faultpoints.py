"""Points of a request at which its process can be killed: the request names one in the header X-Fault.

In X-Pause it says for how many seconds its handler waits between its write and its end.
"""

import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.db.models.signals import post_save
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

POINTS = (
    "before-parsing",
    "after-parsing",
    "after-claim",
    "before-write",
    "after-write",
    "after-record",
    "after-commit",
    "before-answer",
    "during-answer",
)
"""In the order of the lifecycle; `after-commit` comes before the answer is remembered, `before-answer` after it."""

_wanted: ContextVar[str] = ContextVar("wanted_fault", default="")
_seconds: ContextVar[float] = ContextVar("seconds", default=0)


def fault(point: str) -> None:
    """Kill this process if the request asks for it at this point."""
    assert point in POINTS
    if _wanted.get() == point:
        die()


def pause() -> None:
    """Wait as long as the request asks for."""
    time.sleep(_seconds.get())


def die() -> None:
    """End like a process that the kernel killed: no handlers, no flushing, no farewell."""
    os.kill(os.getpid(), signal.SIGKILL)


def watch_records() -> None:
    """Make the insertion of an event's record a fault point: the last statement before COMMIT."""
    from cf_core.models import EventRecord

    def after_record(**kwargs: Any) -> None:
        fault("after-record")

    post_save.connect(after_record, sender=EventRecord, weak=False, dispatch_uid="faults")


_Answers = Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def fault_middleware(get_response: _Answers) -> _Answers:
    """Arm the fault that the request names; say in X-Served-By which process answered."""

    def begin(request: HttpRequest) -> None:
        _wanted.set(request.META.get("HTTP_X_FAULT", ""))
        _seconds.set(float(request.META.get("HTTP_X_PAUSE", 0)))
        fault("before-parsing")

    def end(response: HttpResponseBase) -> HttpResponseBase:
        fault("before-answer")
        response["X-Served-By"] = str(os.getpid())
        return response

    if iscoroutinefunction(get_response):

        async def middleware_async(request: HttpRequest) -> HttpResponseBase:
            begin(request)
            return end(await get_response(request))

        return middleware_async

    def middleware(request: HttpRequest) -> HttpResponseBase:
        begin(request)
        answer = get_response(request)
        assert isinstance(answer, HttpResponseBase)
        return end(answer)

    return middleware
