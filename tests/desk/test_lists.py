"""The staff's list: columns, order, views, files, one change for many; all in few queries."""

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from agreements.bulk import REVIEW, Refused, change_many, what_follows
from agreements.models import Agreement, Review, SavedView
from desk.columns import COLUMNS
from reports import tables
from revisions.models import Change
from tests.factories import make_agreement, make_party, make_person, save, writing

Sign = Callable[[str], Client]
LIST = "/desk/agreements/"
CHANGE = "/desk/agreements/change/"


@pytest.fixture
def three(db: None, settings: Any) -> list[Agreement]:
    """A published agreement, a draft and one with odd letters."""
    settings.PACTWATCH_TODAY = dt.date(2018, 6, 15)
    with writing(reason="Three"):
        return [
            make_agreement(
                reference="LIST-A",
                title="Arrest records",
                published_at=timezone.now(),
                recipients=["agency"],
                terms=[{"starts_on": "2017-09-01", "ends_on": "2018-08-31", "license_fee": "5600"}],
            ),
            make_agreement(reference="LIST-B", title="Draft only", internal_note="Zebrafish"),
            make_agreement(reference="LIST-C", title="=1+1", published_at=timezone.now()),
        ]


def get(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, f"{url}: {response.status_code}"
    return re.sub(r"\s+", " ", response.content.decode())


def content(client: Client, url: str) -> bytes:
    response = client.get(url)
    assert response.status_code == 200, url
    assert response["Content-Disposition"].startswith("attachment; filename=")
    return b"".join(response) if response.streaming else response.content


def references(html: str) -> list[str]:
    return re.findall(r'aria-label="Choose ([^"]*)"', html)


# ── The list ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "ABC"),
        ("?sort=-reference", "CBA"),
        ("?sort=name", "CAB"),
        ("?publication=draft", "B"),
        ("?publication=published&sort=reference", "AC"),
        ("?q=zebra", "B"),
        ("?status=in_force", "A"),
        ("?officer=null&sort=reference", "ABC"),
        ("?party=agency", "A"),
        ("?within=90", "A"),
        ("?q=nothing", ""),
    ],
)
def test_staff_see_all_records(three: Any, signed_in: Sign, query: str, found: str) -> None:
    html = get(signed_in("editor"), LIST + query)
    assert references(html) == [f"LIST-{letter}" for letter in found]


def test_publication_tells_embargoed_and_withdrawn_apart(three: Any, signed_in: Sign) -> None:
    now = timezone.now()
    save(three[0], withdrawn_at=now, withdrawn_office="Clerk", withdrawn_reason="A name")
    save(three[2], published_at=now + dt.timedelta(days=40))
    client = signed_in("editor")
    for state, letter in (
        ("withdrawn", "A"),
        ("embargoed", "C"),
        ("draft", "B"),
        ("published", ""),
    ):
        html = get(client, f"{LIST}?publication={state}&column=title&column=published")
        assert references(html) == [f"LIST-{name}" for name in letter]
        said = {"withdrawn": ">withdrawn<", "embargoed": ">from ", "draft": ">not published<"}
        assert said.get(state, "") in html


def test_columns_are_chosen(three: Any, signed_in: Sign) -> None:
    html = get(signed_in("editor"), f"{LIST}?column=fee&column=title&column=unheard")
    table = html[html.index("<thead>") : html.index("</tbody>")]
    assert re.findall(r'scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)<', table) == [
        "Agreement",
        "License fee",
    ]
    assert "$5,600" in table


def test_every_column_can_be_shown_and_said_in_a_file(three: Any, signed_in: Sign) -> None:
    query = "&".join(f"column={key}" for key in COLUMNS)
    client = signed_in("editor")
    get(client, f"{LIST}?{query}")
    rows = json.loads(content(client, f"{LIST}?{query}&format=json&sort=reference"))
    assert list(rows[0]) == list(COLUMNS)
    assert rows[0]["gets"] == ["Agency"]
    assert rows[0]["last_day"] == "2018-08-31"
    assert rows[1]["published"] == "not published"


@pytest.mark.parametrize(
    "query", ["sort=internal_note", "format=pdf", "on=never", "status=odd", "after=x", "officer=x"]
)
def test_what_cannot_be_read_is_refused(three: Any, signed_in: Sign, query: str) -> None:
    get(signed_in("editor"), f"{LIST}?{query}", status=400)


def test_only_staff_open_it(three: Any, signed_in: Sign) -> None:
    assert Client().get(LIST).status_code == 302
    get(signed_in(""), LIST, status=403)
    html = get(signed_in("council_reader"), LIST)
    assert references(html) == []  # nothing to choose for who may not change
    assert "LIST-B" in html


def test_many_agreements_take_as_many_queries_as_few(
    three: Any, signed_in: Sign, assert_constant_queries: Callable[..., int]
) -> None:
    client = signed_in("editor")

    def grow() -> None:
        with writing(reason="Grow"):
            for n in range(20):
                person = make_person(f"officer-{n}@example.org", name=f"Officer {n}")
                make_agreement(
                    reference=f"GROW-{n}",
                    recipients=[f"body-{n}"],
                    department=make_party(f"office-{n}"),
                    responsible_officer=person,
                    deputy=person,
                    terms=[{"starts_on": "2018-01-01", "ends_on": "2018-12-31"}],
                )

    save(three[0], responsible_officer=make_person(), department=make_party("office"))
    query = "&".join(f"column={key}" for key in COLUMNS)
    assert_constant_queries(lambda: client.get(f"{LIST}?{query}"), grow, most=14)


# ── As known then ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("query", ["q=pars", "within=30"])
def test_what_looks_at_now_is_refused_for_then(
    three: Any, client: Client, signed_in: Sign, query: str
) -> None:
    for who, url in ((signed_in("editor"), LIST), (client, "/agreements/")):
        html = get(who, f"{url}?known=2018-06-30&{query}", status=400)
        assert "looks at the register as it is now" in html


def test_a_name_given_later_is_not_shown_for_then(client: Client, three: Any) -> None:
    with time_machine.travel("2099-01-01T12:00:00Z", tick=False):
        save(three[0], title="Renamed far ahead", kind="license")
    then = get(client, "/agreements/?known=2098-01-01")
    assert "Renamed" not in then
    assert "Arrest records" in then
    assert "Arrest records" not in get(client, "/agreements/?known=2098-01-01&kind=license")
    assert "Renamed" in get(client, "/agreements/?kind=license")


# ── Files ─────────────────────────────────────────────────────────────────────


def test_csv_holds_what_is_shown_and_no_formula(three: Any, signed_in: Sign) -> None:
    url = f"{LIST}?column=reference&column=title&column=next&sort=reference&format=csv"
    raw = content(signed_in("editor"), url)
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert rows[0] == ["Reference", "Agreement", "Next"]
    assert rows[1][:2] == ["LIST-A", "Arrest records"]
    assert re.fullmatch(r"2018-\d\d-\d\d", rows[1][2])
    assert rows[3] == ["LIST-C", "'=1+1", ""]


@pytest.mark.parametrize("title", ["=1", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_no_cell_begins_like_a_formula(three: Any, client: Client, title: str) -> None:
    save(three[0], title=title)
    raw = content(client, "/agreements/?format=csv").decode("utf-8-sig")
    assert f"'{title}" in raw
    book = openpyxl.load_workbook(io.BytesIO(content(client, "/agreements/?format=xlsx")))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)


def test_xlsx_holds_real_dates_and_odd_letters(three: Any, client: Client) -> None:
    save(three[0], title="Bell \x07 and ü")
    book = openpyxl.load_workbook(
        io.BytesIO(content(client, "/agreements/?format=xlsx&sort=-next"))
    )
    rows = [list(row) for row in book.active.iter_rows(values_only=True)]
    dated = next(row for row in rows if row[0] == "LIST-A")
    assert dated[1] == "Bell \ufffd and ü"
    assert dated[5].year == 2018


def test_public_files_hold_published_records_alone(three: Any, client: Client) -> None:
    for form in ("csv", "json", "xlsx"):
        raw = content(client, f"/agreements/?format={form}")
        if form != "xlsx":
            assert b"LIST-A" in raw
            assert b"LIST-B" not in raw
            assert b"Zebrafish" not in raw
    rows = json.loads(content(client, "/agreements/?format=json&status=in_force"))
    assert [row["reference"] for row in rows] == ["LIST-A"]
    assert rows[0]["address"].endswith("/agreements/list-a/")
    assert json.loads(content(client, "/agreements/?format=json&q=nothing")) == []
    get(client, "/agreements/?format=pdf", status=400)


# ── Saved views ───────────────────────────────────────────────────────────────


def test_a_view_keeps_filters_columns_and_order(three: Any, signed_in: Sign) -> None:
    client = signed_in("editor")
    kept = "column=title&sort=-name&status=in_force"
    get(client, f"/desk/views/save/?{kept}")
    answer = client.post("/desk/views/save/", {"name": "Mine", "query": f"{kept}&evil=1&after=x"})
    assert answer.status_code == 302
    view = SavedView.objects.get()
    assert (view.query, view.is_shared) == (kept, False)
    html = get(client, f"{LIST}?{view.query}")
    assert 'aria-current="true">Mine' in html
    assert "Mine" not in get(signed_in("council_reader"), LIST)


def test_a_shared_view_is_everybodys_and_deleted_by_its_owner(three: Any, signed_in: Sign) -> None:
    owner, other = signed_in("editor"), signed_in("council_reader")
    owner.post("/desk/views/save/", {"name": "Ours", "query": "", "is_shared": "on"})
    view = SavedView.objects.get()
    assert "shared by Editor" in get(other, LIST)
    assert other.post(f"/desk/views/{view.pk}/delete/").status_code == 403
    assert owner.get(f"/desk/views/{view.pk}/delete/").status_code == 200
    assert SavedView.objects.exists()
    owner.post(f"/desk/views/{view.pk}/delete/")
    assert not SavedView.objects.exists()


def test_a_view_of_somebody_else_is_not_found(three: Any, signed_in: Sign) -> None:
    owner, other = signed_in("editor"), signed_in("council_reader")
    owner.post("/desk/views/save/", {"name": "Mine", "query": ""})
    assert other.post(f"/desk/views/{SavedView.objects.get().pk}/delete/").status_code == 404


def test_a_name_is_needed_and_taken_once(three: Any, signed_in: Sign) -> None:
    client = signed_in("editor")
    assert client.post("/desk/views/save/", {"name": "", "query": ""}).status_code == 400
    assert client.post("/desk/views/save/", {"name": "One", "query": ""}).status_code == 302
    again = client.post("/desk/views/save/", {"name": "One", "query": ""})
    assert again.status_code == 400
    assert "choose another" in again.content.decode()


# ── One change for many ───────────────────────────────────────────────────────


def test_many_are_changed_in_one_change(three: Any) -> None:
    officer, by = make_person("officer@example.org"), make_person("by@example.org")
    count = Change.objects.count()
    changed = change_many(
        [a.pk for a in three], {"responsible_officer": officer}, by=by, reason="She takes over"
    )
    assert len(changed) == 3
    entry = Change.objects.latest("pk")
    assert (Change.objects.count(), entry.reason, entry.by) == (count + 1, "She takes over", by)
    for agreement in three:
        last = Agreement.history.filter(id=agreement.pk).latest("history_id")
        assert (last.responsible_officer_id, last.change_id) == (officer.pk, entry.pk)
        assert last.changed == "responsible_officer_id"


def test_the_day_of_the_review_is_set_for_many(three: Any) -> None:
    day, ids = dt.date(2018, 9, 3), [a.pk for a in three]
    save(Review(agreement=three[0], considerations="Begun"))
    changed, moved = what_follows(ids, {REVIEW: day}, by=make_person())
    assert (len(changed), {row[3] for row in moved}) == (3, {day})
    assert Review.objects.count() == 1
    change_many(ids, {REVIEW: day}, by=make_person(), reason="After the session")
    assert set(Review.objects.values_list("agreement", "due_on")) == {(pk, day) for pk in ids}
    assert Review.objects.get(agreement=three[0]).considerations == "Begun"
    assert change_many(ids, {REVIEW: day}, by=make_person(), reason="Again") == []


def test_if_one_is_refused_none_is_changed(three: Any) -> None:
    count = Change.objects.count()
    with pytest.raises(Refused, match=r"LIST-A.*1 or more"):
        change_many(
            [a.pk for a in three], {"review_interval_months": 0}, by=make_person(), reason="x"
        )
    with pytest.raises(Refused, match="no longer there"):
        change_many([three[0].pk, 10**9], {"deputy": make_person()}, by=make_person(), reason="x")
    assert Change.objects.count() == count
    assert not Agreement.objects.exclude(deputy=None).exists()


def test_only_some_fields_change_for_many(three: Any) -> None:
    for values in ({"title": "x"}, {}, {"published_at": None}):
        with pytest.raises(ValueError, match="Only these"):
            change_many([three[0].pk], values, by=make_person(), reason="x")
    with pytest.raises(ValueError, match="At most"):
        change_many(range(1, 600), {"deputy": None}, by=make_person(), reason="x")


def test_a_preview_says_what_follows_and_writes_nothing(three: Any) -> None:
    count, revisions = Change.objects.count(), Agreement.history.count()
    changed, moved = what_follows(
        [a.pk for a in three], {"review_interval_months": 6}, by=make_person()
    )
    assert len(changed) == 3
    assert all(len(row) == 4 for row in moved)
    assert (Change.objects.count(), Agreement.history.count()) == (count, revisions)
    assert not Agreement.objects.exclude(review_interval_months=None).exists()


def test_the_page_previews_then_saves(three: Any, signed_in: Sign) -> None:
    client, deputy = signed_in("editor"), make_person("deputy@example.org", name="Deputy Dee")
    ids = [three[0].pk, three[1].pk]
    html = get(client, CHANGE + "?" + "&".join(f"id={pk}" for pk in ids))
    assert "2 agreements are chosen" in html
    data = {"id": ids, "change_deputy": "on", "deputy": deputy.pk, "reason": "Holidays"}
    preview = client.post(CHANGE, {**data, "step": "preview"}).content.decode()
    assert "Nothing has been saved yet" in preview
    assert preview.count("<ins>Deputy Dee</ins>") == 2
    assert not Agreement.objects.filter(deputy=deputy).exists()
    unseen = client.post(CHANGE, {**data, "step": "save"}).content.decode()
    assert "Nothing has been saved yet" in unseen, "it was not previewed"
    typed = re.search(r'name="confirmed" value="(\w+)"', preview)
    assert typed
    other = client.post(CHANGE, {**data, "deputy": "", "step": "save", "confirmed": typed[1]})
    assert other.status_code == 200, "not what was previewed"
    assert not Agreement.objects.filter(deputy=deputy).exists()
    answer = client.post(CHANGE, {**data, "step": "save", "confirmed": typed[1]}, follow=True)
    assert "2 agreements were changed" in answer.content.decode()
    assert set(Agreement.objects.filter(deputy=deputy).values_list("pk", flat=True)) == set(ids)
    again = client.post(CHANGE, {**data, "step": "preview"}).content.decode()
    assert "nothing to change" in again


@pytest.mark.parametrize(
    "data",
    [
        {"deputy": "", "reason": "x"},  # nothing is marked
        {"change_deputy": "on", "reason": ""},
        {"change_review_interval_months": "on", "review_interval_months": "0", "reason": "x"},
        {"change_deputy": "on", "deputy": "999999", "reason": "x"},
    ],
)
def test_an_incomplete_form_changes_nothing(three: Any, signed_in: Sign, data: dict) -> None:
    count = Change.objects.count()
    answer = signed_in("editor").post(CHANGE, {**data, "id": [three[0].pk], "step": "save"})
    assert answer.status_code == 400
    assert Change.objects.count() == count


def test_nothing_chosen_is_told(three: Any, signed_in: Sign) -> None:
    for query in ("", "?id=x", "?id=99999999999999999999", "?id=999999"):
        assert "Choose at least one" in get(signed_in("editor"), CHANGE + query, status=400)


def test_readers_change_nothing(three: Any, signed_in: Sign) -> None:
    data = {"id": [three[0].pk], "change_deputy": "on", "reason": "x", "step": "save"}
    assert signed_in("council_reader").post(CHANGE, data).status_code == 403


def test_a_workbook_bears_no_moment_of_its_making() -> None:
    made = set()
    for second in (0, 5):
        moment = dt.datetime(2018, 6, 15, 12, 0, second, tzinfo=dt.UTC)
        with time_machine.travel(moment, tick=False):
            made.add(tables.xlsx([("name", "Name")], [["x"]]))
    assert len(made) == 1
