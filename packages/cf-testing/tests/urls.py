"""The stub site stands at every address."""

from tests.stubsite import urlpatterns

__all__ = ["urlpatterns"]
