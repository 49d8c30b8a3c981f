"""An extract on paper: tagged PDF, tables over as many pages as they take. Lengths are points."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

from django.utils.translation import gettext as _t
from reportlab.platypus.flowables import CondPageBreak, Flowable

from civil.clock import end_of_day
from reports.briefs.accessible import (
    PAGE_SIZES,
    Heading,
    Paragraph,
    build,
    link,
    running_footer,
    running_header,
)
from reports.briefs.fitting import height_of
from reports.briefs.grids import TALL_ROW
from reports.briefs.layout import MARGINS, Printed
from reports.briefs.parts import shortened
from reports.briefs.setting import section, type_of, without_scheme
from reports.briefs.text import LEAD, SMALL, note_on_placeholders
from reports.extracts.parts import Cell, Report, Table

TYPE = type_of(8.8, 11.2, 12)
DENSE = type_of(8, 10, 12)
MOST_COLUMNS = 6
"""A table with more columns is set in the smaller type."""

LONGEST_TITLE = 160

MOST_ROOM = TALL_ROW + 60
"""What a title asks for at most: a row that is taller may be cut."""


def pdf(report: Report, *, paper: str = "letter") -> Printed:
    """Print an extract, whose language is active; the same content gives the same bytes."""
    output = BytesIO()
    built = build(
        _story(report, PAGE_SIZES[paper][0] - MARGINS[0] - MARGINS[2]),
        output,
        title=f"{shortened(report.title, LONGEST_TITLE)}, {report.as_of}",
        language=report.language,
        author=_t("Pactwatch"),
        subject=report.sentence,
        page_size=paper,
        margins=MARGINS,
        created_at=end_of_day(report.known or report.on),
        header=running_header(f"{shortened(report.title, 70)} · {report.edition}", report.as_of),
        footer=running_footer(
            lambda page: (
                _t("Pactwatch · page %(number)s of %(count)s")
                % {"number": page.number, "count": page.count}
            ),
            without_scheme(report.address),
        ),
    )
    return Printed(output.getvalue(), built.tagged)


def _story(report: Report, width: float) -> list[Flowable]:
    story: list[Flowable] = [
        Heading(1, shortened(report.title, LONGEST_TITLE)),
        Paragraph(report.sentence, LEAD),
    ]
    for table in report.tables:
        story += _table(table, width)
    story += [Paragraph(note, SMALL) for note in report.notes]
    texts = (text for table in report.tables for row in table.rows for text in _texts(row))
    if note := note_on_placeholders("".join({report.title, report.sentence, *texts})):
        story.append(Paragraph(note, SMALL))
    address = link(without_scheme(report.address), report.address)
    story.append(Paragraph([_t("This report as a page:") + " ", address], SMALL))
    return story


def _texts(row: tuple[Cell, ...]) -> Iterator[str]:
    return (phrase.text for cell in row for phrase in cell.text if not phrase.text.isascii())


def _table(table: Table, width: float) -> list[Flowable]:
    """Return a table below its title, which stands on one page with the first row."""
    kind = DENSE if len(table.columns) > MOST_COLUMNS else TYPE
    part, shares = table.section(), [column.share for column in table.columns]
    found = section(part, kind, shares=shares)
    begin = section(replace(part, rows=part.rows[:1]), kind, shares=shares)
    needed = begin[0].getSpaceBefore() + height_of(begin, width)
    return [CondPageBreak(min(needed, MOST_ROOM)), *found]
