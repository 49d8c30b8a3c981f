"""Kept files: their bytes under their own SHA-256, taken in once and never changed.

A file is written before the record that names it, so that no record names a file that is not
there; one that no record came to name is harmless. What is read is compared with its hash each
time: a damaged file is never served.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import puremagic
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from sources import reading
from sources.models import StoredFile

PDF = "application/pdf"
LARGEST = 100 * 1024**2
CHUNK = 1024**2


class DamagedFileError(Exception):
    """A kept file is missing, or is not what it was when it was taken in."""


def path_of(sha256: str) -> Path:
    """Return where the bytes of a file lie."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256


def keep(upload: UploadedFile) -> StoredFile:
    """Take in a file and read it; return what is stored. The same bytes are stored once."""
    digest = hashlib.sha256()
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=root, prefix="incoming-", delete=False) as taken:
        try:
            for chunk in upload.chunks(CHUNK):
                digest.update(chunk)
                taken.write(chunk)
            taken.flush()
            os.fsync(taken.fileno())
            place = path_of(digest.hexdigest())
            place.parent.mkdir(exist_ok=True)
            Path(taken.name).replace(place)
        except BaseException:
            Path(taken.name).unlink(missing_ok=True)
            raise
    known = StoredFile.objects.filter(pk=digest.hexdigest()).first()
    return known or _read_in(digest.hexdigest(), place)


def _read_in(sha256: str, place: Path) -> StoredFile:
    media_type = _media_type(place)
    found: dict[str, Any] = {"pages": None, "text": "", "findings": {}}
    if media_type == PDF:
        found = reading.read(place)
    stored, _ = StoredFile.objects.get_or_create(
        pk=sha256, defaults=found | {"size": place.stat().st_size, "media_type": media_type}
    )
    return stored


def _media_type(place: Path) -> str:
    """What a file is, told by its content; its name and what the browser says count for nothing."""
    with place.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"%PDF-"):
        return PDF
    try:
        return puremagic.from_file(str(place), mime=True) or "application/octet-stream"
    except (puremagic.PureError, ValueError):
        return "application/octet-stream"


def read_whole(sha256: str) -> bytes:
    """Return the bytes of a file. Raises ``DamagedFileError`` where they are not what they were."""
    try:
        content = path_of(sha256).read_bytes()
    except OSError as error:
        raise DamagedFileError(sha256) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DamagedFileError(sha256)
    return content
