"""Form components: one Pydantic schema validates and renders the form.

Nothing is public yet: the app can be installed, its features follow.
"""

__all__: list[str] = []
