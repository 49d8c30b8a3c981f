"""The deadlines of the next months by date: the days with many first, the overdue last."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from django.conf import settings
from django.utils.text import get_text_list
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from agreements.models import Deadline
from agreements.public.rows import DeadlineRow, deadline_rows
from civil.display import show_date
from civil.months import OutOfCalendarError, add_months
from reports.extracts.parts import (
    Cell,
    Column,
    Report,
    Table,
    day,
    many,
    number,
    plain,
    said,
)
from reports.extracts.records import USUAL_MONTHS, Request, register_language, report

PILE = 2
"""So many deadlines on one day are a pile."""

NAMED = 3
"""So many days that have the most are named."""

Pile = tuple[dt.date, list[DeadlineRow]]
"""A day, and the deadlines that fall on it."""

AT_ONCE = 500


def build(request: Request) -> Report:
    """Return the extract; it leads with what is ahead, and ends with what stands open overdue."""
    ahead, overdue = _rows(request), _overdue(request)
    piles = _piles(ahead)
    text = ngettext("%(n)s deadline by %(day)s.", "%(n)s deadlines by %(day)s.", len(ahead))
    words = {"n": len(ahead), "day": show_date(_until(request))}
    sentence = " ".join([text % words, *_most(piles), *_how_many_overdue(overdue)])
    tables = [_pile_table(piles), _table("dates", _t("By date"), ahead)]
    if overdue:
        tables.append(_table("overdue", _t("Overdue"), overdue))
    title = ngettext(
        "Deadlines of the next month",
        "Deadlines of the next %(months)s months",
        request.months,
    )
    return report(
        request,
        "deadlines",
        title % {"months": request.months},
        sentence,
        tables,
        months=None if request.months == USUAL_MONTHS else request.months,
    )


def _most(piles: list[Pile]) -> Iterator[str]:
    """Say on which day or days the most deadlines fall, where that is more than one."""
    if not piles:
        return
    most = len(piles[0][1])
    days = [show_date(due_on) for due_on, found in piles if len(found) == most]
    words = {"n": most, "count": len(days), "days": get_text_list(days[:NAMED], _t("and"))}
    if len(days) > NAMED:
        yield _t("%(count)s days have the most: %(n)s each.") % words
    elif len(days) > 1:
        yield _t("%(days)s have the most: %(n)s each.") % words
    else:
        yield _t("%(days)s has the most: %(n)s.") % words


def _how_many_overdue(overdue: list[DeadlineRow]) -> Iterator[str]:
    if overdue:
        text = ngettext(
            "%(n)s more is overdue and stands last.",
            "%(n)s more are overdue and stand last.",
            len(overdue),
        )
        yield text % {"n": len(overdue)}


def _deadlines(request: Request) -> object:
    found = Deadline.objects.for_staff() if request.is_internal else Deadline.objects.for_public()
    return found.open(request.on).order_by("due_on", "agreement__reference", "kind", "pk")


def _rows(request: Request) -> list[DeadlineRow]:
    until = _until(request)
    found = _deadlines(request).filter(due_on__gte=request.on, due_on__lte=until)  # type: ignore[attr-defined]
    return _viewed(list(found), request)


def _until(request: Request) -> dt.date:
    """Return the last day that is looked at, inclusive; the calendar's last one at its end."""
    try:
        return add_months(request.on, request.months)
    except OutOfCalendarError:
        return dt.date.max


def _overdue(request: Request) -> list[DeadlineRow]:
    return _viewed(list(_deadlines(request).filter(due_on__lt=request.on)), request)  # type: ignore[attr-defined]


def _viewed(found: list[Deadline], request: Request) -> list[DeadlineRow]:
    rows: list[DeadlineRow] = []
    for start in range(0, len(found), AT_ONCE):
        rows += deadline_rows(found[start : start + AT_ONCE], request.on)
    return rows


def _piles(rows: list[DeadlineRow]) -> list[Pile]:
    by_day: dict[dt.date, list[DeadlineRow]] = defaultdict(list)
    for row in rows:
        by_day[row.deadline.due_on].append(row)
    piles = [(due_on, found) for due_on, found in by_day.items() if len(found) >= PILE]
    return sorted(piles, key=lambda pile: (-len(pile[1]), pile[0]))


def _pile_table(piles: list[Pile]) -> Table:
    columns = (
        Column("due_on", _t("Day"), 1.4),
        Column("count", _t("How many"), 0.8),
        Column("kinds", _t("What"), 1.6),
        Column("agreements", _t("Agreements"), 4),
    )
    rows = []
    for due_on, found in piles:
        kinds = sorted({row.deadline.label for row in found})
        titles = list(dict.fromkeys(row.title for row in found))
        named = many(titles, "; ", lang=register_language())
        rows.append((day(due_on), number(len(found)), many(kinds), named))
    none = _t("On no day does more than one fall.")
    return Table("piles", _t("Days on which several fall"), columns, tuple(rows), none)


def _table(key: str, title: str, found: list[DeadlineRow]) -> Table:
    columns = (
        Column("due_on", _t("Day"), 1.25),
        Column("left", _t("Left"), 0.95),
        Column("what", _t("What"), 1.15),
        Column("agreement", _t("Agreement"), 2.5),
        Column("why", _t("Why that day"), 2.6),
        Column("deciders", _t("Who decides"), 1.5),
        Column("sensitive", _t("Special category"), 0.85),
    )
    lang = register_language()
    rows: list[tuple[Cell, ...]] = [
        (
            day(row.deadline.due_on),
            said(row.deadline.left),
            said(row.deadline.label),
            said(row.title, url=f"{settings.BASE_URL}{row.url}", lang=lang),
            said(row.detail),
            many(row.deciders, lang=lang),
            plain(_t("yes") if row.is_sensitive else ""),
        )
        for row in found
    ]
    return Table(key, title, columns, tuple(rows), _t("None recorded."))
