"""One mail, or one call of a webhook, about what a reader is to be told."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils import translation

from agreements.models import Deadline
from reports.alerts import content, tokens
from reports.alerts.addressees import Addressee
from reports.alerts.channels import email, webhook
from reports.models import Alert, Audience

BriefProvider = Callable[[int, dt.date, str], email.Attachment | None]
_providers: list[BriefProvider] = []

MOST_BRIEFS = 3


def register_brief(provider: BriefProvider) -> BriefProvider:
    """Register what makes the current brief of an agreement, on a day, in a language.

    Alerts to Council carry it; the room that sends does not know the room that makes it.
    """
    if provider not in _providers:
        _providers.append(provider)
    return provider


def send_mail(
    who: Addressee,
    alerts: Sequence[Alert],
    deadlines: Mapping[int, Deadline],
    on: dt.date,
    post: email.Post,
) -> None:
    """Send alerts to one reader in one mail. Raises ``SendError``."""
    with translation.override(who.language):
        subject, context = content.mail(_items(alerts, deadlines, on), on)
    asks = [
        alert for alert in alerts if alert.audience == Audience.STAFF and alert.rank is not None
    ]
    headers: dict[str, str] = {}
    context["is_by_choice"] = not asks
    if asks:
        context["seen_link"] = tokens.seen_link(asks[0].mail_key)
    if who.follower is not None:
        context["manage_link"] = tokens.manage_link(who.follower)
        headers["List-Unsubscribe"] = f"<{tokens.leave_link(who.follower)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    email.send(
        recipient=who.address,
        subject=subject,
        context=context,
        language=who.language,
        key=[alerts[0].mail_key],
        headers=headers,
        attachments=_briefs(who, alerts, on),
        post=post,
    )


def _items(
    alerts: Sequence[Alert], deadlines: Mapping[int, Deadline], on: dt.date
) -> list[content.Item]:
    return [
        content.item(deadlines[a.pk], on, a.lead_days, is_escalated=a.is_escalated) for a in alerts
    ]


def _briefs(who: Addressee, alerts: Sequence[Alert], on: dt.date) -> list[email.Attachment]:
    """The current briefs that an alert to Council carries."""
    if getattr(who.user, "role", "") != "council_reader":
        return []
    ids = list(dict.fromkeys(alert.agreement_id for alert in alerts))[:MOST_BRIEFS]
    made = [provider(pk, on, who.language) for pk in ids for provider in _providers]
    return [attachment for attachment in made if attachment is not None]


def send_webhook(
    who: Addressee, alerts: Sequence[Alert], deadlines: Mapping[int, Deadline], on: dt.date
) -> None:
    """Call a webhook about alerts, once. Raises ``SendError``."""
    assert who.webhook is not None  # noqa: S101 - a recipient of this channel is one
    with translation.override(who.language):
        items = _items(alerts, deadlines, on)
    told = [
        {
            "reference": item.reference,
            "title": item.title,
            "kind": item.kind,
            "due_on": item.due_on.isoformat(),
            "lead_days": alert.lead_days,
            "late": alert.is_late,
            "explanation": item.explanation,
            "subject": item.subject,
            "url": item.link,
        }
        for alert, item in zip(alerts, items, strict=True)
    ]
    payload: dict[str, Any] = {"type": "deadlines.due", "on": on.isoformat(), "deadlines": told}
    webhook.call(who.webhook, f"msg_{alerts[0].mail_key}", payload)
