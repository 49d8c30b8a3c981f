"""Links for people without an account: each carries a keyed digest of at least 128 bits.

Nothing of them is stored: they are made anew from a row and the register's secret, and revoked
with the row or its nonce.
"""

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from reports.models import Alert, Follower, FollowRequest

LENGTH = 40  # hexadecimal digits: 160 bits


def _digest(what: str, text: str) -> str:
    made = salted_hmac(f"reports.alerts.{what}", text, algorithm="sha256")
    return made.hexdigest()[:LENGTH]


def seen_link(mail_key: str) -> str:
    """Return the address at which a mail's alerts are acknowledged."""
    return f"{settings.BASE_URL}/desk/alerts/seen/{mail_key}{_digest('seen', mail_key)}/"


def mail_of(token: str) -> str | None:
    """Return the mail that a link acknowledges; None for a link that we did not make."""
    mail_key, digest = token[:-LENGTH], token[-LENGTH:]
    if not mail_key or not constant_time_compare(digest, _digest("seen", mail_key)):
        return None
    return mail_key if Alert.objects.filter(mail_key=mail_key).exists() else None


def token_of(row: Follower | FollowRequest) -> str:
    """Return the token of a follower, or of a request to follow."""
    what = type(row).__name__
    return f"{row.pk}-{_digest(what, f'{row.pk}:{row.nonce}')}"


def find(
    model: type[Follower] | type[FollowRequest], token: str
) -> Follower | FollowRequest | None:
    """Return the row that a token names; None where it is gone or the token is not ours."""
    number, _, digest = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None
    row = model._default_manager.filter(pk=int(number)).first()
    right = _digest(model.__name__, f"{number}:{row.nonce if row else ''}")
    return row if row is not None and constant_time_compare(digest, right) else None


def manage_link(follower: Follower) -> str:
    """Return the address at which a follower manages what they follow."""
    return f"{settings.BASE_URL}{_prefix(follower.language)}/follow/manage/{token_of(follower)}/"


def leave_link(follower: Follower) -> str:
    """Return the address that ends all that a follower follows, by POST (RFC 8058)."""
    return f"{settings.BASE_URL}{_prefix(follower.language)}/follow/leave/{token_of(follower)}/"


def confirm_link(request: FollowRequest) -> str:
    """Return the address at which a wish to follow is confirmed."""
    return f"{settings.BASE_URL}{_prefix(request.language)}/follow/confirm/{token_of(request)}/"


def _prefix(language: str) -> str:
    return "" if language == settings.LANGUAGE_CODE else f"/{language}"
