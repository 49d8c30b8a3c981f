"""The day and the state of knowledge that a visitor asks for."""

from agreements.days import known_moment, shown_day

__all__ = ["known_moment", "shown_day"]
