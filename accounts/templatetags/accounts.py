"""What account pages say of second factors."""

from typing import Any

from django import template
from django.conf import settings

from accounts.people import has_second_factor
from accounts.second_factor import needs_one

register = template.Library()


@register.simple_tag
def second_factor_state(user: Any) -> str:
    """Say whether somebody's second factor is missing: ``demanded``, ``example`` or nothing.

    ``example``: it would be demanded, if this were not an example on one's own machine.
    """
    if not user.is_authenticated or has_second_factor(user) or not needs_one(user):
        return ""
    return "demanded" if settings.SECOND_FACTOR_DEMANDED else "example"
