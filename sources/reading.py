"""What is in a kept PDF: its text, and what in it must not be published.

The file comes from outside, so it is read by a process of its own, with a limit on time and
memory: ``python -m sources.reading FILE`` prints what :func:`read_pdf` returns.
"""

import ctypes
import json
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 60
MEMORY = 3 * 1024**3
LONGEST_TEXT = 2_000_000

SCALE = 2
"""Pixels to a point in which a page is looked at."""

LEAST_CONTRAST = 24
"""Of 255: a letter that differs less from what is around it cannot be seen."""

NAMES = {
    "scripts": re.compile(rb"/(JS|JavaScript|Launch)\b"),
    "embedded": re.compile(rb"/(EF|EmbeddedFile|EmbeddedFiles|RichMedia)\b"),
}


def read(path: Path) -> dict[str, Any]:
    """Return the pages, the text and the findings of a PDF.

    ``{"pages": 3, "text": "…", "findings": {"hidden": [2], "scripts": []}}``; a finding names
    pages, or none where it is about the whole file. What is no PDF that can be opened (it has a
    password, it is damaged), or takes too long, has the one finding ``unreadable``.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "sources.reading", str(path.resolve())],
            cwd=ROOT,
            capture_output=True,
            timeout=SECONDS + 5,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return {"pages": None, "text": "", "findings": {"unreadable": []}}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def read_pdf(path: Path) -> dict[str, Any]:
    """Read a PDF in this process. Raises what the libraries raise for one that cannot be opened."""
    findings: dict[str, list[int]] = {name: [] for name in _named(path)}
    if _has_earlier_versions(path.read_bytes()):
        findings["earlier"] = []
    texts = []
    with pypdfium2.PdfDocument(path) as document:
        document.init_forms()
        for number, page in enumerate(document, start=1):
            text = page.get_textpage()
            texts.append(text.get_text_bounded())
            if _hides_text(page, text):
                findings.setdefault("hidden", []).append(number)
    said = "\n".join(texts).replace("\0", " ")
    return {"pages": len(texts), "text": said[:LONGEST_TEXT], "findings": findings}


def _named(path: Path) -> list[str]:
    """The findings whose names stand in an object of the file."""
    found = set()
    with pikepdf.open(path) as pdf:
        for item in [*pdf.objects, pdf.trailer]:
            own = item.stream_dict if isinstance(item, pikepdf.Stream) else item
            words = own.unparse(resolved=True)
            found |= {name for name, pattern in NAMES.items() if pattern.search(words)}
    return sorted(found)


def _has_earlier_versions(content: bytes) -> bool:
    """Whether the file holds what it was before it was changed: a later version is appended."""
    ends = content.count(b"startxref")
    return ends > (2 if b"/Linearized" in content[:1024] else 1)


def _hides_text(page: Any, text: Any) -> bool:
    """Whether a letter can be copied from a page that cannot be seen on it.

    The letter is covered, has the color of the paper, is drawn as nothing, or lies off the page.
    """
    image = page.render(scale=SCALE).to_pil().convert("L")
    width, height = page.get_size()
    box = [ctypes.c_double() for _ in range(4)]
    for index in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if code <= ord(" ") or chr(code).isspace() or pdfium.FPDFText_IsGenerated(text, index):
            continue
        if not pdfium.FPDFText_GetCharBox(text, index, *map(ctypes.byref, box)):
            continue
        left, right, bottom, top = (value.value for value in box)
        seen = (
            max(0, int(left * SCALE) - 1),
            max(0, int((height - top) * SCALE) - 1),
            min(image.width, int(right * SCALE) + 2),
            min(image.height, int((height - bottom) * SCALE) + 2),
        )
        if left > width or seen[0] >= seen[2] or seen[1] >= seen[3]:
            return True
        darkest, lightest = image.crop(seen).getextrema()
        if lightest - darkest < LEAST_CONTRAST:
            return True
    return False


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    json.dump(read_pdf(Path(sys.argv[1])), sys.stdout)
