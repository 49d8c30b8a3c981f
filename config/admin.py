"""The admin's site: for superusers alone."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _t


class RegisterAdminSite(AdminSite):
    """The admin of the register; staff work on pages of their own."""

    site_header = "Pactwatch"
    site_title = "Pactwatch"

    def has_permission(self, request: HttpRequest) -> bool:
        """Let superusers in, and nobody else."""
        return request.user.is_active and request.user.is_superuser

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send to the register's own sign-in, where second factors hold; never show a form here."""
        if not request.user.is_authenticated:
            return secure_admin_login(super().login)(request, extra_context)
        if not self.has_permission(request):
            raise PermissionDenied(_t("The admin is for superusers alone."))
        return redirect("admin:index")
