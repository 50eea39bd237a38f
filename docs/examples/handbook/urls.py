from django.urls import path

from . import views

urlpatterns = [
    path("stock/<int:product_id>/", views.StockLevelView.as_view(), name="stock_level"),
    path("card/", views.card, name="handbook-card"),
    path("dispatched/", views.dispatched, name="handbook-dispatched"),
    path("thanks/", views.page, {"name": "thanks"}, name="handbook-thanks"),
    path("<slug:name>/", views.page, name="handbook-page"),
]
