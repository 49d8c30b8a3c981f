"""The admin's site: for superusers alone."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest


class RegisterAdminSite(AdminSite):
    """The admin of the register; staff work on pages of their own."""

    site_header = "Pactwatch"
    site_title = "Pactwatch"

    def has_permission(self, request: HttpRequest) -> bool:
        """Let superusers in, and nobody else."""
        return request.user.is_active and request.user.is_superuser
