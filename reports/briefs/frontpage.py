"""Page one of a brief, which is read alone. Lengths are points."""

from dataclasses import replace

from reportlab.platypus.flowables import Flowable, Spacer

from reports.briefs.accessible import Columns, Figure, Panel, Paragraph, badge
from reports.briefs.accessible import strong as strong_run
from reports.briefs.drawings import timeline_picture
from reports.briefs.fitting import NOWHERE, Attempt, height_of, largest, likely
from reports.briefs.grids import Cell
from reports.briefs.parts import Brief, Fact, Question, Section, cut_text, letters, shortened
from reports.briefs.setting import (
    COLORS,
    GUTTER,
    Even,
    Title,
    Type,
    least_width,
    lowest,
    paragraph,
    runs,
    section,
    type_of,
)
from reports.briefs.text import ACCENT, SEMIBOLD, SOFT, Style

TYPES = (
    type_of(10, 13.2, 12.5),
    type_of(9.6, 12.6, 12),
    type_of(9.3, 12, 11.5),
    type_of(9, 11.5, 11),
    type_of(8.7, 11, 10.5),
    type_of(8.5, 10.6, 10.5),
    type_of(8.2, 10.2, 10),
)
"""The type of page one, the largest first."""

Cut = tuple[int, int]
UNCUT: Cut = (10_000, 1_000_000)
CUTS: tuple[Cut, ...] = tuple(
    zip((14, 10, 7, 5, 3, 2, 1), (600, 500, 400, 300, 250, 200, 150), strict=True)
)
"""How many entries the lists have where not all fit, and characters each; the most first."""

TITLES = tuple(Style(SEMIBOLD, size, size + 3.5, after=4) for size in (19, 17.5, 16.5, 15.5))
"""The title is set in the largest of these in which it is a single line, else in the third."""

LEAD = Style(SEMIBOLD, 12, 15.5, after=4)
STATUS = Style(size=9.8, leading=14.5, after=6)
LABEL = Style(size=8.5, leading=11, color=SOFT, after=0)
VALUE = Style(SEMIBOLD, 11.2, 13.5, after=0)

KEY_FACTS = (1.35, 1.35, 1, 1.15, 1)
SHARED = ((2.55, 1.05, 1.3, 1.36, 1), (2.2, 1.02, 1.7, 1.36, 1))
OPTIONS, DUTIES = (1.25, 2, 3.2), (2, 1, 2)
COUNCIL = (1, 2.8)
MIDDLE = ((1.86, 1), (1.5, 1), (1.2, 1))
ONCE, EACH = 650, 1.03  # what the page takes, see `likely`: measured on briefs, within a tenth
LONGEST_TITLE = 200  # characters; a longer one is cut
MOST_ADDED = 8.0  # room between two parts beyond what they need


def front_page(brief: Brief, width: float, height: float) -> tuple[list[Flowable], bool]:
    """Return page one in the largest type that holds it, and whether its lists are cut."""
    picture = _timeline(brief, width)
    fixed = height_of([_title(brief, width), _status(brief), _facts(brief), picture], width)

    def attempt(kind: Type, most: Cut = UNCUT) -> Attempt:
        story = _story(brief, kind, width, most, picture)
        needed = height_of(story, width)
        return Attempt(story if needed <= height else None, needed / height, fixed / height)

    parts = (brief.shared, brief.money, brief.concerns, brief.options, brief.council)
    count = letters(text for _, text in brief.question.answers)
    count += letters(text for part in parts for text in part.texts())
    first = likely(TYPES, width * (height - fixed), count, once=ONCE, each=EACH)
    story = largest(TYPES, attempt, first)
    is_cut = story is None or len(_whole_title(brief)) > LONGEST_TITLE
    for most in CUTS:
        story = story or attempt(TYPES[-1], most).story
    story = story or _story(brief, TYPES[-1], width, CUTS[-1], picture)
    _spread(story, width, height)
    return story, is_cut


def _spread(story: list[Flowable], width: float, height: float) -> None:
    """Share out a little of the room that is left between the parts of the page."""
    cell = Cell(story)
    room = height - cell.wrap(NOWHERE, width) - 1
    gaps: list[tuple[Flowable, float]] = []
    end = 0.0
    for part, offset, size in cell.places:
        if offset and isinstance(part, Columns | Figure | Panel | Title):
            gaps.append((part, offset - end))
        end = offset + size
    more = min(max(room, 0) / max(len(gaps), 1), MOST_ADDED)
    for part, gap in gaps:
        part.spaceBefore = gap + more


def _story(brief: Brief, kind: Type, width: float, cut: Cut, picture: Flowable) -> list[Flowable]:
    return [
        _title(brief, width),
        Even(runs(cut_text(brief.parties, 2 * cut[1])), kind.note),
        Spacer(1, 3),
        _question(brief.question.cut(cut[1]), kind),
        _status(brief),
        _facts(brief),
        picture,
        _middle(brief, kind, width, cut),
        *lowest(brief.options, kind, width, OPTIONS, DUTIES),
        *_council(brief.council.cut(*cut), kind),
    ]


def _timeline(brief: Brief, width: float) -> Flowable:
    """Return the picture, or where nothing is dated its description."""
    timeline = brief.timeline
    if not timeline.spans and len(timeline.moments) < 2:
        return Paragraph(timeline.description, LABEL)
    return Figure(timeline_picture(timeline, width, brief.timeline_caption), timeline.description)


def _whole_title(brief: Brief) -> str:
    return "".join(phrase.text for phrase in brief.title)


def _title(brief: Brief, width: float) -> Title:
    (title,) = runs(brief.title)
    content = replace(title, text=shortened(_whole_title(brief), LONGEST_TITLE))
    found = (Title(1, content, style) for style in TITLES)
    return next((t for t in found if t.is_one_line(width)), Title(1, content, TITLES[2]))


def _council(part: Section, kind: Type) -> list[Flowable]:
    """Return the section, its list beside title and lead."""
    if not part.items:
        return section(part, kind)
    title, lead, items = section(part, kind)
    columns = Columns([[title, lead], [items]], COUNCIL, gap=GUTTER)
    columns.spaceBefore = kind.title.before
    return [columns]


def _question(question: Question, kind: Type) -> Panel:
    answers = [
        Even([strong_run(f"{label}: "), *runs(text)], kind.text) for label, text in question.answers
    ]
    return Panel([Even(runs(question.text), LEAD), *answers], COLORS[question.tone])


def _status(brief: Brief) -> Paragraph:
    badges: list[object] = []
    for word in brief.badges:
        badges += [badge(word.text, COLORS.get(word.tone, ACCENT)), " "]
    return Even([*badges, *runs(brief.status)], STATUS)


def _facts(brief: Brief) -> Columns:
    return Columns([_fact(fact) for fact in brief.key_facts], KEY_FACTS, gap=12, ruled=True)


def _fact(fact: Fact) -> list[Flowable]:
    note = [paragraph(fact.note, LABEL)] if fact.note else []
    return [Paragraph(fact.label, LABEL), paragraph(fact.value, VALUE), *note]


def _middle(brief: Brief, kind: Type, width: float, cut: Cut) -> Columns:
    """Return what is shared beside money and concerns, in columns that are lowest together."""
    found: list[tuple[float, Columns]] = []
    least = least_width(brief.shared.cut(*cut), kind)
    for wide, narrow in MIDDLE:
        share = (width - GUTTER) / (wide + narrow)
        if found and share * wide < least:
            break
        left = lowest(brief.shared.cut(*cut), kind, share * wide, *SHARED)
        right = section(brief.money.cut(*cut), kind) + section(brief.concerns.cut(*cut), kind)
        heights = height_of(left, share * wide), height_of(right, share * narrow)
        found.append((max(heights), Columns([left, right], (wide, narrow), gap=GUTTER, ruled=True)))
        if heights[0] >= heights[1]:
            break
    return min(found, key=lambda pair: pair[0])[1]
