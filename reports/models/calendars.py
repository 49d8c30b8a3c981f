"""What subscribed calendars were told, so that a later answer can change or cancel it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement, Deadline


class CalendarEntry(models.Model):
    """A public deadline as calendars know it, by its natural key.

    ``sequence`` counts the changes since it was first published (RFC 5545, 3.8.7.4).
    ``gone_at`` is the moment at which it ceased to be public, or to be at all.
    """

    agreement = models.ForeignKey(
        Agreement, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=Deadline.Kind.choices)
    source_model = models.CharField(max_length=60)
    source_id = models.BigIntegerField()
    occurrence = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    told = models.CharField(max_length=64, help_text=_("Digest of what calendars were told."))
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("calendar entry")
        verbose_name_plural = _("calendar entries")
        ordering = ("due_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source_model", "source_id", "occurrence"],
                name="calendarentry_natural_key",
            )
        ]
        indexes = [models.Index(fields=["agreement", "due_on"], name="calendarentry_by_agr")]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_on} #{self.sequence}"
