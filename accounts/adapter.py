"""How django-allauth signs people in here: by invitation, with links to the configured address."""

import base64
import hashlib
import logging
import os
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
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
    """Secrets of authenticator apps are kept encrypted; security keys are told the name."""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret under ``SECRET_KEY``: a copy of the database gives no codes."""
        return _lock().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret; where no key of ours fits, one that nobody knows, so no code does."""
        try:
            return _lock().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            log.error("a second factor cannot be read: SECRET_KEY changed; set it up again")
            return base64.b32encode(os.urandom(20)).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Name the register to a security key; the id is the host, which is among the allowed."""
        return super().get_public_key_credential_rp_entity() | {"name": NAME}


def _lock() -> MultiFernet:
    """The keys that secrets are locked with, the newest first (see ``SECRET_KEY_FALLBACKS``)."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    made = (hashlib.sha256(b"pactwatch second factors\0" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in made])
