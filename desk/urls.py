"""The desk's addresses."""

from django.urls import path

from desk import urls_alerts
from desk.views import overview

app_name = "desk"

urlpatterns = [
    path("", overview.desk, name="overview"),
    *urls_alerts.urlpatterns,
]
