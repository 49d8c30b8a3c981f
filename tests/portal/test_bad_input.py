"""Whatever an address holds, the answer is a page, a "no such record" or a reason: never a 5xx."""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agreements.filters import AgreementFilter
from tests.portal.reading import Page

pytestmark = pytest.mark.usefixtures("pars", "june_2018")

PARS = "/agreements/pars-ice/"
WITH_A_DAY = (
    "/", "/agreements/", PARS, "/parties/ice/", "/systems/pars/", "/es/", "/about/", "/reports/",
    "/follow/", "/accounts/login/",
)  # fmt: skip


@pytest.fixture
def ask(client: Client) -> Callable[[str], Any]:
    """Ask for an address as a browser would; errors become answers."""
    client.raise_request_exception = False
    return client.get


def mark(values: object) -> str:
    """The mark of a next page, as the register writes it."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def raw(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode()


NO_DAYS = [
    "x",
    "2018",
    "2018-06",
    "2018-6-15",
    "2018-06-15T00:00",
    "20180615",
    "2018-W24-5",
    "2018-02-29",
    "2018-13-01",
    "2018-00-10",
    "0000-01-01",
    "9999-12-32",
    "10000-01-01",
    "-001-01-01",
    "15/06/2018",
    "2018-06-15 ",
    " 2018-06-1",
    "２０１８-06-15",
    "2018‑06‑15",
    "٢٠١٨-٠٦-١٥",
    "today12345",
    "2018-06-15\0",
    "\0" * 10,
    "9" * 5000,
    "' OR 1=1--",
    "{{ 7*7 }}10",
    "%s%s%s%s%s",
]


@pytest.mark.parametrize("text", NO_DAYS)
def test_what_is_no_day_is_refused_with_a_sentence(ask: Callable[[str], Any], text: str) -> None:
    for path in WITH_A_DAY:
        response = ask(f"{path}?{urlencode({'on': text})}")
        assert response.status_code == 400, (path, text)
        if path != "/es/":
            assert (
                "on= in the address is no day: write it as 2018-06-15." in Page(response).main.text
            )
    for path in (PARS, "/agreements/pars-ice/brief.pdf"):
        response = ask(f"{path}?{urlencode({'known': text})}")
        assert response.status_code == 400, (path, text)


@pytest.mark.parametrize("name", ["on", "known"])
def test_an_empty_day_means_none(ask: Callable[[str], Any], name: str) -> None:
    for path in WITH_A_DAY:
        assert ask(f"{path}?{name}=").status_code == 200
        assert ask(f"{path}?{name}").status_code == 200


EDGES = ["0001-01-01", "0001-01-02", "0001-12-31", "1582-10-10", "9998-12-31", "9999-12-31"]


@pytest.mark.parametrize("path", WITH_A_DAY)
@pytest.mark.parametrize("edge", EDGES)
def test_the_ends_of_the_calendar_are_days_like_others(
    ask: Callable[[str], Any], path: str, edge: str
) -> None:
    assert ask(f"{path}?on={edge}").status_code == 200
    for other in EDGES:
        known = ask(f"{path}?on={edge}&known={other}")
        assert known.status_code in {200, 404}, other


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("sort=", 400),
        ("sort=pk", 400),
        ("sort=-pk", 400),
        ("sort=internal_note", 400),
        ("sort=next_key", 400),
        ("sort=next,name", 400),
        ("sort=--name", 400),
        ("sort=next%00", 400),
        ("sort=" + "x" * 5000, 400),
        ("status=on_fire", 400),
        ("status=IN_FORCE", 400),
        ("role=owner", 400),
        ("role=decider%00", 400),
        ("category=name", 400),
        ("sensitivity=secret", 400),
        ("within=31", 400),
        ("within=-30", 400),
        ("within=1e9", 400),
        ("fee=5600", 400),
        ("kind=nothing", 400),
        ("party=nobody", 400),
        ("party=dhs", 400),  # takes part in nothing
        ("party=1", 400),
        ("party=ice%00", 400),
        ("party=" + "a" * 5000, 400),
        ("system=nothing", 400),
        ("system=%00", 400),
        ("q=" + "a" * 201, 400),
        ("q=a%00b", 400),
        ("q=" + "a" * 200, 200),
        ("q=%25_%5C%27%22", 200),
        ("q=%ED%A0%80", 200),  # a lone surrogate in UTF-8: no letter
        ("q=%FF%FE", 200),
        ("q=%F0%9F%98%80", 200),
        ("q=%E2%80%8B", 200),
        ("q=%20%20", 200),
        ("q=a&q=b", 200),
        ("unknown=1", 200),
        ("on=2018-06-15&on=2010-05-01", 200),
        ("%00=%00", 200),
        ("&&&=&=", 200),
        ("q=" + "+".join("a" * 100), 200),  # a hundred words
        ("q=" + quote("\ufdfa" * 60), 200),  # one sign that folds to four words
        ("q=" + quote("ﬃ" * 200), 200),  # one sign that folds to three letters
    ],
    ids=lambda v: str(v)[:40],
)
def test_a_filter_that_cannot_be_understood_is_refused(
    ask: Callable[[str], Any], query: str, status: int
) -> None:
    response = ask(f"/agreements/?{query}")
    assert response.status_code == status
    Page(response)
    assert ask(f"/es/agreements/?{query}").status_code == status


def test_a_refused_filter_is_named_beside_its_field(ask: Callable[[str], Any]) -> None:
    page = Page(ask("/agreements/?within=31&party=nobody&q=fine"))
    wrong = [field.one("label").text for field in page.main.all(css="field--error")]
    assert wrong == ["Party:", "Deadline within:"]
    assert page.rows() == []
    assert page.main.all(role="alert")


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "!!!!",
        "\0",
        "é",
        "=",
        "====",
        "a" * 5000,
        mark([]),
        mark({}),
        mark(None),
        mark("text"),
        mark(7),
        mark(["2018-01-01"]),
        mark(["2018-01-01", 1, 1]),
        mark(["no day", 1]),
        mark(["2018-02-30", 1]),
        mark(["", 1]),
        mark([5, 1]),
        mark([True, 1]),
        mark(["2018-01-01", "x"]),
        mark(["2018-01-01", ""]),
        mark(["2018-01-01", "1.5"]),
        mark(["2018-01-01", [1]]),
        mark(["2018-01-01", {"a": 1}]),
        mark(["2018-01-01", None]),
        mark([None, 1]),
        mark([1.5, 1]),
        mark(["a\0b", 1]),
        mark(["\ud800", 1]),
        raw(b"\xff\xfe"),
        raw(b"[NaN, 1]"),
        raw(b"[Infinity, 1]"),
        raw(b'["2018-01-01", 1e400]'),
        raw(b"[" * 3000),
        raw(b'{"a":' * 2000),
        raw(b"[" + b"9" * 5000 + b", 1]"),
    ],
    ids=lambda v: str(v)[:30],
)
def test_a_mark_that_no_page_gave_is_refused(ask: Callable[[str], Any], after: str) -> None:
    for sort in ("next", "-next"):
        response = ask(f"/agreements/?{urlencode({'sort': sort, 'after': after})}")
        assert response.status_code == 400


@pytest.mark.parametrize(
    "after",
    [
        mark(["2018-01-01", 10**30]),
        mark(["2018-01-01", -(10**30)]),
        mark(["0001-01-01", 0]),
        mark(["9999-12-31", 10**18]),
        mark(["2018-01-01", True]),
    ],
)
def test_a_mark_beyond_all_rows_is_no_error(ask: Callable[[str], Any], after: str) -> None:
    for sort in ("next", "-next"):
        assert ask(f"/agreements/?sort={sort}&after={after}").status_code in {200, 400}


@pytest.mark.parametrize("after", [mark(["\ud800", 1]), mark([5, 1]), mark(["x" * 3000, 1])])
def test_a_strange_text_in_a_mark_is_no_error(ask: Callable[[str], Any], after: str) -> None:
    for sort in ("name", "-name", "status", "-status"):
        assert ask(f"/agreements/?sort={sort}&after={after}").status_code in {200, 400}


@pytest.mark.parametrize(
    "path",
    [
        "/agreements/%00/",
        "/agreements/pars-ice%00/",
        "/agreements/%ED%A0%80/",
        "/agreements/%FF/",
        "/agreements/PARS-ICE/",
        "/agreements/pars-ice/../",
        "/agreements/pars_ice/",
        "/agreements/" + "a" * 5000 + "/",
        "/agreements/-/",
        "/agreements/1/",
        "/agreements/pars-ice/history/",
        "/agreements//",
        "/parties/%00/",
        "/parties/dhs/",
        "/parties/" + "9" * 400 + "/",
        "/systems/%27/",
        "/systems/pars%0A/",
        "/de/",
        "/es/es/",
        "/ES/",
        "/%2Fevil.example/",
        "/agreements/pars-ice/brief.pdf/",
        "/agreements/none/brief.pdf",
        "/favicon.ico",
        "/.git/config",
    ],
)
def test_a_path_that_names_nothing_is_not_found(ask: Callable[[str], Any], path: str) -> None:
    response = ask(path)
    assert response.status_code == 404
    assert Page(response).main.one(css="crumbs").text == "404"


def test_a_path_without_its_slash_leads_on_with_its_day(ask: Callable[[str], Any]) -> None:
    response = ask("/agreements/pars-ice?on=2010-05-01")
    assert response.status_code == 301
    assert response["Location"] == "/agreements/pars-ice/?on=2010-05-01"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_public_pages_are_only_read(method: str) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    for path in ("/", "/agreements/", PARS, "/parties/ice/", "/systems/pars/", "/about/"):
        assert getattr(client, method)(path).status_code in {403, 405}, path


def test_head_answers_like_get_without_a_body(client: Client) -> None:
    for path in ("/", PARS, "/agreements/none/"):
        head, get = client.head(path), client.get(path)
        assert head.status_code == get.status_code
        assert head.content == b""


def test_a_foreign_host_or_header_changes_no_link(client: Client) -> None:
    plain = client.get(PARS).content
    headers = {
        "X-Forwarded-Host": "evil.example",
        "X-Original-URL": "/admin/",
        "Accept-Language": "es",
    }
    assert client.get(PARS, headers=headers).content == plain
    client.cookies["django_language"] = "es"
    assert client.get(PARS).content == plain
    client.raise_request_exception = False
    assert client.get(PARS, headers={"Host": "evil.example"}).status_code == 400


# ── Anything at all ───────────────────────────────────────────────────────────

NAMES = st.sampled_from(
    [*AgreementFilter.base_filters, "on", "known", "after", "sort", "ordering", "page", "format"]
)
LIKELY = st.sampled_from(
    [
        "",
        "2010-05-01",
        "9999-12-31",
        "0001-01-01",
        "next",
        "-name",
        "-status",
        "ice",
        "pars",
        "recipient",
        "Name",
        "special",
        "unknown",
        "30",
        "366",
        "recorded",
        "agreement",
        mark(["2018-08-31", 1]),
        mark(["unknown", 3]),
    ]
)
MARKS = st.lists(
    st.one_of(st.text(max_size=8), st.integers(), st.none(), st.booleans(), st.floats()), max_size=3
).map(mark)
VALUES = st.one_of(LIKELY, LIKELY, MARKS, st.text(max_size=30), st.dates().map(str))
QUERIES = st.lists(st.tuples(NAMES, VALUES), max_size=5)
quick = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def encoded(pairs: list[tuple[str, str]]) -> str:
    """A query, lone surrogates and all, as bytes on the wire."""
    return urlencode(pairs, encoding="utf-8", errors="surrogatepass")


@quick
@given(QUERIES)
@example([("q", "\ud800"), ("after", mark(["\udfff", 0]))])
def test_no_query_breaks_the_list(ask: Callable[[str], Any], pairs: list[tuple[str, str]]) -> None:
    assert ask(f"/agreements/?{encoded(pairs)}").status_code in {200, 400}


@quick
@given(st.sampled_from(["/", "/es/", "/parties/ice/", "/systems/pars/"]), QUERIES)
def test_no_query_breaks_a_page(
    ask: Callable[[str], Any], path: str, pairs: list[tuple[str, str]]
) -> None:
    assert ask(f"{path}?{encoded(pairs)}").status_code in {200, 400}


@settings(quick, max_examples=60)
@given(st.dates(), st.one_of(st.none(), st.dates()))
def test_no_day_breaks_a_record(ask: Callable[[str], Any], on: Any, known: Any) -> None:
    query = f"on={on.isoformat()}" + (f"&known={known.isoformat()}" if known else "")
    response = ask(f"/agreements/pars-septa/?{query}")
    assert response.status_code == (200 if not known or str(known) >= "2013-09-30" else 404)
    assert ask(f"{PARS}?{query}").status_code in {200, 404}


@quick
@given(st.sampled_from(["agreements", "parties", "systems"]), st.text(min_size=1, max_size=40))
def test_no_path_breaks_the_register(ask: Callable[[str], Any], room: str, text: str) -> None:
    slug = quote(text, safe="", errors="surrogatepass")
    assert ask(f"/{room}/{slug}/").status_code in {200, 301, 404}


# ── Moments ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("known", "ends"),
    [
        ("2010-07-01T12:00:30-04:00", "August 31, 2010"),
        ("2010-07-01T15:59:59Z", "July 1, 2010"),
        ("2010-06-30", "July 1, 2010"),
    ],
)
def test_what_was_known_can_be_asked_for_to_the_moment(
    ask: Callable[[str], Any], known: str, ends: str
) -> None:
    answer = ask(f"{PARS}?on=2010-06-30&known={quote(known)}")
    assert answer.status_code == 200
    assert f"In force until {ends}." in Page(answer).text


@pytest.mark.parametrize("known", ["2010-07-01T12:00", "2010-07-01T25:00Z", "T", "0001-01-01T00Z"])
def test_what_is_no_moment_is_said(ask: Callable[[str], Any], known: str) -> None:
    answer = ask(f"{PARS}?known={quote(known)}")
    assert answer.status_code == 400
    assert "no day or moment" in Page(answer).text
