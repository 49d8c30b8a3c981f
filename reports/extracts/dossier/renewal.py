"""The dossier on renewing: proposals, decisions, votes, notice, concerns, duties."""

import datetime as dt

from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from agreements.facts import Facts
from agreements.models import Obligation, Proposal
from agreements.public import AgreementView
from agreements.public.references import References
from agreements.public.timeline import given_by
from agreements.public.views import DecisionView
from civil.display import show_date
from reports.extracts.dossier.cells import (
    Row,
    columns_of,
    labelled,
    marks,
    none_recorded,
    own,
    own_or_none,
)
from reports.extracts.parts import Table, day, number, partial, plain, said
from revisions.known import rows_known


def decisions(view: AgreementView) -> Table:
    """Return what was decided on each term."""
    pairs = [(term.number, d) for term in view.terms for d in term.decisions]
    rows = tuple(_decision(number, d) for number, d in pairs)
    columns = columns_of(
        ("term", _t("Term"), 0.5),
        ("outcome", _t("Outcome"), 1.2),
        ("decided_on", _t("Decided on"), 1.1),
        ("announced_on", _t("Announced on"), 1.1),
        ("takes_effect_on", _t("Takes effect on"), 1.1),
        ("rationale", _t("Reasons"), 2.6),
        ("conditions", _t("Conditions"), 1.2),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("decisions", _t("Decisions"), columns, rows, none_recorded())


def _decision(number: int, d: DecisionView) -> Row:
    return (
        said(str(number)),
        said(capfirst(d.label)),
        partial(d.decided_on),
        partial(d.announced_on),
        partial(d.takes_effect_on) if d.takes_effect_on else plain(""),
        own(d.rationale),
        own_or_none(d.conditions),
        marks(d.refs),
    )


def votes(view: AgreementView) -> Table:
    """Return the votes on each term."""
    rows = tuple(
        (
            said(str(term.number)),
            own(v.party),
            said(capfirst(v.label)),
            said(v.intention_label) if v.intention_label else plain(""),
            partial(v.voted_on),
            own(v.office),
            marks(v.refs),
        )
        for term in view.terms
        for v in term.votes
    )
    columns = columns_of(
        ("term", _t("Term"), 0.5),
        ("party", _t("Party"), 2),
        ("vote", _t("Vote"), 1.3),
        ("intention", _t("Intention"), 1.1),
        ("voted_on", _t("Day"), 1.2),
        ("office", _t("Office"), 1.3),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("votes", _t("Votes"), columns, rows, none_recorded())


def proposals(then: Facts, on: dt.date) -> Table:
    """Return what officers proposed by the day: for staff, since it is no part of the record."""
    terms = {term.pk: term.number for term in (*then.every_term, *then.undone)}
    found = (
        rows_known(Proposal, then.known)
        .filter(term_id__in=terms, proposed_on__lte=on)
        .select_related("worded_by")
    )
    rows = tuple(
        (
            number(terms[p.term_id]),
            said(capfirst(p.get_outcome_display())),
            day(p.proposed_on),
            said(str(p.worded_by)),
            said(_state(p, on)),
            plain("; ".join(labelled(p, PROPOSED))),
            own(p.rationale),
            own_or_none(p.conditions),
            own_or_none(p.internal_note),
        )
        for p in found.order_by("proposed_on", "id")
    )
    columns = columns_of(
        ("term", _t("Term"), 0.5),
        ("outcome", _t("Outcome"), 1.1),
        ("proposed_on", _t("Proposed on"), 1),
        ("by", _t("By whom"), 1.2),
        ("state", _t("State"), 0.9),
        ("next_term", _t("What it would change"), 1.5),
        ("rationale", _t("Reasons"), 1.8),
        ("conditions", _t("Conditions"), 1.1),
        ("note", _t("Note"), 1.1),
    )
    return Table("proposals", _t("Proposals"), columns, rows, none_recorded())


PROPOSED = ("takes_effect_on", "ends_on", "license_fee")
"""What a proposal may hold of the decision and the next term, besides words."""


def _state(proposal: Proposal, on: dt.date) -> str:
    if proposal.withdrawn_on and proposal.withdrawn_on <= on:
        return _t("withdrawn %(day)s") % {"day": show_date(proposal.withdrawn_on)}
    return _t("decided") if proposal.decision_id else _t("pending")


def notices(then: Facts, references: References) -> Table:
    """Return what notice was given, on the current term and on earlier ones."""
    numbers = {term.pk: term.number for term in then.every_term}
    rows = tuple(
        (
            number(numbers[n.term_id]) if n.term_id in numbers else plain(""),
            said(capfirst(n.get_purpose_display())),
            own(given_by(n)),
            own(n.given_to.name if n.given_to else ""),
            own(n.method),
            partial(n.sent_on),
            partial(n.received_on),
            marks(references.of(n)),
        )
        for n in then.notices
    )
    columns = columns_of(
        ("term", _t("Term"), 0.5),
        ("purpose", _t("Purpose"), 1.2),
        ("by", _t("By whom"), 1.6),
        ("to", _t("To whom"), 1.4),
        ("method", _t("How"), 1),
        ("sent_on", _t("Sent"), 1.1),
        ("received_on", _t("Received"), 1.1),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("notices", _t("Notice given"), columns, rows, none_recorded())


def concerns(view: AgreementView) -> Table:
    """Return the concerns with their answers."""
    rows = []
    for c in view.concerns:
        answer = own(c.answer) if c.answer else said(_t("answered") if c.is_answered else "")
        if c.never_answered:
            answer = said(_t("never answered, a source says"))
        words = f"{c.title.rstrip('.')}. {c.text}" if c.text else c.title
        rows.append(
            (
                own(words),
                own(c.raised_by),
                partial(c.raised_on),
                own(c.put_to),
                day(c.answer_due_on) if c.answer_due_on else plain(""),
                answer,
                partial(c.answered_on) if c.answered_on else plain(""),
                marks(c.refs),
            )
        )
    columns = columns_of(
        ("concern", _t("Concern"), 2.4),
        ("raised_by", _t("Raised by"), 1.2),
        ("raised_on", _t("Raised on"), 1.1),
        ("put_to", _t("To whom"), 1.1),
        ("answer_due_on", _t("Answer due"), 1),
        ("answer", _t("Answer"), 1.5),
        ("answered_on", _t("Answered on"), 1),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("concerns", _t("Concerns"), columns, tuple(rows), none_recorded())


def obligations(view: AgreementView) -> Table:
    """Return the duties."""
    rows = tuple(
        (
            said(capfirst(label := str(Obligation.Kind(o.kind).label))),
            plain("") if o.text == label else own(o.text),
            day(o.due_on),
            partial(o.done_on),
            own(o.evidence),
        )
        for o in view.obligations
    )
    columns = columns_of(
        ("kind", _t("Kind"), 1.6),
        ("what", _t("What"), 2.4),
        ("due_on", _t("Due on"), 1.2),
        ("done_on", _t("Done on"), 1.2),
        ("evidence", _t("Evidence"), 2),
    )
    return Table("obligations", _t("Duties"), columns, rows, none_recorded())


def incidents(view: AgreementView) -> Table:
    """Return alleged and confirmed misuse and breaches."""
    rows = tuple(
        (
            own(f"{i.title.rstrip('.')}. {i.text}" if i.text else i.title),
            said(f"{capfirst(i.label)}, {i.standing_label.lower()}"),
            partial(i.occurred_on),
            own(i.notify),
            day(i.notify_due_on) if i.notify_due_on else plain(""),
            partial(i.notified_on),
            own(i.outcome),
            partial(i.closed_on),
            marks(i.refs),
        )
        for i in view.incidents
    )
    columns = columns_of(
        ("incident", _t("Incident"), 2),
        ("standing", _t("Kind and standing"), 1),
        ("occurred_on", _t("Occurred on"), 1),
        ("notify", _t("Who was to be told"), 1),
        ("notify_due_on", _t("By when"), 0.9),
        ("notified_on", _t("Told on"), 0.9),
        ("outcome", _t("Outcome"), 1),
        ("closed_on", _t("Closed on"), 0.9),
        ("sources", _t("Sources"), 0.7),
    )
    return Table("incidents", _t("Incidents"), columns, rows, none_recorded())
