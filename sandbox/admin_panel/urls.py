"""The admin panel's page and component endpoints."""

from django.urls import path

from .views import AdminPanelView, MetricsView, UserListView

urlpatterns = [
    path("admin-panel/", AdminPanelView.as_view(), name="admin_panel"),
    path("components/users/", UserListView.as_view(), name="admin_users"),
    path("components/metrics/", MetricsView.as_view(), name="admin_metrics"),
]
