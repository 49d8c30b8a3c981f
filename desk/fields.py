"""Form fields of the desk: dates as people type them, and records chosen by their name."""

import datetime as dt
import difflib
import re
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from civil.clock import civil_date, end_of_day
from civil.display import show_date, show_partial
from civil.partial import PartialDate
from civil.typed import parse_typed
from parties.models import Element, Party, System
from sources.models import Source

LONGEST = 400
SUGGESTED = 300
"""So many names at most stand in the list that a browser offers; any other may be typed."""


class PartialDateTyped(forms.Field):
    """A partly known date: "2008", "July 2010", "31 Aug 2018"; empty means not recorded."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text", _("A year, a month or a day: 2008, July 2010, August 31, 2018.")
        )
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a stored date as people write it, in the reader's language."""
        if not isinstance(value, PartialDate):
            return value
        return value.edtf if value.precision == "span" else show_partial(value)

    def to_python(self, value: Any) -> Any:
        """Read what was typed. Raises ``ValidationError`` with examples."""
        try:
            return parse_typed(str(value or ""))
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare dates, not the ways of writing them."""
        try:
            return PartialDate.coerce(initial) != parse_typed(data or "")
        except ValueError:
            return True


class DayTyped(PartialDateTyped):
    """A day that must be known exactly, typed in the same ways."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("A day: August 31, 2018, 31 Aug 2018 or 2018-08-31."))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a stored day as people write it."""
        return show_date(value) if hasattr(value, "isoformat") else value

    def to_python(self, value: Any) -> Any:
        """Return the day. Raises ``ValidationError`` for one known in part only."""
        found = super().to_python(value)
        if found is not None and not found.is_exact:
            raise ValidationError(_t("Give the day itself: a deadline comes from it."))
        return found.first if found else None


TIMED = re.compile(
    r"(?P<day>.+?)(?:,? +| *T)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2}) *(?P<half>[ap]\.?m\.?)?",
    re.IGNORECASE,
)


def _minute(text: str) -> tuple[dt.date | None, dt.datetime | None]:
    """Read a day, or a minute of one in the city. Raises ``ValidationError``."""
    match = TIMED.fullmatch(text)
    if match is None:
        return DayTyped().clean(text), None
    hour, half = int(match["hour"]), (match["half"] or "").lower()[:1]
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        time = dt.time(hour, int(match["minute"]), tzinfo=ZoneInfo(settings.PACTWATCH_TIME_ZONE))
    except ValueError as error:
        raise ValidationError(_t("“%(text)s” is no time of day.") % {"text": text}) from error
    day = DayTyped().clean(match["day"])
    return day, dt.datetime.combine(day, time)


class MomentTyped(forms.CharField):
    """A day, which means its end in the city, or a minute of one: "July 18, 2018, 12:01"."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("A day, or with a time: July 18, 2018, 12:01."))
        super().__init__(max_length=60, **kwargs)

    def clean(self, value: Any) -> dt.datetime:
        """Return the last instant of the day or the minute. Raises ``ValidationError``."""
        day, start = _minute(str(super().clean(value)).strip())
        if start is None:
            return end_of_day(day)  # type: ignore[arg-type]
        return start + dt.timedelta(minutes=1) - dt.timedelta(microseconds=1)


class InstantTyped(forms.CharField):
    """A minute in the city, or a day, which means its beginning; empty where that is allowed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("A day, or with a time in the city: July 27, 2018, 9:00."))
        super().__init__(max_length=60, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a stored moment as people write it."""
        if not isinstance(value, dt.datetime):
            return value
        local = timezone.localtime(value, ZoneInfo(settings.PACTWATCH_TIME_ZONE))
        return f"{show_date(local.date())}, {local:%H:%M}"

    def clean(self, value: Any) -> dt.datetime | None:
        """Return the moment. Raises ``ValidationError``."""
        text = str(super().clean(value)).strip()
        if not text:
            return None
        day, start = _minute(text)
        zone = ZoneInfo(settings.PACTWATCH_TIME_ZONE)
        return start or dt.datetime.combine(day, dt.time.min, tzinfo=zone)  # type: ignore[arg-type]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare moments to the minute, not the ways of writing them."""
        return self.prepare_value(initial or "") != (data or "")


class MoneyTyped(forms.DecimalField):
    """An amount as people write it: 5565, 5,565.00 or $5,565."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        """Read past the dollar sign and the commas between thousands."""
        text = str(value if value is not None else "").strip().removeprefix("$").strip()
        if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", text):
            text = text.replace(",", "")
        return super().to_python(text)


def show_moment(moment: dt.datetime) -> str:
    """Return a moment as people read it: the end of a day as that day."""
    day = civil_date(moment)
    if moment == end_of_day(day):
        return show_date(day)
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


class NamedChoice(forms.Field):
    """A record chosen by its name; the browser offers what is there, any name may be typed.

    Finds by the whole name, a short name or an alias, whatever the case. Raises
    ``ValidationError`` with the nearest names for what is not there.
    """

    widget = forms.TextInput

    def __init__(self, model: type[models.Model], **kwargs: Any) -> None:
        self.model = model
        kwargs.setdefault("help_text", _("Type a part of the name and choose."))
        super().__init__(**kwargs)

    def offer(self, place: str) -> None:
        """Let the browser offer the names in a list of the page, renewed as somebody types."""
        self.widget.attrs |= {
            "list": place,
            "autocomplete": "off",
            "hx-get": reverse("desk:names", args=[self.model._meta.model_name]),
            "hx-trigger": "input changed delay:200ms",
            "hx-target": f"#{place}",
        }

    def suggestions(self, text: str = "") -> list[str]:
        """Return names for the browser to offer, those that hold a text where one is typed."""
        rows = everything(self.model)
        words = " ".join(text.replace("\0", " ").split())[:LONGEST]
        if words:
            rows = rows.filter(_holding(self.model, words)).distinct()
        return [name_of(row) for row in rows[:SUGGESTED]]

    def prepare_value(self, value: Any) -> Any:
        """Show a stored record by its name."""
        if isinstance(value, int):
            row = everything(self.model).filter(pk=value).first()
            return name_of(row) if row else ""
        return name_of(value) if isinstance(value, models.Model) else value

    def to_python(self, value: Any) -> Any:
        """Return the record of that name, or None for an empty text."""
        text = " ".join(str(value or "").replace("\0", " ").split())
        if not text:
            return None
        if len(text) > LONGEST:
            raise ValidationError(_t("A name has at most %(n)s characters.") % {"n": LONGEST})
        found = list(everything(self.model).filter(_by_name(self.model, text)).distinct()[:2])
        if len(found) > 1:  # one that is wholly called so goes before short names and aliases
            found = [row for row in found if name_of(row).casefold() == text.casefold()] or found
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(_t("Several are called so: write the whole name."))
        names = [name_of(row) for row in everything(self.model)]
        near = difflib.get_close_matches(text, names, n=3, cutoff=0.4)
        hint = _t(" Did you mean: %(names)s?") % {"names": "; ".join(near)} if near else ""
        what = self.model._meta.verbose_name
        raise ValidationError(
            _t("There is no %(what)s of this name. Add it first, or check the spelling.")
            % {"what": what}
            + hint
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare names."""
        return self.prepare_value(initial) != data


def everything(model: type[models.Model]) -> QuerySet:
    """Return all records of a model, as they are listed by name."""
    rows = model._default_manager.all()
    return (
        rows.select_related("system").order_by("system__name", "name") if model is Element else rows
    )


def name_of(row: Any) -> str:
    """Return what a record is called where several stand in a list."""
    return f"{row.system}: {row.name}" if isinstance(row, Element) else str(row)


def _holding(model: type[models.Model], text: str) -> Q:
    """Match the records whose name, short name or alias holds a text."""
    if model is Source:
        return Q(title__icontains=text) | Q(key__icontains=text)
    if model is Element:
        _system, _colon, name = text.rpartition(": ")
        return Q(name__icontains=name)
    found = Q(name__icontains=text) | Q(short_name__icontains=text)
    return found | Q(aliases__name__icontains=text) if model is Party else found


def _by_name(model: type[models.Model], text: str) -> Q:
    if model is Party:
        return Q(name__iexact=text) | Q(short_name__iexact=text) | Q(aliases__name__iexact=text)
    if model is System:
        return Q(name__iexact=text) | Q(short_name__iexact=text)
    if model is Source:
        return Q(title__iexact=text) | Q(key__iexact=text)
    if model is Element and ": " in text:
        system, _colon, name = text.partition(": ")
        of_system = Q(system__name__iexact=system) | Q(system__short_name__iexact=system)
        return of_system & Q(name__iexact=name) | Q(name__iexact=text)
    return Q(name__iexact=text)
