"""Dates as people type them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civil.display import show_date
from civil.typed import parse_typed

READ = {
    "2008": "2008",
    " July 2010 ": "2010-07",
    "jul 2010": "2010-07",
    "julio de 2010": "2010-07",
    "31 Aug 2018": "2018-08-31",
    "31 August, 2018": "2018-08-31",
    "August 31, 2018": "2018-08-31",
    "Aug. 31st, 2018": "2018-08-31",
    "31 de agosto de 2018": "2018-08-31",
    "8/31/2018": "2018-08-31",
    "2018-08-31": "2018-08-31",
    "2010-07": "2010-07",
    "2008 / 2009": "2008/2009",
    "2018-01-01/2018-08-03": "2018-01-01/2018-08-03",
}


@pytest.mark.parametrize("text", READ)
def test_a_date_is_read_as_it_is_typed(text: str) -> None:
    found = parse_typed(text)
    assert found is not None
    assert found.edtf == READ[text]


@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_typed_is_not_recorded(text: str) -> None:
    assert parse_typed(text) is None


REFUSED = [
    "summer",
    "31 Foo 2018",
    "February 30, 2018",
    "13/31/2018",
    "2018-13",
    "31-08-18",
    "٢٠١٨",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_date_is_refused_with_what_to_type(text: str) -> None:
    with pytest.raises(ValueError, match=r"[Ww]rite"):
        parse_typed(text)


@given(st.dates())
def test_every_day_reads_back_as_it_is_shown(day: dt.date) -> None:
    if day.year >= 1000:
        found = parse_typed(show_date(day))
        assert found is not None
        assert (found.first, found.last) == (day, day)
