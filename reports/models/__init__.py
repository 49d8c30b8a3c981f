"""What left the register: alerts with the attempts to send them, and issued briefs."""

from reports.models.alerts import Alert, Attempt
from reports.models.briefs import Brief

__all__ = ["Alert", "Attempt", "Brief"]
