"""The full dossier of one agreement: every fact, date, vote, source and change that is recorded."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from agreements.facts import Facts
from agreements.public import AgreementView, EntryView
from agreements.public.history import public_history
from agreements.public.views import DecisionView
from civil.clock import civil_date
from civil.display import show_partial
from civil.partial import PartialDate
from reports.briefs.editions import Withheld, view_for, withheld
from reports.briefs.parts import Phrase, numbers
from reports.extracts.parts import Cell, Column, Report, Table, day, many, partial, plain, said, yes
from reports.extracts.records import Request, register_language, report

Row = tuple[Cell, ...]


def build(request: Request, facts: Facts) -> Report:
    """Return everything that an edition may show of an agreement, as of the day."""
    view = view_for(facts, request.on, request.edition)
    hidden = withheld(facts, request.on) if request.is_internal else ()
    tables = [
        _facts(view),
        _parties(view),
        _terms(view),
        _elements(view),
        _deadlines(view),
        _decisions(view),
        _votes(view),
        _notices(view),
        _concerns(view),
        _obligations(view),
        _timeline(view),
        _evidence(view),
        _conflicts(view),
        _guides(view),
        _sources(view),
        _history(facts),
    ]
    if request.is_internal:
        tables.insert(1, _withheld(hidden))
    title = _t("Dossier: %(name)s") % {"name": view.title}
    sentence = f"{view.sentence} {view.access_sentence}"
    path = f"{view.url}dossier/"
    return report(request, "dossier", title, sentence, tables, path=path, subject=view.slug)


def _own(text: str, refs: tuple[int, ...] = (), url: str = "") -> Cell:
    """Return a cell with the record's own words, in the language they are in."""
    return said(text, lang=register_language(), refs=refs, url=url)


def _marks(refs: tuple[int, ...]) -> Cell:
    """Return the numbers of sources."""
    return plain(numbers(refs)) if refs else plain("")


def _columns(*columns: tuple[str, str, float]) -> tuple[Column, ...]:
    return tuple(Column(*column) for column in columns)


def _none() -> str:
    return _t("None recorded.")


def _facts(view: AgreementView) -> Table:
    rows: list[Row] = [
        (said(_t("Reference")), said(view.reference)),
        (said(_t("Name")), _own(view.title)),
        (said(_t("Kind")), said(view.kind_label)),
        (said(_t("Department")), _own(view.department.name if view.department else "")),
        (said(_t("System")), _own(view.system)),
        (said(_t("Access method")), said(view.access_method)),
        (said(_t("Status")), said(view.sentence)),
        (said(_t("Access")), said(view.access_sentence)),
        (said(_t("Rule for renewing")), said(view.rule, refs=view.rule_refs)),
        (said(_t("Notice clause")), said(view.notice_rule or "")),
    ]
    rows += [(said(capfirst(label)), _own(value)) for label, value in view.facts]
    columns = _columns(("fact", _t("Fact"), 1), ("value", _t("What is recorded"), 3))
    return Table("facts", _t("Facts"), columns, tuple(rows), _none())


def _withheld(hidden: tuple[Withheld, ...]) -> Table:
    columns = _columns(("fact", _t("Fact"), 1), ("value", _t("What is recorded"), 3))
    rows = tuple((said(w.label), _own(w.value)) for w in hidden)
    none = _t("Nothing: the public edition shows the same facts.")
    return Table("withheld", _t("Withheld from the public"), columns, rows, none)


def _parties(view: AgreementView) -> Table:
    roles = (
        (_t("provider"), view.providers),
        (_t("recipient"), view.recipients),
        (_t("steward"), view.stewards),
        (_t("decider"), view.deciders),
    )
    rows = tuple((_own(p.name), said(role), _own(p.parent)) for role, ps in roles for p in ps)
    columns = _columns(
        ("party", _t("Party"), 2.5), ("role", _t("Role"), 1), ("parent", _t("Part of"), 2)
    )
    return Table("parties", _t("Parties"), columns, rows, _none())


def _terms(view: AgreementView) -> Table:
    rows = []
    for term in view.terms:
        ends = said(_t("no end by its terms")) if term.end_kind == "none" else partial(term.ends_on)
        claims = [f"{c.shown} ({_t('followed')})" if c.is_followed else c.shown for c in term.fees]
        rows.append(
            (
                said(str(term.number)),
                partial(term.starts_on),
                ends,
                many(claims, "; "),
                said(_t("proposed")) if term.is_proposed else partial(term.executed_on),
                _marks(term.refs),
            )
        )
    columns = _columns(
        ("term", _t("Term"), 0.5),
        ("starts_on", _t("First day"), 1.4),
        ("ends_on", _t("Last day"), 1.4),
        ("fee", _t("License fee"), 2),
        ("executed_on", _t("Executed"), 1.2),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("terms", _t("Terms and fees"), columns, tuple(rows), _t("No term is recorded."))


def _elements(view: AgreementView) -> Table:
    rows = tuple(
        (
            _own(e.name),
            said(e.category_label),
            said(e.sensitivity_label if e.sensitivity else ""),
            _own(e.data_subjects),
            partial(e.added_on) if e.added_on else said(_t("first term")),
            partial(e.removed_on) if e.removed_on else plain(""),
            yes(e.is_shared),
            _own(e.conditions) if e.conditions else plain(""),
            _marks(e.refs),
        )
        for e in view.elements
    )
    columns = _columns(
        ("element", _t("Element"), 1.7),
        ("category", _t("Category"), 1.1),
        ("sensitivity", _t("Sensitivity"), 1.1),
        ("whose", _t("Whose"), 1.1),
        ("added_on", _t("Since"), 1),
        ("removed_on", _t("First day without"), 1),
        ("shared", _t("Shared now"), 0.7),
        ("conditions", _t("Conditions"), 1),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("elements", _t("Shared elements"), columns, rows, _none())


def _deadlines(view: AgreementView) -> Table:
    rows = tuple(
        (
            day(d.due_on),
            said(d.label),
            said(d.explanation),
            said(_t("open")) if d.is_open else day(d.settled_on),
        )
        for d in view.deadlines
    )
    columns = _columns(
        ("due_on", _t("Day"), 1.2),
        ("what", _t("What"), 1.3),
        ("why", _t("Why that day"), 3),
        ("settled_on", _t("Settled on"), 1.2),
    )
    return Table("deadlines", _t("Deadlines"), columns, rows, _none())


def _decisions(view: AgreementView) -> Table:
    pairs = [(term.number, d) for term in view.terms for d in term.decisions]
    rows = tuple(_decision(number, d) for number, d in pairs)
    columns = _columns(
        ("term", _t("Term"), 0.5),
        ("outcome", _t("Outcome"), 1.2),
        ("decided_on", _t("Decided on"), 1.1),
        ("announced_on", _t("Announced on"), 1.1),
        ("rationale", _t("Reasons"), 2.6),
        ("conditions", _t("Conditions"), 1.2),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("decisions", _t("Decisions"), columns, rows, _none())


def _decision(number: int, d: DecisionView) -> Row:
    return (
        said(str(number)),
        said(capfirst(d.label)),
        partial(d.decided_on),
        partial(d.announced_on),
        _own(d.rationale),
        _own(d.conditions) if d.conditions else plain(""),
        _marks(d.refs),
    )


def _votes(view: AgreementView) -> Table:
    rows = tuple(
        (
            said(str(term.number)),
            _own(v.party),
            said(capfirst(v.label)),
            said(v.intention_label) if v.intention_label else plain(""),
            partial(v.voted_on),
            _own(v.office),
            _marks(v.refs),
        )
        for term in view.terms
        for v in term.votes
    )
    columns = _columns(
        ("term", _t("Term"), 0.5),
        ("party", _t("Party"), 2),
        ("vote", _t("Vote"), 1.3),
        ("intention", _t("Intention"), 1.1),
        ("voted_on", _t("Day"), 1.2),
        ("office", _t("Office"), 1.3),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("votes", _t("Votes"), columns, rows, _none())


def _notices(view: AgreementView) -> Table:
    rows = tuple(
        (
            said(capfirst(n.purpose)),
            _own(n.by),
            _own(n.to),
            _own(n.method),
            partial(n.sent_on),
            partial(n.received_on),
            _marks(n.refs),
        )
        for n in view.notices
    )
    columns = _columns(
        ("purpose", _t("Purpose"), 1.2),
        ("by", _t("By whom"), 1.6),
        ("to", _t("To whom"), 1.4),
        ("method", _t("How"), 1),
        ("sent_on", _t("Sent"), 1.1),
        ("received_on", _t("Received"), 1.1),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("notices", _t("Notice given"), columns, rows, _none())


def _concerns(view: AgreementView) -> Table:
    rows = []
    for c in view.concerns:
        answer = _own(c.answer) if c.answer else said(_t("answered") if c.is_answered else "")
        if c.never_answered:
            answer = said(_t("never answered, a source says"))
        words = f"{c.title.rstrip('.')}. {c.text}" if c.text else c.title
        rows.append(
            (
                _own(words),
                _own(c.raised_by),
                partial(c.raised_on),
                _own(c.put_to),
                answer,
                partial(c.answered_on) if c.answered_on else plain(""),
                _marks(c.refs),
            )
        )
    columns = _columns(
        ("concern", _t("Concern"), 2.4),
        ("raised_by", _t("Raised by"), 1.2),
        ("raised_on", _t("Raised on"), 1.1),
        ("put_to", _t("To whom"), 1.1),
        ("answer", _t("Answer"), 1.5),
        ("answered_on", _t("Answered on"), 1),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("concerns", _t("Concerns"), columns, tuple(rows), _none())


def _obligations(view: AgreementView) -> Table:
    rows = tuple(
        (said(capfirst(o.text)), day(o.due_on), partial(o.done_on), _own(o.evidence))
        for o in view.obligations
    )
    columns = _columns(
        ("what", _t("What"), 2.4),
        ("due_on", _t("Due on"), 1.2),
        ("done_on", _t("Done on"), 1.2),
        ("evidence", _t("Evidence"), 2),
    )
    return Table("obligations", _t("Duties"), columns, rows, _none())


def _timeline(view: AgreementView) -> Table:
    rows = tuple((*_entry(e), _own(e.detail) if e.detail else plain(""), _marks(e.refs))
                 for e in view.timeline)  # fmt: skip
    columns = _columns(
        ("when", _t("Day"), 1.3),
        ("kind", _t("Kind"), 1),
        ("what", _t("What happened"), 3),
        ("detail", _t("More"), 1.8),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("timeline", _t("Timeline"), columns, rows, _none())


def _entry(entry: EntryView) -> Row:
    is_ours = entry.kind in {"decision", "notice"}
    text = said(capfirst(entry.text)) if is_ours else _own(entry.text)
    return _span(entry.when, entry.until), said(capfirst(entry.label)), text


def _span(first: PartialDate | None, last: PartialDate | None) -> Cell:
    if first and last and first != last:
        text = f"{show_partial(first)} – {show_partial(last)}"
        return Cell((Phrase(text),), f"{first.edtf}/{last.edtf}")
    return partial(first or last)


def _evidence(view: AgreementView) -> Table:
    rows = tuple(
        (_own(e.text), _own(e.detail) if e.detail else plain(""), _span(e.when, e.until),
         said(capfirst(e.label)), _marks(e.refs))
        for e in view.evidence
    )  # fmt: skip
    columns = _columns(
        ("statement", _t("Statement"), 3),
        ("figure", _t("Figure"), 1),
        ("period", _t("Period"), 1.4),
        ("kind", _t("Kind"), 0.9),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("evidence", _t("Evidence"), columns, rows, _none())


def _conflicts(view: AgreementView) -> Table:
    rows = tuple(
        (
            said(conflict.label),
            said(claim.shown),
            yes(claim.is_followed),
            _own(claim.why) if claim.why else plain(""),
            many(claim.quotations, " / ") if claim.quotations else plain(""),
            _marks(claim.refs),
        )
        for conflict in view.conflicts
        for claim in conflict.claims
    )
    columns = _columns(
        ("fact", _t("Fact"), 1.6),
        ("value", _t("Value"), 1.6),
        ("followed", _t("Followed"), 0.8),
        ("why", _t("Why"), 1.4),
        ("quotation", _t("Quotation"), 1.6),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("conflicts", _t("Where sources disagree"), columns, rows, _none())


def _guides(view: AgreementView) -> Table:
    rows = tuple((_own(g.title, url=g.address), said(g.address)) for g in view.guides)
    columns = _columns(("guide", _t("Guide"), 1.4), ("address", _t("Address"), 2))
    return Table("guides", _t("Guides for residents"), columns, rows, _none())


def _sources(view: AgreementView) -> Table:
    rows = tuple(
        (
            said(str(s.number)),
            _own(s.title, url=s.address),
            _own(s.publisher),
            partial(s.published_on),
            said(s.address),
            day(s.retrieved_on) if s.retrieved_on else plain(""),
            _own(s.note) if s.note else plain(""),
        )
        for s in view.sources
    )
    columns = _columns(
        ("number", _t("No."), 0.4),
        ("title", _t("Title"), 1.8),
        ("publisher", _t("Publisher"), 1.2),
        ("published_on", _t("Published on"), 1),
        ("address", _t("Address"), 2),
        ("retrieved_on", _t("Read on"), 0.9),
        ("note", _t("Note"), 1),
    )
    return Table("sources", _t("Sources"), columns, rows, _t("No source is recorded."))


def _history(facts: Facts) -> Table:
    """Return the public history: one row for each field that a change touched."""
    rows = []
    for change in public_history(facts):
        on = day(civil_date(change.at))
        for field in change.fields:
            label = f"{field.record}: {field.label}" if field.record else field.label
            rows.append(
                (on, _own(change.reason), said(label), plain(field.before), plain(field.after))
            )
        if not change.fields:
            rows.append((on, _own(change.reason), said(_t("Citations")), plain(""), plain("")))
    columns = _columns(
        ("changed_on", _t("Day"), 1),
        ("reason", _t("Reason"), 1.7),
        ("field", _t("What changed"), 1.8),
        ("before", _t("Before"), 1.3),
        ("after", _t("After"), 1.6),
    )
    return Table("history", _t("History"), columns, tuple(rows), _t("Nothing since publication."))
