"""What follows from signing in: the log says so, and an address stays in step with its person.

The log holds a person's number and the caller's address, and never what somebody typed: a password
ends up in the field for the address more often than one would think.
"""

import logging
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa import signals as second_factor
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.models import User

log = logging.getLogger("pactwatch.accounts")


def _from(request: Any) -> str:
    return request.META.get("REMOTE_ADDR", "") if request is not None else ""


@receiver(user_logged_in)
def signed_in(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """Write that somebody signed in."""
    log.info("signed in: person %s from %s", user.pk, _from(request))


@receiver(user_logged_out)
def signed_out(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """Write that somebody signed out."""
    if user is not None:
        log.info("signed out: person %s from %s", user.pk, _from(request))


@receiver(user_login_failed)
def refused(sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
    """Write that somebody was not let in; an address that nobody has is not written."""
    typed = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    known = User.objects.filter(email=typed).first() if "\0" not in typed else None
    who = f"person {known.pk}" if known else "an unknown address"
    log.warning("sign-in refused: %s from %s", who, _from(request))


@receiver(second_factor.authentication_failed)
def factor_refused(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """Write that a second factor was wrong."""
    log.warning("second factor refused: person %s from %s", user.pk, _from(request))


@receiver(second_factor.authenticator_added)
def factor_added(sender: Any, request: Any, user: Any, authenticator: Any, **kwargs: Any) -> None:
    """Write it, and end the person's other sessions: none of them has shown the second factor."""
    log.info("second factor added (%s): person %s", authenticator.type, user.pk)
    for session in UserSession.objects.filter(user=user):
        if session.session_key != request.session.session_key:
            session.end()


@receiver(second_factor.authenticator_removed)
def factor_removed(sender: Any, request: Any, user: Any, authenticator: Any, **kwargs: Any) -> None:
    """Write that a second factor is gone."""
    log.warning("second factor removed (%s): person %s", authenticator.type, user.pk)


@receiver([password_set, password_changed, password_reset])
def password_new(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """Write that a password is new."""
    log.info("password set: person %s from %s", user.pk, _from(request))


@receiver(post_save, sender=User)
def keep_address(sender: Any, instance: User, raw: bool = False, **kwargs: Any) -> None:
    """Keep allauth's one address of a person equal to the person's own.

    It counts as verified: nobody signs up, a records officer invites this address, and only who
    reads its mail gets the link to set a password.
    """
    if raw:
        return
    EmailAddress.objects.update_or_create(
        user=instance, primary=True, defaults={"email": instance.email, "verified": True}
    )
