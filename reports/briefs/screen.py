"""A brief as a page: the same content part, its picture as SVG."""

from typing import Any

from reports.briefs.drawings import timeline_picture
from reports.briefs.parts import Brief
from reports.briefs.svg import svg

DRAWN_WIDTH = 700.0


def context(part: Brief) -> dict[str, Any]:
    """Return what `reports/_brief.html` shows."""
    timeline = part.timeline
    is_drawn = timeline.spans or len(timeline.moments) > 1
    picture = timeline_picture(timeline, DRAWN_WIDTH) if is_drawn else None
    behind = (part.terms, part.changes, part.incidents, part.conflicts, part.withheld)
    return {
        "brief": part,
        "timeline": svg(picture, timeline.title, timeline.description) if picture else "",
        "front": (part.money, part.concerns),
        "back": [section for section in behind if section is not None],
        "aside": (part.evidence, part.answered),
    }
