"""Every event leaves a record, kept for a year."""

from .settings import *  # noqa: F403

# isort: split
CF_CORE = {
    "EVENT_RECORDS": "all",
    "EVENT_RECORD_HOURS": 24 * 365,
}
