"""What the steps of the PARS case share: names, fees as sources give them, and the elements."""

from decimal import Decimal
from typing import Any

from agreements.claims import fee_value
from agreements.models import Agreement, Event, SharedElement, Term
from examples.replay import Scribe
from parties.models import Element

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
ORIGIN = "Country of origin or of citizenship"
ELEMENTS = [
    (
        ORIGIN,
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

VICTIMS_AND_WITNESSES = ("Names of victims", "Names of witnesses")


def share(s: Scribe, *names: str) -> None:
    """Enter elements of PARS, each with its source, and that they are shared with ICE."""
    for name, category, sensitivity, subjects, cite in ELEMENTS:
        if name in names:
            element = s.add(
                Element,
                cite,
                system=s.system("pars"),
                name=name,
                category=category,
                sensitivity=sensitivity,
                data_subjects=subjects,
                is_personal=True,
            )
            s.add(SharedElement, cite, agreement=pars(s), element=element)


def pars(s: Scribe) -> Agreement:
    """Return the agreement between Philadelphia and ICE."""
    return s.agreement("PARS-ICE")


def term(s: Scribe, number: int) -> Term:
    """Return one of its terms."""
    return Term.objects.get(agreement=pars(s), number=number)


def event(s: Scribe, kind: str, on: str, title: str, cite: str, **more: Any) -> Event:
    """Enter an event of the agreement with the sources that it rests on."""
    return s.add(Event, cite, agreement=pars(s), kind=kind, occurred_on=on, title=title, **more)
