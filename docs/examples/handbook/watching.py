"""Those who look on: a receiver, an observer and a formatter of the log."""

import json
import logging
import time

from django.dispatch import receiver

from cf_core import extensions
from cf_core.signals import component_event

logger = logging.getLogger("handbook")


@receiver(component_event)
def note_slow_events(sender, component, event, seconds, queries, **kwargs):
    if seconds > 0.5 or queries > 20:
        logger.warning("%s.%s took %.0f ms and %d queries", sender.__name__, event, seconds * 1000, queries)


class Stopwatch:
    def __init__(self):
        self.stages = []

    def began(self, stage, component, event):
        self.started = time.perf_counter()

    def ended(self, span):
        self.stages.append((span.stage, span.component.component_name, span.error))


def watch(stopwatch):
    extensions.observers.append(stopwatch)


class JsonFormatter(logging.Formatter):
    def format(self, record):
        return json.dumps(getattr(record, "cf_event", {"message": record.getMessage()}))
