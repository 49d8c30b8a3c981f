"""What the register says in sentences, from recorded facts only, in the reader's language."""

import datetime as dt
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from agreements.facts import Facts
from agreements.models import Access, Term
from agreements.renewals import ending_decision, over_from
from agreements.status import Code, Status
from civil.display import show_date, show_partial

SYMBOLS = {"USD": "$"}


def money(amount: Decimal, currency: str) -> str:
    """Return an amount with its currency: "$5,600", "$5,600.50", "5,600 EUR"."""
    places = 0 if amount == amount.to_integral_value() else 2
    figure = number_format(amount, decimal_pos=places, use_l10n=True, force_grouping=True)
    symbol = SYMBOLS.get(currency)
    return f"{symbol}{figure}" if symbol else f"{figure} {currency}"


def fee(amount: Decimal, currency: str, per_months: int | None) -> str:
    """Return a license fee with what it is for: "$5,600 for two years", "$5,500 a year"."""
    what = {"amount": money(amount, currency), "months": per_months}
    if per_months is None:
        return _t("%(amount)s for the term") % what
    if per_months == 12:
        return _t("%(amount)s a year") % what
    if per_months == 1:
        return _t("%(amount)s a month") % what
    if per_months == 24:
        return _t("%(amount)s for two years") % what
    return _t("%(amount)s for %(months)s months") % what


def notice_clause(term: Term | None) -> str:
    """Return the notice rule of a term in words; "not recorded" where there is none."""
    if term is None or term.notice_length is None:
        return _t("not recorded")
    if term.notice_unit == "months":
        return ngettext("%(n)s month", "%(n)s months", term.notice_length) % {
            "n": term.notice_length
        }
    if term.notice_day_kind == "business":
        text = ngettext("%(n)s business day", "%(n)s business days", term.notice_length)
    else:
        text = ngettext("%(n)s day", "%(n)s days", term.notice_length)
    return text % {"n": term.notice_length}


def status_sentence(then: Facts, status: Status) -> str:
    """Say where an agreement stands on a day. ``then`` are the facts of that day."""
    term = status.term
    end = show_partial(term.ends_on) if term and term.ends_on else ""
    if status.code == Code.IN_FORCE and term and status.is_past_end:
        return " ".join([_t("In force."), *status.reasons])
    match status.code:
        case Code.IN_FORCE | Code.RENEWING | Code.SUSPENDED | Code.ENDING if term and end:
            opening = {
                Code.IN_FORCE: _t("In force until %(end)s."),
                Code.RENEWING: _t("In force until %(end)s; it renews by itself."),
                Code.SUSPENDED: _t("Suspended; its term runs until %(end)s."),
                Code.ENDING: _ending_words(then, term),
            }[Code(status.code)] % {"end": end}
            return " ".join([opening, *_open_points(then, term)])
        case Code.IN_FORCE | Code.RENEWING | Code.SUSPENDED | Code.ENDING if term:
            opening = {
                Code.IN_FORCE: _t("In force."),
                Code.RENEWING: _t("In force; it renews by itself."),
                Code.SUSPENDED: _t("Suspended."),
                Code.ENDING: _t("In force, to be terminated."),
            }[Code(status.code)]
            ending = _t("It has no end by its terms.")
            if term.end_kind != Term.EndKind.NONE:
                ending = _t("End: not recorded.")
            return " ".join([opening, ending, *_open_points(then, term)])
        case Code.NOT_RENEWED:
            return _t("Ended %(end)s, not renewed.") % {"end": end}
        case Code.TERMINATED:
            return status.reasons[0]
        case Code.LAPSED:
            return _t("Lapsed.") + " " + status.reasons[0]
        case Code.HOLDOVER:
            return _t("Held over since %(end)s, until renewed or ended.") % {"end": end}
        case Code.UNKNOWN:
            return _t(
                "Not known: no recorded term covers this day, but sources say that it went on."
            )
        case Code.REPLACED | Code.UPCOMING:
            return status.reasons[0]
    return _t("Draft.") + " " + " ".join(status.reasons)


def _ending_words(then: Facts, term: Term) -> str:
    """Say until when an agreement is in force whose end is decided; ``%(end)s`` may stand in it."""
    ending = ending_decision(then, term)
    if ending is not None and ending.outcome == ending.Outcome.TERMINATE:
        over = over_from(ending)
        if over is not None and over > dt.date.min:
            last = show_date(over - dt.timedelta(days=1))
            return _t("In force until %(day)s, then terminated.") % {"day": last}
    return _t("In force until %(end)s, not to be renewed.")


def _open_points(then: Facts, term: Term) -> list[str]:
    """What stands open before the end of a term: notice, decision, votes."""
    said = []
    given = [n for n in then.notices_of(term.pk) if n.sent_on]
    if given:
        said.append(_t("Notice given %(day)s.") % {"day": show_partial(given[0].sent_on)})
    else:
        said.append(_t("Notice clause: %(clause)s.") % {"clause": notice_clause(term)})
    decisions = then.decisions_of(term)
    if decisions:
        last = decisions[-1]
        day = last.decided_on or last.announced_on
        what = {"outcome": last.get_outcome_display(), "day": show_partial(day)}
        if last.decided_on:
            said.append(_t("Decided %(day)s: %(outcome)s.") % what)
        elif day:
            said.append(_t("Announced %(day)s: %(outcome)s.") % what)
        else:
            said.append(_t("Decided: %(outcome)s; day not recorded.") % what)
    elif then.votes_of(term):
        said.append(_t("No decision recorded."))
    else:
        said.append(_t("No decision and no vote recorded."))
    return said


def access_sentence(access: Access | None, status: Status) -> str:
    """Say whether data flows, apart from the agreement's status."""
    if access is None or access.state == Access.State.NOT_RECORDED:
        said = _t("Access: not recorded.")
        return said if not status_is_over(status) else _t("Access not confirmed off.")
    if access.state == Access.State.OFF:
        if access.confirmed_on:
            return _t("Access off, confirmed %(day)s.") % {"day": show_partial(access.confirmed_on)}
        return _t("Access said to be off, not confirmed.")
    if access.state == Access.State.SUSPENDED:
        return _t("Access suspended.")
    if status_is_over(status):
        return _t("Access not confirmed off.")
    if access.confirmed_on:
        day = show_partial(access.confirmed_on)
        return _t("Access: on, last confirmed %(day)s.") % {"day": day}
    return _t("Access: on.")


def status_is_over(status: Status) -> bool:
    """Whether the agreement has ended by its status."""
    return status.code in {Code.NOT_RENEWED, Code.LAPSED, Code.TERMINATED, Code.REPLACED}


def is_access_alarm(access: Access | None, status: Status) -> bool:
    """Whether access is not confirmed off although the agreement has ended."""
    if not status_is_over(status):
        return False
    return access is None or access.state != Access.State.OFF or access.confirmed_on is None


def days_left(due_on: dt.date, on: dt.date) -> str:
    """Say how many days are left until a day, or how many ago it was."""
    days = (due_on - on).days
    if days == 0:
        return _t("today")
    if days < 0:
        return ngettext("%(n)s day ago", "%(n)s days ago", -days) % {"n": -days}
    return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}


def as_of(on: dt.date) -> str:
    """Return "as of June 15, 2018"."""
    return _t("as of %(day)s") % {"day": show_date(on)}
