"""The outbox: plan what is due, claim it under a lease, recheck, send, record.

Planning is safe to repeat, since each alert has a unique key; claiming is a conditional update, so
that several runs at once send nothing twice. A crash between the server's acceptance and our
record may repeat a send under the same Message-ID; it drops none.
"""

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone, translation

from agreements.models import Agreement, Deadline
from reports.alerts import content, policy
from reports.alerts.channels import SendError, email
from reports.models import Alert, Attempt

log = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=10)
FIRST_RETRY = dt.timedelta(minutes=5)
LONGEST_RETRY = dt.timedelta(hours=6)
MOST_DOUBLINGS = 10


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
        """The subject line, in the recipient's language."""
        with translation.override(self.language):
            return content.subject(self.deadline, self.on)


@dataclass(frozen=True)
class Outcome:
    """How one run went: how many alerts were planned, sent, cancelled, and failed."""

    planned: int
    sent: int
    cancelled: int
    failed: int


def recipients(agreement: Agreement) -> list[tuple[str, str]]:
    """Return addresses and languages of the staff to tell about an agreement.

    The responsible officer; where there is none who can sign in, the deputy; else the
    department's address.
    """
    for person in (agreement.responsible_officer, agreement.deputy):
        if person is not None and person.is_active and person.email:
            return [(person.email, getattr(person, "language", "en"))]
    if agreement.department_address:
        return [(agreement.department_address, "en")]
    return []


def due(on: dt.date) -> Iterator[Due]:
    """Yield what is due on a day and was not told before, by deadline; writes nothing."""
    last = min(on.toordinal() + max(policy.LEADS), dt.date.max.toordinal())
    deadlines = list(
        Deadline.objects.open(on)
        .filter(due_on__lte=dt.date.fromordinal(last))
        .select_related("agreement__responsible_officer", "agreement__deputy")
        .order_by("due_on", "pk")
    )
    told = _told(deadlines)
    for deadline in deadlines:
        for address, language in recipients(deadline.agreement):
            key = (*_key(deadline), deadline.due_on, address)
            lead = policy.is_due(deadline.due_on, on, told.get(key, ()))
            if lead is None:
                continue
            late = policy.is_late(deadline.due_on, lead, on)
            yield Due(deadline, lead, late, address, language, on)


def _key(deadline: Deadline) -> tuple[str, str, int, int]:
    return deadline.kind, deadline.source_model, deadline.source_id, deadline.occurrence


def _told(deadlines: list[Deadline]) -> dict[tuple, set[int]]:
    """Leads that were told, or stand in the outbox, by deadline, day and recipient."""
    told: dict[tuple, set[int]] = defaultdict(set)
    alerts = Alert.objects.filter(agreement__in={d.agreement_id for d in deadlines})
    for alert in alerts.exclude(state=Alert.State.CANCELLED):
        told[*alert.key, alert.due_on, alert.recipient].add(alert.lead_days)
    return told


def plan(on: dt.date) -> int:
    """Write what is due on a day into the outbox; return how many alerts are new."""
    alerts = [_alert(d, on) for d in due(on)]
    armed = sum(_arm_again(alert) for alert in alerts)
    before = Alert.objects.count()
    Alert.objects.bulk_create(alerts, ignore_conflicts=True)
    return Alert.objects.count() - before + armed


def _alert(d: Due, on: dt.date) -> Alert:
    return Alert(
        agreement_id=d.deadline.agreement_id,
        reference=d.deadline.agreement.reference,
        kind=d.deadline.kind,
        source_model=d.deadline.source_model,
        source_id=d.deadline.source_id,
        occurrence=d.deadline.occurrence,
        due_on=d.deadline.due_on,
        lead_days=d.lead_days,
        is_late=d.is_late,
        recipient=d.recipient,
        language=d.language,
        planned_on=on,
        try_after=timezone.now(),
    )


def _arm_again(alert: Alert) -> int:
    """Plan an alert again that was cancelled, since it is due after all; return 1 if there was."""
    return Alert.objects.filter(
        kind=alert.kind,
        source_model=alert.source_model,
        source_id=alert.source_id,
        occurrence=alert.occurrence,
        due_on=alert.due_on,
        lead_days=alert.lead_days,
        recipient=alert.recipient,
        state=Alert.State.CANCELLED,
    ).update(
        state=Alert.State.PLANNED,
        is_late=alert.is_late,
        planned_on=alert.planned_on,
        try_after=alert.try_after,
    )


def unreachable(on: dt.date) -> list[str]:
    """Return the references of agreements of which something is due and nobody can be told."""
    last = min(on.toordinal() + max(policy.LEADS), dt.date.max.toordinal())
    deadlines = (
        Deadline.objects.open(on)
        .filter(due_on__lte=dt.date.fromordinal(last))
        .select_related("agreement__responsible_officer", "agreement__deputy")
    )
    return sorted({d.agreement.reference for d in deadlines if not recipients(d.agreement)})


def run(on: dt.date) -> Outcome:
    """Plan, then send everything that may be sent now; the earliest deadline first."""
    planned = plan(on)
    counts = {Alert.State.SENT: 0, Alert.State.CANCELLED: 0, Alert.State.FAILED: 0}
    waiting = Alert.objects.filter(state=Alert.State.PLANNED, try_after__lte=timezone.now())
    for pk in list(waiting.order_by("due_on", "pk").values_list("pk", flat=True)):
        alert = claim(pk)
        if alert is not None:
            counts[deliver(alert, on)] += 1
    return Outcome(planned, *counts.values())


def claim(pk: int) -> Alert | None:
    """Take an alert for this run under a lease; None where another run holds or finished it."""
    now = timezone.now()
    free = Alert.objects.filter(pk=pk, state=Alert.State.PLANNED, try_after__lte=now)
    free = free.exclude(claimed_until__gt=now)
    if not free.update(claimed_until=now + LEASE):
        return None
    return Alert.objects.get(pk=pk)


def deliver(alert: Alert, on: dt.date) -> Alert.State:
    """Send a claimed alert if it is still due, and record how it went.

    A row that breaks, whatever the cause, is put off so that it cannot stop the rest.
    """
    deadline = still_due(alert, on)
    if deadline is None:
        Alert.objects.filter(pk=alert.pk).update(state=Alert.State.CANCELLED, claimed_until=None)
        return Alert.State.CANCELLED
    key = (*alert.key, alert.due_on, alert.lead_days, alert.recipient)
    try:
        with translation.override(alert.language):
            email.send(
                recipient=alert.recipient,
                subject=content.subject(deadline, on),
                context=content.context(deadline, on, alert.lead_days),
                language=alert.language,
                key=key,
            )
    except SendError as error:
        return _record_failure(alert, str(error), is_permanent=error.is_permanent)
    except Exception as error:  # a broken template must not stop the other alerts
        log.exception("Alert %s could not be sent", alert)
        return _record_failure(alert, f"{type(error).__name__}: {error}", is_permanent=False)
    now = timezone.now()
    with transaction.atomic():
        Attempt.objects.create(alert=alert, at=now, was_sent=True)
        Alert.objects.filter(pk=alert.pk).update(
            state=Alert.State.SENT, sent_at=now, claimed_until=None
        )
    return Alert.State.SENT


def still_due(alert: Alert, on: dt.date) -> Deadline | None:
    """Return the alert's deadline if it still stands, at that lead and for that recipient."""
    deadline = (
        Deadline.objects.open(on)
        .select_related("agreement__responsible_officer", "agreement__deputy")
        .filter(
            kind=alert.kind,
            source_model=alert.source_model,
            source_id=alert.source_id,
            occurrence=alert.occurrence,
            due_on=alert.due_on,
        )
        .first()
    )
    if deadline is None or policy.lead_due(alert.due_on, on) != alert.lead_days:
        return None
    still_told = {address for address, _ in recipients(deadline.agreement)}
    return deadline if alert.recipient in still_told else None


def _record_failure(alert: Alert, error: str, *, is_permanent: bool) -> Alert.State:
    """Record a failed try; a transient one is tried again, later each time."""
    now = timezone.now()
    state = Alert.State.FAILED if is_permanent else Alert.State.PLANNED
    with transaction.atomic():
        tries = Attempt.objects.filter(alert=alert).count()
        wait = min(FIRST_RETRY * 2 ** min(tries, MOST_DOUBLINGS), LONGEST_RETRY)
        Attempt.objects.create(
            alert=alert, at=now, was_sent=False, is_permanent=is_permanent, error=error[:500]
        )
        Alert.objects.filter(pk=alert.pk).update(
            state=state, try_after=now + wait, claimed_until=None
        )
    return Alert.State.FAILED
