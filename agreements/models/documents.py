"""What is kept with an agreement: its documents, and incidents in its use."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements.models.base import Part
from civil.fields import PartialDateField, partial_date_constraints
from parties.models import Party
from sources.models import Source


def _follows(name: str) -> Q:
    """Holds where a partial date is not before the day of the incident."""
    return (
        Q(occurred_on_first=None)
        | Q(**{f"{name}_last": None})
        | Q(**{f"{name}_last__gte": F("occurred_on_first")})
    )


class Document(Part):
    """A kept file: an original in any format, or the redacted twin of one.

    The file is named by its hash, so that each revision says which bytes it had.
    """

    title = models.CharField(_("title"), max_length=300)
    dated_on = PartialDateField(_("dated on"))
    redacts = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="twins",
        verbose_name=_("document that this is a redacted copy of"),
    )
    source = models.ForeignKey(
        Source,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("source that this is a copy of"),
    )
    file_name = models.CharField(_("name of the file"), max_length=200, editable=False)
    media_type = models.CharField(_("format"), max_length=100, editable=False)
    size = models.BigIntegerField(_("size in bytes"), editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)

    dated_by = ("dated_on",)
    register_fields = ("file_name", "media_type", "size", "sha256")

    class Meta(Part.Meta):
        abstract = False
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("dated_on_last", "id")
        constraints = [
            *Part.Meta.constraints,
            *partial_date_constraints("document", "dated_on"),
            models.CheckConstraint(
                name="document_redacts_another",
                condition=Q(redacts=None) | ~Q(redacts=F("id")),
                violation_error_message=_("A document is no redacted copy of itself."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The address at which the public downloads it."""
        return f"/agreements/{self.agreement.slug}/documents/{self.pk}/"


class Incident(Part):
    """Misuse or a breach that is alleged or confirmed: what, when, who was told, the outcome."""

    class Kind(models.TextChoices):
        """What sort of incident."""

        MISUSE = "misuse", _("misuse")
        BREACH = "breach", _("breach")

    class Standing(models.TextChoices):
        """Whether it is known to have happened."""

        ALLEGED = "alleged", _("alleged")
        CONFIRMED = "confirmed", _("confirmed")
        UNFOUNDED = "unfounded", _("found not to have happened")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    standing = models.CharField(
        _("standing"), max_length=10, choices=Standing.choices, default=Standing.ALLEGED
    )
    title = models.CharField(_("what happened"), max_length=300)
    text = models.TextField(_("in full"), blank=True)
    occurred_on = PartialDateField(_("day"))
    notify = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="incidents_to_hear_of",
        verbose_name=_("to be notified"),
    )
    notify_due_on = models.DateField(_("to be notified by"), null=True, blank=True)
    notified_on = PartialDateField(_("notified on"))
    outcome = models.TextField(_("outcome"), blank=True)
    closed_on = PartialDateField(_("closed on"))

    dated_by = ("occurred_on",)
    later = {"notified_on": (), "closed_on": ("outcome",)}
    register_fields = ("kind", "standing")

    class Meta(Part.Meta):
        abstract = False
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ("occurred_on_last", "id")
        constraints = [
            *Part.Meta.constraints,
            *partial_date_constraints("incident", "occurred_on", "notified_on", "closed_on"),
            models.CheckConstraint(
                name="incident_told_after_it_occurred",
                condition=_follows("notified_on"),
                violation_error_message=_(
                    "Somebody is notified of an incident on or after its day."
                ),
            ),
            models.CheckConstraint(
                name="incident_closed_after_it_occurred",
                condition=_follows("closed_on"),
                violation_error_message=_("An incident is closed on or after its day."),
            ),
        ]

    def __str__(self) -> str:
        return self.title
