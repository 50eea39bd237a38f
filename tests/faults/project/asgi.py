"""The project under ASGI, with the fault point that no view can reach: half an answer on the wire."""

import asyncio
import os
from typing import Any

from django.core.asgi import get_asgi_application

from .faultpoints import die

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.faults.project.settings")
_django = get_asgi_application()


async def application(scope: Any, receive: Any, send: Any) -> None:
    async def send_half(message: Any) -> None:
        if message["type"] != "http.response.body":
            await send(message)
            return
        body = message.get("body", b"")
        await send({**message, "body": body[: len(body) // 2], "more_body": True})
        # The server writes on the next turn of its loop.
        await asyncio.sleep(0.1)
        die()

    dies = (b"x-fault", b"during-answer") in scope.get("headers", ())
    await _django(scope, receive, send_half if dies else send)
