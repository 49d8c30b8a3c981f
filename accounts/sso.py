"""Single sign-on by OpenID Connect: for people that the register knows already, and no others.

Only loaded where it is configured (``PACTWATCH_SSO_SERVER_URL``; see docs/single-sign-on.md).
"""

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Matches people by an e-mail address that the provider says is verified."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never: an unknown address is told to ask for an invitation."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Match a known address where the city's own directory vouches for all its addresses."""
        if settings.PACTWATCH_SSO_TRUST_EMAIL and not sociallogin.is_existing:
            for address in sociallogin.email_addresses:
                address.verified = True
            sociallogin.lookup()
