"""Addresses: the portal's and account pages, in Spanish under /es/; the desk; the admin."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

handler400 = "portal.views.bad_request"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("desk/", include("desk.urls")),
    *i18n_patterns(
        path("accounts/", include("accounts.urls")),
        path("", include("portal.urls")),
        prefix_default_language=False,
    ),
]
if settings.PACTWATCH_SSO_SERVER_URL:
    urlpatterns.insert(0, path("accounts/", include("accounts.sso_urls")))
