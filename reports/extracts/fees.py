"""License fees by agreement, party and year: what is due, what was received.

Installments are counted from the payments that an edition may show, whether their day is known
exactly, to the month or year, or not at all. Of those that are published the public is told when
they are due and received, as the calendar tells it; amounts are for staff.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from agreements.public.views import PartyView
from agreements.sentences import money
from civil.partial import PartialDate
from reports.briefs.parts import Phrase
from reports.extracts.parts import Cell, Column, Report, Table, many, number, partial, plain, said
from reports.extracts.records import (
    Record,
    Request,
    facts_then,
    joint,
    names,
    records,
    register_language,
    report,
    url,
)


@dataclass(frozen=True)
class Installment:
    """A part of a fee; amount and currency are empty where the edition does not show them."""

    reference: str
    url: str
    payers: tuple[PartyView, ...]
    due_on: PartialDate | None
    received_on: PartialDate | None
    amount: Decimal | None = None
    currency: str = ""

    @property
    def year(self) -> int | None:
        """The year in which it is due, where that is known."""
        if self.due_on is None or self.due_on.first.year != self.due_on.last.year:
            return None
        return self.due_on.first.year


def build(request: Request) -> Report:
    """Return the extract as of a day.

    Counted are the installments of the terms that had begun by then, due earlier or later, and
    those that were received by then. What was received later is not received yet.
    """
    fees: list[tuple[Cell, ...]] = []
    installments: list[Installment] = []
    count = 0
    for record in records(request):
        count += 1
        fees += _fees(record)
        installments += _installments(record, request)
    text = ngettext("License fees of %(n)s agreement.", "License fees of %(n)s agreements.", count)
    tables = [
        _fee_table(fees),
        *_sum_tables(installments, is_internal=request.is_internal),
        _installment_table(installments, is_internal=request.is_internal),
    ]
    notes = [
        _t("A fee is put down to the recipients of the data, who pay it together."),
        _t(
            "Installments count if their term had begun by the day shown, or if they were received "
            "by then. They stand in the year in which they are due, past or to come."
        ),
    ]
    if not request.is_internal:
        notes.append(_t("Amounts of installments are not published."))
    sentence = f"{text % {'n': count}} {_how_many(installments)}"
    return report(request, "fees", _t("License fees"), sentence, tables, notes=tuple(notes))


def _how_many(installments: list[Installment]) -> str:
    if not installments:
        return _none_counts()
    text = ngettext(
        "%(n)s installment whose term had begun, or that was received; received: %(received)s.",
        "%(n)s installments whose terms had begun, or that were received; received: %(received)s.",
        len(installments),
    )
    received = sum(1 for i in installments if i.received_on)
    return text % {"n": len(installments), "received": received}


def _none_counts() -> str:
    return _t("No installment of a term that had begun is recorded.")


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


def _installments(record: Record, request: Request) -> Iterator[Installment]:
    """Yield the installments that an edition counts; amounts are shown in the internal one."""
    view = record.view
    then = facts_then(record.facts, request)
    begun = {term.pk for term in then.terms if term.has_begun(request.on)}
    for payment in then.payments:
        if payment.term_id not in begun and not payment.received_on:
            continue
        yield Installment(
            view.reference,
            url(view),
            view.recipients,
            payment.due_on,
            payment.received_on,
            *((payment.amount, payment.currency) if request.is_internal else ()),
        )


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


def _sum_tables(installments: list[Installment], *, is_internal: bool) -> list[Table]:
    """Count and add up by agreement and year, and by party and year.

    Parties of the same name are told apart by their address.
    """
    return [
        _sum_table(
            "by_agreement_and_year",
            _t("By agreement and year"),
            Column("agreement", _t("Agreement"), 2.4),
            [((i.reference,), said(i.reference, url=i.url), i) for i in installments],
            is_internal=is_internal,
        ),
        _sum_table(
            "by_party_and_year",
            _t("By party and year"),
            Column("party", _t("Party"), 2.4),
            [((joint(i.payers), *(p.slug for p in i.payers)), _payers(i), i) for i in installments],
            is_internal=is_internal,
        ),
    ]


def _sum_table(
    key: str,
    title: str,
    column: Column,
    entries: list[tuple[tuple[str, ...], Cell, Installment]],
    *,
    is_internal: bool,
) -> Table:
    """Return a row for each name, year and currency; currencies are never added up."""
    columns = [
        column,
        Column("year", _t("Year due"), 0.8),
        Column("installments", _t("Installments, in all"), 1),
        Column("received", _t("Of them received"), 0.9),
    ]
    if is_internal:
        columns += [
            Column("currency", _t("Currency"), 0.8),
            Column("amount", _t("Amount, in all"), 1.3),
            Column("amount_received", _t("Of it received"), 1.3),
        ]
    groups: dict[tuple[tuple[str, ...], int, str], list[Installment]] = defaultdict(list)
    heads: dict[tuple[str, ...], Cell] = {}
    for name, head, part in entries:
        heads[name] = head
        groups[name, part.year or 0, part.currency].append(part)
    rows = []
    for (name, year, currency), parts in sorted(groups.items()):
        paid = [p for p in parts if p.received_on]
        row = [heads[name], number(year) if year else said("")]
        row += [number(len(parts)), number(len(paid))]
        if is_internal:
            row += [plain(currency), _sum(parts, currency), _sum(paid, currency)]
        rows.append(tuple(row))
    return Table(key, title, tuple(columns), tuple(rows), _none_counts())


def _sum(parts: list[Installment], currency: str) -> Cell:
    return _money(sum((part.amount or Decimal() for part in parts), Decimal("0.00")), currency)


def _money(amount: Decimal, currency: str) -> Cell:
    return Cell((Phrase(money(amount, currency)),), amount)


def _payers(installment: Installment) -> Cell:
    return said(joint(installment.payers), lang=register_language())


def _installment_table(installments: list[Installment], *, is_internal: bool) -> Table:
    columns = [
        Column("agreement", _t("Agreement"), 1.2),
        Column("party", _t("Party"), 2.2),
        Column("due_on", _t("Due on"), 1.4),
        Column("received_on", _t("Received on"), 1.4),
    ]
    if is_internal:
        columns[3:3] = [
            Column("currency", _t("Currency"), 0.8),
            Column("amount", _t("Amount"), 1.1),
        ]
    rows = []
    for i in sorted(installments, key=_place):
        row = [said(i.reference, url=i.url), _payers(i), partial(i.due_on)]
        if i.amount is not None:
            row += [plain(i.currency), _money(i.amount, i.currency)]
        rows.append((*row, partial(i.received_on)))
    return Table("installments", _t("Installments"), tuple(columns), tuple(rows), _none_counts())


def _place(installment: Installment) -> tuple[dt.date, str]:
    due_on = installment.due_on
    return (due_on.last if due_on else dt.date.max, installment.reference)
