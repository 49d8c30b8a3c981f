"""The history of every kind of record, and of the PARS case at two moments."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from revisions import change
from revisions.restore import restore
from tests.factories import make_person, save, writing
from tests.revisions.samples import TRACKED, Samples, values

Sign = Callable[[str], Client]


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, url
    return re.sub(r"\s+", " ", response.content.decode())


def of(record: Any, tail: str = "") -> str:
    return f"/desk/history/{record._meta.label}/{record.pk}/{tail}"


def summaries(html: str) -> list[str]:
    return re.findall(r"<summary>(<time.*?)</summary>", html)


def first_revision(record: Any) -> Any:
    return type(record).history.filter(id=record.pk).earliest("history_id")


def test_every_kind_of_record_has_a_history_page(samples: Samples, signed_in: Sign) -> None:
    client = signed_in("editor")
    for model in TRACKED:
        saved = samples.saved(model)
        new = samples.of(model).changed
        with writing(reason=f"Change {model.__name__}"):
            save(saved, **new)
        lines = summaries(page(client, of(saved)))
        assert any(f"Change {model.__name__}" in line for line in lines), model


@pytest.mark.parametrize("pair", [("2010-06-30", "2018-08-05"), ("2018-08-05", "2010-06-30")])
def test_two_days_side_by_side(pars: Any, signed_in: Sign, pair: tuple[str, str]) -> None:
    first, second = pair
    url = of(pars, f"compare/?first={first}&second={second}")
    html = page(signed_in("editor"), url)
    assert "June 30, 2010 and August 5, 2018" in html
    assert "not known at the first" in html
    assert "gone by the second" not in html


def test_the_same_day_twice_differs_in_nothing(pars: Any, signed_in: Sign) -> None:
    url = of(pars, "compare/?first=2018-06-15&second=2018-06-15")
    assert "Nothing differs" in page(signed_in("editor"), url)


def test_comparing_needs_two_days(pars: Any, signed_in: Sign) -> None:
    page(signed_in("editor"), of(pars, "compare/"))
    page(signed_in("editor"), of(pars, "compare/?first=2018-06-15"), status=400)


def test_every_kind_of_record_can_be_restored(samples: Samples) -> None:
    for model in TRACKED:
        saved = samples.saved(model)
        before = values(model._base_manager.get(pk=saved.pk))
        with change(by=make_person(), reason="Change it"):
            save(saved, **samples.of(model).changed)
        restore(first_revision(saved), by=make_person(), reason="Back")
        assert values(model._base_manager.get(pk=saved.pk)) == before, model


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("2018-07-26 11:59", "2018-07-26 12:00", "differ"),  # notice was entered at noon
        ("2018-07-26 12:00", "26 July 2018", "Nothing differs between these two moments."),
        ("2018-07-25", "2018-07-26T11:59", "Nothing differs between these two moments."),
    ],
)
def test_two_minutes_of_one_day_are_compared(
    pars: Any, signed_in: Sign, first: str, second: str, said: str
) -> None:
    query = urlencode({"first": first, "second": second})
    assert said in (page(signed_in("editor"), of(pars, f"compare/?{query}")))


@pytest.mark.parametrize("wrong", ["2018-07-26 25:00", "July 2018", "", "noon"])
def test_what_is_no_moment_is_said(pars: Any, signed_in: Sign, wrong: str) -> None:
    query = urlencode({"first": wrong, "second": "2018-07-26"})
    page(signed_in("editor"), of(pars, f"compare/?{query}"), status=400)
