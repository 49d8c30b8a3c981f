"""What somebody proposes to decide on a term's end, until it is settled or withdrawn."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements.models.renewal import Decision
from agreements.models.term import CURRENCY, Term
from revisions.models import TrackedModel


class Proposal(TrackedModel):
    """A decision that is not taken yet, and what the next term would hold.

    No part of the public record, and no fact of any rule: nothing is derived from it. At most one
    is open on a term. ``worded_by`` is who last changed it: somebody else settles it (DOMAIN,
    rule 7). ``drops`` holds the ids of the shared elements that the next term leaves out.
    """

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="proposals")
    outcome = models.CharField(_("outcome"), max_length=20, choices=Decision.Outcome.choices)
    proposed_on = models.DateField(_("proposed on"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    worded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("last changed by"),
    )
    ends_on = models.DateField(_("last day of the next term"), null=True, blank=True)
    license_fee = models.DecimalField(
        _("license fee"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(
        _("currency"), max_length=3, blank=True, help_text=_("ISO 4217"), validators=[CURRENCY]
    )
    fee_per_months = models.PositiveSmallIntegerField(
        _("per so many months"), null=True, blank=True, help_text=_("Empty: per term.")
    )
    drops = models.JSONField(_("elements no longer shared"), default=list, blank=True)
    takes_effect_on = models.DateField(_("takes effect on"), null=True, blank=True)
    rationale = models.TextField(_("public rationale"), blank=True)
    conditions = models.TextField(_("conditions"), blank=True)
    internal_note = models.TextField(_("internal note"), blank=True)
    withheld_ground = models.CharField(
        _("ground for keeping the note from the public"), max_length=300, blank=True
    )
    supersedes = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="proposal"
    )

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["term"],
                condition=Q(withdrawn_on=None, decision=None),
                name="proposal_one_open_per_term",
            ),
            models.CheckConstraint(
                name="proposal_settled_or_withdrawn",
                condition=Q(withdrawn_on=None) | Q(decision=None),
                violation_error_message=_("A proposal that was settled is not withdrawn."),
            ),
            models.CheckConstraint(
                name="proposal_withdrawn_after_proposed",
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("proposed_on")),
                violation_error_message=_("A proposal is withdrawn on or after its day."),
            ),
            models.CheckConstraint(
                name="proposal_note_on_a_ground",
                condition=Q(internal_note="", withheld_ground="")
                | (~Q(internal_note="") & ~Q(withheld_ground="")),
                violation_error_message=_(
                    "Name the ground on which the note is kept from the public."
                ),
            ),
            models.CheckConstraint(
                name="proposal_fee_with_currency",
                condition=Q(license_fee=None, currency="", fee_per_months=None)
                | (Q(license_fee__isnull=False, license_fee__gte=0) & ~Q(currency="")),
                violation_error_message=_(
                    "A license fee is not negative and has a currency of three letters."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()

    @property
    def is_open(self) -> bool:
        """Whether it is neither settled nor withdrawn."""
        return self.withdrawn_on is None and self.decision_id is None

    @property
    def renews(self) -> bool:
        """Whether it would propose a next term."""
        return self.outcome in Decision.RENEWING
