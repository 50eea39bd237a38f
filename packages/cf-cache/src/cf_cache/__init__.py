"""Caching of mounted component state.

Nothing is public yet: the app can be installed, its features follow.
"""

__all__: list[str] = []
