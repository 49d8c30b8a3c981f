"""Duties with a date: obligations, payments, reviews, and answers to concerns."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements.models.base import Part
from agreements.models.renewal import Decision, NoticeGiven
from agreements.models.term import CURRENCY, Term
from civil.fields import PartialDateField, partial_date_constraints
from parties.models import Party


class Obligation(Part):
    """A duty with a due date and evidence that it was done."""

    class Kind(models.TextChoices):
        """What is to be done."""

        ACCESS_OFF = "access_off", _("access cut off and confirmed")
        DATA_DESTROYED = "data_destroyed", _("data destroyed and certified")
        PARTNER_TOLD = "partner_told", _("partner told")
        AUDIT = "audit", _("audit report")
        DISCLOSURE = "disclosure", _("annual disclosure")
        CONFIRMATION = "confirmation", _("owner's confirmation that the record is still true")
        OTHER = "other", _("other")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    description = models.CharField(_("description"), max_length=300, blank=True)
    decision = models.ForeignKey(
        Decision,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="obligations",
        verbose_name=_("decision that it follows from"),
    )
    notice = models.ForeignKey(
        NoticeGiven,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="obligations",
        verbose_name=_("notice that it follows from"),
    )
    arises_on = models.DateField(_("arises on"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    done_on = PartialDateField(_("done on"))
    evidence = models.TextField(_("evidence"), blank=True)

    later = {"done_on": ("evidence",)}

    class Meta(Part.Meta):
        abstract = False
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        ordering = ("due_on", "id")
        constraints = [
            *Part.Meta.constraints,
            *partial_date_constraints("obligation", "done_on"),
            models.CheckConstraint(
                name="obligation_due_after_arising",
                condition=Q(arises_on=None) | Q(due_on=None) | Q(due_on__gte=F("arises_on")),
                violation_error_message=_("An obligation is due on or after the day it arises."),
            ),
        ]

    def __str__(self) -> str:
        return self.description or self.get_kind_display()


class Payment(Part):
    """One instalment of a license fee.

    Where the day on which it is due is not exactly known, nothing reminds of it.
    """

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(
        _("currency"), max_length=3, help_text=_("ISO 4217"), validators=[CURRENCY]
    )
    due_on = PartialDateField(_("due on"))
    received_on = PartialDateField(_("received on"))

    later = {"received_on": ()}

    class Meta(Part.Meta):
        abstract = False
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("due_on_last", "id")
        constraints = [
            *Part.Meta.constraints,
            *partial_date_constraints("payment", "due_on", "received_on"),
            models.CheckConstraint(
                name="payment_amount_with_currency",
                condition=Q(amount__gte=0) & ~Q(currency=""),
                violation_error_message=_(
                    "An amount is not negative and has a currency of three letters."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class Review(Part):
    """The work before a renewal decision."""

    term = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="reviews"
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    opened_on = PartialDateField(_("opened on"))
    completed_on = PartialDateField(_("completed on"))
    considerations = models.TextField(_("considerations"), blank=True)

    later = {"opened_on": ("considerations",), "completed_on": ()}

    class Meta(Part.Meta):
        abstract = False
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ("id",)
        constraints = [
            *Part.Meta.constraints,
            *partial_date_constraints("review", "opened_on", "completed_on"),
            models.CheckConstraint(
                name="review_completed_after_opened",
                condition=Q(opened_on_first=None)
                | Q(completed_on_last=None)
                | Q(completed_on_last__gte=F("opened_on_first")),
                violation_error_message=_("A review is completed on or after its opening."),
            ),
        ]

    def __str__(self) -> str:
        name = _("Review")
        return f"{name} {self.due_on or ''}".strip()


class Concern(Part):
    """Something raised about an agreement or its use, and the answer to it."""

    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), blank=True)
    raised_by = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="concerns_raised"
    )
    raised_on = PartialDateField(_("raised on"))
    put_to = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="concerns_put_to"
    )
    answer_due_on = models.DateField(_("answer due on"), null=True, blank=True)
    answered_on = PartialDateField(_("answered on"))
    answer = models.TextField(_("answer"), blank=True)
    never_answered = models.BooleanField(
        _("a source says that it was never answered"), default=False
    )

    dated_by = ("raised_on",)
    later = {"answered_on": ("answer",)}
    register_fields = ("title",)

    class Meta(Part.Meta):
        abstract = False
        verbose_name = _("concern")
        verbose_name_plural = _("concerns")
        ordering = ("id",)
        constraints = [
            *Part.Meta.constraints,
            *partial_date_constraints("concern", "raised_on", "answered_on"),
            models.CheckConstraint(
                name="concern_answered_after_raised",
                condition=Q(raised_on_first=None)
                | Q(answered_on_last=None)
                | Q(answered_on_last__gte=F("raised_on_first")),
                violation_error_message=_(
                    "A concern is answered on or after the day it is raised."
                ),
            ),
            models.CheckConstraint(
                name="concern_answered_or_never",
                condition=Q(never_answered=False) | Q(answered_on_last=None, answer=""),
                violation_error_message=_("A concern with an answer was answered."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_answered(self) -> bool:
        """Whether an answer is recorded, its day known or not."""
        return bool(self.answer) or self.answered_on is not None
