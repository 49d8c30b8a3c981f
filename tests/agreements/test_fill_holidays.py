"""The city's holidays are rows: filled in once, and no upgrade moves them."""

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from agreements.models import Holiday
from revisions.models import Change
from tests.factories import make_holiday, make_person, save


def fill(*arguments: str) -> str:
    out = StringIO()
    call_command("fill_holidays", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def keeper(db: None) -> Any:
    """Who fills them in."""
    return make_person("keeper@example.org")


def by(*arguments: str) -> list[str]:
    return ["--by", "keeper@example.org", *arguments]


def test_holidays_of_the_wanted_years_become_rows_in_one_change(keeper: Any) -> None:
    fill(*by("--first", "2018", "--last", "2020"))
    days = set(Holiday.objects.values_list("on", flat=True))
    assert {day.year for day in days} == {2018, 2019, 2020}
    assert dt.date(2018, 9, 3) in days
    assert dt.date(2018, 7, 4) in days
    entry = Change.objects.get()
    assert entry.by == keeper
    assert Holiday.history.filter(change=entry).count() == len(days)


def test_years_that_have_rows_are_left_alone(keeper: Any) -> None:
    moved = make_holiday(dt.date(2018, 2, 5), "Parade")
    fill(*by("--first", "2018", "--last", "2019"))
    assert {h.on.year for h in Holiday.objects.exclude(pk=moved.pk)} == {2019}
    save(moved, name="Renamed")
    before = list(Holiday.objects.values())
    assert fill(*by("--first", "2018", "--last", "2019")).startswith("0 holidays added")
    assert list(Holiday.objects.values()) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["--first", "0"],
        ["--first", "2020", "--last", "2019"],
        ["--first", "9999", "--last", "10000"],
        ["--first", "1", "--last", "9999"],
        ["--first", "-5"],
    ],
)
def test_years_out_of_order_are_refused(keeper: Any, arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="years in order"):
        fill(*by(*arguments))
    assert not Holiday.objects.exists()


def test_somebody_known_fills_them_in(keeper: Any) -> None:
    with pytest.raises(CommandError, match=r"nobody signs in as who@example\.org"):
        fill("--by", "who@example.org", "--first", "2018", "--last", "2018")
    assert fill("--by", "Keeper@Example.org", "--first", "2018", "--last", "2018")


def test_a_country_that_the_library_does_not_know_is_told(keeper: Any, settings: Any) -> None:
    settings.PACTWATCH_HOLIDAYS = "ZZ-QQ"
    with pytest.raises(CommandError, match="PACTWATCH_HOLIDAYS is ZZ-QQ"):
        fill(*by("--first", "2018", "--last", "2018"))
