"""Planning: what is due on a day, written into the outbox by one statement.

Deadlines that stand are joined with their readers and these with their leads; what was told
already is left out, and the unique key makes it safe to plan twice or at once. The cost follows
what is due, not what there is. ``policy.py`` says the same in Python; tests hold the two together.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from agreements.models import Agreement, Deadline
from reports.alerts import policy
from reports.models import Alert, Follower, Lead, LeadSet, Reader, Webhook

COLUMNS = (
    "agreement_id",
    "reference",
    "kind",
    "source_model",
    "source_id",
    "occurrence",
    "due_on",
    "lead_days",
    "is_late",
    "audience",
    "channel",
    "recipient",
    "rank",
    "is_escalated",
    "cadence",
    "language",
)

STANDING = """
  SELECT d.agreement_id,
         (SELECT a.reference FROM {agreement} a WHERE a.id = d.agreement_id) AS reference,
         d.kind, d.source_model, d.source_id, d.occurrence, d.due_on, d.id AS deadline_id,
         {left} AS days,
         CASE WHEN d.audience = 'public' THEN 0 ELSE 1 END AS for_staff,
         CASE WHEN d.audience = 'staff' THEN 0 ELSE (
                SELECT CASE WHEN a.published_at <= %(moment)s AND a.withdrawn_at IS NULL
                       THEN 1 ELSE 0 END
                  FROM {agreement} a WHERE a.id = d.agreement_id) END AS for_public
    FROM {deadline} d
   WHERE d.due_on <= %(last)s AND (d.arises_on IS NULL OR d.arises_on <= %(on)s)
     AND {settled}
"""
"""Deadlines that stand on a day, as ``DeadlineQuerySet.open`` has them, in two ranges of an index:
those that are not settled, and those that settle later. The agreement is asked for row by row: a
join would tempt PostgreSQL, which expects more rows than stand, to read all agreements."""

NOT_SETTLED = "d.settled_on IS NULL"
SETTLES_LATER = """d.settled_on >= %(on)s
     AND (d.settled_on > %(on)s OR (d.kind = 'expiry' AND d.due_on = %(on)s))"""

READERS = """
  SELECT s.*, r.audience, r.rank, r.cadence, r.lead_set_id, ls.overdue_every,
         CASE WHEN r.webhook_id IS NULL THEN 'email' ELSE 'webhook' END AS channel,
         CASE WHEN u.id IS NOT NULL THEN u.email
              WHEN f.id IS NOT NULL THEN 'follower:' || f.id
              WHEN w.id IS NOT NULL THEN 'webhook:' || w.id
              ELSE r.address END AS recipient,
         COALESCE(u.language, f.language, 'en') AS language,
         (SELECT MIN(l.lead_days) FROM {lead} l
           WHERE l.lead_set_id = r.lead_set_id AND l.kind = s.kind AND l.lead_days >= s.days)
           AS tightest
    FROM standing s
    JOIN {reader} r ON {about}
    JOIN {lead_set} ls ON ls.id = r.lead_set_id
    LEFT JOIN {user} u ON u.id = r.user_id AND u.is_active AND u.email <> ''
    LEFT JOIN {follower} f ON f.id = r.follower_id
    LEFT JOIN {webhook} w ON w.id = r.webhook_id AND w.is_active
   WHERE ((r.audience = 'staff' AND s.for_staff = 1)
          OR (r.audience = 'public' AND s.for_public = 1))
     AND (u.id IS NOT NULL OR f.id IS NOT NULL OR w.id IS NOT NULL OR r.address <> '')
     AND (r.rank IS NULL OR NOT EXISTS (
           SELECT 1 FROM {reader} r2 LEFT JOIN {user} u2
               ON u2.id = r2.user_id AND u2.is_active AND u2.email <> ''
            WHERE r2.agreement_id = r.agreement_id AND r2.rank < r.rank
              AND (u2.id IS NOT NULL OR r2.address <> '')))
"""
"""Each standing deadline with each reader who can be reached; of the readers by role, the first."""

DUE = """
WITH standing AS ({not_settled} UNION ALL {settles_later}),
found AS ({of_agreements} UNION ALL {of_everything}),
led AS (
  SELECT found.*, CASE
      WHEN overdue_every > 0 AND days <= -overdue_every
      THEN -(((-days) / overdue_every) * overdue_every) ELSE tightest END AS lead_days
    FROM found WHERE tightest IS NOT NULL
),
chosen AS (
  SELECT led.*,
         ROW_NUMBER() OVER (
           PARTITION BY deadline_id, recipient, CASE WHEN rank IS NULL THEN 1 ELSE 0 END
           ORDER BY lead_days, lead_set_id) AS place,
         MAX(CASE WHEN rank IS NULL THEN 0 ELSE 1 END) OVER (
           PARTITION BY deadline_id, recipient, lead_days) AS also_by_role
    FROM led
)
SELECT agreement_id, reference, kind, source_model, source_id, occurrence, due_on, lead_days,
       {late} AS is_late, audience, channel, recipient, rank, {false} AS is_escalated, cadence,
       language {more}
  FROM chosen led
 WHERE place = 1 AND (rank IS NOT NULL OR also_by_role = 0)
   AND NOT EXISTS (
   SELECT 1 FROM {alert} t
    WHERE t.source_id = led.source_id AND t.kind = led.kind AND t.due_on = led.due_on
      AND t.source_model = led.source_model AND t.occurrence = led.occurrence
      AND t.recipient = led.recipient AND t.state <> 'cancelled'
      AND t.lead_days <= led.lead_days
      AND (led.rank IS NULL OR t.rank IS NOT NULL))
"""
"""What is due: of several wishes of one reader the tightest; who is told by role, so that they are
asked for their word, is not told by choice as well, and what they were told by choice before does
not stand for it."""

ESCALATED = """
SELECT t.agreement_id, t.reference, t.kind, t.source_model, t.source_id, t.occurrence, t.due_on,
       t.lead_days, {late_alert} AS is_late, t.audience, 'email' AS channel,
       COALESCE(u.email, r.address) AS recipient, r.rank, {true} AS is_escalated, t.cadence,
       COALESCE(u.language, 'en') AS language {more}
  FROM {alert} t
  JOIN {reader} r ON r.agreement_id = t.agreement_id AND r.rank > t.rank
  LEFT JOIN {user} u ON u.id = r.user_id AND u.is_active AND u.email <> ''
 WHERE t.audience = 'staff' AND t.seen_at IS NULL AND t.rank IS NOT NULL
   AND t.state IN ('sent', 'failed')
   AND (u.id IS NOT NULL OR r.address <> '')
   AND (t.state = 'failed' OR t.sent_on <= {cutoff})
   AND EXISTS (
     SELECT 1 FROM {deadline} d
      WHERE d.source_id = t.source_id AND d.kind = t.kind AND d.source_model = t.source_model
        AND d.occurrence = t.occurrence AND d.due_on = t.due_on AND d.audience <> 'public'
        AND (d.arises_on IS NULL OR d.arises_on <= %(on)s)
        AND (d.settled_on IS NULL OR {settles_later}))
   AND NOT EXISTS (
     SELECT 1 FROM {reader} r2 LEFT JOIN {user} u2
         ON u2.id = r2.user_id AND u2.is_active AND u2.email <> ''
      WHERE r2.agreement_id = t.agreement_id AND r2.rank > t.rank AND r2.rank < r.rank
        AND (u2.id IS NOT NULL OR r2.address <> ''))
   AND NOT EXISTS (
     SELECT 1 FROM {alert} o
      WHERE o.source_id = t.source_id AND o.kind = t.kind AND o.due_on = t.due_on
        AND o.source_model = t.source_model AND o.occurrence = t.occurrence
        AND o.state <> 'cancelled' AND o.rank IS NOT NULL
        AND (o.lead_days < t.lead_days
             OR (o.lead_days = t.lead_days AND (o.rank > t.rank OR o.seen_at IS NOT NULL))))
"""
"""Alerts to readers by role that nobody acknowledged in time, for the next in rank; not where a
tighter lead was reached since, or the next was told already."""


def _names() -> dict[str, str]:
    """Tables, and what the two databases say differently."""
    tables: dict[str, Any] = {
        "deadline": Deadline,
        "agreement": Agreement,
        "reader": Reader,
        "lead": Lead,
        "lead_set": LeadSet,
        "user": get_user_model(),
        "follower": Follower,
        "webhook": Webhook,
        "alert": Alert,
    }
    names = {name: model._meta.db_table for name, model in tables.items()}
    if connection.vendor == "postgresql":
        return names | {
            "left": "(d.due_on - %(on)s::date)",
            "late": "(days < lead_days)",
            "late_alert": "(t.due_on - %(on)s::date < t.lead_days)",
            "true": "true",
            "false": "false",
            "cutoff": f"(%(on)s::date - ({_wait()}))",
        }
    return names | {
        "left": "CAST(julianday(d.due_on) - julianday(%(on)s) AS INTEGER)",
        "late": "(days < lead_days)",
        "late_alert": "(julianday(t.due_on) - julianday(%(on)s) < t.lead_days)",
        "true": "1",
        "false": "0",
        "cutoff": f"date(%(on)s, '-' || ({_wait()}) || ' days')",
    }


def _wait() -> str:
    """The days of ``policy.escalate_after``, of an alert ``t``."""
    steps = [f"WHEN t.lead_days >= {least} THEN {days}" for least, days in policy.ESCALATE_AFTER]
    return f"CASE {' '.join(steps)} ELSE 1 END"


def _due_sql(more: str = "") -> str:
    names = _names()
    standing = {
        "not_settled": STANDING.format(settled=NOT_SETTLED, **names),
        "settles_later": STANDING.format(settled=SETTLES_LATER, **names),
        "of_agreements": READERS.format(about="r.agreement_id = s.agreement_id", **names),
        "of_everything": READERS.format(about="r.agreement_id IS NULL", **names),
    }
    return DUE.format(more=more, **standing, **names)


def _escalated_sql(more: str = "") -> str:
    return ESCALATED.format(more=more, settles_later=SETTLES_LATER, **_names())


def _parameters(on: dt.date) -> dict[str, Any]:
    ahead = Lead.objects.aggregate(most=Max("lead_days"))["most"] or 0
    last = dt.date.fromordinal(min(on.toordinal() + ahead, dt.date.max.toordinal()))
    adapt = connection.ops.adapt_datefield_value
    moment = connection.ops.adapt_datetimefield_value(timezone.now())
    return {"on": adapt(on), "last": adapt(last), "moment": moment}


def due(on: dt.date) -> list[dict[str, Any]]:
    """Return the columns of every alert that a run on a day would plan; writes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_due_sql(), _parameters(on))
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        if isinstance(row["due_on"], str):  # SQLite has no dates of its own
            row["due_on"] = dt.date.fromisoformat(row["due_on"])
        row["is_late"] = bool(row["is_late"])
    once = {(*map(row.get, COLUMNS[2:8]), row["recipient"]): row for row in rows}
    return sorted(once.values(), key=lambda r: (r["due_on"], r["reference"], r["kind"]))


def plan(on: dt.date) -> int:
    """Write what is due on a day into the outbox; return how many alerts are new."""
    return _insert(_due_sql, on) + _insert(_escalated_sql, on)


def _insert(select: Any, on: dt.date) -> int:
    """Insert what a statement selects, once."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    fixed = {
        "state": "%(state)s",
        "planned_on": "%(on)s" + ("::date" if connection.vendor == "postgresql" else ""),
        "planned_at": "%(now)s" + ("::timestamptz" if connection.vendor == "postgresql" else ""),
        "try_after": "%(now)s" + ("::timestamptz" if connection.vendor == "postgresql" else ""),
        "mail_key": "''",
    }
    columns = ", ".join([*COLUMNS, *fixed])
    more = ", " + ", ".join(fixed.values())
    statement = (
        f"INSERT INTO {Alert._meta.db_table} ({columns}) {select(more)} ON CONFLICT DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, _parameters(on) | {"now": now, "state": Alert.State.PLANNED})
        return cursor.rowcount


def escalated(on: dt.date) -> Iterator[dict[str, Any]]:
    """Yield the columns of every alert that would go to the next in rank; writes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_escalated_sql(), _parameters(on))
        for columns in cursor.fetchall():
            row = dict(zip(COLUMNS, columns, strict=True))
            if isinstance(row["due_on"], str):  # SQLite has no dates of its own
                row["due_on"] = dt.date.fromisoformat(row["due_on"])
            yield row
