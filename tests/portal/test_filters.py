"""Every filter of the list against a twin in Python that reads the record, not the database.

The twin asks what an agreement's own page shows on that day: its status, who takes part, what is
shared, which deadlines stand open, whether the current term has a fee. List and page must agree.
"""

import datetime as dt
import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agreements.deadlines import derive, is_open
from agreements.facts import Facts
from agreements.filters import AgreementFilter
from agreements.loading import load_many
from agreements.models import Agreement, Participation
from agreements.public import agreement_view
from agreements.status import Code, status_on
from parties.models import Element
from tests.factories import make_agreement, make_element, make_party, make_system, undone, writing
from tests.portal.reading import Page

COUNT = 45  # fewer than a page holds
DAYS = [dt.date(2012, 1, 1), dt.date(2017, 12, 31), dt.date(2018, 6, 15), dt.date(2019, 2, 28)]
PARTIES = ["police", "court", "attorney", "transit", "campus"]
SYSTEMS = ["pars", "water", "permits"]
WORDS = ["Arrest", "Wáter", "Permit", "Straße", "ICE", "100%", "a_b", "Ñandú"]


# ── A register in which everything occurs ─────────────────────────────────────


def some_agreement(chance: random.Random, number: int) -> dict[str, Any]:
    """The words for one agreement, with dates on all sides of the days that are asked."""

    def date(first: int = 2010, last: int = 2020) -> str:
        day = f"{chance.randint(first, last)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        return chance.choice([day, day, day, day[:7], day[:4]])

    def span(**names: str) -> dict[str, str]:
        """Some of two dates in order."""
        first, second = sorted((date(), date()), key=lambda d: (d[:4], d))
        if first[:4] == second[:4]:
            second = str(int(second[:4]) + 1)
        found = {names["since"]: first, names["until"]: second}
        return {name: day for name, day in found.items() if chance.random() < 0.6}

    words: dict[str, Any] = {
        "reference": f"F-{number}",
        "title": f"{chance.choice(WORDS)} {chance.choice(WORDS)} {number}",
        "purpose": chance.choice(["", *WORDS]),
        "kind": chance.choice(Agreement.Kind.values),
        "published_at": timezone.now() if chance.random() < 0.85 else None,
        "system": chance.choice([None, *map(make_system, SYSTEMS)]),
    }
    roles = chance.sample([(p, r) for p in PARTIES for r in Participation.Role.values], 4)
    words["participations"] = [
        {"party": make_party(party), "role": role, **span(since="acceded_on", until="withdrew_on")}
        for party, role in roles
    ]
    elements = chance.sample(ELEMENTS, chance.randint(0, 3))
    words["shared_elements"] = [
        {"element": make_element(name, system=make_system("pars"), category=c, sensitivity=s)}
        | span(since="added_on", until="removed_on")
        for name, c, s in elements
    ]
    words |= some_terms(chance)
    words["obligations"] = [
        {
            "kind": "audit",
            "due_on": dt.date(chance.randint(2012, 2019), chance.randint(1, 12), 15),
            **({"done_on": date(2019, 2020)} if chance.random() < 0.4 else {}),
        }
        for _ in range(chance.randint(0, 2))
    ]
    if chance.random() < 0.3:
        words["evidence"] = [{"kind": "continuation", "statement": "It went on"}]
    return words


def some_terms(chance: random.Random) -> dict[str, Any]:
    """None to three terms in order, with decisions on the last one."""
    terms: list[dict[str, Any]] = []
    year = chance.randint(2009, 2017)
    for _ in range(chance.randint(0, 3)):
        length = chance.randint(1, 3)
        start = chance.choice([f"{year}-03-01", f"{year}-03-01", str(year), None])
        end: dict[str, Any] = {
            "ends_on": chance.choice(
                [f"{year + length - 1}-12-31"] * 3 + [f"{year + length - 1}-12"]
            )
        }
        if chance.random() < 0.15:
            end = {"end_kind": chance.choice(["none", "not_recorded"])}
        term = {"starts_on": start, **end}
        term["renewal_kind"] = chance.choice(["by_decision", "automatic", "none", ""])
        term["provides_holdover"] = chance.random() < 0.2
        if chance.random() < 0.5:
            term["license_fee"] = "100"
        if chance.random() < 0.3:
            term["notice_length"] = chance.choice([10, 60])
        if chance.random() < 0.3:
            term["executed_on"] = chance.choice([f"{year}-01-15", f"{year}-05-20"])
        elif chance.random() < 0.15:
            term["is_proposed"] = True
        terms.append(term)
        if "ends_on" not in end:
            break
        year += length + chance.choice([0, 0, 1])
    decisions = []
    if terms and chance.random() < 0.5:
        outcome = chance.choice(["renew", "do_not_renew", "terminate", "suspend", "extend"])
        day = f"{year - 1}-0{chance.randint(1, 9)}-10"
        decisions.append({"outcome": outcome, "decided_on": day, "term": len(terms)})
    return {"terms": terms, "decisions": decisions}


ELEMENTS = [
    (f"{category} {sensitivity}", category, sensitivity)
    for category in ("Name", "Criminal", "Nationality", "")
    for sensitivity in ("special", "high", "normal", "")
]


@dataclass(repr=False)
class Register:
    """All facts of a register, and what its twin derived from them by day."""

    facts: dict[int, Facts]
    cache: dict[dt.date, list["Twin"]] = field(default_factory=dict)

    def on(self, day: dt.date) -> list["Twin"]:
        if day not in self.cache:
            found = [Twin.of(f, day) for f in self.facts.values() if f.agreement.published_at]
            self.cache[day] = sorted(found, key=lambda t: (t.next_on, t.pk))
        return self.cache[day]


@dataclass(repr=False)
class Twin:
    """What one published agreement's page shows on a day."""

    pk: int
    url: str
    kind: str
    system: str
    status: str
    text: str
    roles: set[tuple[str, str]]
    categories: set[str]
    sensitivities: set[str]
    open_on: list[dt.date]
    next_on: dt.date
    fee: str

    @classmethod
    def of(cls, facts: Facts, on: dt.date) -> "Twin":
        view, agreement = agreement_view(facts, on), facts.agreement
        taking_part = {
            (p.party.slug, p.role) for p in facts.on(on).participations if p.takes_part_on(on)
        }
        due = sorted(row.due_on for row in derive(facts) if is_open(row, on) and row.due_on >= on)
        status = status_on(facts, on).code
        words = [agreement.reference, agreement.title, agreement.purpose]
        words += [p.party.name for p in facts.participations]
        words += [s.element.name for s in facts.shared_elements]
        words += [agreement.system.name] if agreement.system else []
        return cls(
            pk=agreement.pk,
            url=agreement.get_absolute_url(),
            kind=agreement.kind,
            system=view.system_slug,
            status=status,
            text=plain(" ".join(words)),
            roles=taking_part,
            categories={e.category for e in view.shared},
            sensitivities={e.sensitivity for e in view.shared},
            open_on=due,
            next_on=due[0] if due else dt.date.max,
            fee=fee_of(facts, on, status),
        )

    def fits(self, wanted: dict[str, str], on: dt.date) -> bool:
        party, role = wanted.get("party"), wanted.get("role")
        tests: dict[str, Callable[[str], bool]] = {
            "q": lambda q: all(word in self.text for word in plain(q).split()),
            "party": lambda p: any(p == who and role in (None, what) for who, what in self.roles),
            "role": lambda r: bool(party) or any(what == r for _, what in self.roles),
            "system": lambda s: s == self.system,
            "category": lambda c: c in self.categories,
            "sensitivity": lambda s: s in self.sensitivities,
            "status": lambda s: s == self.status,
            "within": lambda n: any((due - on).days <= int(n) for due in self.open_on),
            "fee": lambda f: f == self.fee,
            "kind": lambda k: k == self.kind,
        }
        return all(tests[name](value) for name, value in wanted.items())


def fee_of(facts: Facts, on: dt.date, status: str) -> str:
    """What is known of the license fee of the term of a day, or of the last one before it."""
    begun = [t for t in facts.on(on).terms if t.has_begun(on)]
    if not begun or (status == "unknown" and not begun[-1].covers(on)):
        return "not_recorded"
    if begun[-1].license_fee is not None:
        return "recorded"
    claimed = any(c.field == "license_fee" for c in facts.citations_of(begun[-1]))
    return "disputed" if claimed else "not_recorded"


def plain(text: str) -> str:
    """Lower case, without accents: "Straße" is found as "strasse"."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in parts if not unicodedata.combining(c))


@pytest.fixture(scope="module")
def kept_register(django_db_setup: None, django_db_blocker: Any) -> Iterator[Register]:
    with django_db_blocker.unblock(), undone():
        chance = random.Random(20180831)  # noqa: S311 - the same register in every run
        with writing(reason="A register in which everything occurs"):
            for number in range(COUNT):
                make_agreement(**some_agreement(chance, number))
        ids = Agreement.objects.values_list("pk", flat=True)
        found = Register(load_many(ids))
        with django_db_blocker.block():
            yield found


@pytest.fixture
def register(kept_register: Register, db: None) -> Register:
    return kept_register


def listed(client: Client, on: dt.date, wanted: dict[str, str]) -> list[str]:
    response = client.get("/agreements/", wanted | {"on": on.isoformat()})
    assert response.status_code == 200
    return Page(response).rows()


def expected(register: Register, on: dt.date, wanted: dict[str, str]) -> list[str]:
    return [twin.url for twin in register.on(on) if twin.fits(wanted, on)]


# ── One filter at a time ──────────────────────────────────────────────────────

SEARCHES = "arrest|ARREST|water|wáter|strasse|STRASSE ice|ice arrest|100%|a_b|%|_|nandu|f-1|police"
VALUES: dict[str, list[str]] = {
    "q": [*SEARCHES.split("|"), "nothing at all", "  permit  ", "rre"],
    "party": PARTIES,
    "role": list(Participation.Role.values),
    "system": SYSTEMS,
    "category": ["Name", "Criminal", "Nationality", "Health"],
    "sensitivity": list(Element.Sensitivity.values),
    "status": list(Code.values),
    "within": ["30", "90", "366"],
    "fee": ["recorded", "not_recorded"],
    "kind": list(Agreement.Kind.values),
}


def test_every_filter_is_tried_here() -> None:
    assert set(VALUES) == set(AgreementFilter.base_filters)


@pytest.mark.parametrize("on", DAYS, ids=str)
@pytest.mark.parametrize("name", ["", *VALUES])
def test_a_filter_keeps_what_the_records_own_page_shows(
    client: Client, register: Register, name: str, on: dt.date
) -> None:
    wrong = {}
    for value in VALUES.get(name, [""]):
        wanted = {name: value} if name else {}
        found, twins = listed(client, on, wanted), expected(register, on, wanted)
        if found != twins:
            wrong[value] = {
                "too many": sorted(set(found) - set(twins)),
                "missing": sorted(set(twins) - set(found)),
            }
    assert wrong == {}


def test_the_register_holds_what_the_filters_ask_for(register: Register) -> None:
    """Else the comparisons above would compare nothing with nothing."""
    for name, values in VALUES.items():
        sizes = [
            len(expected(register, on, {name: v})) for on in DAYS for v in values if v.isalnum()
        ]
        assert sum(0 < n < len(register.on(DAYS[0])) for n in sizes) >= 2, name
    statuses = {twin.status for on in DAYS for twin in register.on(on)}
    assert len(statuses) >= 9, statuses


# ── Filters together ──────────────────────────────────────────────────────────

WANTED = st.lists(st.sampled_from(sorted(VALUES)), unique=True, max_size=4).flatmap(
    lambda names: st.fixed_dictionaries({name: st.sampled_from(VALUES[name]) for name in names})
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(wanted=WANTED, on=st.sampled_from(DAYS))
def test_filters_together_keep_what_fits_each(
    client: Client, register: Register, wanted: dict[str, str], on: dt.date
) -> None:
    assert listed(client, on, wanted) == expected(register, on, wanted)


def test_the_count_is_that_of_all_pages(client: Client, register: Register) -> None:
    on = DAYS[2]
    page = Page(client.get("/agreements/", {"on": on, "kind": "license"}))
    number = len(expected(register, on, {"kind": "license"}))
    assert page.main.one("caption").text == f"{number} listed"
    assert page.main.one("p", css="lede").text.startswith(f"{number} published agreement")


def test_each_chip_removes_its_filter_and_no_other(client: Client, register: Register) -> None:
    wanted = {"party": "police", "system": "pars", "q": "ice", "on": "2018-06-15"}
    page = Page(client.get("/agreements/", wanted))
    chips = page.main.all("a", css="chip")
    assert len(chips) == 3
    for chip in chips:
        name = {"P": "party", "S": "system", "W": "q"}[chip.text[0]]
        left = Page(client.get(f"/agreements/{chip.attrs['href']}"))
        rest = {k: v for k, v in wanted.items() if k not in {name, "on"}}
        assert left.rows() == expected(register, DAYS[2], rest)


def test_choices_hold_only_what_a_public_record_has(client: Client, register: Register) -> None:
    page = Page(client.get("/agreements/"))
    for name in ("party", "system"):
        options = page.main.one("select", name=name).all("option")
        values = {option.attrs["value"] for option in options} - {""}
        facts = [f for f in register.facts.values() if f.agreement.published_at]
        if name == "party":
            assert values == {p.party.slug for f in facts for p in f.participations}
        else:
            assert values == {f.agreement.system.slug for f in facts if f.agreement.system}


def test_the_fee_filter_agrees_with_the_fee_column(client: Client, register: Register) -> None:
    for on in DAYS:
        for value in ("recorded", "not_recorded"):
            page = Page(client.get("/agreements/", {"on": on, "fee": value}))
            cells = [row.all("td")[-1].text for row in page.main.one("tbody").all("tr")]
            empty = {cell == "Not recorded" for cell in cells}
            assert empty <= {value == "not_recorded"}, (on, value, cells)


def test_a_long_search_is_one_question(client: Client, register: Register) -> None:
    words = " ".join(["arrest"] * 28)
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/agreements/", {"q": words}).status_code == 200
    joins = max(query["sql"].count(" JOIN ") for query in captured.captured_queries)
    assert joins < 10, f"{joins} joins for the same word said 28 times"
