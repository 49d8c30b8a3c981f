"""What is shared, the amendments that change it, and whether data really flows."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements.models.base import Part
from civil.fields import PartialDateField, partial_date_constraints
from parties.models import Element


class Amendment(Part):
    """A dated instrument that changes elements or terms within a term."""

    title = models.CharField(_("title"), max_length=300)
    dated_on = PartialDateField(_("dated"))
    rationale = models.TextField(_("rationale"), blank=True)
    term = models.ForeignKey(
        "agreements.Term",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="amendments",
        verbose_name=_("term whose execution brought it"),
    )

    dated_by = ("dated_on",)
    register_fields = ("title", "term")

    class Meta(Part.Meta):
        abstract = False
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering = ("dated_on_last", "id")
        constraints = [*Part.Meta.constraints, *partial_date_constraints("amendment", "dated_on")]

    def __str__(self) -> str:
        return self.title


class SharedElement(Part):
    """An element shared under an agreement, from a day, up to a day.

    ``removed_on`` is the first day on which it is not shared. Without ``added_on`` it counts
    from the agreement's first term.
    """

    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="shared")
    added_on = PartialDateField(_("added on"))
    added_by = models.ForeignKey(
        Amendment, on_delete=models.PROTECT, null=True, blank=True, related_name="adds"
    )
    removed_on = PartialDateField(_("removed on"), help_text=_("First day without it."))
    removed_by = models.ForeignKey(
        Amendment, on_delete=models.PROTECT, null=True, blank=True, related_name="removes"
    )
    conditions = models.TextField(_("conditions"), blank=True)

    dated_by = ("added_on",)
    later = {"removed_on": ("removed_by",)}

    class Meta(Part.Meta):
        abstract = False
        verbose_name = _("shared element")
        verbose_name_plural = _("shared elements")
        ordering = ("id",)
        constraints = [
            *Part.Meta.constraints,
            *partial_date_constraints("sharedelement", "added_on", "removed_on"),
            models.CheckConstraint(
                name="sharedelement_added_before_removed",
                condition=Q(added_on_first=None)
                | Q(removed_on_last=None)
                | Q(removed_on_last__gt=F("added_on_first")),
                violation_error_message=_("An element is added before it is removed."),
            ),
            models.CheckConstraint(
                name="sharedelement_removal_dated",
                condition=Q(removed_by=None) | Q(removed_on_last__isnull=False),
                violation_error_message=_("Give the day on which the amendment removes it."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.element)

    @property
    def removed_day(self) -> dt.date | None:
        """The first day on which it is not shared; a partly known one counts from its last."""
        return self.removed_on.last if self.removed_on else None


class Access(Part):
    """Whether data flows: a fact apart from the agreement's status."""

    class State(models.TextChoices):
        """What is recorded of the flow."""

        ON = "on", _("on")
        OFF = "off", _("off")
        SUSPENDED = "suspended", _("suspended")
        NOT_RECORDED = "not_recorded", _("not recorded")

    state = models.CharField(_("access"), max_length=12, choices=State.choices)
    since = PartialDateField(_("since"))
    confirmed_on = PartialDateField(_("last confirmed on"))
    evidence = models.TextField(_("evidence"), blank=True)
    obligation = models.ForeignKey(
        "agreements.Obligation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="access",
        verbose_name=_("duty that was done"),
    )

    dated_by = ("since", "confirmed_on")
    register_fields = ("obligation",)
    later = {"confirmed_on": ("evidence",)}

    class Meta(Part.Meta):
        abstract = False
        verbose_name = _("access")
        verbose_name_plural = _("access")
        ordering = ("id",)
        constraints = [
            *Part.Meta.constraints,
            *partial_date_constraints("access", "since", "confirmed_on"),
        ]

    def __str__(self) -> str:
        return self.get_state_display()
