"""Feeds (Atom, RFC 4287) of public deadlines and of what changed."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _t

from agreements.public import deadline_view
from agreements.public.history import LatestChange
from civil.display import show_date
from reports.calendars.ics import address, is_moot, told, uid

ATOM = "http://www.w3.org/2005/Atom"
MOST = 500

ElementTree.register_namespace("", ATOM)


def _element(parent: ElementTree.Element, name: str, text: str = "", **more: str) -> None:
    made = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", more)
    made.text = "".join(c for c in text if c >= " " or c in "\n\t") or None


def _feed(title: str, path: str, updated: dt.datetime) -> ElementTree.Element:
    feed = ElementTree.Element(f"{{{ATOM}}}feed")
    own = f"{settings.BASE_URL}{path}"
    _element(feed, "id", own)
    _element(feed, "title", title)
    _element(feed, "updated", updated.isoformat())
    _element(feed, "link", rel="self", href=own)
    author = ElementTree.SubElement(feed, f"{{{ATOM}}}author")
    _element(author, "name", "Pactwatch")
    return feed


def _written(feed: ElementTree.Element) -> str:
    return ElementTree.tostring(feed, encoding="unicode", xml_declaration=True)


def deadlines(agreements: Any, name: str, path: str, on: dt.date) -> str:
    """Return the feed of the open public deadlines of some agreements, by day."""
    rows = [(e, d) for e, d in told(agreements, on) if d is not None and not is_moot(d, on)][:MOST]
    latest = max((entry.changed_at for entry, _ in rows), default=timezone.now())
    feed = _feed(_t("Deadlines: %(name)s") % {"name": name}, path, latest)
    for entry, deadline in rows:
        view = deadline_view(deadline, on)
        made = ElementTree.SubElement(feed, f"{{{ATOM}}}entry")
        _element(made, "id", f"urn:pactwatch:{uid(entry)}")
        said = f"{deadline.agreement.label}: {view.label}, {show_date(view.due_on)}"
        _element(made, "title", said)
        _element(made, "updated", entry.changed_at.isoformat())
        _element(made, "summary", f"{view.explanation}.")
        _element(made, "link", rel="alternate", href=address(deadline))
    return _written(feed)


def changes(found: Iterable[LatestChange], path: str) -> str:
    """Return the feed of the latest changes to published records, the latest first."""
    rows = list(found)
    latest = max((change.at for change in rows), default=timezone.now())
    feed = _feed(_t("What changed lately"), path, latest)
    host = urlsplit(settings.BASE_URL).hostname
    for change in rows:
        made = ElementTree.SubElement(feed, f"{{{ATOM}}}entry")
        key = hashlib.sha256(f"{change.at.isoformat()}{change.agreements}".encode()).hexdigest()
        _element(made, "id", f"urn:pactwatch:{key[:32]}@{host}")
        names = ", ".join(name for name, _ in change.agreements)
        _element(made, "title", f"{names}: {change.reason}")
        _element(made, "updated", change.at.isoformat())
        _element(made, "summary", change.reason)
        url = change.agreements[0][1]
        _element(made, "link", rel="alternate", href=f"{settings.BASE_URL}{url}")
    return _written(feed)
