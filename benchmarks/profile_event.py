"""Print where the time of one event goes: run by `benchmarks/run.py --profile counter`, in the suite's interpreter."""

from __future__ import annotations

import cProfile
import pstats
import statistics
import sys
from typing import Any

EVENTS = 500


def main(work: str, *arguments: str) -> None:
    import worker  # the shared benchmark's

    bench = worker.Bench("components")
    call, values = getattr(bench, work), [int(argument) for argument in arguments]
    for _ in range(50):
        call(*values)
    times = [call(*values)[1].wall for _ in range(EVENTS)]
    print(f"{work}{arguments}: {statistics.median(times):.3f} ms without, and below with the profiler")
    profile = cProfile.Profile()
    application = bench.browser.app

    def profiled(*request: Any) -> Any:
        return profile.runcall(application, *request)

    bench.browser.app = profiled
    for _ in range(EVENTS):
        call(*values)
    pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main(*sys.argv[1:])
