"""Extracts as answers to a request: what its address asks for, the page, the file."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _t

from agreements.days import shown_day
from reports.briefs.layout import PAPERS
from reports.extracts import files
from reports.extracts.catalogue import KINDS, Kind
from reports.extracts.parts import Report
from reports.extracts.records import USUAL_MONTHS, Request
from reports.extracts.screen import sections

MOST_MONTHS = 120
MONTHS = (3, 6, 12, 24, 60)
"""How far a page offers to look ahead."""

DOWNLOADS = ("pdf", "csv", "xlsx")


def months(request: HttpRequest) -> int:
    """Return how many months ahead an address asks for, 12 by default; else ``BadRequest``."""
    text = request.GET.get("months", str(USUAL_MONTHS))
    is_number = text.isascii() and text.isdigit() and len(text) <= 5
    if not (is_number and 1 <= int(text) <= MOST_MONTHS):
        words = {"most": MOST_MONTHS}
        raise BadRequest(_t("months= in the address is a number from 1 to %(most)s.") % words)
    return int(text)


def wanted(request: HttpRequest, name: str, edition: str) -> tuple[Kind, Request]:
    """Return which report of the whole register an address asks for, and with what.

    Raises ``Http404`` for a name that there is not, ``BadRequest`` for a state of knowledge.
    """
    kind = KINDS.get(name)
    if kind is None:
        raise Http404
    if request.GET.get("known"):
        raise BadRequest(_t("Reports show what is known now: leave out known= in the address."))
    return kind, Request(shown_day(request), edition, months(request))


def context(request: HttpRequest, report: Report) -> dict[str, Any]:
    """Return what the page of an extract shows, with the addresses of its files."""
    query = request.GET.copy()
    query["on"] = report.on.isoformat()
    if report.known:
        query["known"] = report.known.isoformat()
    query.pop("paper", None)
    downloads = [(form.upper(), f"{form}?{query.urlencode()}") for form in DOWNLOADS]
    downloads.insert(1, ("PDF, A4", f"pdf?{query.urlencode()}&paper=a4"))
    looks_ahead = report.name == "deadlines"
    return {
        "report": report,
        "sections": sections(report),
        "downloads": downloads,
        "months": sorted({*MONTHS, months(request)}) if looks_ahead else (),
        "months_shown": months(request) if looks_ahead else 0,
    }


def response(request: HttpRequest, report: Report, form: str) -> HttpResponse:
    """Return an extract as a file. Raises ``Http404`` for a format that there is not."""
    paper = request.GET.get("paper", "letter")
    if form not in DOWNLOADS:
        raise Http404
    if paper not in PAPERS:
        raise BadRequest(_t("paper= in the address is letter or a4."))
    file = files.written(report, form, paper=paper)
    shown = "inline" if form == "pdf" else "attachment"
    return HttpResponse(
        file.data,
        content_type=file.media_type,
        headers={"Content-Disposition": f'{shown}; filename="{file.name}"'},
    )
