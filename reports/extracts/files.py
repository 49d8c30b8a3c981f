"""An extract in one of its formats."""

from dataclasses import dataclass

from reports.briefs.layout import PAPERS
from reports.extracts import paper as on_paper
from reports.extracts import screen, spreadsheets
from reports.extracts.parts import Report

TYPES = {
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Formats with their media types."""


@dataclass(frozen=True)
class File:
    """A file: its name, media type, content, and for a PDF whether it is tagged."""

    name: str
    media_type: str
    data: bytes
    is_tagged: bool = True


def written(report: Report, form: str, *, paper: str = "letter") -> File:
    """Return an extract in a format (pdf, html, csv, xlsx), whose language is active."""
    name = f"{report.file_stem}.{form}"
    if form == "pdf":
        if paper != PAPERS[0]:
            name = f"{report.file_stem}-{paper}.pdf"
        printed = on_paper.pdf(report, paper=paper)
        return File(name, TYPES[form], printed.data, printed.is_tagged)
    makers = {
        "html": screen.html_bytes,
        "csv": spreadsheets.csv_bytes,
        "xlsx": spreadsheets.xlsx_bytes,
    }
    return File(name, TYPES[form], makers[form](report))
