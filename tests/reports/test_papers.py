# ruff: noqa: F811 - fixtures of the portal, asked for by their names
"""Briefs and reports as pages: names, buttons, who sees what, and what a code's page says."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from agreements.publication import withdraw
from reports.briefs import issue
from reports.briefs.editions import INTERNAL
from reports.briefs.issue import Wish
from reports.extracts.catalogue import KINDS
from reports.models import Brief
from tests.factories import make_agreement, make_person, save, writing
from tests.portal.conftest import june_2018, static_root, visit  # noqa: F401 - fixtures
from tests.portal.reading import Page

ON = dt.date(2018, 6, 15)
Visit = Callable[..., Page]


@pytest.fixture
def officer(db: None) -> Any:
    return make_person("officer@example.gov", role="records_officer")


@pytest.fixture
def public(pars: Any, officer: Any) -> Brief:
    return issue.issue(pars.pk, Wish(ON), by=officer)


@pytest.fixture
def internal(pars: Any, officer: Any) -> Brief:
    save(pars, internal_note="zqcanary")
    return issue.issue(pars.pk, Wish(ON, edition=INTERNAL), by=officer)


def test_brief_is_a_page_from_the_content_that_is_printed(
    pars: Any, june_2018: dt.date, visit: Visit
) -> None:
    page = visit("/agreements/pars-ice/brief/")
    text = page.main.text
    assert "To decide: whether to renew PARS–ICE when its term ends on August 31, 2018." in text
    for title in ("Options", "What Council can do", "Where sources disagree", "Sources"):
        assert page.main.all("h2")
        assert title in text
    picture = page.main.all("svg", css="chart")[0]
    assert picture.one("title").text
    assert picture.one("desc").text
    assert len(page.main.all("svg", css="chart")) == 11
    spanish = visit("/es/agreements/pars-ice/brief/")
    assert "Por decidir: si se renueva PARS–ICE" in spanish.main.text


def test_files_are_named_after_record_day_and_language(
    pars: Any, june_2018: dt.date, client: Client
) -> None:
    for address, name in (
        ("/agreements/pars-ice/brief.pdf", "pars-ice-brief-2018-06-15-en.pdf"),
        ("/es/agreements/pars-ice/brief.pdf?paper=a4", "pars-ice-brief-2018-06-15-es-a4.pdf"),
        ("/agreements/pars-ice/dossier/pdf", "pars-ice-dossier-2018-06-15-en.pdf"),
        ("/agreements/pars-ice/dossier/xlsx", "pars-ice-dossier-2018-06-15-en.xlsx"),
        ("/reports/deadlines/csv?on=2018-07-01", "deadlines-2018-07-01-en.csv"),
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert f'filename="{name}"' in answer["Content-Disposition"]


@pytest.mark.parametrize("name", KINDS)
def test_every_report_is_a_page_with_its_files(
    name: str, pars: Any, june_2018: dt.date, visit: Visit, client: Client
) -> None:
    page = visit(f"/reports/{name}/")
    buttons = {a.text: a.attrs["href"] for a in page.main.all("a", css="button")}
    assert list(buttons) == ["PDF", "PDF, A4", "CSV", "XLSX"]
    for address in buttons.values():
        assert client.get(f"/reports/{name}/{address}").status_code == 200
    assert visit(f"/es/reports/{name}/").main.text != page.main.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/reports/nonsense/", 404),
        ("/reports/deadlines/exe", 404),
        ("/reports/deadlines/?months=0", 400),
        ("/reports/deadlines/?months=99999999999999999999", 400),
        ("/reports/deadlines/?months=%00", 400),
        ("/reports/deadlines/?on=9999-12-31", 200),
        ("/reports/deadlines/?on=0001-01-01", 200),
        ("/reports/disclosure/?on=9999-12-31", 200),
        ("/reports/fees/pdf?paper=a0", 400),
        ("/agreements/nothing/dossier/", 404),
        ("/agreements/nothing/brief/", 404),
        ("/agreements/pars-ice/brief/?on=2018-02-30", 400),
        ("/agreements/pars-ice/brief/?on=9999-12-31", 200),
        ("/briefs/", 200),
        ("/briefs/?code=%00", 404),
        ("/briefs/%F0%9F%92%A9/", 404),
        ("/briefs/0000/", 404),
    ],
)
def test_odd_addresses_are_answered(address: str, status: int, pars: Any, client: Client) -> None:
    assert client.get(address).status_code == status


def test_code_page_says_still_current_and_then_what_changed(
    public: Brief, june_2018: dt.date, visit: Visit, settings: Any
) -> None:
    page = visit(f"/briefs/{public.code}/")
    assert "Still current" in page.main.text
    assert public.shown_code in page.main.text
    assert public.sha256 in page.main.text
    settings.PACTWATCH_TODAY = dt.date(2018, 7, 28)
    page = visit(f"/briefs/{public.code}/")
    assert "No longer current: 21 changes" in page.main.text
    row = next(r for r in page.main.all("tr") if r.text.startswith("Status"))
    assert row.text == "Status In force Ending"
    assert "Ya no está vigente" in visit(f"/es/briefs/{public.code}/").main.text


def test_code_may_be_typed_with_hyphens_in_small_letters(public: Brief, client: Client) -> None:
    answer = client.get("/briefs/", {"code": public.shown_code.lower()})
    assert answer.status_code == 302
    assert answer["Location"] == f"/briefs/{public.code}/"


def test_file_of_a_code_is_the_one_that_was_issued_and_kept_nowhere_else(
    public: Brief, client: Client
) -> None:
    address = f"/briefs/{public.code}/{public.file_name}"
    answer = client.get(address)
    assert answer.content == issue.file_of(public)
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert client.get(f"/briefs/{public.code}/other.pdf").status_code == 404
    Brief.objects.filter(pk=public.pk).update(data=b"%PDF-1.7 another")
    assert client.get(address).status_code == 503


def test_internal_and_waiting_briefs_are_there_for_staff_only(
    internal: Brief, pars: Any, client: Client
) -> None:
    waiting = issue.issue(pars.pk, Wish(ON, language="es"), by=None, is_released=False)
    addresses = [
        address
        for brief in (internal, waiting)
        for address in (f"/briefs/{brief.code}/", f"/briefs/{brief.code}/{brief.file_name}")
    ]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 404
        assert b"zqcanary" not in answer.content
    assert client.get("/briefs/", {"code": internal.code}).status_code == 404
    outsider = make_person("outsider@example.org")
    client.force_login(outsider)
    assert [client.get(a).status_code for a in addresses] == [404] * 4
    client.force_login(make_person("council@example.gov", role="council_reader"))
    assert [client.get(a).status_code for a in addresses] == [200] * 4


def test_withdrawn_record_takes_its_briefs_with_it_and_says_so(
    public: Brief, pars: Any, client: Client
) -> None:
    with writing():
        withdraw(pars, office="Law Department", reason="Entered twice")
        pars.save()
    answer = client.get(f"/briefs/{public.code}/")
    assert answer.status_code == 410
    assert "Entered twice" in answer.content.decode()
    assert client.get(f"/briefs/{public.code}/{public.file_name}").status_code == 410


def test_internal_facts_are_in_no_public_page_or_file(pars: Any, client: Client) -> None:
    save(pars, internal_note="zqcanary")
    addresses = [f"/reports/{name}/" for name in KINDS]
    addresses += [f"/reports/{name}/csv" for name in KINDS]
    addresses += ["/agreements/pars-ice/brief/", "/agreements/pars-ice/dossier/"]
    addresses += ["/agreements/pars-ice/dossier/csv", "/reports/"]
    for address in addresses:
        answer = client.get(address, {"on": "2018-06-15"})
        assert answer.status_code == 200
        assert b"zqcanary" not in answer.content


def test_unpublished_record_has_no_paper(db: None, client: Client) -> None:
    agreement = make_agreement(reference="DRAFT", title="zqcanary", recipients=["zqcanary"])
    for part in ("brief/", "brief.pdf", "dossier/", "dossier/csv"):
        answer = client.get(f"{agreement.get_absolute_url()}{part}")
        assert answer.status_code == 404
    for name in KINDS:
        assert b"zqcanary" not in client.get(f"/reports/{name}/").content


# The desk


def test_desk_shows_what_waits_and_an_officer_releases_it(
    pars: Any, officer: Any, client: Client
) -> None:
    brief = issue.issue(pars.pk, Wish(ON), by=None, is_released=False)
    client.force_login(officer)
    page = Page(client.get("/desk/briefs/"))
    assert "1 brief waits for release." in page.main.text
    assert brief.shown_code in page.main.text
    release = f"/desk/briefs/{brief.pk}/release/"
    assert client.get(release).status_code == 405
    assert client.post(release).status_code == 302
    assert Brief.objects.get().released_by == officer
    assert "0 briefs wait" in Page(client.get("/desk/briefs/")).main.text


def test_editor_issues_and_does_not_release(pars: Any, client: Client, june_2018: dt.date) -> None:
    client.force_login(make_person("editor@example.gov", role="editor"))
    words = {"agreement": "PARS-ICE", "edition": "public", "language": "es", "paper": "a4"}
    assert client.post("/desk/briefs/issue/", words).status_code == 302
    brief = Brief.objects.get()
    assert (brief.language, brief.paper, brief.released_at) == ("es", "a4", None)
    assert client.post(f"/desk/briefs/{brief.pk}/release/").status_code == 403
    assert client.post("/desk/briefs/issue/", words | {"paper": "a0"}).status_code == 400
    assert client.post("/desk/briefs/issue/", words | {"agreement": "NO"}).status_code == 404


def test_desk_of_briefs_is_closed_to_others(pars: Any, client: Client) -> None:
    addresses = ["/desk/briefs/", "/desk/agreements/pars-ice/brief.pdf"]
    assert [client.get(a).status_code for a in addresses] == [302, 302]
    client.force_login(make_person("outsider@example.org"))
    assert [client.get(a).status_code for a in addresses] == [403, 403]
    client.force_login(make_person("council@example.gov", role="council_reader"))
    assert [client.get(a).status_code for a in addresses] == [200, 200]
    assert client.post("/desk/briefs/issue/", {"agreement": "PARS-ICE"}).status_code == 403


def test_desk_warns_of_briefs_without_tags(
    pars: Any, officer: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reports.briefs.tagging import TaggedCanvas

    monkeypatch.delattr(TaggedCanvas, "_structure")
    client.force_login(officer)
    answer = client.post("/desk/briefs/issue/", {"agreement": "PARS-ICE"}, follow=True)
    text = Page(answer).main.text
    assert "This brief was printed without tags" in text
    assert "1 brief was printed without tags" in text


def test_a_large_register_shows_its_report_of_today_made_once_for_each_change(
    pars: Any, june_2018: dt.date, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal import reports

    made: list[str] = []
    build = reports.KINDS["fees"].build
    counted = replace(
        reports.KINDS["fees"], build=lambda wanted: made.append("fees") or build(wanted)
    )
    monkeypatch.setitem(reports.KINDS, "fees", counted)
    monkeypatch.setattr(reports, "MOST_AGREEMENTS", 1)
    monkeypatch.setattr(reports, "KEPT_SECONDS", 10**9)
    for path in ("/reports/fees/", "/reports/fees/?months=7", "/reports/fees/csv?months=9"):
        assert client.get(path).status_code == 200
    assert len(made) == 1
    refused = client.get("/reports/fees/?on=2018-06-14")
    assert refused.status_code == 400
    assert "today only" in refused.content.decode()
    save(pars, title="Another title")
    assert client.get("/reports/fees/").status_code == 200
    assert len(made) == 2
    assert client.get("/reports/deadlines/?on=2018-06-14").status_code == 200


def test_staff_read_reports_and_the_dossier_with_what_is_internal(
    pars: Any, june_2018: dt.date, officer: Any, client: Client
) -> None:
    save(pars, internal_note="zqcanary")
    draft = make_agreement(reference="DRAFT-7", title="zqdraft")
    client.force_login(officer)
    page = client.get("/desk/agreements/pars-ice/dossier/").content.decode()
    assert "zqcanary" in page
    assert "internal edition, not for release" in page
    answer = client.get("/desk/agreements/pars-ice/dossier/csv")
    assert 'filename="pars-ice-dossier-2018-06-15-en-internal.csv"' in answer["Content-Disposition"]
    assert "zqcanary" in answer.content.decode("utf-8-sig")
    assert "zqdraft" in client.get("/desk/reports/completeness/").content.decode()
    assert client.get("/desk/reports/completeness/pdf").content.startswith(b"%PDF")
    assert client.get(f"/desk/agreements/{draft.slug}/dossier/").status_code == 200
    for path in (
        "/desk/reports/nonsense/",
        "/desk/reports/fees/doc",
        "/desk/agreements/x/dossier/",
    ):
        assert client.get(path).status_code == 404
    client.logout()
    assert b"zqcanary" not in client.get("/agreements/pars-ice/dossier/").content


def test_a_report_looks_as_far_ahead_as_is_asked_and_comes_on_either_paper(
    pars: Any, june_2018: dt.date, visit: Visit
) -> None:
    page = visit("/reports/deadlines/?months=24")
    assert "Deadlines of the next 24 months" in page.main.text
    chosen = [o.text for o in page.main.all("option") if "selected" in o.attrs]
    assert chosen == ["24"]
    papers = [a.attrs["href"] for a in page.main.all("a", css="button")]
    assert "pdf?months=24&on=2018-06-15&paper=a4" in papers
