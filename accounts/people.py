"""What a records officer does for a person: invite, end sessions, take away second factors."""

import logging
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.utils import translation

from accounts.models import User

log = logging.getLogger("pactwatch.accounts")

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What counts as a second factor; recovery codes alone do not."""


def has_second_factor(user: Any) -> bool:
    """Whether somebody has an authenticator app or a security key."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=SECOND_FACTORS).exists()


def send_invitation(user: User, invited_by: Any) -> None:
    """Mail a link by which somebody sets their first password.

    The link works once, for PASSWORD_RESET_TIMEOUT seconds. Raises what the mail server raises.
    """
    adapter = get_adapter()
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    with translation.override(user.language):
        link = adapter.get_reset_password_from_key_url(key)
    context = {"user": user, "invited_by": invited_by, "link": link}
    adapter.send_mail("account/email/invitation", user.email, context)
    log.info("invited: person %s by person %s", user.pk, invited_by.pk)


def end_sessions(user: Any) -> int:
    """End every session of somebody at once; return how many there were."""
    sessions = list(UserSession.objects.filter(user_id=user.pk))
    for session in sessions:
        session.end()
    return len(sessions)


def remove_second_factors(user: Any) -> None:
    """Take away somebody's second factors, and end their sessions: for a lost phone or key."""
    Authenticator.objects.filter(user_id=user.pk).delete()
    end_sessions(user)


def note(by: Any, about: User, what: str) -> None:
    """Write down who did what to a person's account, in the log and beside the person."""
    log.warning("person %s changed by person %s: %s", about.pk, by.pk, what)
    LogEntry.objects.log_actions(by.pk, [about], CHANGE, change_message=what, single_object=True)


def notes_about(user: User) -> list[LogEntry]:
    """Return what was done to a person's account, the last first."""
    return list(
        LogEntry.objects.filter(
            content_type__app_label="accounts", content_type__model="user", object_id=str(user.pk)
        )
        .select_related("user")
        .order_by("-action_time", "-pk")[:50]
    )
