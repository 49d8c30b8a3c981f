"""The dossier on what is shared: single facts, parties, terms, elements, deadlines."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from agreements.claims import fact_label
from agreements.facts import Facts
from agreements.models import Agreement
from agreements.public import AgreementView
from agreements.public.allowed import PUBLIC_TEXTS
from agreements.sentences import money
from reports.briefs.editions import Withheld
from reports.briefs.parts import Phrase
from reports.extracts.dossier.cells import Row, columns_of, marks, none_recorded, own
from reports.extracts.parts import Cell, Table, day, many, partial, plain, said, yes


def facts(view: AgreementView) -> Table:
    """Return the single facts; those that are not recorded say so."""
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
    recorded = dict(view.facts)
    labels = [fact_label(Agreement(), name) for name in PUBLIC_TEXTS]
    rows += [(said(capfirst(label)), own(recorded.get(label, ""))) for label in labels]
    columns = columns_of(("fact", _t("Fact"), 1), ("value", _t("What is recorded"), 3))
    return Table("facts", _t("Facts"), columns, tuple(rows), none_recorded())


def hidden(found: tuple[Withheld, ...]) -> Table:
    """Return what the public edition does not show."""
    columns = columns_of(("fact", _t("Fact"), 1), ("value", _t("What is recorded"), 3))
    rows = tuple((said(w.label), own(w.value)) for w in found)
    none = _t("Nothing: the public edition shows the same facts.")
    return Table("withheld", _t("Withheld from the public"), columns, rows, none)


def parties(view: AgreementView) -> Table:
    """Return who takes part, and in which role."""
    roles = (
        (_t("provider"), view.providers),
        (_t("recipient"), view.recipients),
        (_t("steward"), view.stewards),
        (_t("decider"), view.deciders),
    )
    rows = tuple((own(p.name), said(role), own(p.parent)) for role, ps in roles for p in ps)
    columns = columns_of(
        ("party", _t("Party"), 2.5), ("role", _t("Role"), 1), ("parent", _t("Part of"), 2)
    )
    return Table("parties", _t("Parties"), columns, rows, none_recorded())


def terms(view: AgreementView) -> Table:
    """Return the terms with what sources say of their fees."""
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
                marks(term.refs),
            )
        )
    columns = columns_of(
        ("term", _t("Term"), 0.5),
        ("starts_on", _t("First day"), 1.4),
        ("ends_on", _t("Last day"), 1.4),
        ("fee", _t("License fee"), 2),
        ("executed_on", _t("Executed"), 1.2),
        ("sources", _t("Sources"), 0.8),
    )
    return Table("terms", _t("Terms and fees"), columns, tuple(rows), _t("No term is recorded."))


def elements(view: AgreementView) -> Table:
    """Return what is or was shared."""
    rows = tuple(
        (
            own(e.name),
            said(e.category_label),
            said(e.sensitivity_label if e.sensitivity else ""),
            own(e.data_subjects),
            partial(e.added_on) if e.added_on else said(_t("first term")),
            partial(e.removed_on) if e.removed_on else plain(""),
            yes(e.is_shared),
            own(e.conditions) if e.conditions else plain(""),
            marks(e.refs),
        )
        for e in view.elements
    )
    columns = columns_of(
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
    return Table("elements", _t("Shared elements"), columns, rows, none_recorded())


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
    rows = tuple(
        (
            partial(p.due_on),
            Cell((Phrase(money(p.amount, p.currency)),), p.amount),
            plain(p.currency),
            partial(p.received_on),
        )
        for p in then.payments
    )
    columns = columns_of(
        ("due_on", _t("Due on"), 1),
        ("amount", _t("Amount"), 1),
        ("currency", _t("Currency"), 0.7),
        ("received_on", _t("Received on"), 1),
    )
    return Table("payments", _t("Installments"), columns, rows, none_recorded())
