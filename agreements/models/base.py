"""What every record under an agreement has in common."""

import copy
import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from revisions.models import TrackedModel


class Part(TrackedModel):
    """Something recorded under one agreement.

    ``dated_by`` names the partial dates that date it: it is a fact from the earliest of their
    last possible days; with none of them recorded it always counts. ``later`` names dates on
    which something is added to it, and the fields that come with each.
    """

    agreement = models.ForeignKey(
        "agreements.Agreement",
        on_delete=models.CASCADE,
        related_name="%(class)s_set",
        related_query_name="%(class)s",
    )

    is_internal = models.BooleanField(_("kept from the public"), default=False)
    withheld_ground = models.CharField(
        _("ground for keeping it from the public"),
        max_length=300,
        blank=True,
        help_text=_("The law, rule or order that allows it."),
    )
    embargoed_until = models.DateTimeField(
        _("public from"), null=True, blank=True, help_text=_("Empty: with the agreement.")
    )

    dated_by: ClassVar[tuple[str, ...]] = ()
    later: ClassVar[dict[str, tuple[str, ...]]] = {}
    register_fields: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_withheld_on_a_ground",
                condition=Q(is_internal=False, withheld_ground="")
                | (Q(is_internal=True) & ~Q(withheld_ground="")),
                violation_error_message=_(
                    "Name the ground on which this is kept from the public, and only then."
                ),
            )
        ]

    def is_hidden_at(self, moment: dt.datetime) -> bool:
        """Whether the public may not see this at a moment: internal, or under embargo."""
        return self.is_internal or (
            self.embargoed_until is not None and self.embargoed_until > moment
        )

    def counts_from(self) -> dt.date | None:
        """Return the first day on which this is a fact; None means on every day."""
        days = [date.last for name in self.dated_by if (date := getattr(self, name))]
        return min(days, default=None)

    def on(self, day: dt.date) -> Self | None:
        """Return this as it was a fact on a day: None if not yet, later additions left out."""
        since = self.counts_from()
        if since and since > day:
            return None
        future = [name for name in self.later if (date := getattr(self, name)) and date.last > day]
        if not future:
            return self
        earlier = copy.copy(self)
        for name in future:
            setattr(earlier, name, None)
            for brought in self.later[name]:
                setattr(earlier, brought, _empty(self, brought))
        return earlier


def _empty(record: models.Model, name: str) -> Any:
    if name in getattr(record, "partial_dates", ()):
        return None
    field = record._meta.get_field(name)
    return None if field.null else ""
