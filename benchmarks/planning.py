"""Planning: one statement against a loop over everything, and its cost as the register grows.

``make bench``: a register of its own beside ``DATABASE_URL``, the same number due in a tenth and in
the whole of it. Prints medians and ratios as a table and as JSON.
"""

import datetime as dt
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import django

DAY = dt.date(2018, 6, 2)
DUE = 290
SIZES = (10_000, 100_000)
TURNS = 7


def build(first: int, last: int) -> None:
    """Add agreements: the first ones are due, the others long settled or years away."""
    from django.contrib.auth import get_user_model
    from django.db.models import QuerySet
    from django.utils import timezone

    from agreements.models import Agreement, Deadline, Term
    from reports.alerts import policy, readers
    from reports.models import Reader

    user, _ = get_user_model().objects.get_or_create(email="officer@example.org")
    leads = policy.leads_for("staff")
    lead_set = readers.lead_sets([leads])[readers.digest(leads)]
    now = timezone.now()
    numbers = range(first, last)
    rows: Any = QuerySet(Agreement)
    made = rows.bulk_create(
        (
            Agreement(
                reference=f"B{n}",
                slug=f"b{n}",
                title=f"Agreement {n}",
                kind="agreement",
                responsible_officer=user,
                published_at=now,
            )
            for n in numbers
        ),
        batch_size=2000,
    )
    deadlines = []
    for n, agreement in zip(numbers, made, strict=True):
        ends = DAY + dt.timedelta(days=90 if n < DUE else 400 + n % 1500)
        past = DAY - dt.timedelta(days=1 + n % 2000)
        common = {"agreement": agreement, "source_model": Term._meta.label, "kind": "expiry"}
        deadlines.append(Deadline(**common, source_id=2 * n, due_on=ends))
        settled = Deadline(**common, source_id=2 * n + 1, due_on=past, settled_on=past)
        deadlines.append(settled)
    Deadline.objects.bulk_create(deadlines, batch_size=2000)
    Reader.objects.bulk_create(
        (
            Reader(agreement=a, audience="staff", rank=0, user=user, lead_set_id=lead_set)
            for a in made
        ),
        batch_size=2000,
    )
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def by_loop() -> int:
    """What planning costs that looks at every deadline in Python."""
    from agreements.deadlines import is_open
    from agreements.models import Deadline
    from reports.alerts import policy
    from reports.models import Alert

    found = 0
    for deadline in Deadline.objects.select_related("agreement__responsible_officer").iterator():
        if not is_open(deadline, DAY):
            continue
        told = Alert.objects.filter(
            kind=deadline.kind, source_id=deadline.source_id, due_on=deadline.due_on
        ).values_list("lead_days", flat=True)
        found += policy.is_due(deadline.due_on, DAY, list(told)) is not None
    return found


def timed(work: Callable[[], int], turns: int) -> float:
    """Return the median of some turns, in milliseconds."""
    from reports.models import Alert

    times = []
    for _ in range(turns):
        Alert.objects.all().delete()
        begun = time.perf_counter()
        found = work()
        times.append((time.perf_counter() - begun) * 1000)
        if found != DUE:
            sys.exit(f"{found} found, {DUE} are due")
    return statistics.median(times)


def measure() -> dict[str, float]:
    """Measure planning at each size, and the loop at the last."""
    from reports.alerts import outbox

    found: dict[str, float] = {}
    for before, size in zip((0, *SIZES), SIZES, strict=False):
        build(before, size)
        found[f"planning of {size:,}, ms"] = timed(lambda: outbox.plan(DAY), TURNS)
    small, large = (found[f"planning of {size:,}, ms"] for size in SIZES)
    found["ten times the register, ratio"] = large / small
    found["a loop over all, ms"] = timed(by_loop, 1)
    found["loop to planning, ratio"] = found["a loop over all, ms"] / large
    return found


def main() -> None:
    """Build a register of its own, measure, print, and remove it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.db import connection

    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        found = measure()
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    for what, figure in found.items():
        print(f"{connection.vendor:<12}{what:<36}{figure:>12.2f}")
    print(json.dumps({connection.vendor: found}))


if __name__ == "__main__":
    main()
