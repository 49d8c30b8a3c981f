"""What every record under an agreement has in common."""

import copy
import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models

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

    dated_by: ClassVar[tuple[str, ...]] = ()
    later: ClassVar[dict[str, tuple[str, ...]]] = {}

    class Meta:
        abstract = True

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
