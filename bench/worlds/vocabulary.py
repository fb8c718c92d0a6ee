"""Decides nothing: the words worlds are made of, in two vocabularies that share only the commonest surnames.

``BUILD`` is what matching was built and fitted with; ``UNSEEN`` was kept for the final figures. Written for this
project; rare surnames and invented company names are put together from parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from bench.worlds.given_names import GIVEN_MEN, GIVEN_WOMEN

COMMON_SURNAMES = [
    "Smith",
    "Johnson",
    "Williams",
    "Brown",
    "Jones",
    "Garcia",
    "Miller",
    "Davis",
    "Rodriguez",
    "Martinez",
    "Hernandez",
    "Lopez",
    "Gonzalez",
    "Wilson",
    "Anderson",
    "Thomas",
    "Taylor",
    "Moore",
    "Jackson",
    "Martin",
    "Lee",
    "Perez",
    "Thompson",
    "White",
    "Harris",
    "Sanchez",
    "Clark",
    "Ramirez",
    "Lewis",
    "Robinson",
    "Walker",
    "Young",
    "Allen",
    "King",
    "Wright",
    "Scott",
    "Torres",
    "Nguyen",
    "Hill",
    "Flores",
    "Green",
    "Adams",
    "Nelson",
    "Baker",
    "Hall",
    "Rivera",
    "Campbell",
    "Mitchell",
    "Carter",
    "Roberts",
    "Gomez",
    "Phillips",
    "Evans",
    "Turner",
    "Diaz",
    "Parker",
    "Cruz",
    "Edwards",
    "Collins",
    "Reyes",
]

_BUILD_SURNAMES = """Stewart Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly
Howard Ramos Kim Cox Ward Richardson Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez
Castillo Sanders Patel Myers Long Ross Foster Jimenez Powell Jenkins Perry Russell Sullivan Bell Coleman Butler
Henderson Barnes Gonzales Fisher Vasquez Simmons Romero Jordan Patterson Alexander Hamilton Graham Reynolds Griffin
Wallace West Cole Hayes Bryant Herrera Gibson Ellis Tran Medina Aguilar Stevens Murray Ford Castro Marshall Owens
Harrison Fernandez McDonald Woods Washington Kennedy Wells Vargas Henry Chen Freeman Webb Tucker Guzman Burns Crawford
Olson Simpson Porter Hunter Gordon Mendez Silva Shaw Snyder Mason Dixon Munoz Hunt Hicks Holmes Palmer Wagner Black
O'Brien van~Dyke de~Leon Núñez D'Angelo MacLeod Yamamoto Okafor Kowalski Schneider"""

_UNSEEN_SURNAMES = """Robertson Boyd Rose Stone Salazar Fox Warren Mills Meyer Rice Schmidt Garza Daniels Ferguson
Nichols Stephens Soto Weaver Ryan Gardner Payne Grant Dunn Kelley Spencer Hawkins Arnold Pierce Hansen Peters Santos
Hart Bradley Knight Elliott Cunningham Duncan Armstrong Hudson Carroll Lane Riley Andrews Alvarado Ray Delgado Berry
Perkins Hoffman Johnston Matthews Pena Richards Contreras Willis Carpenter Lawrence Sandoval Guerrero George Chapman
Rios Estrada Ortega Watkins Greene Nunez Wheeler Valdez Harper Burke Larson Santiago Maldonado Morrison Franklin Carlson
Austin Dominguez Carr Lawson Jacobs Lynch Singh Vega Bishop Montgomery Oliver Jensen Harvey Williamson Gilbert Dean Sims
Espinoza Howell Li Wong Reid Hanson Le McCoy Garrett Burton Fuller Wang Weber Welch Rojas Lucas Marquez Fields Park
O'Connor von~Braun de~Souza Peña D'Amico MacGregor Tanaka Adeyemi Nowak Fischer"""

_RARE_GIVEN_BUILD = [
    "Thaddeus",
    "Ingrid",
    "Amara",
    "Dmitri",
    "Priya",
    "Wei",
    "Fatima",
    "Bjorn",
    "Odalys",
    "Chidi",
    "Leocadia",
    "Tomasz",
    "Yuki",
    "Rajesh",
]
_RARE_GIVEN_UNSEEN = [
    "Barnaby",
    "Astrid",
    "Ngozi",
    "Sergei",
    "Anjali",
    "Jin",
    "Aisha",
    "Lars",
    "Xiomara",
    "Emeka",
    "Philippa",
    "Pavel",
    "Hiroshi",
    "Sanjay",
]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    name: str
    surnames: tuple[str, ...]
    rare_surnames: tuple[str, ...]
    men: tuple[str, ...]
    women: tuple[str, ...]
    adjectives: tuple[str, ...]
    nouns: tuple[str, ...]
    invented: tuple[str, ...]
    trades: tuple[str, ...]
    causes: tuple[str, ...]
    cities: tuple[tuple[str, str, str], ...]
    """City, state, first three digits of the postal code."""
    streets: tuple[str, ...]


def _rare(starts: str, ends: str, between: str = "") -> tuple[str, ...]:
    return tuple(a + m + b for a, m, b in product(starts.split(), ("", *between.split()), ends.split()))


def _cities(lines: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(tuple(each.split("/")) for each in lines.split(", "))  # type: ignore[misc]


def _split(text: str) -> tuple[str, ...]:
    return tuple(each.replace("~", " ") for each in text.split())


_RARE_BUILD = _rare(
    "Ash Brook Cald Dun Ell Fair Gar Hal Ing Kess Lan Mar Nor Old Pem Quin Rad Sax Thorn Up Vand Wex Yar Zell Bart Crom "
    "Drey Els Fen Grim Hol Isen Jor Kel Lind Mon Neu Os Pol Rosen",
    "aker bury combe dale enberg field garten ham ington kamp ler man ner ova paugh quist rath son tell vine wick worth "
    "ski stein mann berger ano elli escu akis",
    "en a o",
)
_RARE_UNSEEN = _rare(
    "Al Bram Chad Dor East Frey Glen Hart Ivers Jess Kirk Lock Mill Nash Oster Pres Rams Shel Tem Und Ver Whit Wool Zim "
    "Bau Cas Deg Ert Fal Gug Hess Iz Jan Kov Lub Mos Nik Orl Pap Ros",
    "acker by croft dorf ell ford gate hurst ingham kow ley mere nall over pole ridge shaw ton under ville well yard "
    "czyk heim baum feld etti one adis enko",
    "er i u",
)

BUILD = Vocabulary(
    "build",
    (*COMMON_SURNAMES, *_split(_BUILD_SURNAMES)),
    _RARE_BUILD,
    (*GIVEN_MEN, *_RARE_GIVEN_BUILD[::2]),
    (*GIVEN_WOMEN, *_RARE_GIVEN_BUILD[1::2]),
    _split("Blue Golden Silver Green Red Bright Summit Premier Elite Advanced Classic Modern Quality Reliable Superior "
           "Coastal Northern Southern Eastern Western Central United First National Pacific Atlantic Royal Liberty"),
    _split("Oak Pine River Mountain Lake Valley Eagle Hawk Star Sun Moon Stone Bridge Harbor Meadow Forest Canyon Ridge "
           "Sky Ocean Prairie Creek Wolf Bear Lion Phoenix Anchor Compass Beacon Horizon"),
    _rare("Ver Nex Tri Omni Syn Aqua Lumi Cryo Dyna Fort Gen Hydro", "tex ora vance lytics core wave path nova dyne sys"),
    _split("Plumbing Electric Construction Landscaping Dental~Care Consulting Properties Realty Auto~Repair Bakery Cafe "
           "Restaurant Insurance~Agency Trucking Roofing Painting Cleaning~Services Accounting Marketing Photography "
           "Medical~Group Chiropractic Law~Offices Design~Studio Builders Heating~&~Air Investments Enterprises Holdings "
           "Management Technologies Solutions Systems Manufacturing Transportation Salon Fitness Veterinary~Clinic "
           "Engineering Development Associates Partners Capital Farms Logistics Security Catering"),
    _split("Community~Foundation Youth~Soccer~League Baptist~Church Food~Bank Historical~Society Animal~Rescue "
           "Homeowners~Association Arts~Council Methodist~Church Rotary~Club Scholarship~Fund Public~Library~Friends"),
    _cities("Springfield/IL/627, Portland/OR/972, Madison/WI/537, Austin/TX/787, Tampa/FL/336, Denver/CO/802, Reno/NV/895, "
            "Albany/NY/122, Dayton/OH/454, Boise/ID/837, Fresno/CA/937, Mobile/AL/366, Salem/OR/973, Macon/GA/312"),
    _split("Main Oak Maple Cedar Washington Park Elm Lake Hill Pine Church Walnut Spring River Lincoln Madison Jackson "
           "Franklin Chestnut Highland Jefferson Sunset Railroad Mill Center Prospect Willow Cherry Broadway Meadow"),
)  # fmt: skip

UNSEEN = Vocabulary(
    "unseen",
    (*COMMON_SURNAMES, *_split(_UNSEEN_SURNAMES)),
    _RARE_UNSEEN,
    (*GIVEN_MEN, *_RARE_GIVEN_UNSEEN[::2]),
    (*GIVEN_WOMEN, *_RARE_GIVEN_UNSEEN[1::2]),
    _split("Crimson Amber Ivory Emerald Swift Grand Noble Prime Apex Total Complete Certified Trusted Heritage Colonial "
           "Lakeside Hillside Uptown Midtown Global Continental American Metro Keystone Frontier Alpine Sterling Capitol"),
    _split("Cedar Maple Falcon Raven Comet Orchard Granite Marble Summit Delta Cove Bluff Glen Brook Dune Grove Island "
           "Willow Juniper Otter Bison Heron Fox Lantern Arrow Crown Tower Gate Wharf Mesa"),
    _rare("Axi Beta Clar Dex Evo Flex Graph Helio Inno Jett Kine Lexi", "quest tron mark line gen bit zen ium corp logic"),
    _split("HVAC Carpentry Masonry Lawn~Care Orthodontics Advisors Rentals Mortgage Towing Pizzeria "
        "Diner Brewery Staffing Freight Flooring Drywall Janitorial Bookkeeping Advertising Videography Pediatrics "
        "Physical~Therapy Legal~Group Architects Remodeling Refrigeration Ventures Industries Equities Asset~Management "
        "Software Labs Networks Fabrication Limousine Barber~Shop Yoga Animal~Hospital Surveying Contracting Group "
        "Financial Vineyards Imports Alarm Event~Planning"),
    _split("Education~Fund Little~League Lutheran~Church Homeless~Shelter Museum~Association Humane~Society "
           "Condominium~Association Theater~Guild Presbyterian~Church Lions~Club Memorial~Trust~Fund Conservancy"),
    _cities("Columbus/OH/432, Spokane/WA/992, Tucson/AZ/857, Raleigh/NC/276, Omaha/NE/681, Tulsa/OK/741, Erie/PA/165, "
            "Duluth/MN/558, Provo/UT/846, Akron/OH/443, Yuma/AZ/853, Bangor/ME/044, Laredo/TX/780, Norfolk/VA/235"),
    _split("Adams Birch Canal College Dogwood East Forest Garden Grant Grove Harrison Hickory Ivy Juniper King Laurel "
           "Locust Magnolia Market Monroe Mulberry Orchard Poplar Ridge School Summit Union Valley Vine Winding"),
)  # fmt: skip
