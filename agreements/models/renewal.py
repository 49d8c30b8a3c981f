"""Decisions on renewal, the votes for them, and notice given."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements.models.base import Part
from agreements.models.term import Term
from civil.fields import PartialDateField, partial_date_constraints
from parties.models import Party


class Decision(Part):
    """What was decided on a term's end.

    A decision whose day is not recorded counts from the earlier of notice given and announcement.
    ``takes_effect_on`` is the first day of its effect; for *do not renew* that is the day after
    the term's end, which need not be given.
    """

    class Outcome(models.TextChoices):
        """What was decided."""

        RENEW = "renew", _("renew")
        RENEW_WITH_CHANGES = "renew_with_changes", _("renew with changes")
        EXTEND = "extend", _("extend")
        SUSPEND = "suspend", _("suspend")
        DO_NOT_RENEW = "do_not_renew", _("do not renew")
        TERMINATE = "terminate", _("terminate")

    ENDING = (Outcome.DO_NOT_RENEW, Outcome.TERMINATE)
    RENEWING = (Outcome.RENEW, Outcome.RENEW_WITH_CHANGES, Outcome.EXTEND)

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices)
    decided_on = PartialDateField(_("decided on"))
    announced_on = PartialDateField(_("announced on"))
    takes_effect_on = PartialDateField(_("takes effect on"))
    rationale = models.TextField(_("public rationale"), blank=True)
    conditions = models.TextField(_("conditions"), blank=True)
    internal_note = models.TextField(_("internal note"), blank=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    later = {"announced_on": ("rationale",)}
    register_fields = ("internal_note",)

    class Meta(Part.Meta):
        abstract = False
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                name="decision_withheld_on_a_ground",
                condition=Q(is_internal=False, internal_note="", withheld_ground="")
                | (~Q(withheld_ground="") & (Q(is_internal=True) | ~Q(internal_note=""))),
                violation_error_message=_(
                    "Name the ground on which this, or its note, is kept from the public, and only "
                    "then."
                ),
            ),
            *partial_date_constraints("decision", "decided_on", "announced_on", "takes_effect_on"),
            models.CheckConstraint(
                name="decision_announced_after_decided",
                condition=Q(decided_on_first=None)
                | Q(announced_on_last=None)
                | Q(announced_on_last__gte=F("decided_on_first")),
                violation_error_message=_("A decision is announced on or after its day."),
            ),
            models.CheckConstraint(
                name="decision_supersedes_another",
                condition=~Q(supersedes=F("id")),
                violation_error_message=_("A decision cannot supersede itself."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()

    @property
    def ends_it(self) -> bool:
        """Whether the outcome ends the agreement."""
        return self.outcome in self.ENDING


class Vote(Part):
    """One deciding party's stance on a term's end.

    ``digest`` is that of the text (terms, elements, fee) which stood when the vote was entered; see
    :mod:`agreements.ballot`. A vote cast here binds to it. It is empty for a vote that was entered
    without the workflow.
    """

    class Value(models.TextChoices):
        """What the party did."""

        YES = "yes", _("for renewing")
        NO = "no", _("against renewing")
        ABSTAINED = "abstained", _("abstained")
        RECUSED = "recused", _("recused")
        ANNOUNCED = "announced_intention", _("announced intention")
        NOT_RECORDED = "not_recorded", _("not recorded")

    class How(models.TextChoices):
        """How the vote came into the register."""

        HERE = "here", _("cast here")
        LETTER = "letter", _("by letter")
        SOURCE = "source", _("from a source")

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="votes")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="votes")
    value = models.CharField(_("vote"), max_length=20, choices=Value.choices)
    intention = models.CharField(
        _("intention"),
        max_length=3,
        blank=True,
        choices=[("yes", _("for renewing")), ("no", _("against renewing"))],
    )
    voted_on = PartialDateField(_("voted on"))
    office = models.CharField(_("officer's office"), max_length=200, blank=True)
    how = models.CharField(
        _("how it was cast"), max_length=6, choices=How.choices, default=How.SOURCE
    )
    cast_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cast by"),
    )
    digest = models.CharField(_("digest of the text"), max_length=64, blank=True)

    dated_by = ("voted_on",)
    register_fields = ("how", "cast_by", "digest")

    class Meta(Part.Meta):
        abstract = False
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ("id",)
        constraints = [
            *Part.Meta.constraints,
            *partial_date_constraints("vote", "voted_on"),
            models.CheckConstraint(
                name="vote_intention_only_announced",
                condition=Q(value="announced_intention", intention__in=["yes", "no"])
                | (~Q(value="announced_intention") & Q(intention="")),
                violation_error_message=_(
                    "Say what is intended with, and only with, an announced intention."
                ),
            ),
            models.CheckConstraint(
                name="vote_cast_here_by_somebody",
                condition=(Q(how="here", cast_by__isnull=False) & ~Q(digest=""))
                | (~Q(how="here") & Q(cast_by=None)),
                violation_error_message=_(
                    "A vote cast here bears its voter and the digest of the text; no other does."
                ),
            ),
            models.UniqueConstraint(
                fields=["term", "party"],
                condition=Q(value__in=["yes", "no", "abstained", "recused", "not_recorded"]),
                name="vote_once_per_party",
                violation_error_message=_("This party has voted on this term’s end already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.get_value_display()}"


class NoticeGiven(Part):
    """Notice that was given about a term's end: by whom, to whom, how, when."""

    class Purpose(models.TextChoices):
        """What the notice says."""

        NON_RENEWAL = "non_renewal", _("non-renewal")
        TERMINATION = "termination", _("termination")

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="notices")
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices)
    given_by = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="notices_given"
    )
    office = models.CharField(_("officer's office"), max_length=200, blank=True)
    authority_disputed = models.BooleanField(
        _("a source disputes the officer's authority"), default=False
    )
    given_to = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="notices_received"
    )
    method = models.CharField(_("how"), max_length=200, blank=True)
    sent_on = PartialDateField(_("sent on"))
    received_on = PartialDateField(_("received on"))

    dated_by = ("sent_on", "received_on")
    later = {"received_on": ()}

    class Meta(Part.Meta):
        abstract = False
        verbose_name = _("notice given")
        verbose_name_plural = _("notices given")
        ordering = ("id",)
        constraints = [
            *Part.Meta.constraints,
            *partial_date_constraints("noticegiven", "sent_on", "received_on"),
            models.CheckConstraint(
                name="noticegiven_received_after_sent",
                condition=Q(sent_on_first=None)
                | Q(received_on_last=None)
                | Q(received_on_last__gte=F("sent_on_first")),
                violation_error_message=_("Notice is received on or after the day it was sent."),
            ),
            models.CheckConstraint(
                name="noticegiven_by_somebody",
                condition=Q(given_by__isnull=False) | ~Q(office=""),
                violation_error_message=_("Say who gave notice: the party or the office."),
            ),
        ]

    def __str__(self) -> str:
        return _("Notice of %(purpose)s") % {"purpose": self.get_purpose_display()}
