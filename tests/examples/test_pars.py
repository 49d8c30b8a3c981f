"""The PARS case: what was known when, from which source, and nothing more."""

import datetime as dt
import json
import re
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import models
from django.utils import timezone

from agreements.as_json import agreement_json
from agreements.claims import claims, fact_value, show_value
from agreements.loading import load
from agreements.models import (
    Access,
    Agreement,
    Concern,
    Deadline,
    Decision,
    Event,
    Evidence,
    NoticeGiven,
    Obligation,
    SearchText,
    StatusSpan,
    Term,
    Vote,
)
from agreements.models.mandate import Mandate
from agreements.public import agreement_view
from agreements.upkeep import rebuild
from civil.clock import end_of_day, start_of_day
from examples.pars import STEPS
from examples.pars.sources import SOURCES
from examples.people import MANDATES, MANDATES_WHY, PEOPLE
from parties.models import Alias, Element, Party, System
from revisions.models import Change
from revisions.snapshot import all_revisions, snapshot
from sources.models import Citation, Source
from tests.factories import facts_of, undone, writing
from tests.revisions.samples import EVERYTHING, TRACKED, values

VICTIMS = {"Names of victims", "Names of witnesses"}


def read(on: str, known: str | None = None) -> dict[str, Any]:
    """What ``show_agreement PARS-ICE`` says of a day, as known on a day."""
    arguments = ["PARS-ICE", "--on", on, "--format", "json"]
    if known:
        arguments += ["--known", known]
    out = StringIO()
    call_command("show_agreement", *arguments, stdout=out)
    return json.loads(out.getvalue())


def named(said: dict[str, Any]) -> set[str]:
    return {e["element"] for e in said["shared_elements"]}


# ── The record as of a day ────────────────────────────────────────────────────


def test_in_may_2010_names_of_victims_and_witnesses_are_shared(pars: Any) -> None:
    said = read("2010-05-01")
    assert named(said) >= VICTIMS
    assert (said["status"], said["term"]["starts_on"], said["term"]["ends_on"]) == (
        "in_force",
        "2008",
        "2010-08-31",
    )


@pytest.mark.parametrize("day", ["2010-08-01", "2010-09-01", "2018-06-15"])
def test_after_july_2010_names_of_victims_and_witnesses_are_not_shared(pars: Any, day: str) -> None:
    said = read(day)
    assert not named(said) & VICTIMS
    assert "Bail" in named(said)


def test_until_the_amendment_names_of_victims_and_witnesses_are_shared(pars: Any) -> None:
    assert named(read("2010-07-16")) >= VICTIMS
    assert named(read("2010-07-30")) >= VICTIMS


def test_the_one_year_renewal(pars: Any) -> None:
    said = read("2010-09-01")
    assert said["status"] == "in_force"
    assert (said["term"]["number"], said["term"]["starts_on"], said["term"]["ends_on"]) == (
        2,
        "2010-09-01",
        "2011-08-31",
    )
    before = read("2010-08-31")
    assert before["term"]["number"] == 1
    assert [d["outcome"] for d in before["decisions"]] == ["renew_with_changes"]
    assert [(v["vote"], v["voted_on"]) for v in before["votes"]] == [("yes", "2010-07-16")] * 3


def test_on_june_15_2018_it_is_in_force_and_nothing_is_decided(pars: Any) -> None:
    said = read("2018-06-15")
    assert (said["status"], said["in_force"]) == ("in_force", True)
    assert said["term"]["ends_on"] == "2018-08-31"
    assert said["decisions"] == []
    assert said["votes"] == []
    assert said["notice"] == {"rule": None, "given": []}
    assert "August 31, 2018" in said["sentence"]
    assert "Notice clause: not recorded." in said["sentence"]
    assert "No decision and no vote recorded." in said["sentence"]


@pytest.mark.parametrize("day", ["2018-07-28", "2018-08-31"])
def test_after_notice_it_is_ending_and_in_force_to_its_last_day(pars: Any, day: str) -> None:
    said = read(day)
    assert (said["status"], said["in_force"]) == ("ending", True)
    assert said["term"]["ends_on"] == "2018-08-31"
    (given,) = said["notice"]["given"]
    assert given["sent_on"] == "2018-07-26"
    assert "City Solicitor" in given["by"]
    assert [d["outcome"] for d in said["decisions"]] == ["do_not_renew"]
    assert "Bail" in named(said)


@pytest.mark.parametrize(
    ("day", "status"),
    [
        ("2007-12-31", "upcoming"),
        ("2008-12-31", "in_force"),
        ("2010-08-31", "in_force"),
        ("2011-08-31", "in_force"),
        ("2011-09-01", "unknown"),
        ("2013-09-01", "unknown"),
        ("2017-08-31", "unknown"),
        ("2017-09-01", "in_force"),
        ("2018-07-25", "in_force"),
        ("2018-07-26", "ending"),
        ("2018-08-31", "ending"),
        ("2018-09-01", "not_renewed"),
        ("2026-01-01", "not_renewed"),
    ],
)
def test_status(pars: Any, day: str, status: str) -> None:
    assert read(day)["status"] == status
    on = dt.date.fromisoformat(day)
    assert Agreement.objects.with_status(on).get(pk=pars.pk).status == status


def test_from_september_2018_it_is_not_renewed_and_access_not_confirmed_off(pars: Any) -> None:
    said = read("2018-09-01")
    assert (said["status"], said["in_force"]) == ("not_renewed", False)
    assert "Ended August 31, 2018, not renewed" in said["sentence"]
    assert "Access not confirmed off" in said["sentence"]
    assert said["access"]["state"] != "off"
    assert said["shared_elements"] == []
    view = agreement_view(facts_of(pars), dt.date(2018, 9, 1))
    assert view.access_alarm


def test_in_2015_it_is_unknown_and_says_why(pars: Any) -> None:
    said = read("2015-03-01")
    assert (said["status"], said["in_force"]) == ("unknown", False)
    assert said["term"] is None
    assert len(said["reasons"]) == 3
    assert "No recorded term covers this day." in said["reasons"]
    assert any("Technical.ly" in reason for reason in said["reasons"])
    assert any("yearly" in reason and "philly.com" in reason for reason in said["reasons"])


def test_the_three_fees_stand_with_their_sources(pars: Any) -> None:
    fees = {
        ("5600.00", "USD", "24 months"): ["Technical.ly Philly"],
        ("5565.00", "USD", "12 months"): ["philly.com"],
        ("5500.00", "USD", "12 months"): ["People’s World"],
    }
    for day, followed in (("2010-05-01", {"5565.00"}), ("2018-06-15", set())):
        said = read(day)["fees"]
        found = {
            (f["amount"], f["currency"], f["per"]): [c["publisher"] for c in f["citations"]]
            for f in said
        }
        assert found == fees
        assert {f["amount"] for f in said if f["followed"]} == followed


def test_no_fee_is_made_up_for_a_term_of_which_no_source_gives_one(pars: Any) -> None:
    second = Term.objects.get(agreement=pars, number=2)
    assert (second.license_fee, second.currency, second.fee_per_months) == (None, "", None)
    third = Term.objects.get(agreement=pars, number=3)
    assert third.license_fee is None
    first = Term.objects.get(agreement=pars, number=1)
    assert (first.license_fee, first.fee_per_months) == (Decimal("5565.00"), 12)


def test_deadlines_of_june_2018(pars: Any) -> None:
    on = dt.date(2018, 6, 2)
    found = {
        (d["kind"], d["due_on"]): d["explanation"]
        for d in read("2018-06-02")["deadlines"]
        if d["settled_on"] is None
    }
    assert found == {
        ("decide_by", "2018-07-02"): "60 days before the term's last day, August 31, 2018",
        ("expiry", "2018-08-31"): "The term's last day",
    }
    rows = Deadline.objects.open(on).filter(agreement=pars)
    assert {(r.kind, r.due_on.isoformat()) for r in rows} == set(found)


def test_deadlines_once_it_is_ending(pars: Any) -> None:
    on = dt.date(2018, 8, 1)
    rows = list(Deadline.objects.open(on).filter(agreement=pars))
    assert {(r.kind, r.due_on.isoformat()) for r in rows} == {
        ("expiry", "2018-08-31"),
        ("obligation", "2018-09-01"),
    }
    said = {d["kind"]: d["explanation"] for d in read("2018-08-01")["deadlines"]}
    assert said["expiry"] == "The term's last day; it ends as decided"
    assert not Deadline.objects.open(on).filter(agreement=pars, kind="decide_by").exists()


def test_reminders_to_cut_access_go_on_since_nothing_confirms_it(pars: Any) -> None:
    for day in (dt.date(2018, 9, 1), dt.date(2018, 12, 31), dt.date(2026, 1, 1)):
        rows = Deadline.objects.open(day).filter(agreement=pars)
        assert [(r.kind, r.due_on) for r in rows] == [("obligation", dt.date(2018, 9, 1))]
    assert not Obligation.objects.exclude(done_on_last=None).exists()


def test_no_deadline_stands_open_for_a_term_of_long_ago(pars: Any) -> None:
    open_then = Deadline.objects.open(dt.date(2018, 6, 15)).filter(agreement=pars)
    assert {row.due_on.year for row in open_then} == {2018}


def test_facts_of_2018_do_not_count_in_2010(pars: Any) -> None:
    then = facts_of(pars).on(dt.date(2010, 12, 31))
    assert {t.number for t in then.terms} == {1, 2}
    assert then.notices == ()
    assert {d.outcome for d in then.decisions} == {"renew_with_changes"}
    assert all(e.occurred_on.last <= dt.date(2010, 12, 31) for e in then.events)
    assert then.concerns == ()


def test_the_rule_for_renewing_is_told_with_its_conflict(pars: Any) -> None:
    (conflict,) = (c for c in read("2018-07-15")["conflicts"] if c["field"] == "decision_rule")
    assert [(v["value"], v["followed"]) for v in conflict["values"]] == [
        ({"rule": "k_of_n", "needed": 2}, True),
        ({"rule": "all", "needed": None}, False),
    ]


def test_conflicts_stand_side_by_side(pars: Any) -> None:
    found = {(c["record"], c["field"]) for c in read("2018-09-01")["conflicts"]}
    assert found >= {
        ("agreements.Agreement", "kind"),
        ("agreements.Agreement", "decision_rule"),
        ("agreements.Term", "starts_on"),
        ("agreements.Term", "ends_on"),
        ("agreements.Term", "license_fee"),
        ("agreements.Vote", "office"),
        ("agreements.Evidence", "figure"),
        ("agreements.Event", "title"),
        ("agreements.Decision", "outcome"),
        ("parties.Element", "name"),
    }
    assert all(len(c["values"]) > 1 for c in read("2018-09-01")["conflicts"])


def test_an_announced_intention_is_no_vote(pars: Any) -> None:
    (vote,) = read("2018-07-15")["votes"]
    assert (vote["vote"], vote["intention"], vote["voted_on"]) == (
        "announced_intention",
        "no",
        "2018-07-11",
    )
    assert read("2018-07-15")["status"] == "in_force"


def test_the_concern_that_was_never_answered(pars: Any) -> None:
    said = {c["title"]: c for c in read("2018-09-01")["concerns"]}
    concern = said["Further concerns of the City"]
    assert (concern["answered_on"], concern["answer"], concern["is_answered"]) == (
        None,
        None,
        False,
    )
    assert Concern.objects.get(never_answered=True).title == "Further concerns of the City"


def test_that_access_was_cut_off_is_not_recorded(pars: Any) -> None:
    assert not Access.objects.filter(state="off").exists()
    assert not Obligation.objects.filter(kind="access_off").exclude(done_on_last=None).exists()


def test_the_day_of_the_decision_and_the_votes_of_2018_are_not_recorded(pars: Any) -> None:
    decision = Decision.objects.get(outcome="do_not_renew")
    assert (decision.decided_on, str(decision.announced_on)) == (None, "2018-07-27")
    assert decision.takes_effect_on is None
    votes = Vote.objects.filter(term__number=3)
    assert {v.value for v in votes} == {"announced_intention"}
    assert NoticeGiven.objects.get().received_on is None


def test_what_no_source_gives_is_left_empty(pars: Any) -> None:
    for name in (
        "purpose",
        "legal_basis",
        "retention",
        "security",
        "access_method",
        "frequency",
        "contract_number",
        "law_department_number",
        "original_location",
        "review_interval_months",
        "maximum_ends_on",
        "benefits",
        "permitted_uses",
    ):
        assert not getattr(pars, name), name
    assert not Term.objects.exclude(notice_length=None).exists()
    assert not Term.objects.exclude(executed_on_last=None).exists()


def test_nothing_is_entered_for_the_years_between(pars: Any) -> None:
    assert [str(t.starts_on) for t in Term.objects.filter(agreement=pars).order_by("number")] == [
        "2008",
        "2010-09-01",
        "2017-09-01",
    ]


@pytest.mark.parametrize("reference", ["PARS-AMTRAK", "PARS-SEPTA", "PARS-PENN", "PARS-TEMPLE"])
def test_the_other_paying_agencies_have_no_dates_and_no_fees(pars: Any, reference: str) -> None:
    agreement = Agreement.objects.get(reference=reference)
    assert not agreement.term_set.exists()
    assert not Deadline.objects.filter(agreement=agreement).exists()
    statuses = [
        Agreement.objects.with_status(dt.date.fromisoformat(day)).get(pk=agreement.pk).status
        for day in ("2013-08-31", "2013-09-30", "2018-06-15")
    ]
    assert statuses == ["unknown", "unknown", "unknown"]


# ── As the register knew it ───────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("on", "known", "ends_on"),
    [
        ("2010-05-01", "2010-06-28", None),
        ("2010-06-30", "2010-06-29", "2010-07-01"),
        ("2010-06-30", "2010-06-30", "2010-07-01"),
        ("2010-06-30", "2010-07-01", "2010-08-31"),
        ("2010-06-30", "2010-07-02", "2010-08-31"),
        ("2010-06-30", "2018-08-31", "2010-08-31"),
    ],
)
def test_the_end_that_was_said_wrongly_and_corrected(
    pars: Any, on: str, known: str, ends_on: str | None
) -> None:
    said = read(on, known)
    assert said["term"]["ends_on"] == ends_on
    assert (
        said["known"].startswith(known)
        or said["known"] == end_of_day(dt.date.fromisoformat(known)).isoformat()
    )


def test_the_wrong_end_stays_as_a_claim_that_is_not_followed(pars: Any) -> None:
    (conflict,) = (c for c in read("2010-08-01")["conflicts"] if c["field"] == "ends_on")
    assert [(v["value"], v["followed"]) for v in conflict["values"]] == [
        ("2010-08-31", True),
        ("2010-07-01", False),
    ]
    dates = {e.occurred_on.edtf for e in Event.objects.filter(kind="correction")}
    assert dates == {"2010-07-01"}


def test_known_on_june_30_2010_the_term_was_to_end_the_next_day(pars: Any) -> None:
    said = read("2010-06-30", "2010-06-30")
    assert (said["status"], said["in_force"]) == ("in_force", True)
    assert {(d["kind"], d["due_on"]) for d in said["deadlines"]} == {
        ("decide_by", "2010-05-02"),
        ("expiry", "2010-07-01"),
    }
    assert read("2010-07-02", "2010-06-30")["status"] == "lapsed"
    assert read("2010-07-02", "2010-07-02")["status"] == "in_force"


def test_before_july_26_2018_the_register_knew_of_no_notice(pars: Any) -> None:
    assert read("2018-08-01", "2018-07-25")["status"] == "in_force"
    assert read("2018-09-01", "2018-07-25")["status"] in {"lapsed", "unknown"}
    assert read("2018-08-01", "2018-07-26")["notice"]["given"][0]["sent_on"] == "2018-07-26"
    assert read("2018-08-01", "2018-07-26")["decisions"] == []


def test_names_were_known_to_be_shared_before_the_amendment(pars: Any) -> None:
    assert named(read("2010-08-15", "2010-07-15")) >= VICTIMS
    assert not named(read("2010-08-15", "2010-07-16")) & VICTIMS


def test_known_before_the_first_step_there_was_no_such_agreement(pars: Any) -> None:
    with pytest.raises(CommandError, match="did not know PARS-ICE"):
        read("2010-05-01", "2008-12-30")


def test_known_now_equals_what_stands(pars: Any) -> None:
    for day in ("2010-05-01", "2015-03-01", "2018-07-28", "2018-09-01"):
        on = dt.date.fromisoformat(day)
        known = load(pars.pk, timezone.now())
        assert known is not None
        now = agreement_json(agreement_view(facts_of(pars), on))
        then = agreement_json(agreement_view(known, on))
        assert then | {"known": None} == now


# ── Where each fact comes from ────────────────────────────────────────────────

ABOUT = {"agreement", "term", "decision"}  # which record it belongs to
UNSAID = {"end_kind": "ends_on"}  # said with another fact


def facts_in(record: Any) -> dict[str, Any]:
    """A record's facts that are not empty, by the names under which sources are cited."""
    partial = getattr(record, "partial_dates", ())
    composite = getattr(record, "composite_facts", {})
    parts = {part for names in composite.values() for part in names}
    skipped = {"id", *ABOUT, *getattr(record, "register_fields", ())} | parts
    skipped |= {f"{name}_{end}" for name in partial for end in ("first", "last")}
    names = [f.name for f in record._meta.concrete_fields if f.name not in skipped]
    names += [n for n in (*partial, *composite) if n not in getattr(record, "register_fields", ())]
    found = {}
    for name in names:
        value = fact_value(record, name)
        if value not in (None, "", False):
            found[UNSAID.get(name, name)] = fact_value(record, UNSAID.get(name, name))
    return {name: value for name, value in found.items() if value is not None}


def test_every_fact_of_every_record_has_a_citation(pars: Any) -> None:
    cited: dict[tuple[str, int], list[Citation]] = {}
    for citation in Citation.objects.all():
        cited.setdefault(citation.target, []).append(citation)
    without, walked = [], 0
    for model in TRACKED:
        if model in {Source, Citation}:
            continue  # a source is what facts rest on
        for record in model.objects.all():
            said = cited.get((model._meta.label, record.pk), [])
            for name, value in facts_in(record).items():
                walked += 1
                whole = any(c.field == "" for c in said)
                same = any(c.field == name and c.value == value for c in said)
                if not whole and not same:
                    without.append(f"{model.__name__} {record}: {name} = {value}")
    assert without == []
    assert walked > 200


def test_every_citation_is_of_a_fact_that_exists_and_can_be_shown(pars: Any) -> None:
    records = {(m._meta.label, r.pk): r for m in TRACKED for r in m.objects.all()}
    for citation in Citation.objects.all():
        record = records[citation.target]
        if citation.field:
            fact_value(record, citation.field)  # raises for a name that is no fact
            assert show_value(record, citation.field, citation.value)


def test_every_followed_value_is_one_that_a_source_gives(pars: Any) -> None:
    facts = facts_of(pars)
    for record in (facts.agreement, *facts.terms, *facts.decisions, *facts.votes):
        for name in {c.field for c in facts.citations_of(record) if c.field}:
            followed = [c for c in claims(facts, record, name) if c.is_followed]
            assert all(claim.citations for claim in followed), (record, name)


def test_every_source_is_one_of_the_list_and_every_excerpt_says_so(pars: Any) -> None:
    assert {s.key for s in Source.objects.all()} == {key.lower() for key in SOURCES}
    documents = {"petition", "city18", "technically13", "phillyvoice18", "juntos18"}
    for source in Source.objects.all():
        assert source.citations.exists(), source
        assert source.publisher
        if source.key not in documents:
            assert source.note == "excerpt read 2026-11-22"
            assert source.retrieved_on == dt.date(2026, 11, 22)
            assert source.address.startswith("https://")


def test_no_source_is_cited_for_what_it_cannot_know(pars: Any) -> None:
    """A source is no older than the facts of 2018 that it is cited for."""
    for citation in Citation.objects.select_related("source"):
        record = next(m for m in TRACKED if m._meta.label == citation.target_model)
        row = record.objects.get(pk=citation.target_id)
        if record is Event and citation.source.published_on:
            assert citation.source.published_on.last >= row.occurred_on.first, (row, citation)


def test_nothing_tells_of_those_who_signed_the_petition(pars: Any) -> None:
    """Counts and the officials to whom it was addressed; no other name."""
    petition = Source.objects.get(key="petition")
    allowed = {
        "Mayor Nutter",
        "District Attorney Williams",
        "District Attorney",
        "District Attorney’s Office",
        "Judge Neifield",
        "First Judicial District",
        "New Sanctuary Movement of Philadelphia",
        "New Sanctuary Movement",
        "City of Philadelphia",
        "U.S. Immigration and Customs Enforcement",
    }
    models_by_label = {m._meta.label: m for m in TRACKED}
    for citation in petition.citations.all():
        record = models_by_label[citation.target_model].objects.get(pk=citation.target_id)
        texts = [citation.quotation, citation.why, citation.locator, str(citation.value or "")]
        texts += [
            str(getattr(record, f.name))
            for f in record._meta.concrete_fields
            if isinstance(f, models.CharField | models.TextField)
        ]
        for text in texts:
            for name in sorted(allowed, key=len, reverse=True):
                text = text.replace(name, "")  # noqa: PLW2901
            assert not re.search(r"\b[A-Z][a-zé’]+ (?:[A-Z]\. )?[A-Z][a-zé’]+", text), text
    counts = Event.objects.filter(kind="petition").order_by("count")
    assert list(counts.values_list("count", flat=True)) == [50, 100, 500]


def replayed() -> Any:
    """The changes of the case; the example's mandates are none of its facts."""
    return Change.objects.exclude(reason=MANDATES_WHY)


def test_the_mandates_are_a_change_of_their_own_and_say_that_they_are_no_facts(pars: Any) -> None:
    entry = Change.objects.get(reason=MANDATES_WHY)
    assert "no fact of the case" in entry.reason
    assert entry.replayed_from == ""
    deciders = pars.participation_set.filter(role="decider")
    held = Mandate.objects.all()
    assert {m.party_id for m in held} == set(deciders.values_list("party", flat=True))
    assert len(held) == len(MANDATES) == 3
    assert set(Mandate.history.values_list("change", flat=True)) == {entry.pk}


def test_every_revision_says_from_where_it_is_replayed(pars: Any) -> None:
    for model in TRACKED:
        if model is Mandate:
            continue
        for revision in model.history.select_related("change"):
            assert revision.change.replayed_from.startswith("pars, ")
            assert "(replayed from " in revision.history_change_reason
            assert revision.history_date == revision.change.at
    assert replayed().count() == len(STEPS)


def test_every_revision_bears_its_steps_day_in_the_city(pars: Any) -> None:
    days = {step.day for step in STEPS}
    for entry in replayed():
        day = next(d for d in days if start_of_day(d) <= entry.at <= end_of_day(d))
        assert f", {day}, " in entry.replayed_from


def test_steps_follow_each_other_in_time(pars: Any) -> None:
    moments = list(replayed().order_by("id").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert len(set(moments)) == len(moments)
    assert [s.day for s in STEPS] == sorted(s.day for s in STEPS)
    assert len({s.what for s in STEPS}) == len(STEPS)


def test_each_agreement_is_published_in_the_first_step_that_enters_it(pars: Any) -> None:
    for agreement in Agreement.objects.all():
        first = Agreement.history.filter(id=agreement.pk).earliest("history_id")
        assert first.published_at == first.history_date
        assert agreement.published_at == first.history_date
    assert pars.published_at.date() == dt.date(2008, 12, 31)


# ── Loading ───────────────────────────────────────────────────────────────────


def load_example(*arguments: str) -> str:
    out = StringIO()
    call_command("load_example", "pars", *arguments, stdout=out)
    return out.getvalue()


def counts() -> dict[str, int]:
    from django.apps import apps

    return {m._meta.label: m._base_manager.count() for m in apps.get_models()}


def every_row() -> dict[Any, list[Any]]:
    kept = (*TRACKED, Deadline, StatusSpan, SearchText)
    return {model: list(model._base_manager.order_by("pk").values()) for model in kept}


def test_loaded_again_it_changes_nothing(pars: Any) -> None:
    before = counts()
    rows = every_row()
    said = load_example()
    assert said.startswith(f"0 steps entered, {len(STEPS)} in the example.")
    assert counts() == before
    assert every_row() == rows


def test_loading_again_leaves_later_edits_alone(pars: Any) -> None:
    with writing():
        pars.purpose = "Edited by hand"
        pars.save()
    load_example()
    pars.refresh_from_db()
    assert pars.purpose == "Edited by hand"


def test_loading_says_how_to_sign_in_and_the_scribe_cannot(pars: Any) -> None:
    said = load_example()
    for role, (email, *_) in PEOPLE.items():
        assert (email in said) == (role != "scribe")
    people = {u.email: u for u in type(pars.responsible_officer).objects.all()}
    assert not people["scribe@example.org"].has_usable_password()
    assert people["officer@example.org"].check_password("pactwatch-example")
    assert not people["officer@example.org"].is_superuser


def test_derived_rows_equal_a_rebuild(pars: Any) -> None:
    ids = list(Agreement.objects.values_list("pk", flat=True))
    assert rebuild(ids, timezone.now(), check_only=True) == []


def ranks() -> dict[str, dict[int, int]]:
    """The place of each record among its like: what a key is without its number."""
    found = {}
    for model in TRACKED:
        keys = sorted(set(model.history.values_list("id", flat=True)))
        found[model._meta.label] = {key: place for place, key in enumerate(keys)}
    return found


def by_nature(record: Any, places: dict[str, dict[int, int]]) -> tuple[Any, ...]:
    """A record's values, with places for keys."""
    said = values(record)
    for field in record._meta.concrete_fields:
        label = field.related_model._meta.label if field.is_relation else record._meta.label
        if (field.is_relation or field.primary_key) and label in places:
            key = said[field.attname]
            said[field.attname] = places[label][key] if key is not None else None
        elif field.is_relation:
            said[field.attname] = str(getattr(record, field.name))
    if isinstance(record, Citation):
        said["target_id"] = places[record.target_model][record.target_id]
        said["value"] = _related_by_nature(record, places)
    return (record._meta.label, *(f"{name}: {value!r}" for name, value in said.items()))


def _related_by_nature(citation: Citation, places: dict[str, dict[int, int]]) -> Any:
    """What a citation says of a relation is a key: its place instead."""
    model = next(m for m in TRACKED if m._meta.label == citation.target_model)
    relations = {
        f.name: f.related_model._meta.label for f in model._meta.concrete_fields if f.is_relation
    }
    label = relations.get(citation.field, "")
    return places[label].get(citation.value) if label in places else citation.value


def state(known: dt.datetime | None = None) -> list[tuple[Any, ...]]:
    places = ranks()
    rows = snapshot(EVERYTHING, known)
    return sorted(
        by_nature(record, places)
        for model, found in rows.items()
        if model is not Mandate  # given now, not replayed
        for record in found
    )


def past() -> list[tuple[Any, ...]]:
    places = ranks()
    return sorted(
        (r.at.isoformat(), r.kind, r.reason, r.by, *by_nature(r.record, places))
        for r in all_revisions(EVERYTHING)
        if r.reason != MANDATES_WHY
    )


def derived() -> list[tuple[Any, ...]]:
    places = ranks()
    rows = [
        (
            d.agreement.reference,
            d.kind,
            str(d.due_on),
            str(d.arises_on),
            str(d.settled_on),
            places[d.source_model][d.source_id],
            str(d.basis),
        )
        for d in Deadline.objects.select_related("agreement")
    ]
    texts = [(t.agreement.reference, t.audience, t.text) for t in SearchText.objects.all()]
    spans = [
        (s.agreement.reference, s.status, str(s.from_on), str(s.to_on), s.known_from, s.known_to)
        for s in StatusSpan.objects.select_related("agreement")
    ]
    return [sorted(rows), sorted(texts), sorted(map(str, spans))]  # type: ignore[list-item]


DAYS = ["2008-12-31", "2010-06-30", "2010-07-01", "2013-09-30", "2018-07-26", "2018-07-27"]


@pytest.fixture
def whole(pars: Any) -> dict[str, Any]:
    """What loading at once leaves, and what was known at the end of some days."""
    known = {day: state(end_of_day(dt.date.fromisoformat(day))) for day in DAYS}
    return {"state": state(), "past": past(), "derived": derived(), "known": known}


@pytest.mark.parametrize("day", DAYS)
def test_loading_to_a_day_and_then_the_rest_equals_loading_at_once(
    whole: dict[str, Any], day: str
) -> None:
    """And what stood in between is what the register knew on that day."""
    with undone():
        for model in (Deadline, StatusSpan, SearchText, *(m.history.model for m in TRACKED)):
            model._base_manager.all()._raw_delete("default")
        for model in _dependents_first(TRACKED):
            model._base_manager.all()._raw_delete("default")
        Change.objects.all().delete()
        load_example("--until", day)
        assert state() == whole["known"][day]
        load_example()
        assert state() == whole["state"]
        assert past() == whole["past"]
        assert derived() == whole["derived"]


def _dependents_first(wanted: list[Any]) -> list[Any]:
    """Models so that each comes before those that it points to."""
    ordered: list[Any] = []
    left = list(wanted)
    while left:
        for model in left:
            pointed = {
                f.model
                for other in left
                if other is not model
                for f in other._meta.concrete_fields
                if f.related_model is model
            }
            if not pointed or len(left) == 1:
                ordered.append(model)
                left.remove(model)
                break
        else:
            ordered.extend(left)
            break
    return ordered


def test_nothing_but_an_example_register_takes_it(db: None, settings: Any) -> None:
    settings.PACTWATCH_EXAMPLE = False
    with pytest.raises(CommandError, match="PACTWATCH_EXAMPLE"):
        load_example()


def test_a_step_that_comes_too_late_is_refused_in_a_sentence(pars: Any) -> None:
    """Steps left out and a record edited since: the register's clock is never set back."""
    step = Change.objects.get(reason__contains="End said to be July 1")
    with undone():
        with writing():
            pars.purpose = "Edited by hand"
            pars.save()
        Change.objects.filter(pk=step.pk).update(replayed_from="forgotten")
        with pytest.raises(CommandError, match=r"(?i)later|late|edited|changed"):
            load_example()


def test_parties_are_named_as_sources_name_them(pars: Any) -> None:
    said = read("2018-06-15")["parties"]
    assert said["recipients"] == ["U.S. Immigration and Customs Enforcement"]
    assert said["deciders"] == said["providers"]
    assert len(said["deciders"]) == 3
    assert Party.objects.get(slug="ice").parent.slug == "dhs"
    assert Alias.objects.filter(party__slug="ice", name="ICE").exists()
    assert System.objects.get(slug="pars").operator is None
    assert Element.objects.count() == 10
    assert Evidence.objects.filter(figure="238 of 421").exists()
