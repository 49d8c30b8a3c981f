"""Addresses of the alert engine's pages."""

from django.urls import path

from desk.views import alerts

urlpatterns = [
    path("alerts/", alerts.log, name="alert-log"),
    path("alerts/preview/", alerts.preview, name="alert-preview"),
    path("alerts/suppressed/", alerts.suppressed, name="alert-suppressed"),
    path("alerts/suppressed/<int:pk>/allow/", alerts.allow, name="alert-allow"),
    path("alerts/<int:pk>/acknowledge/", alerts.acknowledge, name="alert-acknowledge"),
    path("alerts/<int:pk>/retry/", alerts.retry, name="alert-retry"),
    path("alerts/seen/<slug:token>/", alerts.seen, name="alert-seen"),
]
