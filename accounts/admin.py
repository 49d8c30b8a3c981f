"""People in the admin."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin

from accounts.models import User


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """People, by e-mail address."""

    ordering = ("email",)
    list_display = ("email", "name", "office", "is_active", "is_staff")
    search_fields = ("email", "name", "office")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Person", {"fields": ("name", "office", "language")}),
        ("Access", {"fields": ("is_active", "role", "is_staff", "is_superuser")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "password1", "password2")}),)
