"""One of several processes that send events at once: `python -m tests.counting <user> <rate> <events> <threads>`.

Says `ready`, waits for a line, sends the events through the whole pipeline, and says how many passed. CACHES come as
JSON in the environment.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django
from django.conf import settings


def main() -> None:
    """Send the events."""
    user_id, rate, events, threads = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    settings.CACHES = json.loads(os.environ["TESTS_CACHES"])
    django.setup()

    from django.contrib.auth.models import User

    from cf_core import Component, registry
    from cf_permissions import RateLimitExceeded
    from tests.limited import Text

    @registry.register("counted")
    class Counted(Component):
        renderer = Text()
        rate_limit = rate

        def on_submit(self) -> None: ...

        async def on_later(self) -> None: ...

    def passes(number: int) -> bool:
        component: Any = Counted(user=User(pk=user_id))
        try:
            # Every other event is an async one, with the same quota.
            component.dispatch("submit") if number % 2 else asyncio.run(component.adispatch("later"))
        except RateLimitExceeded:
            return False
        return True

    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(threads) as pool:
        print(sum(pool.map(passes, range(events))), flush=True)


if __name__ == "__main__":
    main()
