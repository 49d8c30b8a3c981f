"""Whether an issued brief still says what the record says, and what changed since."""

import datetime as dt

from agreements import loading
from reports.briefs import changes
from reports.briefs.changes import Difference
from reports.briefs.editions import INTERNAL, view_for, withheld
from reports.models import Brief


def changed_since(brief: Brief, on: dt.date) -> tuple[Difference, ...] | None:
    """Return what differs between a brief and the record as it stands on a day, as known now.

    The public edition is compared by what is published, and by nothing else. None means that the
    record is gone. A day before the brief's own counts as the brief's.
    """
    then = loading.load(brief.agreement_id, brief.known_at)
    now = loading.load(brief.agreement_id)
    if then is None or now is None:
        return None
    day = max(on, brief.on)
    found = changes.between(
        view_for(then, brief.on, brief.edition, brief.issued_at),
        view_for(now, day, brief.edition),
    )
    if brief.edition != INTERNAL:
        return found
    before = {w.label: w.value for w in withheld(then, brief.on)}
    after = {w.label: w.value for w in withheld(now, day)}
    hidden = tuple(
        Difference(label, before.get(label, ""), after.get(label, ""))
        for label in [*after, *(name for name in before if name not in after)]
        if before.get(label, "") != after.get(label, "")
    )
    known = {d.label for d in found}
    return (*found, *(d for d in hidden if d.label not in known))
