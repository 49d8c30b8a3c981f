"""Rows derived from the record: never edited, always equal to a rebuild."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agreements.models.agreement import Agreement
from agreements.querysets import DeadlineQuerySet


class Audience(models.TextChoices):
    """Whom a derived row is for.

    While something about an agreement is embargoed, its rows are derived twice: from all facts
    for staff, from those that are published for the public. Rows that come out alike are one row,
    for all.
    """

    ALL = "all", _("all")
    STAFF = "staff", _("staff")
    PUBLIC = "public", _("public")


class Deadline(models.Model):
    """A date by which something must happen.

    Rows do not depend on today. The natural key is kind, source model, source id and occurrence;
    a reader sees one row of each.
    ``arises_on`` is the first day on which the deadline stands (NULL: always), ``settled_on`` the
    day on which it was met or became moot. ``basis`` holds what its explanation is made of.
    """

    class Kind(models.TextChoices):
        """What must happen."""

        DECIDE_BY = "decide_by", _("Decide by")
        NOTICE = "notice", _("Last day to give notice")
        SIGNATURE = "signature", _("Signature due")
        EXPIRY = "expiry", _("Ends")
        REVIEW = "review", _("Review due")
        PAYMENT = "payment", _("Payment due")
        OBLIGATION = "obligation", _("Obligation due")
        ANSWER = "answer", _("Answer due")
        CONFIRMATION = "confirmation", _("Confirmation due")

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="deadlines")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    source_model = models.CharField(max_length=60)
    source_id = models.BigIntegerField()
    occurrence = models.PositiveSmallIntegerField(default=1)
    due_on = models.DateField()
    arises_on = models.DateField(null=True)
    settled_on = models.DateField(null=True)
    basis = models.JSONField(default=dict)
    audience = models.CharField(max_length=6, choices=Audience.choices, default=Audience.ALL)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering = ("due_on", "agreement_id", "kind", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source_model", "source_id", "occurrence", "audience"],
                name="deadline_natural_key",
            )
        ]
        indexes = [
            models.Index(fields=["due_on", "settled_on"], name="deadline_by_day"),
            models.Index(fields=["settled_on", "due_on"], name="deadline_by_settled"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_on}"


class StatusSpan(models.Model):
    """An agreement's status over a span of days, as the register knew it over a span of time.

    Days are inclusive, NULL is open; ``known_from`` inclusive, ``known_to`` exclusive.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="spans")
    status = models.CharField(max_length=16)
    audience = models.CharField(max_length=6, choices=Audience.choices, default=Audience.ALL)
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)
    known_from = models.DateTimeField()
    known_to = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("status span")
        verbose_name_plural = _("status spans")
        ordering = ("agreement_id", "known_from", "from_on")
        indexes = [
            models.Index(
                fields=["status", "agreement", "from_on", "to_on"],
                condition=models.Q(known_to=None),
                name="statusspan_now",
            ),
            models.Index(fields=["agreement", "known_from"], name="statusspan_by_agreement"),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.from_on}–{self.to_on}"


class SearchText(models.Model):
    """What the search looks through: folded, without accents, one row for each audience.

    Separate rows keep a public search from telling what internal notes contain.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="search_texts")
    audience = models.CharField(
        max_length=8, choices=[("public", _("public")), ("staff", _("staff"))]
    )
    text = models.TextField()

    class Meta:
        verbose_name = _("search text")
        verbose_name_plural = _("search texts")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "audience"], name="searchtext_once")
        ]

    def __str__(self) -> str:
        return self.text[:60]
