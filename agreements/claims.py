"""What sources say of a fact: the values side by side, and which one the record follows."""

import datetime as dt
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.utils.encoding import force_str
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from agreements.facts import Facts
from agreements.models import Agreement, Decision, Event, Vote
from agreements.sentences import fee
from civil.display import show_date, show_partial
from civil.partial import PartialDate
from sources.models import Citation


@dataclass(frozen=True)
class Claim:
    """One value that sources give for a fact; ``is_followed`` where the record holds it."""

    value: Any
    shown: str
    is_followed: bool
    citations: tuple[Citation, ...]

    @property
    def why(self) -> str:
        """Why it is followed, or not, where somebody said so."""
        return next((c.why for c in self.citations if c.why), "")


@dataclass(frozen=True)
class Conflict:
    """A fact for which sources give different values. All stand."""

    record: models.Model
    field: str
    label: str
    claims: tuple[Claim, ...]

    @property
    def is_settled(self) -> bool:
        """Whether the record follows one of the values."""
        return any(claim.is_followed for claim in self.claims)


def fact_value(record: models.Model, field: str) -> Any:
    """Return a fact as citations hold it: JSON, with partial dates in EDTF and money as a dict.

    None where it is not recorded. Raises ``FieldDoesNotExist`` for a name that is no fact.
    """
    if field in getattr(record, "partial_dates", ()):
        date = getattr(record, field)
        return date.edtf if date else None
    if field == "license_fee":
        if record.license_fee is None:  # type: ignore[attr-defined]
            return None
        return fee_value(record.license_fee, record.currency, record.fee_per_months)  # type: ignore[attr-defined]
    if field == "decision_rule":
        rule = record.decision_rule  # type: ignore[attr-defined]
        return {"rule": rule, "needed": record.votes_needed} if rule else None  # type: ignore[attr-defined]
    column = record._meta.get_field(field)
    value = getattr(record, column.attname)  # type: ignore[union-attr]
    if value in (None, ""):
        return None
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def hold(record: models.Model, field: str, value: Any) -> None:
    """Give a record the value of a fact, as citations hold it; the opposite of ``fact_value``.

    Saves nothing. Raises ``ValidationError`` for what is no value of that fact, as a citation may
    hold it in the words of its source.
    """
    try:
        for name, part in _columns(record, field, value).items():
            setattr(record, name, part)
    except (ArithmeticError, KeyError, TypeError, ValueError) as error:
        raise ValidationError(
            _t("“%(value)s” is no value that %(fact)s can have: the register cannot follow it.")
            % {"value": force_str(value), "fact": field_label(record, field)}
        ) from error


def _columns(record: models.Model, field: str, value: Any) -> dict[str, Any]:
    """What is to be set for a fact: names and values. Raises what reading the value raises."""
    if field in getattr(record, "partial_dates", ()):
        return {field: PartialDate.parse(value)}
    if field == "license_fee":
        amount, months = Decimal(value["amount"]), value["per_months"]
        return {field: amount, "currency": value["currency"], "fee_per_months": months}
    if field == "decision_rule":
        return {field: value["rule"], "votes_needed": value["needed"]}
    column: Any = _column(record, field)
    choices = dict(column.flatchoices or ())
    if choices and value not in choices:
        raise ValueError(value)
    try:
        return {column.attname: column.target_field.to_python(value)}
    except AttributeError:  # no relation
        return {column.attname: column.to_python(value)}
    except ValidationError as error:
        raise ValueError(value) from error


def is_fact(record: models.Model, field: str) -> bool:
    """Whether a record has a fact of that name."""
    if field in getattr(record, "partial_dates", ()):
        return True
    return any(field == f.name for f in record._meta.concrete_fields)


def fee_value(amount: Decimal, currency: str, per_months: int | None) -> dict[str, Any]:
    """Return a fee as citations hold it; the amount with its cents, as text."""
    return {
        "amount": str(Decimal(amount).quantize(Decimal("0.01"))),
        "currency": currency,
        "per_months": per_months,
    }


def show_value(
    record: models.Model,
    field: str,
    value: Any,
    cited_records: Mapping[tuple[type, int], models.Model] | None = None,
) -> str:
    """Return a value of a fact as people read it, in the reader's language.

    A value that is none of the fact, as a citation may hold it, stands as it was written.
    """
    if value is None:
        return _t("Not recorded")
    if isinstance(value, bool):
        return _t("Yes") if value else _t("No")
    try:
        if field in getattr(record, "partial_dates", ()):
            return show_partial(PartialDate.parse(value))
        if field == "license_fee":
            return fee(Decimal(value["amount"]), value["currency"], value["per_months"])
        if field == "decision_rule":
            return show_rule(value["rule"], value["needed"])
        column = record._meta.get_field(field)
    except (ArithmeticError, FieldDoesNotExist, KeyError, TypeError, ValueError):
        return force_str(value)
    if isinstance(column, models.ForeignKey):
        related = getattr(record, field) if getattr(record, column.attname) == value else None
        related = related or (cited_records or {}).get((column.related_model, value))
        return force_str(related if related is not None else value)
    if isinstance(column, models.DateField) and isinstance(value, str):
        with suppress(ValueError):
            return show_date(dt.date.fromisoformat(value))
    choices = dict(getattr(column, "flatchoices", ()) or ())
    is_code = isinstance(value, str)
    return force_str(choices.get(value, value) if is_code else value)


def show_rule(rule: str, needed: int | None, of: int | None = None) -> str:
    """Return the rule for renewing in words; ``of`` so many deciding parties, where known."""
    if rule == Agreement.DecisionRule.K_OF_N and needed is not None and of is not None:
        return _t("%(n)s of the %(of)s deciding parties must be for renewing") % {
            "n": needed,
            "of": of,
        }
    if rule == Agreement.DecisionRule.K_OF_N and needed is not None:
        text = ngettext(
            "%(n)s deciding party must be for renewing",
            "%(n)s deciding parties must be for renewing",
            needed,
        )
        return text % {"n": needed}
    if rule == Agreement.DecisionRule.ALL:
        return _t("all deciding parties must be for renewing")
    return _t("one deciding party is enough for renewing")


def claims(facts: Facts, record: models.Model, field: str) -> list[Claim]:
    """Return the values that sources give for one fact, the followed one first.

    A value that the record holds without a citation is a claim too, with no citation.
    """
    return weigh(record, field, facts.citations_of(record, field), facts.cited_records)


def weigh(
    record: models.Model,
    field: str,
    citations: Iterable[Citation],
    cited_records: Mapping[tuple[type, int], models.Model] | None = None,
) -> list[Claim]:
    """Return what :func:`claims` does, of citations that were found otherwise."""
    held = fact_value(record, field)
    cited: dict[Any, tuple[Any, list[Citation]]] = {}
    for citation in citations:
        if citation.field == field and citation.value is not None:
            key = _canonical(record, field, citation.value)
            cited.setdefault(key, (citation.value, []))[1].append(citation)
    if held is not None:
        cited.setdefault(_canonical(record, field, held), (held, []))
    found = [
        Claim(
            value=value,
            shown=show_value(record, field, value, cited_records),
            is_followed=held is not None and key == _canonical(record, field, held),
            citations=tuple(said),
        )
        for key, (value, said) in cited.items()
    ]
    return sorted(found, key=lambda c: not c.is_followed)


def _canonical(record: models.Model, field: str, value: Any) -> Any:
    """Return a value so that two ways of writing the same one are equal."""
    try:
        if field in getattr(record, "partial_dates", ()):
            return PartialDate.parse(value)
        if field == "license_fee":
            return Decimal(value["amount"]), value["currency"], value["per_months"]
    except (ArithmeticError, KeyError, TypeError, ValueError):
        pass  # a claim that is no such value stands as it is
    return repr(sorted(value.items())) if isinstance(value, dict) else repr(value)


def conflicts(facts: Facts, records: Iterable[models.Model]) -> list[Conflict]:
    """Return every fact of some records for which sources give more than one value."""
    found = []
    for record in records:
        names = dict.fromkeys(
            c.field for c in facts.citations_of(record) if is_fact(record, c.field)
        )
        for name in names:
            said = [c for c in claims(facts, record, name) if c.citations]
            if len(said) > 1:
                found.append(Conflict(record, name, fact_label(record, name), tuple(said)))
    return found


def _column(record: models.Model, name: str) -> Any:
    return record._meta.get_field(name)


def fact_label(record: models.Model, field: str) -> str:
    """Return the name of a fact on screen, with the record that it belongs to."""
    label = field_label(record, field)
    if isinstance(record, Agreement):
        return label[:1].upper() + label[1:]
    return f"{record_label(record)}: {label}"


def field_label(record: models.Model, field: str) -> str:
    """Return the name of a field on screen; of a partial date, without which end it is."""
    if field in getattr(record, "partial_dates", ()):
        return force_str(getattr(type(record), field).label)
    return force_str(_column(record, field).verbose_name)


def record_label(record: models.Model) -> str:
    """Return what a record is called beside others of its agreement, in a few words."""
    if isinstance(record, Event):
        kind = record.get_kind_display()
        return f"{kind[:1].upper()}{kind[1:]}, {show_partial(record.occurred_on)}"
    if isinstance(record, Vote):
        return _t("Vote of %(party)s, %(day)s") % {
            "party": record.party.name,
            "day": show_partial(record.voted_on),
        }
    if isinstance(record, Decision):
        if record.decided_on is None and record.announced_on:
            return _t("Decision announced %(day)s") % {"day": show_partial(record.announced_on)}
        return _t("Decision, %(day)s") % {"day": show_partial(record.decided_on)}
    return force_str(record)
