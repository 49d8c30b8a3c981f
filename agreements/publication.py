"""What becomes public when, and what is withdrawn: the writes, inside an open change.

Public records do not vanish without a word: a record that was published is withdrawn, with the
office that did it and a public reason, and answers so (DOMAIN.md, rule 10).
"""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _t

from agreements.confirming import ask
from agreements.facts import PARTS
from agreements.models import Agreement, Part
from civil.clock import civil_date, today
from revisions.changes import current_change

PUBLICATION_COLUMNS = frozenset(
    {"published_at", "withdrawn_at", "withdrawn_office", "withdrawn_reason"}
)


def publish(agreement: Agreement, at: dt.datetime | None = None) -> None:
    """Make a record public from a moment, by default that of the change.

    Its owner is asked to confirm, from then on every quarter, that it is still true.

    A withdrawn record becomes public again. Raises ``ValidationError`` where it is public
    already, or where the moment lies before the change.
    """
    now = current_change(agreement).at
    if agreement.publication_at(now) == "published":
        raise ValidationError(_t("This record is public already."))
    if at is not None and at < now:
        raise ValidationError(
            _t("A record becomes public now or later: choose a moment that is still to come.")
        )
    if agreement.withdrawn_at is None or at is not None:
        agreement.published_at = at or now
    agreement.withdrawn_at = None
    agreement.withdrawn_office = agreement.withdrawn_reason = ""
    agreement.save()
    ask(agreement, civil_date(at) if at is not None else today())


def withdraw(agreement: Agreement, *, office: str, reason: str) -> None:
    """Take a public record back; its address then answers with day, office and reason.

    Raises ``ValidationError`` where it is not public, or office or reason is missing. A record
    whose publication is still to come is taken back to draft instead, and says nothing.
    """
    now = current_change(agreement).at
    match agreement.publication_at(now):
        case "embargoed":
            agreement.published_at = None
        case "published":
            if not office.strip() or not reason.strip():
                raise ValidationError(
                    _t("Give the office that withdraws the record, and a reason for the public.")
                )
            agreement.withdrawn_at = now
            agreement.withdrawn_office, agreement.withdrawn_reason = office.strip(), reason.strip()
        case _:
            raise ValidationError(_t("This record is not public: there is nothing to withdraw."))
    agreement.save()


def embargo(part: Part, until: dt.datetime) -> None:
    """Keep a part of a record from the public until a moment, exclusive.

    Raises ``ValidationError`` where the moment has passed, or the public has seen the part.
    """
    now = current_change(part).at
    if until <= now:
        raise ValidationError(_t("An embargo ends later than now: choose a moment to come."))
    is_public = part.agreement.publication_at(now) == "published"
    was_saved = part.pk is not None and not part.is_hidden_at(now)
    if is_public and was_saved:
        raise ValidationError(
            _t("The public has seen this already: an embargo would hide nothing. Withdraw it.")
        )
    part.embargoed_until = until
    part.save()


@dataclass(frozen=True)
class PublicationEntry:
    """One line of the publication log."""

    at: dt.datetime
    by: str
    reason: str
    state: str  # draft, embargoed, published, withdrawn or withheld, after the change
    agreement_id: int
    reference: str
    part: str = ""  # which part of the record, where it is not the whole


def publication_log(agreement_id: int | None = None, most: int = 200) -> list[PublicationEntry]:
    """Return what became public and what was taken back, latest first: of one record, or of all.

    Whole records, and parts of records that are public.
    """
    touched = Q()
    for column in PUBLICATION_COLUMNS:
        touched |= Q(changed__contains=column)
    revisions = Agreement.history.model.objects.filter(touched).select_related("history_user")
    if agreement_id is not None:
        revisions = revisions.filter(id=agreement_id)
    entries = _of_parts(agreement_id, most)
    for row in revisions.order_by("-history_date", "-history_id")[: most * 2]:
        state = row.instance.publication_at(row.history_date)
        if row.history_type == "+" and state == "draft":
            continue  # entered, and not published with it
        entries.append(
            PublicationEntry(
                at=row.history_date,
                by=str(row.history_user),
                reason=row.history_change_reason,
                state=state,
                agreement_id=row.id,
                reference=row.reference,
            )
        )
    return sorted(entries, key=lambda e: e.at, reverse=True)[:most]


def _of_parts(agreement_id: int | None, most: int) -> list[PublicationEntry]:
    """The parts of public records that were kept from the public, or shown again."""
    touched = Q(changed__contains="is_internal") | Q(changed__contains="embargoed_until")
    entries = []
    for model in PARTS.values():
        revisions = model.history.model.objects.filter(touched, history_type="~")
        if agreement_id is not None:
            revisions = revisions.filter(agreement=agreement_id)
        rows = revisions.select_related("history_user", "agreement")
        entries += [
            PublicationEntry(
                at=row.history_date,
                by=str(row.history_user),
                reason=row.history_change_reason,
                state="withheld" if row.instance.is_hidden_at(row.history_date) else "published",
                agreement_id=row.agreement_id,
                reference=row.agreement.reference,
                part=f"{row.instance._meta.verbose_name}: {row.instance}",
            )
            for row in rows.order_by("-history_date", "-history_id")[:most]
            if row.agreement.published_at and row.agreement.published_at <= row.history_date
        ]
    return entries
