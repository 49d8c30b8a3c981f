"""What was sent, to whom, about which deadline."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement, Deadline


class Alert(models.Model):
    """One obligation to tell one recipient about one deadline at one lead time.

    It holds the deadline's natural key and day instead of a foreign key, so that a rebuild of
    the deadlines never touches the log. The unique key makes planning safe to repeat.
    """

    class State(models.TextChoices):
        """How far it came."""

        PLANNED = "planned", _("planned")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    agreement = models.ForeignKey(
        Agreement, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    reference = models.CharField(_("reference"), max_length=60)
    kind = models.CharField(_("kind"), max_length=12, choices=Deadline.Kind.choices)
    source_model = models.CharField(max_length=60)
    source_id = models.BigIntegerField()
    occurrence = models.PositiveSmallIntegerField()
    due_on = models.DateField(_("due on"))
    lead_days = models.PositiveSmallIntegerField(_("days before"))
    is_late = models.BooleanField(_("late"))
    recipient = models.EmailField(_("recipient"))
    language = models.CharField(_("language"), max_length=5)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PLANNED
    )
    planned_on = models.DateField(_("planned on"))
    try_after = models.DateTimeField(_("try after"))
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ("due_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "kind",
                    "source_model",
                    "source_id",
                    "occurrence",
                    "due_on",
                    "lead_days",
                    "recipient",
                ],
                name="alert_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["try_after"],
                condition=models.Q(state="planned"),
                name="alert_to_send",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.kind} {self.due_on} −{self.lead_days} → {self.recipient}"

    @property
    def key(self) -> tuple[str, str, int, int]:
        """The deadline's natural key."""
        return self.kind, self.source_model, self.source_id, self.occurrence


class Attempt(models.Model):
    """One try to send an alert, and how it went."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField(_("moment"))
    was_sent = models.BooleanField(_("sent"))
    is_permanent = models.BooleanField(_("permanent failure"), default=False)
    error = models.CharField(_("error"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return "sent" if self.was_sent else self.error
