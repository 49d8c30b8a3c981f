from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civil.partial import PartialDate

DAYS = st.dates()
PAIRS = st.tuples(DAYS, DAYS).map(sorted).map(lambda pair: PartialDate(*pair))

READINGS = [  # text, first, last, precision
    ("2008", "2008-01-01", "2008-12-31", "year"),
    ("0001", "0001-01-01", "0001-12-31", "year"),
    ("9999", "9999-01-01", "9999-12-31", "year"),
    ("2010-07", "2010-07-01", "2010-07-31", "month"),
    ("2010-02", "2010-02-01", "2010-02-28", "month"),
    ("2012-02", "2012-02-01", "2012-02-29", "month"),
    ("9999-12", "9999-12-01", "9999-12-31", "month"),
    ("2010-07-16", "2010-07-16", "2010-07-16", "day"),
    ("2012-02-29", "2012-02-29", "2012-02-29", "day"),
    ("0001-01-01", "0001-01-01", "0001-01-01", "day"),
    ("9999-12-31", "9999-12-31", "9999-12-31", "day"),
    ("2018-01-01/2018-08-03", "2018-01-01", "2018-08-03", "span"),
    ("2008/2009", "2008-01-01", "2009-12-31", "span"),
    ("2008-11/2009-02", "2008-11-01", "2009-02-28", "span"),
    ("2018-07-31/2018-08-31", "2018-07-31", "2018-08-31", "span"),
]


@pytest.mark.parametrize(("text", "first", "last", "precision"), READINGS)
def test_edtf_is_read_and_written(text, first, last, precision):
    known = PartialDate.parse(text)
    assert known == PartialDate(date.fromisoformat(first), date.fromisoformat(last))
    assert known.precision == precision
    assert known.edtf == str(known) == text


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("2008/2008", "2008"),
        ("2008-01/2008-12", "2008"),
        ("2008-01-01/2009-12-31", "2008/2009"),
        ("2010-07-01/2010-07-31", "2010-07"),
        ("2010-07-16/2010-07-16", "2010-07-16"),
        ("2010/2011-02", "2010-01/2011-02"),
        ("2010-07/2010-08-15", "2010-07-01/2010-08-15"),
        ("2010-07-16/2010", "2010-07-16/2010-12-31"),
    ],
)
def test_other_spellings_read_alike_and_are_written_shortest(text, edtf):
    assert PartialDate.parse(text).edtf == edtf


REFUSED = [  # text, what the error says
    ("", "Write a year, month or day as 2008"),
    (" ", "Write a year, month or day as 2008"),
    ("2008 ", "Write a year"),
    ("2008\n", "Write a year"),
    ("\x00", "Write a year"),
    ("2008\x00", "Write a year"),
    ("\ud800", "Write a year"),
    ("July 2010", "Write a year"),
    ("07/16/2010", "Write a year"),
    ("20100716", "Write a year"),
    ("2010-7", "Write a year"),
    ("2010-W30", "Write a year"),
    ("10", "Write a year"),
    ("12010", "Write a year"),
    ("-2010", "Write a year"),
    ("2010-07-16T00:00", "Write a year"),
    ("2010~", "Write a year"),
    ("201X", "Write a year"),
    ("2010/", "Write a year"),
    ("/2010", "Write a year"),
    ("2010/..", "Write a year"),
    ("2010/2011/2012", "Write a year"),
    ("٢٠١٠", "Write a year"),  # Arabic-Indic digits
    ("２０１０", "Write a year"),  # full-width digits
    ("2010-٠٧", "Write a year"),
    ("0000", "0000: there is no such year. Write 0001 to 9999."),
    ("2010-13", "2010-13: there is no such month. Write 01 to 12."),
    ("2010-00", "2010-00: there is no such month. Write 01 to 12."),
    ("2010-00-10", "2010-00-10: there is no such month"),
    ("2010-02-30", "2010-02-30: there is no such day. Write 01 to 28 for that month."),
    ("2012-02-30", "Write 01 to 29 for that month."),
    ("2010-07-00", "Write 01 to 31 for that month."),
    ("2010/2010-13", "2010-13: there is no such month"),
    ("2009/2008", "The last day, 2008-12-31, comes before the first, 2009-01-01: write it first."),
]


@pytest.mark.parametrize(("text", "says"), REFUSED, ids=[ascii(text) for text, _ in REFUSED])
def test_what_is_no_edtf_is_refused_and_the_error_tells_what_to_write(text, says):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared below
        PartialDate.parse(text)
    assert says in str(caught.value)
    assert str(caught.value).isascii()


@given(st.text())
def test_any_text_is_read_or_refused(text):
    try:
        known = PartialDate.parse(text)
    except ValueError:
        return
    assert PartialDate.parse(known.edtf) == known


@given(PAIRS)
def test_every_pair_of_days_survives_writing_and_reading(known):
    assert PartialDate.parse(known.edtf) == known


@given(st.dates(), st.sampled_from([4, 7, 10]), st.dates(), st.sampled_from([4, 7, 10]))
def test_every_span_survives_writing_and_reading(left, left_length, right, right_length):
    left, right = sorted([left, right])
    text = f"{left.isoformat()[:left_length]}/{right.isoformat()[:right_length]}"
    known = PartialDate.parse(text)
    assert PartialDate.parse(str(known)) == known
    assert len(str(known)) <= 21
    assert known.first <= left <= right <= known.last


@given(DAYS)
def test_an_exact_day_is_its_own_first_and_last(day):
    known = PartialDate.exact(day)
    assert known.first == known.last == day
    assert known.is_exact
    assert known.precision == "day"
    assert known.edtf == day.isoformat()


@pytest.mark.parametrize("text", ["2008", "2010-07", "2018-01-01/2018-08-03"])
def test_what_leaves_more_than_one_day_is_not_exact(text):
    assert not PartialDate.parse(text).is_exact


def test_the_last_day_does_not_come_before_the_first():
    with pytest.raises(ValueError, match="2018-01-01, comes before the first, 2018-08-03"):
        PartialDate(date(2018, 8, 3), date(2018, 1, 1))


@pytest.mark.parametrize("end", [None, "2018-01-01", 2018, datetime(2018, 1, 1, tzinfo=UTC)])
def test_both_ends_are_plain_dates(end):
    with pytest.raises(ValueError, match="two plain dates"):
        PartialDate(date(2018, 1, 1), end)
    with pytest.raises(ValueError, match="two plain dates"):
        PartialDate(end, date(2018, 1, 1))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        ("2010-07", PartialDate(date(2010, 7, 1), date(2010, 7, 31))),
        (date(2010, 7, 16), PartialDate(date(2010, 7, 16), date(2010, 7, 16))),
        (PartialDate.parse("2008"), PartialDate.parse("2008")),
    ],
)
def test_values_are_taken_as_partial_dates(value, expected):
    assert PartialDate.coerce(value) == expected


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (datetime(2018, 8, 31, tzinfo=UTC), "leave out the time of day"),
        (2018, "written as text"),
        (0, "written as text"),
        (False, "written as text"),
        (("2018", "2019"), "written as text"),
        (b"2018", "written as text"),
        (" ", "Write a year"),
    ],
)
def test_other_values_are_refused(value, says):
    with pytest.raises(ValueError, match=says):
        PartialDate.coerce(value)


def test_partial_dates_have_no_order():
    with pytest.raises(TypeError):
        _ = PartialDate.parse("2010") < PartialDate.parse("2010-07")


def test_partial_dates_are_values():
    assert PartialDate.parse("2010") == PartialDate.parse("2010-01/2010-12")
    assert len({PartialDate.parse("2010"), PartialDate.parse("2010/2010")}) == 1
    with pytest.raises(FrozenInstanceError):
        PartialDate.parse("2010").first = date(2011, 1, 1)
