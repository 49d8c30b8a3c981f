"""The kinds of records that the desk edits, and the sections of an agreement."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agreements.facts import PARTS
from agreements.models import Access, Amendment, Decision, Holiday, Obligation, Term, Vote
from parties.models import Alias, Element, Party, System
from sources.models import Source

SHARED: dict[str, type[models.Model]] = {
    "parties": Party,
    "aliases": Alias,
    "systems": System,
    "elements": Element,
    "sources": Source,
    "holidays": Holiday,
}
"""Records that belong to no one agreement, by their name in addresses."""

OF_AGREEMENT: dict[str, type[models.Model]] = {
    name.replace("_", "-"): part for name, part in PARTS.items()
}
"""Parts of an agreement, by their name in addresses."""

BY_RENEWAL = frozenset({"decisions", "votes"})
"""Parts that are entered on the page of a term's renewal, where its rules are asked."""

SET_BY_RENEWAL: dict[type[models.Model], frozenset[str]] = {
    Decision: frozenset({"term", "outcome", "supersedes"}),
    Vote: frozenset({"term", "how", "cast_by", "digest"}),
    Term: frozenset({"proposed_by"}),
    Access: frozenset({"obligation"}),
    Amendment: frozenset({"term"}),
    Obligation: frozenset({"notice"}),
}
"""Fields that the work on a renewal sets, and no form of the record itself: what follows from
something hidden is hidden, so a link typed by hand could hide what the public reads."""

SECTIONS: dict[str, tuple[object, tuple[str, ...]]] = {
    "identity": (
        _("Name and kind"),
        (
            "reference",
            "slug",
            "title",
            "short_title",
            "kind",
            "law_department_number",
            "contract_number",
            "system",
            "parent",
            "original_location",
        ),
    ),
    "care": (
        _("Who looks after it"),
        ("department", "responsible_officer", "deputy", "department_address"),
    ),
    "purpose": (
        _("Purpose and basis"),
        (
            "purpose",
            "benefits",
            "public_function",
            "permitted_uses",
            "prohibited_uses",
            "legal_basis",
            "impact_assessment",
        ),
    ),
    "handling": (
        _("How the data is handled"),
        (
            "access_method",
            "frequency",
            "onward_disclosure",
            "security",
            "breach_notification",
            "individual_rights",
            "retention",
        ),
    ),
    "rule": (
        _("Renewal rule"),
        (
            "decision_rule",
            "votes_needed",
            "decide_days",
            "review_interval_months",
            "maximum_ends_on",
        ),
    ),
    "end": (_("Replaced by another"), ("replaced_by", "replaced_on")),
    "internal": (
        _("Internal"),
        ("internal_note", "withheld_ground", "retention_schedule", "retain_until", "legal_hold"),
    ),
}
"""The sections of an agreement, each edited on a page of its own: title and fields."""
