"""License fees by agreement, party and year: what is due, what was received."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from agreements.public.views import PartyView
from agreements.sentences import money
from civil.partial import PartialDate
from reports.briefs.parts import Phrase
from reports.extracts.parts import Cell, Column, Report, Table, day, many, number, partial, said
from reports.extracts.records import (
    Record,
    Request,
    joint,
    names,
    records,
    register_language,
    report,
    url,
)


@dataclass(frozen=True)
class Installment:
    """A part of a fee; the amount is None where the edition does not show it."""

    reference: str
    payers: tuple[PartyView, ...]
    due_on: PartialDate | None
    received_on: PartialDate | None
    amount: Decimal | None
    currency: str

    @property
    def year(self) -> int | None:
        """The year in which it is due, where that is known."""
        if self.due_on is None or self.due_on.first.year != self.due_on.last.year:
            return None
        return self.due_on.first.year


def build(request: Request) -> Report:
    """Return the extract as of a day: what is received later does not count."""
    fees, installments = [], []
    count = 0
    for record in records(request):
        count += 1
        fees += _fees(record)
        installments += _installments(record, request)
    text = ngettext("License fees of %(n)s agreement", "License fees of %(n)s agreements", count)
    received = sum(1 for i in installments if i.received_on)
    words = {"n": len(installments), "received": received}
    sentence = f"{text % {'n': count}}. " + (
        _t("%(n)s installments recorded, %(received)s of them received.") % words
        if installments
        else _t("No installment is recorded.")
    )
    tables = [_fee_table(fees), _sum_table(installments), _installment_table(installments)]
    notes = [_t("A fee is put down to the recipients of the data, who pay it together.")]
    if not request.is_internal:
        notes.append(_t("Amounts of installments are not published."))
    return report(request, "fees", _t("License fees"), sentence, tables, notes=tuple(notes))


def _fees(record: Record) -> list[tuple[Cell, ...]]:
    view = record.view
    rows: list[tuple[Cell, ...]] = []
    for term in view.terms:
        fee = term.fee
        others = [c.shown for c in term.fees if not c.is_followed]
        ends_on = said(_t("no end by its terms"))
        if term.end_kind != "none":
            ends_on = partial(term.ends_on)
        rows.append(
            (
                said(view.reference, url=url(view)),
                many(names(view.recipients), lang=register_language()),
                number(term.number),
                partial(term.starts_on),
                ends_on,
                said(fee.shown if fee else _t("sources disagree") if others else ""),
                many(others, "; ") if others else Cell((), None),
            )
        )
    return rows


def _installments(record: Record, request: Request) -> list[Installment]:
    """Return the installments: all facts in the internal edition, else the public deadlines."""
    view, party = record.view, record.view.recipients
    if request.is_internal:
        return [
            Installment(view.reference, party, p.due_on, p.received_on, p.amount, p.currency)
            for p in record.facts.on(request.on).payments
        ]
    return [
        Installment(
            view.reference,
            party,
            PartialDate(d.due_on, d.due_on),
            PartialDate(d.settled_on, d.settled_on) if d.settled_on else None,
            None,
            "",
        )
        for d in view.deadlines
        if d.kind == "payment"
    ]


def _fee_table(rows: list[tuple[Cell, ...]]) -> Table:
    columns = (
        Column("agreement", _t("Agreement"), 1.2),
        Column("paid_by", _t("Paid by"), 2),
        Column("term", _t("Term"), 0.5),
        Column("starts_on", _t("First day"), 1.3),
        Column("ends_on", _t("Last day"), 1.3),
        Column("fee", _t("License fee"), 1.4),
        Column("others", _t("Other sources say"), 1.8),
    )
    title = _t("By agreement and term")
    return Table("fees", title, columns, tuple(rows), _t("No term is recorded."))


def _sum_table(installments: list[Installment]) -> Table:
    """Count and add up by party and year; currencies are never added to each other."""
    columns = (
        Column("party", _t("Party"), 2.4),
        Column("year", _t("Year"), 0.8),
        Column("due", _t("Installments due"), 1),
        Column("received", _t("Received"), 0.9),
        Column("amount_due", _t("Amount due"), 1.3),
        Column("amount_received", _t("Amount received"), 1.3),
    )
    groups: dict[tuple[str, ...], list[Installment]] = defaultdict(list)
    for part in installments:  # parties of the same name are told apart by their address
        names_of, slugs = joint(part.payers), (p.slug for p in part.payers)
        groups[names_of, str(part.year or ""), *slugs].append(part)
    rows = []
    for (party, year, *_slugs), parts in sorted(groups.items()):
        paid = [p for p in parts if p.received_on]
        rows.append(
            (
                said(party, lang=register_language()),
                number(int(year)) if year else said(""),
                number(len(parts)),
                number(len(paid)),
                _sum(parts),
                _sum(paid),
            )
        )
    none = _t("No installment is recorded.")
    return Table("by_party_and_year", _t("By party and year"), columns, tuple(rows), none)


def _sum(parts: list[Installment]) -> Cell:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for part in parts:
        if part.amount is not None:
            sums[part.currency] += part.amount
    if not sums:
        return Cell((), None)
    shown = ", ".join(money(amount, currency) for currency, amount in sorted(sums.items()))
    only = next(iter(sums.values())) if len(sums) == 1 else shown
    return Cell((Phrase(shown),), only)


def _installment_table(installments: list[Installment]) -> Table:
    columns = (
        Column("agreement", _t("Agreement"), 1.2),
        Column("party", _t("Party"), 2.2),
        Column("due_on", _t("Due on"), 1.4),
        Column("amount", _t("Amount"), 1.1),
        Column("currency", _t("Currency"), 0.8),
        Column("received_on", _t("Received on"), 1.4),
    )
    ordered = sorted(
        installments, key=lambda i: (i.due_on.last if i.due_on else dt.date.max, i.reference)
    )
    rows = tuple(
        (
            said(i.reference),
            said(joint(i.payers), lang=register_language()),
            day(i.due_on.first) if i.due_on and i.due_on.is_exact else partial(i.due_on),
            Cell((Phrase(money(i.amount, i.currency)),), i.amount)
            if i.amount is not None
            else Cell((), None),
            Cell((Phrase(i.currency),) if i.currency else (), i.currency or None),
            partial(i.received_on),
        )
        for i in ordered
    )
    none = _t("No installment is recorded.")
    return Table("installments", _t("Installments"), columns, rows, none)
