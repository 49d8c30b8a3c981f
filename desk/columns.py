"""The columns of the staff's list of agreements, and its rows; a page takes constant queries."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from agreements import sentences
from agreements.deadlines import Row, derive, is_open
from agreements.facts import Facts
from agreements.loading import load_many
from agreements.models import Agreement, Deadline, Participation, Term
from agreements.public.build import TONES
from agreements.status import Code
from civil.clock import civil_date
from civil.display import show_date, show_partial
from reports.tables import Value


@dataclass(frozen=True)
class StaffRow:
    """An agreement as a line of the staff's list, published or not."""

    agreement: Agreement
    facts: Facts
    status: str
    term: Term | None
    next: Row | Deadline | None
    officer: str
    deputy: str

    @property
    def id(self) -> int:
        """The agreement's id."""
        return self.agreement.pk

    @property
    def tone(self) -> str:
        """How its status is colored."""
        return TONES[self.status]


@dataclass(frozen=True)
class Column:
    """A column: its key in addresses, its heading, its value in a row, how it is sorted."""

    key: str
    label: Any
    value: Callable[[StaffRow], Value]
    sort: str = ""  # a key of SORTS, where the list can be sorted by it


def _names(row: StaffRow, role: str) -> list[str]:
    return [p.short_name or p.name for p in row.facts.parties_as(role)]


def _last_day(row: StaffRow) -> Value:
    if row.term is None:
        return None
    if row.term.end_kind == "none":
        return _t("No end by its terms")
    ends = row.term.ends_on
    if ends is None:
        return None
    return ends.last if ends.is_exact else show_partial(ends)


def _fee(row: StaffRow) -> Value:
    term = row.term
    if term is None or term.license_fee is None:
        return None
    return sentences.fee(term.license_fee, term.currency, term.fee_per_months)


def _published(row: StaffRow) -> Value:
    agreement = row.agreement
    state = agreement.publication_at(row.facts.known or timezone.now())
    if state == "withdrawn":
        return _t("withdrawn")
    if agreement.published_at is None:
        return _t("not published")
    day = civil_date(agreement.published_at)
    return day if state == "published" else _t("from %(day)s") % {"day": show_date(day)}


def _next_kind(row: StaffRow) -> Value:
    return str(Deadline.Kind(row.next.kind).label) if row.next else None


COLUMNS: dict[str, Column] = {
    column.key: column
    for column in (
        Column("reference", _("Reference"), lambda r: r.agreement.reference, "reference"),
        Column("title", _("Agreement"), lambda r: r.agreement.title, "name"),
        Column("status", _("Status"), lambda r: str(Code(r.status).label), "status"),
        Column("next", _("Next"), lambda r: r.next.due_on if r.next else None, "next"),
        Column("next_kind", _("What is next"), _next_kind),
        Column("last_day", _("Last day"), _last_day),
        Column("officer", _("Responsible officer"), lambda r: r.officer or None, "officer"),
        Column("deputy", _("Deputy"), lambda r: r.deputy or None),
        Column(
            "department",
            _("Department"),
            lambda r: r.agreement.department.name if r.agreement.department else None,
            "department",
        ),
        Column("gives", _("Gives"), lambda r: _names(r, Participation.Role.PROVIDER)),
        Column("gets", _("Gets"), lambda r: _names(r, Participation.Role.RECIPIENT)),
        Column(
            "system",
            _("System"),
            lambda r: str(r.agreement.system) if r.agreement.system else None,
        ),
        Column("kind", _("Kind"), lambda r: r.agreement.get_kind_display()),
        Column("fee", _("License fee"), _fee),
        Column(
            "review",
            _("Months between reviews"),
            lambda r: r.agreement.review_interval_months,
        ),
        Column("published", _("Published"), _published),
    )
}
FIRST_SHOWN = ("reference", "title", "status", "next", "next_kind", "officer", "department")


def chosen(keys: Sequence[str]) -> list[Column]:
    """Return the chosen columns in the register's order, unknown ones left out; else the first."""
    wanted = [column for key, column in COLUMNS.items() if key in keys]
    return wanted or [COLUMNS[key] for key in FIRST_SHOWN]


def staff_rows(
    agreements: Iterable[Agreement], on: dt.date, known: dt.datetime | None = None
) -> list[StaffRow]:
    """Return the lines of the list, in its order, as of a day; ``known`` as known at a moment.

    ``agreements`` carry their status, for staff, on that day. One that was not yet known at the
    moment is left out.
    """
    found = list(agreements)
    facts = load_many([a.pk for a in found], known)
    people = {
        pk
        for f in facts.values()
        for pk in (f.agreement.responsible_officer_id, f.agreement.deputy_id)
        if pk is not None
    }
    called = get_user_model()._default_manager.in_bulk(people) if people else {}
    nearest = _nearest(facts, on, known)
    return [
        _row(a, facts[a.pk].on(on), nearest.get(a.pk), called, on) for a in found if a.pk in facts
    ]


def _nearest(facts: dict[int, Facts], on: dt.date, known: dt.datetime | None) -> dict[int, Any]:
    """The next open deadline of each agreement: a stored one now, a derived one as then known."""
    nearest: dict[int, Any] = {}
    if known is None:
        ahead = Deadline.objects.for_staff().open(on).filter(agreement__in=facts, due_on__gte=on)
        for deadline in ahead.order_by("due_on", "pk"):
            nearest.setdefault(deadline.agreement_id, deadline)
        return nearest
    for pk, then in facts.items():
        rows = [r for r in derive(then) if r.due_on >= on and is_open(r, on)]
        if rows:
            nearest[pk] = min(rows, key=lambda r: (r.due_on, r.kind))
    return nearest


def _row(agreement: Any, then: Facts, ahead: Any, called: dict, on: dt.date) -> StaffRow:
    own = then.agreement
    return StaffRow(
        agreement=own,
        facts=then,
        status=agreement.status or Code.DRAFT,
        term=next((t for t in then.terms if t.covers(on)), None),
        next=ahead,
        officer=str(called.get(own.responsible_officer_id, "")),
        deputy=str(called.get(own.deputy_id, "")),
    )
