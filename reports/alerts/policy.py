"""When an alert is due: pure functions of a deadline, its leads and a day.

Alerts come from windows, never from "exactly N days before": after any gap only the tightest
threshold that was missed is due, and it is marked late (DOMAIN.md, rule 11).
"""

import datetime as dt
from collections.abc import Collection

LEADS = (180, 90, 60, 30, 14, 7, 1, 0)
"""Days before a deadline at which to tell; the same for every kind for now."""


def lead_due(due_on: dt.date, on: dt.date, leads: Collection[int] = LEADS) -> int | None:
    """Return the tightest lead whose threshold is reached on a day; None before the first.

    A threshold is ``due_on - lead`` days, inclusive; the day itself and all after it belong to
    the tightest lead.
    """
    left = (due_on - on).days
    return min((lead for lead in leads if lead >= left), default=None)


def is_late(due_on: dt.date, lead: int, on: dt.date) -> bool:
    """Whether a day is past the threshold of a lead."""
    return (due_on - on).days < lead


def is_due(
    due_on: dt.date, on: dt.date, told: Collection[int], leads: Collection[int] = LEADS
) -> int | None:
    """Return the lead at which to tell on a day, given the leads that were told before.

    None where nothing is due: before the first threshold, or where this threshold or a tighter
    one was told already, so that a clock that steps back repeats nothing.
    """
    lead = lead_due(due_on, on, leads)
    if lead is None or any(before <= lead for before in told):
        return None
    return lead
