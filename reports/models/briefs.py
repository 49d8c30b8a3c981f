"""Briefs that were issued: the file, what it was made from, who answers for it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement


class BriefQuerySet(models.QuerySet["Brief"]):
    """Issued briefs, as pages ask for them."""

    def released(self) -> "BriefQuerySet":
        """Those that may be handed out; others wait on the desk."""
        return self.filter(released_at__isnull=False)

    def waiting(self) -> "BriefQuerySet":
        """Those that were issued automatically and that nobody has released yet."""
        return self.filter(released_at=None)

    def public(self) -> "BriefQuerySet":
        """Released briefs of the public edition, of records that are still public."""
        return self.released().filter(
            edition=Brief.Edition.PUBLIC, agreement__in=Agreement.objects.published()
        )

    def without_files(self) -> "BriefQuerySet":
        """Leave the files in the database, for lists."""
        return self.defer("data")


class Brief(models.Model):
    """One issued brief, which is never changed but for its release.

    ``code`` is a keyed digest of its content, 160 bits; it opens nothing that is not public, so
    it is kept as it is. ``known_at`` is the moment whose knowledge the content shows: the one
    asked for, or that of issuing.
    """

    class Edition(models.TextChoices):
        """Whom it is for."""

        PUBLIC = "public", _("public")
        INTERNAL = "internal", _("internal")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="briefs")
    code = models.CharField(_("code"), max_length=32, unique=True, editable=False)
    on = models.DateField(_("as of"))
    known = models.DateTimeField(_("as known at"), null=True)
    known_at = models.DateTimeField()
    edition = models.CharField(_("edition"), max_length=8, choices=Edition.choices)
    language = models.CharField(_("language"), max_length=5)
    paper = models.CharField(_("paper"), max_length=6)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    file_name = models.CharField(max_length=200)
    data = models.BinaryField()
    sha256 = models.CharField(_("checksum"), max_length=64)
    is_tagged = models.BooleanField(_("accessible"), default=True)
    deadline_key = models.CharField(max_length=120, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    issued_at = models.DateTimeField(_("issued"))
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    released_at = models.DateTimeField(_("released"), null=True)

    objects: Any = BriefQuerySet.as_manager()

    class Meta:
        verbose_name = _("brief")
        verbose_name_plural = _("briefs")
        ordering = ("-issued_at", "-pk")
        indexes = [
            models.Index(fields=["agreement", "edition", "on"], name="brief_by_record"),
            models.Index(
                fields=["issued_at"],
                condition=models.Q(released_at=None),
                name="brief_waiting",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "deadline_key", "edition", "language", "paper"],
                condition=~models.Q(deadline_key=""),
                name="brief_once_for_a_deadline",
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.shown_code}"

    def get_absolute_url(self) -> str:
        """The page that says whether it is still current."""
        return f"/briefs/{self.code}/"

    @property
    def shown_code(self) -> str:
        """The code as it is printed, in groups of four."""
        return "-".join(self.code[at : at + 4] for at in range(0, len(self.code), 4))
