"""The admin as an app, with the register's own site."""

from django.contrib.admin.apps import AdminConfig


class RegisterAdminConfig(AdminConfig):
    """The admin, for superusers alone."""

    default_site = "config.admin.RegisterAdminSite"
