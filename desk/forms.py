"""A form for any record: its own fields, its partial dates as one field each, and the reason."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import escape
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from agreements.checks import LONGEST_TEXT
from agreements.claims import fact_value, field_label
from agreements.models import Agreement, Document, Part, Term, Vote
from agreements.models.term import CURRENCY
from agreements.nextterm import FEE, GOES_ON, NOTICE
from agreements.renewing import cite, refuse_future
from civil.partial import PartialDate
from desk.fields import DayTyped, InstantTyped, MoneyTyped, NamedChoice, PartialDateTyped
from desk.kinds import SET_BY_RENEWAL
from parties.models import Element, Party, System
from sources.files import LARGEST, keep
from sources.models import Source

BY_NAME = (Party, System, Element, Source)
NOT_TYPED = {"agreement", "published_at", "withdrawn_at", "withdrawn_office", "withdrawn_reason"}
RESERVED_SLUGS = frozenset({"new", "change"})
"""Words that stand for pages of the desk's own, beside those of agreements."""

KEPT, KEPT_FOR = "desk.kept-file", 24 * 3600
HAPPENED = frozenset(
    {
        "acceded_on",
        "announced_on",
        "answered_on",
        "completed_on",
        "confirmed_on",
        "decided_on",
        "done_on",
        "executed_on",
        "received_on",
        "reported_on",
        "sent_on",
        "signed_on",
        "voted_on",
    }
)
"""Days of what is recorded once it has happened; none of them is to come."""

PUBLICITY = ("is_internal", "withheld_ground", "embargoed_until")


def names_of(model: type[models.Model]) -> list[str]:
    """Return the names of what a form asks for, in the model's order; a partial date is one."""
    partial = getattr(model, "partial_dates", ())
    names: list[str] = []
    for field in model._meta.concrete_fields:
        name = field.name.removesuffix("_first").removesuffix("_last")
        name = name if name in partial else field.name
        skipped = field.primary_key or not field.editable or name in NOT_TYPED or name in names
        if not skipped:
            names.append(name)
    return sorted(names, key=lambda n: n in PUBLICITY)


GROUPS: dict[type[models.Model], dict[Any, tuple[str, ...]]] = {
    Term: {
        _("Money"): FEE,
        _("How it goes on"): GOES_ON,
        _("Notice to end or renew"): NOTICE,
    }
}
"""Fields of a form that belong together; those that are not named here stand first."""


class RecordForm(forms.ModelForm):
    """Base of the forms that :func:`form_for` makes.

    ``version`` is the id of the record's revision that the form was made from; the save compares
    it, so that the second of two people is told.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=_("Reason of this change"),
        max_length=500,
        required=False,
        help_text=_("Stands in the history, which the public reads once the record is public."),
    )
    partial_names: tuple[str, ...] = ()

    def __init__(
        self, *args: Any, reason_required: bool = False, is_fixed: bool = True, **kwargs: Any
    ) -> None:
        instance = kwargs.get("instance")
        initial = {n: getattr(instance, n) for n in self.partial_names} if instance else {}
        kwargs["initial"] = initial | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        for name in self._fixed(instance) if is_fixed else ():
            self.fields.pop(name, None)
        self.fields["reason"].required = reason_required
        for name in ("reason", "version"):
            self.fields[name] = self.fields.pop(name)  # last
        for name, field in self.fields.items():
            self._prepare(name, field)

    def _fixed(self, record: Any) -> Iterable[str]:
        """Fields that cannot be changed here: an address in use, a vote cast, what was decided."""
        if isinstance(record, Agreement) and record.published_at:
            return {"slug"}
        if isinstance(record, Vote) and record.how == Vote.How.HERE:
            return set(self.fields) - {*PUBLICITY, "reason", "version"}
        if isinstance(record, Term) and record.proposed_by_id and record.is_proposed:
            return {"number", "starts_on", "is_proposed", "executed_on"}
        if isinstance(record, Term) and record.proposed_by_id:
            return {"number", "is_proposed"}
        return ()

    def groups(self) -> list[tuple[Any, list[Any]]]:
        """Return the visible fields in groups, each with its title; the first has none."""
        titles = {n: title for title, names in GROUPS.get(type(self.instance), {}).items()
                  for n in names}  # fmt: skip
        titles |= dict.fromkeys(PUBLICITY, _("Who may see it"))
        found: dict[Any, list[Any]] = {"": []}
        for bound in self.visible_fields():
            if bound.name != "reason":
                found.setdefault(titles.get(bound.name, ""), []).append(bound)
        if "reason" in self.fields:
            found[_("Saving")] = [self["reason"]]
        return [(title, fields) for title, fields in found.items() if fields]

    def _prepare(self, name: str, field: forms.Field) -> None:
        """Limit choices to the record's own agreement; tie help to its field for readers."""
        if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
            own = getattr(self.instance, "agreement_id", None)
            model = field.queryset.model
            if issubclass(model, Part):
                field.queryset = model._default_manager.filter(agreement=own)
            elif model is Agreement:
                field.queryset = model._default_manager.order_by("reference")
            elif model is get_user_model():
                people: Any = model._default_manager
                found: Any = people.filter(is_active=True)
                field.queryset = found.order_by("name")
        if name == "reference":
            field.required = False
            field.help_text = _("Such as PARS-ICE. Empty: made from the name.")
        if name == "slug":
            field.required = False
            field.help_text = _("Empty: made from the name.")
        if name == "currency":  # typed in any case
            field.validators = [v for v in field.validators if v is not CURRENCY]
        if isinstance(field.widget, forms.Textarea):
            field.widget.attrs.update({"rows": 4, "cols": 60})
        if isinstance(field, NamedChoice):
            field.offer(f"names-{name}")

    def clean(self) -> dict[str, Any]:
        """Complete what goes without saying: an address from the name, an end on a day."""
        found = super().clean() or self.cleaned_data
        self._refuse_to_come(found)
        self._refuse_taken_name(found)
        if "reference" in self.fields and not found.get("reference") and found.get("title"):
            found["reference"] = free_reference(found["title"])
        if "slug" in self.fields and not found.get("slug") and "slug" not in self.errors:
            found["slug"] = free_address(
                self.instance, found.get("reference") or found.get("name") or ""
            )
        if found.get("slug") in RESERVED_SLUGS:
            self.add_error("slug", _t("The register has a page of its own at this address."))
        if found.get("internal_note") and not found.get("withheld_ground", "-"):
            self.add_error("withheld_ground", _t("Name the ground on which the note is internal."))
        if found.get("currency"):
            found["currency"] = found["currency"].upper()
        if found.get("ends_on") and found.get("end_kind") == Term.EndKind.NOT_RECORDED:
            found["end_kind"] = Term.EndKind.FIXED
        return found

    def _refuse_to_come(self, found: dict[str, Any]) -> None:
        """Refuse as done what is still to come, and a duty or an access without what shows it."""
        for name in HAPPENED & found.keys():
            try:
                refuse_future(PartialDate.coerce(found[name]))
            except ValidationError as error:
                self.add_error(name, error)
        shown = found.get("done_on") or found.get("confirmed_on")
        if shown and "evidence" in self.fields and not str(found.get("evidence") or "").strip():
            self.add_error("evidence", _t("Say what shows it: a letter, a log, a certificate."))

    def _refuse_taken_name(self, found: dict[str, Any]) -> None:
        """Refuse a second record of a name by which records are chosen."""
        if not isinstance(self.instance, Party | System) or not found.get("name"):
            return
        others = type(self.instance)._default_manager.exclude(pk=self.instance.pk)
        if others.filter(name__iexact=found["name"]).exists():
            self.add_error("name", _t("There is one of this name already: change that one."))

    def _post_clean(self) -> None:
        """Give the record its partial dates and named relations, then check it as a whole."""
        for name in self.partial_names:
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])
        super()._post_clean()  # type: ignore[misc]

    def _get_validation_exclusions(self) -> set[str]:
        """Check constraints on partial dates too, although their columns are no fields here."""
        found = super()._get_validation_exclusions()  # type: ignore[misc]
        columns = {f"{n}_{end}" for n in self.partial_names for end in ("first", "last")}
        return found - columns - {"agreement", "id"}


def free_reference(title: str) -> str:
    """Return a reference for an agreement, made from its name, that no other one has."""
    base = slugify(title)[:50].strip("-").upper() or "AGREEMENT"
    found, number = base, 1
    while Agreement.objects.filter(reference__iexact=found).exists():
        number += 1
        found = f"{base}-{number}"
    return found


def free_address(record: models.Model, name: str) -> str:
    """Return a short address for a record that no other record of its kind has."""
    taken = type(record)._default_manager.exclude(pk=record.pk)
    base = slugify(name)[:50].strip("-") or "record"
    found, number = base, 1
    while found in RESERVED_SLUGS or taken.filter(slug=found).exists():
        number += 1
        found = f"{base}-{number}"
    return found


class DocumentForm(RecordForm):
    """Base of the form of a document: its file is kept at once, so that it is chosen once.

    ``kept`` carries what was chosen from one showing of the form to the next, signed.
    """

    file = forms.FileField(
        label=_("File"),
        required=False,
        max_length=200,
        help_text=_("Any format, at most 100 MB; kept as it is."),
    )
    kept = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        """Keep a chosen file and name it in the record; without one, that of the last showing."""
        found = super().clean() or self.cleaned_data
        upload, token = found.get("file"), found.get("kept")
        if upload and upload.size > LARGEST:
            self.add_error("file", _t("This file has more than 100 MB."))
        elif upload:
            stored = keep(upload)
            self._name(stored.named, upload.name)
        elif token:
            with suppress(signing.BadSignature):
                self._name(*signing.loads(token, salt=KEPT, max_age=KEPT_FOR))
        if not self.instance.sha256 and "file" not in self.errors:
            self.add_error("file", _t("Choose the file."))
        return found

    def _name(self, file: dict[str, Any], file_name: str) -> None:
        """Put a file into the record, and into the form for its next showing."""
        for name, value in (file | {"file_name": file_name}).items():
            setattr(self.instance, name, value)
        self.data = self.data.copy()  # type: ignore[attr-defined]
        token = signing.dumps([file, file_name], salt=KEPT)
        self.data[self.add_prefix("kept")] = token  # type: ignore[index]
        self["file"].help_text = _t(
            "%(name)s is chosen. Choose another file only to take its place."
        ) % {"name": escape(file_name)}


class TermForm(RecordForm):
    """Base of the form of a term: one that goes on where another ended names its source.

    What is renewed here is decided on the renewal's own page (DOMAIN, rules 6 and 7).
    """

    source = NamedChoice(
        Source,
        label=_("Source"),
        required=False,
        help_text=_("Which source says so? For a term that follows another one."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the source of a term that is executed without a decision taken here."""
        found = super().clean() or self.cleaned_data
        term = self.instance
        was = Term.objects.filter(pk=term.pk).first() if term.pk else None
        if found.get("source") or term.proposed_by_id or found.get("is_proposed"):
            return found
        is_new = was is None or was.is_proposed
        others = Term.objects.filter(agreement=term.agreement_id).exclude(pk=term.pk)
        if is_new and others.exists() and "source" in self.fields:
            self.add_error(
                "source",
                _t(
                    "Name the source that says that it went on. A renewal that the city decides is "
                    "proposed and decided on the page of the term before."
                ),
            )
        return found

    def save(self, commit: bool = True) -> Any:
        """Save, and cite the source of the days and the fee."""
        made = super().save(commit)
        source = self.cleaned_data.get("source")
        if source is not None:
            names = [n for n in ("starts_on", "ends_on", "license_fee") if fact_value(made, n)]
            cite(made, source, *names)
        return made


BASES: dict[type[models.Model], type[RecordForm]] = {Document: DocumentForm, Term: TermForm}


def form_for(model: type[models.Model], names: list[str] | None = None) -> type[RecordForm]:
    """Return the form class of a model, with the fields of some names or of all."""
    wanted = names
    if wanted is None:
        wanted = [n for n in names_of(model) if n not in SET_BY_RENEWAL.get(model, ())]
    partial = tuple(n for n in wanted if n in getattr(model, "partial_dates", ()))
    columns = [n for n in wanted if n not in partial]
    base = BASES.get(model, RecordForm)
    declared: dict[str, Any] = {}
    for name in partial:
        declared[name] = PartialDateTyped(
            label=capfirst(field_label(model(), name)), required=False
        )
    made: Any = forms.models.ModelFormMetaclass(  # with the callback that chooses fields by name
        f"{model.__name__}Form",
        (base,),
        declared
        | {
            "Meta": type(
                "Meta",
                (),
                {"model": model, "fields": columns, "formfield_callback": staticmethod(_field)},
            ),
            "partial_names": partial,
        },
    )
    more = [n for n in base.base_fields if n not in RecordForm.base_fields]
    order = [*wanted[:1], *more, *wanted[1:], "reason", "version"]
    made.base_fields = {n: made.base_fields[n] for n in order if n in made.base_fields}
    return made


def _field(column: Any, **kwargs: Any) -> forms.Field | None:
    """Choose the form field of a column."""
    if isinstance(column, models.ForeignKey) and column.related_model in BY_NAME:
        return NamedChoice(
            column.related_model,
            label=capfirst(column.verbose_name),
            required=not column.blank,
        )
    if isinstance(column, models.DateField) and not isinstance(column, models.DateTimeField):
        return DayTyped(label=capfirst(column.verbose_name), required=not column.blank)
    if isinstance(column, models.DateTimeField):
        return InstantTyped(label=capfirst(column.verbose_name), required=not column.blank)
    if isinstance(column, models.DecimalField):
        return MoneyTyped(
            label=capfirst(column.verbose_name),
            required=not column.blank,
            max_digits=column.max_digits,
            decimal_places=column.decimal_places,
        )
    if isinstance(column, models.TextField):
        kwargs["max_length"] = LONGEST_TEXT
    return column.formfield(**kwargs)


def suggestions_of(form: forms.BaseForm) -> dict[str, list[str]]:
    """Return the names that each field of a form offers at first."""
    fields = form.fields.items()
    return {n: field.suggestions() for n, field in fields if isinstance(field, NamedChoice)}


def say(error: ValidationError) -> str:
    """Return what a check of the whole change says, in one text."""
    return " ".join(str(message) for message in error.messages) or _t("This cannot be saved.")
