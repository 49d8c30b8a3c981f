"""What an alert says: its subject, and what its templates need, in the reader's language."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _t

from agreements.explain import explain, is_end_decided
from agreements.models import Deadline
from agreements.sentences import days_left
from civil.display import show_date, show_short


def subject(deadline: Deadline, on: dt.date) -> str:
    """Return one line that says agreement, what and when.

    For instance "PARS–ICE ends on August 31: 90 days left".

    Line breaks in a name become spaces: they must not reach a mail's header.
    """
    same_year = deadline.due_on.year == on.year
    what = {
        "label": deadline.agreement.label,
        "day": show_short(deadline.due_on) if same_year else show_date(deadline.due_on),
        "left": days_left(deadline.due_on, on),
        "name": deadline.get_kind_display(),
    }
    return " ".join((_pattern(deadline, on) % what).split())


def _pattern(deadline: Deadline, on: dt.date) -> str:
    match deadline.kind:
        case Deadline.Kind.EXPIRY if is_end_decided(deadline, on):
            return _t("%(label)s ends on %(day)s as decided: %(left)s")
        case Deadline.Kind.EXPIRY if deadline.basis.get("automatic"):
            return _t("%(label)s renews by itself after %(day)s: %(left)s")
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


def context(deadline: Deadline, on: dt.date, lead: int) -> dict[str, Any]:
    """Return what the mail's templates show."""
    threshold = deadline.due_on - dt.timedelta(days=lead)
    return {
        "agreement": deadline.agreement.title,
        "reference": deadline.agreement.reference,
        "what": deadline.get_kind_display(),
        "due_on": show_date(deadline.due_on),
        "left": days_left(deadline.due_on, on),
        "explanation": explain(deadline, on),
        "late_since": show_date(threshold) if threshold < on else "",
        "link": settings.BASE_URL + deadline.agreement.get_absolute_url(),
    }
