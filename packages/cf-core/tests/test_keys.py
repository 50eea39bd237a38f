"""Names of policies: told by what permissions were made with, and the same in every process."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from django.utils.translation import gettext_lazy

from cf_core.policies import register_policy

NAMES = ["a", "b", "c", "dd", "eee"]


class Rank(Enum):
    LOW = 1
    HIGH = 2


@dataclass
class Rule:
    names: set[str] = field(default_factory=set)


class Slotted:
    __slots__ = ("names", "unset")

    def __init__(self, *names: str) -> None:
        self.names = frozenset(names)


class Node:
    """Knows itself."""

    def __init__(self, *names: str) -> None:
        self.names = set(names)
        self.me = self


class Role:
    def __init__(self, role: Any) -> None:
        self.role = role

    def has_permission(self, request: Any, component: Any) -> bool:
        return False


class View: ...


MADE_WITH = {
    "set": lambda names: set(names),
    "frozenset": lambda names: frozenset(names),
    "set in a dict": lambda names: {"may": set(names), "n": 1},
    "sets in a list": lambda names: [set(names), {1, 2}],
    "sets in a tuple": lambda names: (frozenset({frozenset(names)}),),
    "dataclass": lambda names: Rule(set(names)),
    "slots": lambda names: Slotted(*names),
    "itself": lambda names: Node(*names),
    "set of enums": lambda names: {Rank.LOW, Rank.HIGH, *names},
    "partial": lambda names: functools.partial(max, {*names}),
    "numbers": lambda names: (Decimal(len(names)), timedelta(len(names)), 1.5, None, True, b"x"),
    "class": lambda names: {Rank, Rule, *names},
    "pattern": lambda names: re.compile("|".join(names)),
    "text": lambda names: gettext_lazy("|".join(names)),
}


def name_of(permission: Any) -> str:
    return register_policy(View, [permission]).view


@pytest.mark.parametrize("kind", MADE_WITH)
def test_what_a_permission_holds_tells_it_apart(kind: str) -> None:
    make = MADE_WITH[kind]
    assert name_of(Role(make(NAMES))) == name_of(Role(make(NAMES)))
    assert name_of(Role(make(NAMES))) != name_of(Role(make(NAMES[1:])))


def test_the_names_are_the_same_in_every_process() -> None:
    code = (
        "import django; django.setup(); from tests.test_keys import *\n"
        "print(*(f'{kind}: {name_of(Role(make(NAMES)))}' for kind, make in MADE_WITH.items()), sep='\\n')"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": "."}
    found = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**environment, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert found[0] == found[1]
    assert found[0].count("View-") == len(MADE_WITH)
