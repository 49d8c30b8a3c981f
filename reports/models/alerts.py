"""What was sent, to whom, about which deadline; and how the engine that sends is doing."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement, Deadline
from reports.models.watches import Audience, Cadence


class Channel(models.TextChoices):
    """The way out."""

    EMAIL = "email", _("e-mail")
    WEBHOOK = "webhook", _("webhook")


NATURAL = ("kind", "source_model", "source_id", "occurrence", "due_on", "lead_days")
"""What an alert is about: a deadline on its day, at a lead."""


class Alert(models.Model):
    """One obligation to tell one recipient about one deadline at one lead time.

    It holds the deadline's natural key and day instead of a foreign key, so that a rebuild of
    the deadlines never touches the log. The unique key makes planning safe to repeat; a cancelled
    alert stands outside it, so that a day that moves and moves back is told after all.

    ``recipient`` is the address of staff; for others it names a row (``follower:7``), so that an
    address is gone from the log when its owner leaves. ``rank`` is the place of a reader by role:
    0 the responsible officer, 1 the deputy, 2 the department; empty for one by choice.
    ``lead_days`` counts days before the deadline; below zero, days after it.
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
    lead_days = models.IntegerField(_("days before"))
    is_late = models.BooleanField(_("late"))
    audience = models.CharField(max_length=6, choices=Audience.choices, default=Audience.STAFF)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    recipient = models.CharField(_("recipient"), max_length=254)
    rank = models.PositiveSmallIntegerField(_("place among the readers by role"), null=True)
    is_escalated = models.BooleanField(_("escalated"), default=False)
    cadence = models.CharField(max_length=6, choices=Cadence.choices, default=Cadence.AT_ONCE)
    language = models.CharField(_("language"), max_length=5)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PLANNED
    )
    planned_on = models.DateField(_("planned on"))
    planned_at = models.DateTimeField(_("planned"))
    try_after = models.DateTimeField(_("try after"))
    claimed_until = models.DateTimeField(null=True)
    mail_key = models.CharField(_("mail that it travels in"), max_length=64, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    sent_on = models.DateField(_("sent on"), null=True)
    seen_at = models.DateTimeField(_("acknowledged"), null=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("acknowledged by"),
    )

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ("due_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=[*NATURAL, "recipient"],
                condition=~models.Q(state="cancelled") & models.Q(rank=None),
                name="alert_once_by_choice",
            ),
            models.UniqueConstraint(
                fields=[*NATURAL, "recipient", "is_escalated"],
                condition=~models.Q(state="cancelled") & models.Q(rank__isnull=False),
                name="alert_once_by_role",
            ),
            models.CheckConstraint(
                condition=models.Q(seen_by=None) | models.Q(seen_at__isnull=False),
                name="alert_seen_by_with_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["try_after"],
                condition=models.Q(state="planned"),
                name="alert_to_send",
            ),
            models.Index(fields=["source_id", "kind", "due_on"], name="alert_by_deadline"),
            models.Index(
                fields=["sent_on"],
                condition=models.Q(seen_at=None, audience="staff", state__in=["sent", "failed"]),
                name="alert_not_seen",
            ),
            models.Index(fields=["recipient", "state"], name="alert_by_recipient"),
            models.Index(fields=["mail_key"], name="alert_by_mail"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.kind} {self.due_on} −{self.lead_days} → {self.recipient}"

    @property
    def key(self) -> tuple[str, str, int, int]:
        """The deadline's natural key."""
        return self.kind, self.source_model, self.source_id, self.occurrence

    @property
    def full_key(self) -> tuple[Any, ...]:
        """What makes it unique: the deadline, its day, the lead, the recipient and why they are."""
        by_choice = ("by choice",) if self.audience == Audience.STAFF and self.rank is None else ()
        why = ("escalated",) if self.is_escalated else by_choice
        return (*self.key, self.due_on, self.lead_days, self.recipient, *why)


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


class Heartbeat(models.Model):
    """When a periodic job, or a channel, last worked, and when it is to be tried again.

    ``beat_at`` is its last run, ``ok_at`` its last run without an error; ``failures`` counts the
    runs since then. ``next_at`` is the moment before which it is not tried.
    """

    name = models.CharField(_("name"), max_length=60, unique=True)
    beat_at = models.DateTimeField(_("last run"), null=True)
    ok_at = models.DateTimeField(_("last run without an error"), null=True)
    next_at = models.DateTimeField(_("next run"), null=True)
    failures = models.PositiveIntegerField(_("failures since"), default=0)
    error = models.CharField(_("error"), max_length=500, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
