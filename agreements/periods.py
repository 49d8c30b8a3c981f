"""The days on which the terms of an agreement are in force, one after another."""

import datetime as dt
from dataclasses import dataclass

from agreements.facts import Facts
from agreements.models import Term


@dataclass(frozen=True)
class Period:
    """The days on which an executed term is in force, both inclusive; None is open."""

    term: Term
    first: dt.date | None
    last: dt.date | None


def periods(facts: Facts) -> list[Period]:
    """Return the period of each term that is not proposed, in order.

    A term without a recorded start begins after the term before it; one without an end goes on
    until the next one begins. A term executed late is in force from its execution.
    """
    terms = [t for t in facts.every_term if not t.is_proposed]
    found: list[Period] = []
    for place, term in enumerate(terms):
        before = found[-1].last if found else None
        first = term.effective_day or (next_day(before) if before else None)
        last = term.last_day
        following = terms[place + 1].effective_day if place + 1 < len(terms) else None
        if last is None and following is not None and following > dt.date.min:
            last = following - dt.timedelta(days=1)
        found.append(Period(term, first, last))
    return found


def next_day(day: dt.date) -> dt.date | None:
    """Return the day after; None after the last day of the calendar."""
    return None if day == dt.date.max else day + dt.timedelta(days=1)
