"""The memory: one line a change, differences, filters, two moments, a revision brought back."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from agreements.models import Agreement, Payment, Term
from revisions.models import Change
from revisions.restore import find_revision, latest_revision, restore
from tests.factories import delete, make_agreement, make_party, make_person, save, writing
from tests.revisions.samples import values

Sign = Callable[[str], Client]


@pytest.fixture
def record(db: None) -> Agreement:
    with writing(make_person("first@example.org", name="First"), "Entered from the contract"):
        return make_agreement(
            reference="MEMO-1",
            short_title="Memo",
            purpose="Officers read arrest records every day",
            recipients=["agency"],
            terms=[{"starts_on": "2017-09-01", "ends_on": "2018-08-31", "license_fee": "5600"}],
        )


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, url
    return re.sub(r"\s+", " ", response.content.decode())


def text(html: str) -> str:
    return re.sub(r"\s+", " ", strip_tags(html))


def of(record: Any, tail: str = "") -> str:
    return f"/desk/history/{record._meta.label}/{record.pk}/{tail}"


def correct(record: Any, reason: str = "A correction", by: str = "second", **new: Any) -> None:
    with writing(make_person(f"{by}@example.org", name=by.title()), reason):
        save(record, **new)


def summaries(html: str) -> list[str]:
    return [text(s).strip() for s in re.findall(r"<summary>(<time.*?)</summary>", html)]


# ── Lines ─────────────────────────────────────────────────────────────────────


def test_a_line_says_who_when_why_and_what(record: Agreement, signed_in: Sign) -> None:
    correct(record, "The letter says so", purpose="Officers read arrest records at night")
    html = page(signed_in("editor"), of(record))
    lines = summaries(html)
    assert len(lines) == 2
    assert "Second" in lines[0]
    assert "The letter says so" in lines[0]
    assert "Agreement: Memo: Purpose" in lines[0]
    assert "First" in lines[1]
    assert "entered" in lines[1]
    assert "<del>every day</del>" in html.replace("</del> <del>", " ") or "<del>every" in html
    assert "Officers read arrest records" in html


def test_the_whole_register_has_every_change_once(record: Agreement, signed_in: Sign) -> None:
    party = make_party("agency")
    correct(party, "Its new name", name="Agency of Records")
    lines = summaries(page(signed_in("council_reader"), "/desk/history/"))
    assert len(lines) == Change.objects.count() == 2
    assert "Party: Agency of Records: Name" in lines[0]


def test_money_dates_and_partial_dates_read_as_people_write_them(
    record: Agreement, signed_in: Sign
) -> None:
    term = Term.objects.get(agreement=record)
    correct(term, license_fee=Decimal("5565.00"), ends_on="2018-08-29")
    correct(term, starts_on="2017")
    html = page(signed_in("editor"), of(term))
    told = text(html)
    assert "$5,600" in told
    assert "$5,565" in told
    assert "−35.00" in told
    assert "2 days earlier" in told
    assert "<del>September 1, 2017</del>" in html
    assert "<ins>2017</ins>" in html
    assert "Last day" not in summaries(html)[0]


def test_what_a_change_left_alone_is_not_listed(record: Agreement, signed_in: Sign) -> None:
    correct(record, frequency="daily")
    html = page(signed_in("editor"), of(record))
    first = html[html.index("<summary><time") : html.rindex("<summary><time")]
    assert "Frequency" in first
    assert "Purpose" not in first


def test_a_deleted_record_keeps_its_history(record: Agreement, signed_in: Sign) -> None:
    term = Term.objects.get(agreement=record)
    url = of(term)
    with writing(reason="Entered twice"):
        delete(term)
    html = page(signed_in("editor"), url)
    assert "This record was deleted" in html
    assert "Entered twice" in summaries(html)[0]


def test_markup_in_a_record_is_shown_and_not_obeyed(record: Agreement, signed_in: Sign) -> None:
    correct(record, "<b>bold</b>", purpose="<script>alert(1)</script> two words")
    html = page(signed_in("editor"), of(record))
    assert "<script>alert" not in html
    assert "<b>bold" not in html
    assert "&lt;script&gt;" in html


def test_other_addresses_answer_404(record: Agreement, signed_in: Sign) -> None:
    client = signed_in("editor")
    for url in (
        "/desk/history/agreements.Agreement/999999/",
        "/desk/history/agreements.agreement/1/",
        "/desk/history/agreements.Deadline/1/",
        "/desk/history/accounts.User/1/",
        "/desk/history/nonsense/1/",
        "/desk/history/a.b.c/1/",
        "/desk/history/agreements.Agreement/99999999999999999999/",
    ):
        assert client.get(url).status_code == 404, url


# ── Filters ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "reasons"),
    [
        ("kind=-", ["Gone"]),
        ("kind=%2B", ["Entered from the contract"]),
        ("kind=~", ["Fee", "Name"]),
        ("field=agreements.Term.license_fee", ["Gone", "Fee", "Entered from the contract"]),
        ("field=agreements.Term.license_fee&kind=~", ["Fee"]),
        ("field=agreements.Term.notice_length&kind=~", []),
        ("field=parties.Party&kind=~", ["Name"]),
        ("since=2200-01-01", []),
        ("until=2001-01-01", []),
        ("until=2200-01-01&kind=-", ["Gone"]),
    ],
)
def test_filters(record: Agreement, signed_in: Sign, query: str, reasons: list[str]) -> None:
    term = Term.objects.get(agreement=record)
    correct(make_party("agency"), "Name", name="Other")
    correct(term, "Fee", by="third", license_fee=Decimal(1))
    with writing(reason="Gone"):
        delete(term)
    html = page(signed_in("editor"), f"/desk/history/?{query}")
    found = re.findall(r'class="why">(.*?)</span>', html)
    assert found == reasons


def test_filter_by_person(record: Agreement, signed_in: Sign) -> None:
    correct(record, "By the second", title="Other")
    second = make_person("second@example.org")
    html = page(signed_in("editor"), f"/desk/history/?by={second.pk}")
    assert re.findall(r'class="why">(.*?)</span>', html) == ["By the second"]


@pytest.mark.parametrize("query", ["by=x", "since=never", "kind=5", "field=a.b", "after=zzz"])
def test_a_filter_that_cannot_be_read_is_refused(
    record: Agreement, signed_in: Sign, query: str
) -> None:
    page(signed_in("editor"), f"/desk/history/?{query}", status=400)


def test_pages_hold_every_change_once(record: Agreement, signed_in: Sign) -> None:
    for n in range(60):
        correct(record, f"Change {n}", purpose=f"Purpose {n}")
    client, url, found = signed_in("editor"), of(record), []
    while url:
        html = page(client, url)
        found += re.findall(r'class="why">(.*?)</span>', html)
        more = re.search(r'href="([^"]*)" rel="next"', html)
        url = of(record) + more[1].replace("&amp;", "&") if more else ""
    assert found == [f"Change {n}" for n in range(59, -1, -1)] + ["Entered from the contract"]


# ── Queries ───────────────────────────────────────────────────────────────────


def test_many_changes_take_as_many_queries_as_few(
    record: Agreement, signed_in: Sign, assert_constant_queries: Callable[..., int]
) -> None:
    client = signed_in("editor")
    term = Term.objects.get(agreement=record)
    correct(record, purpose="First", department=make_party("office"))

    def grow() -> None:
        for n in range(20):
            party = make_party(f"grown-{n}")
            with writing(make_person(f"{n}@example.org", name=f"N{n}"), f"Grow {n}"):
                save(record, purpose=f"Purpose {n}", department=party)
                save(Payment(agreement=record, term=term, amount=Decimal(n), currency="USD"))

    assert_constant_queries(lambda: client.get(of(record)), grow, most=12)


def test_a_records_revisions_are_read_in_one_query(record: Agreement, signed_in: Sign) -> None:
    client = signed_in("editor")
    for n in range(20):
        correct(record, purpose=f"Purpose number {n}")
    client.get(of(record))
    with CaptureQueriesContext(connection) as asked:
        client.get(of(record))
    reads = [q for q in asked.captured_queries if "agreements_historicalterm" in q["sql"]]
    assert len(reads) <= 3  # the changes, their revisions, the names


# ── Restoring ─────────────────────────────────────────────────────────────────


def first_revision(record: Any) -> Any:
    return type(record).history.filter(id=record.pk).earliest("history_id")


def restore_url(record: Any, revision: Any) -> str:
    return of(record, f"restore/{revision.history_id}/")


def test_a_revision_is_restored_as_a_new_change(record: Agreement, signed_in: Sign) -> None:
    correct(record, purpose="Other")
    url, client = restore_url(record, first_revision(record)), signed_in("records_officer")
    assert "Officers read arrest records" in page(client, url)
    latest = latest_revision(Agreement, record.pk).history_id
    count = Agreement.history.filter(id=record.pk).count()
    answer = client.post(url, {"reason": "It was right before", "latest": latest})
    assert answer.status_code == 302
    record.refresh_from_db()
    assert record.purpose == "Officers read arrest records every day"
    assert Agreement.history.filter(id=record.pk).count() == count + 1
    last = latest_revision(Agreement, record.pk)
    assert last.history_change_reason == "It was right before"
    assert last.history_user.email == "records_officer@example.org"


def test_restoring_needs_a_reason_and_the_permission(record: Agreement, signed_in: Sign) -> None:
    correct(record, purpose="Other")
    url = restore_url(record, first_revision(record))
    latest = latest_revision(Agreement, record.pk).history_id
    for role, status in (("editor", 403), ("council_reader", 403), ("records_officer", 400)):
        answer = signed_in(role).post(url, {"reason": "", "latest": latest})
        assert answer.status_code == status, role
    kept = Client().post(url, {"reason": "x", "latest": latest})
    assert (kept.status_code, "sign in" in kept.content.decode().lower()) == (403, True)
    record.refresh_from_db()
    assert record.purpose == "Other"


def test_another_records_revision_is_not_found(record: Agreement, signed_in: Sign) -> None:
    other = make_agreement(reference="MEMO-2")
    client, url = signed_in("records_officer"), restore_url(record, first_revision(other))
    assert client.get(url).status_code == 404
    assert client.post(url, {"reason": "x", "latest": 1}).status_code == 404
    assert find_revision(Agreement, record.pk, first_revision(other).history_id) is None


def test_somebody_elses_change_in_between_is_told(record: Agreement, signed_in: Sign) -> None:
    correct(record, purpose="Other")
    seen = latest_revision(Agreement, record.pk).history_id
    correct(record, purpose="Third")
    url = restore_url(record, first_revision(record))
    answer = signed_in("records_officer").post(url, {"reason": "Back", "latest": seen})
    assert answer.status_code == 409
    assert "Somebody changed this record" in answer.content.decode()
    record.refresh_from_db()
    assert record.purpose == "Third"


def test_what_contradicts_the_record_is_refused_with_a_sentence(
    record: Agreement, signed_in: Sign
) -> None:
    term = Term.objects.get(agreement=record)
    correct(term, starts_on="2016-09-01", ends_on="2017-08-31")
    with writing():
        save(
            Term(
                agreement=record,
                number=2,
                starts_on="2017-09-01",
                ends_on="2018-08-31",
                end_kind="fixed",
            )
        )
    latest = latest_revision(Term, term.pk).history_id
    count = Change.objects.count()
    url = restore_url(term, first_revision(term))
    answer = signed_in("records_officer").post(url, {"reason": "Back", "latest": latest})
    assert answer.status_code == 409
    assert "follow each other without overlap" in text(answer.content.decode())
    assert Change.objects.count() == count


def test_a_value_that_another_record_took_is_refused(record: Agreement) -> None:
    correct(record, reference="MEMO-9", slug="memo-9")
    make_agreement(reference="MEMO-1")
    with pytest.raises(ValidationError, match="already exists"):
        restore(first_revision(record), by=make_person(), reason="Back")


def test_what_stands_already_is_refused(record: Agreement) -> None:
    with pytest.raises(ValidationError, match="already stands"):
        restore(first_revision(record), by=make_person(), reason="Back")


def test_restoring_an_early_text_does_not_unpublish(record: Agreement) -> None:
    moment = timezone.now()
    correct(record, published_at=moment, purpose="Other")
    restore(first_revision(record), by=make_person(), reason="Back")
    record.refresh_from_db()
    assert (record.purpose[:8], record.published_at) == ("Officers", moment)


def test_a_deleted_record_comes_back_under_its_own_id(record: Agreement) -> None:
    term = Term.objects.get(agreement=record)
    pk, before = term.pk, values(Term.objects.get(pk=term.pk))
    delete(term)
    deletion = latest_revision(Term, pk)
    with pytest.raises(ValidationError, match="was deleted"):
        restore(deletion, by=make_person(), reason="Back")
    restore(Term.history.filter(id=pk).earliest("history_id"), by=make_person(), reason="Back")
    assert values(Term.objects.get(pk=pk)) == before
    assert latest_revision(Term, pk).history_type == "+"


def test_a_part_of_an_agreement_that_is_gone_is_refused(record: Agreement) -> None:
    revision = first_revision(Term.objects.get(agreement=record))
    delete(record)
    with pytest.raises(ValidationError, match="no longer there"):
        restore(revision, by=make_person(), reason="Back")


def test_no_history_without_signing_in(record: Agreement, signed_in: Sign) -> None:
    for url in ("/desk/history/", of(record), of(record, "compare/")):
        assert Client().get(url).status_code == 302
        assert signed_in("").get(url).status_code == 403
        assert "no-store" in signed_in("editor").get(url)["Cache-Control"]


def test_days_are_the_citys(record: Agreement, signed_in: Sign, settings: Any) -> None:
    at = dt.datetime(2018, 6, 16, 3, 30, tzinfo=dt.UTC)  # half past eleven on June 15 in the city
    Change.objects.update(at=at)
    client = signed_in("editor")
    assert len(summaries(page(client, "/desk/history/?until=2018-06-15"))) == 1
    assert summaries(page(client, "/desk/history/?since=2018-06-16")) == []
