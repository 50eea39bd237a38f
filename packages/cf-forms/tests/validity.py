"""Whether HTML is what it should be: no error for a strict parser, no id twice, no reference to nothing."""

from __future__ import annotations

import re
from collections import Counter

import pytest

html5lib = pytest.importorskip("html5lib", reason="html5lib is not installed.")

_PAGE = '<!doctype html><html lang="en"><head><title>Form</title></head><body><main>{}</main></body></html>'
_REFERENCES = re.compile(r'\s(?:for|aria-describedby|aria-labelledby|href)="(#?[^"]*)"')


def problems(html: str) -> list[str]:
    """Return what is wrong with the HTML of a component."""
    parser = html5lib.HTMLParser()
    parser.parse(_PAGE.format(html))
    found = [f"{code} {data} at {place}" for place, code, data in parser.errors]
    ids = Counter(re.findall(r'\sid="([^"]*)"', html))
    found += [f"id {name!r} stands {count} times" for name, count in ids.items() if count > 1]
    for value in _REFERENCES.findall(html):
        found += [f"nothing has the id {name!r}" for name in value.replace("#", " ").split() if name not in ids]
    return found
