"""Who is to be told: standing wishes, and the rows that they are expanded to when written."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement, Deadline
from parties.models import Party, System


def new_nonce() -> str:
    """Return 128 random bits: what makes the links of a row its own, and revocable."""
    return secrets.token_hex(16)


class Audience(models.TextChoices):
    """Which facts a reader is told from: all of them, or those that are published."""

    STAFF = "staff", _("staff")
    PUBLIC = "public", _("public")


class Cadence(models.TextChoices):
    """How often a reader wants mail."""

    AT_ONCE = "once", _("at once")
    DAILY = "daily", _("once a day")
    WEEKLY = "weekly", _("once a week, on Mondays")


class LeadSet(models.Model):
    """A choice of leads for every kind of deadline; all who chose alike share one.

    ``digest`` names the choice. ``overdue_every`` is the number of days between reminders after
    the day itself; 0 for none.
    """

    digest = models.CharField(max_length=64, unique=True)
    overdue_every = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return self.digest[:12]


class Lead(models.Model):
    """One lead of a set: so many days before a deadline of a kind."""

    lead_set = models.ForeignKey(LeadSet, on_delete=models.CASCADE, related_name="leads")
    kind = models.CharField(max_length=12, choices=Deadline.Kind.choices)
    lead_days = models.PositiveIntegerField()

    class Meta:
        ordering = ("kind", "-lead_days")
        constraints = [
            models.UniqueConstraint(fields=["lead_set", "kind", "lead_days"], name="lead_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} −{self.lead_days}"


class LeadRule(models.Model):
    """Leads that a department, or an agreement, has instead of the register's own.

    An agreement's rule goes before its department's, and one for a kind before one for all kinds.
    """

    audience = models.CharField(_("audience"), max_length=6, choices=Audience.choices)
    department = models.ForeignKey(
        Party, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    agreement = models.ForeignKey(
        Agreement, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(
        _("kind of deadline"), max_length=12, choices=Deadline.Kind.choices, blank=True
    )
    leads = models.JSONField(_("days before"), default=list)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    set_at = models.DateTimeField(_("set"), auto_now=True)

    class Meta:
        verbose_name = _("rule of leads")
        verbose_name_plural = _("rules of leads")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                name="leadrule_for_one",
                condition=Q(department=None, agreement__isnull=False)
                | Q(department__isnull=False, agreement=None),
            ),
            models.UniqueConstraint(
                fields=["audience", "agreement", "kind"],
                condition=Q(department=None),
                name="leadrule_once_per_agreement",
            ),
            models.UniqueConstraint(
                fields=["audience", "department", "kind"],
                condition=Q(agreement=None),
                name="leadrule_once_per_department",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement or self.department}: {self.leads}"


class Follower(models.Model):
    """Somebody who follows by e-mail without an account; deleted on leaving.

    ``nonce`` goes into the links by which they manage and leave; a new one revokes old links.
    """

    address = models.EmailField(_("e-mail address"), unique=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    cadence = models.CharField(max_length=6, choices=Cadence.choices, default=Cadence.AT_ONCE)
    nonce = models.CharField(max_length=32, default=new_nonce)

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")

    def __str__(self) -> str:
        return f"follower:{self.pk}"


class Webhook(models.Model):
    """An address of a program that is told, signed by Standard Webhooks."""

    name = models.CharField(_("name"), max_length=120)
    url = models.URLField(_("address"), max_length=500)
    secret = models.CharField(_("secret"), max_length=100)
    audience = models.CharField(
        _("told from"), max_length=6, choices=Audience.choices, default=Audience.PUBLIC
    )
    is_active = models.BooleanField(_("active"), default=True)
    stopped_because = models.CharField(_("stopped because"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


class Scope(models.TextChoices):
    """What a wish is about."""

    AGREEMENT = "agreement", _("an agreement")
    PARTY = "party", _("a party")
    SYSTEM = "system", _("a system")
    FILTER = "filter", _("a filtered list")
    EVERYTHING = "everything", _("everything")


class Scoped(models.Model):
    """What a wish is about, in columns. ``query`` is that of the agreements list, sorted."""

    scope = models.CharField(_("about"), max_length=10, choices=Scope.choices)
    agreement = models.ForeignKey(
        Agreement, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    system = models.ForeignKey(
        System, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    query = models.CharField(max_length=1000, blank=True)
    leads = models.JSONField(_("days before"), default=list)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_about_one",
                condition=Q(scope="agreement", agreement__isnull=False, party=None, system=None)
                | Q(scope="party", agreement=None, party__isnull=False, system=None)
                | Q(scope="system", agreement=None, party=None, system__isnull=False)
                | Q(scope__in=["filter", "everything"], agreement=None, party=None, system=None),
            )
        ]


class Watch(Scoped):
    """A standing wish to be told, of a member of staff, a follower or a program.

    ``leads`` are the days before at which to be told; empty for those of the audience.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    follower = models.ForeignKey(
        Follower, on_delete=models.CASCADE, null=True, related_name="watches"
    )
    webhook = models.ForeignKey(
        Webhook, on_delete=models.CASCADE, null=True, related_name="watches"
    )
    cadence = models.CharField(max_length=6, choices=Cadence.choices, default=Cadence.AT_ONCE)

    class Meta(Scoped.Meta):
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        ordering = ("pk",)
        constraints = [
            *Scoped.Meta.constraints,
            models.CheckConstraint(
                name="watch_of_one",
                condition=Q(user__isnull=False, follower=None, webhook=None)
                | Q(user=None, follower__isnull=False, webhook=None)
                | Q(user=None, follower=None, webhook__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.follower or self.webhook}: {self.scope}"


class Reader(models.Model):
    """One reader of one agreement: what planning joins with the deadlines.

    Expanded from the agreement's officers and from the watches whenever one of these is written;
    never edited. ``agreement`` is empty for a reader of everything. Who can be reached is asked
    of the people themselves when planning, so that a disabled account needs no expansion.
    """

    agreement = models.ForeignKey(
        Agreement, on_delete=models.CASCADE, null=True, related_name="readers"
    )
    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, null=True, related_name="readers")
    audience = models.CharField(max_length=6, choices=Audience.choices)
    rank = models.PositiveSmallIntegerField(null=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    follower = models.ForeignKey(Follower, on_delete=models.CASCADE, null=True, related_name="+")
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, null=True, related_name="+")
    address = models.CharField(max_length=254, blank=True)
    lead_set = models.ForeignKey(LeadSet, on_delete=models.PROTECT, related_name="+")
    cadence = models.CharField(max_length=6, choices=Cadence.choices, default=Cadence.AT_ONCE)

    class Meta:
        verbose_name = _("reader")
        verbose_name_plural = _("readers")
        ordering = ("agreement_id", "rank", "pk")

    def __str__(self) -> str:
        return f"{self.agreement_id}: {self.rank}"


class FollowRequest(Scoped):
    """A wish to follow that waits for its owner's word; gone with it, or after three days."""

    address = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language"), max_length=5, default="en")
    cadence = models.CharField(max_length=6, choices=Cadence.choices, default=Cadence.AT_ONCE)
    nonce = models.CharField(max_length=32, default=new_nonce)
    asked_at = models.DateTimeField(_("asked"))
    try_after = models.DateTimeField(_("try after"))
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta(Scoped.Meta):
        verbose_name = _("request to follow")
        verbose_name_plural = _("requests to follow")
        ordering = ("pk",)
        indexes = [
            models.Index(fields=["address", "asked_at"], name="followrequest_by_address"),
        ]

    def __str__(self) -> str:
        return f"request:{self.pk}"


class Suppression(models.Model):
    """An address outside the city to which nothing is sent any more.

    Only a keyed digest of it is kept, and a hint such as "r…@example.org".
    """

    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(_("address"), max_length=254)
    because = models.CharField(_("reason"), max_length=300)
    since_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        ordering = ("-since_at", "-pk")

    def __str__(self) -> str:
        return self.hint
