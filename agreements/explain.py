"""Deadlines in words: what each comes from, as of a day, in the reader's language."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from agreements.deadlines import Kind, Row
from agreements.models import Deadline, Decision, Obligation
from civil.display import show_date


def is_end_decided(row: Row | Deadline, on: dt.date) -> bool:
    """Whether, on a day, the end that this deadline marks is decided."""
    since = row.basis.get("decided_from")
    return since is not None and dt.date.fromisoformat(since) <= on


def is_followed_by_unknown(row: Row | Deadline, on: dt.date) -> bool:
    """Whether a deadline hangs on an end that has passed, while sources say that it went on.

    What was decided is not recorded then: nothing lapsed, and nobody was late.
    """
    return bool(row.basis.get("went_on")) and dt.date.fromisoformat(row.basis["end"]) < on


def explain(row: Row | Deadline, on: dt.date) -> str:
    """Say in a sentence where a deadline comes from, as of a day, in the reader's language."""
    said = _EXPLAIN[Kind(row.kind)](row, row.basis, on)
    if is_followed_by_unknown(row, on):
        said += _t("; sources say that it went on, what was decided is not recorded")
    return said


def _day(text: str) -> str:
    return show_date(dt.date.fromisoformat(text))


def _explain_decide_by(row: Any, basis: dict[str, Any], on: dt.date) -> str:
    if basis["notice"]:
        text = ngettext(
            "%(days)s day before the last day to give notice, %(day)s",
            "%(days)s days before the last day to give notice, %(day)s",
            basis["days"],
        )
        return text % {"days": basis["days"], "day": _day(basis["notice"])}
    text = ngettext(
        "%(days)s day before the term's last day, %(day)s",
        "%(days)s days before the term's last day, %(day)s",
        basis["days"],
    )
    return text % {"days": basis["days"], "day": _day(basis["end"])}


def _explain_notice(row: Any, basis: dict[str, Any], on: dt.date) -> str:
    end = dt.date.fromisoformat(basis["end"])
    if basis["counted_from"] == "start_of_next" and end < dt.date.max:
        text = _t("%(length)s before the day after the term's last day, %(day)s")
        end += dt.timedelta(days=1)
    else:
        text = _t("%(length)s before the term's last day, %(day)s")
    said = text % {"length": _length(basis), "day": show_date(end)}
    if "receipt" in basis["cautious"]:
        said += _t("; notice must arrive by this day")
    if set(basis["cautious"]) - {"receipt"}:
        said += _t("; the clause is unclear, so this is the earliest day it can mean")
    return said


def _length(basis: dict[str, Any]) -> str:
    """The length of a notice: "30 days", "10 clear business days", "6 months"."""
    n = basis["length"]
    is_clear, is_business = basis["counting"] == "clear", basis["day_kind"] == "business"
    if basis["unit"] == "months":
        text = ngettext("%(n)s month", "%(n)s months", n)
        if is_clear:
            text = ngettext("%(n)s clear month", "%(n)s clear months", n)
    elif is_clear and is_business:
        text = ngettext("%(n)s clear business day", "%(n)s clear business days", n)
    elif is_clear:
        text = ngettext("%(n)s clear day", "%(n)s clear days", n)
    elif is_business:
        text = ngettext("%(n)s business day", "%(n)s business days", n)
    else:
        text = ngettext("%(n)s day", "%(n)s days", n)
    return text % {"n": n}


def _explain_expiry(row: Any, basis: dict[str, Any], on: dt.date) -> str:
    if is_end_decided(row, on):
        if basis["outcome"] == Decision.Outcome.TERMINATE:
            return _t("The term's last day; its termination is decided")
        return _t("The term's last day; it ends as decided")
    if basis.get("automatic"):
        return _t("The term's last day; it renews by itself unless notice is given")
    return _t("The term's last day")


def _explain_signature(row: Any, basis: dict[str, Any], on: dt.date) -> str:
    if basis["own_date"] or not basis["start"]:
        return _t("The day by which term %(number)s is to be signed") % {"number": basis["term"]}
    return _t("The day before term %(number)s would begin") % {"number": basis["term"]}


def _explain_review(row: Any, basis: dict[str, Any], on: dt.date) -> str:
    if "months" not in basis:
        return _t("The day set for the review")
    months = basis["months"]
    if basis["first"]:
        text = ngettext(
            "%(months)s month after the first term began on %(day)s",
            "%(months)s months after the first term began on %(day)s",
            months,
        )
    else:
        text = ngettext(
            "%(months)s month after the last review, on %(day)s",
            "%(months)s months after the last review, on %(day)s",
            months,
        )
    return text % {"months": months, "day": _day(basis["since"])}


def _explain_duty(row: Any, basis: dict[str, Any], on: dt.date) -> str:
    if "incident" in basis:
        if basis["notify"]:
            text = _t("The day by which %(party)s is to be notified: %(incident)s")
        else:
            text = _t("The day by which the incident is to be notified: %(incident)s")
        return text % {"party": basis["notify"], "incident": basis["incident"]}
    if basis["what"] == Obligation.Kind.ACCESS_OFF:
        return _t("The day after the last day in force: access is to be off, and confirmed so")
    return str(basis["text"] or Obligation.Kind(basis["what"]).label)


def _explain_payment(row: Any, basis: dict[str, Any], on: dt.date) -> str:
    return _t("The day on which this part of the license fee is due")


def _explain_answer(row: Any, basis: dict[str, Any], on: dt.date) -> str:
    return _t("The day by which an answer is due: %(concern)s") % {"concern": basis["concern"]}


_EXPLAIN = {
    Kind.DECIDE_BY: _explain_decide_by,
    Kind.NOTICE: _explain_notice,
    Kind.EXPIRY: _explain_expiry,
    Kind.SIGNATURE: _explain_signature,
    Kind.REVIEW: _explain_review,
    Kind.OBLIGATION: _explain_duty,
    Kind.CONFIRMATION: _explain_duty,
    Kind.PAYMENT: _explain_payment,
    Kind.ANSWER: _explain_answer,
}
