"""Sources, and the citations by which a fact rests on them."""

from typing import Any

from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from civil.fields import PartialDateField, partial_date_constraints
from revisions.models import TrackedModel


class Source(TrackedModel):
    """A publication, letter or file from which facts are taken."""

    key = models.SlugField(
        _("short mark"), max_length=40, unique=True, help_text=_("Names the source in lists.")
    )
    title = models.CharField(_("title"), max_length=400)
    publisher = models.CharField(_("publisher"), max_length=300, blank=True)
    published_on = PartialDateField(_("published on"))
    address = models.CharField(
        _("address"),
        max_length=1000,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"])],
    )
    language = models.CharField(_("language"), max_length=5, default="en")
    retrieved_on = models.DateField(_("retrieved on"), null=True, blank=True)
    note = models.CharField(
        _("note"), max_length=300, blank=True, help_text=_("For instance: only an excerpt was read")
    )
    archive_address = models.CharField(
        _("archived copy"),
        max_length=1000,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"])],
    )
    archive_sha256 = models.CharField(_("hash of the copy"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ("id",)
        constraints = [*partial_date_constraints("source", "published_on")]

    def __str__(self) -> str:
        return self.title


class Citation(TrackedModel):
    """A source says a value of a fact.

    The fact is a field of a record, named by ``target_model`` (such as ``agreements.Term``),
    ``target_id`` and ``field``; an empty ``field`` means the record as a whole. ``value`` is what
    the source says, as JSON: a partial date in EDTF, money as
    ``{"amount", "currency", "per_months"}``. Sources may disagree: all stand. The record follows
    the ones whose value it holds; ``why`` says why.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="citations")
    target_model = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    field = models.CharField(_("field"), max_length=60, blank=True)
    value = models.JSONField(_("value"), null=True, blank=True)
    locator = models.CharField(_("place in the source"), max_length=200, blank=True)
    quotation = models.CharField(_("quotation"), max_length=600, blank=True)
    why = models.CharField(_("why it is followed, or not"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ("id",)
        indexes = [models.Index(fields=["target_model", "target_id"], name="citation_by_target")]

    def __str__(self) -> str:
        return f"{self.target_model} {self.target_id} {self.field}".strip()

    @property
    def target(self) -> tuple[str, int]:
        """The record that the citation is about: its model's label and its id."""
        return self.target_model, self.target_id


class StoredFile(models.Model):
    """What is in a kept file, by the SHA-256 of its bytes, which never change.

    The bytes lie in the storage of :mod:`sources.files`. ``findings`` says what in it must not be
    published, as :func:`sources.reading.read` does.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    pages = models.PositiveIntegerField(null=True)
    text = models.TextField(blank=True)
    findings = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.sha256

    @property
    def named(self) -> dict[str, Any]:
        """The columns by which a record names this file, but for the name that it had."""
        return {"sha256": self.sha256, "size": self.size, "media_type": self.media_type}
