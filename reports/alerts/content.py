"""What an alert says: its subject, and what its templates need, in the reader's language."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _t

from agreements.explain import is_end_decided, is_followed_by_unknown
from agreements.models import Deadline
from agreements.public import deadline_view
from agreements.sentences import days_left
from civil.display import show_date, show_short
from civil.months import OutOfCalendarError, add_days


@dataclass(frozen=True)
class Item:
    """One deadline as a mail tells it; text is in the language active when it is made."""

    reference: str
    label: str
    title: str
    kind: str
    what: str
    due_on: dt.date
    left: str
    explanation: str
    late_since: str
    link: str
    subject: str
    is_escalated: bool

    @property
    def day(self) -> str:
        """The day in full."""
        return show_date(self.due_on)


def item(deadline: Deadline, on: dt.date, lead: int, *, is_escalated: bool = False) -> Item:
    """Return what a mail says of a deadline on a day, at a lead."""
    view = deadline_view(deadline, on)
    agreement = deadline.agreement
    return Item(
        reference=agreement.reference,
        label=agreement.label,
        title=agreement.title,
        kind=view.kind,
        what=view.label,
        due_on=view.due_on,
        left=view.left,
        explanation=view.explanation,
        late_since=_late_since(deadline, lead, on),
        link=f"{settings.BASE_URL}{language_prefix()}{agreement.get_absolute_url()}",
        subject=subject(deadline, on),
        is_escalated=is_escalated,
    )


def language_prefix() -> str:
    """Return how addresses on the site begin in the active language."""
    language = get_language() or settings.LANGUAGE_CODE
    return "" if language == settings.LANGUAGE_CODE else f"/{language}"


def _late_since(deadline: Deadline, lead: int, on: dt.date) -> str:
    """The day on which the reminder was due, where it is past; else empty.

    No reminder was due before the deadline itself arose.
    """
    try:
        threshold = add_days(deadline.due_on, -lead)
    except OutOfCalendarError:
        return ""
    threshold = max(threshold, deadline.arises_on or threshold)
    return show_date(threshold) if threshold < on else ""


# ── Subjects ──────────────────────────────────────────────────────────────────


def subject(deadline: Deadline, on: dt.date) -> str:
    """Return one line that says agreement, what and when.

    For instance "PARS–ICE ends on August 31: 90 days left".
    """
    what = {
        "label": deadline.agreement.label,
        "day": _short(deadline.due_on, on),
        "left": days_left(deadline.due_on, on),
        "name": deadline.get_kind_display(),
        "end": _end(deadline, on),
    }
    return one_line(_pattern(deadline, on) % what)


def _end(deadline: Deadline, on: dt.date) -> str:
    """The last day of the term that a deadline is about, if it is about one."""
    end = deadline.basis.get("end")
    return _short(dt.date.fromisoformat(end), on) if end else ""


def one_line(text: str) -> str:
    """Return text on one line: a line break in a name must not reach a mail's header."""
    return " ".join(text.split())


def _short(day: dt.date, on: dt.date) -> str:
    return show_short(day) if day.year == on.year else show_date(day)


def _pattern(deadline: Deadline, on: dt.date) -> str:
    match deadline.kind:
        case Deadline.Kind.EXPIRY if is_end_decided(deadline, on):
            return _t("%(label)s ends on %(day)s as decided: %(left)s")
        case Deadline.Kind.EXPIRY if deadline.basis.get("automatic"):
            return _t("%(label)s renews by itself after %(day)s: %(left)s")
        case _ if is_followed_by_unknown(deadline, on):
            return _t("%(label)s: what followed the term that ended on %(end)s is not recorded")
        case Deadline.Kind.EXPIRY if deadline.due_on < on:
            return _t("%(label)s ended on %(day)s, nothing decided: %(left)s")
        case Deadline.Kind.EXPIRY:
            return _t("%(label)s ends on %(day)s: %(left)s")
        case Deadline.Kind.DECIDE_BY:
            return _t("%(label)s: decide by %(day)s: %(left)s")
        case Deadline.Kind.NOTICE:
            return _t("%(label)s: last day to give notice is %(day)s: %(left)s")
        case Deadline.Kind.SIGNATURE:
            return _t("%(label)s: signature due on %(day)s: %(left)s")
        case Deadline.Kind.OBLIGATION if deadline.basis.get("what") == "access_off":
            return _t("%(label)s: access to be off, and confirmed so, by %(day)s: %(left)s")
    return _t("%(label)s: %(name)s on %(day)s: %(left)s")


def digest_subject(items: Sequence[Item], on: dt.date) -> str:
    """Return the subject of a mail about several deadlines.

    A pile of ends on one day reads "3 agreements end on August 31: 90 days left".
    """
    first = min(items, key=lambda i: i.due_on)
    days = {i.due_on for i in items}
    what = {
        "n": len(items),
        "day": _short(first.due_on, on),
        "left": first.left,
        "label": first.label,
    }
    is_pile = len(days) == 1
    if is_pile and {i.kind for i in items} == {Deadline.Kind.EXPIRY} and first.due_on >= on:
        text = ngettext(
            "%(n)s agreement ends on %(day)s: %(left)s",
            "%(n)s agreements end on %(day)s: %(left)s",
            len(items),
        )
    elif len({i.reference for i in items}) == 1:
        text = _t("%(label)s: %(n)s deadlines, the first on %(day)s: %(left)s")
    elif is_pile:
        text = _t("%(n)s deadlines on %(day)s: %(left)s")
    else:
        text = _t("%(n)s deadlines, the first on %(day)s: %(left)s")
    return one_line(text % what)


# ── Mails ─────────────────────────────────────────────────────────────────────


def mail(items: Sequence[Item], on: dt.date) -> tuple[str, dict[str, Any]]:
    """Return subject and context of one mail about one or several deadlines, by day."""
    ordered = sorted(items, key=lambda i: (i.due_on, i.title, i.kind))
    said = ordered[0].subject if len(ordered) == 1 else digest_subject(ordered, on)
    piles = [
        {"day": show_date(day), "left": days_left(day, on), "items": list(together)}
        for day, together in groupby(ordered, key=lambda i: i.due_on)
    ]
    context = {
        "items": ordered,
        "piles": piles,
        "is_digest": len(ordered) > 1,
        "is_escalated": any(i.is_escalated for i in ordered),
        "reference": ordered[0].reference,
    }
    return said, context
