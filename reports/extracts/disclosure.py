"""The yearly disclosure: who received data, on what basis, with what concerns and fees."""

import datetime as dt

from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from agreements.claims import fact_label
from agreements.models import Agreement, Participation
from agreements.public import AgreementView
from agreements.public.views import ConcernView, IncidentView, TermView
from civil.display import show_partial
from civil.partial import PartialDate
from reports.briefs.parts import Phrase, Text, joined
from reports.extracts.parts import Cell, Column, Report, Table, in_phrases, many, partial, said
from reports.extracts.records import (
    Record,
    Request,
    facts_then,
    names,
    records,
    register_language,
    report,
    url,
)


def build(request: Request) -> Report:
    """Return the disclosure of the year of the day asked for, as far as that day.

    An agreement counts if one of its terms covers a day of that part of the year, or if its status
    on the day says that it is in force or unknown. Concerns and incidents are told of all.
    """
    first = request.on.replace(month=1, day=1)
    rows, concerns, incidents = [], [], []
    for record in records(request):
        incidents += [
            (said(record.view.reference, url=url(record.view)), *_incident(i))
            for i in record.view.incidents
            if _in(i.occurred_on, first, request.on) or i.closed_on is None
        ]
        concerns += [
            (said(record.view.reference, url=url(record.view)), *_concern(c))
            for c in record.view.concerns
            if _in(c.raised_on, first, request.on) or not c.is_answered
        ]
        if _counts(record.view, first, request.on):
            rows.append(_row(record, request, first))
    words = {"n": len(rows), "year": request.on.year}
    text = ngettext(
        "In %(year)s data was shared, or may have been, under %(n)s agreement.",
        "In %(year)s data was shared, or may have been, under %(n)s agreements.",
        len(rows),
    )
    tables = [_table(rows), _concerns(concerns), _incidents(incidents)]
    title = _t("Yearly disclosure, %(year)s") % words
    return report(request, "disclosure", title, text % words, tables)


def _counts(view: AgreementView, first: dt.date, last: dt.date) -> bool:
    if view.in_force or view.status == "unknown":
        return True
    if view.ended_on and view.ended_on < first:
        return False
    return any(_covers(term, first, last) for term in view.terms)


def _covers(term: TermView, first: dt.date, last: dt.date) -> bool:
    """Whether a term that is executed may cover a day from the first to the last."""
    if term.is_proposed:
        return False
    begins = term.starts_on.first if term.starts_on else dt.date.min
    ends = term.ends_on.last if term.ends_on else dt.date.max
    return begins <= last and ends >= first


def _in(date: PartialDate | None, first: dt.date, last: dt.date) -> bool:
    return date is not None and date.first <= last and date.last >= first


def _recipients(record: Record, request: Request, first: dt.date) -> Cell:
    """Return who was a recipient on a day from the first to that shown; who left says so.

    The day on which a party withdrew is the first on which it is none.
    """
    lang = register_language()
    texts: list[Text] = []
    for part in facts_then(record.facts, request).participations:
        if part.role != Participation.Role.RECIPIENT:
            continue
        (name,) = names([part.party])
        if part.withdrew_on is None:
            texts.append((Phrase(name, lang=lang),))
        elif part.withdrew_on.last > first:
            left = _t("withdrew %(day)s") % {"day": show_partial(part.withdrew_on)}
            texts.append((Phrase(name, lang=lang), Phrase(f" ({left})")))
    return in_phrases(joined(texts))


def _row(record: Record, request: Request, first: dt.date) -> tuple[Cell, ...]:
    view, lang, last = record.view, register_language(), request.on
    basis = dict(view.facts).get(fact_label(Agreement(), "legal_basis"), "")
    shared = [e for e in view.elements if e.until_on is None or e.until_on > first]
    fees = [
        term.fee.shown if term.fee else _t("sources disagree")
        for term in view.terms
        if term.fees and _covers(term, first, last)
    ]
    return (
        said(view.reference, url=url(view)),
        _recipients(record, request, first),
        many(sorted({e.category_label for e in shared if e.category_label})),
        said(basis, lang=lang),
        said(view.status_label),
        many(fees, "; "),
    )


def _table(rows: list[tuple[Cell, ...]]) -> Table:
    columns = (
        Column("agreement", _t("Agreement"), 1.2),
        Column("recipients", _t("Recipients"), 2),
        Column("data", _t("Data types"), 2.2),
        Column("basis", _t("Legal basis"), 1.8),
        Column("status", _t("Status"), 1),
        Column("fees", _t("License fee"), 1.3),
    )
    none = _t("No agreement was in force in that year.")
    return Table("agreements", _t("Agreements"), columns, tuple(rows), none)


def _concern(concern: ConcernView) -> tuple[Cell, ...]:
    lang = register_language()
    answer = concern.answer or (_t("answered") if concern.is_answered else _t("unanswered"))
    if concern.never_answered:
        answer = _t("never answered, a source says")
    return (
        said(concern.title, lang=lang),
        said(concern.raised_by, lang=lang),
        partial(concern.raised_on),
        said(answer, lang=lang if concern.answer else ""),
    )


def _concerns(rows: list[tuple[Cell, ...]]) -> Table:
    columns = (
        Column("agreement", _t("Agreement"), 1.2),
        Column("concern", _t("Concern"), 3),
        Column("raised_by", _t("Raised by"), 1.6),
        Column("raised_on", _t("Raised on"), 1.3),
        Column("answer", _t("Answer"), 2),
    )
    title = _t("Concerns raised in the year, or still unanswered")
    return Table("concerns", title, columns, tuple(rows), _t("None recorded."))


def _incident(incident: IncidentView) -> tuple[Cell, ...]:
    lang = register_language()
    told = f"{incident.title.rstrip('.')}. {incident.text}" if incident.text else incident.title
    return (
        said(told, lang=lang),
        said(f"{capfirst(incident.label)}, {incident.standing_label.lower()}"),
        partial(incident.occurred_on),
        said(incident.notify, lang=lang),
        partial(incident.notified_on),
        said(incident.outcome, lang=lang),
    )


def _incidents(rows: list[tuple[Cell, ...]]) -> Table:
    columns = (
        Column("agreement", _t("Agreement"), 1.2),
        Column("incident", _t("Incident"), 2.6),
        Column("standing", _t("Kind and standing"), 1.3),
        Column("occurred_on", _t("Occurred on"), 1.2),
        Column("notify", _t("Who was to be told"), 1.4),
        Column("notified_on", _t("Told on"), 1.2),
        Column("outcome", _t("Outcome"), 1.6),
    )
    title = _t("Incidents of the year, or still open")
    return Table("incidents", title, columns, tuple(rows), _t("None recorded."))
