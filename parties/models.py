"""Parties, the systems that they operate, and the elements of these systems."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from civil.fields import PartialDateField, partial_date_constraints
from revisions.models import TrackedModel


class Party(TrackedModel):
    """An organization. No party is special: roles belong to a participation."""

    class Kind(models.TextChoices):
        """What sort of body it is."""

        CITY_DEPARTMENT = "city_department", _("City department")
        CITY = "city", _("City")
        COURT = "court", _("Court")
        PROSECUTOR = "prosecutor", _("Prosecutor")
        FEDERAL_AGENCY = "federal_agency", _("Federal agency")
        STATE_AGENCY = "state_agency", _("State agency")
        LOCAL_AGENCY = "local_agency", _("Local agency")
        POLICE = "police", _("Transit or university police")
        VENDOR = "vendor", _("Vendor")
        NON_PROFIT = "non_profit", _("Non-profit organization")
        OTHER = "other", _("Other")

    name = models.CharField(_("name"), max_length=300)
    slug = models.SlugField(_("address on this site"), max_length=120, unique=True)
    short_name = models.CharField(_("short name"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts"
    )

    register_fields = ("slug", "short_name", "kind")

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                name="party_not_part_of_itself",
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("id")),
                violation_error_message=_("A party is not part of itself."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The party's public page."""
        return f"/parties/{self.slug}/"


class Alias(TrackedModel):
    """Another spelling under which a party appears in a source."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(_("name"), max_length=300)

    class Meta:
        verbose_name = _("alias")
        verbose_name_plural = _("aliases")
        constraints = [
            models.UniqueConstraint(
                fields=["party", "name"],
                name="alias_once_per_party",
                violation_error_message=_("This other spelling is there already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class System(TrackedModel):
    """An information system that a party operates."""

    name = models.CharField(_("name"), max_length=300)
    slug = models.SlugField(_("address on this site"), max_length=120, unique=True)
    short_name = models.CharField(_("short name"), max_length=80, blank=True)
    operator = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="systems"
    )
    description = models.TextField(_("description"), blank=True)
    in_use_since = PartialDateField(_("in use since"))

    register_fields = ("slug",)

    class Meta:
        verbose_name = _("system")
        verbose_name_plural = _("systems")
        ordering = ("name",)
        constraints = [*partial_date_constraints("system", "in_use_since")]

    def __str__(self) -> str:
        return self.short_name or self.name

    def get_absolute_url(self) -> str:
        """The system's public page."""
        return f"/systems/{self.slug}/"


class Element(TrackedModel):
    """One data element (field) of a system.

    Categories follow the Data Privacy Vocabulary (DPV) where it has a term.
    """

    class Category(models.TextChoices):
        """What the element tells; the code is DPV's term where it has one."""

        NAME = "Name", _("Name")
        CONTACT = "Contact", _("Contact and address")
        IDENTIFYING = "Identifying", _("Identity")
        NATIONALITY = "Nationality", _("Origin or nationality")
        CRIMINAL = "Criminal", _("Criminal justice")
        LOCATION = "Location", _("Location")
        BIOMETRIC = "Biometric", _("Biometric")
        HEALTH = "Health", _("Health")
        FINANCIAL = "Financial", _("Financial")
        EDUCATION = "Education", _("Education")
        VEHICLE = "Vehicle", _("Vehicle")
        OTHER = "Other", _("Other")

    class Sensitivity(models.TextChoices):
        """How much harm a disclosure can do; the register's own judgment."""

        SPECIAL = "special", _("Special category")
        HIGH = "high", _("High")
        NORMAL = "normal", _("Normal")

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="elements")
    name = models.CharField(_("name"), max_length=300)
    category = models.CharField(_("category"), max_length=30, choices=Category.choices, blank=True)
    sensitivity = models.CharField(
        _("sensitivity"), max_length=10, choices=Sensitivity.choices, blank=True
    )
    is_personal = models.BooleanField(_("about a person"), null=True, blank=True)
    data_subjects = models.CharField(
        _("whose data"), max_length=200, blank=True, help_text=_("For instance: victims.")
    )

    register_fields = ("category", "sensitivity", "is_personal")

    class Meta:
        verbose_name = _("element")
        verbose_name_plural = _("elements")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                fields=["system", "name"],
                name="element_once_per_system",
                violation_error_message=_("The system has an element of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_sensitive(self) -> bool:
        """Whether it is drawn as sensitive: a special category, or high."""
        return self.sensitivity in {self.Sensitivity.SPECIAL, self.Sensitivity.HIGH}
