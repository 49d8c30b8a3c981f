"""The owner's word, every quarter, that a record is still true (DOMAIN.md, rule 5).

Publishing a record asks for the first word; each word asks for the next, until the agreement is
over. What is asked is an obligation, so that it is a deadline like any other.
"""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t

from agreements.loading import load
from agreements.models import Agreement, Obligation
from agreements.permissions import Can, require
from agreements.sentences import status_is_over
from agreements.status import status_on
from civil.months import OutOfCalendarError, add_months
from revisions import change

MONTHS = 3
WORD = Obligation.Kind.CONFIRMATION


def ask(agreement: Agreement, since: dt.date) -> Obligation | None:
    """Ask for the word, inside an open change, within three months of a day.

    None where it is asked for already.
    """
    if Obligation.objects.filter(agreement=agreement, kind=WORD, done_on_last=None).exists():
        return None
    try:
        due_on = add_months(since, MONTHS)
    except OutOfCalendarError:
        return None
    return Obligation.objects.create(agreement=agreement, kind=WORD, arises_on=since, due_on=due_on)


def confirm(agreement: Agreement, *, by: Any, on: dt.date, note: str) -> None:
    """Record the word that a record is still true on a day, and ask for the next one.

    It is the word of who looks after the record, or of a records officer: ``PermissionDenied`` for
    others. Raises ``ValidationError`` where the word for that day or a later one is recorded.
    """
    require(by, Can.EDIT)
    owners = {agreement.responsible_officer_id, agreement.deputy_id} - {None}
    if owners and by.pk not in owners:
        require(by, Can.PUBLISH)
    said = Obligation.objects.filter(agreement=agreement, kind=WORD)
    if said.filter(done_on_last__gte=on).exists():
        raise ValidationError(_t("This record is confirmed for today already."))
    word = said.filter(done_on_last=None).order_by("due_on", "pk").first()
    word = word or Obligation(agreement=agreement, kind=WORD, arises_on=on, due_on=on)
    with change(by=by, reason=_t("Confirmed as still true")):
        word.done_on, word.evidence = on, note
        word.full_clean()
        word.save()
        facts = load(agreement.pk)
        if facts is not None and not status_is_over(status_on(facts, on)):
            ask(agreement, on)


def last_word(agreement: Agreement) -> Obligation | None:
    """Return the last word given, or None."""
    said = Obligation.objects.filter(agreement=agreement, kind=WORD).exclude(done_on_last=None)
    return said.order_by("done_on_last", "pk").last()
