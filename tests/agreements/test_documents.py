"""Documents: entered, published, redacted, searched, handed out whole; and incidents."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from agreements.models import Agreement, Deadline, Document
from sources.files import path_of
from tests.factories import PNG, facts_of, make_agreement, make_file, make_person, save, writing
from tests.portal.reading import Page, Sure
from tests.sources.test_files import a_script, clear, covered, made

GROUND = {"is_internal": True, "withheld_ground": "Right-to-Know Law § 708"}


@pytest.fixture(autouse=True)
def june(settings: Any, tmp_path: Path) -> None:
    settings.PACTWATCH_TODAY = dt.date(2018, 6, 15)
    settings.STATIC_ROOT = str(tmp_path)


@pytest.fixture
def agreement(db: None) -> Agreement:
    return make_agreement(
        reference="CITY-ICE",
        published_at=timezone.now(),
        terms=[{"starts_on": "2017-09-01", "ends_on": "2018-08-31"}],
    )


@pytest.fixture
def desk(agreement: Agreement) -> Client:
    client = Sure()
    client.force_login(make_person("editor@example.org", role="editor", name="Eda"))
    return client


def pdf(tmp_path: Path, *pages: Any, name: str = "text.pdf") -> dict[str, Any]:
    return make_file(made(tmp_path / name, *pages).read_bytes(), name)


def document(agreement: Agreement, **more: Any) -> Document:
    return save(Document(agreement=agreement, **({"title": "Text"} | more)))


# ── What may be published ─────────────────────────────────────────────────────


def test_a_twin_with_covered_text_is_refused_naming_the_page(
    agreement: Agreement, tmp_path: Path
) -> None:
    original = document(agreement, **pdf(tmp_path, clear, clear), **GROUND)
    with pytest.raises(ValidationError, match="covered but can be copied, on page 2"):
        document(agreement, redacts=original, **pdf(tmp_path, clear, covered))
    document(agreement, redacts=original, **pdf(tmp_path, clear))
    assert [d.redacts for d in Document.objects.order_by("pk")] == [None, original]


def test_covered_text_is_not_published_by_forgetting_to_say_that_it_is_a_twin(
    agreement: Agreement, tmp_path: Path
) -> None:
    file = pdf(tmp_path, clear, covered)
    with pytest.raises(ValidationError, match="covered but can be copied, on page 2"):
        document(agreement, **file)
    kept = document(agreement, **file, **GROUND)
    with pytest.raises(ValidationError, match="covered but can be copied"):
        save(kept, is_internal=False, withheld_ground="")


def test_a_twin_is_not_the_original(agreement: Agreement, tmp_path: Path) -> None:
    file = pdf(tmp_path, clear)
    original = document(agreement, **file, **GROUND)
    with pytest.raises(ValidationError, match="the very file"):
        document(agreement, redacts=original, **file)
    with pytest.raises(ValidationError, match="is a PDF"):
        document(agreement, redacts=original, **make_file(PNG))


def test_what_may_hold_more_than_it_shows_is_kept_but_not_published(
    agreement: Agreement, tmp_path: Path
) -> None:
    import pikepdf

    with pikepdf.open(made(tmp_path / "plain.pdf", clear)) as plain:
        a_script(plain)
        plain.save(tmp_path / "script.pdf")
    files = {
        "holds scripts": make_file((tmp_path / "script.pdf").read_bytes(), "script.pdf"),
        "cannot be opened": make_file(b"%PDF-1.7 not one", "broken.pdf"),
        "of this format": make_file(b"PK\x03\x04 a letter", "letter.docx"),
    }
    for said, file in files.items():
        with pytest.raises(ValidationError, match=said):
            document(agreement, **file)
        kept = document(agreement, **file, **GROUND)
        with pytest.raises(ValidationError, match=said):
            save(kept, is_internal=False, withheld_ground="")


def test_a_document_names_a_file_that_is_kept(agreement: Agreement) -> None:
    with pytest.raises(ValidationError, match="Choose the file"):
        document(agreement, **make_file() | {"sha256": "0" * 64})


# ── Handed out ────────────────────────────────────────────────────────────────


def test_a_public_document_is_a_download_and_nothing_else(
    agreement: Agreement, client: Client
) -> None:
    found = document(agreement, **make_file(name="Größe der\r\nAkte.png"))
    answer = client.get(found.get_absolute_url())
    assert b"".join(answer.streaming_content) == PNG  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "\r" not in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox;")


def test_what_is_not_public_is_not_there(agreement: Agreement, client: Client) -> None:
    hidden = document(agreement, **make_file(), **GROUND)
    later = document(
        agreement, **make_file(), embargoed_until=timezone.now() + dt.timedelta(days=1)
    )
    gone = f"/agreements/city-ice/documents/{later.pk + 1}/"
    answers = [client.get(url) for url in (hidden.get_absolute_url(), gone)]
    answers.append(client.get(later.get_absolute_url()))
    assert [a.status_code for a in answers] == [404] * 3
    said = [re.sub(rb"documents/\d+/", b"", a.content) for a in answers]  # the address itself
    assert len(set(said)) == 1
    assert "Text" not in Page(client.get("/agreements/city-ice/")).section("sources").text


def test_staff_have_the_original_and_the_public_its_twin(
    agreement: Agreement, desk: Client, client: Client, tmp_path: Path
) -> None:
    original = document(agreement, **pdf(tmp_path, clear, covered), **GROUND)
    twin = document(agreement, redacts=original, title="Redacted", **pdf(tmp_path, clear))
    page = Page(client.get("/agreements/city-ice/"))
    assert "Redacted" in page.section("sources").text
    assert "redacted copy" in page.section("sources").text
    assert client.get(twin.get_absolute_url()).status_code == 200
    for which in (original, twin):
        assert desk.get(f"/desk/agreements/city-ice/documents/{which.pk}/file/").status_code == 200


@pytest.mark.parametrize("damage", ["flipped", "gone"])
def test_a_damaged_file_is_refused_and_reported(
    agreement: Agreement, desk: Client, client: Client, damage: str, capsys: Any
) -> None:
    found = document(
        agreement, **make_file(b"\xff\xd8\xff\xe0" + damage.encode(), "p.jpg"), **GROUND
    )
    call_command("verify_documents")
    assert "1 files, all as they were taken in." in capsys.readouterr().out
    place = path_of(found.sha256)
    if damage == "gone":
        place.unlink()
    else:
        place.write_bytes(b"Another")
    answer = desk.get(f"/desk/agreements/city-ice/documents/{found.pk}/file/")
    assert answer.status_code == 503
    assert b"checksum differs" in answer.content
    with pytest.raises(CommandError, match="1 of 1 files"):
        call_command("verify_documents")
    assert f"CITY-ICE: p.jpg {'is missing' if damage == 'gone' else 'differs'}" in (
        capsys.readouterr().out
    )


# ── Searched ──────────────────────────────────────────────────────────────────


def finds(client: Client, words: str, where: str = "/agreements/") -> bool:
    return "CITY-ICE" in client.get(where, {"q": words}).content.decode() or (
        "/agreements/city-ice/" in client.get(where, {"q": words}).content.decode()
    )


def test_the_text_of_public_documents_is_searched_by_all_and_the_rest_by_staff(
    agreement: Agreement, desk: Client, client: Client, tmp_path: Path
) -> None:
    def secret(canvas: Any) -> None:
        canvas.drawString(72, 700, "Quillfeather")

    original = document(agreement, **pdf(tmp_path, secret), **GROUND)
    document(agreement, redacts=original, **pdf(tmp_path, clear, name="twin.pdf"))
    assert finds(client, "shares arrests")
    assert not finds(client, "quillfeather")
    assert finds(desk, "quillfeather", "/desk/agreements/")
    call_command("rebuild_deadlines", "--check")


# ── Entered at the desk ───────────────────────────────────────────────────────


def test_a_file_is_chosen_once_however_often_the_form_comes_back(
    agreement: Agreement, desk: Client
) -> None:
    url = "/desk/agreements/city-ice/documents/new/"
    typed = {"title": "", "reason": "The letter", "file": SimpleUploadedFile("l.png", PNG)}
    refused = desk.post(url, typed)
    assert refused.status_code == 422
    assert "l.png is chosen" in refused.content.decode()
    kept = refused.context["form"]["kept"].value()
    saved = desk.post(url, {"title": "A letter", "reason": "The letter", "kept": kept})
    assert saved.status_code == 302
    found = Document.objects.get()
    assert (found.title, found.file_name, found.size) == ("A letter", "l.png", len(PNG))


@pytest.mark.parametrize("token", ["", "made up", "WyJhIl0:1:x"])
def test_a_document_without_a_file_is_refused(
    agreement: Agreement, desk: Client, token: str
) -> None:
    answer = desk.post(
        "/desk/agreements/city-ice/documents/new/",
        {"title": "A letter", "reason": "The letter", "kept": token},
    )
    assert answer.status_code == 422
    assert "Choose the file." in answer.content.decode()
    assert Document.objects.count() == 0


def test_another_file_takes_the_place_and_both_stay(agreement: Agreement, desk: Client) -> None:
    found = document(agreement, **make_file(), **GROUND)
    url = f"/desk/agreements/city-ice/documents/{found.pk}/"
    form = desk.get(url).context["form"]
    typed = {
        "title": "Text", "reason": "A better scan", "version": form["version"].value(),
        "file": SimpleUploadedFile("new.bin", b"Better"), "is_internal": "on",
        "withheld_ground": "Right-to-Know Law § 708",
    }  # fmt: skip
    assert desk.post(url, typed).status_code == 302
    names = [row.file_name for row in Document.history.order_by("history_id")]  # type: ignore[attr-defined]
    assert names == ["page.png", "new.bin"]
    call_command("verify_documents")


# ── Incidents ─────────────────────────────────────────────────────────────────


def test_an_incident_is_to_be_notified_by_its_day_and_shown_as_what_it_is(
    client: Client, db: None
) -> None:
    agreement = make_agreement(
        reference="CITY-ICE",
        published_at=timezone.now(),
        terms=[{"starts_on": "2017-09-01", "ends_on": "2018-08-31"}],
        recipients=["ice"],
        incidents=[
            {
                "kind": "breach", "title": "A list was mailed", "occurred_on": "2018-06-01",
                "notify": "ice", "notify_due_on": dt.date(2018, 6, 20),
            }
        ],
    )  # fmt: skip
    row = Deadline.objects.get(source_model="agreements.Incident")
    assert (row.kind, row.due_on, row.settled_on) == ("obligation", dt.date(2018, 6, 20), None)
    page = Page(client.get("/agreements/city-ice/"))
    shown = page.text
    for said in ("A list was mailed", "alleged", "To be notified by June 20, 2018"):
        assert said in shown
    incident = agreement.incident_set.get()
    save(incident, notified_on="2018-06-18", closed_on="2018-06-19", outcome="Mended")
    row.refresh_from_db()
    assert row.settled_on == dt.date(2018, 6, 18)
    then = facts_of(agreement).on(dt.date(2018, 6, 18)).incidents[0]
    assert (str(then.notified_on), then.closed_on, then.outcome) == ("2018-06-18", None, "")
    with writing():
        incident.refresh_from_db()
        incident.standing = "confirmed"
        incident.save()
    assert "confirmed" in Page(client.get("/agreements/city-ice/")).text
