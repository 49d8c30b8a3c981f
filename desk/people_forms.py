"""The forms of the pages about people."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agreements.handover import OFFICES, Holdings
from agreements.models.mandate import Mandate
from agreements.permissions import Can, Role
from civil.clock import today


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ReasonForm(forms.Form):
    """Asks why, and nothing else."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class PersonForm(forms.ModelForm):
    """Invites or changes a person.

    Of themselves nobody changes more than name, office and language; only superusers make others
    superusers.
    """

    role = forms.ChoiceField(
        label=_("Role"),
        required=False,
        choices=[("", _("none: votes at most")), *Role.choices],
        help_text=_(
            "An editor changes records; a records officer also publishes, withdraws and manages "
            "people; a council reader reads what is internal. Votes are given by mandate."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language of mails"), choices=[("en", "English"), ("es", "Español")]
    )
    is_superuser = forms.BooleanField(
        label=_("Superuser: may do everything but vote, and opens the admin"), required=False
    )

    class Meta:
        model = User
        fields = ("name", "email", "office", "role", "language", "is_superuser")
        labels = {"name": _("Name"), "email": _("E-mail address"), "office": _("Office")}

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        if self.instance.pk == by.pk:
            for name in ("email", "role", "is_superuser"):
                del self.fields[name]
        elif not by.is_superuser:
            del self.fields["is_superuser"]

    def save(self, commit: bool = True) -> User:
        """Save; a superuser may open the admin, others may not."""
        self.instance.is_staff = self.instance.is_superuser
        return super().save(commit)


class MandateForm(forms.ModelForm):
    """Gives a person the vote of a party, from a day on."""

    reason = ReasonForm.base_fields["reason"]

    class Meta:
        model = Mandate
        fields = ("party", "office", "from_on", "until_on")
        labels = {
            "party": _("Votes for"),
            "office": _("Officer’s office"),
            "from_on": _("First day"),
            "until_on": _("Last day (optional)"),
        }
        widgets = {"from_on": _day_input(), "until_on": _day_input()}

    def clean(self) -> dict[str, Any]:
        """Refuse a second mandate for the same party on the same days."""
        data = super().clean() or {}
        party, first, last = data.get("party"), data.get("from_on"), data.get("until_on")
        if party is None or first is None:
            return data
        same = Mandate.objects.filter(
            Q(until_on=None) | Q(until_on__gte=first), user=self.instance.user, party=party
        )
        if last is not None:
            same = same.filter(from_on__lte=last)
        if same.exists():
            raise ValidationError(
                _t("%(who)s votes for %(party)s on some of these days already.")
                % {"who": self.instance.user, "party": party}
            )
        return data


class MandateEndForm(ReasonForm):
    """Asks for a mandate's last day."""

    last_on = forms.DateField(label=_("Last day"), widget=_day_input())
    field_order = ("last_on", "reason")

    def __init__(self, *args: Any, mandate: Mandate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mandate = mandate
        self.fields["last_on"].initial = max(today(), mandate.from_on)

    def clean_last_on(self) -> Any:
        """Refuse a day before the first, and one later than the last."""
        day = self.cleaned_data["last_on"]
        if day < self.mandate.from_on:
            raise ValidationError(_t("The last day is not before the first."))
        if self.mandate.until_on and day > self.mandate.until_on:
            raise ValidationError(_t("The mandate ends before that day. Give a new one instead."))
        return day


class DisableForm(ReasonForm):
    """Asks who takes over each thing that somebody holds, and why they leave.

    ``everything`` takes what has no name of its own, agreements only: a vote is never passed on
    by default.
    """

    def __init__(self, *args: Any, person: User, held: Holdings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = User.objects.filter(is_active=True).exclude(pk=person.pk).order_by("name", "email")
        self.people = {str(user.pk): user for user in others}
        self.held = held
        names = [(pk, f"{user} ({user.office})" if user.office else str(user))
                 for pk, user in self.people.items()]  # fmt: skip
        editors = [(pk, name) for pk, name in names if self.people[pk].has_perm(Can.EDIT)]
        if held.responsible_officer or held.deputy:
            self._ask("everything", _("Takes over every agreement below"), editors, "—")
        for office in OFFICES:
            for agreement in getattr(held, office):
                self._ask(f"{office}_{agreement.pk}", str(agreement), editors, _("as above"))
        for mandate in held.mandates:
            label = _t("Vote of %(party)s") % {"party": mandate.party}
            self._ask(f"mandate_{mandate.pk}", label, names, _("nobody: the mandate ends"))
        self.order_fields([name for name in self.fields if name != "reason"])

    def _ask(self, name: str, label: Any, names: list[tuple[str, str]], empty: Any) -> None:
        self.fields[name] = forms.ChoiceField(
            label=label, required=False, choices=[("", empty), *names]
        )

    def parts(self) -> dict[str, list[Any]]:
        """Return the fields under their headings."""
        found: dict[str, list[Any]] = {"responsible_officer": [], "deputy": [], "mandate": []}
        for name in self.fields:
            kind = name.rpartition("_")[0]
            if kind in found:
                found[kind].append(self[name])
        return found

    def clean(self) -> dict[str, Any]:
        """Work out who takes over what; an agreement without anybody is an error beside it."""
        data = super().clean() or {}
        everything = self.people.get(data.get("everything", ""))
        self.successors: dict[tuple[str, int], Any] = {}
        for kind, pk in sorted(self.held.keys()):
            name = f"{kind}_{pk}"
            chosen = self.people.get(data.get(name, ""))
            if kind != "mandate" and chosen is None and everything is None:
                if name not in self.errors:
                    self.add_error(name, _t("Say who takes this over."))
                continue
            self.successors[kind, pk] = chosen or (everything if kind != "mandate" else None)
        return data
