"""The parity matrix: every refusal once, asked by every transport, and checked in every respect.

For the tests of the packages of this suite, and of packages that add a transport or a refusal to it: a `Table` of
rows, `TRANSPORTS` that ask them, and `assert_refused`, which says what every refusal has to hold. Nothing here is
needed to test a project's own components, and names may change in any release.
"""

from __future__ import annotations

from .asking import ENDPOINT, Shown, id_in, issue, new_rid, request_of, show, token_in
from .refusals import Logged, Outcome, Witness, assert_refused, logged, outcome_of
from .table import Refusal, Table, World
from .transports import CALLS, EVERY, HTTP, TRANSPORTS, WITHOUT_TOKEN, Ask, Send, send_call, transport

__all__ = [
    "CALLS",
    "ENDPOINT",
    "EVERY",
    "HTTP",
    "TRANSPORTS",
    "WITHOUT_TOKEN",
    "Ask",
    "Logged",
    "Outcome",
    "Refusal",
    "Send",
    "Shown",
    "Table",
    "Witness",
    "World",
    "assert_refused",
    "id_in",
    "issue",
    "logged",
    "new_rid",
    "outcome_of",
    "request_of",
    "send_call",
    "show",
    "token_in",
    "transport",
]
