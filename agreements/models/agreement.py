"""The agreement and the parties in it."""

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.models.base import Part
from agreements.querysets import AgreementQuerySet
from civil.fields import PartialDateField, partial_date_constraints
from parties.models import Party, System
from revisions.models import TrackedModel


class Agreement(TrackedModel):
    """The legal relationship under which data about people is shared.

    Only name, kind and parties are required: real records are incomplete, and what is not known
    stays empty and reads "Not recorded".
    """

    class Kind(models.TextChoices):
        """What the instrument calls itself."""

        AGREEMENT = "agreement", _("agreement")
        LICENSE = "license", _("license")
        CONTRACT = "contract", _("contract")
        MEMORANDUM = "memorandum", _("memorandum of understanding")
        DATA_SHARING = "data_sharing", _("data-sharing agreement")
        ORDER = "order", _("order or statute")
        OTHER = "other", _("other")

    class DecisionRule(models.TextChoices):
        """How many of the deciding parties must be for renewing."""

        ALL = "all", _("all deciding parties")
        K_OF_N = "k_of_n", _("a number of the deciding parties")
        ONE = "one", _("any one deciding party")

    class AccessMethod(models.TextChoices):
        """How the data moves."""

        LIVE_QUERY = "live_query", _("live query")
        FILE_TRANSFER = "file_transfer", _("file transfer")
        API = "api", _("API")
        PAPER = "paper", _("paper")

    # Identity
    reference = models.CharField(
        _("reference"),
        max_length=60,
        unique=True,
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9][A-Za-z0-9._/-]*\Z",
                _("Use letters, digits, hyphens, dots and slashes, such as PARS-ICE."),
            )
        ],
    )
    slug = models.SlugField(_("address on this site"), max_length=80, unique=True)
    title = models.CharField(_("name"), max_length=300)
    short_title = models.CharField(
        _("short name"), max_length=80, blank=True, help_text=_("For subject lines and charts.")
    )
    law_department_number = models.CharField(
        _("law department's number"), max_length=60, blank=True
    )
    contract_number = models.CharField(_("contract number"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts"
    )
    replaced_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaces"
    )
    replaced_on = PartialDateField(
        _("replaced on"), help_text=_("First day on which the other agreement holds.")
    )
    system = models.ForeignKey(
        System, on_delete=models.PROTECT, null=True, blank=True, related_name="agreements"
    )

    # Who looks after it
    department = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="looks_after"
    )
    responsible_officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    department_address = models.EmailField(_("department's address"), blank=True)

    # Purpose and basis
    purpose = models.TextField(_("purpose"), blank=True)
    benefits = models.TextField(_("expected benefits"), blank=True)
    public_function = models.TextField(_("public function"), blank=True)
    permitted_uses = models.TextField(_("permitted uses"), blank=True)
    prohibited_uses = models.TextField(_("prohibited uses"), blank=True)
    legal_basis = models.TextField(_("legal basis"), blank=True)
    impact_assessment = models.TextField(_("impact assessment"), blank=True)

    # How the data is handled
    access_method = models.CharField(
        _("access method"), max_length=20, choices=AccessMethod.choices, blank=True
    )
    frequency = models.CharField(_("frequency"), max_length=200, blank=True)
    onward_disclosure = models.TextField(_("onward disclosure"), blank=True)
    security = models.TextField(_("security"), blank=True)
    breach_notification = models.TextField(_("breach notification"), blank=True)
    individual_rights = models.TextField(_("individual rights"), blank=True)
    retention = models.TextField(_("retention and destruction"), blank=True)
    original_location = models.CharField(
        _("where the signed original lies"), max_length=300, blank=True
    )

    # Renewal
    decision_rule = models.CharField(
        _("who must be for renewing"), max_length=10, choices=DecisionRule.choices, blank=True
    )
    votes_needed = models.PositiveSmallIntegerField(
        _("votes for renewing that are needed"), null=True, blank=True
    )
    decide_days = models.PositiveSmallIntegerField(
        _("days before notice or expiry by which to decide"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(3650)],
    )
    review_interval_months = models.PositiveSmallIntegerField(
        _("months between reviews"), null=True, blank=True, validators=[MaxValueValidator(1200)]
    )
    maximum_ends_on = models.DateField(_("cannot be extended beyond"), null=True, blank=True)

    # Publication
    published_at = models.DateTimeField(
        _("public from"), null=True, blank=True, editable=False, db_index=True
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    withdrawn_office = models.CharField(
        _("office that withdrew it"), max_length=200, blank=True, editable=False
    )
    withdrawn_reason = models.TextField(
        _("public reason for withdrawing it"), blank=True, editable=False
    )
    internal_note = models.TextField(_("internal note"), blank=True)
    withheld_ground = models.CharField(
        _("ground for keeping the internal note from the public"), max_length=300, blank=True
    )

    # What the law asks of the record itself
    retention_schedule = models.CharField(_("retention schedule"), max_length=200, blank=True)
    retain_until = models.DateField(_("to be kept until"), null=True, blank=True)
    legal_hold = models.BooleanField(
        _("under legal hold"), default=False, help_text=_("Nothing of it may be deleted.")
    )

    objects: ClassVar[Any] = AgreementQuerySet.as_manager()

    register_fields = (
        "reference",
        "slug",
        "title",
        "short_title",
        "department",
        "responsible_officer",
        "deputy",
        "department_address",
        "decide_days",
        "published_at",
        "withdrawn_at",
        "withdrawn_office",
        "withdrawn_reason",
        "internal_note",
        "withheld_ground",
        "retention_schedule",
        "retain_until",
        "legal_hold",
    )
    composite_facts = {"decision_rule": ("decision_rule", "votes_needed")}

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ("reference",)
        constraints = [
            *partial_date_constraints("agreement", "replaced_on"),
            models.CheckConstraint(
                name="agreement_votes_needed_with_rule",
                condition=Q(decision_rule="k_of_n", votes_needed__isnull=False, votes_needed__gte=1)
                | (~Q(decision_rule="k_of_n") & Q(votes_needed=None)),
                violation_error_message=_(
                    "Give the number of votes needed with, and only with, the rule that a number "
                    "of the deciding parties must be for renewing."
                ),
            ),
            models.CheckConstraint(
                name="agreement_not_part_of_itself",
                condition=Q(parent=None) | ~Q(parent=models.F("id")),
                violation_error_message=_("An agreement is not part of itself."),
            ),
            models.CheckConstraint(
                name="agreement_not_replaced_by_itself",
                condition=Q(replaced_by=None) | ~Q(replaced_by=models.F("id")),
                violation_error_message=_("An agreement is not replaced by itself."),
            ),
            models.CheckConstraint(
                name="agreement_replaced_by_another",
                condition=Q(replaced_by__isnull=False) | Q(replaced_on_first=None),
                violation_error_message=_("Say which agreement replaces this one on that day."),
            ),
            models.CheckConstraint(
                name="agreement_review_interval_positive",
                condition=Q(review_interval_months=None) | Q(review_interval_months__gte=1),
                violation_error_message=_("Months between reviews: 1 or more."),
            ),
            models.CheckConstraint(
                name="agreement_withdrawn_with_office_and_reason",
                condition=Q(withdrawn_at=None, withdrawn_office="", withdrawn_reason="")
                | (
                    Q(withdrawn_at__isnull=False, published_at__isnull=False)
                    & ~Q(withdrawn_office="")
                    & ~Q(withdrawn_reason="")
                ),
                violation_error_message=_(
                    "A published record is withdrawn by an office, with a public reason."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.title}"

    def get_absolute_url(self) -> str:
        """The agreement's public page."""
        return f"/agreements/{self.slug}/"

    def publication_at(self, moment: dt.datetime) -> str:
        """Return ``draft``, ``embargoed``, ``published`` or ``withdrawn``, as of a moment."""
        if self.published_at is None:
            return "draft"
        if self.published_at > moment:
            return "embargoed"
        is_withdrawn = self.withdrawn_at is not None and self.withdrawn_at <= moment
        return "withdrawn" if is_withdrawn else "published"

    @property
    def label(self) -> str:
        """How subject lines and charts call it."""
        return self.short_title or self.reference


class Participation(Part):
    """A party in an agreement, with a role."""

    class Role(models.TextChoices):
        """What the party does in the agreement."""

        PROVIDER = "provider", _("provider")
        RECIPIENT = "recipient", _("recipient")
        STEWARD = "steward", _("steward")
        SIGNATORY = "signatory", _("signatory")
        DECIDER = "decider", _("decider")

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="participations")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    signed_on = PartialDateField(_("signed on"))
    signer_office = models.CharField(_("signer's office"), max_length=200, blank=True)
    acceded_on = PartialDateField(_("acceded on"))
    withdrew_on = PartialDateField(_("withdrew on"))

    dated_by = ("acceded_on",)
    later = {"withdrew_on": (), "signed_on": ("signer_office",)}

    class Meta(Part.Meta):
        abstract = False
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        ordering = ("id",)
        constraints = [
            *Part.Meta.constraints,
            *partial_date_constraints("participation", "signed_on", "acceded_on", "withdrew_on"),
            models.UniqueConstraint(
                fields=["agreement", "party", "role"],
                name="participation_once_per_role",
                violation_error_message=_("This party has this role here already."),
            ),
            models.CheckConstraint(
                name="participation_dates_in_order",
                condition=Q(acceded_on_first=None)
                | Q(withdrew_on_last=None)
                | Q(withdrew_on_last__gte=models.F("acceded_on_first")),
                violation_error_message=_("A party withdraws on or after the day it acceded."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} ({self.get_role_display()})"

    def takes_part_on(self, day: dt.date) -> bool:
        """Whether the party has this role on a day; the day of withdrawal is the first without."""
        since = self.counts_from()
        acceded = since is None or since <= day
        return acceded and (self.withdrew_on is None or self.withdrew_on.last > day)
