"""Heartbeats: when something last worked; and channels that pause while our server is away."""

import datetime as dt

from django.db.models import F
from django.utils import timezone

from reports.models import Channel, Heartbeat


def beat(name: str, error: str = "") -> None:
    """Note that a job ran, and whether it went well."""
    now = timezone.now()
    row, _ = Heartbeat.objects.get_or_create(name=name)
    found = Heartbeat.objects.filter(pk=row.pk)
    if error:
        found.update(beat_at=now, failures=F("failures") + 1, error=error[:500])
    else:
        found.update(beat_at=now, ok_at=now, failures=0, error="")


def _name(channel: str) -> str:
    return f"channel:{channel}"


def paused_channels() -> set[str]:
    """Return the channels that are not to be tried yet."""
    names = {_name(channel): channel for channel in Channel.values}
    rows = Heartbeat.objects.filter(name__in=names, next_at__gt=timezone.now())
    return {names[name] for name in rows.values_list("name", flat=True)}


def failures(channel: str) -> int:
    """Return how often a channel was given up since it last worked."""
    row = Heartbeat.objects.filter(name=_name(channel)).first()
    return row.failures if row else 0


def pause(channel: str, wait: dt.timedelta, error: str) -> None:
    """Try nothing by a channel for a while."""
    beat(_name(channel), error.replace("\0", "") or "trouble")
    Heartbeat.objects.filter(name=_name(channel)).update(next_at=timezone.now() + wait)


def resume(channel: str) -> None:
    """Note that a channel works."""
    Heartbeat.objects.filter(name=_name(channel), failures__gt=0).update(
        next_at=None, failures=0, error="", ok_at=timezone.now()
    )
