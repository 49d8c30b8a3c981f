"""What is saved is what was read: actions bound to what stood on their page; work under embargo."""

import datetime as dt
import difflib
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agreements.models import Access, Agreement, Concern, Decision, Event, Mandate, Term, Vote
from agreements.publication import publish
from tests.factories import make_agreement, make_element, make_party, make_person, save, writing
from tests.portal.reading import Page, Sure

pytestmark = pytest.mark.django_db

JUNE = dt.date(2018, 6, 15)
FIRST = {
    "starts_on": "2017-09-01",
    "ends_on": "2018-08-31",
    "renewal_kind": "by_decision",
    "license_fee": "5565",
    "currency": "USD",
    "fee_per_months": 12,
}
PUBLIC = (
    "/",
    "/agreements/",
    "/agreements/?format=csv",
    "/agreements/open/",
    "/agreements/open/?on=2018-09-05",
    "/agreements/open/brief/",
    "/agreements/open/dossier/",
    "/agreements/open/dossier/csv",
    "/agreements/open/calendar.ics",
    "/agreements/open/deadlines.atom",
    "/changes.atom",
    "/reports/deadlines/csv",
    "/reports/fees/csv",
    "/systems/arrests/",
)


@pytest.fixture(autouse=True)
def june(settings: Any) -> Any:
    settings.PACTWATCH_TODAY = JUNE
    return settings


@pytest.fixture
def term() -> Term:
    agreement = make_agreement(
        reference="OPEN",
        terms=[FIRST],
        deciders=["city"],
        recipients=["ice"],
        shared_elements=[{"element": make_element("Names of victims")}],
    )
    with writing():
        publish(agreement)
    return Term.objects.get()


Sign = Callable[[str], Client]


@pytest.fixture
def as_(db: None) -> Sign:
    def sign_in(role: str) -> Client:
        client = Sure()
        person = make_person(f"{role}@example.org", role="" if role == "voter" else role)
        if role == "voter" and not Mandate.objects.exists():
            save(Mandate(user=person, party=make_party("city"), office="Mayor",
                         from_on=dt.date(2018, 1, 1)))  # fmt: skip
        client.force_login(person)
        return client

    return sign_in


def at(term: Term, name: str) -> str:
    return f"/desk/renewals/{term.pk}/{name}/"


def propose(as_: Sign, term: Term, **said: str) -> None:
    answer = as_("editor").post(at(term, "proposal"), said)
    assert answer.status_code == 302, Page(answer).text


def decide(as_: Sign, term: Term, embargo: bool = False, **said: str) -> None:
    """Everybody is for it: proposed, voted where it renews, settled by another."""
    propose(as_, term, **said)
    if said["outcome"] in Decision.RENEWING:
        vote = {"party": make_party("city").pk, "value": "yes"}
        assert as_("voter").post(at(term, "vote"), vote).status_code == 302
    until = f"{timezone.now() + dt.timedelta(days=40):%Y-%m-%d} 09:00" if embargo else ""
    answer = as_("records_officer").post(at(term, "settle"), {"embargoed_until": until})
    assert answer.status_code == 302, Page(answer).text


# ── Bound to what was read ────────────────────────────────────────────────────


def test_a_decision_that_was_not_shown_is_not_taken(as_: Sign, term: Term) -> None:
    propose(as_, term, outcome="suspend", takes_effect_on="2018-06-20")
    officer = Client()
    officer.force_login(make_person("records_officer@example.org", role="records_officer"))
    page = officer.get(at(term, "settle"))
    data = {"embargoed_until": "", "seen": page.context["seen"]}
    shown = officer.post(at(term, "settle"), data)
    propose(as_, term, outcome="terminate", takes_effect_on="2018-06-16", rationale="CHANGED")
    answer = officer.post(at(term, "settle"), data | {"confirmed": shown.context["typed"]})
    assert answer.status_code == 422
    assert "This changed since you opened the page" in Page(answer).text
    assert not Decision.objects.exists()
    again = {"embargoed_until": "", "seen": answer.context["seen"]}
    shown = officer.post(at(term, "settle"), again)
    assert ("Decision: Outcome", "terminate") in {
        (f.what, f.after) for f in shown.context["follows"]
    }
    done = officer.post(at(term, "settle"), again | {"confirmed": shown.context["typed"]})
    assert done.status_code == 302


def test_a_vote_is_not_bound_to_a_text_that_its_voter_never_saw(as_: Sign, term: Term) -> None:
    said = {"outcome": "renew", "ends_on": "2019-08-31", "license_fee": "5565", "currency": "USD"}
    propose(as_, term, **said)
    voter = as_("voter")
    seen = voter.get(at(term, "vote")).context["seen"]
    propose(as_, term, **said | {"license_fee": "999999", "ends_on": "2029-08-31"})
    vote = {"party": make_party("city").pk, "value": "yes", "seen": seen}
    assert voter.post(at(term, "vote"), vote).status_code == 422
    assert not Vote.objects.exists()
    assert voter.post(at(term, "vote"), vote | {"seen": ""}).status_code == 422


def test_the_decision_that_waits_is_announced(as_: Sign, term: Term) -> None:
    decide(as_, term, embargo=True, outcome="do_not_renew", rationale="A")
    decide(as_, term, outcome="suspend", takes_effect_on="2018-06-20", rationale="B")
    said = {"announced_on": "2018-06-15", "rationale": "Paused"}
    assert as_("editor").post(at(term, "announcement"), said).status_code == 302
    assert as_("editor").post(at(term, "announcement"), said | {"rationale": "The end"})
    found = dict(Decision.objects.values_list("outcome", "rationale"))
    assert found == {"do_not_renew": "The end", "suspend": "Paused"}
    assert not Decision.objects.exclude(embargoed_until=None).exists()


def test_an_action_sent_twice_is_done_once(as_: Sign, term: Term) -> None:
    opened = as_("editor").get(at(term, "concern"))
    said = {"title": "No answer", "once": opened.context["once"]}
    for _ in range(2):
        assert as_("editor").post(at(term, "concern"), said).status_code == 302
    assert Concern.objects.count() == 1


def test_what_becomes_public_is_shown_before_it_does(as_: Sign, term: Term) -> None:
    propose(as_, term, outcome="do_not_renew", rationale="Trust in police")
    officer = Client()
    officer.force_login(make_person("records_officer@example.org", role="records_officer"))
    seen = officer.get(at(term, "settle")).context["seen"]
    shown = officer.post(at(term, "settle"), {"seen": seen})
    said = {(f.what, f.after, f.is_public) for f in shown.context["follows"]}
    assert ("Decision: Public rationale", "Trust in police", True) in said
    assert ("Decision: Outcome", "do not renew", True) in said


def test_what_follows_from_deleting_is_shown_first(as_: Sign, term: Term) -> None:
    event = save(Event(agreement=term.agreement, kind="meeting", title="They met"))
    client = Client()
    client.force_login(make_person("editor@example.org", role="editor"))
    url = f"/desk/agreements/open/events/{event.pk}/delete/"
    shown = client.post(url, {"reason": "By mistake"})
    assert ("Event: What happened", "They met", "") in {
        (f.what, f.before, f.after) for f in shown.context["follows"]
    }
    assert Event.objects.exists()
    client.post(url, {"reason": "By mistake", "confirmed": "delete"})
    assert not Event.objects.exists()


# ── Work under embargo ────────────────────────────────────────────────────────


def read(client: Client) -> dict[str, bytes]:
    """What the public reads, but for the moments at which feeds and calendars were made."""
    moving = re.compile(rb"<updated>[^<]*</updated>|DTSTAMP:\w+")
    return {url: moving.sub(b"", b"".join(client.get(url))) for url in PUBLIC}


def differing(before: dict[str, bytes]) -> list[str]:
    """The lines that the public reads now and did not before, or the other way round."""
    after = read(Client())
    return [
        line
        for url in PUBLIC
        for line in difflib.unified_diff(
            before[url].decode().splitlines(), after[url].decode().splitlines(), url, url, n=0
        )
    ]


def published(as_: Sign, term: Term) -> dict[str, bytes]:
    found = read(Client())
    assert all(found.values())
    return found


def test_undoing_a_renewal_under_embargo_betrays_nothing(as_: Sign, term: Term) -> None:
    decide(as_, term, outcome="renew", ends_on="2019-08-31", rationale="Needed")
    propose(as_, term, outcome="do_not_renew", rationale="SECRET")
    before = published(as_, term)
    assert b"2019" in before["/agreements/open/"]
    until = f"{timezone.now() + dt.timedelta(days=40):%Y-%m-%d} 09:00"
    officer = as_("records_officer")
    assert officer.post(at(term, "settle"), {"embargoed_until": until}).status_code == 302
    assert differing(before) == []
    staff = Page(officer.get(f"/desk/renewals/{term.pk}/")).text
    assert "Term 2 is proposed" not in staff
    said = {"announced_on": "2018-06-15", "rationale": "Trust"}
    as_("editor").post(at(term, "announcement"), said)
    assert Term.objects.count() == 1
    assert b"Trust" in read(Client())["/agreements/open/"]


@pytest.mark.parametrize(
    "said",
    [{"outcome": "do_not_renew"}, {"outcome": "suspend", "takes_effect_on": "2018-06-16"}],
    ids=lambda said: said["outcome"],
)
def test_duties_done_under_embargo_betray_nothing(
    as_: Sign, term: Term, said: dict[str, str]
) -> None:
    before = published(as_, term)
    decide(as_, term, embargo=True, **said)
    duty = term.agreement.obligation_set.get(kind="access_off")
    done = {"done_on": "2018-06-15", "evidence": "SECRETLETTER"}
    answer = as_("editor").post(f"/desk/renewals/{term.pk}/duties/{duty.pk}/", done)
    assert answer.status_code == 302
    assert Access.objects.get().evidence == "SECRETLETTER"
    assert differing(before) == []
    as_("editor").post(
        at(term, "announcement"), {"announced_on": "2018-06-15", "rationale": "Trust"}
    )
    assert b"SECRETLETTER" in read(Client())["/agreements/open/"]


def test_an_execution_under_embargo_betrays_nothing(as_: Sign, term: Term) -> None:
    shared = term.agreement.sharedelement_set.get()
    propose(as_, term, outcome="renew_with_changes", ends_on="2019-08-31", drops=str(shared.pk))
    vote = {"party": make_party("city").pk, "value": "yes"}
    as_("voter").post(at(term, "vote"), vote)
    before = published(as_, term)
    until = f"{timezone.now() + dt.timedelta(days=40):%Y-%m-%d} 09:00"
    as_("records_officer").post(at(term, "settle"), {"embargoed_until": until})
    answer = as_("editor").post(at(term, "execution"), {"executed_on": "2018-06-15"})
    assert answer.status_code == 302
    shared.refresh_from_db()
    assert shared.removed_on is not None
    assert differing(before) == []


def test_a_term_is_not_lengthened_by_one_person_without_a_source(as_: Sign, term: Term) -> None:
    said = {"number": "2", "starts_on": "2018-09-01", "ends_on": "2019-08-31", "reason": "next"}
    said |= {"end_kind": "fixed"}
    answer = as_("editor").post("/desk/agreements/open/terms/new/", said)
    assert answer.status_code == 422
    assert "Name the source" in Page(answer).text
    proposed = as_("editor").post("/desk/agreements/open/terms/new/", said | {"is_proposed": "on"})
    assert proposed.status_code == 302
    refused = as_("editor").post(at(term, "execution"), {"executed_on": "2018-06-15"})
    assert "No decision proposed this term" in Page(refused).text
    assert Agreement.objects.get().term_set.filter(is_proposed=False).count() == 1


def test_every_fact_of_a_term_that_was_decided_can_be_cited(as_: Sign, term: Term) -> None:
    decide(as_, term, outcome="renew", ends_on="2019-08-31")
    following = Term.objects.get(number=2)
    for name in ("is_proposed", "number", "starts_on"):
        url = f"/desk/sources/agreements.Term/{following.pk}/{name}/"
        assert as_("editor").get(url).status_code == 200


@pytest.mark.parametrize(
    ("kind", "field"), [("access", "obligation"), ("amendments", "term"), ("obligations", "notice")]
)
def test_no_form_ties_a_record_to_what_may_be_hidden(
    as_: Sign, term: Term, kind: str, field: str
) -> None:
    form = as_("editor").get(f"/desk/agreements/open/{kind}/new/").context["form"]
    assert field not in form.fields
