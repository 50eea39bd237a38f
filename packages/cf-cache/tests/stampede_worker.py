"""A process of its own that wants a cached component, many times at once: `python -m tests.stampede_worker <json>`.

Prints what it does: `ready`, `mounting`, and at the end how often it mounted and which states it was shown.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from typing import Any


def main(told: dict[str, Any]) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.conf import settings

    settings.CACHES = told["caches"]
    settings.CF_CACHE = told["settings"]
    django.setup()

    from tests.stampede import Slow, seen

    Slow.seconds = told["seconds"]
    say("ready")
    sys.stdin.readline()
    states: list[int] = []

    def want() -> None:
        component = Slow()
        component.dispatch()
        states.append(component.state["made"])

    threads = [threading.Thread(target=want) for _ in range(told["threads"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    say(json.dumps({"mounts": len(seen), "states": sorted(set(states)), "shown": len(states)}))


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    began = time.time()
    main(json.loads(sys.argv[1]))
