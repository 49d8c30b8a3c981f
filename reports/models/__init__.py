"""What left the register: alerts, calendar entries, issued briefs; and who is to be told."""

from reports.models.alerts import Alert, Attempt, Channel, Heartbeat
from reports.models.briefs import Brief
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
    "Brief",
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
