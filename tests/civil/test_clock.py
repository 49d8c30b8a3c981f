from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from civil.clock import civil_date, end_of_day, start_of_day, today
from civil.months import OutOfCalendarError

ZONES = ["America/New_York", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland", "UTC"]
MICROSECOND = timedelta(microseconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture(autouse=True)
def _philadelphia(settings):
    settings.PACTWATCH_TIME_ZONE = "America/New_York"
    settings.PACTWATCH_TODAY = None


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2018-09-01T03:59:59Z", "America/New_York", date(2018, 8, 31)),
        ("2018-09-01T04:00:00Z", "America/New_York", date(2018, 9, 1)),
        ("2018-08-31T15:30:00Z", "Pacific/Auckland", date(2018, 9, 1)),
        ("2018-08-31T20:00:00Z", "Asia/Kolkata", date(2018, 9, 1)),
    ],
)
def test_today_is_the_citys_civil_date_not_the_servers(settings, moment, zone, day):
    settings.PACTWATCH_TIME_ZONE = zone
    with time_machine.travel(at(moment), tick=False):
        assert today() == day


def test_today_is_the_day_set_for_the_register(settings):
    settings.PACTWATCH_TODAY = date(2018, 6, 15)
    assert today() == date(2018, 6, 15)


def test_today_is_a_plain_date():
    assert type(today()) is date


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2018-08-31T23:59:59.999999-04:00", date(2018, 8, 31)),
        ("2018-09-01T03:59:59+00:00", date(2018, 8, 31)),
        ("2018-09-01T04:00:00+00:00", date(2018, 9, 1)),
        ("2018-12-31T23:30:00-05:00", date(2018, 12, 31)),
        ("9999-12-31T23:59:59+00:00", date(9999, 12, 31)),
    ],
)
def test_civil_date_is_the_day_in_the_city(moment, day):
    assert civil_date(at(moment)) == day


def test_civil_date_refuses_a_moment_without_zone():
    with pytest.raises(ValueError, match="needs a time zone"):
        civil_date(datetime(2018, 8, 31, 12, 0))  # noqa: DTZ001 - the naive moment is the case


def test_civil_date_outside_the_calendar_is_a_clear_error():
    with pytest.raises(OutOfCalendarError, match="outside the calendar"):
        civil_date(datetime.min.replace(tzinfo=UTC))


DAYS = [  # zone, day, its first moment, its last, hours between
    ("America/New_York", "2018-08-31", "2018-08-31T04:00Z", "2018-09-01T04:00Z"),
    # 23 hours: clocks go forward at 02:00
    ("America/New_York", "2018-03-11", "2018-03-11T05:00Z", "2018-03-12T04:00Z"),
    # 25 hours: clocks go back at 02:00
    ("America/New_York", "2018-11-04", "2018-11-04T04:00Z", "2018-11-05T05:00Z"),
    ("UTC", "2018-03-11", "2018-03-11T00:00Z", "2018-03-12T00:00Z"),
    # 00:00 is skipped, the day starts at 01:00
    ("America/Santiago", "2022-09-11", "2022-09-11T04:00Z", "2022-09-12T03:00Z"),
    # 23:00 to 24:00 comes twice
    ("America/Santiago", "2022-04-02", "2022-04-02T03:00Z", "2022-04-03T04:00Z"),
    # 23:00 to 24:00 is skipped
    ("America/Nuuk", "2024-03-30", "2024-03-30T02:00Z", "2024-03-31T01:00Z"),
    # 00:00 to 01:00 comes twice
    ("America/Havana", "2018-11-04", "2018-11-04T04:00Z", "2018-11-05T05:00Z"),
    # an offset with seconds
    ("America/New_York", "0001-01-01", "0001-01-01T04:56:02Z", "0001-01-02T04:56:02Z"),
]


@pytest.mark.parametrize(("zone", "day", "start", "next_start"), DAYS)
def test_a_day_runs_from_its_first_moment_to_its_last(settings, zone, day, start, next_start):
    settings.PACTWATCH_TIME_ZONE = zone
    day = date.fromisoformat(day)
    assert start_of_day(day) == at(start)
    assert end_of_day(day) == at(next_start) - MICROSECOND


@pytest.mark.parametrize(("zone", "day", "start", "next_start"), DAYS)
def test_a_day_holds_its_own_ends_and_no_neighbor(settings, zone, day, start, next_start):
    settings.PACTWATCH_TIME_ZONE = zone
    day = date.fromisoformat(day)
    assert civil_date(start_of_day(day)) == civil_date(end_of_day(day)) == day
    assert civil_date(end_of_day(day) + MICROSECOND) == day + timedelta(days=1)
    if day != date.min:
        assert civil_date(start_of_day(day) - MICROSECOND) == day - timedelta(days=1)


def test_a_day_the_zone_skipped_whole_is_empty(settings):
    settings.PACTWATCH_TIME_ZONE = "Pacific/Apia"
    skipped = date(2011, 12, 30)
    assert start_of_day(skipped) == start_of_day(date(2011, 12, 31))
    assert end_of_day(skipped) == end_of_day(date(2011, 12, 29))


@pytest.mark.parametrize("zone", [*ZONES, "Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_calendars_first_and_last_day_have_moments_that_utc_can_hold(settings, zone, day):
    settings.PACTWATCH_TIME_ZONE = zone
    assert start_of_day(day) < end_of_day(day)
    for moment in (start_of_day(day), end_of_day(day)):
        assert civil_date(moment) == day
        assert moment.astimezone(UTC) == moment


def test_moments_are_in_utc_so_that_their_difference_is_true():
    fall_back = date(2018, 11, 4)
    assert start_of_day(fall_back).tzinfo is end_of_day(fall_back).tzinfo is UTC
    assert end_of_day(fall_back) - start_of_day(fall_back) + MICROSECOND == timedelta(hours=25)


@given(
    zone=st.sampled_from(ZONES),
    day=st.dates(min_value=date(1, 1, 2), max_value=date(9999, 12, 30)),
)
def test_days_follow_each_other_without_gap_or_overlap(zone, day):
    with override_settings(PACTWATCH_TIME_ZONE=zone):
        assert end_of_day(day) + MICROSECOND == start_of_day(day + timedelta(days=1))


@given(
    zone=st.sampled_from(ZONES),
    moment=st.datetimes(
        min_value=datetime(1, 1, 2),  # noqa: DTZ001 - the strategy adds the zone
        max_value=datetime(9999, 12, 30),  # noqa: DTZ001
        timezones=st.sampled_from([ZoneInfo(zone) for zone in ZONES]),
    ),
)
def test_a_moment_lies_within_its_civil_day(zone, moment):
    with override_settings(PACTWATCH_TIME_ZONE=zone):
        day = civil_date(moment)
        assert start_of_day(day) <= moment <= end_of_day(day)
