"""Addresses of the alert engine's pages."""

from django.urls import path

from desk.views import alerts, wishes

urlpatterns = [
    path("alerts/", alerts.log, name="alert-log"),
    path("alerts/preview/", alerts.preview, name="alert-preview"),
    path("alerts/suppressed/", alerts.suppressed, name="alert-suppressed"),
    path("alerts/suppressed/<int:pk>/allow/", alerts.allow, name="alert-allow"),
    path("alerts/wishes/", wishes.wishes, name="wish-list"),
    path("alerts/watches/new/", wishes.watch_create, name="watch-create"),
    path("alerts/watches/<int:pk>/delete/", wishes.watch_delete, name="watch-delete"),
    path("alerts/rules/new/", wishes.rule_create, name="rule-create"),
    path("alerts/rules/<int:pk>/delete/", wishes.rule_delete, name="rule-delete"),
    path("alerts/webhooks/new/", wishes.webhook_create, name="webhook-create"),
    path("alerts/webhooks/<int:pk>/switch/", wishes.webhook_switch, name="webhook-switch"),
    path("alerts/webhooks/<int:pk>/delete/", wishes.webhook_delete, name="webhook-delete"),
    path("alerts/<int:pk>/acknowledge/", alerts.acknowledge, name="alert-acknowledge"),
    path("alerts/<int:pk>/retry/", alerts.retry, name="alert-retry"),
    path("alerts/seen/<slug:token>/", alerts.seen, name="alert-seen"),
]
