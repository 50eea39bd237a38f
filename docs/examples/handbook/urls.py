from django.urls import path

from . import gates, views

urlpatterns = [
    path("stock/<int:product_id>/", views.StockLevelView.as_view(), name="stock_level"),
    path("reports/", gates.ReportsView.as_view(), name="reports"),
    path("back-office/", gates.BackOffice.as_view(), name="back_office"),
    path("back-office-too/", gates.back_office),
    path("moderation/", gates.moderation, name="moderation"),
    path("card/", views.card, name="handbook-card"),
    path("dispatched/", views.dispatched, name="handbook-dispatched"),
    path("thanks/", views.page, {"name": "thanks"}, name="handbook-thanks"),
    path("<slug:name>/", views.page, name="handbook-page"),
]
