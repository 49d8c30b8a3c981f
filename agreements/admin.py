"""Agreements and their parts in the admin, for superusers."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from agreements.facts import PARTS
from agreements.models import Agreement, Deadline, Document, Holiday, Mandate, Proposal
from agreements.querysets import AgreementQuerySet
from revisions.admin import TrackedAdmin
from revisions.changes import current_change


@admin.register(Agreement)
class AgreementAdmin(TrackedAdmin):
    """Agreements."""

    list_display = ("reference", "title", "kind", "published_at")
    list_filter = ("kind",)
    search_fields = ("reference", "title")
    prepopulated_fields = {"slug": ("reference",)}
    readonly_fields = ("published_at",)
    actions = ("publish",)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what goes with the agreements; what is derived from them needs no permission."""
        found, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        return found, counts, forbidden - {Deadline._meta.verbose_name}, protected

    @admin.action(description=_("Publish the chosen agreements"))
    def publish(self, request: HttpRequest, chosen: AgreementQuerySet) -> None:
        """Publish those that are not public yet."""
        count = 0
        for agreement in chosen.filter(published_at=None):
            agreement.published_at = current_change(agreement).at
            agreement.save()
            count += 1
        messages.success(request, _("%(n)s agreements were published.") % {"n": count})


class PartAdmin(TrackedAdmin):
    """What is recorded under an agreement."""

    list_display = ("agreement", "__str__")
    list_select_related = ("agreement",)
    search_fields = ("agreement__reference", "agreement__title")
    autocomplete_fields = ("agreement",)


class DocumentAdmin(PartAdmin):
    """Documents. A new one comes with its file, which the desk takes in."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is no place for the file here."""
        return False


for _part in PARTS.values():
    admin.site.register(_part, DocumentAdmin if _part is Document else PartAdmin)
admin.site.register([Holiday, Mandate, Proposal], TrackedAdmin)


@admin.register(Deadline)
class DeadlineAdmin(admin.ModelAdmin):
    """Deadlines, to read only: they are derived."""

    list_display = ("due_on", "kind", "agreement", "settled_on")
    list_filter = ("kind",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Deadlines are derived."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Deadlines are derived."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Deadlines are derived."""
        return False
