"""Periodic work: each job is a name, how often it runs, and what to call.

Rooms register theirs when they are ready, as ``register("terms", hours=24, run=...)``; a job runs
in one process at a time, taken by a conditional update of its heartbeat.
"""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from civil.clock import today
from reports.alerts import heart
from reports.models import Heartbeat

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """Something to do again and again; ``run`` gets the city's day."""

    name: str
    every: dt.timedelta
    run: Callable[[dt.date], object]


_jobs: dict[str, Job] = {}


def register(name: str, run: Callable[[dt.date], object], **every: float) -> None:
    """Register a job, as ``register("terms", begin_terms, hours=24)``; a name has one job."""
    _jobs[name] = Job(name, dt.timedelta(**every), run)


def registered() -> list[Job]:
    """Return every job, in the order of registration."""
    return list(_jobs.values())


def run_due() -> list[str]:
    """Run the jobs whose time has come; return their names. One that breaks stops no other."""
    ran = []
    for job in registered():
        if not _take(job):
            continue
        ran.append(job.name)
        try:
            job.run(today())
        except Exception as error:  # the other jobs must go on
            log.exception("The job %s failed", job.name)
            heart.beat(job.name, f"{type(error).__name__}: {error}")
        else:
            heart.beat(job.name)
    return ran


def _take(job: Job) -> bool:
    """Take a job for this process if its time has come and no other took it."""
    now = timezone.now()
    Heartbeat.objects.get_or_create(name=job.name)
    free = Heartbeat.objects.filter(Q(next_at=None) | Q(next_at__lte=now), name=job.name)
    return bool(free.update(next_at=now + job.every))
