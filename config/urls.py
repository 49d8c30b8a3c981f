"""Addresses: the portal's pages, in Spanish under /es/; the staff's desk; the admin."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

handler400 = "portal.views.bad_request"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("desk/", include("desk.urls")),
    *i18n_patterns(path("", include("portal.urls")), prefix_default_language=False),
]
