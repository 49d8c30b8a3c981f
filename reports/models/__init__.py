"""What left the register: alerts and the attempts to send them."""

from reports.models.alerts import Alert, Attempt

__all__ = ["Alert", "Attempt"]
