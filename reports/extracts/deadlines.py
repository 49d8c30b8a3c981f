"""The deadlines of the next months by date, the days on which many fall first."""

import datetime as dt
from collections import defaultdict

from django.conf import settings
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
from reports.extracts.records import Request, register_language, report

PILE = 2
"""So many deadlines on one day are a pile."""

AT_ONCE = 500


def build(request: Request) -> Report:
    """Return the extract; overdue deadlines that stand open come before those ahead."""
    ahead = _rows(request)
    piles = _piles(ahead)
    words = {"n": len(ahead), "months": request.months}
    sentence = (
        ngettext(
            "%(n)s deadline in the next %(months)s months.",
            "%(n)s deadlines in the next %(months)s months.",
            len(ahead),
        )
        % words
    )
    if piles:
        most, rows = piles[0]
        text = _t("Most fall on %(day)s: %(n)s.")
        sentence += " " + text % {"day": show_date(most), "n": len(rows)}
    tables = [_pile_table(piles), _table("dates", _t("By date"), ahead)]
    overdue = _overdue(request)
    if overdue:
        tables.insert(0, _table("overdue", _t("Overdue"), overdue))
    title = _t("Deadlines of the next %(months)s months") % words
    return report(request, "deadlines", title, sentence, tables)


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


def _piles(rows: list[DeadlineRow]) -> list[tuple]:
    by_day: dict = defaultdict(list)
    for row in rows:
        by_day[row.deadline.due_on].append(row)
    piles = [(due_on, found) for due_on, found in by_day.items() if len(found) >= PILE]
    return sorted(piles, key=lambda pile: (-len(pile[1]), pile[0]))


def _pile_table(piles: list[tuple]) -> Table:
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
        rows.append((day(due_on), number(len(found)), many(kinds), many(titles, "; ")))
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
            many(row.deciders),
            plain(_t("yes") if row.is_sensitive else ""),
        )
        for row in found
    ]
    return Table(key, title, columns, tuple(rows), _t("None recorded."))
