"""What changed between two views of a record: the facts of each in lines, and their difference.

    found = changes.between(view_then, view_now)

Lines hold what the views hold, in the language that was active when they were built; both views
are built in the same one. What depends on the passing of days alone (days left, what is overdue)
is no line: a brief does not grow old by lying on a desk.
"""

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from agreements.public import AgreementView, EntryView, PartyView
from agreements.public.views import ClaimView, ConcernView, TermView
from civil.display import show_date, show_partial

ENTRY = "entry"
"""The kind of a line that is an entry of the timeline, or evidence."""

Lines = dict[tuple[str, ...], tuple[str, str]]
"""Label and value by a key that stays the same while the value changes."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact before and after; an empty text where nothing stood."""

    label: str
    before: str
    after: str
    kind: str = ""


def between(then: AgreementView, now: AgreementView) -> tuple[Difference, ...]:
    """Return what differs, in the order in which a brief tells it: new, changed, gone."""
    before, after = lines(then), lines(now)
    found = []
    for key in [*after, *(k for k in before if k not in after)]:
        was, is_now = before.get(key), after.get(key)
        label = (is_now or was or ("", ""))[0]
        old, new = was[1] if was else "", is_now[1] if is_now else ""
        if old != new:
            found.append(Difference(label, old, new, key[0]))
    return tuple(found)


def lines(view: AgreementView) -> Lines:
    """Return the facts of a view, each in a line."""
    found: Lines = {
        ("status",): (_t("Status"), view.status_label),
        ("access",): (_t("Access"), view.access_sentence),
        ("name",): (_t("Name"), view.title),
        ("kind",): (_t("Kind"), view.kind_label),
        ("provider",): (_t("Gives"), _names(view.providers)),
        ("recipient",): (_t("Gets"), _names(view.recipients)),
        ("decider",): (_t("Deciding parties"), _names(view.deciders)),
        ("system",): (_t("System"), view.system),
        ("method",): (_t("Access method"), view.access_method),
        ("rule",): (_t("Rule for renewing"), view.rule),
        ("notice rule",): (_t("Notice clause"), view.notice_rule or ""),
    }
    for label, value in view.facts:
        found["fact", label] = (capfirst(label), value)
    for term in view.terms:
        _add_term(found, term)
    for element in view.elements:
        until = show_partial(element.removed_on) if element.removed_on else ""
        since = show_partial(element.added_on) if element.added_on else _t("first term")
        value = f"{_t('since')} {since}" + (f", {_t('not shared since')} {until}" if until else "")
        label = _t("Shared: %(name)s") % {"name": element.name}
        found["element", element.name] = (label, value)
    for concern in view.concerns:
        found["concern", concern.title] = (
            _t("Concern: %(name)s") % {"name": concern.title},
            _answer(concern),
        )
    for duty in view.obligations:
        done = _t("done %(day)s") % {"day": show_partial(duty.done_on)} if duty.done_on else ""
        due = _t("due %(day)s") % {"day": show_date(duty.due_on)} if duty.due_on else ""
        found["duty", duty.text] = (capfirst(duty.text), done or due or _t("no day recorded"))
    for entry in view.timeline:
        if entry.kind != "decision":
            _add_entry(found, entry)
    for entry in view.evidence:
        _add_entry(found, entry)
    _add_deadlines(found, view)
    for conflict in view.conflicts:
        label = _t("Sources disagree: %(fact)s") % {"fact": conflict.label}
        found["conflict", conflict.record, conflict.label] = (label, _claims(conflict.claims))
    return found


def _names(parties: tuple[PartyView, ...]) -> str:
    return ", ".join(p.name for p in parties)


def _add_term(found: Lines, term: TermView) -> None:
    """Add a term's days, fee, decisions and votes."""
    number, key = {"n": term.number}, str(term.number)
    end = _t("no end by its terms") if term.end_kind == "none" else show_partial(term.ends_on)
    days = f"{show_partial(term.starts_on)} – {end}"
    days += f", {_t('proposed, not executed')}" if term.is_proposed else ""
    found["term", key] = (_t("Term %(n)s") % number, days)
    if term.fees:
        label = _t("Term %(n)s: license fee") % number
        found["fee", key] = (label, _claims(term.fees))
    for decision in term.decisions:
        day = show_partial(decision.decided_on or decision.announced_on)
        label = _t("Term %(n)s: decision") % number
        found["decision", key, decision.outcome] = (label, f"{capfirst(decision.label)}, {day}")
    for vote in term.votes:
        label = _t("Term %(n)s: vote of %(party)s") % (number | {"party": vote.party})
        words = [vote.label, vote.intention_label]
        words += [show_partial(vote.voted_on)] if vote.voted_on else []
        found["vote", key, vote.party] = (label, capfirst(", ".join(w for w in words if w)))


def _claims(claims: tuple[ClaimView, ...]) -> str:
    """Return the values that sources give, the one that is followed first and marked."""
    ranked = sorted(claims, key=lambda claim: not claim.is_followed)
    if len(ranked) == 1:
        return ranked[0].shown
    followed = f" ({_t('followed')})"
    return "; ".join(c.shown + (followed if c.is_followed else "") for c in ranked)


def _answer(concern: ConcernView) -> str:
    if concern.is_answered:
        day = f" {show_partial(concern.answered_on)}" if concern.answered_on else ""
        return _t("answered") + day
    return _t("never answered, a source says") if concern.never_answered else _t("unanswered")


def _add_entry(found: Lines, entry: EntryView) -> None:
    """Add an entry by what it says; its day is its value."""
    day = show_partial(entry.when) if entry.when else _t("undated")
    text = (
        f"{entry.detail}: {entry.text}" if entry.kind == "figure" and entry.detail else entry.text
    )
    found[ENTRY, entry.kind, text] = (capfirst(text.rstrip(".")), day)


def _add_deadlines(found: Lines, view: AgreementView) -> None:
    """Add the open deadlines, a line for each kind."""
    by_kind: dict[str, list[str]] = {}
    labels = {d.kind: d.label for d in view.deadlines}
    for deadline in view.open_deadlines:
        by_kind.setdefault(deadline.kind, []).append(show_date(deadline.due_on))
    for kind, label in labels.items():
        days = "; ".join(by_kind.get(kind, ()))
        found["deadline", kind] = (_t("Deadline: %(what)s") % {"what": label}, days)
