"""What a name says, taken apart: people, couples, organisations, trusts, and the decoration around them."""

from __future__ import annotations

import pytest

from tieout.reconcile.match_names import Hints, Kind, Name, parse


def said(name: Name) -> tuple[object, ...]:
    return name.kind, name.surname, name.given, name.middle, name.generation, name.spouse


@pytest.mark.parametrize(
    "text, expected",
    [
        ("John Smith", (Kind.PERSON, "smith", "john", "", "", "")),
        ("Smith, John Q.", (Kind.PERSON, "smith", "john", "q", "", "")),
        ("SMITH JOHN", (Kind.PERSON, "smith", "john", "", "", "")),
        ("Robert J. O'Brien Jr.", (Kind.PERSON, "obrien", "robert", "j", "jr", "")),
        ("Dr. María de la Cruz, MD", (Kind.PERSON, "de la cruz", "maria", "", "", "")),
        ("Vincent van der Berg", (Kind.PERSON, "van der berg", "vincent", "", "", "")),
        ("Smith, John & Jane", (Kind.COUPLE, "smith", "john", "", "", "jane")),
        ("John & Jane Smith", (Kind.COUPLE, "smith", "john", "", "", "jane")),
        ("John Smith and Jane Doe", (Kind.COUPLE, "smith", "john", "", "", "jane")),
        ("Mr. & Mrs. John Smith", (Kind.PERSON, "smith", "john", "", "", "")),
        ("Oyelaran J.", (Kind.PERSON, "oyelaran", "j", "", "", "")),
    ],
)
def test_a_persons_name_is_read_whatever_its_order(text: str, expected: tuple[object, ...]) -> None:
    assert said(parse(text)) == expected


@pytest.mark.parametrize(
    "text, words, form, numbers",
    [
        ("Acme Plumbing, L.L.C.", ("acme", "plumbing"), "llc", ()),
        ("Acme Plumbing Co., Inc.", ("acme", "plumbing"), "inc", ()),
        ("The Smith & Jones Group LLP", ("smith", "jones", "group"), "llp", ()),
        ("A.B.C. Heating & Air", ("abc", "heating", "air"), "", ()),
        ("Oak Partners III", ("oak", "partners"), "", ("3",)),
        ("1200 Main St LLC", ("main", "street"), "llc", ("1200",)),
        ("Johnson Bros Const", ("johnson", "brothers", "construction"), "", ()),
        ("Müller Bau GmbH & Co. KG", ("muller", "bau"), "kg", ()),
        ("Pérez y Asociados S.A. de C.V.", ("perez", "y", "asociados"), "sadecv", ()),
        ("Kowloon Trading Pty Ltd", ("kowloon", "trading"), "ltd", ()),
        ("7108 Park Street II", ("park", "street"), "", ("7108", "2")),
        ("Oak Design Studio, Inc - 1120S - 2023", ("oak", "design", "studio"), "inc", ()),
        ("Lion Trucking Inc (8313) (9546)", ("lion", "trucking"), "inc", ()),
    ],
)
def test_an_organisation_is_read_without_its_legal_form(
    text: str, words: tuple[str, ...], form: str, numbers: tuple[str, ...]
) -> None:
    name = parse(text)
    assert (name.kind, name.words, name.form, name.numbers) == (Kind.ORGANISATION, words, form, numbers)


@pytest.mark.parametrize(
    "text, kind, words, trust",
    [
        (
            "The John and Jane Smith Family Trust dtd 1/2/2003",
            Kind.TRUST,
            ("john", "jane", "smith"),
            {"family"},
        ),
        ("Smith Living Tr", Kind.TRUST, ("smith",), {"revocable"}),
        ("Joseph Garano Irrevocable Trrust", Kind.TRUST, ("joseph", "garano"), {"irrevocable"}),
        ("Estate of Mary Jones c/o Bob Jones", Kind.ESTATE, ("mary", "jones"), set()),
        ("Estste of Mary Jones", Kind.ESTATE, ("mary", "jones"), set()),
    ],
)
def test_trusts_and_estates_are_named_after_people(
    text: str, kind: Kind, words: tuple[str, ...], trust: set[str]
) -> None:
    name = parse(text)
    assert (name.kind, name.words, name.trust) == (kind, words, trust)


@pytest.mark.parametrize("text", ["First Bank & Trust", "Oak Real Estate", "Estate Planning Services"])
def test_a_bank_or_an_agent_is_no_trust_and_no_estate(text: str) -> None:
    assert parse(text).kind is Kind.ORGANISATION


@pytest.mark.parametrize(
    "text",
    [
        "Riverside Dental (deleted)", "Riverside Dental (deleted) 2", "#1042 Riverside Dental", "10423 - Riverside Dental",
        "Riverside Dental (1042)", "Riverside Dental - 1120S", "Riverside Dental 2023", "Old Parent:Riverside Dental",
        "RIVERSIDE  DENTAL", "Dental, Riverside", "Riverside Dental (inactive)", "Riverside Dental c/o J. Doe",
    ],
)  # fmt: skip
def test_decoration_does_not_change_who_it_is(text: str) -> None:
    assert parse(text).key == parse("Riverside Dental").key


@pytest.mark.parametrize(
    "one, other",
    [
        ("Acme LLC", "Acme Inc"), ("Oak Partners II", "Oak Partners III"), ("John Smith Jr", "John Smith Sr"),
        ("Smith Family Trust", "Smith Irrevocable Trust"), ("Estate of John Smith", "John Smith"), ("1200 Main Street", "1202 Main Street"),
    ],
)  # fmt: skip
def test_what_tells_two_clients_apart_is_kept(one: str, other: str) -> None:
    assert parse(one).key != parse(other).key


def test_the_name_after_dba_and_the_client_number_are_kept_aside() -> None:
    name = parse("Jose Nunez dba Nunez Landscaping (4711)")
    assert (name.kind, name.surname, name.also) == (Kind.PERSON, "nunez", "Nunez Landscaping (4711)")
    assert parse("Nunez Landscaping (4711)").tag == "4711"


def test_what_the_record_knows_about_its_name_decides() -> None:
    assert parse("Garcia Lopez Maria", Hints(Kind.PERSON, "Garcia Lopez")).given == "maria"
    assert parse("Jordan Taylor", Hints(Kind.ORGANISATION)).kind is Kind.ORGANISATION


@pytest.mark.parametrize("text", ["", " ", "::", "---", "\x00\x01", "()", "&", "Trust", "LLC", "Jr.", ","])
def test_next_to_nothing_is_read_without_complaint(text: str) -> None:
    parse(text)


@pytest.mark.parametrize(
    "long, short",
    [
        ("Superior Moon Transportation LLC", "SMT LLC"),
        ("Stone Rotary Club of Dayton", "SRCoD"),
        ("9204 Hill Street, LLC", "9HS"),
        ("Kelstein & Holoquist", "KH"),
    ],
)
def test_initials_are_known_with_small_words_and_numbers_in_them(long: str, short: str) -> None:
    assert parse(long).initials == parse(short).alone
    assert not parse(short).initials
