"""The PARS case as dated steps: what was shared with ICE, on what terms, until when.

Facts only, each with its source; what no source gives is left out. Sources that disagree all
stand. The facts and their sources were collected from five documents and from excerpts of public
pages (see ``pars_sources``); dates known to the year or month keep that precision.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from agreements.claims import fee_value
from agreements.closing import open_close_out
from agreements.models import (
    Access,
    Agreement,
    Amendment,
    Concern,
    Decision,
    Event,
    Evidence,
    Guide,
    NoticeGiven,
    Participation,
    SharedElement,
    Term,
    Vote,
)
from examples.replay import Scribe, Step
from parties.models import Alias, Element, Party, System

CITY, DA, COURT, ICE = (
    "city-of-philadelphia",
    "district-attorney",
    "first-judicial-district",
    "ice",
)
NSM = "new-sanctuary-movement"

FEE_TECHNICALLY = fee_value(Decimal(5600), "USD", 24)
FEE_OP18 = fee_value(Decimal(5565), "USD", 12)
FEE_PW18 = fee_value(Decimal(5500), "USD", 12)

# name, category, sensitivity, whose data, source
ELEMENTS = [
    (
        "Country of origin or of citizenship",
        Element.Category.NATIONALITY,
        "special",
        "all people in custody",
        "petition",
    ),
    (
        "Information about people recently arrested",
        Element.Category.CRIMINAL,
        "high",
        "people recently arrested",
        "technically13",
    ),
    ("Place of birth", Element.Category.NATIONALITY, "high", "", "CBS18"),
    ("Address in the area", Element.Category.CONTACT, "high", "", "CBS18"),
    ("Arrests", Element.Category.CRIMINAL, "high", "", "Ph10"),
    ("Charges", Element.Category.CRIMINAL, "high", "", "Ph10"),
    (
        "Preliminary arraignment (bail) hearings",
        Element.Category.CRIMINAL,
        "normal",
        "",
        "Ph10",
    ),
    ("Bail", Element.Category.CRIMINAL, "normal", "", "Ph10"),
    ("Names of victims", Element.Category.NAME, "special", "victims", "technically13"),
    ("Names of witnesses", Element.Category.NAME, "special", "witnesses", "technically13"),
]


def pars(s: Scribe) -> Agreement:
    """Return the agreement between Philadelphia and ICE."""
    return s.agreement("PARS-ICE")


def term(s: Scribe, number: int) -> Term:
    """Return one of its terms."""
    return Term.objects.get(agreement=pars(s), number=number)


def event(s: Scribe, kind: str, on: str, title: str, cite: str, **more: Any) -> Event:
    """Enter an event of the agreement with the sources that it rests on."""
    return s.add(Event, cite, agreement=pars(s), kind=kind, occurred_on=on, title=title, **more)


# ── 2008: signed ───────────────────────────────────────────────────────────────


def enter_register(s: Scribe) -> None:
    """Parties, system, elements, the agreement and its first term."""
    for slug, name, short, kind, cite in (
        (CITY, "City of Philadelphia", "City", Party.Kind.CITY, "city18 petition"),
        (DA, "District Attorney’s Office", "District Attorney", Party.Kind.PROSECUTOR, "city18"),
        (COURT, "First Judicial District", "Courts", Party.Kind.COURT, "city18 petition"),
        (
            "dhs",
            "Department of Homeland Security",
            "DHS",
            Party.Kind.FEDERAL_AGENCY,
            "technically13",
        ),
        (
            NSM,
            "New Sanctuary Movement of Philadelphia",
            "New Sanctuary Movement",
            Party.Kind.NON_PROFIT,
            "petition technically13",
        ),
    ):
        s.add(Party, cite, slug=slug, name=name, short_name=short, kind=kind)
    ice = s.add(
        Party,
        slug=ICE,
        name="U.S. Immigration and Customs Enforcement",
        short_name="ICE",
        kind=Party.Kind.FEDERAL_AGENCY,
        parent=s.party("dhs"),
    )
    police = s.add(
        Party,
        "city18",
        slug="police-department",
        name="Police Department",
        kind=Party.Kind.CITY_DEPARTMENT,
        parent=s.party(CITY),
    )
    s.cite(police, "city18", "parent")
    s.cite(ice, "city18", "name")
    s.cite(ice, "technically13", "parent")
    s.add(Alias, "technically13 city18", party=ice, name="ICE")
    _enter_system(s)
    _enter_agreement(s)


def _enter_system(s: Scribe) -> None:
    system = s.add(
        System,
        slug="pars",
        name="Preliminary Arraignment Reporting System",
        short_name="PARS",
        in_use_since="1997",
        description=(
            "Arrest records in real time: police enter each arrest, the District Attorney "
            "charges from it, and courts set bail by video with it. In use since 1997, after the "
            "city lost a suit over slow processing: on paper, people could wait a weekend for a "
            "judge. It cut about 30 hours to about 15. In 2013 a replacement was planned within a "
            "$120 million IT program. Used by courts, police, the District Attorney and other law "
            "enforcement."
        ),
    )
    s.cite(system, "city18", "description", locator="who uses it")
    for name in ("name", "short_name", "in_use_since", "description"):
        s.cite(system, "technically13", name)
    for name, category, sensitivity, subjects, cite in ELEMENTS:
        element = s.add(
            Element,
            cite,
            system=system,
            name=name,
            category=category,
            sensitivity=sensitivity,
            data_subjects=subjects,
            is_personal=True,
        )
        if name == ELEMENTS[0][0]:
            s.cite(element, "petition", "name", "Country of origin, of all in custody")
            s.cite(element, "technically13", "name", "Country of citizenship, sometimes")


def _enter_agreement(s: Scribe) -> None:
    agreement = s.add(
        Agreement,
        reference="PARS-ICE",
        slug="pars-ice",
        title="Access of U.S. Immigration and Customs Enforcement to arrest records in PARS",
        short_title="PARS–ICE",
        kind=Agreement.Kind.AGREEMENT,
        system=s.system("pars"),
        department_address="data-sharing@example.org",
        responsible_officer=s.people["officer"],
        deputy=s.people["deputy"],
        published_at=s.at,
    )
    s.cite(agreement, "city18", "kind", why="The City’s own word for it.")
    for key in ("petition", "phillyvoice18"):
        s.cite(agreement, key, "kind")
    s.cite(agreement, "technically13", "kind", "license", why="Bought from the city, it says.")
    for key in ("phillyvoice18", "juntos18"):
        s.cite(agreement, key, "kind", "contract")
    s.cite(agreement, "technically13", "system")
    for slug in (CITY, DA, COURT):
        s.add(
            Participation,
            "city18 petition",
            agreement=agreement,
            party=s.party(slug),
            role=Participation.Role.PROVIDER,
        )
        s.add(
            Participation,
            "Leg110536 DA10",
            agreement=agreement,
            party=s.party(slug),
            role=Participation.Role.DECIDER,
        )
    s.add(
        Participation,
        "technically13 city18",
        agreement=agreement,
        party=s.party(ICE),
        role=Participation.Role.RECIPIENT,
    )
    first = s.add(
        Term,
        agreement=agreement,
        number=1,
        starts_on="2008",
        license_fee=Decimal(5565),
        currency="USD",
        fee_per_months=12,
        renewal_kind=Term.RenewalKind.BY_DECISION,
    )
    s.cite(first, "juntos18", "starts_on")
    s.cite(first, "Inq11", "starts_on", why="Two sources say 2008; the day is not recorded.")
    s.cite(
        first,
        "technically13",
        "starts_on",
        "2009",
        why="In 2013 it says four years of access, which points to 2009.",
    )
    s.cite(first, "Leg110536", "renewal_kind")
    s.cite(first, "DA10", "renewal_kind")
    s.cite(first, "Op18", "license_fee", why="Quoted from the text of 2008.")
    s.cite(first, "technically13", "license_fee", FEE_TECHNICALLY)
    s.cite(first, "PW18", "license_fee", FEE_PW18)
    for name, *_, cite in ELEMENTS:
        s.add(SharedElement, cite, agreement=agreement, element=s.element(name))


# ── 2010: a wrong date, and a renewal with changes ─────────────────────────────


def wrong_end(s: Scribe) -> None:
    """The city takes July 1 for the end."""
    first = s.set(term(s, 1), ends_on="2010-07-01", end_kind=Term.EndKind.FIXED)
    s.cite(first, "Click10", "ends_on", why="Corrected by the city two days later.")
    event(
        s,
        "statement",
        "2010-06-29",
        "The city prepares not to extend the agreement and says that it is up on Thursday, July 1.",
        "Click10",
    )


def corrected_end(s: Scribe) -> None:
    """The city corrects itself: August 31."""
    first = s.set(term(s, 1), ends_on="2010-08-31")
    s.cite(first, "Ph10", "ends_on", why="The city’s own correction.")
    event(
        s,
        "correction",
        "2010-07-01",
        "The city says that a mistake was made: the agreement ends on August 31, not on July 1.",
        "Ph10",
    )


def renewal_2010(s: Scribe) -> None:
    """The three vote to renew for one year, without victims' and witnesses' information."""
    agreement, first = pars(s), term(s, 1)
    votes = {
        slug: s.add(
            Vote,
            "DA10 Inq10",
            agreement=agreement,
            term=first,
            party=s.party(slug),
            value=Vote.Value.YES,
            voted_on="2010-07-16",
        )
        for slug in (CITY, DA, COURT)
    }
    for key, spelling in (
        ("petition", "Judge Neifield"),
        ("DA10", "Judge Neilfield"),
        ("Inq10", "Judge Neifeld"),
    ):
        s.cite(votes[COURT], key, "office", spelling)
    decision = s.add(
        Decision,
        agreement=agreement,
        term=first,
        outcome=Decision.Outcome.RENEW_WITH_CHANGES,
        decided_on="2010-07-16",
        announced_on="2010",
    )
    for key in ("DA10", "Inq10"):
        s.cite(decision, key, "outcome")
        s.cite(decision, key, "decided_on")
    s.cite(
        decision,
        "technically13",
        "announced_on",
        why="It names Mayor Nutter as announcing it, in 2010.",
    )
    event(
        s,
        "meeting",
        "2010-07-16",
        "The “PARS subcommittee” of the three votes unanimously to renew for one year.",
        "DA10",
    )
    amendment = s.add(
        Amendment,
        "DA10 Inq10",
        agreement=agreement,
        dated_on="2010-07-16",
        title="Information about victims and witnesses is no longer visible to ICE",
    )
    for name in ("Names of victims", "Names of witnesses"):
        shared = SharedElement.objects.get(agreement=agreement, element=s.element(name))
        s.set(shared, removed_on="2010-07", removed_by=amendment)
        for key in ("DA10", "Inq10"):
            s.cite(shared, key, "removed_on")
            s.cite(shared, key, "removed_by")
    second = s.add(
        Term,
        agreement=agreement,
        number=2,
        starts_on="2010-09-01",
        ends_on="2011-08-31",
        end_kind=Term.EndKind.FIXED,
        renewal_kind=Term.RenewalKind.BY_DECISION,
        proposed_by=decision,
    )
    for key in ("DA10", "Inq10"):
        s.cite(second, key, "starts_on")
    s.cite(second, "Leg110536", "ends_on")
    s.cite(second, "Leg110536", "renewal_kind")


# ── 2011 to 2017: advice, petition, protest; renewals not recorded ─────────────


def figures_2011(s: Scribe) -> None:
    """ICE's own figures on people who were never convicted."""
    evidence = s.add(
        Evidence,
        agreement=pars(s),
        kind=Evidence.Kind.FIGURE,
        statement="People passed from Philadelphia police to ICE who were never convicted",
        figure="238 of 421",
        period_from="2008-10-27",
        period_to="2011-02-28",
    )
    for name in ("statement", "period_from", "period_to"):
        s.cite(evidence, "technically13", name)
    s.cite(evidence, "technically13", "figure", why="ICE’s data, via Metropolis.")
    s.cite(evidence, "Inq11", "figure", "348 of 583")


def resolution_2011(s: Scribe) -> None:
    """Council advises not to renew; all three have to sign."""
    event(
        s,
        "resolution",
        "2011-06-23",
        "Council Resolution 110536, 17–0: do not renew at the end on August 31, 2011.",
        "Leg110536 Inq11",
        effect=Event.Effect.ADVISORY,
    )
    agreement = s.set(pars(s), decision_rule=Agreement.DecisionRule.ALL)
    s.cite(agreement, "Inq11", "decision_rule", why="In 2011: all three had to sign.")


def petition_2011(s: Scribe) -> None:
    """The petition: milestones as counts, never names; and what it raises."""
    for count in (50, 100, 500):
        event(
            s,
            "petition",
            "2011-06/2011-08",
            f"Petition to Mayor Nutter, District Attorney Williams and Judge Neifield: "
            f"{count} signatures.",
            "petition",
            count=count,
        )
    s.add(
        Concern,
        "petition",
        agreement=pars(s),
        raised_by=s.party(NSM),
        raised_on="2011-06/2011-08",
        title="Contacts short of a conviction can lead to deportation",
        text="Contacts such as traffic stops can lead to deportation.",
    )


def source_2013(s: Scribe) -> None:
    """What an article of about September 2013 reports."""
    agreement = pars(s)
    access = s.add(
        Access,
        agreement=agreement,
        state=Access.State.ON,
        confirmed_on="2013-09",
        evidence="ICE asked police to hold certain suspects (detainers) after seeing them in PARS.",
    )
    for name in ("state", "confirmed_on", "evidence"):
        s.cite(access, "technically13", name)
    s.add(
        Evidence,
        "technically13",
        agreement=agreement,
        kind=Evidence.Kind.CONTINUATION,
        statement="The license runs for two years and was up for renewal on August 31, 2013; "
        "the outcome was not confirmed.",
    )
    s.add(
        Evidence,
        "technically13",
        agreement=agreement,
        kind=Evidence.Kind.FINDING,
        period_from="2011",
        period_to="2011",
        statement="A renewal in 2011 is implied and called the first one, against the renewal "
        "of 2010. What was decided in 2011 is not recorded.",
    )
    event(
        s,
        "protest",
        "2013",
        "New Sanctuary Movement protests outside the Mayor’s office.",
        "technically13",
    )
    event(
        s,
        "statement",
        "2013",
        "Deputy Mayor Gillison expects renewal, since nothing shows abuse; the city does not "
        "support holding low-level offenders.",
        "technically13",
    )
    event(s, "other", "2013-08-31", "The two-year license is up for renewal.", "technically13")
    s.add(
        Evidence,
        "technically13",
        agreement=agreement,
        kind=Evidence.Kind.FIGURE,
        statement="People deported by ICE Philadelphia in the fiscal year so far, and those of "
        "them who were convicted (64.7 percent; the source says about 60 percent)",
        figure="5,266; 3,407",
        reported_on="2013",
    )
    s.add(
        Evidence,
        "technically13",
        agreement=agreement,
        kind=Evidence.Kind.FIGURE,
        statement="People deported nationally who were convicted; in 2008 it was 31 percent",
        figure="about 57 percent",
        reported_on="2013",
    )
    s.add(
        Concern,
        "technically13",
        agreement=agreement,
        raised_by=s.party(NSM),
        raised_on="2013",
        put_to=s.party(ICE),
        title="“Criminals” includes re-entry",
        text="The figure for criminals includes people convicted of re-entry.",
        answer="Asked for detail, ICE declined.",
    )
    _other_payers(s)


def _other_payers(s: Scribe) -> None:
    """The other bodies that pay for access. Fees and dates are not recorded."""
    for slug, name, short in (
        ("amtrak-police", "Amtrak Police", "AMTRAK"),
        ("septa-police", "SEPTA Police", "SEPTA"),
        ("penn-police", "University of Pennsylvania police", "PENN"),
        ("temple-police", "Temple University police", "TEMPLE"),
    ):
        party = s.add(Party, "technically13", slug=slug, name=name, kind=Party.Kind.POLICE)
        agreement = s.add(
            Agreement,
            "technically13",
            reference=f"PARS-{short}",
            slug=f"pars-{short.lower()}",
            title=f"Access of {name} to PARS",
            kind=Agreement.Kind.AGREEMENT,
            system=s.system("pars"),
            department_address="data-sharing@example.org",
            responsible_officer=s.people["officer"],
            deputy=s.people["deputy"],
            published_at=s.at,
        )
        s.add(
            Participation,
            "technically13",
            agreement=agreement,
            party=party,
            role=Participation.Role.RECIPIENT,
        )
        s.add(
            Evidence,
            "technically13",
            agreement=agreement,
            kind=Evidence.Kind.CONTINUATION,
            period_from="2013-09",
            statement=f"{name} pays for access, and also reports its arrests through PARS.",
        )


def resolution_2013(s: Scribe) -> None:
    """Council calls for hearings."""
    event(
        s,
        "resolution",
        "2013-11-21",
        "Council Resolution 130880: hearings on whether to end the agreement.",
        "Leg130880",
    )


def last_term(s: Scribe) -> None:
    """The last term: its start follows one source, its fee none."""
    third = s.add(
        Term,
        agreement=pars(s),
        number=3,
        starts_on="2017-09-01",
        ends_on="2018-08-31",
        end_kind=Term.EndKind.FIXED,
        renewal_kind=Term.RenewalKind.BY_DECISION,
    )
    s.cite(third, "Op18", "starts_on", why="Renewed “yearly on 31 August”.")
    s.cite(
        third,
        "technically13",
        "starts_on",
        "a two-year license, its first day not given",
        why="Its figure is of 2013; no first day follows from it.",
    )
    for key in ("city18", "phillyvoice18"):
        s.cite(third, key, "ends_on")
    s.cite(third, "Leg110536", "renewal_kind")
    s.cite(third, "technically13", "license_fee", FEE_TECHNICALLY)
    s.cite(third, "Op18", "license_fee", FEE_OP18, why="Quoted from the text of 2008.")
    s.cite(third, "PW18", "license_fee", FEE_PW18)


# ── 2018: protest, questions, notice, announcement ─────────────────────────────


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


def city_statement(s: Scribe) -> None:
    """What the City itself published a week later; Juntos spoke after the announcement too."""
    _public_voice(s, "juntos", "Juntos", "juntos18")
    agreement = pars(s)
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


def _step(day: str, what: str, sources: str, enter: Any) -> Step:
    return Step(dt.date.fromisoformat(day), what, sources, enter)


STEPS = [
    _step(
        "2008-12-31",
        "The agreement of 2008 is entered and published",
        "Juntos; Inquirer 2011; and the sources cited on each fact",
        enter_register,
    ),
    _step("2010-06-29", "End said to be July 1", "click4immigration.com", wrong_end),
    _step("2010-07-01", "End corrected to August 31", "philly.com 2010", corrected_end),
    _step(
        "2010-07-16",
        "Renewed for one year, without victims’ and witnesses’ information",
        "District Attorney’s Office; Inquirer 2010",
        renewal_2010,
    ),
    _step(
        "2011-02-28",
        "Figures on people never convicted",
        "Technical.ly Philly; Inquirer 2011",
        figures_2011,
    ),
    _step(
        "2011-06-23",
        "Council advises not to renew",
        "Resolution 110536; Inquirer 2011",
        resolution_2011,
    ),
    _step("2011-08-31", "Petition", "New Sanctuary Movement", petition_2011),
    _step("2013-09-30", "Report on PARS and its license", "Technical.ly Philly", source_2013),
    _step("2013-11-21", "Council calls for hearings", "Resolution 130880", resolution_2013),
    _step(
        "2017-09-01", "Last term", "philly.com 2018; City of Philadelphia; PhillyVoice", last_term
    ),
    _step("2018-07-02", "Citywide protest", "PhillyVoice", protest_2018),
    _step("2018-07-06", "Encampment", "PhillyVoice", encampment),
    _step(
        "2018-07-11", "District Attorney announces how he will vote", "Associated Press", krasner
    ),
    _step("2018-07-12", "City Solicitor asks to meet", "Inquirer 2018", asks_to_meet),
    _step("2018-07-16", "ICE answers claims of misuse", "Inquirer 2018", ice_answers),
    _step("2018-07-17", "Said to be renewed yearly", "philly.com commentary 2018", said_yearly),
    _step("2018-07-18", "Meeting", "PhillyVoice; City of Philadelphia", meeting),
    _step("2018-07-25", "Stairwell occupied", "PhillyVoice", stairwell),
    _step("2018-07-26", "Notice of non-renewal", "philly.com 2018", notice),
    _step("2018-07-27", "Non-renewal announced", "City of Philadelphia; PhillyVoice", announcement),
    _step("2018-08-03", "Statement of the City", "City of Philadelphia; Juntos", city_statement),
]
