"""Addresses of calendars, feeds and health."""

from django.urls import path

from portal import calendars, health

ICS, FEED = {"form": "ics"}, {"form": "atom"}

urlpatterns = [
    path("health/", health.health, name="health"),
    path("calendar.ics", calendars.of_list, ICS, name="calendar"),
    path("deadlines.atom", calendars.of_list, FEED, name="feed"),
    path("changes.atom", calendars.changes, name="changes"),
    path(
        "agreements/<slug:slug>/calendar.ics",
        calendars.of_agreement,
        ICS,
        name="agreement-calendar",
    ),
    path(
        "agreements/<slug:slug>/deadlines.atom", calendars.of_agreement, FEED, name="agreement-feed"
    ),
    path("parties/<slug:slug>/calendar.ics", calendars.of_party, ICS, name="party-calendar"),
    path("parties/<slug:slug>/deadlines.atom", calendars.of_party, FEED, name="party-feed"),
    path("systems/<slug:slug>/calendar.ics", calendars.of_system, ICS, name="system-calendar"),
    path("systems/<slug:slug>/deadlines.atom", calendars.of_system, FEED, name="system-feed"),
]
