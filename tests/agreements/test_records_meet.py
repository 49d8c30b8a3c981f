"""Where rows meet, the change that brings them together is refused in words."""

import datetime as dt
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.utils import timezone

from agreements.models import (
    Agreement,
    Deadline,
    Decision,
    Event,
    NoticeGiven,
    Payment,
    Review,
    StatusSpan,
    Term,
    Vote,
)
from agreements.upkeep import rebuild
from parties.models import Party
from revisions import change
from tests.factories import make_agreement, make_person, save, writing
from tests.revisions.samples import history

# ── Where rows meet: terms ────────────────────────────────────────────────────


def term(number: int, first: Any, last: Any, **more: Any) -> dict[str, Any]:
    kind = {} if last else {"end_kind": "not_recorded"}
    return {"number": number, "starts_on": first, "ends_on": last} | kind | more


FOLLOW = {
    "the day after": [term(1, "2018-01-01", "2018-12-31"), term(2, "2019-01-01", "2019-12-31")],
    "with a gap": [term(1, "2018-01-01", "2018-12-31"), term(2, "2020-01-01", "2020-12-31")],
    "with numbers left out": [
        term(2, "2018-01-01", "2018-12-31"),
        term(7, "2019-01-01", "2019-12-31"),
    ],
    "after an end known to the year": [
        term(1, "2009", "2010"),
        term(2, "2011-01-01", "2011-12-31"),
    ],
    "from a month after an end known to the month": [
        term(1, "2008", "2010-08"),
        term(2, "2010-09", "2011-08-31"),
    ],
    "from a start known to the year of the end": [
        term(1, "2008", "2010-08-31"),
        term(2, "2010", "2011-08-31"),
    ],
    "after one whose end is not recorded": [
        term(1, "2008", None),
        term(2, "2010-09-01", "2011-08-31"),
    ],
    "after one that has no end by its terms": [
        term(1, "2008", None, end_kind="none"),
        term(2, "2010-09-01", None, end_kind="none"),
    ],
    "without any day": [term(1, None, None), term(2, None, None)],
    "a proposed one may overlap until it is executed": [
        term(1, "2018-01-01", "2018-12-31"),
        term(2, "2018-06-01", "2019-05-31", is_proposed=True),
    ],
}
MEET = {
    "on the last day": [term(1, "2018-01-01", "2018-12-31"), term(2, "2018-12-31", "2019-12-31")],
    "within the other": [term(1, "2018-01-01", "2018-12-31"), term(2, "2018-03-01", "2018-04-30")],
    "around the other": [term(1, "2018-03-01", "2018-04-30"), term(2, "2018-01-01", "2018-12-31")],
    "the same": [term(1, "2018-01-01", "2018-12-31"), term(2, "2018-01-01", "2018-12-31")],
    "out of order": [term(1, "2019-01-01", "2019-12-31"), term(2, "2018-01-01", "2018-12-31")],
    "before one whose end is not recorded": [
        term(1, "2018-01-01", None),
        term(2, "2017-01-01", "2017-12-31"),
    ],
    "across a proposed one between them": [
        term(1, "2018-01-01", "2018-12-31"),
        term(2, "2019-01-01", "2019-12-31", is_proposed=True),
        term(3, "2018-06-01", "2019-05-31"),
    ],
    "across one without days between them": [
        term(1, "2018-01-01", "2018-12-31"),
        term(2, None, None),
        term(3, "2018-06-01", "2019-05-31"),
    ],
    "ending before the one before it": [
        term(1, "2018-01-01", "2018-12-31"),
        term(2, None, "2018-06-30"),
    ],
}


@pytest.mark.parametrize("how", FOLLOW)
def test_terms_that_follow_each_other_are_accepted(db: None, how: str) -> None:
    agreement = make_agreement(terms=FOLLOW[how])
    assert agreement.term_set.count() == len(FOLLOW[how])


@pytest.mark.parametrize("how", MEET)
def test_terms_that_overlap_are_refused_by_name_and_day(db: None, how: str) -> None:
    with pytest.raises(ValidationError, match=r"[Tt]erm \d.*[Tt]erm \d"):
        make_agreement(terms=MEET[how])
    assert not Agreement.objects.exists()
    assert not Term.history.exists()
    assert not Deadline.objects.exists()


def test_a_refused_overlap_says_what_to_change(db: None) -> None:
    with pytest.raises(ValidationError) as raised:
        make_agreement(terms=MEET["on the last day"])
    (said,) = raised.value.messages
    assert said == (
        "Term 2 begins on December 31, 2018, but term 1 goes on to December 31, 2018. Change one "
        "of these days: terms follow each other without overlap."
    )


@pytest.mark.parametrize(
    "edit",
    [{"ends_on": "2019-01-01"}, {"number": 3}],
    ids=["a later end", "another number"],
)
def test_editing_a_term_into_another_is_refused(db: None, edit: dict[str, Any]) -> None:
    agreement = make_agreement(terms=FOLLOW["the day after"])
    first = agreement.term_set.get(number=1)
    with pytest.raises(ValidationError):
        save(first, **edit)
    first.refresh_from_db()
    assert (first.number, first.last_day) == (1, dt.date(2018, 12, 31))
    assert len(history(first)) == 1


def test_executing_a_proposed_term_into_another_is_refused(db: None) -> None:
    agreement = make_agreement(terms=FOLLOW["a proposed one may overlap until it is executed"])
    with pytest.raises(ValidationError):
        save(agreement.term_set.get(number=2), is_proposed=False, executed_on="2018-06-01")


def test_terms_may_change_places_within_one_change(db: None) -> None:
    """Only what stands when the change ends is checked."""
    agreement = make_agreement(terms=FOLLOW["the day after"])
    first, second = agreement.term_set.order_by("number")
    with writing():
        save(second, starts_on="2019-07-01")
        save(first, ends_on="2019-06-30")
    assert agreement.term_set.get(number=1).last_day == dt.date(2019, 6, 30)


def test_terms_of_two_agreements_do_not_meet(db: None) -> None:
    for _ in range(2):
        make_agreement(terms=[term(1, "2018-01-01", "2018-12-31")])
    assert Term.objects.count() == 2


ABOUT_A_TERM = {
    "a vote": lambda a, t: Vote(
        agreement=a, term=t, party=Party.objects.get(slug="city"), value="no"
    ),
    "a decision": lambda a, t: Decision(agreement=a, term=t, outcome="renew"),
    "notice": lambda a, t: NoticeGiven(agreement=a, term=t, purpose="termination", office="X"),
    "a payment": lambda a, t: Payment(agreement=a, term=t, amount=1, currency="USD"),
    "a review": lambda a, t: Review(agreement=a, term=t),
}


@pytest.mark.parametrize("what", ABOUT_A_TERM)
def test_what_is_about_a_term_is_of_the_same_agreement(db: None, what: str) -> None:
    """Else one agreement's end is decided by another's vote, and facts follow live relations."""
    mine = make_agreement(deciders=["city"], terms=[term(1, "2018-01-01", "2018-12-31")])
    other = make_agreement(terms=[term(1, "2018-01-01", "2018-12-31")])
    with pytest.raises(ValidationError):
        save(ABOUT_A_TERM[what](mine, other.term_set.get()))


# ── Two writers at once ───────────────────────────────────────────────────────


def at_once(*writes: Callable[[], Any]) -> list[BaseException | None]:
    """Run writes in changes of real connections that are all open together, where possible.

    On PostgreSQL each has written before any begins to check and derive. SQLite lets one in at a
    time, so there they only start together.
    """
    somebody = make_person()
    meet = threading.Barrier(len(writes))
    errors: list[BaseException | None] = [None] * len(writes)

    def run(place: int, write: Callable[[], Any]) -> None:
        try:
            meet.wait(timeout=20)
            with change(by=somebody, reason=f"Writer {place}"):
                write()
                if connection.vendor == "postgresql":
                    with suppress(threading.BrokenBarrierError):
                        meet.wait(timeout=5)
        except Exception as error:  # noqa: BLE001 - each is looked at by the test
            errors[place] = error
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=(place, write)) for place, write in enumerate(writes)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return errors


def unlike() -> list[Any]:
    ids = list(Agreement.objects.values_list("pk", flat=True))
    return rebuild(ids, timezone.now(), check_only=True)


def test_two_changes_at_once_do_not_both_enter_overlapping_terms(transactional_db: None) -> None:
    agreement = make_agreement()

    def enter(number: int) -> Callable[[], Any]:
        return lambda: Term.objects.create(
            agreement=Agreement.objects.get(pk=agreement.pk),
            number=number,
            starts_on="2018-01-01",
            ends_on="2018-12-31",
            end_kind="fixed",
        )

    errors = at_once(enter(1), enter(2))
    refused = [error for error in errors if error is not None]
    assert [type(error) for error in refused] == [ValidationError]
    assert Term.objects.count() == 1
    assert Term.history.count() == 1
    assert unlike() == []


def test_two_changes_at_once_leave_derived_rows_that_know_of_both(transactional_db: None) -> None:
    agreement = make_agreement(
        deciders=["city"], terms=[term(1, "2018-01-01", "2018-12-31", notice_length=None)]
    )
    the_term = agreement.term_set.get()
    party = Party.objects.get(slug="city")
    errors = at_once(
        lambda: Decision.objects.create(
            agreement=agreement, term=the_term, outcome="do_not_renew", decided_on="2018-06-01"
        ),
        lambda: NoticeGiven.objects.create(
            agreement=agreement,
            term=the_term,
            purpose="termination",
            given_by=party,
            sent_on="2018-07-26",
        ),
    )
    assert errors == [None, None]
    assert unlike() == []
    day = dt.date(2018, 8, 1)
    assert [a.status for a in Agreement.objects.with_status(day)] == ["ending"]
    now = StatusSpan.objects.filter(agreement=agreement, known_to=None)
    assert now.filter(from_on=None).count() == 1


def test_two_changes_of_one_record_at_once_leave_one_chain(transactional_db: None) -> None:
    agreement = make_agreement(events=[{"kind": "other", "title": "First"}])
    pk = Event.objects.get(agreement=agreement).pk

    def rename(title: str) -> Callable[[], Any]:
        def write() -> None:
            Event.objects.filter(pk=pk).select_for_update().get()
            event = Event.objects.get(pk=pk)
            event.title = title
            event.save()

        return write

    errors = at_once(rename("Second"), rename("Third"))
    assert errors == [None, None]
    revisions = history(Event.objects.get(pk=pk))
    assert len(revisions) == 3
    assert [r.superseded_at for r in revisions[:2]] == [r.history_date for r in revisions[1:]]
    assert revisions[-1].superseded_at is None
