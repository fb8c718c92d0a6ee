"""Decides: the sample world: the customers, vendors and employees of the stock US sample company, with ids 1 to 55.

Their balances come from the transactions of `sample_books.py`. Electronic mail addresses end in example.com, so nothing can ever be sent to anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from quickbooks_emulator.worlds import sample_books

_CA = "CA"
# display name | given | family | company | phone | mail | line | city | state | zip | parent id
_CUSTOMERS = """
Amy's Bird Sanctuary|Amy|Lauterbach|Amy's Bird Sanctuary|(650) 555-3311|birds|4581 Finch St.|Bayshore|CA|94326|
Bill's Windsurf Shop|Bill|Lucchini|Bill's Windsurf Shop|(415) 444-6538|surf|12 Ocean Dr.|Half Moon Bay|CA|94213|
Cool Cars|Grace|Pariente|Cool Cars|(415) 555-9933|cool_cars|65 Ocean Dr.|Half Moon Bay|CA|94213|
Diego Rodriguez|Diego|Rodriguez||(650) 555-4477|diego|321 Channing|Palo Alto|CA|94303|
Dukes Basketball Camp|Peter|Dukes|Dukes Basketball Camp|(520) 420-5638|dukes_bball|25 Court St.|Tucson|AZ|85719|
Dylan Sollfrank|Dylan|Sollfrank||||||||
Freeman Sporting Goods|Kirby|Freeman|Freeman Sporting Goods|(650) 555-0987|sporting_goods|370 Easy St.|Middlefield|CA|94482|
0969 Ocean View Road|Sasha|Tillou|Freeman Sporting Goods|(415) 555-9933|sporting_goods|370 Easy St.|Middlefield|CA|94482|7
55 Twin Lane|Amelia||Freeman Sporting Goods|(650) 555-0987|sporting_goods|370 Easy St.|Middlefield|CA|94482|7
Geeta Kalapatapu|Geeta|Kalapatapu||(650) 555-0022|geeta|1987 Main St.|Middlefield|CA|94303|
Gevelber Photography|Lisa|Gevelber|Gevelber Photography|(415) 222-4345|photography|1103 Main St.|Middlefield|CA|94303|
Jeff's Jalopies|Jeff|Chin|Jeff's Jalopies|(650) 555-8989|jalopies|12 Willow Rd.|Menlo Park|CA|94305|
John Melton|John|Melton||(650) 555-5879|john|85 Pine St.|Menlo Park|CA|94304|
Kate Whelan|Kate|Whelan||(650) 554-8822|kate|45 First St.|Menlo Park|CA|94304|
Pye's Cakes|Karen|Pye|Pye's Cakes|(973) 555-2652|pyescakes|350 Mountain View Dr.|South Orange|NJ|07079|
Kookies by Kathy|Kathy|Kuplis|Kookies by Kathy|(650) 555-7896|kookies|789 Sugar Lane|Middlefield|CA|94303|
Mark Cho|Mark|Cho||(650) 554-1479|mark|36 Willow Rd|Menlo Park|CA|94304|
Paulsen Medical Supplies|Kathy|Paulsen|Paulsen Medical Supplies|(650) 557-8569|medical|900 Main St.|Middlefield|CA|94303|
Rago Travel Agency|Tony|Rago|Rago Travel Agency|(650) 555-5596|rago_travel|753 Cedar St.|Bayshore|CA|94326|
Red Rock Diner|Stephanie|Martini|Red Rock Diner|(650) 555-4973|diner|500 Red Rock Rd.|Bayshore|CA|94326|
Rondonuwu Fruit and Vegi|Tracy|Rondonuwu|Rondonuwu Fruit and Vegi|(650) 555-2645|tracy|847 California Ave.|San Jose|CA|95021|
Shara Barnett|Shara|Barnett||(650) 555-4563|shara|19 Main St.|Middlefield|CA|94303|
Barnett Design|Shara|Barnett|Barnett Design|(650) 557-1289|design|19 Main St.|Middlefield|CA|94303|22
Sonnenschein Family Store|Russ|Sonnenschein|Sonnenschein Family Store|(650) 557-8463|familystore|5647 Cypress Hill Ave.|Middlefield|CA|94303|
Sushi by Katsuyuki|Katsuyuki|Yanagawa|Sushi by Katsuyuki|(505) 570-0147|sushi|898 Elm St.|Maplewood|NJ|07040|
Travis Waldron|Travis|Waldron||(650) 557-9977|travis|78 First St.|Monlo Park|CA|94304|
Video Games by Dan|Dan|Dunn|Video Games by Dan|(415) 555-3456|videogames|93 Bonita Ave.|San Francisco|CA|94107|
Wedding Planning by Whitney|Whitney||Wedding Planning by Whitney|(650) 557-2473|dream_wedding|135 Broadway|Menlo Park|CA|94304|
Weiskopf Consulting|Nicola|Weiskopf|Weiskopf Consulting|(650) 555-1423|consulting|45612 Main St.|Bayshore|CA|94326|
"""
_VENDORS = """
Books by Bessie
Brosnahan Insurance Agency
Cal Telephone
Chin's Gas and Oil
Cigna Health Care
Computers by Jenni
Diego's Road Warrior Bodyshop
EDD
Ellis Equipment Rental
Fidelity
Hall Properties
Hicks Hardware
Lee Advertising
Mahoney Mugs
Met Life Dental
National Eye Care
Norton Lumber and Building Materials
Pam Seitz
PG&E
Robertson & Associates
Tania's Nursery
Tim Philip Masonry
Tony Rondonuwu
United States Treasury
"""
_EMPLOYEES = (("John", "Johnson"), ("Emily", "Platt"))
_SECOND = (
    ("Alder & Finch LLP", "office@alderfinch.example.com"),
    ("Bluewater Kayaks", "hello@bluewater.example.com"),
    ("Cool Cars", "garage@coolcars.example.com"),
    ("Denise Okafor", "denise@example.com"),
    ("Eastgate Pharmacy", "eastgate@example.com"),
)
_LIVE = (
    ("Alpine Hut Coffee", "hut@alpinehut.example.com"),
    ("Cool Cars", "books@coolcars.example.com"),
    ("Northface Guides Co-op", "office@nfguides.example.com"),
)

Row = tuple[str, Mapping[str, Any]]


def rows(today: date) -> Iterator[Row]:
    """(entity, fields) in the order of their ids: 29 customers, 24 vendors, 2 employees, items, transactions."""
    for line in _CUSTOMERS.strip().splitlines():
        yield "Customer", _customer(line)
    for name in _VENDORS.strip().splitlines():
        yield "Vendor", {"DisplayName": name, "CompanyName": name}
    for given, family in _EMPLOYEES:
        yield "Employee", {"GivenName": given, "FamilyName": family}
    yield from sample_books.items(today)
    yield from sample_books.transactions(today)


def second_rows() -> Iterator[Row]:
    """A small second company whose ids and one name overlap with the first: for 'wrong company' tests."""
    yield from _by_mail(_SECOND)


def live_rows() -> Iterator[Row]:
    """A small company of the production environment, whose ids overlap with those of the sandbox companies."""
    yield from _by_mail(_LIVE)


def _by_mail(names: Iterable[tuple[str, str]]) -> Iterator[Row]:
    for name, mail in names:
        yield "Customer", {"DisplayName": name, "PrimaryEmailAddr": {"Address": mail}}


def _customer(line: str) -> dict[str, Any]:
    display, given, family, company, phone, mail, street, city, state, zip_code, parent = line.split("|")
    fields: dict[str, Any] = {
        "DisplayName": display,
        "GivenName": given,
        "FamilyName": family,
        "CompanyName": company,
        "PrimaryPhone": {"FreeFormNumber": phone},
        "PrimaryEmailAddr": {"Address": f"{mail}@example.com" if mail else ""},
        "BillAddr": {"Line1": street, "City": city, "CountrySubDivisionCode": state, "PostalCode": zip_code},
        "Taxable": bool(parent) or state == "AZ",
    }
    if parent:
        fields |= {"Job": True, "ParentRef": {"value": parent}, "BillWithParent": False}
    return fields
