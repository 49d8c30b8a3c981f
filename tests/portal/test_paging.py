"""Pages of the list by keyset: every row once, in order, whatever ties and gaps there are."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import BadRequest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from agreements.models import Agreement, StatusSpan
from portal.paging import keyset_page
from portal.views import PAGE_SIZE, SORTS
from tests.factories import make_agreement, make_party, undone, writing
from tests.portal.reading import Page, query_of

ON = dt.date(2018, 6, 15)
COUNT = 120
HIDDEN = 7


@pytest.fixture(scope="module")
def many(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """120 published agreements: titles shared by five each, deadlines by many, none for some."""
    with django_db_blocker.unblock(), undone():
        with writing(reason="Many"):
            for n in range(COUNT + HIDDEN):
                ends = f"2018-{7 + n % 6:02}-28" if n % 3 else ""
                terms = [{"starts_on": "2018-01-01", "ends_on": ends}] if ends else []
                if n % 12 == 9:
                    terms = [{"starts_on": "2016-01-01", "ends_on": "2016-12-31"}]  # lapsed
                make_agreement(
                    reference=f"MANY-{n * 37 % (COUNT + HIDDEN):03}",
                    title=f"Title {n % 24:02}" if n % 2 else f"título {n % 24:02}",
                    published_at=timezone.now() if n < COUNT else None,
                    kind="license" if n % 2 else "order",
                    participations=[{"party": make_party("police"), "role": "recipient"}]
                    if n % 5 == 0
                    else [],
                    terms=terms,
                )
            # one without any span: its status is no value at all
            bare = Agreement.objects.filter(published_at__isnull=False).order_by("pk")[60]
        StatusSpan.objects.filter(agreement=bare).delete()
        with django_db_blocker.block():
            yield


@pytest.fixture
def register(many: None, db: None, settings: Any) -> None:
    settings.PACTWATCH_TODAY = ON


def walk(client: Client, url: str) -> list[list[str]]:
    """The rows of every page from the first on."""
    pages: list[list[str]] = []
    while url:
        page = Page(client.get(url))
        pages.append(page.rows())
        url = page.next_url() or ""
        assert len(pages) <= 10, "the pages go round in a circle"
    return pages


def in_order(sort: str) -> list[str]:
    """All rows in one question: by day, name or status, then by age; nothing recorded last."""
    key = {"next": "next_due_on", "name": "title", "status": "status"}[sort.removeprefix("-")]
    field = F(key)
    nulls = {} if key == "title" else {"nulls_last": True}
    if key == "status":
        nulls = {"nulls_first": True}
    by = field.asc(**nulls)
    if sort.startswith("-"):
        flipped = {"nulls_first": True} if key == "next_due_on" else {"nulls_last": True}
        by = field.desc(**({} if key == "title" else flipped))
    rows = Agreement.objects.published().with_status(ON).with_next_deadline(ON).order_by(by, "pk")
    return [row.get_absolute_url() for row in rows]


@pytest.mark.parametrize("sort", SORTS)
def test_pages_hold_every_row_once_in_order(client: Client, register: None, sort: str) -> None:
    pages = walk(client, f"/agreements/?sort={sort}")
    assert [len(rows) for rows in pages] == [PAGE_SIZE, PAGE_SIZE, COUNT - 2 * PAGE_SIZE]
    rows = [row for page in pages for row in page]
    assert len(set(rows)) == COUNT
    assert rows == in_order(sort)


def test_the_first_sort_is_by_what_comes_next(client: Client, register: None) -> None:
    assert walk(client, "/agreements/") == walk(client, "/agreements/?sort=next")


@pytest.mark.parametrize("sort", SORTS)
def test_pages_of_a_filtered_list_keep_filter_day_and_order(
    client: Client, register: None, sort: str
) -> None:
    first = f"/agreements/?sort={sort}&kind=license&on=2018-06-20"
    pages = walk(client, first)
    rows = [row for page in pages for row in page]
    assert len(rows) == len(set(rows)) == COUNT // 2
    following = Page(client.get(first)).next_url()
    assert following is not None
    query = query_of(following)
    assert (query["kind"], query["on"], query["sort"]) == (["license"], ["2018-06-20"], [sort])
    page = Page(client.get(following))
    assert page.main.one("caption").text == "60 listed"
    (back,) = [a for a in page.main.one("nav", css="pager").all("a") if "rel" not in a.attrs]
    assert "after" not in query_of(back.attrs["href"])
    assert Page(client.get(f"/agreements/{back.attrs['href']}")).rows() == pages[0]


def test_in_spanish_the_pages_are_the_same(client: Client, register: None) -> None:
    spanish = [row.removeprefix("/es") for page in walk(client, "/es/agreements/") for row in page]
    assert spanish == in_order("next")


def test_another_sort_begins_with_the_first_page(client: Client, register: None) -> None:
    second = Page(client.get("/agreements/?sort=name")).next_url()
    assert second is not None
    for link in Page(client.get(second)).main.all("a", css="sort"):
        assert "after" not in query_of(link.attrs["href"])


def test_the_heading_turns_the_order_round(client: Client, register: None) -> None:
    page = Page(client.get("/agreements/?sort=name"))
    heads = {h.text: h for h in page.main.all("th", scope="col")}
    assert heads["Agreement"].attrs["aria-sort"] == "ascending"
    assert [h.text for h in heads.values() if "aria-sort" in h.attrs] == ["Agreement"]
    turned = Page(client.get(f"/agreements/{heads['Agreement'].one('a').attrs['href']}"))
    heads = {h.text: h for h in turned.main.all("th", scope="col")}
    assert heads["Agreement"].attrs["aria-sort"] == "descending"


@pytest.mark.parametrize("sort", SORTS)
def test_a_row_that_goes_or_comes_between_two_pages_moves_no_other(
    client: Client, register: None, sort: str
) -> None:
    first = Page(client.get(f"/agreements/?sort={sort}"))
    following = first.next_url()
    assert following is not None
    rest = [row for page in walk(client, following) for row in page]
    gone = Agreement.objects.get(slug=first.rows()[-1].split("/")[-2])
    with writing():
        gone.published_at = None
        gone.save()
        make_agreement(reference="NEW", title=gone.title, published_at=timezone.now())
    assert [r for p in walk(client, following) for r in p if r != "/agreements/new/"] == rest


def test_a_list_of_exactly_one_page_has_no_next(client: Client, register: None) -> None:
    keep = Agreement.objects.published().order_by("pk").values_list("pk", flat=True)[:PAGE_SIZE]
    with writing():
        for agreement in Agreement.objects.published().exclude(pk__in=list(keep)):
            agreement.published_at = None
            agreement.save()
    page = Page(client.get("/agreements/"))
    assert len(page.rows()) == PAGE_SIZE
    assert page.next_url() is None
    with writing():
        make_agreement(reference="ONE-MORE", published_at=timezone.now())
    assert [len(rows) for rows in walk(client, "/agreements/")] == [PAGE_SIZE, 1]


# ── The page itself, without the list ─────────────────────────────────────────


@pytest.mark.parametrize("size", [1, 2, 7, 24, 119, 120, 121])
@pytest.mark.parametrize(
    "keys", [("title", "pk"), ("-title", "pk"), ("kind", "title", "pk"), ("-kind", "title", "-pk")]
)
def test_pages_of_any_size_and_order_hold_every_row_once(
    register: None, keys: tuple[str, ...], size: int
) -> None:
    published = Agreement.objects.published()
    rows, mark, rounds = [], "", 0
    while True:
        page = keyset_page(published, keys, mark, size)
        rows += page.rows
        mark = page.next
        rounds += 1
        assert rounds <= COUNT
        if not mark:
            break
    assert rows == list(published.order_by(*keys))


def test_a_mark_of_another_sort_is_refused_or_read_as_a_place(register: None) -> None:
    mark = keyset_page(Agreement.objects.published(), ("title", "pk"), "", 5).next
    with pytest.raises(BadRequest):
        keyset_page(Agreement.objects.published(), ("kind", "title", "pk"), mark, 5)
    with pytest.raises(BadRequest):
        keyset_page(Agreement.objects.published(), ("published_at", "pk"), mark, 5)
