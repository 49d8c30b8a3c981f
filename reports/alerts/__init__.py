"""Alerts ahead of deadlines: from windows, into an outbox, out by a channel."""
