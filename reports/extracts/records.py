"""The records that extracts are made from, some hundred at a time."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _t

from agreements.facts import Facts
from agreements.loading import load_many
from agreements.models import Agreement
from agreements.public import AgreementView, public_facts
from agreements.public.views import PartyView
from civil.clock import civil_date
from civil.display import show_date
from parties.models import Party
from reports.briefs.content import TAGS
from reports.briefs.editions import INTERNAL, view_for
from reports.extracts.parts import Report, Table

AT_ONCE = 200

USUAL_MONTHS = 12
"""How far an extract looks ahead where nothing else is asked for."""


@dataclass(frozen=True)
class Request:
    """What is asked for: a day, an edition, and for some extracts how far to look ahead.

    `known` is the moment whose knowledge a dossier shows; the others show what is known now.
    """

    on: dt.date
    edition: str = "public"
    months: int = USUAL_MONTHS
    known: dt.datetime | None = None

    @property
    def is_internal(self) -> bool:
        """Whether all records count, published or not."""
        return self.edition == INTERNAL


@dataclass(frozen=True)
class Record:
    """An agreement as an edition shows it, and the facts behind it."""

    view: AgreementView
    facts: Facts


def facts_then(facts: Facts, request: Request) -> Facts:
    """Return the facts that an edition may show, as they stood on the day."""
    shown = facts if request.is_internal else public_facts(facts, timezone.now())
    return shown.on(request.on)


def agreements(request: Request) -> Any:
    """Return the agreements of an edition, by reference."""
    found = Agreement.objects.order_by("reference")
    return found if request.is_internal else found.published()


def records(request: Request) -> Iterator[Record]:
    """Yield the agreements of an edition by reference, with a constant number of queries each."""
    ids = list(agreements(request).values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        chunk = ids[start : start + AT_ONCE]
        found = load_many(chunk)
        prefetch_related_objects([f.agreement for f in found.values()], "deadlines")
        for pk in chunk:
            if pk in found:
                facts = found[pk]
                yield Record(view_for(facts, request.on, request.edition), facts)


def report(
    request: Request, name: str, title: str, sentence: str, tables: list[Table], **more: Any
) -> Report:
    """Return an extract with what all have in common: edition, day, language, address."""
    language = get_language() or settings.LANGUAGE_CODE
    prefix = "" if language == settings.LANGUAGE_CODE else f"/{language}"
    path = more.pop("path", f"/reports/{name}/")
    if request.is_internal:
        path = f"/desk{path}"
    edition = _t("internal edition, not for release")
    as_of = _t("As of %(day)s") % {"day": show_date(request.on)}
    query = f"?on={request.on.isoformat()}"
    known = civil_date(request.known) if request.known else None
    if known:
        as_of += " · " + _t("as known on %(day)s") % {"day": show_date(known)}
        query += f"&known={known.isoformat()}"
    if months := more.get("months"):
        query += f"&months={months}"
    return Report(
        name=name,
        title=title,
        sentence=sentence,
        edition=edition if request.is_internal else _t("public edition"),
        on=request.on,
        as_of=as_of,
        language=TAGS.get(language, language),
        tables=tuple(tables),
        address=f"{settings.BASE_URL}{prefix}{path}{query}",
        known=known,
        is_internal=request.is_internal,
        **more,
    )


def names(parties: Iterable[PartyView | Party]) -> list[str]:
    """Return what parties are called, each with what it is part of: two may share a name."""
    return [f"{p.name} ({p.parent})" if p.parent else p.name for p in parties]


def joint(parties: Iterable[PartyView]) -> str:
    """Return parties that act together in one text."""
    return "; ".join(names(parties))


def register_language() -> str:
    """Return the tag of the record's language where it is not the active one, else nothing."""
    own = settings.LANGUAGE_CODE[:2]
    return "" if (get_language() or own)[:2] == own else TAGS.get(own, own)


def url(view: AgreementView) -> str:
    """Return the address of a record's page."""
    return f"{settings.BASE_URL}{view.url}"
