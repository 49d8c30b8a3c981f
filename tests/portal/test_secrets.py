"""What is not public shows nowhere: not in a page, a header, a count, a choice or the history.

A record that is not published, and a field that is internal, must change no byte of what the
public sees. So whole answers are compared, as they were before it was entered and after.
"""

import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import models
from django.test import Client
from django.utils import timezone

from agreements.models import (
    Agreement,
    Amendment,
    Deadline,
    Decision,
    Event,
    Obligation,
    Review,
    SearchText,
    Term,
)
from parties.models import Alias
from revisions import change
from tests.factories import (
    delete,
    make_agreement,
    make_citation,
    make_element,
    make_party,
    make_person,
    make_source,
    make_system,
    save,
    writing,
)
from tests.portal.reading import Page

NOON = dt.datetime(2018, 6, 15, 16, tzinfo=dt.UTC)
CANARY = "zqcanary"
"""Part of every word that nobody outside may read."""

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture(autouse=True)
def fixed_clock() -> Iterator[None]:
    with time_machine.travel(NOON, tick=True):
        yield


@pytest.fixture
def register(db: None) -> Agreement:
    """A register with one published agreement, full of what is public."""
    agreement = make_agreement(
        reference="OPEN",
        title="Open agreement",
        kind="license",
        published_at=timezone.now(),
        system=make_system("shared-system", name="Shared system"),
        department=make_party("city"),
        deciders=["city"],
        recipients=["body"],
        participations=[{"party": make_party("court"), "role": "provider"}],
        terms=[
            {
                "starts_on": "2017-09-01",
                "ends_on": "2018-08-31",
                "renewal_kind": "by_decision",
                "license_fee": "5600",
            }
        ],
        shared_elements=[{"element": make_element("Names", system=make_system("shared-system"))}],
        decisions=[{"outcome": "renew", "decided_on": "2018-06-01", "rationale": "Since it works"}],
        events=[{"kind": "protest", "occurred_on": "2018-05-01", "title": "A protest"}],
    )
    make_citation(agreement, "kind", value="license")
    make_citation(agreement, "kind", value="contract")
    return agreement


SEARCHES = (
    "/agreements/?q=open",
    f"/agreements/?q={CANARY}",
    "/agreements/?q=internal",
    "/agreements/?q=officer",
    "/agreements/?party=body&role=recipient",
    "/agreements/?system=shared-system",
    "/agreements/?status=in_force",
    "/agreements/?status=draft",
    "/agreements/?within=366",
    "/agreements/?fee=recorded",
    "/agreements/?fee=not_recorded",
    "/agreements/?kind=license",
    "/agreements/?category=Name",
    "/agreements/?sensitivity=special",
    "/agreements/?sort=name",
    "/agreements/?sort=-status",
    "/agreements/?sort=internal_note",
    "/agreements/?ordering=internal_note",
    f"/agreements/?internal_note__contains={CANARY}",
    "/agreements/hidden/",
    "/agreements/hidden/?on=2018-01-01",
    "/agreements/hidden/?known=2018-06-15",
    "/agreements/hidden/brief.pdf",
    "/agreements/hidden/brief.pdf?on=nonsense",
    "/agreements/open/?known=2018-06-14",
    "/agreements/open/?known=2018-06-15",
    "/agreements/open/?on=2018-09-01",
    "/parties/hidden-party/",
    "/systems/hidden-system/",
    "/parties/city/?on=2019-08-31",
    "/systems/shared-system/?on=2019-08-31",
    "/?on=2019-08-31",
    "/?on=2030-08-31",
)


def answers(client: Client, urls: Iterable[str]) -> dict[str, Answer]:
    """Everything that the public gets from some addresses."""
    found: dict[str, Answer] = {}
    for url in dict.fromkeys(urls):
        response = client.get(url)
        headers = {n: v for n, v in response.headers.items() if n != "Expires"}  # the moment
        found[url] = (response.status_code, headers, _content(response))
    return found


def _content(response: Any) -> bytes:
    """What a response holds; of a workbook its cells, whose file bears the moment; no token."""
    raw = b"".join(response) if response.streaming else response.content
    if "spreadsheetml" not in response.headers.get("Content-Type", ""):
        return re.sub(rb'(csrfmiddlewaretoken" value=")[^"]+', rb"\1", raw)  # new each time
    rows = openpyxl.load_workbook(io.BytesIO(raw)).active.iter_rows(values_only=True)
    return repr(list(rows)).encode()


def seen(client: Client, more: tuple[str, ...] = ()) -> dict[str, Answer]:
    """What the public gets from the first pages and all that they lead to."""
    first = ["/", "/agreements/", "/agreements/open/", "/es/agreements/open/"]
    led_to = [link for url in first for link in Page(client.get(url)).links()]
    return answers(client, [*first, *(u for u in led_to if "brief.pdf" not in u), *more])


def differing(before: dict[str, Answer], after: dict[str, Answer]) -> dict[str, str]:
    """The addresses that answer otherwise than before, with the first line that differs."""
    found = {}
    for url in {*before, *after}:
        was, now = before.get(url), after.get(url)
        if was == now:
            continue
        old = (was[2] if was else b"").decode(errors="replace").splitlines()
        new = (now[2] if now else b"").decode(errors="replace").splitlines()
        lines = [line.strip()[:160] for line in new if line not in old]
        found[url] = lines[0] if lines else "other status, headers or length"
    return found


def canaries(answers: dict[str, Answer]) -> list[str]:
    """The addresses whose answer holds a word that nobody may read, the searched one aside."""
    return [
        url
        for url, (_, headers, body) in answers.items()
        if CANARY in (body.decode(errors="replace") + str(headers)).replace(url, "").lower()
        and CANARY not in url
    ]


# ── A record that is not published ────────────────────────────────────────────


def enter_hidden(**more: Any) -> Agreement:
    """An agreement that nobody outside may know of: every text in it is a canary."""
    with writing(reason=f"{CANARY} reason"):
        party = make_party("hidden-party", name=f"{CANARY} party", short_name=f"{CANARY} short")
        Alias.objects.create(party=party, name=f"{CANARY} alias")
        system = make_system(
            "hidden-system", name=f"{CANARY} system", description=CANARY, operator=party
        )
        element = make_element(
            f"{CANARY} element", system=system, category="Name", sensitivity="special"
        )
        shared = make_element("Names", system=make_system("shared-system"))
        texts = {
            field.name: f"{CANARY} {field.name}"
            for field in Agreement._meta.concrete_fields
            if type(field) in {models.TextField, models.CharField} and not field.choices
        }
        texts |= {"reference": "HIDDEN", "slug": "hidden"}
        texts |= {"withdrawn_office": "", "withdrawn_reason": ""}  # public once it is withdrawn
        agreement = make_agreement(
            **texts,
            kind="license",
            department_address=f"{CANARY}@example.org",
            responsible_officer=make_person(f"{CANARY}.officer@example.org", name=CANARY),
            deputy=make_person(f"{CANARY}.deputy@example.org", name=CANARY),
            system=make_system("shared-system"),
            department=party,
            deciders=["city"],
            recipients=["hidden-party", "body"],
            participations=[{"party": make_party("court"), "role": "provider"}],
            terms=[
                {
                    "starts_on": "2017-09-01",
                    "ends_on": "2018-08-01",
                    "license_fee": "1234.56",
                    "renewal_kind": "by_decision",
                    "notice_length": 30,
                }
            ],
            decisions=[
                {
                    "outcome": "extend",
                    "decided_on": "2018-06-01",
                    "rationale": CANARY,
                    "conditions": CANARY,
                    "internal_note": CANARY,
                    "withheld_ground": CANARY,
                }
            ],
            votes=[{"party": "city", "value": "yes", "office": CANARY}],
            notices=[{"office": CANARY, "method": CANARY, "sent_on": "2018-06-01"}],
            shared_elements=[{"element": element, "conditions": CANARY}, {"element": shared}],
            amendments=[{"title": CANARY, "rationale": CANARY}],
            access=[{"state": "on", "evidence": CANARY}],
            obligations=[
                {"kind": "audit", "description": CANARY, "due_on": dt.date(2018, 7, 1)},
                {"kind": "audit", "description": CANARY, "due_on": dt.date(2018, 6, 1)},
            ],
            payments=[{"amount": "1234.56", "due_on": dt.date(2018, 7, 1)}],
            reviews=[{"considerations": CANARY, "due_on": dt.date(2018, 7, 1)}],
            concerns=[{"title": CANARY, "text": CANARY, "answer": CANARY, "raised_by": party}],
            events=[{"kind": "protest", "occurred_on": "2018-06-02", "title": CANARY}],
            evidence=[{"kind": "figure", "statement": CANARY, "figure": CANARY}],
            guides=[{"title": CANARY, "address": f"https://example.org/{CANARY}"}],
            **more,
        )
        source = make_source(CANARY, title=CANARY, publisher=CANARY, note=CANARY)
        make_citation(agreement, "kind", source=source, value="order", quotation=CANARY)
    return agreement


def test_an_unpublished_record_changes_no_byte_that_the_public_sees(
    client: Client, register: Agreement
) -> None:
    before = seen(client, SEARCHES)
    hidden = enter_hidden()
    assert Deadline.objects.filter(agreement=hidden).count() > 3
    entered = seen(client, SEARCHES)
    assert differing(before, entered) == {}
    assert canaries(entered) == []
    with writing(reason=f"{CANARY} again"):
        save(hidden, title=f"{CANARY} changed", replaced_by=register, replaced_on="2018-06-10")
        save(
            Decision(
                agreement=hidden,
                term=Term.objects.get(agreement=hidden),
                outcome="terminate",
                decided_on="2018-06-14",
                takes_effect_on="2018-06-20",
            )
        )
    assert differing(before, seen(client, SEARCHES)) == {}


def test_a_published_record_shows_the_party_and_system_that_were_hidden(
    client: Client, register: Agreement
) -> None:
    """The comparison above can fail: publication changes what it compares."""
    hidden = enter_hidden()
    before = seen(client, SEARCHES)
    save(hidden, published_at=timezone.now())
    after = seen(client, SEARCHES)
    changed = differing(before, after)
    assert before["/parties/hidden-party/"][0] == 404
    assert after["/parties/hidden-party/"][0] == after["/agreements/hidden/"][0] == 200
    assert {"/", "/agreements/", "/parties/body/", "/systems/shared-system/"} <= set(changed)
    assert f"{CANARY} party" in after["/agreements/"][2].decode()


BEFORE_PUBLICATION = (
    "/agreements/open/?known=2018-06-14",
    "/agreements/open/?known=2018-06-14&on=2018-06-15",
    "/es/agreements/open/?known=0001-01-01",
    "/agreements/open/brief.pdf?known=2018-06-14",
)


def test_as_known_before_publication_a_record_answers_as_if_there_were_none(
    client: Client, db: None
) -> None:
    missing = answers(client, BEFORE_PUBLICATION)
    assert {answer[0] for answer in missing.values()} == {404}
    with time_machine.travel(NOON - dt.timedelta(days=30), tick=True):
        draft = make_agreement(reference="OPEN", title=CANARY)
    assert differing(missing, answers(client, BEFORE_PUBLICATION)) == {}
    save(draft, published_at=timezone.now())
    assert client.get("/agreements/open/").status_code == 200
    assert differing(missing, answers(client, BEFORE_PUBLICATION)) == {}


def test_a_party_that_left_a_draft_before_publication_is_not_public(
    client: Client, register: Agreement
) -> None:
    hidden = enter_hidden()
    participation = hidden.participation_set.get(party__slug="hidden-party")
    with writing(reason="Not this one"):
        participation.delete()
    save(hidden, published_at=timezone.now(), department=None)
    assert client.get("/parties/hidden-party/").status_code == 404


# ── Internal fields of a published record ─────────────────────────────────────


def note(agreement: Agreement) -> None:
    save(agreement, internal_note=f"{CANARY} note")


def officer(agreement: Agreement) -> None:
    save(
        agreement,
        responsible_officer=make_person(f"{CANARY}@example.org", name=f"{CANARY} officer"),
        deputy=make_person(f"{CANARY}.deputy@example.org", name=f"{CANARY} deputy"),
        department_address=f"{CANARY}.department@example.org",
    )


def note_of_a_decision(agreement: Agreement) -> None:
    save(
        Decision.objects.get(agreement=agreement),
        internal_note=f"{CANARY} of a decision",
        withheld_ground=f"{CANARY} ground",
    )


def sources_of_a_note(agreement: Agreement) -> None:
    """Two sources that disagree on what an internal field says: no conflict for the public."""
    decision = Decision.objects.get(agreement=agreement)
    for record in (agreement, decision):
        for n in range(2):
            source = make_source(f"{CANARY}-{n}", title=f"{CANARY} {n}", publisher=CANARY)
            make_citation(record, "internal_note", source=source, value=f"{CANARY} {n}")


INTERNAL = [note, officer, note_of_a_decision, sources_of_a_note]


@pytest.mark.parametrize("write", INTERNAL, ids=lambda f: f.__name__)
def test_an_internal_field_changes_no_byte_that_the_public_sees(
    client: Client, register: Agreement, write: Callable[[Agreement], None]
) -> None:
    before = seen(client)
    with change(by=make_person(f"{CANARY}.scribe@example.org"), reason=f"{CANARY}: kept inside"):
        write(register)
    assert "zqcanary" not in str(SearchText.objects.get(agreement=register, audience="public"))
    after = seen(client)
    assert canaries(after) == []
    assert differing(before, after) == {}


@pytest.mark.parametrize("write", INTERNAL, ids=lambda f: f.__name__)
def test_an_internal_field_shows_nowhere_beside_a_public_change(
    client: Client, register: Agreement, write: Callable[[Agreement], None]
) -> None:
    with writing(reason="Purpose entered"):
        write(register)
        save(register, purpose="A public purpose")
    after = seen(client)
    assert "A public purpose" in after["/agreements/open/"][2].decode()
    assert canaries(after) == []


def test_searching_for_an_internal_word_answers_like_searching_for_any_other(
    client: Client, register: Agreement
) -> None:
    for write in INTERNAL:
        with writing():
            write(register)
    enter_hidden()
    for words in (CANARY, f"open {CANARY}", f"{CANARY} note", "officer@example.org", "hidden"):
        other = "".join("y" if letter.isalpha() else letter for letter in words)
        found, none = (
            client.get("/agreements/", {"q": q}).content.replace(q.encode(), b"")
            for q in (words, other)
        )
        found, none = (
            body.replace(words.replace(" ", "+").replace("@", "%40").encode(), b"").replace(
                other.replace(" ", "+").replace("@", "%40").encode(), b""
            )
            for body in (found, none)
        )
        assert found == none, words


@pytest.mark.parametrize(
    "field", ["internal_note", "responsible_officer", "pk", "published_at", "id"]
)
def test_no_parameter_sorts_or_filters_by_a_hidden_field(
    client: Client, register: Agreement, field: str
) -> None:
    for n, text in enumerate(("b", "a", "c")):
        make_agreement(reference=f"S-{n}", internal_note=text, published_at=timezone.now())
    plain = Page(client.get("/agreements/")).rows()
    for name in ("ordering", "order_by", "o", field, f"{field}__startswith", f"{field}__isnull"):
        for value in (field, f"-{field}", "a", "True"):
            assert Page(client.get("/agreements/", {name: value})).rows() == plain
    for value in (field, f"-{field}"):
        assert client.get("/agreements/", {"sort": value}).status_code == 400


# ── History begins with the first publication ─────────────────────────────────


def draft_agreement() -> Agreement:
    with writing(reason=f"{CANARY} drafted"):
        return make_agreement(
            reference="OPEN",
            title=f"{CANARY} title",
            purpose=f"{CANARY} purpose",
            events=[{"kind": "other", "occurred_on": "2018-01-01", "title": f"{CANARY} event"}],
            amendments=[{"title": f"{CANARY} amendment", "dated_on": "2018-01-02"}],
        )


def test_a_draft_cleaned_before_publication_leaves_no_trace(client: Client, db: None) -> None:
    agreement = draft_agreement()
    with writing(reason=f"{CANARY} cleaned"):
        save(agreement, title="Clean", purpose="Clean")
        delete(Event.objects.get(agreement=agreement))
        delete(Amendment.objects.get(agreement=agreement))
    with writing(reason="Published"):
        save(agreement, published_at=timezone.now())
    after = seen(client)
    assert "Published" in after["/agreements/open/"][2].decode()
    assert canaries(after) == []


def test_a_draft_cleaned_in_the_change_that_publishes_it_leaves_no_trace(
    client: Client, db: None
) -> None:
    agreement = draft_agreement()
    with writing(reason="Published"):
        save(agreement, title="Clean", purpose="Clean", published_at=timezone.now())
        save(Event.objects.get(agreement=agreement), title="Clean")
        delete(Amendment.objects.get(agreement=agreement))
    after = seen(client)
    assert "Published" in after["/agreements/open/"][2].decode()
    assert canaries(after) == []


def test_publication_is_told_on_the_first_page(client: Client, db: None) -> None:
    agreement = make_agreement(reference="OPEN")
    with writing(reason="Published at last"):
        save(agreement, published_at=timezone.now())
    assert "Published at last" in client.get("/").content.decode()


def test_changes_of_drafts_do_not_push_public_ones_off_the_first_page(
    client: Client, register: Agreement
) -> None:
    with writing(reason="A public change"):
        save(register, purpose="Told")
    late = make_agreement(reference="LATE")
    for n in range(6):
        with writing(reason=f"{CANARY} {n}"):
            save(late, purpose=f"Draft {n}")
    with writing(reason="Published late"):
        save(late, published_at=timezone.now())
    told = client.get("/").content.decode()
    assert "A public change" in told
    assert CANARY not in told


def test_history_shows_only_what_the_page_itself_may_show(
    client: Client, register: Agreement
) -> None:
    """The work before a decision, and whose authority is disputed, is on no public page."""
    with writing(reason="Prepared"):
        save(
            Review(
                agreement=register,
                opened_on="2018-05",
                considerations=f"{CANARY} considerations",
            )
        )
        save(Obligation(agreement=register, kind="audit", description="Audit"))
    page = Page(client.get("/agreements/open/"))
    history = page.section("history")
    assert "Audit" in history.text
    assert f"{CANARY} considerations" not in page.main.text.replace(history.text, "")
    assert f"{CANARY} considerations" not in history.text


def test_a_reference_to_a_hidden_record_does_not_name_it(
    client: Client, register: Agreement
) -> None:
    hidden = enter_hidden()
    with writing(reason="Followed by another"):
        save(register, replaced_by=hidden, replaced_on="2018-06-10", parent=hidden)
    after = seen(client)
    assert "Another agreement holds since" in after["/agreements/open/"][2].decode()
    assert canaries(after) == []
    assert "HIDDEN" not in after["/agreements/open/"][2].decode()
