"""What each page says on which day, on the PARS case: facts as DOMAIN and PARS give them."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import get_resolver

from agreements.models import Agreement
from tests.factories import make_agreement, make_element, make_party, make_system, save
from tests.portal.reading import Node, Page, query_of

pytestmark = pytest.mark.usefixtures("pars", "june_2018")

PARS = "/agreements/pars-ice/"
RECORDS = (
    PARS,
    "/agreements/pars-septa/",
    "/parties/ice/",
    "/parties/city-of-philadelphia/",
    "/parties/first-judicial-district/",
    "/parties/temple-police/",
    "/systems/pars/",
)
PAGES = ("/", "/agreements/", "/about/", *RECORDS)
DAYS = (
    "",
    "?on=2010-05-01",
    "?on=2010-09-01",
    "?on=2015-03-01",
    "?on=2018-06-15",
    "?on=2018-07-28",
    "?on=2018-08-31",
    "?on=2018-09-01",
    "?on=2007-01-01",
    "?on=2044-02-29",
)

Visit = Callable[..., Page]


# ── The agreement, day by day ─────────────────────────────────────────────────

VICTIMS = ("Names of victims", "Names of witnesses")
BOTH_SAY_IT_WENT_ON = (
    "No recorded term covers this day.",
    "Technical.ly Philly",
    "renewed yearly on August 31",
)


@dataclass(frozen=True)
class Case:
    """What PARS–ICE says on a day."""

    address: str
    badge: str
    sentence: tuple[str, ...]
    unsaid: tuple[str, ...] = ()
    shows_victims: bool = False
    ends: str = ""
    decision: str = ""
    notice: str = "Not recorded"


CASES = [
    Case(
        "?on=2010-05-01",
        "In force",
        (
            "In force until August 31, 2010.",
            "Notice clause: not recorded.",
            "No decision and no vote recorded.",
            "Access: not recorded.",
        ),
        shows_victims=True,
        ends="August 31, 2010",
    ),
    Case(
        "?on=2010-06-30&known=2010-06-30",
        "In force",
        ("In force until July 1, 2010.",),
        ("August 31",),
        shows_victims=True,
        ends="July 1, 2010",
    ),
    Case(
        "?on=2010-06-30&known=2010-07-02",
        "In force",
        ("In force until August 31, 2010.",),
        ("July 1",),
        shows_victims=True,
        ends="August 31, 2010",
    ),
    Case(
        "?on=2010-09-01",
        "In force",
        ("In force until August 31, 2011.",),
        ends="August 31, 2011",
    ),
    Case(
        "?on=2015-03-01",
        "Unknown",
        ("Not known: no recorded term covers this day, but sources say that it went on.",),
        ("In force", "Ended", "Lapsed"),
    ),
    Case(
        "?on=2018-06-15",
        "In force",
        (
            "In force until August 31, 2018.",
            "Notice clause: not recorded.",
            "No decision and no vote recorded.",
            "Access: on, last confirmed September 2013.",
        ),
        ("not to be renewed", "Notice given"),
        ends="August 31, 2018",
    ),
    Case(
        "?on=2018-07-28",
        "Ending",
        (
            "In force until August 31, 2018, not to be renewed.",
            "Notice given July 26, 2018.",
            "Announced July 27, 2018: do not renew.",
        ),
        ("No decision",),
        ends="August 31, 2018",
        decision="do not renew",
        notice="given July 26, 2018",
    ),
    Case(
        "?on=2018-08-31",
        "Ending",
        ("In force until August 31, 2018, not to be renewed.", "Notice given July 26, 2018."),
        ("Ended",),
        ends="August 31, 2018",
        decision="do not renew",
        notice="given July 26, 2018",
    ),
    Case(
        "?on=2018-09-01",
        "Not renewed",
        ("Ended August 31, 2018, not renewed.", "Access not confirmed off."),
        ("In force", "terminated"),
        ends="August 31, 2018",
        decision="do not renew",
        notice="given July 26, 2018",
    ),
]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda c: c.address)


@each_case
def test_the_status_sentence_says_where_it_stands(visit: Visit, case: Case) -> None:
    page = visit(PARS + case.address)
    sentence = page.main.one("p", css="status").text
    for words in case.sentence:
        assert words in sentence
    for words in case.unsaid:
        assert words not in sentence
    badges = [item.text for item in page.main.one("ul", css="badges").all("li")]
    assert badges[0] == case.badge


@each_case
def test_the_ledger_shows_what_was_shared(visit: Visit, case: Case) -> None:
    rows = visit(PARS + case.address).section("shared").one("tbody").all("tr")
    shared = [row.one("th").text for row in rows if "over" not in row.attrs.get("class", "")]
    named = [name for name in VICTIMS if any(text.startswith(name) for text in shared)]
    assert named == (list(VICTIMS) if case.shows_victims else [])
    every = [row.one("th").text for row in rows]
    assert all(any(text.startswith(name) for text in every) for name in VICTIMS)


@each_case
def test_the_clock_says_last_day_notice_and_decision(visit: Visit, case: Case) -> None:
    facts = visit(PARS + case.address).main.one("aside", css="key").one("dl")
    said = [node.text for node in facts.all() if node.tag in {"dt", "dd"}]
    clock = dict(zip(said[::2], said[1::2], strict=True))
    assert clock["Last day"] == (case.ends or "Not recorded")
    assert clock["Notice"].startswith(case.notice)
    if case.badge in {"In force", "Ending"}:
        decided = clock["Decide by"] == "Decided"
        assert decided == bool(case.decision) or case.address.startswith("?on=2010")


@each_case
def test_a_banner_says_which_day_is_shown_and_leads_back(visit: Visit, case: Case) -> None:
    query = query_of(case.address)
    on, known = query["on"][0], query.get("known", [""])[0]
    banner = visit(PARS + case.address).root.one(css="banner")
    assert ("Shown as of" in banner.text) == (on != "2018-06-15" or bool(known))
    assert day(on) in banner.text
    if known:
        assert f"As the register knew it on {day(known)}." in banner.text
    back = [link for link in banner.all("a") if link.attrs["href"] == PARS]
    assert len(back) == (1 if on != "2018-06-15" or known else 0)


def day(text: str) -> str:
    """A day as an American reads it."""
    return f"{dt.date.fromisoformat(text):%B} {int(text[8:])}, {text[:4]}"


def test_a_day_without_a_term_says_why_it_is_not_known(visit: Visit) -> None:
    page = visit(f"{PARS}?on=2015-03-01")
    reasons = page.main.one(css="message--warning").text
    for words in BOTH_SAY_IT_WENT_ON:
        assert words in reasons
    assert "two years" in reasons


def test_a_known_day_has_no_message(visit: Visit) -> None:
    assert visit(f"{PARS}?on=2018-06-15").main.all(css="message") == []


def test_access_not_confirmed_off_alarms_from_the_day_after_the_end(visit: Visit) -> None:
    last = visit(f"{PARS}?on=2018-08-31")
    assert last.main.all(css="badge--alarm") == last.main.all(css="message--alarm") == []
    after = visit(f"{PARS}?on=2018-09-01")
    assert after.main.one(css="badge--alarm").text == "Access not confirmed off"
    alarm = after.main.one(css="message--alarm")
    assert "No source says that access was cut off." in alarm.text
    target = alarm.one("a").attrs["href"]
    assert after.section(target.removeprefix("#")).text


def test_the_conflicting_fees_stand_side_by_side_with_their_sources(visit: Visit) -> None:
    page = visit(f"{PARS}?on=2018-06-15")
    (of_last_term,) = [
        note for note in page.section("terms").all(css="note") if "Term 3" in note.one("h3").text
    ]
    claims = [item.text for item in of_last_term.all("li")]
    assert len(claims) == 3
    for amount, source in (
        ("$5,600 for two years", "Technical.ly Philly"),
        ("$5,565 a year", "philly.com"),
        ("$5,500 a year", "People’s World"),
    ):
        assert [claim for claim in claims if amount in claim and source in claim]
    assert of_last_term.all(css="followed") == []
    assert "The register follows none of them." in of_last_term.text
    (of_first_term,) = [
        note for note in page.section("terms").all(css="note") if "Term 1" in note.one("h3").text
    ]
    assert "$5,565 a year" in of_first_term.one("li", css="followed").text


@pytest.mark.parametrize(
    ("fact", "values"),
    [
        ("Kind", ("agreement", "license", "contract")),
        ("first day", ("2008", "2009")),
        ("last day", ("August 31, 2010", "July 1, 2010")),
        ("figure", ("238 of 421", "348 of 583")),
        ("name", ("Country of origin", "Country of citizenship")),
        ("Who must be for renewing", ("2 deciding parties", "all deciding parties")),
    ],
)
def test_every_conflict_shows_each_value(visit: Visit, fact: str, values: tuple[str, ...]) -> None:
    notes = visit(f"{PARS}?on=2018-09-01").main.all(css="note")
    texts = [note.text for note in notes if note.one("h3").text.endswith(fact)]
    assert any(all(value in text for value in values) for text in texts), texts


def test_every_number_of_a_source_leads_to_that_source(visit: Visit) -> None:
    page = visit(f"{PARS}?on=2018-09-01")
    targets = [
        link.attrs["href"].removeprefix("#")
        for mark in page.main.all("sup")
        for link in mark.all("a")
    ]
    assert targets
    for target in set(targets):
        assert page.section(target).text


def test_the_concern_that_was_never_answered_comes_first(visit: Visit) -> None:
    aside = visit(f"{PARS}?on=2018-08-31").main.one("aside", css="more")
    first, *others = [item.text for item in aside.one("ol", css="entries").all("li")]
    assert first.startswith("Unanswered")
    everything = " ".join([first, *others])
    assert "Never answered, a source says." in everything
    assert "Asked for detail, ICE declined." in everything
    last = others[-1]
    assert last.startswith("Answered")


def test_the_timeline_holds_nothing_that_happens_later(visit: Visit) -> None:
    timeline = visit(f"{PARS}?on=2018-06-15").section("timeline")
    times = [item.attrs["datetime"] for item in timeline.all("time")]
    assert times
    assert max(times) <= "2018-06-15"


def test_the_history_is_told_field_by_field_with_its_reason(visit: Visit) -> None:
    history = visit(PARS).section("history")
    (corrected,) = [
        item for item in history.all("li") if "End corrected" in item.one("summary").text
    ]
    rows = [
        [cell.text for cell in row.children if isinstance(cell, Node)]
        for row in corrected.all("tr")
    ]
    assert any(
        "last day" in row[0] and row[1:] == ["July 1, 2010", "August 31, 2010"] for row in rows
    ), rows
    assert "replayed from philly.com 2010" in corrected.one("summary").text
    assert any("known=2010-07-01" in link.attrs["href"] for link in corrected.all("a"))


def test_what_was_known_then_holds_no_later_change(visit: Visit) -> None:
    history = visit(f"{PARS}?on=2010-06-30&known=2010-06-30").section("history")
    assert "End said to be July 1" in history.text
    assert "End corrected" not in history.text


def test_a_citation_leads_to_the_record_as_it_is_shown(visit: Visit, client: Client) -> None:
    page = visit(f"{PARS}?on=2010-06-30&known=2010-06-30")
    (cited,) = [word for word in page.section("cite").text.split() if word.startswith("http")] or [
        word for word in page.main.text.split() if word.startswith("http") and PARS in word
    ]
    again = visit(cited[cited.index(PARS) :])
    assert again.main.one("p", css="status").text == page.main.one("p", css="status").text


def test_the_register_knew_nothing_before_the_first_publication(client: Client) -> None:
    assert client.get(f"{PARS}?known=2008-12-30").status_code == 404
    assert client.get(f"{PARS}?known=2008-12-31").status_code == 200


# ── The other pages ───────────────────────────────────────────────────────────


def test_home_says_first_what_comes_next(visit: Visit) -> None:
    page = visit("/")
    sentence = page.main.one("p", css="lede").text
    assert "1 agreement ends on August 31, 2018." in sentence
    assert "July 2, 2018" in sentence
    table = page.main.one("table", css="deadlines")
    times = [item.attrs["datetime"] for item in table.all("time")]
    assert times == ["2018-07-02", "2018-08-31"]
    rows = [row.text for row in table.one("tbody").all("tr")]
    assert "17 days left" in rows[0]
    assert "60 days before the term's last day, August 31, 2018" in rows[0]
    assert "City, District Attorney, Courts" in rows[0]
    assert page.rows() == [PARS, PARS]


def test_home_reminds_of_access_after_the_end(visit: Visit) -> None:
    page = visit("/?on=2018-09-02")
    (overdue,) = [t for t in page.main.all("table") if t.one("caption").text == "Overdue"]
    assert "access is to be off, and confirmed so" in overdue.text
    assert "1 day ago" in overdue.text


def test_home_tells_no_change_that_comes_after_the_day(visit: Visit) -> None:
    page = visit("/?on=2018-07-26")
    (section,) = [s for s in page.main.all("section") if s.all("h2", id="changed")]
    changes = [item.attrs["datetime"][:10] for item in section.all("time")]
    assert changes[0] == "2018-07-26"
    assert changes == sorted(changes, reverse=True)


def test_the_list_has_a_row_for_each_agreement(visit: Visit) -> None:
    page = visit("/agreements/")
    assert page.main.one("p", css="lede").text == "5 published agreements."
    assert page.rows()[0] == PARS
    first = page.main.one("tbody").all("tr")[0]
    cells = [cell.text for cell in first.children if isinstance(cell, Node)]
    assert "City, District Attorney, Courts → ICE" in cells[0]
    assert cells[1:] == ["In force", "July 2, 2018 Decide by, 17 days left", "Sources disagree"]


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        ("ice", "Gets data under 1 agreement."),
        ("city-of-philadelphia", "Gives data under 1 agreement, and decides on 1 agreement."),
        ("amtrak-police", "Gets data under 1 agreement."),
    ],
)
def test_a_party_says_first_what_it_gives_and_gets(visit: Visit, slug: str, sentence: str) -> None:
    page = visit(f"/parties/{slug}/")
    assert page.main.one("p", css="lede").text == sentence


def test_a_party_counts_only_where_it_takes_part_on_the_day(visit: Visit) -> None:
    make_agreement(
        reference="SPAN",
        published_at=dt.datetime(2010, 1, 1, tzinfo=dt.UTC),
        recipients=[{"party": "guest", "acceded_on": "2012-01-01", "withdrew_on": "2015-01-01"}],
    )
    during = visit("/parties/guest/?on=2013-01-01")
    assert "Gets data under 1 agreement" in during.main.one("p", css="lede").text
    for other_day in ("2011-12-31", "2015-01-01"):
        page = visit(f"/parties/guest/?on={other_day}")
        assert "Gets data" not in page.main.one("p", css="lede").text, other_day
        assert page.rows() == [], other_day


def test_a_system_says_how_much_leaves_it(visit: Visit) -> None:
    assert visit("/systems/pars/").main.one("p", css="lede").text.startswith("8 elements")
    assert visit("/systems/pars/?on=2010-05-01").main.one("p", css="lede").text.startswith("10 ")
    assert visit("/systems/pars/?on=2018-09-01").main.one("p", css="lede").text.startswith("0 ")


def test_the_number_of_a_systems_agreements_leads_to_these(visit: Visit) -> None:
    page = visit("/systems/pars/?on=2018-07-28")
    links = [a for a in page.main.all("a") if a.attrs["href"].startswith("/agreements/?")]
    (link,) = [a for a in links if "system=" in a.attrs["href"]]
    listed = visit(link.attrs["href"])
    assert len(listed.rows()) == int(link.text) == 5
    assert query_of(link.attrs["href"]) == {"on": ["2018-07-28"], "system": ["pars"]}


# ── Every page on every day ───────────────────────────────────────────────────


def test_every_address_of_the_portal_is_tried_here() -> None:
    (portal,) = [
        pattern
        for prefixed in get_resolver().url_patterns
        for pattern in getattr(prefixed, "url_patterns", ())
        if getattr(pattern, "namespace", None) == "portal"
    ]
    own_tests = r"follow/|health/|briefs|reports|.*(brief|dossier|documents)|.*\.(ics|atom|pdf)$"
    elsewhere = {  # files, papers and follow pages: see their own tests
        str(p.pattern) for p in portal.url_patterns if re.match(own_tests, str(p.pattern))
    }
    tried = {
        "": "/",
        "about/": "/about/",
        "agreements/": "/agreements/",
        "agreements/<slug:slug>/": PARS,
        "parties/<slug:slug>/": "/parties/ice/",
        "systems/<slug:slug>/": "/systems/pars/",
    }
    assert {str(p.pattern) for p in portal.url_patterns} - elsewhere == set(tried)
    assert set(tried.values()) <= set(PAGES)


@pytest.mark.parametrize("prefix", ["", "/es"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_on_every_day(visit: Visit, prefix: str, path: str) -> None:
    for on in DAYS:
        page = visit(prefix + path + on)
        assert page.language == ("es" if prefix else "en")
        assert len(page.root.all("h1")) == len(page.root.all("main")) == 1
        assert page.root.one("head").one("title").children[0].strip() not in {"", "– Pactwatch"}
        ids = [node.attrs["id"] for node in page.root if "id" in node.attrs]
        assert len(ids) == len(set(ids)), [i for i in ids if ids.count(i) > 1]
        for link in page.root.all("a"):
            assert link.attrs["href"] not in {"", "None"}, f"a link to nowhere: {link.text}"
            if link.attrs["href"].startswith("#"):
                assert link.attrs["href"][1:] in ids, f"{link.attrs['href']} is not on the page"


@pytest.mark.parametrize("prefix", ["", "/es"])
@pytest.mark.parametrize("path", PAGES)
def test_links_keep_the_day_and_the_language(visit: Visit, prefix: str, path: str) -> None:
    page = visit(f"{prefix}{path}?on=2018-07-28")
    assert page.links()
    banner = set(map(id, page.root.one(css="banner")))
    for link in page.root.all("a"):
        href = link.attrs["href"]
        if id(link) in banner or href.startswith("#") or urlsplit(href).netloc:
            continue  # the banner leads to other days and to the other language
        if "/accounts/" in href:
            continue  # signing in leads to the desk, where it is today
        if href.startswith("/"):
            assert href.startswith(f"{prefix}/"), href
            assert href.startswith("/es") == bool(prefix), href
        assert query_of(href).get("on") == ["2018-07-28"], href
    for form in page.root.all("form"):
        action = form.attrs.get("action", "")
        assert not action or action.startswith("/es/") == bool(prefix)
        names = {
            i.attrs["name"]: i.attrs.get("value") for i in form.all("input") if "name" in i.attrs
        }
        assert names.get("on") == "2018-07-28"


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_what_is_not_there_leads_on_in_the_readers_language(visit: Visit, prefix: str) -> None:
    for url, status in (("/agreements/none/", 404), ("/?on=x", 400), ("/nowhere/", 404)):
        page = visit(prefix + url, status=status)
        assert page.language == ("es" if prefix else "en")
        for link in page.main.all("a"):
            assert link.attrs["href"].startswith(f"{prefix}/"), f"{url}: {link.attrs['href']}"


@pytest.mark.parametrize("path", PAGES)
def test_the_other_language_shows_the_same_page_of_the_same_day(visit: Visit, path: str) -> None:
    english = visit(f"{path}?on=2018-07-28")
    (link,) = english.root.one(css="banner").all("a", hreflang="es")
    assert link.attrs["href"] == f"/es{path}?on=2018-07-28"
    spanish = visit(link.attrs["href"])
    (back,) = spanish.root.one(css="banner").all("a", hreflang="en")
    assert back.attrs["href"] == f"{path}?on=2018-07-28"
    assert set(english.rows()) == {row.removeprefix("/es") for row in spanish.rows()}


def test_in_spanish_the_sentence_is_spanish(visit: Visit) -> None:
    for on, said in (("2018-06-15", "31 de agosto de 2018"), ("2018-07-28", "26 de julio de 2018")):
        sentence = visit(f"/es{PARS}?on={on}").main.one("p", css="status").text
        assert said in sentence
        for english in ("In force", "Notice", "No decision", "Access", "not recorded", "Announced"):
            assert english not in sentence


@pytest.mark.parametrize("path", PAGES)
def test_in_spanish_no_heading_is_left_in_english(visit: Visit, path: str) -> None:
    def words(page: Page) -> set[str]:
        nodes = [*page.root.one("ul", css="nav").all("a"), *page.main.all("th", scope="col")]
        nodes += [h for h in page.main.all("h2") if not h.all("a")]
        return {node.text for node in nodes if node.text}

    same = words(visit(path)) & words(visit(f"/es{path}"))
    assert same == set()


# ── Only what the day and the knowledge support is claimed ────────────────────


@pytest.mark.parametrize(
    "path", ["/", "/agreements/", "/about/", "/parties/ice/", "/systems/pars/"]
)
def test_a_page_that_shows_what_is_known_now_does_not_claim_otherwise(
    visit: Visit, path: str
) -> None:
    page = visit(f"{path}?known=2010-06-30")
    if "As the register knew it" in page.text:
        assert page.main.text != visit(path).main.text


@pytest.mark.parametrize(
    "path", ["/", "/agreements/", "/about/", "/parties/ice/", "/systems/pars/"]
)
def test_the_banner_never_names_another_day_than_the_page(client: Client, path: str) -> None:
    response = client.get(f"{path}?on=2010-05-01&known=never")
    if response.status_code != 400:
        assert "May 1, 2010" in Page(response).root.one(css="banner").text


# ── Records of other shapes than PARS ─────────────────────────────────────────


def published(**words: Any) -> Agreement:
    return make_agreement(published_at=dt.datetime(2018, 1, 1, tzinfo=dt.UTC), **words)


def test_an_agreement_of_which_nothing_is_known_says_so(visit: Visit) -> None:
    published(reference="BARE", title="Bare")
    for on in DAYS:
        page = visit(f"/agreements/bare/{on}")
        assert page.main.one("p", css="status").text.startswith("Draft. No term is recorded.")
        assert "Which elements are shared is not recorded." in page.main.text
        assert "No term is recorded." in page.section("terms").text


def test_text_of_a_record_is_shown_as_text(visit: Visit, client: Client) -> None:
    markup = '<script>alert("x")</script><b>&amp;'
    party = make_party("sly", name=markup, short_name=markup)
    system = make_system("sly", name=markup, description=markup)
    save(party, parent=make_party("sly-parent", name=markup))
    agreement = published(
        reference="SLY",
        title=markup,
        short_title=markup,
        purpose=markup,
        system=system,
        participations=[{"party": party, "role": "recipient"}],
        deciders=["sly"],
        terms=[{"starts_on": "2018-01-01", "ends_on": "2018-12-31", "renewal_kind": "by_decision"}],
        decisions=[{"outcome": "renew", "decided_on": "2018-02-01", "rationale": markup}],
        votes=[{"party": party, "value": "yes", "voted_on": "2018-02-01", "office": markup}],
        notices=[{"office": markup, "sent_on": "2018-02-01", "method": markup}],
        shared_elements=[
            {
                "element": make_element(markup, system=system, data_subjects=markup),
                "conditions": markup,
            }
        ],
        concerns=[{"title": markup, "text": markup, "answer": markup, "raised_by": party}],
        events=[{"kind": "other", "occurred_on": "2018-01-01", "title": markup}],
        evidence=[{"kind": "figure", "statement": markup, "figure": markup}],
        amendments=[{"title": markup, "rationale": markup, "dated_on": "2018-01-02"}],
        guides=[{"title": markup, "address": "https://example.org/"}],
        obligations=[{"kind": "audit", "description": markup, "due_on": dt.date(2018, 7, 1)}],
        access=[{"state": "on", "since": "2018", "evidence": markup}],
    )
    save(agreement, retention=markup)
    urls = ("/", "/agreements/", "/agreements/sly/", "/parties/sly/", "/systems/sly/")
    for url in (*urls, "/agreements/?q=%3Cscript%3E", "/agreements/?party=sly"):
        page = visit(url)
        foreign = [s for s in page.root.all("script") if s.attrs.get("src") != "/static/keys.js"]
        assert foreign == page.root.all("b") == [], url
        assert "alert(" not in " ".join(n.attrs.get("href", "") for n in page.root.all("a"))
    assert visit("/agreements/sly/").main.one("h1").text == markup


def test_every_kind_of_end_has_its_words(visit: Visit) -> None:
    published(reference="OPEN", terms=[{"starts_on": "2017-01-01", "end_kind": "none"}])
    assert "no end by its terms" in visit("/agreements/open/").main.one("p", css="status").text
    published(reference="VAGUE", terms=[{"starts_on": "2017-01-01"}])
    assert "End: not recorded." in visit("/agreements/vague/").main.one("p", css="status").text
    published(
        reference="NOTED",
        terms=[
            {
                "starts_on": "2017-09-01",
                "ends_on": "2018-08-31",
                "renewal_kind": "automatic",
                "notice_length": 30,
            }
        ],
    )
    assert "it renews by itself" in visit("/agreements/noted/?on=2018-08-15").main.text
