"""E-mail: text and HTML twins, with a Message-ID that stays the same when a send is repeated."""

import hashlib
import smtplib
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from reports.alerts.channels import SendError

PERMANENT_FROM = 500


def message_id(key: tuple[Any, ...]) -> str:
    """Return the Message-ID of what has a key: the same for every try (RFC 5322, 3.6.4)."""
    digest = hashlib.sha256("\x1f".join(map(str, key)).encode()).hexdigest()[:40]
    return f"<{digest}@{urlsplit(settings.BASE_URL).hostname}>"


def send(
    *, recipient: str, subject: str, context: dict[str, Any], language: str, key: tuple[Any, ...]
) -> None:
    """Send one alert by SMTP. Raises ``SendError``.

    A refusal of the recipient or the mail (5xx) is permanent; what is wrong with our own server,
    such as its password or our sender address, is not: it will be mended.
    """
    with translation.override(language):
        mail = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string("mail/alert.txt", context),
            to=[recipient],
            headers={"Message-ID": message_id(key), "Auto-Submitted": "auto-generated"},
        )
        html = render_to_string("mail/alert.html", context | {"subject": subject})
        mail.attach_alternative(html, "text/html")
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise SendError(str(error), is_permanent=min(codes) >= PERMANENT_FROM) from error
    except smtplib.SMTPDataError as error:
        is_permanent = error.smtp_code >= PERMANENT_FROM
        raise SendError(str(error), is_permanent=is_permanent) from error
    except (smtplib.SMTPException, OSError) as error:
        raise SendError(str(error) or type(error).__name__, is_permanent=False) from error
