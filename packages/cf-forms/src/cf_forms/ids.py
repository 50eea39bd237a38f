"""The DOM ids of a form's controls: templates write them, summaries link to them, handlers move the focus there."""

from __future__ import annotations

import re

_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_-]+")


def control_id(component_id: str, path: str) -> str:
    """Return the id of the control at a dotted path, with rows by their key: `items.k3.qty`."""
    return f"{component_id}-{_NOT_IN_IDS.sub('-', path)}"


def summary_id(component_id: str) -> str:
    """Return the id of the error summary."""
    return f"{component_id}-errors"


def option_id(field_id: str, index: int) -> str:
    """Return the id of one of several radio buttons or checkboxes."""
    return f"{field_id}-{index}"
