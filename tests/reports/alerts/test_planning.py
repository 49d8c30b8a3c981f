"""Planning in one statement says what ``policy.py`` says; and who is told by role and by choice."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.models import Deadline, Term
from reports.alerts import outbox, planning, policy, readers
from reports.models import Alert, Audience, Follower, LeadRule, Reader, Watch
from tests.factories import make_agreement, make_party, make_person, save, tried, undone

pytestmark = pytest.mark.django_db

DAY = dt.date(2018, 6, 2)
OFFICER, DEPUTY = "officer@example.org", "deputy@example.org"
DEPARTMENT = "department@example.org"


def ending(on: Any = "2018-08-31", **more: Any) -> Any:
    words = {"responsible_officer": make_person(OFFICER)} | more
    return make_agreement(terms=[{"ends_on": on, "renewal_kind": "none"}], **words)


def by_policy(on: dt.date) -> set[tuple[Any, ...]]:
    """What is due on a day, by Python and the rules alone."""
    found = set()
    for deadline in Deadline.objects.for_staff().open(on).select_related("agreement"):
        officer = deadline.agreement.responsible_officer
        told = Alert.objects.filter(
            source_id=deadline.source_id, kind=deadline.kind, due_on=deadline.due_on
        ).exclude(state="cancelled")
        leads = policy.leads_for(Audience.STAFF).by_kind[deadline.kind]
        lead = policy.is_due(deadline.due_on, on, [alert.lead_days for alert in told], leads)
        if lead is not None and officer and officer.is_active:
            late = policy.is_late(deadline.due_on, lead, on)
            found.add((deadline.agreement_id, deadline.kind, deadline.due_on, lead, late))
    return found


def by_statement(on: dt.date) -> set[tuple[Any, ...]]:
    names = ("agreement_id", "kind", "due_on", "lead_days", "is_late")
    return {tuple(row[name] for name in names) for row in planning.due(on)}


days = st.dates(dt.date(2015, 1, 1), dt.date(2020, 12, 31)) | st.sampled_from(
    [dt.date(2016, 2, 29), dt.date(9999, 12, 31), dt.date(1, 1, 1), dt.date(2018, 12, 31)]
)


@tried(4)
@given(
    st.lists(days, min_size=1, max_size=5),
    st.lists(st.integers(0, 40), min_size=1, max_size=6),
    st.dates(dt.date(2015, 1, 1), dt.date(2019, 12, 31)),
)
def test_one_statement_plans_what_the_policy_says(
    ends: list[dt.date], gaps: list[int], first: dt.date
) -> None:
    with undone():
        for end in ends:
            ending(end)
        on = first
        for gap in gaps:
            on += dt.timedelta(days=gap)
            wanted = by_policy(on)
            assert by_statement(on) == wanted
            assert outbox.plan(on) == len(wanted)
            assert by_statement(on) == set()
            Alert.objects.update(state="sent", seen_at=None, sent_on=on)


# ── Leads of a department and of an agreement ─────────────────────────────────


def test_an_agreements_rule_goes_before_its_departments_and_one_for_a_kind_before_all() -> None:
    department = make_party("law")
    agreement = ending(department=department)
    staff = {"audience": "staff"}
    LeadRule.objects.create(department=department, leads=[45, 5], **staff)
    LeadRule.objects.create(department=department, kind="expiry", leads=[44, 4], **staff)
    readers.expand([agreement.pk])
    (spec,) = readers.derive([agreement], [])
    assert (spec.leads.by_kind["expiry"], spec.leads.by_kind["notice"]) == ((44, 4), (45, 5))
    LeadRule.objects.create(agreement=agreement, leads=[3], **staff)
    (spec,) = readers.derive([agreement], [])
    assert set(spec.leads.by_kind.values()) == {(3,)}
    readers.expand([agreement.pk])
    assert outbox.plan(dt.date(2018, 8, 27)) == 0
    assert outbox.plan(dt.date(2018, 8, 28)) == 1


# ── Readers by choice ─────────────────────────────────────────────────────────


def follow(scope: str, **about: Any) -> Follower:
    follower = Follower.objects.create(address=f"{scope}@example.com")
    watch = Watch.objects.create(follower=follower, scope=scope, **about)
    readers.expand_watch(watch)
    return follower


def publish(agreement: Any) -> Any:
    return save(agreement, published_at=dt.datetime(2018, 1, 1, tzinfo=dt.UTC))


def test_followers_are_told_of_what_they_follow_once_it_is_published() -> None:
    party = make_party("ice")
    agreement = ending(recipients=["ice"])
    other = ending()
    one = follow("agreement", agreement=agreement)
    two = follow("party", party=party)
    three = follow("everything")

    def told() -> set[tuple[str, int]]:
        rows = planning.due(DAY)
        return {(r["recipient"], r["agreement_id"]) for r in rows if r["audience"] == "public"}

    assert told() == set()
    publish(agreement)
    assert told() == {(f"follower:{f.pk}", agreement.pk) for f in (one, two, three)}
    publish(other)
    assert (f"follower:{three.pk}", other.pk) in told()
    assert len(told()) == 4


def test_what_is_only_for_staff_is_told_to_no_follower() -> None:
    agreement = publish(ending())
    follow("agreement", agreement=agreement)
    Deadline.objects.update(audience="staff")
    assert {row["recipient"] for row in planning.due(DAY)} == {OFFICER}
    Deadline.objects.update(audience="public")
    assert {row["audience"] for row in planning.due(DAY)} == {"public"}


def test_leads_that_a_follower_chose_are_the_ones_that_count() -> None:
    agreement = publish(ending())
    follow("agreement", agreement=agreement, leads=[10])
    rows = [r for r in planning.due(dt.date(2018, 8, 21)) if r["audience"] == "public"]
    assert [(r["lead_days"], r["is_late"]) for r in rows] == [(10, False)]
    assert not [r for r in planning.due(dt.date(2018, 8, 20)) if r["audience"] == "public"]


def test_a_follower_who_leaves_takes_rows_and_alerts_with_them(mailoutbox: Any) -> None:
    agreement = publish(ending())
    follower = follow("agreement", agreement=agreement)
    outbox.plan(DAY)
    follower.delete()
    outbox.run(DAY)
    assert Reader.objects.filter(audience="public").count() == 0
    assert [m.to for m in mailoutbox] == [[OFFICER]]


# ── Acknowledged, or on to the next ───────────────────────────────────────────


def office() -> Any:
    return ending(deputy=make_person(DEPUTY), department_address=DEPARTMENT)


def told_on(mailoutbox: Any, day: dt.date) -> list[str]:
    before = len(mailoutbox)
    outbox.run(day)
    return [mail.to[0] for mail in mailoutbox[before:]]


def test_nobodys_word_escalates_from_officer_to_deputy_to_department(mailoutbox: Any) -> None:
    office()
    told = {n: told_on(mailoutbox, DAY + dt.timedelta(days=n)) for n in (0, 6, 7, 13, 14, 29)}
    assert told == {0: [OFFICER], 6: [], 7: [DEPUTY], 13: [], 14: [DEPARTMENT], 29: []}
    assert "Nobody before you" in mailoutbox[1].body
    assert told_on(mailoutbox, DAY + dt.timedelta(days=30)) == [OFFICER], "the next threshold"


def test_what_was_acknowledged_stays_quiet_until_the_next_threshold(mailoutbox: Any) -> None:
    office()
    told_on(mailoutbox, DAY)
    assert outbox.acknowledge(list(Alert.objects.all()), make_person(OFFICER)) == 1
    assert [told_on(mailoutbox, DAY + dt.timedelta(days=n)) for n in (7, 14, 29)] == [[], [], []]
    assert told_on(mailoutbox, DAY + dt.timedelta(days=30)) == [OFFICER]


def test_a_word_that_comes_after_planning_stops_the_escalation(mailoutbox: Any) -> None:
    office()
    told_on(mailoutbox, DAY)
    week = DAY + dt.timedelta(days=7)
    assert outbox.plan(week) == 1
    outbox.acknowledge(list(Alert.objects.filter(recipient=OFFICER)))
    assert told_on(mailoutbox, week) == []
    assert Alert.objects.get(recipient=DEPUTY).state == "cancelled"


def test_an_address_that_is_refused_for_good_escalates_at_the_next_run(mailoutbox: Any) -> None:
    office()
    outbox.plan(DAY)
    Alert.objects.update(state="failed")
    assert told_on(mailoutbox, DAY) == [DEPUTY]


# ── When mail may leave ───────────────────────────────────────────────────────

FRIDAY = dt.datetime(2018, 6, 1, 18, 30)  # noqa: DTZ001 - as the city's clocks show it
HOURS = policy.Hours(dt.time(8), dt.time(18), working_days_only=True)

LEAVE = [
    # audience, cadence, due in days, planned, now, may it leave?
    ("staff", "once", 30, FRIDAY, FRIDAY, False),
    ("staff", "once", 30, FRIDAY, FRIDAY.replace(hour=17), True),
    ("staff", "once", 3, FRIDAY, FRIDAY, False),  # due on Monday, when the office opens
    ("staff", "once", 2, FRIDAY, FRIDAY, True),  # due on Sunday: it would come too late
    ("staff", "once", -9, FRIDAY, FRIDAY, False),
    ("public", "once", 30, FRIDAY, FRIDAY, True),
    ("public", "daily", 30, FRIDAY, FRIDAY, False),
    ("public", "daily", 30, FRIDAY, FRIDAY + dt.timedelta(hours=13), True),
    ("public", "daily", 0, FRIDAY, FRIDAY, True),
    ("public", "weekly", 30, FRIDAY, FRIDAY + dt.timedelta(days=2), False),
    ("public", "weekly", 30, FRIDAY, FRIDAY + dt.timedelta(days=3), True),
    ("public", "weekly", 30, FRIDAY, FRIDAY + dt.timedelta(days=5), True),  # after an outage
    ("public", "weekly", 2, FRIDAY, FRIDAY, True),
]


@pytest.mark.parametrize(("audience", "cadence", "due", "planned", "now", "may"), LEAVE)
def test_mail_leaves_in_office_hours_and_by_the_readers_choice(
    audience: str, cadence: str, due: int, planned: dt.datetime, now: dt.datetime, may: bool
) -> None:
    waiting = policy.Waiting(audience, cadence, FRIDAY.date() + dt.timedelta(days=due), planned)
    open_days = lambda day: day.weekday() < 5  # noqa: E731
    assert policy.may_send(waiting, now, hours=HOURS, is_working_day=open_days) is may


def test_a_changed_end_is_told_anew_and_the_statement_agrees() -> None:
    agreement = ending()
    outbox.plan(DAY)
    save(Term.objects.get(agreement=agreement), ends_on="2018-08-20")
    assert by_statement(DAY) == by_policy(DAY)
    assert len(by_statement(DAY)) == 1


# ── Council ───────────────────────────────────────────────────────────────────


def test_an_alert_to_council_carries_the_current_brief(mailoutbox: Any) -> None:
    agreement = publish(ending())
    reader = make_person("council@example.org", role="council_reader")
    watch = Watch.objects.create(user=reader, scope="agreement", agreement=agreement)
    readers.expand_watch(watch)
    outbox.run(DAY)
    (mail,) = [m for m in mailoutbox if m.to == ["council@example.org"]]
    (brief,) = mail.attachments
    assert brief.filename.endswith("-brief-2018-06-02-en.pdf")
    assert brief.content.startswith(b"%PDF")
    assert "seen" not in mail.body, "a reader by choice is not asked to confirm"
    reader.role = ""
    reader.save()
    assert outbox.run(DAY + dt.timedelta(days=30)).cancelled == 1, "may not read any more"
