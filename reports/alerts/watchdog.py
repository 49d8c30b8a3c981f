"""The watchdog: what should have gone out, asked of the agreements, compared with what did.

It derives deadlines from the facts and readers from the officers, not from the stored rows, and
looks for each in the log. What is missing twice in a row is red: once may be the run's own turn.
"""

import datetime as dt
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _t

from agreements.deadlines import Row, derive, is_open
from agreements.facts import Facts
from agreements.loading import load_many
from agreements.models import Agreement, Deadline
from reports.alerts import heart, jobs, outbox, policy, readers
from reports.models import Alert, Audience, Heartbeat, Watch

NAME = "watchdog"
BATCH = 500
GRACE = dt.timedelta(hours=1)
SENDER_GRACE = dt.timedelta(hours=26)
PING_TIMEOUT = 10
MOST_NAMED = 5


@dataclass(frozen=True)
class Expected:
    """An alert that the facts ask for on a day: whom it is about, and at which lead.

    ``recipient`` is empty for the readers by role: one of them is to be told.
    """

    agreement_id: int
    reference: str
    kind: str
    source_model: str
    source_id: int
    occurrence: int
    due_on: dt.date
    lead_days: int
    recipient: str = ""

    @property
    def name(self) -> str:
        """How a report calls it."""
        said = f"{self.reference} {self.kind} {self.due_on} −{self.lead_days}"
        return f"{said} → {self.recipient}" if self.recipient else said


def expected(on: dt.date) -> Iterator[Expected]:
    """Yield what should have been told by a day: from the facts, the officers and the watches."""
    ids = list(Agreement.objects.order_by("pk").values_list("pk", flat=True))
    watches = [w for w in readers.all_watches() if _can_be_told(w)]
    names = {watch.pk: _recipient(watch) for watch in watches}
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        agreements = list(Agreement.objects.filter(pk__in=batch))
        specs = list(readers.derive(agreements, watches))
        for pk, facts in load_many(batch).items():
            own = [s for s in specs if s.agreement_id in {pk, None}]
            yield from _of_agreement(facts, own, names, on)


def _can_be_told(watch: Watch) -> bool:
    """Whether somebody is there: an active person with an address, a webhook that is on."""
    if watch.user is not None:
        return watch.user.is_active and bool(watch.user.email)
    return watch.webhook is None or watch.webhook.is_active


def _recipient(watch: Watch) -> str:
    """The recipient of a watch, as the log names it."""
    if watch.user is not None:
        return watch.user.email
    return f"follower:{watch.follower_id}" if watch.follower_id else f"webhook:{watch.webhook_id}"


def _of_agreement(
    facts: Facts, specs: list[readers.Spec], names: dict[int, str], on: dt.date
) -> Iterator[Expected]:
    now = timezone.now()
    is_public = facts.agreement.publication_at(now) == "published"
    rows = {
        Audience.STAFF: derive(facts),
        Audience.PUBLIC: derive(facts.published(now)) if is_public else [],
    }
    by_role = next((s for s in specs if s.rank is not None), None)
    leads = by_role.leads if by_role else policy.leads_for(Audience.STAFF)
    yield from _due(facts, rows[Audience.STAFF], leads, "", on)
    for spec in specs:
        if spec.watch_id is not None:
            who = names[spec.watch_id]
            yield from _due(facts, rows[Audience(spec.audience)], spec.leads, who, on)


def _due(
    facts: Facts, rows: list[Row], leads: policy.Leads, recipient: str, on: dt.date
) -> Iterator[Expected]:
    about = facts.agreement
    for row in rows:
        wanted = leads.by_kind.get(row.kind, ())
        lead = policy.lead_due(row.due_on, on, wanted, leads.overdue_every)
        if lead is not None and is_open(row, on):
            kind, model, pk, occurrence = row.key
            yield Expected(
                about.pk, about.reference, kind, model, pk, occurrence, row.due_on, lead, recipient
            )


def missing(on: dt.date) -> list[str]:
    """Return the names of what should have gone out and did not, without those who cannot be told.

    An alert counts as gone out when it was sent; one that waits counts for an hour, if no try
    failed. Of a reader by choice one that was given up counts too: the log of failures has it.
    """
    silent = set(outbox.unreachable(on))
    fresh = timezone.now() - GRACE
    counts = Alert.objects.filter(
        Q(state=Alert.State.SENT)
        | Q(state=Alert.State.FAILED, rank=None)
        | Q(state=Alert.State.PLANNED, planned_at__gte=fresh, attempts=None)
        | Q(state=Alert.State.PLANNED, pk__in=_held())
    )
    names = ("kind", "source_model", "source_id", "occurrence", "due_on", "recipient")
    told: dict[tuple[Any, ...], int] = {}
    for *key, who, rank, lead in counts.values_list(*names, "rank", "lead_days"):
        for recipient in {who} if rank is None else {who, ""}:
            place = (*key, recipient)
            told[place] = min(lead, told.get(place, lead))
    found = []
    for alert in expected(on):
        key = [getattr(alert, name) for name in names]
        is_told = told.get(tuple(key), alert.lead_days + 1) <= alert.lead_days
        if not is_told and (alert.recipient or alert.reference not in silent):
            found.append(alert.name)
    return found


def _held() -> list[int]:
    """Alerts that wait for the office to open, or for a daily or weekly mail."""
    may_leave = outbox.gate(timezone.now())
    names = ("pk", "audience", "cadence", "due_on", "planned_at")
    waiting = Alert.objects.filter(state=Alert.State.PLANNED, attempts=None).values(*names)
    return [row["pk"] for row in waiting if not may_leave(row)]


def check(on: dt.date) -> list[str]:
    """Look once; keep what was found, and return the sentences of what is red."""
    row, _ = Heartbeat.objects.get_or_create(name=NAME)
    now_missing, silent = missing(on), outbox.unreachable(on)
    before = set(row.data.get("missing", []))
    red = [name for name in now_missing if name in before]
    gone = _deleted(row)
    row.data = row.data | {
        "missing": now_missing,
        "red": red,
        "silent": silent,
        "disabled": [name for name in _disabled(on) if name not in silent],
        "count": Alert.objects.count(),
        "last": _last_alert(),
        "deleted": row.data.get("deleted", 0) + gone,
    }
    row.save(update_fields=["data"])
    heart.beat(NAME)
    return sentences()


def _disabled(on: dt.date) -> list[str]:
    """References of agreements in force whose responsible officer is disabled (DOMAIN, rule 11)."""
    found = Agreement.objects.in_force(on, "staff").filter(responsible_officer__is_active=False)
    return list(found.order_by("reference").values_list("reference", flat=True).distinct())


def _last_alert() -> int:
    return Alert.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _deleted(row: Heartbeat) -> int:
    """How many rows of the log are gone since the last look; the register deletes none."""
    if "last" not in row.data:
        return 0
    left = Alert.objects.filter(pk__lte=row.data["last"]).count()
    return max(0, int(row.data["count"]) - left)


def accept() -> None:
    """Note that a person looked into the deleted rows of the log: they are no alarm any more."""
    row, _ = Heartbeat.objects.get_or_create(name=NAME)
    row.data = row.data | {"deleted": 0, "count": Alert.objects.count(), "last": _last_alert()}
    row.save(update_fields=["data"])


def sentences(but: str = "") -> list[str]:
    """Return what is wrong with the alert engine, a sentence each; nothing where all is well.

    ``but`` names a job whose own failures are left out.
    """
    row = Heartbeat.objects.filter(name=NAME).first()
    data = row.data if row else {}
    said = []
    for key, text in (
        ("red", _t("%(n)s alerts should have gone out and did not: %(names)s.")),
        ("silent", _t("Nobody can be told about %(n)s agreements: %(names)s.")),
        ("disabled", _t("The officer of %(n)s agreements can no longer sign in: %(names)s.")),
    ):
        names = data.get(key, [])
        if names:
            said.append(text % {"n": len(names), "names": _some(names)})
    if data.get("deleted"):
        said.append(_t("%(n)s alerts were deleted from the log.") % {"n": data["deleted"]})
    said += _stopped()
    text = _t("%(job)s failed %(n)s times in a row.")
    failing = Heartbeat.objects.filter(failures__gte=2).exclude(name=but)
    return said + [text % {"job": beat.name, "n": beat.failures} for beat in failing]


def _stopped() -> list[str]:
    """Say what has not run for too long, or never."""
    now, said = timezone.now(), []
    beats = {beat.name: beat for beat in Heartbeat.objects.all()}
    sender = beats.get("send")
    if sender is None and not settings.PACTWATCH_EXAMPLE and Deadline.objects.exists():
        said.append(_t("Alerts were never sent or looked for: start run_scheduler."))
    if sender and sender.ok_at and now - sender.ok_at > SENDER_GRACE:
        hours = int((now - sender.ok_at).total_seconds() // 3600)
        said.append(_t("Nothing was sent or looked for in %(n)s hours.") % {"n": hours})
    text = _t("%(job)s has not run in %(n)s hours.")
    for job in jobs.registered():
        beat = beats.get(job.name)
        is_told = job.name == "send"  # above
        if not is_told and beat and beat.ok_at and now - beat.ok_at > job.every + SENDER_GRACE:
            hours = int((now - beat.ok_at).total_seconds() // 3600)
            said.append(text % {"job": job.name, "n": hours})
    return said


def look_if_due(on: dt.date) -> None:
    """Look if nobody has for an hour: for those who send by cron and run no scheduler."""
    row = Heartbeat.objects.filter(name=NAME).first()
    if row is None or row.ok_at is None or timezone.now() - row.ok_at >= GRACE:
        check(on)


def _some(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" (+{more})" if more > 0 else "")


def ping(on: dt.date) -> None:
    """Call the address that expects to hear from us, while all is well (dead man's switch)."""
    url = settings.PACTWATCH_PING_URL
    if not url.startswith(("http://", "https://")) or sentences(but="ping"):
        return
    with urllib.request.urlopen(url, timeout=PING_TIMEOUT):  # noqa: S310 - set by the operator
        pass
