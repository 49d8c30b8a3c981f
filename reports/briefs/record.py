"""The record in sections: what is shared, money, concerns; and the evidence on page two."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from itertools import groupby

from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from agreements.public import AgreementView, ElementView, EntryView
from agreements.public.views import (
    ClaimView,
    ConcernView,
    ConflictView,
    SourceView,
    TermView,
    VoteView,
)
from civil.display import show_date, show_partial
from civil.partial import PartialDate
from reports.briefs import charts
from reports.briefs.parts import (
    Phrase,
    Section,
    Text,
    compose,
    joined,
    missing,
    numbers,
    shortened,
    soft,
    strong,
)

Said = Callable[..., Phrase]

SHARED_NOTE = 3
"""A note that so many sources have is said once, below them all."""

LONGEST_LABEL = 48
"""Characters of a record's name before the name of its disputed fact."""


# ── Page one ───────────────────────────────────────────────────────────────────


def shared(view: AgreementView, said: Said) -> Section:
    """Return the elements, those shared on the day first, the most sensitive first."""
    title = _t("What is shared, most sensitive first")
    if view.is_over:
        title = _t("What was shared, most sensitive first")
    if not view.elements:
        text = _t("Which elements are shared is not recorded.")
        if view.begins_on:
            text = _t("Nothing is shared under it before its first term begins.")
        return Section(title, ((soft(text),),))
    drawn = charts.ledger(view)
    return Section(
        title,
        heads=(_t("Element"), _t("Sensitivity"), _t("Whose"), _t("Since, until")),
        rows=tuple(_element(e, said) for e in view.elements),
        bars=tuple(_bars(row, drawn.day_at) for row in drawn.rows),
        bars_head=f"{drawn.first_year}–{drawn.last_year}",
        faded=frozenset(
            n for n, e in enumerate(view.elements) if not e.is_shared and not view.is_over
        ),
        summary=_t("Elements with their sensitivity, whose data they are, and since when"),
    )


def _bars(row: charts.LedgerRow, day_at: float) -> charts.BarRow:
    element = row.element
    words = {"name": element.name, "when": _when(element)}
    text = _t("Bar to scale: %(name)s, shared %(when)s") % words
    return charts.BarRow(row.bars, day_at, element.is_sensitive, text)


def _element(element: ElementView, said: Said) -> tuple[Text, ...]:
    whose: Text = (said(element.data_subjects),) if element.data_subjects else (missing(),)
    level = {"special": _t("Special"), "high": _t("High"), "normal": _t("Normal")}
    sensitivity = level.get(element.sensitivity)
    name = (said(element.name, element.refs),)
    level_said = Phrase(sensitivity) if sensitivity else missing()
    return name, (level_said,), whose, (Phrase(_when(element)),)


def _when(element: ElementView) -> str:
    """Say since when an element is shared, or until when it was."""
    if element.removed_on:
        return _until(element.removed_on)
    if not element.is_shared:
        return _t("to the end")
    return show_partial(element.added_on) if element.added_on else _t("first term")


def _until(removed_on: PartialDate) -> str:
    """Say until when an element was shared, from the first day on which it was not."""
    if not removed_on.is_exact or removed_on.first == dt.date.min:
        return _t("until %(day)s") % {"day": show_partial(removed_on)}
    return _t("until %(day)s") % {"day": show_date(removed_on.first - dt.timedelta(days=1))}


def fee_term(view: AgreementView) -> TermView | None:
    """Return the current term, or else the latest one with a fee."""
    return view.term or next((t for t in reversed(view.terms) if t.fees), None)


def money(view: AgreementView, said: Said, recorded: int = 0) -> Section:
    """Return what sources say of the license fee, and of what was received.

    ``recorded`` payments stand among what is withheld, in the internal edition.
    """
    term = fee_term(view)
    fees = term.fees if term else ()
    lead: list[Text] = []
    if term and not term.is_current:
        days = {"first": show_partial(term.starts_on), "last": show_partial(term.ends_on)}
        lead.append((Phrase(_t("For the term %(first)s to %(last)s:") % days),))
    if not fees:
        lead.append(compose(_t("License fee: %(fee)s."), fee=soft(_t("not recorded"))))
    items = tuple(_claim(claim, said, followed=len(fees) > 1) for claim in fees)
    closing = _received(view, recorded)
    if len(fees) > 1 and not any(f.is_followed for f in fees):
        closing = (Phrase(_t("The register follows none of them.") + " "), *closing)
    return Section(_t("Money"), tuple(lead), items=items, closing=(closing,))


def _claim(claim: ClaimView, said: Said, *, followed: bool = False) -> Text:
    text: Text = (strong(claim.shown, claim.refs),)
    if followed and claim.is_followed:
        text += (Phrase(", " + _t("followed")),)
    return (*text, Phrase(". "), said(claim.why)) if claim.why else text


def _received(view: AgreementView, recorded: int) -> Text:
    """Say what was received of what is due on a day, and for staff where all payments stand."""
    payments = [d for d in view.deadlines if d.kind == "payment"]
    received = sum(1 for p in payments if p.settled_on)
    if recorded:
        text = ngettext(
            "%(n)s payment recorded: see “Withheld from the public.”",
            "%(n)s payments recorded: see “Withheld from the public.”",
            recorded,
        )
        return (Phrase(text % {"n": recorded}),)
    if not payments:
        return compose(_t("What was received: %(what)s."), what=soft(_t("not recorded")))
    text = ngettext(
        "Of %(n)s payment due on a recorded day, %(received)s received.",
        "Of %(n)s payments due on a recorded day, %(received)s received.",
        len(payments),
    )
    return (Phrase(text % {"received": received, "n": len(payments)}),)


def open_concerns(view: AgreementView, said: Said) -> Section:
    """Return the concerns without an answer."""
    items = tuple(_concern(c, said) for c in view.open_concerns)
    answered = len(view.concerns) - len(items)
    text = ngettext(
        "%(n)s answered, see “Answered concerns.”",
        "%(n)s answered, see “Answered concerns.”",
        answered,
    )
    lead = () if items else ((soft(_t("None recorded.")),),)
    closing = ((Phrase(text % {"n": answered}),),) if answered else ()
    return Section(_t("Unanswered concerns"), lead, items=items, closing=closing)


def _concern(concern: ConcernView, said: Said) -> Text:
    """Say the concern, who raised it when, to whom, and whether an answer is due."""
    by: Text = (said(concern.raised_by),) if concern.raised_by else (missing(),)
    text: Text = (said(concern.title.rstrip("."), concern.refs, tone="strong"), Phrase(". "))
    text += (said(concern.text), Phrase(" ")) if concern.text else ()
    text += compose("%(by)s, %(day)s", by=by, day=show_partial(concern.raised_on))
    if concern.put_to:
        text += compose(_t(", to %(whom)s"), whom=said(concern.put_to))
    text += (Phrase("."),)
    if concern.never_answered:
        text += (Phrase(" " + _t("Never answered, a source says.")),)
    elif concern.answer_due_on and not concern.is_answered:
        day = show_date(concern.answer_due_on)
        text += (Phrase(" " + _t("Answer due %(day)s.") % {"day": day}),)
    return text


# ── Page two ───────────────────────────────────────────────────────────────────


def terms(view: AgreementView, said: Said) -> Section:
    """Return every recorded term with decision, votes and fee, and the gaps between them."""
    title = _t("Terms and renewal")
    texts = [said(e.text, e.refs) for e in view.evidence if e.kind == "continuation"]
    continuing: Text = joined(texts, " ")
    rows: list[tuple[Text, ...]] = []
    for term in view.terms:
        rows.append(_term(view, term, said))
        if term.gap_after:
            first, last = map(show_date, term.gap_after)
            rows.append(((Phrase(f"{first} – {last}"),), (soft(_t("No term recorded")),), (), ()))
    none = (soft(_t("No term has begun.") if view.begins_on else _t("No term is recorded.")),)
    went_on = compose(_t("It went on, sources say: %(what)s"), what=continuing)
    return Section(
        title,
        lead=() if rows else (none,),
        heads=(_t("Term"), _t("Decided"), _t("Votes"), _t("License fee")) if rows else (),
        rows=tuple(rows),
        closing=(went_on,) if continuing else (),
        summary=_t("Terms with what was decided at their ends, votes and license fees"),
    )


def _term(view: AgreementView, term: TermView, said: Said) -> tuple[Text, ...]:
    end = _t("no end by its terms") if term.end_kind == "none" else show_partial(term.ends_on)
    span: Text = (Phrase(f"{show_partial(term.starts_on)} – {end}", term.refs),)
    if term.is_proposed:
        span += (Phrase(", " + _t("proposed, not executed")),)
    decided: Text = (missing(),)
    if term.decisions:
        decided = joined(
            [_decision(d.label, d.decided_on, d.announced_on, d.refs) for d in term.decisions]
        )
    elif term.is_current and view.in_force:
        decided = (Phrase(_t("Open")),)
    fee: Text = (missing(),)
    if term.fee:
        fee = (Phrase(term.fee.shown, term.fee.refs),)
    elif term.fees:
        fee = (Phrase(_t("Sources disagree")),)
    return span, decided, _votes(view, term, said), fee


def _decision(
    label: str, decided: PartialDate | None, announced: PartialDate | None, refs: tuple[int, ...]
) -> Text:
    if decided:
        return (Phrase(f"{capfirst(label)}, {show_partial(decided)}", refs),)
    day = _t("day not recorded")
    if announced:
        day = _t("announced %(day)s") % {"day": show_partial(announced)}
    return (Phrase(f"{capfirst(label)}, {day}", refs),)


def _votes(view: AgreementView, term: TermView, said: Said) -> Text:
    """Return the votes on a term's end; on the current one also who has none recorded."""
    short = {p.name: p.short_name or p.name for p in view.deciders}
    alike: dict[str, list[Phrase]] = {}
    for vote in term.votes:
        name = short.pop(vote.party, vote.party)
        alike.setdefault(_vote(vote), []).append(said(name, vote.refs))
    others = [said(name) for name in short.values()]
    if alike and term.is_current and others:
        alike[_t("Not recorded")] = others
    found: list[Text] = [
        (Phrase(f"{capfirst(what)}: "), *joined(names, ", ")) for what, names in alike.items()
    ]
    return joined(found) or (missing(),)


def _vote(vote: VoteView) -> str:
    what = f"{vote.label}, {vote.intention_label}" if vote.intention_label else vote.label
    return f"{what}, {show_partial(vote.voted_on)}" if vote.voted_on else what


def conflicts(view: AgreementView, said: Said) -> Section:
    """Return every fact on which sources disagree: what is followed, and what else is said."""
    rows = tuple(_conflict(c, said) for c in view.conflicts)
    lead = () if rows else ((soft(_t("None recorded.")),),)
    heads = (_t("Fact"), _t("The register follows"), _t("Others say")) if rows else ()
    return Section(
        _t("Where sources disagree"),
        lead,
        heads,
        rows,
        summary=_t("Facts on which sources disagree, with the values side by side"),
    )


def _conflict(conflict: ConflictView, said: Said) -> tuple[Text, ...]:
    followed: list[Text] = []
    for claim in conflict.claims:
        if claim.is_followed:
            why: Text = (Phrase(". "), said(claim.why)) if claim.why else ()
            followed.append((_value(claim, said), *why))
    others = [_value(c, said) for c in conflict.claims if not c.is_followed]
    none: Text = (soft(_t("None of them")),)
    record, colon, fact = conflict.label.rpartition(": ")
    label = Phrase(shortened(record, LONGEST_LABEL) + colon + fact)
    return (label,), joined(followed) or none, joined(others)


def _value(claim: ClaimView, said: Said) -> Phrase:
    phrase = said if claim.is_quoted else Phrase
    return phrase(claim.shown, claim.refs)


def evidence(view: AgreementView, said: Said) -> Section:
    """Return figures and findings, each with its period; continuations stand with the terms."""
    entries = [e for e in view.evidence if e.kind != "continuation"]
    items = tuple(_finding(e, said) for e in entries)
    return Section(_t("Evidence"), () if items else ((soft(_t("None recorded.")),),), items=items)


def _finding(entry: EntryView, said: Said) -> Text:
    text: Text = ()
    if entry.detail:
        text = (said(entry.detail, tone="strong"), Phrase(": "))
    text += (said(entry.text.rstrip("."), entry.refs),)
    period = _period(entry)
    return (*text, soft(f" ({period})")) if period else text


def _period(entry: EntryView) -> str:
    if entry.when and entry.until and entry.when != entry.until:
        return f"{show_partial(entry.when)} – {show_partial(entry.until)}"
    either = entry.when or entry.until
    return show_partial(either) if either else ""


def answers(view: AgreementView, said: Said) -> Section:
    """Return the concerns that were answered, with the answer."""
    items = []
    for concern in view.concerns:
        if not concern.is_answered:
            continue
        text = _concern(concern, said)
        text += (Phrase(" "), said(concern.answer)) if concern.answer else ()
        if concern.answered_on:
            day = show_partial(concern.answered_on)
            text += (Phrase(" " + _t("Answered %(day)s.") % {"day": day}),)
        items.append(text)
    lead = () if items else ((soft(_t("None recorded.")),),)
    return Section(_t("Answered concerns"), lead, items=tuple(items))


def events(view: AgreementView, said: Said) -> Section:
    """Return the timeline as a list, latest first; the reasons of decisions stand with them."""
    items = tuple(_event(entries, said) for entries in _alike(view.timeline))
    lead = () if items else ((soft(_t("Nothing dated is recorded.")),),)
    return Section(_t("Timeline"), lead, items=items)


def _alike(entries: tuple[EntryView, ...]) -> list[list[EntryView]]:
    """Return entries of the same time that differ only behind their last colon as one."""

    def beginning(entry: EntryView) -> tuple[object, ...]:
        return (
            entry.kind,
            entry.when,
            entry.until,
            entry.detail,
            entry.refs,
            entry.text[: entry.text.rfind(": ")],
        )

    return [list(group) for _, group in groupby(entries, beginning)]


def _event(entries: list[EntryView], said: Said) -> Text:
    entry = entries[0]
    when = strong(_period(entry) or show_partial(None))
    ends = [e.text.rpartition(": ")[2].rstrip(".") for e in entries[1:]]
    whole = "; ".join([capfirst(entry.text.rstrip(".")), *ends])
    is_named_by_rule = entry.kind in {"decision", "notice"}  # in the words of the brief
    text = (Phrase if is_named_by_rule else said)(whole, entry.refs)
    if entry.kind == "decision":
        return when, Phrase(" "), *compose(_t("Decision: %(what)s"), what=text)
    detail: Text = ()
    if entry.detail and entry.kind == "resolution":
        detail = (soft(f" ({entry.detail})"),)
    elif entry.detail:
        detail = (Phrase(". "), said(entry.detail))
    return when, Phrase(" "), text, *detail


def sources(view: AgreementView, said: Said) -> Section:
    """Return the sources by number; a note that several share is said once."""
    notes = Counter(s.note for s in view.sources if s.note)
    common = [note for note, count in notes.items() if count >= SHARED_NOTE]
    items = tuple(_source(s, said, s.note not in common) for s in view.sources)
    closing = []
    for note in common:
        bearers = numbers([s.number for s in view.sources if s.note == note])
        text = compose("%(numbers)s: %(note)s.", numbers=bearers, note=said(note))
        closing.append(text)
    lead = () if items else ((soft(_t("No source is recorded.")),),)
    return Section(_t("Sources"), lead, items=items, closing=tuple(closing))


def _source(source: SourceView, said: Said, with_note: bool) -> Text:
    title = said(source.title, url=source.address)
    more = [source.publisher]
    if source.published_on:
        more.append(show_partial(source.published_on))
    text: Text = (title, Phrase(". " + ", ".join(m for m in more if m)))
    if with_note and source.note:
        text += (Phrase(". "), said(capfirst(source.note)))
    if source.archive_address:
        text += (Phrase(". "), Phrase(_t("Archived copy"), url=source.archive_address))
    return (*text, Phrase("."))
