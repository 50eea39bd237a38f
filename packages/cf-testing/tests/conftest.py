from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import stubsite
from tests.stubsite import StubSite

pytest_plugins = ["pytester"]


@pytest.fixture
def site() -> Iterator[StubSite]:
    yield stubsite.reset()
    stubsite.reset()
