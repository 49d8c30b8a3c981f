"""Kept files: whole or not at all; and what in a PDF must not be published."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from reportlab.pdfgen.canvas import Canvas

from sources import reading
from sources.files import DamagedFileError, keep, path_of, read_whole
from sources.models import StoredFile
from tests.factories import PNG

Draw = Callable[[Canvas], Any]


def made(path: Path, *pages: Draw) -> Path:
    """A PDF of some pages."""
    canvas = Canvas(str(path))
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return path


def clear(canvas: Canvas) -> None:
    """Every letter can be seen, the thinnest too."""
    canvas.setFont("Helvetica", 6)
    for line in range(40):
        canvas.drawString(72, 780 - 12 * line, "The city shares arrests: i.l,;:'`-_ “Größe” · ñ")
    canvas.setFillGray(0.55)
    canvas.drawString(72, 200, "Pale, but to be seen")


def covered(canvas: Canvas) -> None:
    canvas.drawString(72, 700, "A name")
    canvas.rect(70, 690, 90, 22, fill=1)


def white(canvas: Canvas) -> None:
    canvas.setFillGray(1)
    canvas.drawString(72, 700, "A name")


def drawn_as_nothing(canvas: Canvas) -> None:
    text = canvas.beginText(72, 700)
    text.setTextRenderMode(3)
    text.textLine("A name")
    canvas.drawText(text)


def off_the_page(canvas: Canvas) -> None:
    canvas.drawString(-300, 700, "A name")


@pytest.mark.parametrize("hide", [covered, white, drawn_as_nothing, off_the_page])
def test_text_that_can_be_copied_but_not_seen_is_found_on_its_page(
    hide: Draw, tmp_path: Path
) -> None:
    found = reading.read(made(tmp_path / "twin.pdf", clear, hide, clear))
    assert found["findings"] == {"hidden": [2]}
    assert found["pages"] == 3


def test_nothing_is_found_where_all_can_be_seen(tmp_path: Path) -> None:
    found = reading.read(made(tmp_path / "clear.pdf", clear, clear))
    assert found["findings"] == {}
    assert "Größe" in found["text"]


def a_script(pdf: Any) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def a_program(pdf: Any) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="x.exe")


def a_file(pdf: Any) -> None:
    pdf.attachments["names.csv"] = b"A name"


@pytest.mark.parametrize(
    ("put", "finding"), [(a_script, "scripts"), (a_program, "scripts"), (a_file, "embedded")]
)
@pytest.mark.parametrize("packed", [False, True])
def test_what_a_pdf_carries_is_found(
    put: Callable[[Any], None], finding: str, packed: bool, tmp_path: Path
) -> None:
    mode = pikepdf.ObjectStreamMode
    with pikepdf.open(made(tmp_path / "plain.pdf", clear)) as pdf:
        put(pdf)
        pdf.save(
            tmp_path / "more.pdf", object_stream_mode=mode.generate if packed else mode.disable
        )
    assert reading.read(tmp_path / "more.pdf")["findings"] == {finding: []}


def test_an_earlier_version_in_the_file_is_found(tmp_path: Path) -> None:
    from pypdf import PdfWriter

    plain = made(tmp_path / "plain.pdf", clear)
    writer = PdfWriter(plain, incremental=True)
    writer.add_metadata({"/Title": "Changed"})
    writer.write(tmp_path / "changed.pdf")
    assert reading.read(tmp_path / "changed.pdf")["findings"] == {"earlier": []}


def test_a_linearized_pdf_is_no_changed_one(tmp_path: Path) -> None:
    with pikepdf.open(made(tmp_path / "plain.pdf", clear)) as pdf:
        pdf.save(tmp_path / "fast.pdf", linearize=True)
    assert reading.read(tmp_path / "fast.pdf")["findings"] == {}


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"%PDF-1.7 " + bytes(range(256)) * 40, b""])
def test_what_cannot_be_opened_is_said_to_be_so(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(content)
    found = reading.read(tmp_path / "broken.pdf")
    assert found == {"pages": None, "text": "", "findings": {"unreadable": []}}


def test_a_pdf_with_a_password_is_kept_and_said_to_be_unreadable(tmp_path: Path) -> None:
    with pikepdf.open(made(tmp_path / "plain.pdf", clear)) as pdf:
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
    assert reading.read(tmp_path / "locked.pdf")["findings"] == {"unreadable": []}


# ── Kept ──────────────────────────────────────────────────────────────────────


def test_the_same_bytes_are_kept_once_whatever_their_name(db: None) -> None:
    first, second = (keep(SimpleUploadedFile(name, PNG)) for name in ("a.png", "b.exe"))
    assert first == second
    assert (first.media_type, first.size) == ("image/png", len(PNG))
    assert StoredFile.objects.count() == 1
    assert read_whole(first.pk) == PNG


@pytest.mark.parametrize("damage", ["flipped", "truncated", "swapped", "gone"])
def test_a_damaged_file_is_never_read(db: None, damage: str) -> None:
    stored = keep(SimpleUploadedFile("letter.bin", f"A letter, {damage}".encode()))
    place = path_of(stored.pk)
    content = place.read_bytes()
    if damage == "gone":
        place.unlink()
    else:
        place.write_bytes(
            {
                "flipped": bytes([content[0] ^ 1]) + content[1:],
                "truncated": content[:-1],
                "swapped": b"Another letter",
            }[damage]
        )
    with pytest.raises(DamagedFileError):
        read_whole(stored.pk)
    assert keep(SimpleUploadedFile("again.bin", content)).pk == stored.pk
    assert read_whole(stored.pk) == content


def test_an_upload_that_breaks_off_leaves_nothing(db: None, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"

    class Broken(SimpleUploadedFile):
        def chunks(self, chunk_size: Any = None) -> Any:
            yield b"half of it"
            raise OSError("the line went dead")

    with pytest.raises(OSError, match="went dead"):
        keep(Broken("letter.bin", b"half of it and the rest"))
    assert list((tmp_path / "files").iterdir()) == []
    assert StoredFile.objects.count() == 0
