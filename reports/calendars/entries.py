"""What calendars know: one entry for each public deadline, with the count of its changes."""

import datetime as dt
import hashlib
import json
from collections.abc import Collection

from agreements.models import Deadline
from agreements.upkeep import touched_agreements
from reports.models import CalendarEntry
from revisions import OpenChange

BATCH = 500


def digest(deadline: Deadline) -> str:
    """Return a digest of what a calendar tells of a deadline: its days and what it rests on."""
    told = [deadline.due_on, deadline.arises_on, deadline.settled_on, deadline.basis]
    return hashlib.sha256(json.dumps(told, default=str, sort_keys=True).encode()).hexdigest()


def follow_change(change: OpenChange) -> None:
    """Bring the entries of the agreements that a change touched up to date, before it commits."""
    ids = sorted(touched_agreements(change))
    for start in range(0, len(ids), BATCH):
        sync(ids[start : start + BATCH], change.at)


def sync(ids: Collection[int], at: dt.datetime) -> None:
    """Write what is new or changed, and mark what is gone, of some agreements' entries.

    An entry that changes, goes or comes back counts one up; a calendar takes the highest count.
    """
    public = Deadline.objects.for_public().filter(agreement__in=ids)
    standing = {(d.kind, d.source_model, d.source_id, d.occurrence): d for d in public}
    entries = CalendarEntry.objects.filter(agreement__in=ids)
    known = {(e.kind, e.source_model, e.source_id, e.occurrence): e for e in entries}
    changed: list[CalendarEntry] = []
    for key, entry in known.items():
        deadline = standing.get(key)
        if deadline is None:
            if entry.gone_at is None:
                entry.gone_at = at
                changed.append(_counted(entry, at))
        elif entry.gone_at is not None or entry.told != digest(deadline):
            entry.gone_at = None
            entry.due_on, entry.told = deadline.due_on, digest(deadline)
            changed.append(_counted(entry, at))
    fields = ["gone_at", "due_on", "told", "sequence", "changed_at"]
    CalendarEntry.objects.bulk_update(changed, fields, batch_size=BATCH)
    CalendarEntry.objects.bulk_create(
        (_entry(d, at) for key, d in standing.items() if key not in known),
        batch_size=BATCH,
        ignore_conflicts=True,
    )


def _counted(entry: CalendarEntry, at: dt.datetime) -> CalendarEntry:
    entry.sequence += 1
    entry.changed_at = at
    return entry


def _entry(deadline: Deadline, at: dt.datetime) -> CalendarEntry:
    return CalendarEntry(
        agreement_id=deadline.agreement_id,
        kind=deadline.kind,
        source_model=deadline.source_model,
        source_id=deadline.source_id,
        occurrence=deadline.occurrence,
        due_on=deadline.due_on,
        told=digest(deadline),
        changed_at=at,
    )
