"""The term after a term: from which day to which, and for which fee. Pure rules.

Source of the rules: DOMAIN.md, rule 6.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from agreements.facts import Facts
from agreements.models import Proposal, Term
from agreements.periods import next_day
from civil.months import OutOfCalendarError, add_days, add_months

ONE_DAY = dt.timedelta(days=1)

GOES_ON = ("renewal_kind", "provides_holdover")
NOTICE = (
    "notice_length",
    "notice_unit",
    "notice_day_kind",
    "notice_counted_from",
    "notice_counting",
    "notice_effective",
    "notice_roll",
)
CARRIED_OVER = (*GOES_ON, *NOTICE)
"""What the next term takes over from the one before it, unless it is changed later."""

FEE = ("license_fee", "currency", "fee_per_months")


@dataclass(frozen=True)
class NextTerm:
    """What the next term holds, or would hold; None is not recorded."""

    starts_on: dt.date | None
    ends_on: dt.date | None
    license_fee: Decimal | None
    currency: str
    fee_per_months: int | None


def start_of_next(term: Term) -> dt.date | None:
    """Return the day after a term's last day; None where that day is not exactly known."""
    if term.ends_on is None or not term.ends_on.is_exact:
        return None
    return next_day(term.ends_on.first)


def whole_months(first: dt.date, last: dt.date) -> int | None:
    """Return how many whole months a period lasts, both days inclusive; None if a part is left.

    1 September to 31 August is 12 months, and so is 29 February to 28 February.
    """
    after = next_day(last)
    between = (last.year - first.year) * 12 + last.month - first.month
    for months in (between, between + 1):
        try:
            reached = add_months(first, months)
        except OutOfCalendarError:
            return None
        is_clipped = reached.day != first.day  # 29 February, a year on: 28 February is the last
        if months > 0 and (reached == after or (is_clipped and reached == last)):
            return months
    return None


def end_of_same_length(term: Term) -> dt.date | None:
    """Return the last day of a next term as long as a term: in whole months, else in days.

    None where the first or last day of the term is not exactly known, or the calendar ends.
    """
    start = start_of_next(term)
    if start is None or term.starts_on is None or not term.starts_on.is_exact:
        return None
    first, last = term.starts_on.first, term.ends_on.first  # type: ignore[union-attr]
    months = whole_months(first, last)
    try:
        if months is not None:
            return add_months(start, months) - ONE_DAY
        return add_days(start, (last - first).days)
    except OutOfCalendarError:
        return None


def next_recorded(facts: Facts, term: Term) -> Term | None:
    """Return the term that follows a term in the record, proposed or executed."""
    return next((t for t in facts.every_term if t.number > term.number), None)


def next_term(facts: Facts, term: Term, proposal: Proposal | None = None) -> NextTerm:
    """Return what the next term holds: as recorded, else as proposed, else as the term does."""
    recorded = next_recorded(facts, term)
    if recorded is not None:
        return NextTerm(
            starts_on=recorded.first_day,
            ends_on=recorded.last_day,
            **{name: getattr(recorded, name) for name in FEE},
        )
    if proposal is not None and proposal.renews:
        fee = {name: getattr(proposal, name) for name in FEE}
        return NextTerm(starts_on=start_of_next(term), ends_on=proposal.ends_on, **fee)
    fee = {name: getattr(term, name) for name in FEE}
    return NextTerm(starts_on=start_of_next(term), ends_on=end_of_same_length(term), **fee)


def fee_of_whole(
    amount: Decimal | None,
    per_months: int | None,
    first: dt.date | None,
    last: dt.date | None,
) -> Decimal | None:
    """Return what a fee comes to over a whole period, both days inclusive.

    None where the fee or a day is not recorded, or where a fee per months meets a period that is
    not of whole months: no part of a month is made up.
    """
    if amount is None or per_months is None:
        return amount
    if first is None or last is None:
        return None
    months = whole_months(first, last)
    if months is None:
        return None
    return (amount * months / per_months).quantize(Decimal("0.01"))
