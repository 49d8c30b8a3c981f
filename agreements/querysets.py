"""Questions about many agreements or deadlines; each takes the day it asks about."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.utils import timezone

from civil.clock import today
from revisions.models import TrackedQuerySet

IN_FORCE = ("in_force", "ending", "renewing", "suspended", "holdover")
"""The statuses that count as in force (DOMAIN, rule 3)."""


class AgreementQuerySet(TrackedQuerySet):
    """Agreements, as a list filters and sorts them."""

    def published(self) -> Self:
        """Those that the public may see now: published, and not withdrawn."""
        return self.filter(published_at__lte=timezone.now(), withdrawn_at=None)

    def with_status(
        self,
        on: dt.date | None = None,
        audience: str = "public",
        known: dt.datetime | None = None,
    ) -> Self:
        """Annotate ``status``: the derived status on a day, from the stored spans.

        ``audience`` is ``public`` or ``staff``, for whom what is under embargo counts too.
        With ``known``, the status as the register knew it at that moment, inclusive.
        """
        day = on or today()
        knowledge = Q(spans__known_to=None)
        if known is not None:
            still = Q(spans__known_to=None) | Q(spans__known_to__gt=known)
            knowledge = Q(spans__known_from__lte=known) & still
        return self.annotate(
            span=FilteredRelation(
                "spans",
                condition=knowledge
                & Q(spans__audience__in=["all", audience])
                & (Q(spans__from_on=None) | Q(spans__from_on__lte=day))
                & (Q(spans__to_on=None) | Q(spans__to_on__gte=day)),
            )
        ).annotate(status=F("span__status"), status_until=F("span__to_on"))

    def in_force(self, on: dt.date | None = None, audience: str = "public") -> Self:
        """Those in force on a day, whether ending, renewing, suspended or held over."""
        return self.with_status(on, audience).filter(status__in=IN_FORCE)

    def with_next_deadline(self, on: dt.date | None = None, audience: str = "public") -> Self:
        """Annotate ``next_due_on``: the earliest open deadline on or after a day."""
        from agreements.models.derived import Deadline  # noqa: PLC0415 - it imports this module

        day = on or today()
        ahead = Deadline.objects.open(day).filter(
            agreement=models.OuterRef("pk"), due_on__gte=day, audience__in=["all", audience]
        )
        return self.annotate(
            next_due_on=models.Subquery(ahead.order_by("due_on").values("due_on")[:1])
        )


class DeadlineQuerySet(models.QuerySet):
    """Derived deadlines; ``on`` is a filter, rows never depend on today."""

    def open(self, on: dt.date | None = None) -> Self:
        """Those that stand and are not settled on a day.

        An end that is decided settles on its own last day, and still stands all that day.
        """
        day = on or today()
        return self.filter(
            Q(arises_on=None) | Q(arises_on__lte=day),
            Q(settled_on=None)
            | Q(settled_on__gt=day)
            | Q(kind="expiry", settled_on=day, due_on=day),
        )

    def within(self, days: int, on: dt.date | None = None) -> Self:
        """Those open on a day and due from that day to so many days later, both inclusive."""
        day = on or today()
        last = min(day.toordinal() + days, dt.date.max.toordinal())
        return self.open(day).filter(due_on__gte=day, due_on__lte=dt.date.fromordinal(last))

    def for_public(self) -> Self:
        """Those of published agreements, as the published facts give them."""
        return self.filter(
            agreement__published_at__lte=timezone.now(),
            agreement__withdrawn_at=None,
            audience__in=["all", "public"],
        )

    def for_staff(self) -> Self:
        """Those that all facts give, embargoed ones included."""
        return self.filter(audience__in=["all", "staff"])
