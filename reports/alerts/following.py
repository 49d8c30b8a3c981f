"""Following by e-mail without an account: asked for, confirmed from the mailbox, left by a link.

What the asker is told never depends on whether an address is known, unknown or suppressed. Of a
follower only the address, the language and the wishes are kept, and deleted on leaving.
"""

import datetime as dt
import logging
from typing import Any

from django.db import transaction
from django.db.models import F
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _t

from agreements.filters import AgreementFilter
from agreements.models import Agreement
from civil.clock import today
from reports.alerts import heart, readers, tokens
from reports.alerts.channels import SendError, email
from reports.models import Channel, Follower, FollowRequest, Scope, Suppression, Watch

log = logging.getLogger(__name__)

KEPT = dt.timedelta(days=3)
MOST_A_DAY = 3
MOST_AN_HOUR = 300
MOST_TRIES = 8
LEASE = dt.timedelta(minutes=10)
ABOUT = ("scope", "agreement_id", "party_id", "system_id", "query", "leads")


def digest(address: str) -> str:
    """Return the keyed digest under which an address is suppressed."""
    return salted_hmac("reports.suppression", address.lower(), algorithm="sha256").hexdigest()


def suppress(address: str, because: str) -> None:
    """Send nothing to an address any more, and forget who it was."""
    name, _, host = address.partition("@")
    Suppression.objects.get_or_create(
        digest=digest(address),
        defaults={
            "hint": f"{name[:1]}…@{host}",
            "because": because[:300],
            "since_at": timezone.now(),
        },
    )
    Follower.objects.filter(address__iexact=address).delete()


def ask(wish: FollowRequest) -> bool:
    """Keep a wish until its owner confirms it; return whether it was kept.

    Not for a suppressed address, nor more than three a day for one address, nor more in an hour
    than a city's followers would send. The asker must not be told which.
    """
    now = timezone.now()
    wish.asked_at = wish.try_after = now
    recent = FollowRequest.objects.filter(asked_at__gte=now - dt.timedelta(days=1))
    if Suppression.objects.filter(digest=digest(wish.address)).exists():
        return False
    if recent.filter(address__iexact=wish.address).count() >= MOST_A_DAY:
        return False
    if recent.filter(asked_at__gte=now - dt.timedelta(hours=1)).count() >= MOST_AN_HOUR:
        return False
    wish.save()
    return True


def confirm(wish: FollowRequest) -> Follower:
    """Turn a wish into a watch; the same wish twice is one watch."""
    with transaction.atomic():
        follower, is_new = Follower.objects.get_or_create(
            address=wish.address.lower(),
            defaults={"language": wish.language, "cadence": wish.cadence},
        )
        if not is_new:
            follower.language, follower.cadence = wish.language, wish.cadence
            follower.save(update_fields=["language", "cadence"])
        about = {name: getattr(wish, name) for name in ABOUT}
        same = {name: value for name, value in about.items() if name != "leads"}
        watch = Watch.objects.filter(follower=follower, **same).first()
        if watch is None:
            watch = Watch.objects.create(follower=follower, **about)
        elif watch.leads != wish.leads:
            watch.leads = wish.leads
            watch.save(update_fields=["leads"])
        wish.delete()
        for own in follower.watches.all():
            readers.expand_watch(own)
    return follower


def change(follower: Follower, *, language: str, cadence: str) -> None:
    """Change a follower's language and how often they want mail."""
    follower.language, follower.cadence = language, cadence
    follower.save(update_fields=["language", "cadence"])
    for watch in follower.watches.all():
        readers.expand_watch(watch)


def leave(follower: Follower) -> None:
    """Forget a follower: address, wishes and all."""
    FollowRequest.objects.filter(address__iexact=follower.address).delete()
    follower.delete()


def described(row: FollowRequest | Watch) -> str:
    """Say what a wish is about, in the active language."""
    if row.scope == Scope.AGREEMENT and row.agreement:
        return row.agreement.title
    if row.scope == Scope.PARTY and row.party:
        return _t("All agreements of %(name)s") % {"name": row.party.name}
    if row.scope == Scope.SYSTEM and row.system:
        return _t("All agreements about %(name)s") % {"name": row.system.name}
    if row.scope == Scope.FILTER:
        return _t("The agreements with %(filters)s") % {"filters": _filters(row.query)}
    return _t("All agreements")


def _filters(query: str) -> str:
    """Say in words what a list is filtered by."""
    rows = Agreement.objects.none()
    fields = AgreementFilter(QueryDict(query), queryset=rows, on=today()).form.fields
    said = []
    for name, value in QueryDict(query).items():
        field: Any = fields.get(name)
        shown = dict(getattr(field, "choices", ())).get(value, value)
        said.append(f"{field.label if field and field.label else name}: {shown}")
    return "; ".join(said)


def send_waiting(on: dt.date) -> int:
    """Send the confirmations that wait, and forget wishes that nobody confirmed in three days."""
    now = timezone.now()
    FollowRequest.objects.filter(asked_at__lt=now - KEPT).delete()
    if Channel.EMAIL in heart.paused_channels():
        return 0
    waiting = FollowRequest.objects.filter(sent_at=None, try_after__lte=now, tries__lt=MOST_TRIES)
    sent = 0
    with email.Post() as post:
        for wish in waiting.order_by("pk"):
            taken = waiting.filter(pk=wish.pk)
            if taken.update(try_after=now + LEASE, tries=F("tries") + 1):
                sent += _send(wish, post)
    return sent


def _send(wish: FollowRequest, post: email.Post) -> int:
    with translation.override(wish.language):
        subject = _t("Confirm that you want to follow")
        context = {"about": described(wish), "confirm_link": tokens.confirm_link(wish)}
    try:
        email.send(
            recipient=wish.address,
            subject=subject,
            context=context,
            language=wish.language,
            key=["confirm", wish.pk, wish.nonce],
            template="confirm",
            post=post,
        )
    except SendError as error:
        if error.is_permanent:
            wish.delete()
        return 0
    except Exception:
        log.exception("Confirmation %s could not be sent", wish.pk)
        return 0
    FollowRequest.objects.filter(pk=wish.pk).update(sent_at=timezone.now())
    return 1
