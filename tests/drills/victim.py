"""One run of the outbox in a process of its own that is killed at a named point."""

import datetime as dt
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django

POINTS = (
    "before planning",
    "planned, not committed",
    "after planning",
    "claimed, not committed",
    "after claiming",
    "rechecked, before sending",
    "taken by the server, not recorded",
    "recorded, not committed",
)
"""In the order in which a run passes them. Only after the last but one may a copy go out twice."""

MAY_REPEAT = set(POINTS[6:])


def die() -> None:
    """Be killed: nothing runs after it, no handler, no rollback of ours."""
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: Any, name: str, nth: int = 1) -> None:
    """Die when a function is called the nth time."""
    real, calls = getattr(owner, name), iter(range(1, 1_000_000))

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if next(calls) == nth:
            die()
        return real(*args, **kwargs)

    setattr(owner, name, wrapped)


def after(owner: Any, name: str, nth: int = 1) -> None:
    """Die when a function has returned the nth time."""
    real, calls = getattr(owner, name), iter(range(1, 1_000_000))

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        found = real(*args, **kwargs)
        if next(calls) == nth:
            die()
        return found

    setattr(owner, name, wrapped)


def arm(point: str, nth: int) -> None:
    """Set the trap."""
    from reports.alerts import outbox, planning, rechecking
    from reports.alerts.channels import email

    traps: dict[str, Callable[[], None]] = {
        POINTS[0]: lambda: before(outbox, "plan"),
        POINTS[1]: lambda: after(planning, "plan"),
        POINTS[2]: lambda: after(outbox, "plan"),
        POINTS[3]: lambda: before(outbox, "mail_key", nth),
        POINTS[4]: lambda: after(outbox, "claim", nth),
        POINTS[5]: lambda: after(rechecking, "still_due", nth),
        POINTS[6]: lambda: after(email.Post, "deliver", nth),
        POINTS[7]: lambda: after(outbox, "_update", nth),
    }
    traps[point]()


if __name__ == "__main__":
    django.setup()
    from reports.alerts.outbox import run

    arm(sys.argv[1], int(sys.argv[2]))
    run(dt.date.fromisoformat(sys.argv[3]))
