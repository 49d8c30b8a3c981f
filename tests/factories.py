"""Records for tests, in few words.

``make_agreement`` writes one agreement with all its parts inside one change; ``make_facts`` builds
the same from the same words without a database, for the pure rules. Parts are given as dicts;
they name each other by number: a decision's ``term`` is a term's number (1 if not given), its
``supersedes`` the number of an earlier decision, counted from 1. Parties are named by slug.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models, transaction
from hypothesis import HealthCheck, settings

from agreements.facts import PARTS, Facts
from agreements.loading import load
from agreements.models import Agreement, Decision, Holiday, Participation, Term
from parties.models import Element, Party, System
from revisions import OpenChange, OutsideChange, change
from revisions.changes import current_change
from sources.files import keep
from sources.models import Citation, Source

Words = Sequence[Mapping[str, Any]]
_numbers = itertools.count(1)


def make_person(email: str = "", **fields: Any) -> Any:
    """A person; the same one for the same address."""
    users = get_user_model().objects
    email = email or "somebody@example.org"
    return users.filter(email=email).first() or users.create_user(email, None, **fields)


@contextmanager
def writing(by: Any = None, reason: str = "A test writes") -> Iterator[OpenChange]:
    """The change under way, or one of its own."""
    try:
        opened = current_change()
    except OutsideChange:
        who = by or make_person("records@example.test", role="records_officer")
        with change(by=who, reason=reason) as opened:
            yield opened
    else:
        yield opened


@contextmanager
def undone() -> Iterator[None]:
    """Undo what is written inside: for each example of a property that writes."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def tried(share: int = 1) -> Any:
    """Try a property that works on a database, with a share of the examples of a pure one."""
    return settings(
        max_examples=max(5, settings.default.max_examples // share),
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def save(record: Any, **values: Any) -> Any:
    """Set some values of a record and save it in a change."""
    for name, value in values.items():
        setattr(record, name, value)
    with writing():
        record.save()
    return record


def delete(record: models.Model) -> None:
    """Delete a record in a change."""
    with writing():
        record.delete()


def make_party(slug: str = "", **fields: Any) -> Party:
    """A party; the same one for the same slug."""
    slug = slug or f"party-{next(_numbers)}"
    found = Party.objects.filter(slug=slug).first()
    return found or save(Party(slug=slug, **({"name": slug.replace("-", " ").title()} | fields)))


def make_system(slug: str = "", **fields: Any) -> System:
    """A system; the same one for the same slug."""
    slug = slug or f"system-{next(_numbers)}"
    found = System.objects.filter(slug=slug).first()
    return found or save(System(slug=slug, **({"name": slug.title()} | fields)))


def make_element(name: str = "", **fields: Any) -> Element:
    """An element of the system ``pars`` unless another is given."""
    with writing():
        system = fields.pop("system", None) or make_system("pars")
        name = name or f"Element {next(_numbers)}"
        found = Element.objects.filter(system=system, name=name).first()
        return found or save(Element(system=system, name=name, **fields))


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c63f80f00010101001bb6ee560000000049454e44ae426082"
)
"""A picture of one white point."""


def make_file(content: bytes = PNG, name: str = "page.png") -> dict[str, Any]:
    """A file that is kept: the columns by which a document names it."""
    return keep(SimpleUploadedFile(name, content)).named | {"file_name": name}


def make_source(key: str = "", **fields: Any) -> Source:
    """A source; the same one for the same key."""
    key = key or f"source-{next(_numbers)}"
    found = Source.objects.filter(key=key).first()
    return found or save(Source(key=key, **({"title": f"Source {key}"} | fields)))


def make_citation(record: models.Model, name: str = "", **fields: Any) -> Citation:
    """A citation of a record, or of one of its fields."""
    with writing():
        source = fields.pop("source", None) or make_source()
        return save(
            Citation(
                source=source,
                target_model=record._meta.label,
                target_id=record.pk,
                field=name,
                **fields,
            )
        )


def make_holiday(on: Any, name: str = "Holiday") -> Holiday:
    """A day on which the city does no business."""
    return save(Holiday(on=on, name=name))


# ── An agreement in words ─────────────────────────────────────────────────────


@dataclass
class Draft:
    """An agreement and its parts, unsaved, in the order in which they can be saved."""

    agreement: Agreement
    parties: dict[str, Party] = field(default_factory=dict)
    parts: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in PARTS})
    proposed: list[tuple[Term, Decision]] = field(default_factory=list)

    def party(self, slug: str | Party | None) -> Party | None:
        """A party by slug, made up where it is new."""
        if slug is None or isinstance(slug, Party):
            return slug
        return self.parties.setdefault(slug, Party(slug=slug, name=slug.title()))


def draft(
    *,
    terms: Words = (),
    decisions: Words = (),
    votes: Words = (),
    notices: Words = (),
    deciders: Sequence[str | Mapping[str, Any]] = (),
    recipients: Sequence[str | Mapping[str, Any]] = (),
    replaced_by: Agreement | None = None,
    replaced_on: Any = None,
    **more: Any,
) -> Draft:
    """Put an agreement together from words. ``more`` holds other parts, and its own fields."""
    others = {name: more.pop(name) for name in PARTS if name in more}
    number = next(_numbers)
    fields = {"reference": f"TEST-{number}", "kind": "agreement"} | more
    reference = fields["reference"]
    fields = {"slug": reference.lower(), "title": f"Agreement {reference}"} | fields
    made = Draft(Agreement(replaced_by=replaced_by, replaced_on=replaced_on, **fields))
    for role, wanted in (("decider", deciders), ("recipient", recipients)):
        for words in wanted:
            said = {"party": words} if isinstance(words, str) else dict(words)
            said["party"] = made.party(said["party"])
            made.parts["participations"].append(
                Participation(agreement=made.agreement, role=role, **said)
            )
    for place, words in enumerate(terms, start=1):
        made.parts["terms"].append(_term(made, place, dict(words)))
    for words in decisions:
        _decision(made, dict(words))
    for term, words in zip(made.parts["terms"], terms, strict=True):
        if words.get("proposed_by"):
            made.proposed.append((term, made.parts["decisions"][words["proposed_by"] - 1]))
    for name, wanted in (("votes", votes), ("notices", notices), *others.items()):
        for words in wanted:
            made.parts[name].append(_part(made, name, dict(words)))
    return made


def _term(made: Draft, place: int, words: dict[str, Any]) -> Term:
    words.pop("proposed_by", None)
    if words.get("ends_on"):
        words.setdefault("end_kind", "fixed")
    if words.get("license_fee") is not None:
        words = {"currency": "USD"} | words | {"license_fee": Decimal(words["license_fee"])}
    if words.get("notice_length") is not None:
        words.setdefault("notice_unit", "days")
    return Term(agreement=made.agreement, **({"number": place} | words))


def _numbered(made: Draft, number: int) -> Term:
    return next(t for t in made.parts["terms"] if t.number == number)


def _decision(made: Draft, words: dict[str, Any]) -> None:
    words["term"] = _numbered(made, words.get("term", 1))
    undoes = words.pop("supersedes", None)
    if undoes is not None:
        words["supersedes"] = made.parts["decisions"][undoes - 1]
    made.parts["decisions"].append(Decision(agreement=made.agreement, **words))


def _part(made: Draft, name: str, words: dict[str, Any]) -> models.Model:
    model = PARTS[name]
    names = {f.name for f in model._meta.concrete_fields}
    if name in {"votes", "notices", "payments"} or "term" in words:
        words["term"] = _numbered(made, words.get("term", 1))
    if isinstance(words.get("decision"), int):
        words["decision"] = made.parts["decisions"][words["decision"] - 1]
    for key in {"party", "given_by", "given_to", "raised_by", "put_to", "notify"} & names:
        if key in words:
            words[key] = made.party(words[key])
    if name == "notices":
        words = {"purpose": "non_renewal", "office": "" if "given_by" in words else "Clerk"} | words
    if name == "payments":
        words = {"currency": "USD"} | words | {"amount": Decimal(words["amount"])}
    return model(agreement=made.agreement, **words)


def make_agreement(**words: Any) -> Agreement:
    """Write an agreement and its parts in one change; see :func:`draft` for the words."""
    made = draft(**words)
    with writing():
        for slug, party in made.parties.items():
            found = Party.objects.filter(slug=slug).first()
            if found:
                party.pk = found.pk
                party._state.adding = False
            else:
                party.save()
        made.agreement.save()
        for name in SAVED_IN_ORDER:
            for part in made.parts[name]:
                _reread_relations(part)
                part.save()
        for term, decision in made.proposed:
            term.proposed_by = decision
            term.save()
    return made.agreement


SAVED_IN_ORDER = ("terms", "decisions", *(n for n in PARTS if n not in {"terms", "decisions"}))


def _reread_relations(part: models.Model) -> None:
    """Take over the keys of related records that were saved since they were set."""
    for relation in part._meta.concrete_fields:
        if relation.is_relation and (related := getattr(part, relation.name)) is not None:
            setattr(part, relation.name, related)


def make_facts(holidays: Sequence[Any] = (), **words: Any) -> Facts:
    """The facts of an agreement that is in no database, for the pure rules."""
    made = draft(**words)
    keys = itertools.count(1)
    made.agreement.pk = next(keys)
    for record in (*made.parties.values(), *itertools.chain(*made.parts.values())):
        record.pk = next(keys)
    for part in itertools.chain(*made.parts.values()):
        _reread_relations(part)
    for term, decision in made.proposed:
        term.proposed_by = decision
    parts = {name: tuple(rows) for name, rows in made.parts.items()}
    return Facts(agreement=made.agreement, holidays=frozenset(holidays), **parts)


def facts_of(agreement: Agreement) -> Facts:
    """The facts of an agreement as the register knows them now."""
    found = load(agreement.pk)
    assert found is not None
    return found
