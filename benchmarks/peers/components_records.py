"""This suite with event records: an event that wrote to the database leaves one, in its own transaction."""

from peers import components
from peers.components import TEMPLATES, VENV, Counter, Table, setup, urlpatterns  # noqa: F401 - a peer's names

TITLE = "cf-core, event records"


def settings(conf):
    components.settings(conf)
    del conf["CF_CORE"]
