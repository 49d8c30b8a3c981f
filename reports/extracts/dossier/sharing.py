"""The dossier on what is shared: single facts, parties, terms, elements, deadlines."""

import datetime as dt

from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from agreements.claims import fact_label, fact_value, field_label, show_value
from agreements.facts import Facts
from agreements.models import Agreement, Participation, Term
from agreements.public import AgreementView
from agreements.public.allowed import PUBLIC_TEXTS
from agreements.public.references import References
from agreements.public.views import TermView
from agreements.sentences import money, notice_clause
from civil.clock import civil_date
from reports.briefs.editions import Withheld
from reports.briefs.parts import Phrase
from reports.extracts.dossier.cells import (
    Row,
    columns_of,
    labelled,
    marks,
    none_recorded,
    own,
    own_or_none,
)
from reports.extracts.parts import Cell, Table, day, many, number, partial, plain, said, yes

FIGURES = ("decide_days", "review_interval_months")
OF_SOME = ("short_title", "replaced_on")
OF_STAFF = ("parent", "replaced_by", "retention_schedule", "retain_until", "legal_hold")
"""What is recorded of an agreement besides its texts: of all, of some, and what staff alone see."""


def facts(then: Facts, view: AgreementView, *, is_internal: bool) -> Table:
    """Return the single facts; those that are not recorded say so."""
    agreement = then.agreement
    rows: list[Row] = [
        (said(_t("Reference")), said(view.reference)),
        (said(_t("Name")), own(view.title)),
        (said(_t("Kind")), said(view.kind_label)),
        (said(_t("Department")), own(view.department.name if view.department else "")),
        (said(_t("System")), own(view.system)),
        (said(_t("Access method")), said(view.access_method)),
        (said(_t("Status")), said(view.sentence)),
        (said(_t("Access")), said(view.access_sentence)),
        (said(_t("Rule for renewing")), said(view.rule, refs=view.rule_refs)),
        (said(_t("Notice clause")), said(view.notice_rule or "")),
    ]
    if view.published_at:
        published_on = day(civil_date(view.published_at))
        rows.append((said(_label(agreement, "published_at")), published_on))
    if view.ended_on:
        rows.append((said(_t("Ended")), day(view.ended_on)))
    recorded = dict(view.facts)
    labels = [fact_label(agreement, name) for name in PUBLIC_TEXTS]
    rows += [(said(capfirst(label)), own(recorded.get(label, ""))) for label in labels]
    rows += [
        (said(_label(agreement, name)), said(shown))
        for name in (*FIGURES, *OF_SOME, *(OF_STAFF if is_internal else ()))
        if (shown := _shown(agreement, name, view.on)) or name in FIGURES
    ]
    columns = columns_of(("fact", _t("Fact"), 1), ("value", _t("What is recorded"), 3))
    return Table("facts", _t("Facts"), columns, tuple(rows), none_recorded())


def _shown(agreement: Agreement, name: str, on: dt.date) -> str:
    """Return a field as people read it; until it is replaced, an agreement does not say by what."""
    is_ahead = agreement.replaced_on is not None and agreement.replaced_on.last > on
    if name.startswith("replaced") and is_ahead:
        return ""
    value = fact_value(agreement, name)
    return "" if value is None else show_value(agreement, name, value)


def _label(agreement: Agreement, name: str) -> str:
    return capfirst(field_label(agreement, name))


def hidden(found: tuple[Withheld, ...]) -> Table:
    """Return what the public edition does not show."""
    columns = columns_of(("fact", _t("Fact"), 1), ("value", _t("What is recorded"), 3))
    rows = tuple((said(w.label), own(w.value)) for w in found)
    none = _t("Nothing: the public edition shows the same facts.")
    return Table("withheld", _t("Withheld from the public"), columns, rows, none)


def parties(then: Facts, references: References) -> Table:
    """Return who takes or took part, in which role, since when and until when."""
    order = list(Participation.Role)
    rows = tuple(
        (
            own(p.party.name),
            said(p.get_role_display()),
            own(p.party.parent.name if p.party.parent else ""),
            partial(p.signed_on),
            own(p.signer_office),
            partial(p.acceded_on) if p.acceded_on else plain(""),
            partial(p.withdrew_on) if p.withdrew_on else plain(""),
            marks(references.of(p)),
        )
        for p in sorted(then.participations, key=lambda p: order.index(Participation.Role(p.role)))
    )
    columns = columns_of(
        ("party", _t("Party"), 2.2),
        ("role", _t("Role"), 0.9),
        ("parent", _t("Part of"), 1.5),
        ("signed_on", _t("Signed on"), 1),
        ("office", _t("Office"), 1.2),
        ("acceded_on", _t("Acceded on"), 1),
        ("withdrew_on", _t("Withdrew on"), 1),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("parties", _t("Parties"), columns, rows, none_recorded())


NOTICE_RULE = ("notice_day_kind", "notice_counted_from", "notice_counting", "notice_effective",
               "notice_roll")  # fmt: skip


def terms(then: Facts, view: AgreementView) -> Table:
    """Return the terms with what sources say of their fees, their renewal and notice."""
    recorded = {term.number: term for term in then.every_term}
    rows = tuple(_term(term, recorded[term.number]) for term in view.terms)
    columns = columns_of(
        ("term", _t("Term"), 0.5),
        ("starts_on", _t("First day"), 1.2),
        ("ends_on", _t("Last day"), 1.2),
        ("fee", _t("License fee"), 1.7),
        ("renewal", _t("Renewal"), 1.1),
        ("notice", _t("Notice clause"), 1.5),
        ("executed_on", _t("Executed"), 1.1),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("terms", _t("Terms and fees"), columns, rows, _t("No term is recorded."))


def _term(view: TermView, term: Term) -> Row:
    is_open = view.end_kind == Term.EndKind.NONE
    claims = [f"{c.shown} ({_t('followed')})" if c.is_followed else c.shown for c in view.fees]
    notice = [notice_clause(term)] if term.notice_length else []
    proposed = "; ".join([_t("proposed"), *labelled(term, ["signature_due_on"])])
    return (
        said(str(view.number)),
        partial(view.starts_on),
        said(_t("no end by its terms")) if is_open else partial(view.ends_on),
        many(claims, "; "),
        many([view.renewal_label] * bool(term.renewal_kind)
             + labelled(term, ["provides_holdover"]), "; "),
        many([*notice, *labelled(term, NOTICE_RULE)], "; "),
        said(proposed) if view.is_proposed else partial(view.executed_on),
        marks(view.refs),
    )  # fmt: skip


def elements(then: Facts, view: AgreementView) -> Table:
    """Return what is or was shared, and the amendments that added or removed it."""
    instruments = {a.pk: a for a in then.amendments}
    recorded = {(s.element.name, s.added_on, s.removed_on, s.conditions): s
                for s in then.shared_elements}  # fmt: skip
    rows = []
    for e in view.elements:
        shared = recorded[e.name, e.added_on, e.removed_on, e.conditions]
        found = [instruments.get(pk) for pk in (shared.added_by_id, shared.removed_by_id) if pk]
        titles = dict.fromkeys(amendment.title for amendment in found if amendment)
        rows.append(
            (
                own(e.name),
                said(e.category_label),
                said(e.sensitivity_label if e.sensitivity else ""),
                own(e.data_subjects),
                partial(e.added_on) if e.added_on else said(_t("first term")),
                partial(e.removed_on) if e.removed_on else plain(""),
                own_or_none("; ".join(titles)),
                yes(e.is_shared),
                own_or_none(e.conditions),
                marks(e.refs),
            )
        )
    columns = columns_of(
        ("element", _t("Element"), 1.7),
        ("category", _t("Category"), 1.1),
        ("sensitivity", _t("Sensitivity"), 1.1),
        ("whose", _t("Whose"), 1.1),
        ("added_on", _t("Since"), 1),
        ("removed_on", _t("First day without"), 1),
        ("amendments", _t("By amendment"), 1),
        ("shared", _t("Shared now"), 0.7),
        ("conditions", _t("Conditions"), 1),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("elements", _t("Shared elements"), columns, tuple(rows), none_recorded())


def deadlines(view: AgreementView) -> Table:
    """Return the deadlines with the rule that each comes from."""
    rows = tuple(
        (
            day(d.due_on),
            said(d.label),
            said(d.explanation),
            said(_t("open")) if d.is_open else day(d.settled_on),
        )
        for d in view.deadlines
    )
    columns = columns_of(
        ("due_on", _t("Day"), 1.2),
        ("what", _t("What"), 1.3),
        ("why", _t("Why that day"), 3),
        ("settled_on", _t("Settled on"), 1.2),
    )
    return Table("deadlines", _t("Deadlines"), columns, rows, none_recorded())


def access(then: Facts) -> Table:
    """Return what was recorded of the flow of data, and when it was confirmed."""
    rows = tuple(
        (
            said(capfirst(a.get_state_display())),
            partial(a.since),
            partial(a.confirmed_on),
            own(a.evidence),
        )
        for a in then.access
    )
    columns = columns_of(
        ("access", _t("Access"), 1),
        ("since", _t("Since"), 1.2),
        ("confirmed_on", _t("Confirmed on"), 1.2),
        ("evidence", _t("Evidence"), 2.6),
    )
    return Table("access", _t("Access"), columns, rows, none_recorded())


def payments(then: Facts) -> Table:
    """Return the installments of fees, due and received."""
    numbers = {term.pk: term.number for term in then.every_term}
    rows = tuple(
        (
            number(numbers[p.term_id]) if p.term_id in numbers else plain(""),
            partial(p.due_on),
            Cell((Phrase(money(p.amount, p.currency)),), p.amount),
            plain(p.currency),
            partial(p.received_on),
        )
        for p in then.payments
    )
    columns = columns_of(
        ("term", _t("Term"), 0.5),
        ("due_on", _t("Due on"), 1),
        ("amount", _t("Amount"), 1),
        ("currency", _t("Currency"), 0.7),
        ("received_on", _t("Received on"), 1),
    )
    return Table("payments", _t("Installments"), columns, rows, none_recorded())
