"""The argument `cache=` of the tags that place components."""

from __future__ import annotations

from typing import Any

from cf_core.engine.component import Component
from cf_core.engine.errors import ComponentDefinitionError

from .keys import TTL_PARAM
from .rules import default_ttl, seconds


def take_cache_argument(component: Component, value: Any) -> None:
    """Cache this one use: for so many seconds, with True as long as the class says or DEFAULT_TTL; with 0, not at all.

    Raises ComponentDefinitionError for anything else. It is kept among the params, so that a lazy component has it when
    it comes into view.
    """
    where = f'cache= in the tag of "{type(component).component_name}"'
    if value is True:
        ttl = default_ttl(component)
    elif value is False or value is None:
        ttl = 0
    elif isinstance(value, str):
        raise ComponentDefinitionError(f"{where} is {value!r}. Expected seconds, without quotes.")
    else:
        ttl = seconds(value, where)
    component.params[TTL_PARAM] = ttl
