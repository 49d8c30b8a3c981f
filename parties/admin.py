"""Parties, systems and elements in the admin."""

from django.contrib import admin

from parties.models import Alias, Element, Party, System
from revisions.admin import TrackedAdmin


@admin.register(Party)
class PartyAdmin(TrackedAdmin):
    """Parties."""

    list_display = ("name", "kind", "parent")
    search_fields = ("name", "short_name")
    prepopulated_fields = {"slug": ("name",)}


@admin.register(System)
class SystemAdmin(TrackedAdmin):
    """Systems."""

    search_fields = ("name", "short_name")
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Element)
class ElementAdmin(TrackedAdmin):
    """Elements."""

    list_display = ("name", "system", "category", "sensitivity")
    list_filter = ("system", "category", "sensitivity")
    search_fields = ("name",)


@admin.register(Alias)
class AliasAdmin(TrackedAdmin):
    """Other spellings."""

    list_display = ("name", "party")
    search_fields = ("name",)
