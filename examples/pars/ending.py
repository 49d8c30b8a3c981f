"""The PARS case in 2018: protest, questions, notice, announcement."""

import datetime as dt

from agreements.closing import open_close_out
from agreements.models import Agreement, Concern, Decision, Evidence, Guide, NoticeGiven, Vote
from examples.pars.facts import CITY, DA, FEE_PW18, ICE, event, pars, share, term
from examples.replay import Scribe
from parties.models import Party


def protest_2018(s: Scribe) -> None:
    """The citywide protest."""
    event(
        s,
        "protest",
        "2018-07-02",
        "Citywide protest for ending the agreement; 29 arrests outside ICE’s offices.",
        "phillyvoice18",
    )


def encampment(s: Scribe) -> None:
    """The encampment."""
    _public_voice(s, "occupy-ice-phl", "Occupy ICE PHL", "phillyvoice18")
    event(s, "protest", "2018-07-06", "An encampment at City Hall begins.", "phillyvoice18")


def _public_voice(s: Scribe, slug: str, name: str, cite: str) -> None:
    """Enter who speaks up in a source."""
    s.add(Party, cite, slug=slug, name=name, kind=Party.Kind.OTHER)


def krasner(s: Scribe) -> None:
    """The District Attorney says how he will vote: an intention, not a vote."""
    s.add(
        Vote,
        "AP18",
        agreement=pars(s),
        term=term(s, 3),
        party=s.party(DA),
        value=Vote.Value.ANNOUNCED,
        intention="no",
        voted_on="2018-07-11",
        office="District Attorney Krasner",
    )
    agreement = s.set(pars(s), decision_rule=Agreement.DecisionRule.K_OF_N, votes_needed=2)
    s.cite(
        agreement,
        "AP18",
        "decision_rule",
        why="Reported for 2018: at least two of the three must favor renewal.",
    )


def asks_to_meet(s: Scribe) -> None:
    """The City Solicitor writes."""
    event(
        s, "letter", "2018-07-12", "City Solicitor Pratt asks local ICE officials to meet.", "Inq18"
    )


def ice_answers(s: Scribe) -> None:
    """ICE answers claims of misuse."""
    event(s, "statement", "2018-07-16", "ICE answers that claims of misuse are baseless.", "Inq18")


def said_yearly(s: Scribe) -> None:
    """A commentary says that it was renewed every year."""
    s.add(
        Evidence,
        "Op18",
        agreement=pars(s),
        kind=Evidence.Kind.CONTINUATION,
        statement="It was being renewed yearly on August 31.",
    )


def meeting(s: Scribe) -> None:
    """The meeting; a third source gives a stronger account of it."""
    met = event(
        s,
        "meeting",
        "2018-07-18",
        "At a meeting, ICE confirms that use could lead to enforcement against people not "
        "arrested for, accused or convicted of a crime.",
        "phillyvoice18 city18",
    )
    for key in ("phillyvoice18", "city18"):
        s.cite(met, key, "title")
    s.cite(
        met,
        "juntos18",
        "title",
        "ICE admitted abuse and racial profiling.",
        why="Stronger than the two other accounts.",
    )


def stairwell(s: Scribe) -> None:
    """A stairwell is occupied."""
    event(
        s,
        "protest",
        "2018-07-25",
        "A stairwell is occupied; a promised meeting is overtaken by the announcement.",
        "phillyvoice18",
    )


def notice(s: Scribe) -> None:
    """Notice of non-renewal."""
    s.add(
        NoticeGiven,
        "Ph18",
        agreement=pars(s),
        term=term(s, 3),
        purpose=NoticeGiven.Purpose.NON_RENEWAL,
        given_by=s.party(CITY),
        office="City Solicitor",
        method="e-mailed letter",
        sent_on="2018-07-26",
    )


def announcement(s: Scribe) -> None:
    """The announcement; the day of the decision itself is not recorded."""
    agreement = pars(s)
    decision = s.add(
        Decision,
        agreement=pars(s),
        term=term(s, 3),
        outcome=Decision.Outcome.DO_NOT_RENEW,
        announced_on="2018-07-27",
        rationale=(
            "Uses against people not accused or convicted of a crime; other concerns and "
            "unanswered questions; the chilling effect on reporting crimes such as drug sales, "
            "domestic violence, robbery-type offenses and killings; trust in police."
        ),
    )
    for key in ("city18", "phillyvoice18"):
        for name in ("outcome", "announced_on", "rationale"):
            s.cite(decision, key, name)
    s.cite(
        decision,
        "PhillyMag18",
        "outcome",
        "terminate",
        why="ICE’s word was an abrupt termination; the register follows the instrument.",
    )
    for duty in open_close_out(decision, since=dt.date(2018, 7, 26)):
        s.cite(duty, "city18", why="Follows from the decision by the register’s own rule.")
    event(
        s,
        "announcement",
        "2018-07-27",
        "Mayor Kenney and City Solicitor Pratt announce that the agreement will not be renewed.",
        "city18 phillyvoice18",
    )
    s.add(
        Evidence,
        "Fox18",
        agreement=pars(s),
        kind=Evidence.Kind.FINDING,
        reported_on="2018-07",
        statement="FBI and ATF have access to PARS too.",
    )
    share(s, "Place of birth", "Address in the area")
    for number in (1, 3):
        s.cite(term(s, number), "PW18", "license_fee", FEE_PW18)
    s.cite(agreement, "phillyvoice18", "kind")
    s.cite(agreement, "phillyvoice18", "kind", "contract")


def city_statement(s: Scribe) -> None:
    """What the City itself published a week later; Juntos spoke after the announcement too."""
    _public_voice(s, "juntos", "Juntos", "juntos18")
    agreement = pars(s)
    s.cite(agreement, "juntos18", "kind", "contract")
    s.cite(s.system("pars"), "city18", "description", locator="who uses it")
    s.add(
        Concern,
        "city18",
        agreement=agreement,
        raised_by=s.party(CITY),
        put_to=s.party(ICE),
        raised_on="2018-01-01/2018-08-03",
        never_answered=True,
        title="Further concerns of the City",
        text="The City outlines further concerns and asks for more information. ICE never "
        "responds.",
    )
    s.add(
        Evidence,
        "city18",
        agreement=agreement,
        kind=Evidence.Kind.FINDING,
        reported_on="2018-08-03",
        statement="What was shared was limited information under certain conditions, the City "
        "says.",
    )
    s.add(
        Evidence,
        "city18",
        agreement=agreement,
        kind=Evidence.Kind.FINDING,
        reported_on="2018-08-03",
        statement="Not affected by the decision: FBI, DEA, U.S. Attorney’s Office, other federal "
        "agencies and other parts of Homeland Security, for instance on human "
        "trafficking.",
    )
    s.add(
        Guide,
        "city18",
        agreement=agreement,
        title="Guides for residents on federal policies, offered with the City’s statement",
        address="https://phila.gov/2018-08-03-ending-the-pars-agreement-with-ice/",
    )
