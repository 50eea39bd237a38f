"""What a supervisor loads before it forks, so that a killed process is replaced in a moment."""

from django.test import RequestFactory
from django.urls import resolve


def warm_up() -> None:
    """Render a component once, without a database: templates, URLs and signing are loaded then."""
    request = RequestFactory().get("/components/ledger/", headers={"HX-Request": "true"})
    match = resolve("/components/ledger/")
    response = match.func(request, *match.args, **match.kwargs)
    assert response.status_code == 200, response.content


def load_twisted() -> None:
    """Import what Daphne needs of Twisted short of the reactor, which must not be shared between processes."""
    import twisted.internet.endpoints
    import twisted.protocols.tls
    import twisted.web.http  # noqa: F401
