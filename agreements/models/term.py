"""A term: one period of an agreement, with its fee, renewal and notice rule."""

import copy
import datetime as dt
from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements.models.base import Part
from agreements.notice import NoticeRule
from civil.fields import PartialDateField, partial_date_constraints

CURRENCY = RegexValidator(r"^[A-Z]{3}\Z", _("Write a currency as three capital letters: USD."))


class Term(Part):
    """One period of an agreement, first and last day inclusive.

    *Proposed* until its instrument is executed. A term entered from a source counts as executed,
    signature not recorded, unless a source calls it proposed.
    """

    class EndKind(models.TextChoices):
        """What is known of the end."""

        FIXED = "fixed", _("on a day")
        NONE = "none", _("no end by its terms")
        NOT_RECORDED = "not_recorded", _("not recorded")

    class RenewalKind(models.TextChoices):
        """What happens at the end."""

        NONE = "none", _("not to be renewed")
        BY_DECISION = "by_decision", _("by decision")
        AUTOMATIC = "automatic", _("by itself")

    number = models.PositiveSmallIntegerField(_("number"))
    starts_on = PartialDateField(_("first day"))
    ends_on = PartialDateField(_("last day"))
    end_kind = models.CharField(
        _("end"), max_length=12, choices=EndKind.choices, default=EndKind.NOT_RECORDED
    )
    is_proposed = models.BooleanField(_("proposed, not executed"), default=False)
    proposed_by = models.ForeignKey(
        "agreements.Decision",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="proposes",
        verbose_name=_("decision that proposed it"),
    )
    signature_due_on = models.DateField(_("signature due on"), null=True, blank=True)
    executed_on = PartialDateField(_("executed on"))

    license_fee = models.DecimalField(
        _("license fee"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(
        _("currency"), max_length=3, blank=True, help_text=_("ISO 4217"), validators=[CURRENCY]
    )
    fee_per_months = models.PositiveSmallIntegerField(
        _("per so many months"), null=True, blank=True, help_text=_("Empty: per term.")
    )

    renewal_kind = models.CharField(
        _("renewal"), max_length=12, choices=RenewalKind.choices, blank=True
    )
    provides_holdover = models.BooleanField(
        _("goes on past its end until renewed or ended"), default=False
    )

    notice_length = models.PositiveSmallIntegerField(_("length of notice"), null=True, blank=True)
    notice_unit = models.CharField(
        _("unit"), max_length=6, blank=True, choices=[("days", _("days")), ("months", _("months"))]
    )
    notice_day_kind = models.CharField(
        _("days counted"),
        max_length=8,
        blank=True,
        choices=[("calendar", _("calendar days")), ("business", _("business days"))],
    )
    notice_counted_from = models.CharField(
        _("counted from"),
        max_length=13,
        blank=True,
        choices=[("end", _("the last day")), ("start_of_next", _("the day after the last day"))],
    )
    notice_counting = models.CharField(
        _("counting"),
        max_length=8,
        blank=True,
        choices=[("at_least", _("at least")), ("clear", _("clear days"))],
    )
    notice_effective = models.CharField(
        _("effective on"),
        max_length=7,
        blank=True,
        choices=[("sending", _("sending")), ("receipt", _("receipt"))],
    )
    notice_roll = models.CharField(
        _("on a day that is no business day"),
        max_length=7,
        blank=True,
        choices=[
            ("earlier", _("the business day before")),
            ("later", _("the business day after")),
            ("none", _("stays")),
        ],
    )

    dated_by = ("executed_on", "starts_on")
    composite_facts = {"license_fee": ("license_fee", "currency", "fee_per_months")}
    register_fields = ("number", "proposed_by")

    class Meta(Part.Meta):
        abstract = False
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ("number",)
        constraints = [
            *Part.Meta.constraints,
            *partial_date_constraints("term", "starts_on", "ends_on", "executed_on"),
            models.UniqueConstraint(
                fields=["agreement", "number"],
                name="term_number_once",
                violation_error_message=_("There is a term of this number already."),
            ),
            models.CheckConstraint(
                name="term_dates_in_order",
                condition=Q(starts_on_first=None)
                | Q(ends_on_last=None)
                | Q(ends_on_last__gte=F("starts_on_first")),
                violation_error_message=_("A term's last day is not before its first day."),
            ),
            models.CheckConstraint(
                name="term_end_as_its_kind_says",
                condition=Q(end_kind="fixed", ends_on_last__isnull=False)
                | (~Q(end_kind="fixed") & Q(ends_on_last=None)),
                violation_error_message=_(
                    "Give the last day with, and only with, an end on a day."
                ),
            ),
            models.CheckConstraint(
                name="term_fee_with_currency",
                condition=Q(license_fee=None, currency="", fee_per_months=None)
                | (Q(license_fee__isnull=False, license_fee__gte=0) & ~Q(currency="")),
                violation_error_message=_(
                    "A license fee is not negative and has a currency of three letters."
                ),
            ),
            models.CheckConstraint(
                name="term_fee_period_positive",
                condition=Q(fee_per_months=None) | Q(fee_per_months__gte=1),
                violation_error_message=_("A fee is per one month or more, or per term."),
            ),
            models.CheckConstraint(
                name="term_notice_length_with_unit",
                condition=Q(notice_length=None, notice_unit="")
                | Q(
                    notice_length__isnull=False,
                    notice_length__gte=1,
                    notice_unit__in=["days", "months"],
                ),
                violation_error_message=_("A notice rule has a length and its unit."),
            ),
            models.CheckConstraint(
                name="term_proposed_until_executed",
                condition=Q(is_proposed=False) | Q(executed_on_last=None),
                violation_error_message=_("A term that was executed is no longer proposed."),
            ),
        ]

    def __str__(self) -> str:
        name = _("Term")
        return f"{name} {self.number}"

    def counts_from(self) -> dt.date | None:
        """Return the earliest day on which it was executed, begun, or decided."""
        days = [self.executed_on.last if self.executed_on else None, self.first_day]
        if self.proposed_by is not None and self.proposed_by.decided_on:
            days.append(self.proposed_by.decided_on.last)
        return min((day for day in days if day), default=None)

    def on(self, day: dt.date) -> Self | None:
        """Return the term as of a day: before its execution it is still proposed."""
        then = super().on(day)
        if then is None or self.executed_on is None or self.executed_on.last <= day:
            return then
        proposed = copy.copy(then)
        proposed.is_proposed, proposed.executed_on = True, None
        return proposed

    @property
    def last_day(self) -> dt.date | None:
        """The last day in force; a partly known end counts from its last possible day."""
        return self.ends_on.last if self.ends_on else None

    @property
    def first_day(self) -> dt.date | None:
        """The first day; a partly known one counts from its last possible day.

        Never after the last day: a term of "2008" that ended in July 2008 began by its end.
        """
        if self.starts_on is None:
            return None
        return min(self.starts_on.last, self.last_day) if self.last_day else self.starts_on.last

    @property
    def effective_day(self) -> dt.date | None:
        """The first day on which it is in force: begun, and executed where that is recorded."""
        days = [self.first_day, self.executed_on.last if self.executed_on else None]
        return max((day for day in days if day), default=None)

    @property
    def notice_rule(self) -> NoticeRule | None:
        """The rule for the last day to give notice, or None where none is recorded."""
        if self.notice_length is None:
            return None
        return NoticeRule(
            length=self.notice_length,
            unit=self.notice_unit,  # type: ignore[arg-type]
            day_kind=self.notice_day_kind,  # type: ignore[arg-type]
            counted_from=self.notice_counted_from,  # type: ignore[arg-type]
            counting=self.notice_counting,  # type: ignore[arg-type]
            effective=self.notice_effective,  # type: ignore[arg-type]
            roll=self.notice_roll,  # type: ignore[arg-type]
        )

    def is_executed_on(self, day: dt.date) -> bool:
        """Whether it counts as executed on a day: not proposed, and not executed later."""
        return not self.is_proposed and (self.executed_on is None or self.executed_on.last <= day)

    def has_begun(self, day: dt.date) -> bool:
        """Whether the executed term has begun on a day, ended or not."""
        begun = self.effective_day is None or self.effective_day <= day
        return self.is_executed_on(day) and begun

    def covers(self, day: dt.date) -> bool:
        """Whether, by itself, the executed term has begun and not ended on a day."""
        return self.has_begun(day) and (self.last_day is None or day <= self.last_day)
