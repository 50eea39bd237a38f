"""Every module here registers the components of one page of the documentation."""

from . import (  # noqa: F401 - importing them registers their components
    audit,
    auth,
    cached,
    composing,
    contest,
    custom_renderer,
    editors,
    events,
    kept,
    lifecycle,
    migrating,
    moderation,
    nesting,
    once,
    plain_forms,
    prices,
    templates,
    throttled,
    views,
    wallet,
)
