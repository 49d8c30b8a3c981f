"""Replays a case as dated steps, each bearing its fact's day and its source.

The register's own clock is never set back; an example alone may do this, and every revision that
it writes says from which source it is replayed (DOMAIN.md, rule 9).
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models

from agreements.claims import fact_value
from agreements.models import Agreement
from parties.models import Element, Party, System
from revisions import change
from revisions.models import Change
from sources.models import Citation, Source

CURRENT: Any = object()
"""Stands for "the value that the record holds now"."""


@dataclass(frozen=True)
class Step:
    """One dated step: on which day, what became known, from which sources, and how to enter it."""

    day: dt.date
    what: str
    sources: str
    enter: Callable[["Scribe"], None]


@dataclass
class Scribe:
    """Enters records with the citations that they rest on, inside one step's change."""

    sources: dict[str, dict[str, Any]]
    by: models.Model
    people: dict[str, models.Model] = field(default_factory=dict)
    at: dt.datetime | None = None

    def source(self, key: str) -> Source:
        """Return a source by its short mark; entered when it is first cited."""
        found = Source.objects.filter(key=key.lower()).first()
        return found or Source.objects.create(key=key.lower(), **self.sources[key])

    def party(self, slug: str) -> Party:
        """Return a party by its address."""
        return Party.objects.get(slug=slug)

    def system(self, slug: str) -> System:
        """Return a system by its address."""
        return System.objects.get(slug=slug)

    def element(self, name: str) -> Element:
        """Return an element by its name."""
        return Element.objects.get(name=name)

    def agreement(self, reference: str) -> Agreement:
        """Return an agreement by its reference."""
        return Agreement.objects.get(reference=reference)

    def add(self, model: type[models.Model], cite: str = "", **values: Any) -> Any:
        """Enter a record, checked as a form would; ``cite`` names sources of it as a whole."""
        record = model(**values)
        record.full_clean(validate_constraints=False)
        record.save()
        for key in cite.split():
            self.cite(record, key)
        return record

    def set(self, record: Any, **values: Any) -> Any:
        """Change a record, checked as a form would."""
        for name, value in values.items():
            setattr(record, name, value)
        record.full_clean(validate_constraints=False)
        record.save()
        return record

    def cite(
        self, record: Any, key: str, name: str = "", value: Any = CURRENT, **more: Any
    ) -> Citation:
        """Say that a source gives a value of a field, by default the one that the record holds."""
        if value is CURRENT:
            value = fact_value(record, name) if name else None
        return Citation.objects.create(
            source=self.source(key),
            target_model=record._meta.label,
            target_id=record.pk,
            field=name,
            value=value,
            **more,
        )


def replay(name: str, steps: Iterable[Step], scribe: Scribe, until: dt.date | None = None) -> int:
    """Enter the steps up to a day, inclusive, that were not entered before; return how many.

    Steps of one day follow each other by a minute, from noon in the city. Each step is one
    change; a step that was entered is recognized by its label and left alone.
    """
    entered = set(Change.objects.exclude(replayed_from="").values_list("replayed_from", flat=True))
    zone = ZoneInfo(settings.PACTWATCH_TIME_ZONE)
    count, minutes = 0, 0
    last_day: dt.date | None = None
    for step in sorted(steps, key=lambda s: s.day):
        minutes = minutes + 1 if step.day == last_day else 0
        last_day = step.day
        label = f"{name}, {step.day}, {step.sources}: {step.what}"
        if (until is not None and step.day > until) or label in entered:
            continue
        at = dt.datetime.combine(step.day, dt.time(12), zone) + dt.timedelta(minutes=minutes)
        reason = f"{step.what} (replayed from {step.sources})"
        scribe.at = at
        with change(by=scribe.by, reason=reason, at=at, replayed_from=label):
            step.enter(scribe)
        count += 1
    return count
