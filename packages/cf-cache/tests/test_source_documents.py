"""The components and tests of the source documents, word for word where they touch on caching."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.test import TestCase

from cf_cache import CacheMixin
from cf_core import Component, registry
from cf_testing import ComponentTestCase, MockRenderer
from tests.components import mounts
from tests.keeping import entry_of


class AuditLogComponent(CacheMixin, Component):
    template_name = "admin_panel/audit_log.html"
    cache_ttl = 30

    def get_cache_key(self, name: str, params: Any, state: Any) -> str:
        return "admin:audit_log:initial"

    def mount(self) -> None:
        mounts.append("audit")
        self.state["entries"] = [{"id": 1, "actor__username": "ann"}]

    def on_new_entry(self, entry: dict) -> None:
        self.state["entries"] = [entry, *self.state["entries"][:49]]


@registry.register("metrics")
class MetricsComponent(CacheMixin, Component):
    template_name = "admin_panel/metrics.html"
    cache_ttl = 300

    def get_cache_key(self, name: str, params: Any, state: Any) -> str:
        return "admin:metrics"

    def mount(self) -> None:
        self._compute_metrics()

    def _compute_metrics(self) -> None:
        mounts.append("metrics")
        self.state.update({"mau": 1, "mrr": "2.00", "churn_rate": 0.5, "refreshed_at": "2026-01-01"})

    def on_refresh(self) -> None:
        """Staff clicked the Refresh button — bust the cache and recompute."""
        self.invalidate_cache()
        self._compute_metrics()


class TestMetricsComponent(ComponentTestCase, TestCase):
    def setUp(self) -> None:
        MetricsComponent.renderer = MockRenderer()

    def test_mount_populates_kpis(self) -> None:
        with patch.object(
            MetricsComponent,
            "_compute_metrics",
            lambda self: self.state.update({"mau": 1234, "mrr": "9800.00", "churn_rate": 2.1}),
        ):
            component = self.make_component(MetricsComponent)
            component.mount()
        assert component.state["mau"] == 1234
        assert component.state["mrr"] == "9800.00"
        assert component.state["churn_rate"] == 2.1

    def test_cache_hit_skips_db(self) -> None:
        cached_state = {"mau": 999, "mrr": "5000.00", "churn_rate": 1.5, "refreshed_at": "2025-01-01T00:00:00"}
        with (
            patch("django.core.cache.cache.get", return_value=cached_state),
            patch.object(MetricsComponent, "_compute_metrics") as mock_compute,
        ):
            component = self.make_component(MetricsComponent)
            component.mount()
        mock_compute.assert_not_called()
        assert component.state["mau"] == 999

    def test_refresh_invalidates_cache(self) -> None:
        with (
            patch.object(MetricsComponent, "invalidate_cache") as mock_inv,
            patch.object(MetricsComponent, "_compute_metrics") as mock_compute,
        ):
            component = self.make_component(MetricsComponent)
            component.on_refresh()
        mock_inv.assert_called_once()
        mock_compute.assert_called_once()


@pytest.mark.parametrize("name", ["redis", "memcached", "locmem"])
def test_patched_get_is_a_hit_on_every_backend(name: str, use_cache: Any) -> None:
    use_cache(name)
    with patch("django.core.cache.cache.get", return_value={"mau": 999}):
        component = MetricsComponent()
        component.mount()

    assert component.state == {"mau": 999}
    assert mounts == []


@pytest.mark.django_db(transaction=True)
def test_refresh_shows_fresh_figures_and_the_next_load_makes_them_anew() -> None:
    MetricsComponent.renderer = MockRenderer()
    component = MetricsComponent()
    component.dispatch()
    component.dispatch("refresh")
    MetricsComponent().dispatch()
    MetricsComponent().dispatch()

    assert mounts == ["metrics"] * 3


def test_times_are_those_of_the_classes() -> None:
    AuditLogComponent().mount()
    MetricsComponent().mount()

    assert '"ttl":30' in entry_of(AuditLogComponent())
    assert '"ttl":300' in entry_of(MetricsComponent())


def test_instructor_dashboard_is_cached_by_plain_attributes() -> None:
    class InstructorDashboardComponent(Component):
        renderer = MockRenderer()
        cache_key_prefix = "instructor_dash"
        cache_ttl = 30

        def mount(self, course_id: int) -> None:
            mounts.append(course_id)
            self.state["course_id"] = course_id

    for course_id in ("1", 1, 2):
        InstructorDashboardComponent(course_id=course_id).dispatch()

    assert mounts == [1, 2]
    assert cache.get("instructor_dash") is None
