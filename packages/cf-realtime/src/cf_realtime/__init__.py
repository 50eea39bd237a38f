"""Components over WebSockets, on Django Channels.

Nothing is public yet: the app can be installed, its features follow.
"""

__all__: list[str] = []
