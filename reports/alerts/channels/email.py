"""E-mail: text and HTML twins, with a Message-ID that stays the same when a send is repeated."""

import hashlib
import logging
import smtplib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import translation

from reports.alerts.channels import SendError

log = logging.getLogger(__name__)

PERMANENT_FROM = 500


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    content: bytes
    type: str


def message_id(key: Sequence[Any]) -> str:
    """Return the Message-ID of what has a key: the same for every try (RFC 5322, 3.6.4)."""
    digest = hashlib.sha256("\x1f".join(map(str, key)).encode()).hexdigest()[:40]
    return f"<{digest}@{urlsplit(settings.BASE_URL).hostname}>"


class Post:
    """One connection to the mail server, opened for the first mail and kept for the next ones."""

    def __init__(self) -> None:
        self._connection: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def deliver(self, mail: EmailMultiAlternatives) -> None:
        """Hand a mail to the server. Raises ``SendError``.

        A refusal of the recipient or the text (5xx) is permanent. A server that does not answer,
        or refuses our sign-in or sender, is our own trouble: it will be mended.
        """
        self._open()
        try:
            self._connection.send_messages([mail])
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise SendError(str(error), is_permanent=min(codes) >= PERMANENT_FROM) from error
        except smtplib.SMTPDataError as error:
            is_permanent = error.smtp_code >= PERMANENT_FROM
            raise SendError(str(error), is_permanent=is_permanent) from error
        except smtplib.SMTPSenderRefused as error:
            self.close()
            raise SendError(str(error), is_permanent=False, is_ours=True) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            message = str(error) or type(error).__name__
            raise SendError(message, is_permanent=False, is_broken_off=True) from error

    def _open(self) -> None:
        if self._connection is not None:
            return
        self._connection = get_connection()
        try:
            self._connection.open()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            message = str(error) or type(error).__name__
            raise SendError(message, is_permanent=False, is_ours=True) from error

    def close(self) -> None:
        """Close the connection, whatever state it is in."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.close()
        except (smtplib.SMTPException, OSError) as error:
            log.debug("The mail server did not say goodbye: %s", error)


def send(
    *,
    recipient: str,
    subject: str,
    context: dict[str, Any],
    language: str,
    key: Sequence[Any],
    template: str = "alert",
    headers: Mapping[str, str] | None = None,
    attachments: Sequence[Attachment] = (),
    post: Post | None = None,
) -> None:
    """Send one mail by SMTP, in a language. Raises ``SendError``."""
    with translation.override(language):
        mail = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string(f"mail/{template}.txt", context),
            to=[recipient],
            headers={
                "Message-ID": message_id(key),
                "Auto-Submitted": "auto-generated",
                **(headers or {}),
            },
        )
        html = render_to_string(f"mail/{template}.html", context | {"subject": subject})
        mail.attach_alternative(html, "text/html")
    for attachment in attachments:
        mail.attach(attachment.name, attachment.content, attachment.type)
    if post is not None:
        post.deliver(mail)
        return
    with Post() as own:
        own.deliver(mail)
