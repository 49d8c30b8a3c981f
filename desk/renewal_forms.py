"""The forms of the renewal pages. Each says what it writes with, as keywords of one function."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from agreements import deciding
from agreements.checks import LONGEST_TEXT
from agreements.facts import Facts
from agreements.models import Access, Decision, NoticeGiven, Proposal, Term, Vote
from agreements.nextterm import FEE, end_of_same_length
from agreements.permissions import mandates_of
from civil.clock import today
from desk.fields import DayTyped, InstantTyped, MoneyTyped, PartialDateTyped
from parties.models import Party
from sources.models import Source


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> DayTyped:
    """A field for one exact day, typed as people write it."""
    more = {"help_text": help_text} if help_text else {}
    return DayTyped(label=label, required=required, **more)


def text_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.CharField:
    """A field for a text of several lines."""
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ActionForm(forms.Form):
    """What one action asks for. ``keywords`` are the arguments of the function that writes."""

    def __init__(self, *args: Any, term: Term, facts: Facts, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.term, self.facts, self.by = term, facts, by
        self.prepare()

    def prepare(self) -> None:
        """Set choices and first values from the record."""

    def parties(self) -> Any:
        """The parties in the agreement."""
        ids = {p.party_id for p in self.facts.participations}
        return Party.objects.filter(pk__in=ids)

    @property
    def keywords(self) -> dict[str, Any]:
        """What is written with."""
        return dict(self.cleaned_data)


class SourcedForm(ActionForm):
    """A form whose facts rest on a source: a known one, or one that is entered here."""

    source_is_required = True

    source = forms.ModelChoiceField(
        label=_("Source"),
        queryset=Source.objects.all(),
        required=False,
        empty_label=_("another, entered below"),
    )
    source_title = forms.CharField(
        label=_("Title of another source"), max_length=400, required=False
    )
    source_publisher = forms.CharField(label=_("Its publisher"), max_length=300, required=False)
    source_address = forms.URLField(
        label=_("Its address"), max_length=1000, required=False, assume_scheme="https"
    )
    locator = forms.CharField(label=_("Place in the source"), max_length=200, required=False)
    quotation = forms.CharField(label=_("Short quotation"), max_length=600, required=False)

    FIELDS = ("source", "source_title", "source_publisher", "source_address")

    def clean(self) -> dict[str, Any]:
        """Return the source, found or new; not saved yet."""
        data = super().clean() or {}
        title = data.get("source_title", "")
        if data.get("source") and title:
            self.add_error("source_title", _t("Choose a source or enter another, not both."))
        if not data.get("source") and title:
            data["source"] = Source(
                key=_free_key(title),
                title=title,
                publisher=data.get("source_publisher", ""),
                address=data.get("source_address", ""),
            )
        if self.source_is_required and not data.get("source"):
            self.add_error("source", _t("Choose the source, or enter its title below."))
        return data

    @property
    def keywords(self) -> dict[str, Any]:
        """What is written with; the citation's own words apart."""
        data = dict(self.cleaned_data)
        for name in self.FIELDS[1:]:
            data.pop(name)
        data["cited"] = {name: data.pop(name) for name in ("locator", "quotation")}
        return data


def _free_key(title: str) -> str:
    stem = slugify(title)[:34] or "source"
    taken = set(Source.objects.filter(key__startswith=stem).values_list("key", flat=True))
    names = (stem if n == 1 else f"{stem}-{n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


# ── The review ─────────────────────────────────────────────────────────────────


class ReviewForm(ActionForm):
    """Opens a review."""

    due_on = day_field(_("To be done by"), required=False)
    considerations = text_field(_("Considerations"))


class ConsiderationsForm(ActionForm):
    """Replaces the considerations of the open review."""

    considerations = text_field(_("Considerations"))

    def prepare(self) -> None:
        """Begin with those that stand."""
        review = open_review_of(self.facts, self.term)
        self.fields["considerations"].initial = review.considerations if review else ""


def open_review_of(facts: Facts, term: Term) -> Any:
    """Return the review of a term that is open."""
    found = [r for r in facts.reviews if r.term_id == term.pk and r.completed_on is None]
    return found[-1] if found else None


class ConcernForm(ActionForm):
    """Raises a concern, and says by when an answer is asked for."""

    title = forms.CharField(label=_("What is the concern?"), max_length=200)
    text = text_field(_("In full"))
    raised_by = forms.ModelChoiceField(
        label=_("Raised by"), queryset=Party.objects.all(), required=False
    )
    put_to = forms.ModelChoiceField(label=_("Put to"), queryset=Party.objects.all(), required=False)
    answer_due_on = day_field(_("Answer asked for by"), required=False)


# ── Notice and votes ───────────────────────────────────────────────────────────


class NoticeForm(ActionForm):
    """Records notice given."""

    purpose = forms.ChoiceField(label=_("Notice of"), choices=NoticeGiven.Purpose.choices)
    given_by = forms.ModelChoiceField(
        label=_("Given by"), queryset=Party.objects.none(), required=False
    )
    office = forms.CharField(label=_("Officer’s office"), max_length=200, required=False)
    given_to = forms.ModelChoiceField(
        label=_("Given to"), queryset=Party.objects.none(), required=False
    )
    method = forms.CharField(label=_("How"), max_length=200, required=False)
    sent_on = day_field(_("Sent on"), required=False)
    received_on = day_field(_("Received on"), required=False)
    authority_disputed = forms.BooleanField(
        label=_("A source disputes the officer’s authority"), required=False
    )

    def prepare(self) -> None:
        """Offer the parties in the agreement."""
        for name in ("given_by", "given_to"):
            self.fields[name].queryset = self.parties()  # type: ignore[attr-defined]


class VoteForm(ActionForm):
    """Casts the vote of a party for which the reader holds a mandate."""

    party = forms.ModelChoiceField(label=_("For"), queryset=Party.objects.none(), empty_label=None)
    value = forms.ChoiceField(
        label=_("Vote"),
        widget=forms.RadioSelect,
        choices=[c for c in Vote.Value.choices if c[0] in {"yes", "no", "abstained", "recused"}],
    )

    def prepare(self) -> None:
        """Offer the parties that decide, by the reader's mandates."""
        held = mandates_of(self.by).values_list("party", flat=True)
        deciding = {p.pk for p in self.facts.on(today()).parties_as("decider")}
        self.fields["party"].queryset = Party.objects.filter(  # type: ignore[attr-defined]
            pk__in=deciding & set(held)
        )


class RecordedVoteForm(SourcedForm):
    """Records a vote by letter, or one that a source reports."""

    source_is_required = False

    party = forms.ModelChoiceField(label=_("Party"), queryset=Party.objects.none())
    value = forms.ChoiceField(label=_("Vote"), choices=Vote.Value.choices)
    intention = forms.ChoiceField(
        label=_("Intention"),
        required=False,
        choices=[("", "---------"), ("yes", _("for renewing")), ("no", _("against renewing"))],
        help_text=_("For an announced intention only."),
    )
    how = forms.ChoiceField(
        label=_("How it was cast"), choices=[c for c in Vote.How.choices if c[0] != "here"]
    )
    voted_on = PartialDateTyped(label=_("On"), required=False)
    office = forms.CharField(label=_("Officer’s office"), max_length=200, required=False)

    field_order = ("party", "value", "intention", "how", "voted_on", "office")

    def prepare(self) -> None:
        """Offer the parties that decide."""
        ids = {p.party_id for p in self.facts.participations if p.role == "decider"}
        self.fields["party"].queryset = Party.objects.filter(pk__in=ids)  # type: ignore[attr-defined]


# ── Decisions ──────────────────────────────────────────────────────────────────


class NextTermForm(ActionForm):
    """What a next term would hold."""

    ends_on = day_field(_("Last day of the next term"), required=False)
    license_fee = MoneyTyped(
        label=_("License fee"), required=False, min_value=0, max_digits=14, decimal_places=2
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)
    fee_per_months = forms.IntegerField(
        label=_("Per so many months"),
        required=False,
        min_value=1,
        max_value=1200,
        help_text=_("Empty: per term."),
    )

    def clean_currency(self) -> str:
        """Return the currency as three capital letters."""
        text = str(self.cleaned_data["currency"]).upper()
        if text and not re.fullmatch(r"[A-Z]{3}", text):
            raise ValidationError(_t("Write a currency as three capital letters: USD."))
        return text


class ProposalForm(NextTermForm):
    """Proposes a decision, or changes what is proposed."""

    outcome = forms.ChoiceField(
        label=_("Decision"), choices=Decision.Outcome.choices, widget=forms.RadioSelect
    )
    takes_effect_on = day_field(
        _("Takes effect on"), required=False, help_text=_("To suspend or terminate.")
    )
    drops = forms.MultipleChoiceField(
        label=_("Elements no longer shared"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("To renew with changes."),
    )
    rationale = text_field(_("Public rationale"))
    conditions = text_field(_("Conditions"))
    internal_note = text_field(_("Internal note"), help_text=_("Never shown to the public."))
    withheld_ground = forms.CharField(
        label=_("Ground for keeping the note from the public"),
        max_length=300,
        required=False,
        help_text=_("The law, rule or order that allows it."),
    )

    field_order = ("outcome", "takes_effect_on", "ends_on", *FEE, "drops")

    def prepare(self) -> None:
        """Begin with what is proposed, else with what the term holds now."""
        shared = [s for s in self.facts.shared_elements if s.removed_on is None]
        self.fields["drops"].choices = [(str(s.pk), str(s.element)) for s in shared]  # type: ignore[attr-defined]
        if not shared:
            del self.fields["drops"]
        said = Proposal.objects.filter(term=self.term, withdrawn_on=None, decision=None).first()
        begin: dict[str, Any] = {name: getattr(said or self.term, name) for name in FEE}
        begin["ends_on"] = said.ends_on if said else end_of_same_length(self.term)
        if said is not None:
            for name in ("outcome", "takes_effect_on", *deciding.SAID):
                begin[name] = getattr(said, name)
            begin["drops"] = [str(pk) for pk in said.drops]
        self.initial = {**begin, **self.initial}

    def clean(self) -> dict[str, Any]:
        """Leave out what belongs to another outcome, so that nothing half-meant is kept."""
        data = dict(super().clean() or {})
        outcome = data.get("outcome")
        data["drops"] = sorted(int(pk) for pk in data.get("drops") or [])
        if outcome not in Decision.RENEWING:
            data |= {"ends_on": None, "license_fee": None, "currency": "", "fee_per_months": None}
        if outcome != Decision.Outcome.RENEW_WITH_CHANGES:
            data["drops"] = []
        if outcome in {*Decision.RENEWING, Decision.Outcome.DO_NOT_RENEW}:
            data["takes_effect_on"] = None
        if data.get("internal_note") and not data.get("withheld_ground"):
            self.add_error("withheld_ground", _t("Name the ground on which the note is internal."))
        if not data.get("internal_note"):
            data["withheld_ground"] = ""
        return data


class WithdrawForm(ActionForm):
    """Withdraws what is proposed."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class SettleForm(ActionForm):
    """Takes the proposed decision, public at once or from its announcement on."""

    embargoed_until = InstantTyped(
        label=_("Public from"),
        required=False,
        help_text=_(
            "Empty: at once. Else a day, or with a time in the city: July 27, 2018, 9:00. Its "
            "announcement makes it public sooner."
        ),
    )

    def clean_embargoed_until(self) -> dt.datetime | None:
        """Refuse a moment that has passed."""
        moment: dt.datetime | None = self.cleaned_data["embargoed_until"]
        if moment is not None and moment <= timezone.now():
            raise ValidationError(_t("An embargo ends later than now: choose a moment to come."))
        return moment


class EnteredDecisionForm(SourcedForm, NextTermForm):
    """Enters a decision that a source reports."""

    outcome = forms.ChoiceField(label=_("Decision"), choices=Decision.Outcome.choices)
    decided_on = PartialDateTyped(label=_("Decided on"), required=False)
    announced_on = PartialDateTyped(label=_("Announced on"), required=False)
    takes_effect_on = PartialDateTyped(label=_("Takes effect on"), required=False)
    rationale = text_field(_("Public rationale"))
    conditions = text_field(_("Conditions"))

    field_order = (
        "outcome",
        "decided_on",
        "announced_on",
        "takes_effect_on",
        "rationale",
        "conditions",
        "ends_on",
        *FEE,
    )

    @property
    def keywords(self) -> dict[str, Any]:
        """What is written with; what the source says of the next term apart."""
        data = dict(super().keywords)
        following = {name: data.pop(name) for name in ("ends_on", *FEE)}
        renews = data["outcome"] in Decision.RENEWING
        return data | {"next_term": following if renews else None}


def to_announce(facts: Facts, term: Term) -> Decision | None:
    """Return the standing decision that waits to be announced, the latest; else the latest."""
    found = facts.decisions_of(term)
    waiting = [d for d in found if d.announced_on is None]
    return next(reversed(waiting or found), None)


class AnnounceForm(ActionForm):
    """Records the announcement of the decision that stands."""

    announced_on = day_field(_("Announced on"))
    rationale = text_field(_("Public rationale"), required=True)

    def prepare(self) -> None:
        """Begin with the rationale that the decision holds."""
        decision = to_announce(self.facts, self.term)
        self.fields["rationale"].initial = decision.rationale if decision else ""


class ExecuteForm(ActionForm):
    """Records the execution of the proposed term."""

    executed_on = day_field(_("Executed on"))


# ── Close-out ──────────────────────────────────────────────────────────────────


class DutyForm(ActionForm):
    """Records a duty as done."""

    done_on = day_field(_("Done on"))
    evidence = text_field(_("What shows it"), required=True, help_text=_("And where that is kept."))


class AccessForm(ActionForm):
    """Records whether data flows."""

    state = forms.ChoiceField(
        label=_("Access"), choices=[c for c in Access.State.choices if c[0] != "not_recorded"]
    )
    confirmed_on = day_field(_("Confirmed on"))
    evidence = text_field(_("What shows it"), required=True, help_text=_("And where that is kept."))
