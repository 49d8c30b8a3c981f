"""An extract as a page of its own: one file with its style inside, which prints well."""

import base64
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from reports.briefs.parts import Section
from reports.extracts.parts import Report

MOST_ROWS = 2_000
"""Rows of a table on a page of the portal; files hold all."""


def sections(report: Report, most: int = MOST_ROWS) -> list[tuple[str, Section, int]]:
    """Return the tables for a page: key, section, and how many rows are left to the files."""
    found = []
    for table in report.tables:
        part = table.section()
        left = max(len(part.rows) - most, 0)
        if left:
            rows = part.rows[:most]
            part = Section(part.title, part.lead, part.heads, rows, summary=part.summary)
        found.append((table.key, part, left))
    return found


def html_bytes(report: Report) -> bytes:
    """Return the extract as a page that needs no other file, whose language is active."""
    context: dict[str, Any] = {
        "report": report,
        "sections": sections(report, most=10**9),
        "stylesheet": f"data:text/css;base64,{_style()}",
    }
    return render_to_string("reports/report.html", context).encode("utf-8")


def _style() -> str:
    path = finders.find("pactwatch.css")
    if not isinstance(path, str):
        return ""
    with open(path, "rb") as file:  # noqa: PTH123 - a path that the finders gave
        return base64.b64encode(file.read()).decode("ascii")
