"""What sources say of a record, fact by fact; a citation entered; which value is followed."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from agreements.claims import Claim, fact_value, field_label, hold, show_value, weigh
from agreements.facts import PARTS
from agreements.models import Agreement
from desk.fields import NamedChoice
from desk.forms import PUBLICITY, form_for, names_of
from parties.models import Element, Party, System
from revisions import change
from sources.models import Citation, Source

_CITABLE: tuple[type[models.Model], ...] = (Agreement, *PARTS.values(), Party, System, Element)
CITABLE = {model._meta.label: model for model in _CITABLE}
"""The records that rest on sources, by the label of their model."""

NO_FACTS = {
    *PUBLICITY, "reference", "slug", "responsible_officer", "deputy", "department_address",
    "internal_note", "retention_schedule", "retain_until", "legal_hold",
}  # fmt: skip
"""What the register says of itself, and no source does."""


@dataclass(frozen=True)
class Fact:
    """One fact of a record: what is recorded, and what sources say."""

    name: str
    label: str
    shown: str
    claims: tuple[Claim, ...]

    @property
    def is_disputed(self) -> bool:
        """Whether sources disagree."""
        return len([c for c in self.claims if c.citations]) > 1

    @property
    def is_cited(self) -> bool:
        """Whether any source is named."""
        return any(c.citations for c in self.claims)


def fact_columns(model: type[models.Model]) -> dict[str, tuple[str, ...]]:
    """Return the facts of a model that sources may speak of, each with what a form asks for it."""
    composite: dict[str, tuple[str, ...]] = getattr(model, "composite_facts", {})
    within = {name for names in composite.values() for name in names} - set(composite)
    return {
        name: composite.get(name, (name,))
        for name in names_of(model)
        if name not in NO_FACTS and name not in within
    }


def facts_of(record: models.Model) -> Iterator[Fact]:
    """Yield the facts of a record, with what sources say of each."""
    citations = list(
        Citation.objects.filter(
            target_model=record._meta.label, target_id=record.pk
        ).select_related("source")
    )
    for name in fact_columns(type(record)):
        said = [c for c in citations if c.field == name]
        yield Fact(
            name=name,
            label=capfirst(field_label(record, name)),
            shown=show_value(record, name, fact_value(record, name)),
            claims=tuple(weigh(record, name, said, _cited(record, name, said))),
        )


def _cited(
    record: models.Model, name: str, citations: list[Citation]
) -> dict[tuple[type, int], models.Model]:
    """The records that citations give as the value of a relation."""
    if name in getattr(record, "partial_dates", ()):
        return {}
    column = record._meta.get_field(name)
    if not isinstance(column, models.ForeignKey):
        return {}
    ids = [c.value for c in citations if isinstance(c.value, int)]
    found = column.related_model._default_manager.in_bulk(ids)
    return {(column.related_model, pk): row for pk, row in found.items()}


class CitationForm(forms.Form):
    """A source, and what it says of one fact: a value of that fact, or words that are none."""

    def __init__(
        self,
        *args: Any,
        record: models.Model,
        fact: str,
        reason_required: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.record, self.fact = record, fact
        names = list(fact_columns(type(record))[fact])
        own = form_for(type(record), names)(instance=record, is_fixed=False)
        self.names = names
        source = self.fields["source"] = NamedChoice(Source, label=_("Source"))
        source.offer("names-source")
        for name in names:
            self.fields[name] = own.fields[name]
            self.initial[name] = own.get_initial_for_field(own.fields[name], name)
        first = self.fields[names[0]]
        first.label = _t("It says: %(fact)s") % {"fact": field_label(record, fact)}
        self.fields["words"] = forms.CharField(
            label=_("Or, in its own words"),
            max_length=300,
            required=False,
            help_text=_("Where what it says is no such value: “a two-year license”."),
        )
        for name in ("quotation", "locator", "why"):
            column: Any = Citation._meta.get_field(name)
            self.fields[name] = column.formfield()
        for name in self.names:
            self.fields[name].required = False
        self.fields["reason"] = forms.CharField(
            label=_("Reason of this change"),
            max_length=400,
            required=reason_required,
            help_text=_("Stands in the history, which the public reads once the record is public."),
        )

    def clean(self) -> dict[str, Any]:
        """Work out the value that the source gives."""
        found = super().clean() or self.cleaned_data
        candidate = copy.copy(self.record)
        for name in self.names:
            if name in found:
                setattr(candidate, name, found[name])
        value = found.get("words", "").strip() or fact_value(candidate, self.fact)
        if value is None:
            raise ValidationError(_t("Say what the source gives: a value, or its own words."))
        found["value"] = value
        return found

    def save(self, by: Any) -> Citation:
        """Enter the citation, in a change of its own."""
        said = self.cleaned_data
        entered = _t("Source entered: %(source)s") % {"source": said["source"]}
        with change(by=by, reason=said["reason"].strip() or entered):
            return Citation.objects.create(
                source=said["source"],
                target_model=self.record._meta.label,
                target_id=self.record.pk,
                field=self.fact,
                value=said["value"],
                quotation=said["quotation"],
                locator=said["locator"],
                why=said["why"],
            )


def hold_what_it_says(citation: Citation, why: str) -> Any:
    """Let a record hold the value that a citation gives, inside an open change; return the record.

    Raises ``ValidationError`` without a reason, for a value that the fact cannot have, and for
    what the record or its agreement does not allow.
    """
    if not why.strip():
        raise ValidationError(_t("Say why this value is followed."))
    record: Any = CITABLE[citation.target_model]._default_manager.get(pk=citation.target_id)
    hold(record, citation.field, citation.value)
    record.full_clean()
    record.save()
    citation.why = why[:400]
    citation.save()
    return record
