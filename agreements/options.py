"""The ways in which a term's end can be decided, and what each does to dates and money.

Pure: sentences from recorded facts only, in the reader's language. What is not recorded says so.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _t

from agreements.facts import Facts
from agreements.models import Decision, Term
from agreements.nextterm import end_of_same_length, fee_of_whole, start_of_next
from agreements.renewals import notice_of
from agreements.sentences import fee, money
from civil.display import show_date, show_partial

ONE_DAY = dt.timedelta(days=1)
Outcome = Decision.Outcome


@dataclass(frozen=True)
class Option:
    """One way to decide: what it does to dates and to money, and why it cannot be chosen."""

    outcome: str
    label: str
    dates: tuple[str, ...]
    money: tuple[str, ...]
    blocked: str = ""


def options(facts: Facts, term: Term, on: dt.date) -> list[Option]:
    """Return every way to decide on a term's end, as of a day. ``facts`` are all facts."""
    return [
        Option(
            outcome=outcome,
            label=str(Outcome(outcome).label).capitalize(),
            dates=tuple(dates(facts, term, on)),
            money=tuple(cost(term)),
            blocked=blocked(facts, term),
        )
        for outcome, dates, cost, blocked in _OPTIONS
    ]


def fee_sentence(term: Term) -> str:
    """Say what a term costs, as a rate and for the whole of it, where that can be told."""
    if term.license_fee is None:
        return _t("License fee of this term: not recorded.")
    rate = fee(term.license_fee, term.currency, term.fee_per_months)
    whole = _whole(term)
    if whole is None or term.fee_per_months is None:
        return _t("License fee of this term: %(rate)s.") % {"rate": rate}
    what = {"rate": rate, "whole": money(whole, term.currency)}
    return _t("License fee of this term: %(rate)s, %(whole)s in all.") % what


def _whole(term: Term) -> Decimal | None:
    exact = term.starts_on and term.ends_on and term.starts_on.is_exact and term.ends_on.is_exact
    first = term.starts_on.first if exact and term.starts_on else None
    last = term.ends_on.last if exact and term.ends_on else None
    return fee_of_whole(term.license_fee, term.fee_per_months, first, last)


# ── Dates ──────────────────────────────────────────────────────────────────────


def _renewed(facts: Facts, term: Term, on: dt.date) -> list[str]:
    start = start_of_next(term)
    if start is None:
        return []
    said = [
        _t("Proposes term %(number)s, from %(start)s.")
        % {"number": term.number + 1, "start": show_date(start)}
    ]
    end = end_of_same_length(term)
    if end is not None:
        said.append(_t("As long as this term it would end on %(end)s.") % {"end": show_date(end)})
    said.append(
        _t("It is in force only when executed, by %(day)s; until then reminders of the end go on.")
        % {"day": show_date(start - ONE_DAY)}
    )
    return said


def _changed(facts: Facts, term: Term, on: dt.date) -> list[str]:
    return [
        *_renewed(facts, term, on),
        _t("Elements that are left out stop being shared when the new term is in force."),
    ]


def _extended(facts: Facts, term: Term, on: dt.date) -> list[str]:
    maximum = facts.agreement.maximum_ends_on
    start = start_of_next(term)
    said = []
    if start is not None:
        text = _t("Goes on from %(start)s to a day that you choose, once executed.")
        said.append(text % {"start": show_date(start)})
    if maximum is None:
        said.append(_t("Latest possible day: not recorded."))
    else:
        said.append(_t("Latest possible day: %(day)s.") % {"day": show_date(maximum)})
    return said


def _suspended(facts: Facts, term: Term, on: dt.date) -> list[str]:
    said = [_t("Access stops on the day that you choose, and has to be confirmed stopped.")]
    if term.ends_on is not None:
        text = _t("The term still ends on %(end)s; its end stays to be decided.")
        said.append(text % {"end": show_partial(term.ends_on)})
    return said


def _let_end(facts: Facts, term: Term, on: dt.date) -> list[str]:
    if term.last_day is None:
        return []
    said = [
        _t("The last day is %(end)s. Access has to be off, and confirmed off, the day after.")
        % {"end": show_partial(term.ends_on)},
        _t("Opens the close-out: access off, data destroyed and certified, partner told."),
    ]
    notice = notice_of(facts, term)
    given = [n for n in facts.notices_of(term.pk) if (day := n.counts_from()) and day <= on]
    if given:
        said.append(_t("Notice has been given."))
    elif notice is not None and notice.due_on < on:
        text = _t("The last day to give notice, %(day)s, has passed.")
        said.append(text % {"day": show_date(notice.due_on)})
    elif notice is not None:
        text = _t("Notice has to be given by %(day)s.")
        said.append(text % {"day": show_date(notice.due_on)})
    else:
        said.append(_t("Notice clause: not recorded; give notice early."))
    return said


def _terminated(facts: Facts, term: Term, on: dt.date) -> list[str]:
    return [
        _t("Ends on the day before the one that you choose, whatever the term says."),
        _t("Opens the close-out: access off, data destroyed and certified, partner told."),
    ]


# ── Money ──────────────────────────────────────────────────────────────────────


def _same_fee(term: Term) -> list[str]:
    if term.license_fee is None:
        return [_t("The fee of this term is not recorded; the next term’s is what you enter.")]
    rate = fee(term.license_fee, term.currency, term.fee_per_months)
    said = [_t("Fee at the rate of this term: %(rate)s.") % {"rate": rate}]
    whole = fee_of_whole(
        term.license_fee, term.fee_per_months, start_of_next(term), end_of_same_length(term)
    )
    if whole is not None and term.fee_per_months is not None:
        text = _t("For a term of the same length: %(amount)s.")
        said.append(text % {"amount": money(whole, term.currency)})
    return said


def _other_fee(term: Term) -> list[str]:
    return [_t("The fee is what you enter."), *_same_fee(term)]


def _fee_runs(term: Term) -> list[str]:
    return [_t("Whether the fee is owed while it is suspended is for the text to say.")]


def _no_more_fee(term: Term) -> list[str]:
    if term.license_fee is None:
        return [_t("No fee after the last day. The fee of this term is not recorded.")]
    rate = fee(term.license_fee, term.currency, term.fee_per_months)
    return [_t("No fee after the last day: %(rate)s ends.") % {"rate": rate}]


# ── Why not ────────────────────────────────────────────────────────────────────


def _needs_end(facts: Facts, term: Term) -> str:
    if start_of_next(term) is not None:
        return ""
    return _t("Record the exact last day of this term first: the next begins on the day after.")


def _needs_room(facts: Facts, term: Term) -> str:
    maximum, start = facts.agreement.maximum_ends_on, start_of_next(term)
    if maximum is not None and start is not None and start > maximum:
        return _t("The recorded maximum, %(day)s, is reached.") % {"day": show_date(maximum)}
    return _needs_end(facts, term)


def _needs_some_end(facts: Facts, term: Term) -> str:
    return "" if term.ends_on else _t("This term has no recorded last day: terminate it instead.")


def _needs_no_suspension(facts: Facts, term: Term) -> str:
    stands = any(d.outcome == Outcome.SUSPEND for d in facts.decisions_of(term))
    return _t("A suspension stands already.") if stands else ""


def _nothing(facts: Facts, term: Term) -> str:
    return ""


Dates = Callable[[Facts, Term, dt.date], list[str]]
_OPTIONS: tuple[
    tuple[str, Dates, Callable[[Term], list[str]], Callable[[Facts, Term], str]], ...
] = (
    (Outcome.RENEW, _renewed, _same_fee, _needs_end),
    (Outcome.RENEW_WITH_CHANGES, _changed, _other_fee, _needs_end),
    (Outcome.EXTEND, _extended, _same_fee, _needs_room),
    (Outcome.SUSPEND, _suspended, _fee_runs, _needs_no_suspension),
    (Outcome.DO_NOT_RENEW, _let_end, _no_more_fee, _needs_some_end),
    (Outcome.TERMINATE, _terminated, _no_more_fee, _nothing),
)
