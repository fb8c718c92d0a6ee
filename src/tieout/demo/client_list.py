"""Decides who the sample firm's clients are: a list that meets the emulator's sample company in every way two lists can.

The emulator serves the customers of Intuit's own US sample company ("Amy's Bird Sanctuary", "Bill's Windsurf
Shop", ...). Each table below is one way in which a firm's list and its QuickBooks list agree or disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

INDIVIDUAL = "individual"
BUSINESS = "business"


@dataclass(frozen=True, slots=True)
class Person:
    given: str
    family: str
    relation: str = ""
    """To the client: Spouse, Trustee, Owner ..."""


@dataclass(frozen=True, slots=True)
class SampleClient:
    """One client as the firm wrote it down. ``address`` is street, city, state, postal code."""

    name: str
    kind: str = BUSINESS
    person: Person | None = None
    email: str = ""
    phone: str = ""
    address: tuple[str, str, str, str] | None = None
    others: tuple[Person, ...] = ()
    relation: str = "client"
    is_active: bool = True
    notes: str = ""


def individual(given: str, family: str, **facts: object) -> SampleClient:
    """A person, under their own name unless ``name`` says otherwise."""
    named = {"name": f"{given} {family}", **facts}
    return SampleClient(kind=INDIVIDUAL, person=Person(given, family), **named)  # type: ignore[arg-type]


SAME_NAME = (
    SampleClient(
        "Amy's Bird Sanctuary",
        person=Person("Amy", "Lauterbach"),
        email="birds@example.com",
        phone="(650) 555-3311",
        address=("4581 Finch St.", "Bayshore", "CA", "94326"),
    ),
    SampleClient(
        "Bill's Windsurf Shop",
        person=Person("Bill", "Lucchini"),
        email="Surf@Example.com",
        phone="(415) 444-6538",
        address=("12 Ocean Dr.", "Half Moon Bay", "CA", "94213"),
    ),
    individual("Geeta", "Kalapatapu", email="geeta@example.com", phone="(650) 555-0022"),
    individual("Mark", "Cho", email="mark@example.com", phone="(650) 554-1479"),
    individual(
        "John", "Melton", email="john@example.com", address=("85 Pine St.", "Menlo Park", "CA", "94304")
    ),
)
"""To be linked with one click."""

SAME_NAME_OTHER_FACTS = (
    SampleClient("Weiskopf Consulting", email="nicola@weiskopf-consulting.example", phone="(650) 555-7700"),
    SampleClient(
        "Video Games by Dan",
        email="dan@videogames.example",
        address=("2200 Arcade Blvd", "Sacramento", "CA", "95815"),
        notes="Moved last spring; QuickBooks still has San Francisco.",
    ),
)
"""Linked as well, and then there are differences to look at."""

SAME_AFTER_CASE_AND_SPACING = (
    SampleClient("KOOKIES BY KATHY", person=Person("Kathy", "Kuplis"), phone="650.555.7896"),
    SampleClient("Sushi By Katsuyuki", person=Person("Katsuyuki", "Yanagawa"), email="sushi@example.com"),
    SampleClient("Wedding Planning By Whitney", email="dream_wedding@example.com", phone="650-557-2473"),
    individual("kate", "whelan", email="kate@example.com"),
)

NEAR_NAMES = (
    SampleClient(
        "Paulsen Medical Supplies, Inc.",
        person=Person("Kathy", "Paulsen"),
        email="medical@example.com",
        phone="(650) 557-8569",
    ),
    SampleClient("Rondonuwu Fruit & Vegi", person=Person("Tracy", "Rondonuwu"), email="tracy@example.com"),
    SampleClient("The Sonnenschein Family Store LLC", person=Person("Russ", "Sonnenschein")),
    SampleClient("Freeman Sporting Goods Co", person=Person("Kirby", "Freeman"), phone="(650) 555-0987"),
    SampleClient("Barnett Design Studio", person=Person("Shara", "Barnett"), email="design@example.com"),
    individual("Dylan", "Solfrank", address=("1 Pier Plaza", "Half Moon Bay", "CA", "94213")),
)
"""To be shown with their evidence, never linked without a person."""

LOOK_ALIKES = (
    SampleClient("Kalapatapu Living Trust", person=Person("Geeta", "Kalapatapu", "Trustee")),
    individual("Markus", "Choi", email="markus@choi.example"),
    SampleClient("Bill's Surf School", person=Person("Bill", "Hartono"), phone="(831) 555-0142"),
    individual("Joan", "Melton", phone="(650) 555-5879", notes="John Melton's sister; they share a phone."),
)
"""Somebody else, however close the name or the phone number comes."""

DOUBLED = (
    SampleClient(
        "Cool Cars",
        person=Person("Grace", "Pariente"),
        email="cool_cars@example.com",
        address=("65 Ocean Dr.", "Half Moon Bay", "CA", "94213"),
    ),
    SampleClient(
        "Cool Cars", email="office@coolcars-fresno.example", address=("9 Blackstone", "Fresno", "CA", "93701")
    ),
    individual("Shara", "Barnett", email="shara@example.com", phone="(650) 555-4563"),
    individual("Shara", "Barnett", notes="Entered a second time at the front desk?"),
    individual("Diego", "Rodriguez", email="diego@example.com", phone="(650) 555-4477"),
    individual("Diego", "Rodriguez", name="Diego Rodriguez Jr.", email="diego.jr@rodriguez.example"),
)
"""The same name twice on our side, and once in QuickBooks."""

DOUBLED_WITH_AN_ARCHIVED_ONE = (
    SampleClient("Red Rock Diner", person=Person("Stephanie", "Martini"), phone="(650) 555-4973"),
    SampleClient("Red Rock Diner", is_active=False, notes="The former owner's."),
)

ARCHIVED = (
    SampleClient("Rago Travel Agency", email="rago_travel@example.com", is_active=False),
    individual("Travis", "Waldron", email="travis@example.com", is_active=False),
    SampleClient("Harbor Light Bakery", is_active=False),
)
"""Archived here; two of them are still active in QuickBooks."""

WITH_OTHERS_AROUND = (
    individual(
        "Elena",
        "Whitfield",
        email="elena.whitfield@mail.example",
        phone="(650) 555-0190",
        address=("14 Alder Ct", "San Mateo", "CA", "94401"),
        others=(Person("Marcus", "Whitfield", "Spouse"),),
        notes="Files jointly.",
    ),
    individual(
        "Hana", "Okafor", others=(Person("Chidi", "Okafor", "Spouse"), Person("Ada", "Okafor", "Daughter"))
    ),
    SampleClient(
        "Ocampo Family Trust",
        person=Person("Luz", "Ocampo", "Trustee"),
        others=(Person("Rafael", "Ocampo", "Beneficiary"),),
        address=("77 Laurel St", "San Carlos", "CA", "94070"),
    ),
    SampleClient(
        "Lindqvist Machine Works Inc",
        person=Person("Nils", "Lindqvist", "Owner"),
        others=(Person("Greta", "Lindqvist", "Bookkeeper"),),
        email="accounts@lindqvist.example",
    ),
)

NAMES_TAKEN_THERE = (
    SampleClient("Tania's Nursery", person=Person("Tania", "Grove"), email="tania@nursery.example"),
    individual("Emily", "Platt", email="emily.platt@mail.example"),
)
"""A vendor and an employee there have these names, and QuickBooks gives each name once among all of them."""

PROSPECTS = (
    SampleClient("Lighthouse Pet Hotel", email="hello@lighthousepets.example", relation="prospect"),
    individual("Tomas", "Bielak", phone="(408) 555-0123", relation="prospect"),
    SampleClient("First Peninsula Bank", relation="other", notes="Our banker, no client."),
)
"""Not to be sent to QuickBooks."""

ONLY_HERE = (
    SampleClient("Alvarado Roofing", person=Person("Inés", "Alvarado"), phone="(650) 555-0101"),
    SampleClient("Bay Laurel Dental Group", email="billing@baylaurel.example"),
    SampleClient("Café Zoë", person=Person("Zoë", "Marchetti"), email="zoe@cafezoe.example"),
    SampleClient("Devereaux & Sons Plumbing", phone="(415) 555-0117"),
    SampleClient("Eastside Youth Orchestra", email="treasurer@eyo.example"),
    SampleClient("Foothill Veterinary Clinic", address=("310 Foothill Blvd", "Los Altos", "CA", "94022")),
    SampleClient("Green Gulch Nursery", phone="(415) 555-0170"),
    SampleClient("Hwang Import Export", person=Person("Min-ji", "Hwang")),
    SampleClient("Ironwood Carpentry LLC", email="hello@ironwood.example"),
    SampleClient("Jasper Street Books", person=Person("Noor", "Haddad")),
    SampleClient("Kestrel Drone Mapping", email="ops@kestrel.example"),
    SampleClient("Moreno Tile & Stone", phone="(650) 555-0133"),
    SampleClient("Northgate Montessori", address=("5 Northgate Ave", "Daly City", "CA", "94015")),
    individual("Abigail", "Thorne", email="abigail@thorne.example"),
    individual("Benedikt", "Szabó", email="benedikt@szabo.example"),
    individual("Carmen", "de la Cruz", phone="(650) 555-0155"),
    individual("Desmond", "O'Leary", email="desmond@oleary.example"),
    individual("Yuki", "Tanaka-Brandt", email="yuki@tanakabrandt.example"),
)

EVERYBODY = (
    *SAME_NAME,
    *SAME_NAME_OTHER_FACTS,
    *SAME_AFTER_CASE_AND_SPACING,
    *NEAR_NAMES,
    *LOOK_ALIKES,
    *DOUBLED,
    *DOUBLED_WITH_AN_ARCHIVED_ONE,
    *ARCHIVED,
    *WITH_OTHERS_AROUND,
    *NAMES_TAKEN_THERE,
    *PROSPECTS,
    *ONLY_HERE,
)
