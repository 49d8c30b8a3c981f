"""The PARS case from 2008 to 2010: signed, a wrong end corrected, renewed with changes."""

from decimal import Decimal

from agreements.models import (
    Agreement,
    Amendment,
    Decision,
    Participation,
    SharedElement,
    Term,
    Vote,
)
from examples.pars.facts import (
    CITY,
    COURT,
    DA,
    ICE,
    NSM,
    VICTIMS_AND_WITNESSES,
    event,
    pars,
    share,
    term,
)
from examples.replay import Scribe
from parties.models import Alias, Party, System


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
    )
    for name in ("name", "short_name", "in_use_since"):
        s.cite(system, "technically13", name)


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
    s.cite(first, "Leg110536", "renewal_kind")
    s.cite(first, "DA10", "renewal_kind")
    s.cite(first, "Op18", "license_fee", why="Quoted from the text of 2008.")
    share(s, *VICTIMS_AND_WITNESSES)  # visible until 2010, it is said


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
    share(s, "Arrests", "Charges", "Preliminary arraignment (bail) hearings", "Bail")


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
    for name in VICTIMS_AND_WITNESSES:
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
