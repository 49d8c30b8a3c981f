"""A brief on paper: sections of values become pages, and pages a tagged PDF.

    data = layout.pdf(view, language="es", paper="a4")

The largest type with which a page holds its matter is chosen. Where page one cannot hold all at
the smallest, its lists are cut and stand in full behind, so that it is read alone. Lengths are
points.
"""

import datetime as dt
from io import BytesIO
from typing import Any, NamedTuple

from django.utils import translation
from django.utils.translation import gettext as _t
from reportlab.platypus.flowables import PageBreak

from agreements.public import AgreementView
from civil.clock import end_of_day
from reports.briefs import content
from reports.briefs.accessible import PAGE_SIZES, build, running_footer, running_header
from reports.briefs.backpage import back_page
from reports.briefs.frontpage import front_page
from reports.briefs.parts import Brief, shortened
from reports.briefs.setting import without_scheme

PAPERS = tuple(PAGE_SIZES)
MARGINS = (38.0, 47.0, 38.0, 41.0)  # left, top, right, bottom
LONGEST_NAME = 60  # characters of a reference or short name in head and foot
LONGEST_ADDRESS = 90


class Printed(NamedTuple):
    """A brief as a file, and whether it is tagged; one that is not was printed by the fallback."""

    data: bytes
    is_tagged: bool


def pdf(view: AgreementView, *, language: str, paper: str = "letter", **more: Any) -> bytes:
    """Return the brief on an agreement as a PDF; the same view gives the same bytes.

    `language` is en or es, and the one that was active when the view was built; `paper` is letter
    or a4; `more` is what `content.brief` takes besides.
    """
    with translation.override(language):
        brief = content.brief(view, language=language, **more)
        return write(brief, paper=paper, created_at=moment(view.known, view.on)).data


def moment(known: dt.datetime | None, on: dt.date) -> dt.datetime:
    """Return the moment that a file bears, for no clock is asked.

    It is the one whose knowledge is shown, or the end of the day that is shown.
    """
    return known or end_of_day(on)


def write(brief: Brief, *, paper: str, created_at: dt.datetime) -> Printed:
    """Print the pages of a brief, whose language is active."""
    left, top, right, bottom = MARGINS
    width, height = PAGE_SIZES[paper]
    width, height = width - left - right, height - top - bottom
    front, is_cut = front_page(brief, width, height)
    back = back_page(brief, width, height, paper=paper, in_full=is_cut)
    output = BytesIO()
    built = build(
        [*front, PageBreak(), *back],
        output,
        title=f"{shortened(brief.label, LONGEST_NAME)}: {brief.edition}, {brief.as_of}",
        language=brief.language,
        author=_t("Pactwatch"),
        subject="".join(phrase.text for phrase in brief.title),
        page_size=paper,
        margins=MARGINS,
        created_at=created_at,
        header=running_header(lambda page: _head(brief, page.number), brief.as_of),
        footer=running_footer(
            lambda page: _foot(brief, page.number, page.count),
            _mark(brief),
        ),
    )
    return Printed(output.getvalue(), built.tagged)


def _head(brief: Brief, number: int) -> str:
    if number == 1:
        return brief.edition
    return f"{shortened(brief.label, LONGEST_NAME)} · {brief.edition}"


def _mark(brief: Brief) -> str:
    """Say at the foot where to ask whether the brief is still current."""
    if brief.code:
        return _t("Still current? Code %(code)s") % {"code": brief.code}
    return shortened(without_scheme(brief.address), LONGEST_ADDRESS)


def _foot(brief: Brief, number: int, count: int) -> str:
    reference = shortened(brief.reference, LONGEST_NAME)
    text = _t("Pactwatch · %(reference)s · page %(number)s of %(count)s")
    return text % {"reference": reference, "number": number, "count": count}
