"""Sources and citations in the admin."""

from django.contrib import admin

from revisions.admin import TrackedAdmin
from sources.models import Citation, Source


@admin.register(Source)
class SourceAdmin(TrackedAdmin):
    """Sources."""

    list_display = ("title", "publisher", "published_on_first")
    search_fields = ("title", "publisher", "key")


@admin.register(Citation)
class CitationAdmin(TrackedAdmin):
    """Citations."""

    list_display = ("source", "target_model", "target_id", "field", "value")
    list_filter = ("target_model",)
    search_fields = ("source__title", "quotation")
