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
from reports.briefs.editions import INTERNAL, PUBLIC, Withheld, differences, view_for, withheld
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


def previous_of(facts: Facts, wish: Wish) -> Brief | None:
    """Return the last released brief before this one, in the same edition.

    One of the same day is the last one before only if it says something else: a brief in another
    language, on another paper or asked for again follows the one that it followed. With
    ``known``, the last of those that were issued by then.
    """
    briefs = Brief.objects.without_files()
    found = briefs.released().filter(
        agreement=facts.agreement.pk, edition=wish.edition, on__lte=wish.on
    )
    if wish.known is not None:
        found = found.filter(issued_at__lte=wish.known)
    latest: Brief | None = found.order_by("-on", "-issued_at", "-pk").first()
    if latest is None or latest.on < wish.on or _says_otherwise(latest, facts, wish):
        return latest
    before: Brief | None = briefs.filter(pk=latest.previous_id or 0).first()
    return before


def _says_otherwise(brief: Brief, facts: Facts, wish: Wish) -> bool:
    """Tell whether a brief says something else than one on the facts would."""
    then = _before(brief)
    if then is None:
        return True
    view = view_for(facts, wish.on, wish.edition)
    return bool(differences(then.view, view, then.withheld, _withheld(facts, wish) or ()))


def compose(facts: Facts, wish: Wish, previous: Brief | None) -> content.Brief:
    """Return the content of a brief, its language being active."""
    return content.brief(
        view_for(facts, wish.on, wish.edition),
        language=wish.language,
        previous=_before(previous) if previous else None,
        withheld=_withheld(facts, wish),
    )


def _withheld(facts: Facts, wish: Wish) -> tuple[Withheld, ...] | None:
    return withheld(facts, wish.on) if wish.edition == INTERNAL else None


def _before(previous: Brief) -> content.Previous | None:
    """Return what a brief said once more, in the active language."""
    facts = loading.load(previous.agreement_id, previous.known_at)
    if facts is None:
        return None
    view = view_for(facts, previous.on, previous.edition, previous.issued_at)
    is_internal = previous.edition == INTERNAL
    hidden = withheld(facts, previous.on) if is_internal else ()
    return content.Previous(previous.on, view, previous.shown_code, hidden)


def draft(facts: Facts, wish: Wish) -> layout.Printed:
    """Print a brief that is not issued and bears no code."""
    with translation.override(wish.language):
        part = compose(facts, wish, previous_of(facts, wish))
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
    with translation.override(wish.language):
        previous = previous_of(facts, wish)
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
