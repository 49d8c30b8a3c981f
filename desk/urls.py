"""The desk's addresses."""

from django.urls import path

from desk.views import overview, renewals

app_name = "desk"

urlpatterns = [
    path("", overview.desk, name="overview"),
    *renewals.addresses(),
]
