"""Whether an issued brief still says what the record says, and what changed since."""

import datetime as dt

from agreements import loading
from agreements.public import agreement_view
from reports.briefs import changes
from reports.briefs.changes import Difference
from reports.briefs.editions import INTERNAL, differences, view_for, withheld
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
    is_internal = brief.edition == INTERNAL
    return differences(
        view_for(then, brief.on, brief.edition, brief.issued_at),
        view_for(now, day, brief.edition),
        withheld(then, brief.on) if is_internal else (),
        withheld(now, day) if is_internal else (),
    )


def is_redacted(brief: Brief) -> bool:
    """Tell whether a public brief says something that was withheld from the public since.

    It says what it was made from, and of the brief before it what is no longer so. Its file is
    offered no longer: what is hidden later is hidden in all of it (DOMAIN.md, rule 10).
    """
    if brief.edition == INTERNAL:
        return False
    before = Brief.objects.without_files().filter(pk=brief.previous_id or 0).first()
    return _says_what_is_withheld(brief) or (before is not None and _says_what_is_withheld(before))


def _says_what_is_withheld(brief: Brief) -> bool:
    facts = loading.load(brief.agreement_id, brief.known_at)
    if facts is None:
        return False
    printed = agreement_view(facts.published(brief.issued_at), brief.on)
    allowed = view_for(facts, brief.on, brief.edition, brief.issued_at)
    return bool(changes.between(printed, allowed))
