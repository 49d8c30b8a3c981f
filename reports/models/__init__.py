"""What left the register: alerts and the attempts to send them; and who is to be told."""

from reports.models.alerts import Alert, Attempt, Channel, Heartbeat
from reports.models.calendars import CalendarEntry
from reports.models.watches import (
    Audience,
    Cadence,
    Follower,
    FollowRequest,
    Lead,
    LeadRule,
    LeadSet,
    Reader,
    Scope,
    Suppression,
    Watch,
    Webhook,
)

__all__ = [
    "Alert",
    "Attempt",
    "Audience",
    "Cadence",
    "CalendarEntry",
    "Channel",
    "FollowRequest",
    "Follower",
    "Heartbeat",
    "Lead",
    "LeadRule",
    "LeadSet",
    "Reader",
    "Scope",
    "Suppression",
    "Watch",
    "Webhook",
]
