"""Forms of who is reminded, of what, and how long before: watches, rules of leads, webhooks."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement, Deadline
from desk.fields import NamedChoice
from parties.models import Party, System
from reports.alerts.policy import LEADS, MOST_DAYS_AHEAD
from reports.models import Audience, Cadence, LeadRule, Scope

MOST_LEADS = 20
LAST_CALL = 30
"""Days before a deadline within which staff are reminded, whatever a rule says."""
OFFERED = 300


class About(TextChoices):
    """What a member of staff, or a program, may watch."""

    AGREEMENT = Scope.AGREEMENT.value, Scope.AGREEMENT.label
    PARTY = Scope.PARTY.value, Scope.PARTY.label
    SYSTEM = Scope.SYSTEM.value, Scope.SYSTEM.label
    EVERYTHING = Scope.EVERYTHING.value, Scope.EVERYTHING.label


class LeadsTyped(forms.CharField):
    """Days before a deadline, with commas: "180, 90, 30"; a list of ints, the longest first."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Days, with commas: 90, 30, 7, 0."))
        super().__init__(max_length=200, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a list as people write it."""
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[int]:
        """Return the days. Raises ``ValidationError`` for what is none."""
        words = str(super().clean(value)).replace(",", " ").split()
        if not all(word.isascii() and word.isdecimal() and len(word) <= 4 for word in words):
            raise ValidationError(_t("Write whole days, with commas: 90, 30, 7, 0."))
        days = sorted({int(word) for word in words}, reverse=True)
        if len(days) > MOST_LEADS or (days and days[0] > MOST_DAYS_AHEAD):
            raise ValidationError(
                _t("At most %(n)s reminders, none more than %(days)s days before.")
                % {"n": MOST_LEADS, "days": MOST_DAYS_AHEAD}
            )
        return days


class ReferenceTyped(forms.CharField):
    """An agreement by its reference."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Its reference, such as PARS-ICE."))
        super().__init__(max_length=60, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show an agreement by its reference."""
        return value.reference if isinstance(value, Agreement) else value

    def clean(self, value: Any) -> Agreement | None:
        """Return the agreement, or None for an empty text."""
        text = str(super().clean(value)).replace("\0", "").strip()
        found = Agreement.objects.filter(reference__iexact=text).first() if text else None
        if text and found is None:
            raise ValidationError(_t("There is no agreement of this reference."))
        return found


class _Named(forms.Form):
    """Offers names in lists of the page, where fields choose by name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, NamedChoice):
                field.offer(f"names-{name}")
            if isinstance(field, ReferenceTyped):
                field.widget.attrs |= {"list": f"names-{name}", "autocomplete": "off"}

    def suggestions(self) -> dict[str, list[str]]:
        """Return the names that each field offers at first."""
        found = {}
        for name, field in self.fields.items():
            if isinstance(field, NamedChoice):
                found[name] = field.suggestions()
            elif isinstance(field, ReferenceTyped):
                rows = Agreement.objects.order_by("reference").values_list("reference", flat=True)
                found[name] = list(rows[:OFFERED])
        return found


class WatchForm(_Named):
    """What to be told of, when and how often."""

    scope = forms.ChoiceField(label=_("Watch"), choices=About.choices)
    agreement = ReferenceTyped(label=_("Agreement"), required=False)
    party = NamedChoice(Party, label=_("Party"), required=False)
    system = NamedChoice(System, label=_("System"), required=False)
    leads = LeadsTyped(label=_("Days before a deadline"), required=False)
    cadence = forms.ChoiceField(label=_("How often"), choices=Cadence.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = ", ".join(map(str, LEADS))
        self.fields["leads"].help_text = _t("Empty: %(days)s, or as the department has it.") % {
            "days": usual
        }

    def clean(self) -> dict[str, Any]:
        """Keep what the choice is about, and ask for it where it is missing."""
        data = super().clean() or {}
        scope = data.get("scope", "")
        for name in (About.AGREEMENT, About.PARTY, About.SYSTEM):
            if name != scope:
                data[name] = None
            elif not data.get(name) and name not in self.errors:
                self.add_error(name, _t("Say which one."))
        return data


class WebhookForm(WatchForm):
    """A program that is told, and of what."""

    name = forms.CharField(label=_("Name"), max_length=120)
    url = forms.URLField(label=_("Its address"), max_length=500, assume_scheme="https")
    audience = forms.ChoiceField(
        label=_("Told from"),
        choices=Audience.choices,
        initial=Audience.PUBLIC,
        help_text=_("Public: what the public can read. Staff: all of it."),
    )
    field_order = ("name", "url", "audience", "scope", "agreement", "party", "system", "leads")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["cadence"]

    def clean_url(self) -> str:
        """Refuse what is no plain web address. Whether it may be called is asked at each call."""
        url = str(self.cleaned_data["url"])
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or parts.username or not parts.hostname:
            raise ValidationError(_t("Give an address that begins with https://, without a name."))
        return url


class RuleForm(_Named):
    """Leads that a department or an agreement has instead of the register's own."""

    audience = forms.ChoiceField(label=_("Who is reminded"), choices=Audience.choices)
    agreement = ReferenceTyped(label=_("Agreement"), required=False)
    department = NamedChoice(Party, label=_("Or all of a department"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind of deadline"),
        required=False,
        choices=[("", _("every kind")), *Deadline.Kind.choices],
    )
    leads = LeadsTyped(
        label=_("Days before a deadline"),
        required=False,
        help_text=_("Days, with commas: 90, 30, 7, 0. Empty, for the public: no reminders."),
    )

    def clean(self) -> dict[str, Any]:
        """One agreement or one department, and one rule for it."""
        data = super().clean() or {}
        about = {n: data.get(n) for n in ("agreement", "department") if n not in self.errors}
        if len(about) == 2 and (about["agreement"] is None) == (about["department"] is None):
            self.add_error("agreement", _t("Name an agreement or a department, one of the two."))
        leads = data.get("leads") or [MOST_DAYS_AHEAD]
        is_silent = "leads" not in self.errors and min(leads) > LAST_CALL
        if is_silent and data.get("audience") == Audience.STAFF:
            self.add_error(
                "leads",
                _t("Staff are reminded at least once in the last %(n)s days: add such a day.")
                % {"n": LAST_CALL},
            )
        if not self.errors:
            same = {n: data[n] for n in ("audience", "agreement", "department", "kind")}
            if LeadRule.objects.filter(**same).exists():
                self.add_error("kind", _t("There is a rule for this already: remove it first."))
        return data
