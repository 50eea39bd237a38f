"""All component-framework packages for Django in one install.

This package has no code of its own. The documented import paths that re-export the `cf_*` packages follow;
until then, import from the packages themselves: `from cf_core import Component, registry`.
"""

__all__: list[str] = []
