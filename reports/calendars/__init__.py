"""Calendars and feeds of public deadlines, for whoever subscribes; they need no address."""
