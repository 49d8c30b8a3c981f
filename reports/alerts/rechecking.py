"""Whether a claimed alert is still due: asked of the record once more before it is sent."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from agreements.models import Deadline
from reports.alerts import addressees, policy
from reports.models import Alert, Audience, Reader


def natural_key(row: Any, audience: str) -> tuple[Any, ...]:
    """Return the natural key of a deadline or of an alert's deadline, with an audience."""
    return row.kind, row.source_model, row.source_id, row.occurrence, audience


def pick(standing: Mapping[tuple[Any, ...], Deadline], row: Mapping[str, Any]) -> Deadline:
    """Return the deadline that a reader sees: their audience's own, or the one for all."""
    names = ("kind", "source_model", "source_id", "occurrence")
    key = tuple(row[name] for name in names)
    found = standing.get((*key, row["audience"])) or standing.get((*key, "all"))
    assert found is not None  # noqa: S101 - the statement that gave the row joined it
    return found


def still_due(
    alerts: Sequence[Alert], who: addressees.Addressee, on: dt.date
) -> dict[int, Deadline]:
    """Return the deadline of each alert that still stands, at that lead and for that reader.

    Not where the day moved or was settled, a tighter threshold was reached, the reader is no
    reader any more, or somebody acknowledged meanwhile what was to be escalated.
    """
    ids = {alert.agreement_id for alert in alerts}
    standing = _standing(ids, alerts[0].audience, on)
    readers = addressees.readers_of(who, ids)
    ranks = addressees.first_ranks(ids)
    found = {}
    for alert in alerts:
        deadline = standing.get(alert.key)
        if deadline is None or deadline.due_on != alert.due_on:
            continue
        rows = [*readers.get(alert.agreement_id, ()), *readers.get(None, ())]
        if any(_reads(row, alert, ranks.get(alert.agreement_id), on) for row in rows) and not (
            alert.is_escalated and _was_seen(alert)
        ):
            found[alert.pk] = deadline
    return found


def _standing(ids: set[int], audience: str, on: dt.date) -> dict[tuple, Deadline]:
    """Open deadlines of some agreements, as an audience sees them, by natural key."""
    rows = Deadline.objects.open(on).filter(agreement__in=ids).select_related("agreement")
    rows = rows.for_staff() if audience == Audience.STAFF else rows.for_public()
    return {(d.kind, d.source_model, d.source_id, d.occurrence): d for d in rows}


def _reads(row: Reader, alert: Alert, first: int | None, on: dt.date) -> bool:
    """Whether a reader's row asks for an alert: by choice, or as the first by role."""
    if row.audience != alert.audience:
        return False
    if row.rank is not None and not alert.is_escalated and row.rank != first:
        return False
    leads = [lead.lead_days for lead in row.lead_set.leads.all() if lead.kind == alert.kind]
    every = row.lead_set.overdue_every
    return policy.lead_due(alert.due_on, on, leads, every) == alert.lead_days


def _was_seen(alert: Alert) -> bool:
    same = Q(
        kind=alert.kind,
        source_model=alert.source_model,
        source_id=alert.source_id,
        occurrence=alert.occurrence,
        due_on=alert.due_on,
        lead_days=alert.lead_days,
        rank__isnull=False,
    )
    return Alert.objects.filter(same, seen_at__isnull=False).exists()
