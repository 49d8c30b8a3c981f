"""The allow-list: which facts of which records are public. What is not named here is not.

Conflicts, source numbers and history follow it; the views of :mod:`agreements.public.views` show
nothing else.
"""

from functools import cache

from django.db import models

from agreements.models import (
    Access,
    Agreement,
    Amendment,
    Concern,
    Decision,
    Document,
    Event,
    Evidence,
    Guide,
    Incident,
    NoticeGiven,
    Obligation,
    Participation,
    SharedElement,
    Term,
    Vote,
)
from parties.models import Element, Party, System

PUBLIC_TEXTS = (
    "purpose",
    "benefits",
    "public_function",
    "permitted_uses",
    "prohibited_uses",
    "legal_basis",
    "impact_assessment",
    "frequency",
    "onward_disclosure",
    "security",
    "breach_notification",
    "individual_rights",
    "retention",
    "original_location",
    "contract_number",
    "law_department_number",
)
"""The agreement's own texts, in the order in which a page shows them."""

PUBLIC_FIELDS: dict[type[models.Model], tuple[str, ...]] = {
    Agreement: (
        "reference",
        "title",
        "short_title",
        "kind",
        "system",
        "department",
        *PUBLIC_TEXTS,
        "access_method",
        "decision_rule",
        "decide_days",
        "review_interval_months",
        "replaced_on",
    ),
    Participation: ("party", "role", "signed_on", "signer_office", "acceded_on", "withdrew_on"),
    Term: (
        "number",
        "starts_on",
        "ends_on",
        "end_kind",
        "is_proposed",
        "signature_due_on",
        "executed_on",
        "license_fee",
        "renewal_kind",
        "provides_holdover",
        "notice_length",
        "notice_unit",
        "notice_day_kind",
        "notice_counted_from",
        "notice_counting",
        "notice_effective",
        "notice_roll",
    ),
    Amendment: ("title", "dated_on", "rationale"),
    SharedElement: ("element", "added_on", "added_by", "removed_on", "removed_by", "conditions"),
    Access: ("state", "since", "confirmed_on", "evidence"),
    Decision: (
        "term",
        "outcome",
        "decided_on",
        "announced_on",
        "takes_effect_on",
        "rationale",
        "conditions",
        "supersedes",
    ),
    Vote: ("term", "party", "value", "intention", "voted_on", "office"),
    NoticeGiven: (
        "term",
        "purpose",
        "given_by",
        "office",
        "given_to",
        "method",
        "sent_on",
        "received_on",
    ),
    Obligation: ("kind", "description", "due_on", "done_on", "evidence"),
    Concern: (
        "title",
        "text",
        "raised_by",
        "raised_on",
        "put_to",
        "answer_due_on",
        "answered_on",
        "answer",
        "never_answered",
    ),
    Incident: (
        "kind",
        "standing",
        "title",
        "text",
        "occurred_on",
        "notify",
        "notify_due_on",
        "notified_on",
        "outcome",
        "closed_on",
    ),
    Document: ("title", "dated_on", "source", "file_name", "media_type", "size", "sha256"),
    Event: ("kind", "occurred_on", "ended_on", "title", "effect", "count"),
    Evidence: ("kind", "statement", "figure", "period_from", "period_to", "reported_on"),
    Guide: ("title", "address", "language"),
    Party: ("name", "short_name", "kind", "parent"),
    System: ("name", "short_name", "operator", "description", "in_use_since"),
    Element: ("system", "name", "category", "sensitivity", "is_personal", "data_subjects"),
}


def is_public(label: str, field: str) -> bool:
    """Whether a fact is public, by the label of its model; the empty field is the whole record."""
    fields = _by_label().get(label)
    return fields is not None and (not field or field in fields)


@cache
def _by_label() -> dict[str, tuple[str, ...]]:
    return {model._meta.label: fields for model, fields in PUBLIC_FIELDS.items()}


@cache
def public_columns(model: type[models.Model]) -> frozenset[str]:
    """Return the columns that hold a model's public facts; its publication is one."""
    found = {"published_at"} if model is Agreement else set()
    composite = getattr(model, "composite_facts", {})
    for name in PUBLIC_FIELDS.get(model, ()):
        if name in getattr(model, "partial_dates", ()):
            found |= {f"{name}_first", f"{name}_last"}
        elif name in composite:
            found |= set(composite[name])
        else:
            found.add(model._meta.get_field(name).attname)  # type: ignore[union-attr]
    return frozenset(found)
