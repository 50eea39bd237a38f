"""Components for Django models: one row, its form, and lists.

Nothing is public yet: the app can be installed, its features follow.
"""

__all__: list[str] = []
