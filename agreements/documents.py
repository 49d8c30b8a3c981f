"""Kept documents: what may be published of them, and how they are handed out.

Originals of any format are kept untouched and handed out as downloads only (DOMAIN, rule 13).
"""

import logging
from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _t

from agreements.models import Document
from revisions import OpenChange, register
from sources.files import PDF, DamagedFileError, read_whole
from sources.models import StoredFile

logger = logging.getLogger("pactwatch.documents")

PUBLISHED_FORMATS = frozenset({PDF, "image/png", "image/jpeg"})
"""Formats that hold nothing but what they show, once no finding says otherwise."""


@register("check")
def check_documents(change: OpenChange) -> None:
    """Refuse a document with more in it than it shows where it is public, or a redacted twin.

    Raises ``ValidationError`` saying what was found, on which pages, and what to do.
    """
    touched = Document.objects.filter(pk__in=change.touched.get(Document, ()))
    found = {d.pk: d for d in touched.select_related("redacts")}
    hashes = {d.sha256 for d in found.values()}
    hashes |= {d.redacts.sha256 for d in found.values() if d.redacts is not None}
    files = StoredFile.objects.in_bulk(hashes)
    for document in found.values():
        stored = files.get(document.sha256)
        if stored is None:
            raise ValidationError(_t("Choose the file of the document."))
        if document.redacts is not None and document.redacts.sha256 == document.sha256:
            raise ValidationError(
                _t("This is the very file that it is said to be a redacted copy of.")
            )
        if document.redacts is not None:
            _check_twin(stored)
            _check_less(stored, files.get(document.redacts.sha256))
        if not document.is_internal:
            _check_public(stored)


def _check_twin(stored: StoredFile) -> None:
    if stored.media_type != PDF:
        raise ValidationError(_t("A redacted copy is a PDF, so that it can be checked."))
    _check_visible(stored)
    if "earlier" in stored.findings:
        raise ValidationError(
            _t(
                "The redacted copy still holds what it was before it was changed. Print it to a "
                "new PDF and choose that."
            )
        )


def _check_less(stored: StoredFile, original: StoredFile | None) -> None:
    """Refuse a copy in which nothing is redacted, where the text of both is known."""
    words = stored.text.split()
    if words and original is not None and words == original.text.split():
        raise ValidationError(
            _t("This copy holds all the text of the original: nothing is redacted in it.")
        )


def _check_visible(stored: StoredFile) -> None:
    """Refuse a PDF whose pages cannot be looked at, or from which more can be copied than seen."""
    if "unreadable" in stored.findings:
        raise ValidationError(
            _t(
                "This PDF cannot be opened: it has a password or is damaged. Keep it from the "
                "public, or choose a copy that opens."
            )
        )
    if "hidden" in stored.findings:
        pages = ", ".join(map(str, stored.findings["hidden"]))
        raise ValidationError(
            _t(
                "This PDF holds text that is covered but can be copied, on page %(pages)s. Remove "
                "the text itself, or scan the printed page."
            )
            % {"pages": pages}
        )


def _check_public(stored: StoredFile) -> None:
    if stored.media_type not in PUBLISHED_FORMATS:
        raise ValidationError(
            _t(
                "A file of this format may hold more than it shows. Keep it from the public, and "
                "publish a PDF of it."
            )
        )
    _check_visible(stored)
    if {"scripts", "embedded"} & set(stored.findings):
        raise ValidationError(
            _t(
                "This PDF holds scripts or other files. Keep it from the public, or print it to a "
                "new PDF and choose that."
            )
        )


def texts_of(documents: Any) -> dict[str, str]:
    """Return the text of the files of some documents, by hash; only those that have one."""
    wanted = {d.sha256 for d in documents}
    if not wanted:
        return {}
    rows = StoredFile.objects.filter(pk__in=wanted).exclude(text="")
    return dict(rows.values_list("sha256", "text"))


def handed_out(request: HttpRequest, document: Document) -> HttpResponse | FileResponse:
    """Answer with a document's file as a download; 503 where it is not what was taken in."""
    try:
        content = read_whole(document.sha256)
    except DamagedFileError:
        logger.exception("document %s of %s is damaged", document.pk, document.agreement.reference)
        return render(request, "document_damaged.html", {"title": document.title}, status=503)
    response = FileResponse(
        BytesIO(content),
        as_attachment=True,
        filename=document.file_name,
        content_type=document.media_type,
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
