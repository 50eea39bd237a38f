from django.urls import path

from cf_permissions.throttling import rate_limit_component
from cf_permissions.views import AuthenticatedComponentView

from . import gates, limits, pages, views

urlpatterns = [
    path("stock/<int:product_id>/", views.StockLevelView.as_view(), name="stock_level"),
    path("reports/", gates.ReportsView.as_view(), name="reports"),
    path("back-office/", gates.BackOffice.as_view(), name="back_office"),
    path("back-office-too/", gates.back_office),
    path("moderation/", gates.moderation, name="moderation"),
    path("teams/<slug:team>/tally/", limits.TallyView.as_view()),
    path(
        "contest/events/",
        rate_limit_component("100/day")(AuthenticatedComponentView.as_view(component_name="contest")),
    ),
    path("reports/cached/", pages.ReportsPageView.as_view()),
    path("card/", views.card, name="handbook-card"),
    path("dispatched/", views.dispatched, name="handbook-dispatched"),
    path("thanks/", views.page, {"name": "thanks"}, name="handbook-thanks"),
    path("<slug:name>/", views.page, name="handbook-page"),
]
