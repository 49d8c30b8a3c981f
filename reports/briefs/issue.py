"""Issuing briefs: the content gets a code, the file is kept, and can be checked ever after.

The same content (record, day, knowledge, edition, language, paper, previous brief) has the same
code and the same bytes, so issuing it again gives back the brief that is kept. The code is an
HMAC-SHA256 of the content under the register's secret, cut to 160 bits and written in Crockford's
base 32: nobody else can make a paper that the register knows.
"""

import base64
import dataclasses
import datetime as dt
import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac

from agreements import loading
from agreements.facts import Facts
from civil.clock import civil_date
from reports.briefs import content, layout
from reports.briefs.editions import INTERNAL, PUBLIC, view_for, withheld
from reports.models import Brief

CODE_BYTES = 20
_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_MISREAD = str.maketrans("OIL", "011")


class DamagedFileError(RuntimeError):
    """A kept file is not the one that was issued."""


@dataclass(frozen=True)
class Wish:
    """Which brief is asked for. ``known`` None means all that the register knows now."""

    on: dt.date
    known: dt.datetime | None = None
    edition: str = PUBLIC
    language: str = "en"
    paper: str = "letter"


@dataclass(frozen=True)
class Made:
    """A brief before it is kept: its code, name and file."""

    wish: Wish
    agreement_id: int
    known_at: dt.datetime
    code: str
    file_name: str
    printed: layout.Printed
    previous_id: int | None

    @property
    def sha256(self) -> str:
        """The file's checksum."""
        return hashlib.sha256(self.printed.data).hexdigest()


# ── The code ───────────────────────────────────────────────────────────────────


def code_of(part: content.Brief, paper: str) -> str:
    """Return the code of a content part on a paper: 32 characters of Crockford's base 32."""
    said = json.dumps(
        [dataclasses.asdict(part), paper], sort_keys=True, ensure_ascii=False, default=_plain
    )
    digest = salted_hmac("pactwatch.brief", said, algorithm="sha256").digest()[:CODE_BYTES]
    return base64.b32encode(digest).decode("ascii").translate(_CROCKFORD)


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    message = f"no plain form of {type(value).__name__}"
    raise TypeError(message)


def read_code(text: str) -> str:
    """Return a code as it is kept, however it was typed: hyphens, small letters, O for 0."""
    return "".join(c for c in text.upper().translate(_MISREAD) if c.isalnum())


def grouped(code: str) -> str:
    """Return a code in groups of four, as it is printed."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


# ── Making ─────────────────────────────────────────────────────────────────────


def previous_of(agreement_id: int, wish: Wish) -> Brief | None:
    """Return the last released brief of an earlier day, in the same edition.

    With ``known``, of those that were issued by then.
    """
    found = (
        Brief.objects.released()
        .without_files()
        .filter(agreement=agreement_id, edition=wish.edition, on__lt=wish.on)
    )
    if wish.known is not None:
        found = found.filter(issued_at__lte=wish.known)
    brief: Brief | None = found.order_by("-on", "-issued_at", "-pk").first()
    return brief


def compose(facts: Facts, wish: Wish, previous: Brief | None) -> content.Brief:
    """Return the content of a brief, its language being active."""
    view = view_for(facts, wish.on, wish.edition)
    return content.brief(
        view,
        language=wish.language,
        previous=_before(previous),
        withheld=withheld(facts, wish.on) if wish.edition == INTERNAL else None,
    )


def _before(previous: Brief | None) -> content.Previous | None:
    """Return a brief's view once more, in the active language."""
    if previous is None:
        return None
    facts = loading.load(previous.agreement_id, previous.known_at)
    if facts is None:
        return None
    view = view_for(facts, previous.on, previous.edition, previous.issued_at)
    return content.Previous(previous.on, view, previous.shown_code)


def draft(facts: Facts, wish: Wish) -> layout.Printed:
    """Print a brief that is not issued and bears no code."""
    with translation.override(wish.language):
        part = compose(facts, wish, previous_of(facts.agreement.pk, wish))
        return layout.write(part, paper=wish.paper, created_at=layout.moment(wish.known, wish.on))


def make(agreement_id: int, wish: Wish) -> Made | Brief:
    """Print a brief with its code, or return the one that is kept under it.

    Raises ``LookupError`` where the register does not know the record, or did not then.
    """
    moment = timezone.now()
    facts = loading.load(agreement_id, wish.known)
    if facts is None:
        message = f"no record {agreement_id}"
        raise LookupError(message)
    previous = previous_of(agreement_id, wish)
    with translation.override(wish.language):
        part = compose(facts, wish, previous)
        code = code_of(part, wish.paper)
        found: Brief | None = Brief.objects.without_files().filter(code=code).first()
        if found is not None:
            return found
        part = replace(part, code=grouped(code), address=page_address(code, wish.language))
        printed = layout.write(
            part, paper=wish.paper, created_at=layout.moment(wish.known, wish.on)
        )
    return Made(
        wish=wish,
        agreement_id=agreement_id,
        known_at=wish.known or moment,
        code=code,
        file_name=file_name(facts.agreement.slug, wish),
        printed=printed,
        previous_id=previous.pk if previous else None,
    )


def page_address(code: str, language: str) -> str:
    """Return the address of the page that says whether a brief is still current."""
    prefix = "" if language == settings.LANGUAGE_CODE[:2] else f"/{language}"
    return f"{settings.BASE_URL}{prefix}/briefs/{code}/"


def file_name(slug: str, wish: Wish) -> str:
    """Return the name under which a brief is downloaded: pars-ice-brief-2018-06-15-en.pdf.

    Another edition, paper or state of knowledge than the usual one stands in it.
    """
    known = f"known-{civil_date(wish.known).isoformat()}" if wish.known else ""
    edition = "internal" if wish.edition == INTERNAL else ""
    paper = wish.paper if wish.paper != layout.PAPERS[0] else ""
    parts = (slug, "brief", wish.on.isoformat(), known, wish.language, edition, paper)
    return "-".join(part for part in parts if part) + ".pdf"


# ── Keeping ────────────────────────────────────────────────────────────────────


def keep(made: Made, *, by: Any, is_released: bool = True, deadline_key: str = "") -> Brief:
    """Keep a brief that was made; one that another process kept meanwhile is returned."""
    moment = timezone.now()
    wish = made.wish
    brief = Brief(
        agreement_id=made.agreement_id,
        code=made.code,
        on=wish.on,
        known=wish.known,
        known_at=made.known_at,
        edition=wish.edition,
        language=wish.language,
        paper=wish.paper,
        previous_id=made.previous_id,
        file_name=made.file_name,
        data=made.printed.data,
        sha256=made.sha256,
        is_tagged=made.printed.is_tagged,
        deadline_key=deadline_key,
        issued_by=by,
        issued_at=moment,
        released_by=by if is_released else None,
        released_at=moment if is_released else None,
    )
    try:
        with transaction.atomic():
            brief.save(force_insert=True)
    except IntegrityError:
        kept: Brief | None = Brief.objects.filter(code=made.code).first()
        if kept is None:
            raise
        return kept
    return brief


def issue(agreement_id: int, wish: Wish, *, by: Any, is_released: bool = True) -> Brief:
    """Issue a brief: make it and keep it. Issuing the same content again changes nothing.

    One that waits is released by it, if this one is to be released.
    """
    made = make(agreement_id, wish)
    if not isinstance(made, Brief):
        return keep(made, by=by, is_released=is_released)
    if is_released and made.released_at is None:
        release(made, by=by)
        made.refresh_from_db(fields=["released_at", "released_by"])
    return made


def release(brief: Brief, *, by: Any) -> bool:
    """Release a brief that waits; return whether this call did it."""
    done: int = (
        Brief.objects.waiting()
        .filter(pk=brief.pk)
        .update(released_by=by, released_at=timezone.now())
    )
    return bool(done)


def file_of(brief: Brief) -> bytes:
    """Return a kept file. Raises ``DamagedFileError`` where it is not the one that was issued."""
    data = bytes(brief.data)
    if hashlib.sha256(data).hexdigest() != brief.sha256:
        message = f"the file of brief {brief.pk} is not the one that was issued"
        raise DamagedFileError(message)
    return data
