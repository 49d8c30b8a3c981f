"""To whom an alert goes, asked again when it is sent: people leave, followers too."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Min, Q

from agreements.permissions import Can
from reports.models import Alert, Follower, Reader, Webhook


@dataclass(frozen=True)
class Addressee:
    """Who a recipient is now: an address, and a row where there is one."""

    address: str
    language: str
    user: Any = None
    follower: Follower | None = None
    webhook: Webhook | None = None


def find(alert: Alert) -> Addressee | None:
    """Return who the recipient of an alert is now; None for somebody who left."""
    kind, _, number = alert.recipient.partition(":")
    if kind == "follower":
        follower = Follower.objects.filter(pk=number).first()
        if follower is None:
            return None
        return Addressee(follower.address, follower.language, follower=follower)
    if kind == "webhook":
        webhook = Webhook.objects.filter(pk=number, is_active=True).first()
        return Addressee(webhook.url, "en", webhook=webhook) if webhook else None
    user = get_user_model()._default_manager.filter(email=alert.recipient, is_active=True).first()
    return Addressee(alert.recipient, user.language if user else alert.language, user=user)


def readers_of(who: Addressee, agreements: Collection[int]) -> dict[int | None, list[Reader]]:
    """Return the rows by which somebody reads some agreements, by agreement; None: everything.

    Somebody who may no longer read what is internal is no reader by choice.
    """
    if who.follower:
        mine = Q(follower=who.follower)
    elif who.webhook:
        mine = Q(webhook=who.webhook)
    else:
        mine = Q(address=who.address, user=None, watch=None)
        if who.user:
            by_role = Q(user=who.user, rank__isnull=False)
            may = who.user.has_perm(Can.READ_INTERNAL)
            mine |= Q(user=who.user) if may else by_role
    rows = Reader.objects.filter(mine).filter(Q(agreement__in=agreements) | Q(agreement=None))
    found: dict[int | None, list[Reader]] = {}
    for row in rows.select_related("lead_set").prefetch_related("lead_set__leads"):
        found.setdefault(row.agreement_id, []).append(row)
    return found


def first_ranks(agreements: Collection[int]) -> dict[int, int]:
    """Return the rank of the first reader by role who can be reached, by agreement."""
    rows = Reader.objects.filter(reachable(), agreement__in=agreements, rank__isnull=False)
    found = rows.values("agreement_id").annotate(first=Min("rank")).order_by()
    return {row["agreement_id"]: row["first"] for row in found}


def reachable() -> Q:
    """Match the readers by role who can be reached: people who may sign in, and addresses."""
    return (Q(user__is_active=True) & ~Q(user__email="")) | Q(user=None, address__gt="")
