"""The outbox: plan what is due, claim it under a lease, recheck, send, record.

Planning is safe to repeat, since each alert has a unique key; claiming is a conditional update, so
that several runs at once send nothing twice. What one reader is told in one run travels in one
mail; the mail keeps its key, and so its Message-ID, from the first claim on. A crash between the
server's acceptance and our record may repeat a send under the same Message-ID; it drops none.
"""

import datetime as dt
import hashlib
import logging
import random
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation

from agreements.models import Agreement, Deadline, Holiday
from civil.business import is_business_day
from reports.alerts import addressees, content, following, heart, planning, policy, rechecking
from reports.alerts.channels import SendError, email
from reports.alerts.sending import send_mail, send_webhook
from reports.models import Alert, Attempt, Channel

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=10)
FIRST_RETRY = dt.timedelta(minutes=5)
LONGEST_RETRY = dt.timedelta(hours=6)
LONGEST_PAUSE = dt.timedelta(minutes=15)
MOST_DOUBLINGS = 10
MOST_IN_A_ROW = 3
JITTER = 0.2

State = Alert.State


@dataclass(frozen=True)
class Due:
    """An alert that a run on a day would send."""

    deadline: Deadline
    lead_days: int
    is_late: bool
    recipient: str
    language: str
    on: dt.date

    @property
    def subject(self) -> str:
        """The subject line of a mail about it alone, in the recipient's language."""
        with translation.override(self.language):
            return content.subject(self.deadline, self.on)


@dataclass(frozen=True)
class Outcome:
    """How one run went: how many alerts were planned, sent, cancelled, and failed."""

    planned: int
    sent: int
    cancelled: int
    failed: int


@dataclass
class Run:
    """A run under way: its day, its connection, and the channels that it gave up."""

    on: dt.date
    post: email.Post
    stopped: set[str] = field(default_factory=set)
    in_a_row: Counter[str] = field(default_factory=Counter)


def due(on: dt.date) -> list[Due]:
    """Return what is due on a day and was not told before, by deadline; writes nothing."""
    rows = planning.due(on)
    wanted = {row["agreement_id"] for row in rows}
    deadlines = Deadline.objects.filter(agreement__in=wanted).select_related("agreement")
    standing = {rechecking.natural_key(d, d.audience): d for d in deadlines}
    return [
        Due(
            rechecking.pick(standing, row),
            row["lead_days"],
            row["is_late"],
            row["recipient"],
            row["language"],
            on,
        )
        for row in rows
    ]


def plan(on: dt.date) -> int:
    """Write what is due on a day into the outbox; return how many alerts are new."""
    with transaction.atomic():
        return planning.plan(on)


def unreachable(on: dt.date) -> list[str]:
    """Return the references of agreements about which nobody can be told.

    Those in force on a day, and those of which something is due to be told.
    """
    ahead = dt.date.fromordinal(min(on.toordinal() + max(policy.LEADS), dt.date.max.toordinal()))
    near = Deadline.objects.for_staff().open(on).filter(due_on__lte=ahead)
    in_force = Agreement.objects.in_force(on).values("pk")
    wanted = Agreement.objects.filter(Q(pk__in=in_force) | Q(pk__in=near.values("agreement")))
    ids = list(wanted.values_list("pk", flat=True))
    reached = addressees.first_ranks(ids)
    missing = [pk for pk in ids if pk not in reached]
    return sorted(Agreement.objects.filter(pk__in=missing).values_list("reference", flat=True))


# ── One run ───────────────────────────────────────────────────────────────────


def run(on: dt.date) -> Outcome:
    """Plan, then send everything that may be sent now; the earliest deadline first."""
    planned = plan(on)
    counts: Counter[str] = Counter()
    with email.Post() as post:
        under_way = Run(on, post, stopped=heart.paused_channels())
        for pks in waiting(timezone.now()):
            alerts = claim(pks) if not _is_stopped(under_way, pks) else []
            if alerts:
                counts += deliver(alerts, under_way)
    heart.beat("send")
    return Outcome(planned, counts[State.SENT], counts[State.CANCELLED], counts[State.FAILED])


def _is_stopped(under_way: Run, pks: "Mail") -> bool:
    return pks.channel in under_way.stopped


@dataclass(frozen=True)
class Mail:
    """Alerts that would travel together: to one recipient, by one channel."""

    channel: str
    pks: tuple[int, ...]


def waiting(now: dt.datetime) -> list[Mail]:
    """Return what may be sent at a moment, by mail, the earliest deadline first.

    A mail that was claimed before keeps its alerts; others to the same reader go together.
    """
    found = Alert.objects.filter(state=State.PLANNED, try_after__lte=now)
    found = found.exclude(claimed_until__gt=now).order_by("due_on", "pk")
    names = (
        "pk",
        "channel",
        "recipient",
        "mail_key",
        "audience",
        "cadence",
        "due_on",
        "planned_at",
    )
    may_leave = gate(now)
    together: dict[tuple[str, str, str], list[int]] = {}
    for row in found.values(*names):
        if row["mail_key"] or may_leave(row):
            key = row["channel"], row["recipient"], row["mail_key"]
            together.setdefault(key, []).append(row["pk"])
    return [Mail(channel, tuple(pks)) for (channel, _, _), pks in together.items()]


def gate(now: dt.datetime) -> Callable[[dict], bool]:
    """Return whether an alert may leave at a moment: office hours, daily and weekly mails."""
    opens, closes = settings.PACTWATCH_STAFF_HOURS
    hours = policy.Hours(opens, closes, settings.PACTWATCH_STAFF_WORKING_DAYS)
    local = timezone.localtime(now)
    near = (local.date() - dt.timedelta(days=1), local.date() + dt.timedelta(days=60))
    free: frozenset[dt.date] = frozenset()
    if hours.working_days_only:
        free = frozenset(Holiday.objects.filter(on__range=near).values_list("on", flat=True))

    def may_leave(row: dict) -> bool:
        planned_at = timezone.localtime(row["planned_at"])
        waits = policy.Waiting(row["audience"], row["cadence"], row["due_on"], planned_at)
        return policy.may_send(
            waits, local, hours=hours, is_working_day=lambda day: is_business_day(day, free)
        )

    return may_leave


def claim(mail: Mail | Sequence[int]) -> list[Alert]:
    """Take a mail's alerts for this run under a lease; those that another run holds stay out.

    The first claim gives the mail its key. Rows are locked in order, so that two runs at once
    cannot wait for each other.
    """
    pks = mail.pks if isinstance(mail, Mail) else tuple(mail)
    now = timezone.now()
    with transaction.atomic():
        free = Alert.objects.filter(pk__in=pks, state=State.PLANNED, try_after__lte=now)
        free = free.exclude(claimed_until__gt=now)
        held = list(free.select_for_update().order_by("pk"))
        if not held:
            return []
        ids = [alert.pk for alert in held]
        taken = Alert.objects.filter(pk__in=ids, state=State.PLANNED, try_after__lte=now).exclude(
            claimed_until__gt=now
        )
        key = held[0].mail_key or mail_key(held)
        if taken.update(claimed_until=now + LEASE, mail_key=key) != len(ids):
            transaction.set_rollback(True)
            return []
    return list(Alert.objects.filter(pk__in=ids).order_by("due_on", "pk"))


def mail_key(alerts: Sequence[Alert]) -> str:
    """Return the key of a mail: the same for the same alerts."""
    keys = sorted("\x1f".join(map(str, alert.full_key)) for alert in alerts)
    return hashlib.sha256("\x1e".join(keys).encode()).hexdigest()[:40]


def deliver(alerts: Sequence[Alert], under_way: "Run | dt.date") -> Counter[str]:
    """Send claimed alerts, as far as they are still due, in one mail; record how it went.

    A mail that breaks, whatever the cause, is put off so that it cannot stop the rest.
    """
    if isinstance(under_way, dt.date):
        with email.Post() as post:
            return deliver(alerts, Run(under_way, post))
    who = addressees.find(alerts[0])
    still = rechecking.still_due(alerts, who, under_way.on) if who else {}
    cancelled = [alert for alert in alerts if alert.pk not in still]
    kept = [alert for alert in alerts if alert.pk in still]
    counts: Counter[str] = Counter()
    if cancelled:
        counts[State.CANCELLED] = len(cancelled)
        _update(cancelled, state=State.CANCELLED)
    if not kept or who is None:
        return counts
    channel = kept[0].channel
    try:
        if channel == Channel.WEBHOOK:
            send_webhook(who, kept, still, under_way.on)
        else:
            send_mail(who, kept, still, under_way.on, under_way.post)
    except SendError as error:
        if error.is_ours:
            _give_up(channel, under_way, str(error))
            _record_failure(kept, str(error), is_permanent=False, is_ours=True)
        else:
            _note_trouble(channel, under_way, error)
            _record_failure(kept, str(error), is_permanent=error.is_permanent)
            if error.is_permanent and who.follower is not None:
                following.suppress(who.follower.address, str(error))
        counts[State.FAILED] = len(kept)
        return counts
    except Exception as error:  # a broken template must not stop the other alerts
        log.exception("Alert %s could not be sent", kept[0])
        _record_failure(kept, f"{type(error).__name__}: {error}", is_permanent=False)
        counts[State.FAILED] = len(kept)
        return counts
    under_way.in_a_row[channel] = 0
    _record_success(kept, under_way.on)
    heart.resume(channel)
    counts[State.SENT] = len(kept)
    return counts


def _update(alerts: Collection[Alert], **values: object) -> None:
    """Set what became of claimed alerts, and let go of them."""
    pks = [alert.pk for alert in alerts]
    Alert.objects.filter(pk__in=pks).update(claimed_until=None, **values)


def _record_success(alerts: Sequence[Alert], on: dt.date) -> None:
    now = timezone.now()
    with transaction.atomic():
        Attempt.objects.bulk_create(Attempt(alert=a, at=now, was_sent=True) for a in alerts)
        _update(alerts, state=State.SENT, sent_at=now, sent_on=on)
        late = [a.pk for a in alerts if policy.is_late(a.due_on, a.lead_days, on)]
        if late:  # planned in time, sent late: the mail says so, and so does the log
            Alert.objects.filter(pk__in=late).update(is_late=True)


def _record_failure(
    alerts: Sequence[Alert], error: str, *, is_permanent: bool, is_ours: bool = False
) -> None:
    """Record a failed try; a transient one is tried again, later each time.

    Where our own server is away the alerts keep their place: the channel pauses instead, so that
    they leave in the order of their deadlines when it is back.
    """
    now = timezone.now()
    text = error.replace("\0", "")[:500]
    with transaction.atomic():
        tries = Attempt.objects.filter(alert=alerts[0]).count()
        Attempt.objects.bulk_create(
            Attempt(alert=a, at=now, was_sent=False, is_permanent=is_permanent, error=text)
            for a in alerts
        )
        if is_permanent:
            _update(alerts, state=State.FAILED)
        elif is_ours:
            _update(alerts)
        else:
            _update(alerts, try_after=now + backoff(tries))


def backoff(tries: int, longest: dt.timedelta = LONGEST_RETRY) -> dt.timedelta:
    """Return how long to wait after so many tries in vain: longer each time, up to an end.

    Up to a fifth is added by chance, so that what failed together is not tried together.
    """
    wait = FIRST_RETRY * 2 ** min(tries, MOST_DOUBLINGS)
    return min(wait * (1 + JITTER * random.random()), longest)  # noqa: S311 - no secret


def _give_up(channel: str, under_way: Run, error: str) -> None:
    """Send nothing more by a channel in this run, and pause it for a while."""
    under_way.stopped.add(channel)
    tries = heart.failures(channel)
    heart.pause(channel, backoff(tries, LONGEST_PAUSE), error)


def _note_trouble(channel: str, under_way: Run, error: SendError) -> None:
    """Give a channel up where several mails in a row met trouble: it is not the mails."""
    if error.is_permanent or channel == Channel.WEBHOOK:
        return
    under_way.in_a_row[channel] += 1
    if under_way.in_a_row[channel] >= MOST_IN_A_ROW and error.is_broken_off:
        _give_up(channel, under_way, str(error))


# ── A person saw it ───────────────────────────────────────────────────────────


def acknowledge(alerts: Collection[Alert], by: object = None) -> int:
    """Note that a person saw some alerts; return how many were not acknowledged before.

    It counts for every reader by role who was told the same: nobody is asked twice.
    """
    now = timezone.now()
    same = Q(pk__in=[alert.pk for alert in alerts])
    for alert in alerts:
        if alert.rank is not None:
            same |= Q(
                rank__isnull=False,
                kind=alert.kind,
                source_model=alert.source_model,
                source_id=alert.source_id,
                occurrence=alert.occurrence,
                due_on=alert.due_on,
                lead_days=alert.lead_days,
            )
    fresh = Alert.objects.filter(same, seen_at=None, state__in=[State.SENT, State.FAILED])
    return fresh.update(seen_at=now, seen_by=by)


def retry(alerts: Collection[Alert]) -> int:
    """Try alerts again that failed or wait for another try, at once; return how many."""
    now = timezone.now()
    found = Alert.objects.filter(
        pk__in=[a.pk for a in alerts], state__in=[State.FAILED, State.PLANNED]
    )
    return found.update(state=State.PLANNED, try_after=now, planned_at=F("planned_at"))
