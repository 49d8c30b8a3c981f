"""A mandate: somebody votes for a party."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parties.models import Party
from revisions.models import TrackedModel


class Mandate(TrackedModel):
    """A person who may cast the vote of one party, from a day to a day, both inclusive."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="mandates",
        verbose_name=_("person"),
    )
    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="mandates", verbose_name=_("party")
    )
    office = models.CharField(_("officer's office"), max_length=200)
    from_on = models.DateField(_("first day"))
    until_on = models.DateField(_("last day"), null=True, blank=True)

    register_fields = ("user", "party", "office", "from_on", "until_on")

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ("party", "from_on", "id")
        constraints = [
            models.CheckConstraint(
                name="mandate_days_in_order",
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
                violation_error_message=_("A mandate's last day is not before its first day."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.party}"
