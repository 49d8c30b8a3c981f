from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.notice import NoticeDate, NoticeRule, notice_date, readings
from civil.business import add_business_days, is_business_day
from civil.months import OutOfCalendarError

LABOR_DAY = date(2018, 9, 3)
HOLIDAYS = frozenset({LABOR_DAY, date(2018, 7, 4)})

EXPLICIT: dict[str, Any] = {
    "day_kind": "calendar",
    "counted_from": "end",
    "counting": "at_least",
    "effective": "sending",
    "roll": "none",
}
OPEN_PARTS = dict.fromkeys(EXPLICIT, "")


def rule(length: int, unit: Any = "days", **parts: Any) -> NoticeRule:
    """A rule that is explicit in every part but those given."""
    return NoticeRule(length, unit, **{**EXPLICIT, **parts})


# The 31st of August 2018 is a Friday, the 3rd of September is Labor Day.
EXPLICIT_CASES = [  # rule, last day of the term, last day to give notice
    # days
    (rule(30), "2018-08-31", "2018-08-01"),
    (rule(30, counting="clear"), "2018-08-31", "2018-07-31"),
    (rule(30, counted_from="start_of_next"), "2018-08-31", "2018-08-02"),
    (rule(30, counted_from="start_of_next", counting="clear"), "2018-08-31", "2018-08-01"),
    (rule(60), "2018-08-31", "2018-07-02"),
    (rule(60), "2020-03-31", "2020-01-31"),  # a leap year
    (rule(60), "2019-03-31", "2019-01-30"),
    (rule(0), "2018-08-31", "2018-08-31"),
    (rule(0, counting="clear"), "2018-08-31", "2018-08-30"),
    (rule(0, counted_from="start_of_next"), "2018-08-31", "2018-08-31"),  # never after the end
    (rule(0, counted_from="start_of_next", roll="earlier"), "2018-09-02", "2018-08-31"),
    (rule(1, counted_from="start_of_next"), "2018-08-31", "2018-08-31"),
    (rule(1), "9999-12-31", "9999-12-30"),
    (rule(1, counted_from="start_of_next"), "9999-12-31", "9999-12-30"),  # no day after it
    (rule(1, "months", counted_from="start_of_next"), "9999-12-31", "9999-11-30"),
    (rule(30), "0001-01-31", "0001-01-01"),
    # months, clipped to month ends
    (rule(6, "months"), "2018-08-31", "2018-02-28"),
    (rule(6, "months"), "2020-08-31", "2020-02-29"),
    (rule(6, "months", counting="clear"), "2018-08-31", "2018-02-27"),
    (rule(6, "months", counted_from="start_of_next"), "2018-08-31", "2018-03-01"),
    (
        rule(6, "months", counted_from="start_of_next", counting="clear"),
        "2020-08-31",
        "2020-02-29",
    ),
    (rule(12, "months"), "2020-02-29", "2019-02-28"),
    (rule(3, "months"), "2018-12-31", "2018-09-30"),
    (rule(1, "months", day_kind="business"), "2018-08-31", "2018-07-31"),  # not read
    # business days
    (rule(1, day_kind="business"), "2018-08-31", "2018-08-30"),
    (rule(10, day_kind="business"), "2018-08-31", "2018-08-17"),
    (rule(10, day_kind="business", counting="clear"), "2018-08-31", "2018-08-16"),
    (rule(1, day_kind="business"), "2018-09-04", "2018-08-31"),  # back over Labor Day
    (rule(1, day_kind="business", counting="clear"), "2018-09-04", "2018-08-30"),
    (rule(1, day_kind="business", counted_from="start_of_next"), "2018-09-03", "2018-08-31"),
    (rule(2, day_kind="business"), "2018-09-02", "2018-08-30"),  # from a Sunday
    (rule(0, day_kind="business"), "2018-09-02", "2018-09-02"),
    # a day that is no business day
    (rule(30, roll="none"), "2018-09-30", "2018-08-31"),
    (rule(30, roll="earlier"), "2018-10-01", "2018-08-31"),  # 1 September is a Saturday
    (rule(30, roll="later"), "2018-10-01", "2018-09-04"),
    (rule(30, roll="none"), "2018-10-01", "2018-09-01"),
    (rule(30, roll="earlier"), "2018-08-31", "2018-08-01"),  # a Wednesday stays
    (rule(30, roll="later"), "2018-08-31", "2018-08-01"),
    (rule(6, "months", roll="earlier"), "2019-08-31", "2019-02-28"),
    (rule(6, "months", roll="later"), "2018-09-30", "2018-03-30"),
    (rule(1, roll="later"), "2018-09-02", "2018-09-02"),  # not past the end of the term
]


@pytest.mark.parametrize(("rule", "ends_on", "due_on"), EXPLICIT_CASES)
def test_an_explicit_rule_gives_its_day(rule, ends_on, due_on):
    assert notice_date(rule, date.fromisoformat(ends_on), HOLIDAYS) == NoticeDate(
        date.fromisoformat(due_on), ()
    )


CAUTIOUS_CASES = [  # rule, last day of the term, last day to give notice, what was read cautiously
    (rule(30, counted_from=""), "2018-08-31", "2018-08-01", ("counted_from",)),
    (rule(30, counted_from=""), "9999-12-31", "9999-12-01", ("counted_from",)),
    (rule(30, counting=""), "2018-08-31", "2018-07-31", ("counting",)),
    (rule(10, day_kind=""), "2018-08-31", "2018-08-17", ("day_kind",)),
    (rule(30, roll=""), "2018-10-01", "2018-08-31", ("roll",)),
    (rule(30, roll=""), "2018-08-31", "2018-08-01", ("roll",)),
    (rule(30, effective=""), "2018-08-31", "2018-08-01", ("effective",)),
    (rule(30, effective="receipt"), "2018-08-31", "2018-08-01", ("receipt",)),
    (rule(6, "months", day_kind=""), "2018-08-31", "2018-02-28", ()),
    (rule(6, "months", counting="", roll=""), "2018-08-31", "2018-02-27", ("counting", "roll")),
    (
        rule(6, "months", counted_from="start_of_next", counting="", roll=""),
        "2018-09-30",  # 1 April is a Sunday, the day before a Saturday
        "2018-03-30",
        ("counting", "roll"),
    ),
    (
        NoticeRule(10, "days"),
        "2018-08-31",
        "2018-08-16",
        ("day_kind", "counted_from", "counting", "effective", "roll"),
    ),
    (
        NoticeRule(6, "months"),
        "2018-08-31",
        "2018-02-27",
        ("counted_from", "counting", "effective", "roll"),
    ),
]


@pytest.mark.parametrize(("rule", "ends_on", "due_on", "cautious"), CAUTIOUS_CASES)
def test_open_parts_are_read_as_the_earliest_day_and_named(rule, ends_on, due_on, cautious):
    assert notice_date(rule, date.fromisoformat(ends_on), HOLIDAYS) == NoticeDate(
        date.fromisoformat(due_on), cautious
    )


def test_a_rule_is_read_in_every_way_its_open_parts_allow():
    assert readings(rule(30)) == [rule(30)]
    assert readings(rule(30, counting="")) == [rule(30), rule(30, counting="clear")]
    assert len(readings(NoticeRule(30, "days"))) == 2 * 2 * 2 * 3
    assert len(readings(NoticeRule(6, "months"))) == 2 * 2 * 3


def test_a_negative_length_is_refused():
    with pytest.raises(ValueError, match="write 0 or more"):
        rule(-1)


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("unit", "weeks"),
        ("unit", ""),
        ("day_kind", "working"),
        ("counted_from", "start"),
        ("counting", "exactly"),
        ("effective", "posting"),
        ("roll", "nearest"),
    ],
)
def test_an_unknown_code_is_refused_with_those_that_may_be_written(part, code):
    with pytest.raises(ValueError, match=rf"{part} is '{code}': write one of '"):
        replace(rule(30), **{part: code})


@pytest.mark.parametrize(
    ("rule", "ends_on"),
    [
        (rule(31), date(1, 1, 31)),
        (rule(1, "months"), date(1, 1, 31)),
        (rule(10**12), date(2018, 8, 31)),
        (rule(10**12, "months"), date(2018, 8, 31)),
        (rule(10**12, day_kind="business"), date(2018, 8, 31)),
    ],
)
def test_a_day_outside_the_calendar_is_a_clear_error(rule, ends_on):
    with pytest.raises(OutOfCalendarError, match="outside the calendar"):
        notice_date(rule, ends_on, HOLIDAYS)


ENDS = st.dates(min_value=date(1900, 1, 1), max_value=date.max)
HOLIDAY_SETS = st.frozensets(
    st.dates(min_value=date(2017, 1, 1), max_value=date(2019, 12, 31)), max_size=100
)
NEAR_ENDS = st.one_of(
    ENDS, st.dates(min_value=date(2017, 6, 1), max_value=date(2019, 12, 31))
)  # so that holidays matter


@st.composite
def rules(draw: st.DrawFn, *, may_be_open: bool = True) -> NoticeRule:
    codes = {
        "day_kind": ["calendar", "business"],
        "counted_from": ["end", "start_of_next"],
        "counting": ["at_least", "clear"],
        "effective": ["sending", "receipt"],
        "roll": ["earlier", "later", "none"],
    }
    unit: Any = draw(st.sampled_from(["days", "months"]))
    parts: dict[str, Any] = {
        part: draw(st.sampled_from([*known, ""] if may_be_open else known))
        for part, known in codes.items()
    }
    return NoticeRule(draw(st.integers(0, 60)), unit, **parts)


@given(rules(), NEAR_ENDS, HOLIDAY_SETS)
def test_notice_is_never_due_after_the_end(rule, ends_on, holidays):
    assert notice_date(rule, ends_on, holidays).due_on <= ends_on


@given(rules(), NEAR_ENDS, HOLIDAY_SETS)
def test_no_reading_gives_an_earlier_day_than_the_cautious_one(rule, ends_on, holidays):
    due_on = notice_date(rule, ends_on, holidays).due_on
    explicit = [notice_date(reading, ends_on, holidays).due_on for reading in readings(rule)]
    assert due_on == min(explicit)


@given(rules(may_be_open=False), st.sets(st.sampled_from(sorted(EXPLICIT))), NEAR_ENDS)
def test_opening_parts_never_gives_a_later_day(rule, opened, ends_on):
    opened_rule = replace(rule, **dict.fromkeys(opened, ""))
    known = notice_date(rule, ends_on, HOLIDAYS)
    cautious = notice_date(opened_rule, ends_on, HOLIDAYS)
    assert cautious.due_on <= known.due_on
    unread = {"day_kind"} if rule.unit == "months" else set()
    assert set(cautious.cautious) - {"receipt"} == opened - unread


@given(rules(), NEAR_ENDS, HOLIDAY_SETS)
def test_a_longer_notice_is_never_due_later(rule, ends_on, holidays):
    longer = replace(rule, length=rule.length + 1)
    due_on = notice_date(rule, ends_on, holidays).due_on
    assert notice_date(longer, ends_on, holidays).due_on <= due_on


@given(rules(), NEAR_ENDS, HOLIDAY_SETS)
def test_a_later_end_never_gives_an_earlier_notice(rule, ends_on, holidays):
    earlier_end = ends_on - timedelta(days=1)
    due_on = notice_date(rule, ends_on, holidays).due_on
    assert notice_date(rule, earlier_end, holidays).due_on <= due_on


@given(st.integers(0, 60), st.sampled_from(["end", "start_of_next"]), NEAR_ENDS)
def test_clear_days_leave_so_many_days_between(length, counted_from, ends_on):
    clear = rule(length, counting="clear", counted_from=counted_from)
    has_next = ends_on < date.max
    anchor = ends_on + timedelta(days=has_next and counted_from == "start_of_next")
    assert (anchor - notice_date(clear, ends_on, HOLIDAYS).due_on).days - 1 == length


@given(st.integers(1, 60), NEAR_ENDS, HOLIDAY_SETS)
def test_clear_business_days_leave_so_many_business_days_between(length, ends_on, holidays):
    due_on = notice_date(
        rule(length, day_kind="business", counting="clear"), ends_on, holidays
    ).due_on
    between = [due_on + timedelta(days=n) for n in range(1, (ends_on - due_on).days)]
    assert sum(is_business_day(day, holidays) for day in between) == length
    assert is_business_day(due_on, holidays)


@given(rules(), NEAR_ENDS, HOLIDAY_SETS)
def test_with_roll_earlier_the_day_is_a_business_day(rule, ends_on, holidays):
    due_on = notice_date(replace(rule, roll="earlier"), ends_on, holidays).due_on
    assert is_business_day(due_on, holidays)


@given(rules(may_be_open=False), NEAR_ENDS)
def test_how_notice_takes_effect_labels_the_day_and_does_not_move_it(rule, ends_on):
    sent, received, silent = (
        notice_date(replace(rule, effective=effective), ends_on, HOLIDAYS)
        for effective in ("sending", "receipt", "")
    )
    assert sent.due_on == received.due_on == silent.due_on
    assert "receipt" in received.cautious
    assert "effective" in silent.cautious
    assert not {"receipt", "effective"} & set(sent.cautious)


@given(st.integers(0, 60), NEAR_ENDS, HOLIDAY_SETS)
def test_business_days_count_back_from_the_end(length, ends_on, holidays):
    due_on = notice_date(rule(length, day_kind="business"), ends_on, holidays).due_on
    assert due_on == add_business_days(ends_on, -length, holidays)
