import datetime as dt
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.briefs.charts import Axis, Moment, ledger, percent, ribbon, timeline
from reports.briefs.drawings import qr_boxes, text_width, timeline_picture
from reports.briefs.labels import Label, place_labels
from reports.briefs.shapes import Circle, Line, Polygon, Rect, Words
from tests.reports.briefs.samples import (
    ON,
    deadline,
    decision,
    element,
    empty,
    entry,
    huge,
    partial,
    running,
    term,
)

WIDTH = 536.0
GAP = 3.5 / WIDTH


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# Axis


def test_axis_is_to_scale_and_keeps_what_lies_outside_on_its_edge() -> None:
    axis = Axis(day("2018-01-01"), day("2019-01-01"))
    assert axis.at(day("2018-01-01")) == 0
    assert axis.at(day("2018-07-02")) == pytest.approx(182 / 365)
    assert axis.at(day("2017-01-01")) == 0
    assert axis.at(day("2020-01-01")) == 1
    assert percent(1 / 3) == "33.33%"


def test_years_are_evenly_spaced_and_few() -> None:
    axis = Axis(day("2008-01-01"), day("2019-01-01"))
    assert [year for year, _ in axis.years(12)] == [str(y) for y in range(2008, 2019)]
    assert [year for year, _ in axis.years(6)] == [str(y) for y in range(2008, 2019, 2)]


# The timeline's geometry


def test_timeline_runs_over_whole_years_with_the_shown_day_and_the_next_deadline() -> None:
    found = timeline(running())
    assert found.title == "Timeline, 2017 to 2018"
    kinds = {m.kind: m for m in found.moments}
    assert kinds["day"].label == "As of June 15, 2018"
    assert kinds["deadline"].label == "Decide by: July 2, 2018"
    assert kinds["end"].label == "Ends: August 31, 2018"
    axis = Axis(day("2017-01-01"), day("2019-01-01"))
    assert kinds["day"].at == axis.at(ON)
    assert kinds["deadline"].at == axis.at(day("2018-07-02"))


def test_term_is_past_then_ahead_and_a_gap_follows() -> None:
    first = term(
        starts_on=partial("2008"),
        ends_on=partial("2010-08-31"),
        is_current=False,
        gap_after=(day("2010-09-01"), day("2017-08-31")),
    )
    current = term(number=2)
    spans = timeline(running(term=current, terms=(first, current))).spans
    assert [span.kind for span in spans] == ["unsure", "past", "gap", "current", "ahead"]
    for span, later in pairwise(spans):
        assert span.end == pytest.approx(later.start)
    axis = Axis(day("2008-01-01"), day("2019-01-01"))
    assert spans[-1].end == axis.at(day("2018-09-01"))  # the last day is in force all day
    assert spans[-2].end == axis.at(ON)


def test_description_says_what_the_picture_shows() -> None:
    said = timeline(running()).description
    assert said.startswith("Timeline, 2017 to 2018. Term: September 1, 2017 to August 31, 2018.")
    assert "Day that is shown: June 15, 2018. Decide by: July 2, 2018." in said
    assert timeline(empty()).description.startswith("Timeline, 2018 to 2018. No term is recorded.")


def test_labels_of_records_are_short() -> None:
    view = running(
        timeline=(
            entry("Council Resolution 7, 17–0: do not renew", "2018-02-01", "resolution"),
            entry("A resolution whose name is far too long for any picture", "2018-01-15",
                  "resolution", label="council resolution"),
            entry("do not renew", "2018-03-01", "decision"),
            entry("Somebody met somebody", "2018-04-01"),
            entry("No day", None, "decision"),
            entry("Some day that year", "2017", "decision"),
        )
    )  # fmt: skip
    labels = {m.label for m in timeline(view).moments if m.kind in {"resolution", "decision"}}
    assert labels == {"Council Resolution 7, 17–0", "Council resolution", "Decision: do not renew"}
    assert sum(1 for m in timeline(view).moments if m.kind == "other") == 2


def test_what_falls_on_one_day_has_one_label() -> None:
    view = running(
        timeline=(
            entry("Names go", "2018-03-01", "amendment"),
            entry("renew with changes", "2018-03-01", "decision"),
        )
    )
    found = timeline(view).moments
    (decided,) = (m for m in found if m.kind == "decision")
    assert [m.label for m in found if m.at == decided.at] == ["Decision: renew with changes", ""]


@pytest.mark.parametrize(
    ("starts", "ends"),
    [("0001", "9999-12-31"), (None, "9999-12-31"), ("2017", None), ("2020-01-01", "2050")],
)
def test_far_days_lie_on_the_edge(starts: str | None, ends: str | None) -> None:
    current = term(starts_on=partial(starts), ends_on=partial(ends))
    deadlines = (deadline("expiry", "9999-12-31"),)
    found = timeline(running(term=current, deadlines=deadlines))
    assert len(found.years) <= 12
    assert all(0 <= span.start < span.end <= 1 for span in found.spans)
    assert all(0 <= moment.at <= 1 for moment in found.moments)
    assert timeline_picture(found, WIDTH).width == WIDTH


# Labels


def overlaps(labels: list[Label]) -> list[tuple[str, str]]:
    """Pairs of which one's text lies on the other's text or on the line to it."""
    found = []
    for one, other in combinations(labels, 2):
        if one.moment.is_ahead != other.moment.is_ahead:
            continue
        near, far = sorted((one, other), key=lambda label: label.row)
        same_row = one.row == other.row
        if same_row and one.left < other.right and other.left < one.right:
            found.append((one.moment.label, other.moment.label))
        if not same_row and near.left < far.moment.at < near.right:
            found.append((one.moment.label, other.moment.label))
    return found


moments = st.builds(
    Moment,
    at=st.floats(0, 1),
    kind=st.sampled_from(["day", "deadline", "end", "begin", "decision", "resolution"]),
    label=st.text("abc ", min_size=1, max_size=40),
)


@given(st.lists(moments, max_size=14))
def test_labels_overlap_neither_each_other_nor_the_lines(found: list[Moment]) -> None:
    labels = place_labels(found, lambda text: len(text) * 4 / WIDTH, gap=GAP)
    assert overlaps(labels) == []
    assert all(label.left >= 0 and label.right <= 1 for label in labels)
    assert all(1 <= label.row <= 3 for label in labels)


def test_day_deadline_and_end_close_together_are_all_labelled() -> None:
    for months in range(12):
        on = dt.date(2018, months + 1, 15)
        deadlines = tuple(
            deadline(kind, (on + dt.timedelta(days=days)).isoformat())
            for kind, days in (("decide_by", 3), ("notice", 9), ("expiry", 16))
        )
        first = term(starts_on=partial("2008"))
        found = timeline(replace(running(term=first, deadlines=deadlines), on=on))
        placed = place_labels(found.moments, lambda t: text_width(t) / WIDTH, gap=GAP)
        assert {label.moment.kind for label in placed} >= {"day", "deadline", "end"}
        assert len([label for label in placed if label.moment.kind == "deadline"]) == 2


# Drawings


def test_drawing_holds_terms_labels_and_caption_within_its_size() -> None:
    caption = "Bars: recorded terms. " * 6
    drawing = timeline_picture(timeline(running()), WIDTH, caption)
    texts = [shape.text for shape in drawing.shapes if isinstance(shape, Words)]
    assert {"As of June 15, 2018", "Decide by: July 2, 2018", "Ends: August 31, 2018"} <= {*texts}
    assert " ".join(caption.split()) in " ".join(texts)
    for shape in drawing.shapes:
        if isinstance(shape, Words):
            assert 0 <= shape.x <= shape.x + text_width(shape.text, shape.font) <= WIDTH + 1
            assert 0 <= shape.y <= drawing.height - 5
        elif isinstance(shape, Rect):
            assert shape.x >= 0
            assert shape.x + shape.width <= WIDTH + 0.01


def test_caption_stands_below_the_labels_where_these_leave_no_room() -> None:
    many = tuple(
        deadline(f"kind {n}", f"2018-{n + 1:02}-15", label="A deadline with a name")
        for n in range(12)
    )
    drawing = timeline_picture(timeline(running(deadlines=many)), WIDTH, "The caption " * 12)
    texts = [shape for shape in drawing.shapes if isinstance(shape, Words)]
    captions = [shape for shape in texts if shape.text.startswith("The caption")]
    labels = [shape for shape in texts if "deadline" in shape.text]
    assert captions
    assert labels
    for caption, label in ((c, n) for c in captions for n in labels):
        beside = caption.x + text_width(caption.text) <= label.x
        assert beside or abs(caption.y - label.y) > 5


def test_marks_differ_in_shape_and_not_in_color_alone() -> None:
    view = running(
        timeline=(
            entry("renew", "2018-01-01", "decision"),
            entry("Resolution 1", "2018-02-01", "resolution"),
        )
    )
    shapes = [type(shape) for shape in timeline_picture(timeline(view), WIDTH).shapes]
    assert shapes.count(Polygon) == 1  # the decision
    assert shapes.count(Circle) == 2  # the resolution and the deadline, each with its label
    assert Line in shapes


@pytest.mark.parametrize("text", ["https://register.example.org/a/?on=2018-06-15", "x" * 400])
def test_qr_code_has_exactly_the_dark_modules(text: str) -> None:
    import segno

    matrix = segno.make(text, error="m", micro=False).matrix
    unit = 100 / len(matrix)
    dark = set()
    for left, bottom, width, height in qr_boxes(text, 100):
        assert height == unit
        row, first = round((100 - bottom) / unit) - 1, round(left / unit)
        dark |= {(row, first + n) for n in range(round(width / unit))}
    modules = ((r, c, dark) for r, row in enumerate(matrix) for c, dark in enumerate(row))
    assert dark == {(row, column) for row, column, is_dark in modules if is_dark}


# What pages draw


def test_ledger_shows_what_is_certain_and_what_is_not() -> None:
    removed = element("Names", removed_on=partial("2018-03"), until_on=day("2018-03-31"))
    vague = element("Address", earliest_on=day("2017-01-01"))
    found = ledger(running(elements=(removed, vague)))
    assert (found.first_year, found.last_year) == (2017, 2018)
    assert [bar.is_unsure for bar in found.rows[0].bars] == [False, True]
    assert [bar.is_unsure for bar in found.rows[1].bars] == [True, False, True]
    assert found.rows[1].bars[-1].x2 == percent(Axis(day("2017-01-01"), day("2019-01-01")).at(
        day("2018-08-31")
    ))  # fmt: skip


def test_ribbon_piles_what_lies_close_together() -> None:
    found = ribbon(ON, [(day("2018-08-31"), True)] * 12 + [(day("2018-12-01"), False)])
    assert len(found.marks) == 9
    (pile,) = found.piles
    assert (pile.day, pile.count) == (day("2018-08-31"), 12)
    assert len(found.months) == 12


def test_a_huge_record_is_drawn_quickly_and_in_bounds() -> None:
    view = huge()
    found = timeline(replace(view, decisions=(decision(),)))
    placed = place_labels(found.moments, lambda text: text_width(text) / WIDTH, gap=GAP)
    assert overlaps(placed) == []
    assert len(placed) >= 3
