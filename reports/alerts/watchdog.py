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

from agreements.deadlines import derive, is_open
from agreements.facts import Facts, load_many
from agreements.models import Agreement
from reports.alerts import heart, outbox, policy, readers
from reports.models import Alert, Audience, Heartbeat, LeadRule

NAME = "watchdog"
BATCH = 500
GRACE = dt.timedelta(hours=1)
SENDER_GRACE = dt.timedelta(hours=26)
PING_TIMEOUT = 10
MOST_NAMED = 5


@dataclass(frozen=True)
class Expected:
    """An alert that the facts ask for on a day: whom it is about, and at which lead."""

    agreement_id: int
    reference: str
    kind: str
    source_model: str
    source_id: int
    occurrence: int
    due_on: dt.date
    lead_days: int

    @property
    def name(self) -> str:
        """How a report calls it."""
        return f"{self.reference} {self.kind} {self.due_on} −{self.lead_days}"


def expected(on: dt.date) -> Iterator[Expected]:
    """Yield what staff should have been told by a day, from the facts of all agreements."""
    ids = list(Agreement.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        rules = _leads(batch)
        for pk, facts in load_many(batch).items():
            yield from _of_agreement(facts, rules[pk], on)


def _leads(ids: list[int]) -> dict[int, policy.Leads]:
    agreements = list(Agreement.objects.filter(pk__in=ids))
    if not LeadRule.objects.exists():
        return dict.fromkeys(ids, policy.leads_for(Audience.STAFF))
    found = dict.fromkeys(ids, policy.leads_for(Audience.STAFF))
    for spec in readers.derive(agreements, []):
        if spec.agreement_id is not None:
            found[spec.agreement_id] = spec.leads
    return found


def _of_agreement(facts: Facts, leads: policy.Leads, on: dt.date) -> Iterator[Expected]:
    agreement = facts.agreement
    for row in derive(facts):
        if not is_open(row, on):
            continue
        wanted = leads.by_kind.get(row.kind, ())
        lead = policy.lead_due(row.due_on, on, wanted, leads.overdue_every)
        if lead is not None:
            yield Expected(agreement.pk, agreement.reference, *row.key, row.due_on, lead)


def missing(on: dt.date) -> list[str]:
    """Return the names of what should have gone out and did not, without those who cannot be told.

    An alert counts as gone out when it was sent to a reader by role; one that waits counts for an
    hour, if no try failed.
    """
    silent = set(outbox.unreachable(on))
    fresh = timezone.now() - GRACE
    counts = Alert.objects.filter(rank__isnull=False).filter(
        Q(state=Alert.State.SENT)
        | Q(state=Alert.State.PLANNED, planned_at__gte=fresh, attempts=None)
        | Q(state=Alert.State.PLANNED, pk__in=_held())
    )
    names = ("kind", "source_model", "source_id", "occurrence", "due_on")
    told: dict[tuple[Any, ...], int] = {}
    for *key, lead in counts.values_list(*names, "lead_days"):
        told[tuple(key)] = min(lead, told.get(tuple(key), lead))
    found = []
    for alert in expected(on):
        key = tuple(getattr(alert, name) for name in names)
        if alert.reference not in silent and told.get(key, alert.lead_days + 1) > alert.lead_days:
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
    now_missing = missing(on)
    before = set(row.data.get("missing", []))
    red = [name for name in now_missing if name in before]
    gone = _deleted(row)
    row.data = row.data | {
        "missing": now_missing,
        "red": red,
        "silent": outbox.unreachable(on),
        "count": Alert.objects.count(),
        "last": _last_alert(),
        "deleted": row.data.get("deleted", 0) + gone,
    }
    row.save(update_fields=["data"])
    heart.beat(NAME)
    return sentences()


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


def sentences() -> list[str]:
    """Return what is wrong with the alert engine, a sentence each; nothing where all is well."""
    row = Heartbeat.objects.filter(name=NAME).first()
    data = row.data if row else {}
    said = []
    for key, text in (
        ("red", _t("%(n)s alerts should have gone out and did not: %(names)s.")),
        ("silent", _t("Nobody can be told about %(n)s agreements: %(names)s.")),
    ):
        names = data.get(key, [])
        if names:
            said.append(text % {"n": len(names), "names": _some(names)})
    if data.get("deleted"):
        said.append(_t("%(n)s alerts were deleted from the log.") % {"n": data["deleted"]})
    sender = Heartbeat.objects.filter(name="send").first()
    if sender and sender.ok_at and timezone.now() - sender.ok_at > SENDER_GRACE:
        hours = int((timezone.now() - sender.ok_at).total_seconds() // 3600)
        said.append(_t("Nothing was sent or looked for in %(n)s hours.") % {"n": hours})
    text = _t("%(job)s failed %(n)s times in a row.")
    failing = Heartbeat.objects.filter(failures__gte=2)
    return said + [text % {"job": beat.name, "n": beat.failures} for beat in failing]


def _some(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" (+{more})" if more > 0 else "")


def ping(on: dt.date) -> None:
    """Call the address that expects to hear from us, while all is well (dead man's switch)."""
    url = settings.PACTWATCH_PING_URL
    if not url.startswith(("http://", "https://")) or sentences():
        return
    with urllib.request.urlopen(url, timeout=PING_TIMEOUT):  # noqa: S310 - set by the operator
        pass
