"""One record of every tracked model, and a change to it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone

from agreements.models import (
    Access,
    Agreement,
    Amendment,
    Concern,
    Deadline,
    Decision,
    Document,
    Event,
    Evidence,
    Guide,
    Holiday,
    Incident,
    Mandate,
    NoticeGiven,
    Obligation,
    Participation,
    Payment,
    Proposal,
    Review,
    SearchText,
    SharedElement,
    StatusSpan,
    Term,
    Vote,
)
from parties.models import Alias, Element, Party, System
from revisions.models import Change, TrackedModel
from revisions.snapshot import snapshot
from sources.models import Citation, Source
from tests.factories import (
    make_agreement,
    make_element,
    make_file,
    make_party,
    make_person,
    make_system,
    writing,
)

TRACKED: list[Any] = sorted(
    (m for m in apps.get_models() if issubclass(m, TrackedModel)), key=lambda m: m._meta.label
)


@dataclass
class Sample:
    """How to make a record of a model (``fresh`` twice gives two that can both stand)."""

    fresh: Any
    changed: dict[str, Any]


class Samples:
    """Makes unsaved records; what they need is written once."""

    def __init__(self) -> None:
        with writing():
            self.agreement = make_agreement(
                reference="SAMPLE",
                terms=[{"starts_on": "2018-01-01", "ends_on": "2018-12-31"}],
                decisions=[{"outcome": "renew", "decided_on": "2018-10-01"}],
            )
            self.term = Term.objects.get(agreement=self.agreement)
            self.system = make_system("sampled")
            self.count = 0
            self.voter = make_person("voter@example.org")
            self.source = Source.objects.create(key="sampled", title="Sampled")

    def next(self) -> int:
        self.count += 1
        return self.count

    def party(self) -> Party:
        with writing():
            return make_party(f"sampled-{self.next()}")

    def of(self, model: Any) -> Sample:
        """Return the sample of a model; KeyError for a tracked model that has none yet."""
        within: dict[str, Any] = {"agreement": self.agreement}
        ended = within | {"term": self.term}
        return {
            Access: Sample(lambda: Access(state="on", **within), {"evidence": "Seen"}),
            Agreement: Sample(self._agreement, {"purpose": "Arrests"}),
            Alias: Sample(lambda: Alias(party=self.party(), name="Ditto"), {"name": "Other"}),
            Amendment: Sample(lambda: Amendment(title="First", **within), {"title": "Second"}),
            Citation: Sample(
                lambda: Citation(
                    source=self.source,
                    target_model="agreements.Agreement",
                    target_id=self.agreement.pk,
                    field="kind",
                    value={"amount": "1.00", "deep": [1, None, "ü"]},
                ),
                {"value": "license"},
            ),
            Concern: Sample(lambda: Concern(title="A worry", **within), {"text": "Why"}),
            Decision: Sample(lambda: Decision(outcome="extend", **ended), {"rationale": "Since"}),
            Document: Sample(
                lambda: Document(title="Text", **make_file(), **within), {"dated_on": "2018-07"}
            ),
            Element: Sample(
                lambda: Element(system=self.system, name=f"Element {self.next()}"),
                {"is_personal": True},
            ),
            Event: Sample(
                lambda: Event(kind="petition", occurred_on="2018-05", title="Signed", **within),
                {"count": 500},
            ),
            Evidence: Sample(
                lambda: Evidence(kind="figure", statement="Many", **within), {"figure": "238"}
            ),
            Guide: Sample(
                lambda: Guide(title="Rights", address="https://example.org/", **within),
                {"language": "es"},
            ),
            Holiday: Sample(
                lambda: Holiday(
                    on=dt.date(2018, 1, 1) + dt.timedelta(days=self.next()), name="Free day"
                ),
                {"name": "Labor Day"},
            ),
            Incident: Sample(
                lambda: Incident(kind="breach", title="A leak", **within), {"outcome": "Mended"}
            ),
            Mandate: Sample(
                lambda: Mandate(
                    user=self.voter, party=self.party(), office="Clerk", from_on=dt.date(2018, 1, 1)
                ),
                {"until_on": dt.date(2018, 12, 31)},
            ),
            NoticeGiven: Sample(
                lambda: NoticeGiven(purpose="termination", office="Clerk", **ended),
                {"sent_on": "2018-07-26"},
            ),
            Obligation: Sample(
                lambda: Obligation(kind="audit", due_on=dt.date(2018, 9, 1), **within),
                {"evidence": "Kept"},
            ),
            Participation: Sample(
                lambda: Participation(party=self.party(), role="recipient", **within),
                {"signed_on": "2018"},
            ),
            Party: Sample(
                lambda: Party(slug=f"sample-{self.next()}", name="Sample"), {"name": "Renamed"}
            ),
            Payment: Sample(
                lambda: Payment(amount=Decimal("5600.00"), currency="USD", **ended),
                {"amount": Decimal("5565.00")},
            ),
            Proposal: Sample(
                lambda: Proposal(
                    term=self.term,
                    outcome="renew",
                    proposed_on=dt.date(2018, 9, 1),
                    proposed_by=self.voter,
                    worded_by=self.voter,
                    withdrawn_on=dt.date(2018, 9, 2),
                ),
                {"rationale": "Since"},
            ),
            Review: Sample(
                lambda: Review(due_on=dt.date(2018, 6, 1), **within), {"opened_on": "2018-05"}
            ),
            SharedElement: Sample(self._shared, {"conditions": "Some"}),
            Source: Sample(lambda: Source(key=f"key-{self.next()}", title="Read"), {"note": "Ü"}),
            System: Sample(
                lambda: System(slug=f"system-{self.next()}", name="System"), {"description": "Old"}
            ),
            Term: Sample(
                lambda: Term(number=self.next() + 1, is_proposed=True, **within),
                {"license_fee": Decimal("10.50"), "currency": "USD"},
            ),
            Vote: Sample(
                lambda: Vote(party=self.party(), value="yes", **ended), {"office": "Judge"}
            ),
        }[model]

    def _agreement(self) -> Agreement:
        name = f"SAMPLE-{self.next()}"
        return Agreement(reference=name, slug=name.lower(), title="Sampled", kind="contract")

    def _shared(self) -> SharedElement:
        with writing():
            return SharedElement(agreement=self.agreement, element=make_element())

    def saved(self, model: Any) -> Any:
        """Return a saved record of a model."""
        record = self.of(model).fresh()
        with writing(reason="Entered"):
            record.save()
        return record


def values(record: models.Model) -> dict[str, Any]:
    """What a record's columns hold."""
    return {f.attname: getattr(record, f.attname) for f in record._meta.concrete_fields}


def stored(model: Any) -> list[dict[str, Any]]:
    """All rows of a model, and of its history, as they stand in the database."""
    rows = list(model._base_manager.order_by("pk").values())
    return rows + list(model.history.order_by("history_id").values())


def history(record: models.Model) -> list[Any]:
    """A record's revisions, in the order in which they were written."""
    return list(type(record).history.filter(id=record.pk).order_by("history_id"))


def counts() -> dict[str, int]:
    """How many rows there are of everything."""
    kept: list[Any] = [Change, Deadline, StatusSpan, SearchText, *TRACKED]
    kept += [model.history.model for model in TRACKED]
    return {model._meta.label: model._base_manager.count() for model in kept}


EVERYTHING = {model: Q() for model in TRACKED}


def by_orm(model: Any) -> list[dict[str, Any]]:
    return [values(row) for row in model._base_manager.order_by("pk")]


def by_snapshot(model: Any, known: dt.datetime | None = None) -> list[dict[str, Any]]:
    return [values(row) for row in snapshot({model: Q()}, known)[model]]


def assert_same(model: Any) -> None:
    """Equal values of equal types, read by the ORM, now, and from the history."""
    expected = by_orm(model)
    for read in (by_snapshot(model), by_snapshot(model, timezone.now())):
        assert read == expected
        assert [[type(v) for v in row.values()] for row in read] == [
            [type(v) for v in row.values()] for row in expected
        ]
