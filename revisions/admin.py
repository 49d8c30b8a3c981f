"""The admin of tracked records: every save asks for a reason and is one change."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from revisions import change
from revisions.models import Change

DEFAULT_REASON = "Changed in the admin"


class ReasonForm(forms.ModelForm):
    """A record's form with the reason of the change."""

    change_reason = forms.CharField(
        label=_("Reason of this change"), max_length=500, help_text=_("Shown in the history.")
    )


class ReasonActionForm(ActionForm):
    """What is done to the chosen records of a list, and why."""

    change_reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class TrackedAdmin(SimpleHistoryAdmin):
    """A tracked record in the admin, for superusers. Whatever it writes is one change."""

    form = ReasonForm
    action_form = ReasonActionForm
    delete_confirmation_template = "admin/delete_tracked.html"

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show or save the form, a save inside a change."""
        if request.method != "POST":
            return super().changeform_view(request, *args, **kwargs)
        try:
            with self._change(request):
                return super().changeform_view(request, *args, **kwargs)
        except ValidationError as error:  # rows that meet contradict each other
            return self._say(request, error)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask, or delete inside a change."""
        if request.method != "POST":
            return super().delete_view(request, *args, **kwargs)
        try:
            with self._change(request):
                return super().delete_view(request, *args, **kwargs)
        except ValidationError as error:
            return self._say(request, error)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list, or run an action inside a change."""
        if request.method != "POST":
            return super().changelist_view(request, *args, **kwargs)
        try:
            with self._change(request):
                return super().changelist_view(request, *args, **kwargs)
        except ValidationError as error:
            return self._say(request, error)

    def _say(self, request: HttpRequest, error: ValidationError) -> HttpResponse:
        """Nothing was saved: say why, and show the form again as it was."""
        list(messages.get_messages(request))  # what was said of success is no longer true
        messages.error(request, " ".join(error.messages))
        return redirect(request.get_full_path())

    def _change(self, request: HttpRequest) -> Any:
        if not request.user.is_authenticated:
            raise PermissionDenied
        reason = request.POST.get("change_reason", "").strip()[:500]
        return change(by=request.user, reason=reason or DEFAULT_REASON)


@admin.register(Change)
class ChangeAdmin(admin.ModelAdmin):
    """The list of changes, to read only."""

    list_display = ("at", "by", "reason")
    search_fields = ("reason",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds a change by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes one."""
        return False
