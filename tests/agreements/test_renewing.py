"""Renewals by named functions: who may, what is refused and with which words, what follows."""

import datetime as dt
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command

from agreements import closing, deciding, executing, renewing
from agreements.ballot import digest_of, flag_of, late_by, standing
from agreements.loading import load
from agreements.models import (
    Access,
    Agreement,
    Amendment,
    Deadline,
    Decision,
    Mandate,
    Obligation,
    Proposal,
    Review,
    SharedElement,
    Term,
    Vote,
)
from agreements.nextterm import end_of_same_length, fee_of_whole
from agreements.options import fee_sentence, options
from agreements.status import status_on
from revisions.models import Change
from sources.models import Citation
from tests.factories import (
    make_agreement,
    make_citation,
    make_element,
    make_facts,
    make_party,
    make_person,
    make_source,
    save,
    writing,
)

pytestmark = pytest.mark.django_db

JUNE = dt.date(2018, 6, 15)
END = dt.date(2018, 8, 31)
RENEWED = {"outcome": "renew", "ends_on": dt.date(2019, 8, 31)}


@pytest.fixture(autouse=True)
def june(settings: Any) -> Any:
    settings.PACTWATCH_TODAY = JUNE
    return settings


def agreement(**words: Any) -> Agreement:
    """One like PARS–ICE: two of three must be for renewing; ends on August 31, 2018."""
    term = {
        "starts_on": "2017-09-01",
        "ends_on": "2018-08-31",
        "renewal_kind": "by_decision",
        "license_fee": "5565",
        "fee_per_months": 12,
    } | words.pop("term", {})
    said = {
        "terms": [term],
        "deciders": ["city", "da", "court"],
        "recipients": ["ice"],
        "decision_rule": "k_of_n",
        "votes_needed": 2,
    }
    return make_agreement(**(said | words))


def term_of(found: Agreement, number: int = 1) -> Term:
    return Term.objects.get(agreement=found, number=number)


def editor(name: str = "editor") -> Any:
    return make_person(f"{name}@example.org", role="editor")


def voter(*slugs: str, name: str = "") -> Any:
    person = make_person(f"{name or slugs[0]}-voter@example.org")
    with writing():
        for slug in slugs:
            Mandate.objects.get_or_create(
                user=person, party=make_party(slug), office="Head", from_on=dt.date(2018, 1, 1)
            )
    return person


def cast(term: Term, slug: str, value: str = "yes") -> Vote:
    return renewing.cast_vote(term, by=voter(slug), party=make_party(slug), value=value)


def settled(term: Term, **said: Any) -> Decision:
    proposal = deciding.propose(term, by=editor(), **(RENEWED | said))
    return deciding.settle(proposal, by=editor("other"))


def said(error: pytest.ExceptionInfo[Any]) -> str:
    value = error.value
    return " ".join(value.messages) if isinstance(value, ValidationError) else str(value)


def status(found: Agreement, on: dt.date) -> str:
    facts = load(found.pk)
    assert facts is not None
    return status_on(facts, on).code


# ── Who may ───────────────────────────────────────────────────────────────────

WRITES = {
    "open a review": lambda t, by: renewing.open_review(t, by=by),
    "raise a concern": lambda t, by: renewing.raise_concern(t, by=by, title="Use"),
    "record notice": lambda t, by: renewing.record_notice(t, by=by, office="Clerk", sent_on=JUNE),
    "record a vote": lambda t, by: renewing.record_vote(
        t, by=by, party=make_party("city"), value="yes", how="letter", office="Mayor"
    ),
    "propose": lambda t, by: deciding.propose(t, by=by, **RENEWED),
    "enter a decision": lambda t, by: deciding.enter_decision(
        t, by=by, source=make_source("read"), outcome="do_not_renew", decided_on=JUNE
    ),
    "execute": lambda t, by: executing.execute_term(t, by=by, executed_on=JUNE),
    "confirm access": lambda t, by: closing.record_access(
        t.agreement, by=by, state="off", confirmed_on=JUNE, evidence="Log"
    ),
}


LATER_WRITES = {
    "settle": lambda t, by: deciding.settle(Proposal.objects.get(decision=None), by=by),
    "reword": lambda t, by: deciding.reword(
        Proposal.objects.get(decision=None), by=by, rationale="x"
    ),
    "withdraw": lambda t, by: deciding.withdraw(
        Proposal.objects.get(decision=None), by=by, reason="x"
    ),
    "announce": lambda t, by: deciding.announce(
        Decision.objects.get(), by=by, announced_on=JUNE, rationale="x"
    ),
    "fulfill": lambda t, by: closing.fulfill(
        Obligation.objects.first(), by=by, done_on=JUNE, evidence="x"
    ),
    "note considerations": lambda t, by: renewing.note_considerations(
        Review.objects.get(), by=by, considerations="x"
    ),
}


@pytest.mark.parametrize("what", LATER_WRITES)
def test_nobody_goes_on_without_permission(what: str) -> None:
    term = term_of(agreement())
    renewing.open_review(term, by=editor())
    settled(term, outcome="suspend", ends_on=None, takes_effect_on=JUNE)
    deciding.propose(term, by=editor(), outcome="do_not_renew")
    count = Change.objects.count()
    for person in (make_person("reader@example.org", role="council_reader"), voter("city")):
        changes = Change.objects.count()
        with pytest.raises(PermissionDenied):
            LATER_WRITES[what](term, person)
        assert Change.objects.count() == changes
    LATER_WRITES[what](term, make_person("other@example.org", role="records_officer"))
    assert Change.objects.count() > count


@pytest.mark.parametrize("what", WRITES)
def test_nobody_writes_without_permission(what: str) -> None:
    term = term_of(agreement())
    make_source("read")
    before = Change.objects.count()
    for person in (
        make_person("nobody@example.org"),
        make_person("reader@example.org", role="council_reader"),
        voter("city"),
    ):
        changes = Change.objects.count()
        with pytest.raises(PermissionDenied) as error:
            WRITES[what](term, person)
        assert "records officer" in said(error)
        assert Change.objects.count() == changes
    assert before <= Change.objects.count()


def test_a_vote_needs_a_mandate_for_that_very_party_on_that_day(june: Any) -> None:
    term = term_of(agreement())
    with pytest.raises(PermissionDenied):
        renewing.cast_vote(term, by=editor(), party=make_party("city"), value="yes")
    boss = make_person("boss@example.org", is_superuser=True)
    with pytest.raises(PermissionDenied):
        renewing.cast_vote(term, by=boss, party=make_party("city"), value="yes")
    with pytest.raises(PermissionDenied) as error:
        renewing.cast_vote(term, by=voter("city"), party=make_party("da"), value="yes")
    assert "no mandate for Da" in said(error)
    save(Mandate.objects.get(), until_on=dt.date(2018, 6, 14))
    was_voter = make_person("city-voter@example.org")
    with pytest.raises(PermissionDenied):
        renewing.cast_vote(term, by=was_voter, party=make_party("city"), value="yes")


# ── Reviews ───────────────────────────────────────────────────────────────────


def test_a_review_is_open_once_and_completed_by_the_decision() -> None:
    term = term_of(agreement())
    review = renewing.open_review(term, by=editor(), due_on=dt.date(2018, 7, 2))
    with pytest.raises(ValidationError) as error:
        renewing.open_review(term, by=editor())
    assert "go on with that one" in said(error)
    renewing.note_considerations(review, by=editor(), considerations="Trust in police")
    settled(term, outcome="do_not_renew", ends_on=None)
    review.refresh_from_db()
    assert review.considerations == "Trust in police"
    assert review.completed_on is not None
    with pytest.raises(ValidationError):
        renewing.note_considerations(review, by=editor(), considerations="More")


# (first day, last day, days, today, whether the step opens a review)
LEADS = [
    ("2017-09-01", "2018-08-31", 60, "2018-05-02", False),
    ("2017-09-01", "2018-08-31", 60, "2018-05-03", True),
    ("2017-09-01", "2018-08-31", 60, "2018-08-31", True),  # after an outage
    ("2017-09-01", "2018-08-31", 60, "2018-09-01", False),
    ("2017-09-01", "2018-08-31", 10, "2018-08-10", False),
    ("2017-09-01", "2018-08-31", 10, "2018-08-11", True),
]


@pytest.mark.parametrize(("first", "last", "days", "day", "opens"), LEADS)
def test_the_daily_step_opens_a_review_at_the_agreements_lead(
    june: Any, first: str, last: str, days: int, day: str, opens: bool
) -> None:
    agreement(term={"starts_on": first, "ends_on": last}, decide_days=days)
    june.PACTWATCH_TODAY = dt.date.fromisoformat(day)
    for _ in range(2):
        call_command("begin_renewals", stdout=StringIO())
    reviews = list(Review.objects.all())
    assert [r.due_on for r in reviews] == (
        [dt.date.fromisoformat(last) - dt.timedelta(days=days)] if opens else []
    )
    if opens:
        change = Change.objects.latest("id")
        assert change.by.email == executing.REGISTER
        assert not change.by.is_active


# ── Votes ─────────────────────────────────────────────────────────────────────

# votes; what the sentence says, as of the day
SENTENCES = [
    ({}, "k_of_n", 2, "0 for, 2 of 3 needed. 2 more votes for it are missing"),
    ({"city": "yes"}, "k_of_n", 2, "1 more vote for it is missing; not voted: Da, Court."),
    ({"city": "yes", "da": "yes"}, "k_of_n", 2, "meets the rule: 2 for, 2 of 3 needed."),
    ({"city": "no"}, "k_of_n", 2, "not voted: Da, Court."),
    ({"city": "no", "da": "abstained"}, "k_of_n", 2, "can no longer meet the rule"),
    ({"city": "no"}, "all", None, "can no longer meet the rule: 3 of 3 must be for it, and City"),
    ({"city": "recused"}, "one", None, "can still meet the rule"),
    ({"city": "not_recorded", "da": "no"}, "k_of_n", 2, "not voted: City, Court."),
    ({"city": "announced_intention"}, "k_of_n", 2, "0 for, 2 of 3 needed."),
    ({}, "", None, "Who must be for renewing is not recorded"),
    ({}, "k_of_n", 4, "fewer deciding parties are recorded"),
]


@pytest.mark.parametrize(("votes", "rule", "needed", "expected"), SENTENCES)
def test_a_sentence_says_whether_renewing_can_still_meet_the_rule_and_what_is_missing(
    votes: dict[str, str], rule: str, needed: int | None, expected: str
) -> None:
    words = [
        {"party": slug, "value": value, "voted_on": "2018-06-01"}
        | ({"intention": "no"} if value == "announced_intention" else {})
        for slug, value in votes.items()
    ]
    found = agreement(votes=words, decision_rule=rule, votes_needed=needed)
    facts = load(found.pk)
    assert facts is not None
    assert expected in standing(facts.on(JUNE), term_of(found)).sentence


def flags(found: Agreement) -> dict[str, str]:
    facts, term = load(found.pk), term_of(found)
    assert facts is not None
    digest = digest_of(facts, term, renewing.text_proposal(facts, term))
    return {v.party.slug: flag_of(v, digest) for v in facts.votes_of(term)}


def drop_an_element(found: Agreement) -> None:
    save(SharedElement.objects.get(agreement=found), conditions="Only with a warrant")


TEXT_CHANGES = {
    "the fee": lambda a: save(term_of(a), license_fee=Decimal(6000)),
    "the term's end": lambda a: save(term_of(a), ends_on="2018-09-30"),
    "the notice rule": lambda a: save(term_of(a), notice_length=30, notice_unit="days"),
    "an element's conditions": drop_an_element,
    "a new element": lambda a: save(SharedElement(agreement=a, element=make_element("Bail"))),
    "a proposal to renew with changes": lambda a: deciding.propose(
        term_of(a), by=editor(), **(RENEWED | {"outcome": "renew_with_changes"})
    ),
}
OTHER_CHANGES = {
    "a concern": lambda a: renewing.raise_concern(term_of(a), by=editor(), title="Use"),
    "the internal note": lambda a: save(a, internal_note="Ask"),
    "a proposal to renew as it is": lambda a: deciding.propose(
        term_of(a),
        by=editor(),
        license_fee=Decimal("5565.00"),
        currency="USD",
        fee_per_months=12,
        **RENEWED,
    ),
    "a proposal not to renew": lambda a: deciding.propose(
        term_of(a), by=editor(), outcome="do_not_renew"
    ),
    "another vote": lambda a: cast(term_of(a), "court", "no"),
}


def with_three_votes() -> Agreement:
    found = agreement()
    save(SharedElement(agreement=found, element=make_element("Arrests")))
    cast(term_of(found), "city")
    renewing.record_vote(
        term_of(found),
        by=editor(),
        party=make_party("da"),
        value="yes",
        how="letter",
        office="District Attorney",
        voted_on="2018-06-10",
    )
    return found


@pytest.mark.parametrize("what", TEXT_CHANGES)
def test_votes_are_flagged_when_the_text_changes_and_still_count(what: str) -> None:
    found = with_three_votes()
    assert set(flags(found).values()) == {""}
    TEXT_CHANGES[what](found)
    assert flags(found) == {"city": "Text changed since", "da": "Text changed since"}
    facts = load(found.pk)
    assert facts is not None
    assert standing(facts.on(JUNE), term_of(found)).is_met


@pytest.mark.parametrize("what", OTHER_CHANGES)
def test_votes_are_not_flagged_by_what_is_not_in_the_text(what: str) -> None:
    found = with_three_votes()
    OTHER_CHANGES[what](found)
    assert set(flags(found).values()) == {""}


def test_a_vote_entered_without_the_workflow_says_so() -> None:
    found = agreement(votes=[{"party": "city", "value": "yes"}])
    assert flags(found) == {"city": "Entered without the text that it was on"}


def test_a_party_votes_once_and_may_change_its_own_vote_cast_here() -> None:
    found = agreement()
    first, again = cast(term_of(found), "city"), cast(term_of(found), "city", "no")
    assert first.pk == again.pk
    assert [r.value for r in Vote.history.order_by("history_id")] == ["yes", "no"]
    with pytest.raises(ValidationError) as error:
        renewing.record_vote(
            term_of(found),
            by=editor(),
            party=make_party("city"),
            value="no",
            how="letter",
            office="Mayor",
        )
    assert "each party has one" in said(error)
    renewing.record_vote(
        term_of(found), by=editor(), party=make_party("da"), value="no", how="letter", office="DA"
    )
    with pytest.raises(ValidationError) as error:
        cast(term_of(found), "da")
    assert "from a letter or source" in said(error)


def test_a_vote_from_a_source_is_cited() -> None:
    found = agreement()
    vote = renewing.record_vote(
        term_of(found),
        by=editor(),
        party=make_party("court"),
        value="no",
        how="source",
        source=make_source("read"),
        cited={"locator": "p. 2", "quotation": "voted no"},
        voted_on="2018-06",
    )
    cited = Citation.objects.filter(target_model="agreements.Vote", target_id=vote.pk)
    assert {c.field: (c.value, c.locator) for c in cited} == {
        "value": ("no", "p. 2"),
        "voted_on": ("2018-06", "p. 2"),
    }
    with pytest.raises(ValidationError):
        renewing.record_vote(
            term_of(found), by=editor(), party=make_party("da"), value="no", how="source"
        )


def test_nothing_is_recorded_before_it_happened() -> None:
    term, tomorrow = term_of(agreement()), JUNE + dt.timedelta(days=1)
    for write in (
        lambda: renewing.record_notice(term, by=editor(), office="Clerk", sent_on=tomorrow),
        lambda: renewing.record_vote(
            term,
            by=editor(),
            party=make_party("da"),
            value="no",
            how="letter",
            office="DA",
            voted_on=tomorrow,
        ),
        lambda: deciding.enter_decision(
            term, by=editor(), source=make_source("read"), outcome="renew", decided_on=tomorrow
        ),
        lambda: closing.record_access(
            term.agreement, by=editor(), state="off", confirmed_on=tomorrow, evidence="Log"
        ),
    ):
        with pytest.raises(ValidationError) as error:
            write()
        assert "June 16, 2018 is still to come" in said(error)


# ── Decisions ─────────────────────────────────────────────────────────────────


def test_renewing_proposes_the_next_term_and_asks_for_its_execution(june: Any) -> None:
    found = agreement()
    cast(term_of(found), "city")
    cast(term_of(found), "da")
    decision = settled(term_of(found), license_fee=Decimal(5565), currency="USD", fee_per_months=12)
    following = term_of(found, 2)
    assert following.is_proposed
    assert following.proposed_by == decision
    assert (str(following.starts_on), str(following.ends_on)) == ("2018-09-01", "2019-08-31")
    assert following.renewal_kind == "by_decision"
    due = Deadline.objects.get(kind="signature", source_id=following.pk)
    assert (due.due_on, due.settled_on) == (END, None)
    assert status(found, dt.date(2018, 9, 1)) == "lapsed"
    june.PACTWATCH_TODAY = dt.date(2018, 9, 20)
    executing.execute_term(following, by=editor(), executed_on=dt.date(2018, 9, 20))
    assert status(found, dt.date(2018, 9, 19)) == "lapsed"
    assert status(found, dt.date(2018, 9, 20)) == "in_force"
    due.refresh_from_db()
    assert due.settled_on == dt.date(2018, 9, 20)
    with pytest.raises(ValidationError) as error:
        executing.execute_term(following, by=editor(), executed_on=dt.date(2018, 9, 20))
    assert "executed already" in said(error)


def test_elements_that_are_left_out_are_removed_when_the_new_term_is_in_force(june: Any) -> None:
    found = agreement(decision_rule="", votes_needed=None)
    kept = save(SharedElement(agreement=found, element=make_element("Arrests")))
    dropped = save(SharedElement(agreement=found, element=make_element("Names of victims")))
    settled(term_of(found), outcome="renew_with_changes", drops=[dropped.pk])
    dropped.refresh_from_db()
    assert dropped.removed_on is None
    june.PACTWATCH_TODAY = dt.date(2018, 7, 1)
    executing.execute_term(term_of(found, 2), by=editor(), executed_on=dt.date(2018, 7, 1))
    dropped.refresh_from_db()
    kept.refresh_from_db()
    assert dropped.removed_day == dt.date(2018, 9, 1)
    assert dropped.removed_by == Amendment.objects.get()
    assert kept.removed_on is None


REFUSED: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"outcome": "terminate", "ends_on": None}, {}, "takes effect"),
    ({"outcome": "extend", "ends_on": None}, {}, "Give the day to which it is extended."),
    (
        {"outcome": "extend", "ends_on": dt.date(2019, 1, 1)},
        {"maximum_ends_on": dt.date(2018, 12, 31)},
        "cannot be extended beyond December 31, 2018",
    ),
    ({"ends_on": dt.date(2018, 8, 31)}, {}, "begins on September 1, 2018"),
    ({}, {"term": {"ends_on": "2018-08"}}, "exact last day"),
    ({}, {"term": {"ends_on": None, "end_kind": "none"}}, "exact last day"),
    (
        {"outcome": "do_not_renew", "ends_on": None},
        {"term": {"ends_on": None, "end_kind": "none"}},
        "no end to let pass",
    ),
    ({"license_fee": Decimal(5)}, {}, "with its currency"),
]


@pytest.mark.parametrize(("proposed", "words", "expected"), REFUSED)
def test_what_could_not_be_carried_out_is_refused_with_what_to_do(
    proposed: dict[str, Any], words: dict[str, Any], expected: str
) -> None:
    found = agreement(**words)
    with pytest.raises(ValidationError) as error:
        deciding.propose(term_of(found), by=editor(), **(RENEWED | proposed))
    assert expected in said(error)
    assert not Proposal.objects.exists()


def test_an_extension_stays_within_the_recorded_maximum() -> None:
    found = agreement(decision_rule="", votes_needed=None, maximum_ends_on=dt.date(2018, 12, 31))
    settled(term_of(found), outcome="extend", ends_on=dt.date(2018, 12, 31))
    assert str(term_of(found, 2).ends_on) == "2018-12-31"


def test_nobody_settles_alone_what_they_proposed_alone() -> None:
    found = agreement(decision_rule="", votes_needed=None)
    proposal = deciding.propose(term_of(found), by=editor(), **RENEWED)
    with pytest.raises(ValidationError) as error:
        deciding.settle(proposal, by=editor())
    assert "somebody else settles it" in said(error)
    deciding.reword(proposal, by=editor("other"), rationale="Since")
    with pytest.raises(ValidationError):
        deciding.settle(proposal, by=editor("other"))  # whose words they now are
    assert deciding.settle(proposal, by=editor()).outcome == "renew"


def test_votes_of_others_on_this_very_text_let_the_proposer_settle() -> None:
    one = make_agreement(
        terms=[{"starts_on": "2017-09-01", "ends_on": "2018-08-31"}],
        deciders=["city"],
        decision_rule="one",
    )
    both = make_person("both@example.org", role="editor")
    with writing():
        Mandate.objects.create(
            user=both, party=make_party("city"), office="Head", from_on=dt.date(2018, 1, 1)
        )
    proposal = deciding.propose(term_of(one), by=both, **RENEWED)
    renewing.cast_vote(term_of(one), by=both, party=make_party("city"), value="yes")
    with pytest.raises(ValidationError) as error:
        deciding.settle(proposal, by=both)
    assert "somebody else settles it" in said(error)
    cast(term_of(one), "city")  # another who votes for the same party
    assert deciding.settle(proposal, by=both)


def test_a_renewal_is_not_settled_while_the_votes_on_its_text_do_not_meet_the_rule() -> None:
    found = agreement()
    proposal = deciding.propose(term_of(found), by=editor(), **RENEWED)
    cast(term_of(found), "city")
    with pytest.raises(ValidationError) as error:
        deciding.settle(proposal, by=editor("other"))
    assert "1 more vote for it is missing" in said(error)
    cast(term_of(found), "da")
    deciding.reword(proposal, by=editor(), ends_on=dt.date(2020, 8, 31))
    with pytest.raises(ValidationError) as error:
        deciding.settle(proposal, by=editor("other"))
    assert "text changed since these voted: City, Da" in said(error)
    cast(term_of(found), "city")
    cast(term_of(found), "da")
    assert deciding.settle(proposal, by=editor("other"))


def test_undo_is_a_new_decision_that_supersedes_and_takes_back_the_proposed_term() -> None:
    found = agreement(decision_rule="", votes_needed=None)
    renewed = settled(term_of(found))
    undone = settled(term_of(found), outcome="do_not_renew", ends_on=None)
    assert undone.supersedes == renewed
    assert not Term.objects.filter(agreement=found, number=2).exists()
    assert Term.history.filter(number=2, history_type="-").count() == 1
    assert Obligation.objects.filter(decision=undone).count() == 3
    again = settled(term_of(found))
    assert again.supersedes == undone
    open_now = Deadline.objects.open(JUNE).filter(kind="obligation")
    assert not open_now.exists()  # nothing is left to close out
    assert Decision.objects.count() == 3


def test_an_executed_term_is_not_undone_by_a_decision_on_the_one_before() -> None:
    found = agreement(decision_rule="", votes_needed=None)
    settled(term_of(found))
    executing.execute_term(term_of(found, 2), by=editor(), executed_on=JUNE)
    with pytest.raises(ValidationError) as error:
        deciding.propose(term_of(found), by=editor(), outcome="do_not_renew")
    assert "decide on the end of term 2" in said(error)


def test_a_proposal_is_one_withdrawn_or_settled_once() -> None:
    found = agreement(decision_rule="", votes_needed=None)
    proposal = deciding.propose(term_of(found), by=editor(), **RENEWED)
    with pytest.raises(ValidationError) as error:
        deciding.propose(term_of(found), by=editor(), outcome="do_not_renew")
    assert "settle, change or withdraw that one first" in said(error)
    deciding.withdraw(proposal, by=editor(), reason="Not now")
    for act in (
        lambda: deciding.withdraw(proposal, by=editor(), reason="Again"),
        lambda: deciding.settle(proposal, by=editor("other")),
        lambda: deciding.reword(proposal, by=editor(), rationale="Late"),
    ):
        with pytest.raises(ValidationError) as error:
            act()
        assert "Reload the page" in said(error)
    assert Change.objects.filter(reason="Not now").count() == 1


def test_do_not_renew_and_terminate_open_the_close_out_and_suspend_stops_access() -> None:
    let_end, stopped, paused = (agreement(decision_rule="", votes_needed=None) for _ in range(3))
    settled(term_of(let_end), outcome="do_not_renew", ends_on=None)
    day = dt.date(2018, 7, 1)
    settled(term_of(stopped), outcome="terminate", ends_on=None, takes_effect_on=day)
    settled(term_of(paused), outcome="suspend", ends_on=None, takes_effect_on=day)
    due = {
        found.pk: {o.kind: o.due_on for o in Obligation.objects.filter(agreement=found)}
        for found in (let_end, stopped, paused)
    }
    others = {"data_destroyed": None, "partner_told": None}
    assert due[let_end.pk] == {"access_off": dt.date(2018, 9, 1)} | others
    assert due[stopped.pk] == {"access_off": day} | others
    assert due[paused.pk] == {"access_off": day}
    assert status(paused, day) == "suspended"
    assert status(stopped, day) == "terminated"
    duty = Obligation.objects.get(agreement=paused)
    closing.fulfill(duty, by=editor(), done_on=JUNE, evidence="Log of the vendor")
    assert Access.objects.get(agreement=paused).state == "suspended"
    with pytest.raises(ValidationError) as error:
        closing.fulfill(duty, by=editor(), done_on=JUNE, evidence="Log")
    assert "as done before" in said(error)
    with pytest.raises(ValidationError) as error:
        closing.fulfill(
            Obligation.objects.filter(agreement=let_end)[0], by=editor(), done_on=JUNE, evidence=" "
        )
    assert "Say what shows it" in said(error)


def test_a_renewal_lifts_a_suspension() -> None:
    found = agreement(decision_rule="", votes_needed=None)
    paused = settled(term_of(found), outcome="suspend", ends_on=None)
    assert status(found, JUNE) == "suspended"
    assert settled(term_of(found)).supersedes == paused
    assert status(found, JUNE) == "in_force"


def test_a_decision_from_a_source_carries_citations_instead_of_a_workflow() -> None:
    found = agreement()
    decision = deciding.enter_decision(
        term_of(found),
        by=editor(),
        source=make_source("read"),
        outcome="renew",
        decided_on="2018-06-01",
        next_term={"ends_on": None},
    )
    following = term_of(found, 2)
    assert following.is_proposed
    assert following.ends_on is None  # the source does not say
    cited = Citation.objects.filter(target_id=decision.pk, target_model="agreements.Decision")
    assert {c.field for c in cited} == {"outcome", "decided_on"}


def test_votes_and_decisions_of_an_earlier_term_are_entered_without_consequences() -> None:
    found = make_agreement(
        terms=[
            {"starts_on": "2008", "ends_on": "2010-08-31"},
            {"starts_on": "2010-09-01", "ends_on": "2018-08-31"},
        ],
        deciders=["city"],
    )
    deciding.enter_decision(
        term_of(found),
        by=editor(),
        source=make_source("read"),
        outcome="renew",
        decided_on="2010-07-16",
    )
    renewing.record_vote(
        term_of(found),
        by=editor(),
        party=make_party("city"),
        value="yes",
        how="source",
        source=make_source("read"),
        voted_on="2010-07-16",
    )
    assert Term.objects.count() == 2
    with pytest.raises(ValidationError):
        deciding.enter_decision(
            term_of(found),
            by=editor(),
            source=make_source("read"),
            outcome="do_not_renew",
            decided_on="2010-07-17",
        )


# (renewal kind, day of the decision, words of the remark; "" for none)
LATE = [
    ("by_decision", "2018-06-01", ""),
    ("by_decision", "2018-08-02", "the last day to give notice was August 1, 2018"),
    ("automatic", "2018-08-02", "renews by itself"),
    ("by_decision", "2018-09-01", "the term had ended on August 31, 2018"),
]


@pytest.mark.parametrize(("kind", "day", "expected"), LATE)
def test_what_came_too_late_is_recorded_marked_and_explained(
    kind: str, day: str, expected: str
) -> None:
    facts = make_facts(
        terms=[
            {
                "starts_on": "2017-09-01",
                "ends_on": "2018-08-31",
                "renewal_kind": kind,
                "notice_length": 30,
                "notice_unit": "days",
                "notice_day_kind": "calendar",
                "notice_counted_from": "end",
                "notice_counting": "at_least",
                "notice_effective": "sending",
                "notice_roll": "none",
            }
        ]
    )
    remark = late_by(facts, facts.terms[0], dt.date.fromisoformat(day))
    assert expected in remark
    assert bool(remark) == bool(expected)


def test_late_notice_is_recorded(june: Any) -> None:
    found = agreement(term={"notice_length": 3, "notice_unit": "months"})
    notice = renewing.record_notice(
        term_of(found),
        by=editor(),
        given_by=make_party("city"),
        purpose="non_renewal",
        sent_on=JUNE,
    )
    facts = load(found.pk)
    assert facts is not None
    assert "Late" in late_by(facts, term_of(found), notice.counts_from() or JUNE)
    assert status(found, JUNE) == "ending"


def test_an_announcement_is_recorded_once() -> None:
    found = agreement(decision_rule="", votes_needed=None)
    decision = settled(term_of(found), outcome="do_not_renew", ends_on=None)
    deciding.announce(decision, by=editor(), announced_on=JUNE, rationale="Trust in police")
    with pytest.raises(ValidationError) as error:
        deciding.announce(decision, by=editor(), announced_on=JUNE, rationale="Again")
    assert "announced on June 15, 2018" in said(error)


# ── Terms that begin by themselves ────────────────────────────────────────────

# first day, last day, last day of a next term of the same length
LENGTHS = [
    ("2017-09-01", "2018-08-31", "2019-08-31"),
    ("2018-01-01", "2018-01-31", "2018-02-28"),
    ("2018-02-01", "2018-02-28", "2018-03-31"),
    ("2018-01-15", "2018-04-14", "2018-07-14"),
    ("2018-01-01", "2018-01-30", "2018-03-01"),  # 30 days: no whole month
    ("2016-02-29", "2017-02-28", "2018-02-28"),
    ("2018", "2018-08-31", None),
    ("2017-09-01", "2018-08", None),
    ("9998-01-01", "9998-12-31", None),  # the calendar ends before it is over
]


@pytest.mark.parametrize(("first", "last", "expected"), LENGTHS)
def test_the_next_term_is_as_long_as_the_last(first: str, last: str, expected: str | None) -> None:
    facts = make_facts(terms=[{"starts_on": first, "ends_on": last}])
    found = end_of_same_length(facts.terms[0])
    assert (found.isoformat() if found else None) == expected


FEES = [
    ("5565", 12, "2017-09-01", "2018-08-31", "5565.00"),
    ("5600", 24, "2017-09-01", "2018-08-31", "2800.00"),
    ("5600", None, "2017-09-01", "2018-08-31", "5600"),
    ("5600", 12, "2017-09-01", "2018-08-30", None),
    (None, None, "2017-09-01", "2018-08-31", None),
]


@pytest.mark.parametrize(("amount", "per", "first", "last", "expected"), FEES)
def test_a_fee_for_the_whole_term_makes_up_no_part_of_a_month(
    amount: str | None, per: int | None, first: str, last: str, expected: str | None
) -> None:
    days = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    found = fee_of_whole(Decimal(amount) if amount else None, per, *days)
    assert (str(found) if found is not None else None) == expected


def test_an_automatic_renewal_begins_by_the_daily_step_and_catches_up(june: Any) -> None:
    found = agreement(term={"renewal_kind": "automatic"})
    june.PACTWATCH_TODAY = dt.date(2020, 9, 1)
    for _ in range(2):
        call_command("begin_renewals", stdout=StringIO())
    terms = list(Term.objects.order_by("number"))
    assert [(str(t.starts_on), str(t.ends_on)) for t in terms] == [
        ("2017-09-01", "2018-08-31"),
        ("2018-09-01", "2019-08-31"),
        ("2019-09-01", "2020-08-31"),
        ("2020-09-01", "2021-08-31"),
    ]
    assert {t.license_fee for t in terms} == {Decimal(5565)}
    assert status(found, dt.date(2020, 9, 1)) == "in_force"
    (revision,) = Term.history.filter(id=terms[1].pk)
    assert revision.history_user.email == executing.REGISTER
    assert revision.history_change_reason == "Term 1 renewed by itself"


@pytest.mark.parametrize(
    "words",
    [
        {"term": {"renewal_kind": "by_decision"}},
        {
            "term": {"renewal_kind": "automatic"},
            "notices": [{"purpose": "non_renewal", "given_by": "city", "sent_on": "2018-06-01"}],
        },
        {
            "term": {"renewal_kind": "automatic"},
            "decisions": [
                {"outcome": "terminate", "decided_on": "2018-06-01", "takes_effect_on": "2018-07"}
            ],
        },
    ],
    ids=["by decision", "notice given", "terminated"],
)
def test_nothing_begins_where_it_does_not_renew_by_itself(june: Any, words: Any) -> None:
    agreement(**words)
    june.PACTWATCH_TODAY = dt.date(2018, 9, 1)
    call_command("begin_renewals", stdout=StringIO())
    assert Term.objects.count() == 1


def test_the_daily_step_says_what_it_cannot_begin(june: Any) -> None:
    found = agreement(term={"renewal_kind": "automatic", "starts_on": "2017"})
    june.PACTWATCH_TODAY = dt.date(2018, 9, 1)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("begin_renewals", stdout=out)
    assert f"{found.reference}: the length of term 1 is not exactly recorded" in out.getvalue()


def test_the_daily_step_writes_nothing_in_a_dry_run_and_for_today_only(june: Any) -> None:
    agreement(term={"renewal_kind": "automatic"})
    before, out = Change.objects.count(), StringIO()
    day = dt.date(2018, 9, 1)
    call_command("begin_renewals", on=day, dry_run=True, stdout=out)
    assert "term 2 begun" in out.getvalue()
    assert Change.objects.count() == before
    june.PACTWATCH_EXAMPLE = False
    with pytest.raises(CommandError, match="needs --dry-run"):
        call_command("begin_renewals", on=day, stdout=out)


# ── Options ───────────────────────────────────────────────────────────────────


def test_each_option_says_what_it_does_to_dates_and_money() -> None:
    found = agreement(maximum_ends_on=dt.date(2018, 8, 31))
    facts = load(found.pk)
    assert facts is not None
    told = {o.outcome: o for o in options(facts, term_of(found), JUNE)}
    assert set(told) == set(Decision.Outcome.values)
    assert all(o.money and (o.dates or o.blocked) for o in told.values())
    assert "September 1, 2018" in told["renew"].dates[0]
    assert told["renew"].money[1] == "For a term of the same length: $5,565."
    assert told["extend"].blocked == "The recorded maximum, August 31, 2018, is reached."
    assert "Notice clause: not recorded" in told["do_not_renew"].dates[-1]
    assert fee_sentence(term_of(found)).endswith("$5,565 a year, $5,565 in all.")


def test_a_fee_that_is_not_recorded_is_not_made_up() -> None:
    facts = make_facts(terms=[{"starts_on": "2017-09-01", "ends_on": "2018-08-31"}])
    term = facts.terms[0]
    assert fee_sentence(term) == "License fee of this term: not recorded."
    assert all("$" not in text for o in options(facts, term, JUNE) for text in o.money)


def test_citations_do_not_change_the_digest() -> None:
    found = with_three_votes()
    make_citation(term_of(found), "license_fee", value={"amount": "1.00"})
    assert set(flags(found).values()) == {""}
