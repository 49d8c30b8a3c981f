"""The question of a brief: what is to be decided, the options, and what Council can do.

All is computed from the rule, the terms and the deadlines that are recorded; what these do not
give is said to be not recorded. The rules are those of status, deadlines and votes: a renewing
decision proposes a term, which holds once it is signed; a decision not to renew is final when
renewing can no longer meet the rule, when an authorized officer gave notice, or at the end.
"""

import datetime as dt
from collections.abc import Callable
from enum import Enum, auto

from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from agreements.public import AgreementView, DeadlineView
from agreements.public.views import ConflictView, DecisionView
from civil.display import show_date, show_partial
from reports.briefs.parts import (
    Phrase,
    Question,
    Section,
    Text,
    compose,
    joined,
    missing,
    soft,
    strong,
)

Said = Callable[..., Phrase]
"""Makes a phrase of the record's own words, in the language they are in."""


PAST_DECIDING = {"decide_by", "notice", "expiry"}
"""Deadlines that say nothing more once the term has ended."""


class Case(Enum):
    """What there is to decide on the day that is shown."""

    OPEN = auto()
    AUTOMATIC = auto()
    RENEWING = auto()
    WENT_ON = auto()
    HELD_OVER = auto()
    TO_END = auto()
    RENEWED = auto()
    OVER = auto()
    NOT_BEGUN = auto()
    NO_END = auto()
    END_MISSING = auto()
    NOT_RENEWABLE = auto()
    UNKNOWN = auto()


def case_of(view: AgreementView) -> Case:
    """Tell which case an agreement is on its day."""
    term, decision = view.term, standing_decision(view)
    if view.is_over:
        return Case.OVER
    if view.status in {"draft", "upcoming"}:
        return Case.NOT_BEGUN
    if term is None or view.status == "unknown":
        return Case.UNKNOWN
    if decision:
        ends = decision.outcome in {"do_not_renew", "terminate"}
        return Case.TO_END if ends else Case.RENEWED
    if view.status == "ending":  # notice was given
        return Case.TO_END
    if view.status == "holdover":
        return Case.HELD_OVER
    if term.renewal_kind == "automatic" and term.ends_on and term.ends_on.last < view.on:
        return Case.WENT_ON
    if term.ends_on is None:
        return Case.NO_END if term.end_kind == "none" else Case.END_MISSING
    if view.status == "renewing":
        return Case.RENEWING
    kinds = {"automatic": Case.AUTOMATIC, "none": Case.NOT_RENEWABLE}
    return kinds.get(term.renewal_kind, Case.OPEN)


def is_undecided(view: AgreementView) -> bool:
    """Tell whether something is to be decided, and nothing is."""
    return case_of(view) in {Case.OPEN, Case.AUTOMATIC, Case.HELD_OVER} and not view.decisions


def standing_decision(view: AgreementView) -> DecisionView | None:
    """Return the latest decision on the current term's end; suspending decides no end."""
    return next((d for d in reversed(view.decisions) if d.outcome != "suspend"), None)


def open_deadline(view: AgreementView, *kinds: str) -> DeadlineView | None:
    """Return the earliest open deadline of some kinds, or of any."""
    return next((d for d in view.open_deadlines if not kinds or d.kind in kinds), None)


def rule_conflict(view: AgreementView) -> ConflictView | None:
    """Return what sources say of the rule, where they disagree."""
    return next((c for c in view.conflicts if c.field == "decision_rule"), None)


def end_day(view: AgreementView) -> str:
    """Return the current term's last day as people read it."""
    return show_partial(view.last_day)


def last_day_for_notice(view: AgreementView) -> DeadlineView | None:
    """Return the latest deadline for notice, though it may have passed."""
    return next((d for d in reversed(view.deadlines) if d.kind == "notice"), None)


def next_day(view: AgreementView) -> dt.date | None:
    """Return the day after the current term's last day, where that is an exact one."""
    ends_on = view.last_day
    if ends_on is None or not ends_on.is_exact or ends_on.last == dt.date.max:
        return None
    return ends_on.last + dt.timedelta(days=1)


# ── The question ───────────────────────────────────────────────────────────────


def question(view: AgreementView, said: Said) -> Question:
    """Return the question, or say plainly why there is none, with by when and by whom."""
    case = case_of(view)
    template = _not_begun(view) if case is Case.NOT_BEGUN else _sentence(case)
    if case is Case.RENEWED and view.last_day and view.last_day.last < view.on:
        template = _t("To do: have the next term of %(what)s signed. Its term ended on %(end)s.")
    if view.last_day and not view.last_day.is_exact:
        template = template.replace(" on %(end)s", " in %(end)s")  # in English; "in August 2018"
    days = {"end": end_day(view), "on": show_date(view.on)}
    text = compose(template, what=said(view.label), **days)
    if case in {Case.TO_END, Case.RENEWED} and (decided := _decided(view)):
        text = (*decided, Phrase(" "), *text)
    answers = [_by_when(view, case)]
    if case is Case.UNKNOWN and view.reasons[1:]:
        answers.append((_t("Sources say"), joined([said(r) for r in view.reasons[1:]], " ")))
    if case in {Case.TO_END, Case.RENEWED, Case.OVER}:
        answers += _reasons(view, said)
    else:
        answers.append((_t("By whom"), _by_whom(view, said)))
    tone = "warning" if case in {Case.UNKNOWN, Case.END_MISSING} else "accent"
    return Question(text, tuple(answers), "alarm" if view.access_alarm else tone)


def _sentence(case: Case) -> str:
    return {
        Case.OPEN: _t("To decide: whether to renew %(what)s when its term ends on %(end)s."),
        Case.AUTOMATIC: _t(
            "To decide: whether to give notice. Without it %(what)s renews by itself after %(end)s."
        ),
        Case.RENEWING: _t(
            "It is too late to give notice in time: %(what)s renews by itself after %(end)s."
        ),
        Case.WENT_ON: _t(
            "%(what)s renewed by itself after %(end)s; its next term is not recorded yet."
        ),
        Case.HELD_OVER: _t(
            "To decide: whether to renew or to end %(what)s. Its term ended on %(end)s; by its "
            "text it goes on until that is decided."
        ),
        Case.TO_END: _t("%(what)s ends on %(end)s."),
        Case.RENEWED: _t("To do: have the next term of %(what)s signed. Its term ends on %(end)s."),
        Case.OVER: _t("Nothing is left to decide: %(what)s has ended."),
        Case.NO_END: _t("No renewal is to be decided: by its terms %(what)s has no end."),
        Case.END_MISSING: _t(
            "When a renewal of %(what)s is to be decided is not known: its end is not recorded."
        ),
        Case.NOT_RENEWABLE: _t(
            "No renewal is to be decided: %(what)s ends on %(end)s and is not to be renewed."
        ),
        Case.UNKNOWN: _t(
            "What is to be decided on %(what)s, and by when, is not known: no recorded term covers "
            "%(on)s."
        ),
    }[case]


def _not_begun(view: AgreementView) -> str:
    if view.status == "draft":
        return _t("Nothing is to be decided yet: no term of %(what)s is in force.")
    if view.begins_on and view.begins_on.first <= view.on:
        return _t(
            "Nothing is to be decided yet: the day on which %(what)s begins is not recorded, and "
            "may have passed."
        )
    return _t("Nothing is to be decided yet: %(what)s has not begun.")


def _decided(view: AgreementView) -> Text:
    """Say what was decided, and when."""
    decision = standing_decision(view)
    if decision is None:
        return ()
    what = Phrase(decision.label, decision.refs)
    if decision.decided_on:
        template = _t("Decided %(day)s: %(what)s.")
    elif decision.announced_on:
        template = _t("Decided: %(what)s, announced %(day)s.")
    else:
        template = _t("Decided: %(what)s; the day is not recorded.")
    day = show_partial(decision.decided_on or decision.announced_on)
    return compose(template, what=what, day=day)


def _by_when(view: AgreementView, case: Case) -> tuple[str, Text]:
    """Return the next date that matters, with where it comes from."""
    if case in {Case.OPEN, Case.AUTOMATIC, Case.HELD_OVER}:
        deadline = open_deadline(view, "decide_by") or open_deadline(view, "notice")
        notice = open_deadline(view, "notice")
        found = _dated(deadline) if deadline else (missing(), Phrase("."))
        if notice and notice is not deadline:
            words = {"what": notice.label, "day": show_date(notice.due_on)}
            found = (*found, Phrase(" " + _t("%(what)s: %(day)s.") % words))
        return _t("By when"), found
    if case is Case.RENEWING and (notice := last_day_for_notice(view)):
        text = _t("its last day was %(day)s.") % {"day": show_date(notice.due_on)}
        return _t("Notice"), (Phrase(text),)
    if case is Case.RENEWED:
        deadline = open_deadline(view, "signature")
        return _t("By when"), _dated(deadline) if deadline else (missing(),)
    deadline = open_deadline(view)
    if case in {Case.OVER, Case.WENT_ON}:
        left = (d for d in view.open_deadlines if d.kind not in PAST_DECIDING)
        deadline = next(left, None)
    if deadline is None:
        return _t("Next"), (soft(_t("No deadline stands open.")),)
    is_overdue = deadline.due_on < view.on and not deadline.is_unknown
    label = _t("%(what)s, overdue") if is_overdue else "%(what)s"
    return label % {"what": deadline.label}, _dated(deadline)


def _dated(deadline: DeadlineView) -> Text:
    return compose(
        _t("%(day)s: %(left)s. %(why)s."),
        day=strong(show_date(deadline.due_on)),
        left=deadline.left,
        why=deadline.explanation,
    )


def _by_whom(view: AgreementView, said: Said) -> Text:
    names = joined([said(p.name) for p in view.deciders], ", ") or (missing(),)
    if not view.rule:
        return (*names, Phrase(". " + _t("The rule for renewing is not recorded.")))
    rule = Phrase(view.rule, view.rule_refs)
    return compose(_t("%(names)s; %(rule)s."), names=names, rule=rule)


def _reasons(view: AgreementView, said: Said) -> list[tuple[str, Text]]:
    """Return rationale and conditions of the decisions on the current term, and notice given."""
    found: list[tuple[str, Text]] = []
    for decision in view.decisions:
        for label, words in (
            (_t("Reasons"), decision.rationale),
            (_t("Conditions"), decision.conditions),
        ):
            if words:
                found.append((label, (said(words.rstrip("."), decision.refs), Phrase("."))))
    for notice in view.notices:
        parts = [Phrase(capfirst(notice.purpose), notice.refs)]
        parts += [said(word) for word in (notice.by, notice.method) if word]
        parts.append(Phrase(_t("sent %(day)s") % {"day": show_partial(notice.sent_on)}))
        if notice.received_on:
            received = _t("received %(day)s") % {"day": show_partial(notice.received_on)}
            parts.append(Phrase(received))
        found.append((_t("Notice given"), (*joined(parts, ", "), Phrase("."))))
    return found


# ── Options ────────────────────────────────────────────────────────────────────


def options(view: AgreementView, said: Said) -> Section:
    """Return what can be decided, what each takes and what follows; what is to be done, if not."""
    case = case_of(view)
    if case in {Case.OPEN, Case.AUTOMATIC, Case.RENEWING, Case.HELD_OVER}:
        heads = (_t("Option"), _t("What it takes"), _t("What follows"))
        return Section(_t("Options"), heads=heads, rows=_options(view, case))
    if case in {Case.TO_END, Case.OVER} or view.obligations:
        return _to_be_done(view, said)
    computed = _t("None can be computed: they follow from the end of a recorded term.")
    text = {
        Case.RENEWED: _t("Decided. The next term is in force only once it is signed."),
        Case.WENT_ON: _t("None can be computed before its next term is recorded."),
        Case.NOT_BEGUN: _t("None before its first term begins."),
        Case.NO_END: _t("None falls due: by its terms it has no end."),
        Case.NOT_RENEWABLE: _t("None: by its terms it ends and is not to be renewed."),
    }.get(case, computed)
    return Section(_t("Options"), lead=((soft(text),),))


def _options(view: AgreementView, case: Case) -> tuple[tuple[Text, ...], ...]:
    after = next_day(view)
    following = show_date(after) if after else _t("the day after its end")
    days = {"end": end_day(view), "next": following}
    renewing, refusing = _takes(view)
    follows = compose(_t("A next term from %(next)s, once it is signed"), **days)
    off = compose(_t("Ends %(end)s; access to be off on %(next)s"), **days)
    amended, changes = _t("The same, and an amendment"), _t("The same, as the amendment says")
    lapses: Text = ()
    if case in {Case.AUTOMATIC, Case.RENEWING}:
        renewing = (Phrase(_t("Nothing: it renews by itself")),)
        follows = compose(_t("A next term from %(next)s"), **days)
        refusing = (Phrase(_t("Notice in time by an authorized officer")),)
    if case is Case.RENEWING:
        refusing = (Phrase(_t("Notice, which would be late")),)
        off = (Phrase(_t("What late notice would do is not recorded")),)
    elif case is Case.HELD_OVER:
        follows = (Phrase(_t("A next term, once it is signed")),)
        off = (Phrase(_t("Ends when that is decided; access to be off on the day after")),)
        lapses = (Phrase(_t("Goes on, by its text, until that is decided")),)
    elif case is Case.OPEN:
        lapses = compose(_t("Lapses: ends %(end)s with nothing decided"), **days)
    none = (((strong(_t("No decision")),), (Phrase(_t("Nothing")),), lapses),) if lapses else ()
    return (
        ((strong(_t("Renew")),), renewing, follows),
        ((strong(_t("Renew with changes")),), (Phrase(amended),), (Phrase(changes),)),
        ((strong(_t("Do not renew")),), refusing, off),
        *none,
    )


def _takes(view: AgreementView) -> tuple[Text, Text]:
    """Return what renewing takes, and what refusing it takes, by the recorded rule."""
    needed, count, refs = view.votes_needed, len(view.deciders), view.rule_refs
    if not needed or not count:
        rule = Phrase(view.rule, refs) if view.rule else missing()
        is_past = case_of(view) is Case.HELD_OVER
        refusing = _t("Notice") if is_past else _t("Notice, or the term’s end")
        return (rule,), (Phrase(refusing),)
    words = {"needed": needed, "of": count, "against": max(count - needed + 1, 1)}
    renewing = _t("%(needed)s of %(of)s deciding parties for it") % words
    refusing = _t("%(against)s of %(of)s not for renewing, or notice") % words
    return (Phrase(renewing, refs),), (Phrase(refusing, refs),)


def _to_be_done(view: AgreementView, said: Said) -> Section:
    """Return the duties that follow from the end, each with its day."""
    rows: list[tuple[Text, ...]] = []
    for duty in view.obligations:
        due = (Phrase(show_date(duty.due_on)),) if duty.due_on else (missing(),)
        done: Text = (missing(),)
        if duty.done_on:
            done = (Phrase(show_partial(duty.done_on)),)
            done += (Phrase(". "), said(duty.evidence)) if duty.evidence else ()
        rows.append(((Phrase(capfirst(duty.text)),), due, done))
    lead = () if rows else ((soft(_t("No duty is recorded.")),),)
    heads = (_t("What"), _t("Due"), _t("Done"))
    title = _t("What is still to be done") if case_of(view) is Case.OVER else _t("What follows")
    return Section(title, lead=lead, heads=heads if rows else (), rows=tuple(rows))


# ── Council ────────────────────────────────────────────────────────────────────


def council(view: AgreementView, said: Said) -> Section:
    """Return Council's recorded resolutions, whether they bind, and its last session in time."""
    resolutions = [e for e in view.timeline if e.kind == "resolution"]
    unknown = _t("effect not recorded")
    items = tuple(
        compose(
            "%(what)s %(effect)s",
            what=said(e.text.rstrip("."), e.refs),
            effect=soft(f"({e.detail or unknown})"),
        )
        for e in resolutions
    )
    text = ngettext("%(n)s resolution recorded.", "%(n)s resolutions recorded.", len(items))
    lead = text % {"n": len(items)} if items else _t("No resolution of Council is recorded.")
    return Section(
        _t("What Council can do"), ((Phrase(lead), Phrase(" "), *_last_session(view)),), items=items
    )


def _last_session(view: AgreementView) -> Text:
    deadline = open_deadline(view, "decide_by") or open_deadline(view, "notice", "expiry")
    before = deadline.due_on if deadline and deadline.due_on >= view.on else None
    held = [e.when for e in view.timeline if e.kind == "council_session" and e.when]
    held = [when for when in held if before is None or when.last < before]
    last = max(held, key=lambda when: when.last, default=None)
    day = Phrase(show_partial(last)) if last else soft(_t("not recorded"))
    if before is None:
        return compose(_t("Last session: %(day)s."), day=day)
    return compose(
        _t("Last session before %(before)s: %(day)s."), before=show_date(before), day=day
    )
