"""The PARS case from 2011 to 2017: advice, petition, protest; renewals not recorded."""

from agreements.models import Access, Agreement, Concern, Event, Evidence, Participation, Term, Vote
from examples.pars.facts import (
    COURT,
    FEE_OP18,
    FEE_TECHNICALLY,
    ICE,
    NSM,
    ORIGIN,
    event,
    pars,
    share,
    term,
)
from examples.replay import Scribe
from parties.models import Party


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
    share(s, ORIGIN)
    s.cite(s.element(ORIGIN), "petition", "name", "Country of origin, of all in custody")
    s.cite(pars(s), "petition", "kind")
    court = Vote.objects.get(term=term(s, 1), party=s.party(COURT))
    s.cite(court, "petition", "office", "Judge Neifield")


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
    _terms_in_2013(s)
    _other_payers(s)


def _terms_in_2013(s: Scribe) -> None:
    """What the article says of the system, its elements, the license and the fee."""
    share(s, "Information about people recently arrested")
    s.cite(s.element(ORIGIN), "technically13", "name", "Country of citizenship, sometimes")
    system = s.set(
        s.system("pars"),
        description=(
            "Arrest records in real time: police enter each arrest, the District Attorney "
            "charges from it, and courts set bail by video with it. In use since 1997, after the "
            "city lost a suit over slow processing: on paper, people could wait a weekend for a "
            "judge. It cut about 30 hours to about 15. In 2013 a replacement was planned within a "
            "$120 million IT program. Used by courts, police, the District Attorney and other law "
            "enforcement."
        ),
    )
    s.cite(system, "technically13", "description")
    s.cite(pars(s), "technically13", "kind", "license", why="Bought from the city, it says.")
    first = term(s, 1)
    s.cite(first, "technically13", "license_fee", FEE_TECHNICALLY)
    s.cite(
        first,
        "technically13",
        "starts_on",
        "2009",
        why="In 2013 it says four years of access, which points to 2009.",
    )


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
