"""The public timeline: events, evidence, guides; and the city's holidays."""

import datetime as dt

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.models.base import Part
from civil.fields import PartialDateField, partial_date_constraints
from revisions.models import TrackedModel


class Event(Part):
    """A dated entry on the public timeline. Petitions are counted; signers are never named."""

    class Kind(models.TextChoices):
        """What happened."""

        MEETING = "meeting", _("meeting")
        LETTER = "letter", _("letter")
        PETITION = "petition", _("petition")
        PROTEST = "protest", _("protest")
        HEARING = "hearing", _("hearing")
        RESOLUTION = "resolution", _("council resolution")
        ANNOUNCEMENT = "announcement", _("announcement")
        STATEMENT = "statement", _("statement")
        CORRECTION = "correction", _("correction")
        COUNCIL_SESSION = "council_session", _("council session")
        OTHER = "other", _("other")

    class Effect(models.TextChoices):
        """Whether a resolution binds."""

        BINDING = "binding", _("binding")
        ADVISORY = "advisory", _("advisory")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    occurred_on = PartialDateField(_("day"))
    ended_on = PartialDateField(_("last day"))
    title = models.CharField(_("what happened"), max_length=400)
    effect = models.CharField(_("effect"), max_length=8, choices=Effect.choices, blank=True)
    count = models.PositiveIntegerField(
        _("count"), null=True, blank=True, help_text=_("Signatures, or people.")
    )

    dated_by = ("occurred_on",)
    later = {"ended_on": ()}
    register_fields = ("kind",)

    class Meta(Part.Meta):
        abstract = False
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("occurred_on_last", "id")
        constraints = [
            *Part.Meta.constraints,
            *partial_date_constraints("event", "occurred_on", "ended_on"),
            models.CheckConstraint(
                name="event_ends_after_it_began",
                condition=Q(occurred_on_first=None)
                | Q(ended_on_last=None)
                | Q(ended_on_last__gte=models.F("occurred_on_first")),
                violation_error_message=_("An event's last day is not before its first day."),
            ),
            models.CheckConstraint(
                name="event_effect_of_resolution",
                condition=Q(effect="") | Q(kind="resolution"),
                violation_error_message=_("Only a council resolution is binding or advisory."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Evidence(Part):
    """A figure or finding that bears on an agreement; figures may conflict.

    *Continuation* is the finding that the agreement went on during its period: on a day that no
    recorded term covers, it makes the status unknown, with this as a reason. A period without a
    first or last day is open on that side.
    """

    class Kind(models.TextChoices):
        """What it shows."""

        FIGURE = "figure", _("figure")
        FINDING = "finding", _("finding")
        CONTINUATION = "continuation", _("continuation")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    statement = models.CharField(_("statement"), max_length=600)
    figure = models.CharField(_("figure"), max_length=80, blank=True)
    period_from = PartialDateField(_("period from"))
    period_to = PartialDateField(_("period to"))
    reported_on = PartialDateField(_("reported on"))

    register_fields = ("kind", "reported_on")

    class Meta(Part.Meta):
        abstract = False
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ("id",)
        constraints = [
            *Part.Meta.constraints,
            *partial_date_constraints("evidence", "period_from", "period_to", "reported_on"),
            models.CheckConstraint(
                name="evidence_period_in_order",
                condition=Q(period_from_first=None)
                | Q(period_to_last=None)
                | Q(period_to_last__gte=models.F("period_from_first")),
                violation_error_message=_("A period's last day is not before its first day."),
            ),
        ]

    def __str__(self) -> str:
        return self.statement

    def counts_from(self) -> dt.date | None:
        """Return the day on which its period ended, else the day on which it was reported.

        A continuation counts always: its period says which days it speaks of, and a source may
        speak of days long before its own.
        """
        if self.kind == self.Kind.CONTINUATION:
            return None
        date = self.period_to or self.reported_on
        return date.last if date else None


class Guide(Part):
    """A public link that helps residents know their rights, by language."""

    title = models.CharField(_("title"), max_length=300)
    address = models.CharField(
        _("address"), max_length=1000, validators=[URLValidator(schemes=["http", "https"])]
    )
    language = models.CharField(_("language"), max_length=5, default="en")

    register_fields = ("language",)

    class Meta(Part.Meta):
        abstract = False
        verbose_name = _("guide")
        verbose_name_plural = _("guides")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.title


class Holiday(TrackedModel):
    """A day on which the city does not do business: one dated row, so that no upgrade moves it."""

    on = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ("on",)

    def __str__(self) -> str:
        return f"{self.on} {self.name}"
