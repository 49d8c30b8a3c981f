"""Single sign-on's own addresses, the same in each language: a provider knows one by heart."""

from allauth.urls import build_provider_urlpatterns
from django.urls import include, path

urlpatterns = [
    path("connected/", include("allauth.socialaccount.urls")),
    *build_provider_urlpatterns(),
]
