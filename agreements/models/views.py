"""Saved views of the staff's list of agreements."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A list as somebody keeps it: filters, columns and order, as they stand in its address.

    It is no fact of the register, so it has no history. A shared one is offered to all staff;
    only its owner changes or deletes it.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(_("filters, columns and order"), max_length=2000, blank=True)
    is_shared = models.BooleanField(_("for all staff"), default=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="savedview_once_per_owner",
                violation_error_message=_("You have a view of that name: choose another."),
            )
        ]

    def __str__(self) -> str:
        return self.name
