"""The workflow of renewals as a state machine: whatever people do in whatever order, it holds.

After every step: a status with its reasons and sentences, no overlap of terms, stored deadlines
and spans equal to a rebuild, one revision for each changed row, nothing half-written by what was
refused.
"""

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from agreements import closing, deciding, executing, renewing
from agreements.ballot import standing
from agreements.loading import load
from agreements.models import Deadline, Decision, Mandate, Obligation, Proposal, Term, Vote
from agreements.sentences import status_sentence
from agreements.status import status_on
from agreements.upkeep import rebuild
from desk.renewal_page import renewal_page
from revisions.models import Change
from tests.factories import make_agreement, make_element, make_party, make_person, save, writing
from tests.revisions.samples import TRACKED

PARTIES = ("city", "da", "court")
FIRST = dt.date(2018, 5, 1)
PEOPLE = ("first", "second", "nobody")


def revision_counts() -> int:
    return sum(model.history.model.objects.count() for model in TRACKED)


def rows() -> dict[tuple[str, int], dict[str, Any]]:
    """Every tracked row as it stands."""
    return {
        (model._meta.label, row["id"]): row
        for model in TRACKED
        for row in model._base_manager.values()
    }


class Workflow(RuleBasedStateMachine):
    """Editors, voters and the daily step, at work on one agreement."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.was_today = settings.PACTWATCH_TODAY
        settings.PACTWATCH_TODAY = FIRST
        self.people = {
            "first": make_person("first@example.org", role="editor"),
            "second": make_person("second@example.org", role="records_officer"),
            "nobody": make_person("nobody@example.org"),
        }

    def teardown(self) -> None:
        settings.PACTWATCH_TODAY = self.was_today
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @property
    def today(self) -> dt.date:
        return settings.PACTWATCH_TODAY

    @initialize(
        kind=st.sampled_from(["by_decision", "by_decision", "automatic"]),
        rule_name=st.sampled_from(["", "one", "all", "k_of_n"]),
        notice=st.sampled_from([None, 10, 40]),
        holdover=st.booleans(),
        maximum=st.sampled_from([None, dt.date(2018, 8, 15), dt.date(2019, 12, 31)]),
    )
    def an_agreement(
        self, kind: str, rule_name: str, notice: int | None, holdover: bool, maximum: Any
    ) -> None:
        self.agreement = make_agreement(
            terms=[
                {
                    "starts_on": "2018-01-01",
                    "ends_on": "2018-06-30",
                    "renewal_kind": kind,
                    "provides_holdover": holdover,
                    "notice_length": notice,
                    "license_fee": "100",
                }
            ],
            deciders=PARTIES,
            recipients=["ice"],
            decision_rule=rule_name,
            votes_needed=2 if rule_name == "k_of_n" else None,
            maximum_ends_on=maximum,
            decide_days=10,
        )
        with writing():
            for slug in PARTIES:
                Mandate.objects.create(
                    user=make_person(f"{slug}@example.org"),
                    party=make_party(slug),
                    office="Head",
                    from_on=dt.date(2018, 1, 1),
                )

    # ── What is checked ───────────────────────────────────────────────────────

    def attempt(self, write: Callable[[], Any]) -> None:
        """Do something: one revision for each row that changed, or a sentence and no write."""
        before, count, changes = rows(), revision_counts(), Change.objects.count()
        try:
            with transaction.atomic():
                write()
        except (ValidationError, PermissionDenied) as error:
            said = error.messages if isinstance(error, ValidationError) else [str(error)]
            assert all(len(text.split()) > 3 and text.rstrip()[-1] in ".:" for text in said), said
            assert rows() == before
            assert revision_counts() == count
            return
        after = rows()
        changed = [k for k in before.keys() | after.keys() if before.get(k) != after.get(k)]
        assert revision_counts() - count == len(changed)
        assert Change.objects.count() - changes <= max(1, len(changed))

    @invariant()
    def it_explains_itself(self) -> None:
        if not hasattr(self, "agreement"):
            return
        facts = load(self.agreement.pk)
        assert facts is not None
        status = status_on(facts, self.today)
        assert status.reasons
        assert all(status.reasons)
        assert status_sentence(facts.on(self.today), status)
        for term in facts.every_term:
            assert standing(facts.on(self.today), term).sentence
            page = renewal_page(facts, term, self.today, self.people["first"])
            assert page.where
        executed = [t for t in facts.every_term if not t.is_proposed]
        for one, two in itertools.pairwise(executed):
            assert one.last_day is None or two.first_day is None or one.last_day < two.first_day
        assert rebuild([self.agreement.pk], timezone.now(), check_only=True) == []

    @invariant()
    def a_proposed_term_has_a_standing_decision_and_a_date_to_sign(self) -> None:
        for term in Term.objects.filter(is_proposed=True):
            assert term.proposed_by is not None
            assert not Decision.objects.filter(supersedes=term.proposed_by).exists()
            assert Deadline.objects.filter(kind="signature", source_id=term.pk).exists()

    @invariant()
    def one_vote_for_a_party_and_one_open_proposal(self) -> None:
        votes = list(Vote.objects.values_list("term", "party"))
        assert len(votes) == len(set(votes))
        assert Proposal.objects.filter(withdrawn_on=None, decision=None).count() <= 1

    @invariant()
    def no_renewal_stands_that_one_person_made_alone(self) -> None:
        for proposal in Proposal.objects.exclude(decision=None).select_related("decision"):
            settled = proposal.history.order_by("history_id").last().history_user_id
            voters = set(
                Vote.history.filter(term_id=proposal.term_id, how="here").values_list(
                    "cast_by", flat=True
                )
            )
            assert {settled, *voters} - {proposal.worded_by_id}

    # ── What people do ────────────────────────────────────────────────────────

    def term(self) -> Term:
        return Term.objects.filter(agreement=self.agreement, is_proposed=False).last()

    def open_proposal(self) -> Any:
        return Proposal.objects.filter(withdrawn_on=None, decision=None).first()

    @rule(
        who=st.sampled_from(PEOPLE),
        outcome=st.sampled_from(Decision.Outcome.values),
        days=st.integers(1, 200),
        effect=st.integers(0, 40),
    )
    def propose_or_edit(self, who: str, outcome: str, days: int, effect: int) -> None:
        term = self.term()
        ends = term.ends_on.last + dt.timedelta(days=days)
        effective = self.today + dt.timedelta(days=effect)
        said = {
            "outcome": outcome,
            "ends_on": ends if outcome in Decision.RENEWING else None,
            "takes_effect_on": effective if outcome in {"suspend", "terminate"} else None,
        }
        standing_one = self.open_proposal()
        if standing_one is not None:
            self.attempt(lambda: deciding.reword(standing_one, by=self.people[who], **said))
        else:
            self.attempt(lambda: deciding.propose(term, by=self.people[who], **said))

    @rule(outcome=st.sampled_from(["renew", "do_not_renew", "suspend"]), days=st.integers(1, 90))
    def decide_together(self, outcome: str, days: int) -> None:
        """Everybody is for it, one proposes, another settles: as it goes when nothing is wrong."""
        if outcome == "renew":
            for slug in PARTIES:
                self.vote(slug, "yes")
        self.propose_or_edit("first", outcome, days, 0)
        if outcome == "renew":
            for slug in PARTIES:
                self.vote(slug, "yes")
        if self.open_proposal():
            self.settle("second")

    @rule(
        first=st.sampled_from(["renew", "do_not_renew", "suspend"]),
        then=st.sampled_from(["renew", "do_not_renew"]),
        days=st.integers(1, 90),
    )
    def change_their_minds(self, first: str, then: str, days: int) -> None:
        """What was decided together is undone by a new decision."""
        self.decide_together(first, days)
        self.decide_together(then, days)

    @precondition(lambda self: hasattr(self, "agreement") and self.open_proposal())
    @rule(who=st.sampled_from(PEOPLE))
    def settle(self, who: str) -> None:
        self.attempt(lambda: deciding.settle(self.open_proposal(), by=self.people[who]))

    @precondition(lambda self: hasattr(self, "agreement") and self.open_proposal())
    @rule(who=st.sampled_from(PEOPLE))
    def withdraw(self, who: str) -> None:
        self.attempt(
            lambda: deciding.withdraw(self.open_proposal(), by=self.people[who], reason="Not now")
        )

    @rule(slug=st.sampled_from(PARTIES), value=st.sampled_from(["yes", "yes", "no", "abstained"]))
    def vote(self, slug: str, value: str) -> None:
        self.attempt(
            lambda: renewing.cast_vote(
                self.term(),
                by=make_person(f"{slug}@example.org"),
                party=make_party(slug),
                value=value,
            )
        )

    @rule(slug=st.sampled_from(PARTIES), value=st.sampled_from(["yes", "no"]))
    def vote_by_letter(self, slug: str, value: str) -> None:
        self.attempt(
            lambda: renewing.record_vote(
                self.term(),
                by=self.people["first"],
                party=make_party(slug),
                value=value,
                how="letter",
                office="Head",
                voted_on=self.today,
            )
        )

    @rule(by=st.sampled_from([*PARTIES, "ice"]))
    def give_notice(self, by: str) -> None:
        self.attempt(
            lambda: renewing.record_notice(
                self.term(),
                by=self.people["first"],
                purpose="non_renewal",
                given_by=make_party(by),
                sent_on=self.today,
            )
        )

    @rule()
    def open_review(self) -> None:
        self.attempt(lambda: renewing.open_review(self.term(), by=self.people["second"]))

    @rule(fee=st.integers(0, 500))
    def edit_the_fee(self, fee: int) -> None:
        self.attempt(lambda: save(self.term(), license_fee=fee, currency="USD"))

    @rule()
    def edit_the_elements(self) -> None:
        from agreements.models import SharedElement

        element = make_element()
        self.attempt(lambda: save(SharedElement(agreement=self.agreement, element=element)))

    @precondition(lambda self: Term.objects.filter(is_proposed=True).exists())
    @rule(who=st.sampled_from(PEOPLE))
    def execute(self, who: str) -> None:
        term = Term.objects.get(is_proposed=True)
        self.attempt(
            lambda: executing.execute_term(term, by=self.people[who], executed_on=self.today)
        )

    @precondition(lambda self: Obligation.objects.filter(done_on_last=None).exists())
    @rule(who=st.sampled_from(PEOPLE))
    def close_out(self, who: str) -> None:
        duty = Obligation.objects.filter(done_on_last=None).first()
        self.attempt(
            lambda: closing.fulfill(
                duty, by=self.people[who], done_on=self.today, evidence="Certificate"
            )
        )

    @rule(days=st.sampled_from([0, 1, 7, 30, 61, 200]))
    def time_passes(self, days: int) -> None:
        settings.PACTWATCH_TODAY = self.today + dt.timedelta(days=days)
        for term in list(executing.renewing_by_themselves(self.today)):
            facts = load(term.agreement_id)
            assert facts is not None
            if not executing.cannot_begin(facts, term):
                self.attempt(
                    lambda term=term: executing.begin_next(
                        term, by=executing.register_account(), on=self.today
                    )
                )
        for row in executing.reviews_to_open(self.today):
            self.attempt(
                lambda row=row: executing.open_review_of(row, by=executing.register_account())
            )


@pytest.mark.django_db
def test_the_workflow_holds_whatever_people_do(db: None) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    count = max(5, hypothesis_settings.default.max_examples // 4)
    run_state_machine_as_test(
        Workflow,
        settings=hypothesis_settings(
            max_examples=count, stateful_step_count=20, deadline=None, print_blob=True
        ),
    )
