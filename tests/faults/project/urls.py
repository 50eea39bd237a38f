from django.urls import include, path

from .views import OpenLedgerView, log_in

urlpatterns = [
    path("components/", include("cf_core.urls")),
    path("open-ledger/", OpenLedgerView.as_view()),
    path("log-in/", log_in),
]
