"""How django-allauth signs people in here: by invitation, with links to the configured address."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

log = logging.getLogger("pactwatch.accounts")

NAME = "Pactwatch"


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: people are invited by a records officer."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: a records officer invites."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link to set a password; it begins with the configured address, not Host's."""
        uid, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return settings.BASE_URL + path

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail in its reader's language."""
        language = getattr(context.get("user"), "language", None) or settings.LANGUAGE_CODE
        with translation.override(language):
            super().send_mail(template_prefix, email, context | {"base_url": settings.BASE_URL})

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell somebody that their account changed; a mail server that is down undoes nothing."""
        about = (context or {}) | {"user": user}
        try:
            super().send_notification_mail(template_prefix, user, about, email)
        except (OSError, SMTPException):
            log.exception("a notice about a changed account could not be sent")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Security keys are told the register's name."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Name the register to a security key; the id is the host, which is among the allowed."""
        return super().get_public_key_credential_rp_entity() | {"name": NAME}
