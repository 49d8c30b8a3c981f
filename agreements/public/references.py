"""The sources of a record, numbered, and the facts on which they disagree."""

from contextlib import suppress

from django.db import models

from agreements.claims import Claim, Conflict, conflicts
from agreements.facts import PARTS, Facts
from agreements.public.allowed import is_public
from agreements.public.views import ClaimView, ConflictView, SourceView
from civil.partial import PartialDate
from sources.models import Citation, Source


def records_of(then: Facts) -> list[models.Model]:
    """Return all that stands on a day and may be cited for."""
    records: list[models.Model] = [then.agreement]
    for name in PARTS:
        records += getattr(then, name)
    records += [t for t in then.ahead if t.is_proposed]
    records += [s.element for s in then.shared_elements]
    return records + [p.party for p in then.participations]


class References:
    """Numbers the sources of what stands on a day, in the order in which they were entered."""

    def __init__(self, then: Facts) -> None:
        self.then = then
        records = records_of(then)
        visible = {(r._meta.label, r.pk) for r in records}
        self.cited: dict[int, Citation] = {
            c.source_id: c
            for c in then.citations
            if c.target in visible and is_public(c.target_model, c.field)
        }
        self.numbers = {pk: number for number, pk in enumerate(sorted(self.cited), start=1)}
        self.conflicts = tuple(
            self._conflict(c)
            for c in conflicts(then, dict.fromkeys(records))
            if is_public(c.record._meta.label, c.field)
        )

    def of(self, record: models.Model, *names: str) -> tuple[int, ...]:
        """Return the numbers of the sources of some fields of a record, and of it as a whole."""
        wanted = {*names, ""}
        found = [
            c
            for c in self.then.citations_of(record)
            if (not names or c.field in wanted) and is_public(c.target_model, c.field)
        ]
        return tuple(sorted({self.numbers[c.source_id] for c in found}))

    def claim(self, claim: Claim, *, is_quoted: bool = False) -> ClaimView:
        """Build the view of one value that sources give."""
        return ClaimView(
            value=claim.value,
            shown=claim.shown,
            is_followed=claim.is_followed,
            why=claim.why,
            quotations=tuple(c.quotation for c in claim.citations if c.quotation),
            refs=tuple(sorted({self.numbers[c.source_id] for c in claim.citations})),
            named=tuple((_named(c.source), self.numbers[c.source_id]) for c in claim.citations),
            is_quoted=is_quoted,
        )

    def _conflict(self, conflict: Conflict) -> ConflictView:
        return ConflictView(
            record=conflict.record._meta.label,
            field=conflict.field,
            label=conflict.label,
            is_settled=conflict.is_settled,
            claims=tuple(
                self.claim(c, is_quoted=_is_quoted(conflict.record, conflict.field, c))
                for c in conflict.claims
            ),
        )

    def sources(self) -> tuple[SourceView, ...]:
        """Return the numbered sources."""
        return tuple(
            SourceView(
                number=self.numbers[pk],
                title=citation.source.title,
                publisher=citation.source.publisher,
                published_on=citation.source.published_on,
                address=citation.source.address,
                language=citation.source.language,
                retrieved_on=citation.source.retrieved_on,
                note=citation.source.note,
                archive_address=citation.source.archive_address,
            )
            for pk, citation in sorted(self.cited.items())
        )


def _named(source: Source) -> str:
    """Name a source in a few words: its publisher and, where recorded, the year."""
    name = source.publisher or source.title
    return f"{name}, {source.published_on.last.year}" if source.published_on else name


def _is_quoted(record: models.Model, name: str, claim: Claim) -> bool:
    """Whether a value is shown in the record's own words: as a text, or another record's name."""
    if name in getattr(record, "partial_dates", ()):
        with suppress(ValueError):
            PartialDate.parse(claim.value)
            return False  # a year is read as one in any language
    elif record._meta.get_field(name).is_relation:
        return True
    return bool(claim.shown == claim.value)
