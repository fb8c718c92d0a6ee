"""A client and a QuickBooks Customer: the same facts, both ways."""

from decimal import Decimal
from importlib import import_module
from pkgutil import iter_modules

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.quickbooks.scripted import customer
from tieout.quickbooks import entities
from tieout.quickbooks.entities import READY, all_entities
from tieout.quickbooks.entities.customer import ENTITY
from tieout.quickbooks.writing import without_empties
from tieout.reconcile.spec import Field
from tieout.reconcile.state import Present, Side, same

SPEC = ENTITY.spec
ADDRESS = ("line1", "line2", "line3", "city", "state", "postal_code", "country")

words = st.text(
    st.characters(codec="utf-8", exclude_characters=":\t\n\r", exclude_categories=("Cc", "Cs")), max_size=16
)
addresses = st.fixed_dictionaries(dict.fromkeys(ADDRESS, words))
clients = st.fixed_dictionaries(
    {
        "name": words.filter(str.strip),
        "company_name": words,
        "person": st.fixed_dictionaries(
            dict.fromkeys(("title", "given", "middle", "family", "suffix"), words)
        ),
        "email": st.sampled_from(["", "amy@example.com", "a@b.co, c@d.co"]),
        "phone": words,
        "mobile": words,
        "website": words,
        "billing_address": addresses,
        "mailing_address": addresses,
        "active": st.booleans(),
    }
)


def test_the_registry_finds_the_customer_file():
    assert ENTITY in all_entities()


@given(clients)
def test_what_is_written_reads_back_the_same(units):
    back = SPEC.read(SPEC.write(units))
    assert set(back) == set(units)
    assert all(same(back[name], units[name]) for name in units)


@given(clients)
def test_a_new_record_leaves_empties_out_and_still_reads_back_the_same(units):
    document = without_empties(SPEC.write(units))
    assert "" not in [
        *document.values(),
        *(part for inside in document.values() if isinstance(inside, dict) for part in inside.values()),
    ]
    assert {} not in document.values()
    back = SPEC.read(document)
    assert all(same(back[name], units[name]) for name in units)


@given(clients)
def test_what_fits_has_no_problem(units):
    assert [name for name, value in units.items() if SPEC.unit(name).problem(value)] == []


def test_a_record_with_nothing_reads_as_empty_and_active():
    units = SPEC.read({"Id": "1", "DisplayName": "x"})
    assert units["active"] is True
    assert units["email"] == ""
    assert same(units["billing_address"], None)


# Lengths: Intuit's Customer reference.
@pytest.mark.parametrize(
    "unit, value, word",
    [
        ("name", "x" * 501, "500"),
        ("name", "Acme: the shop", "colon"),
        ("name", "Acme\tshop", "tab"),
        ("name", "Acme\nshop", "line break"),
        ("name", " ", "empty"),
        ("company_name", "x" * 101, "100"),
        ("person", {"title": "x" * 17}, "title"),
        ("person", {"given": "x" * 101}, "given"),
        ("email", "amy", "e-mail"),
        ("email", f"{'x' * 96}@b.co", "100"),
        ("phone", "1" * 31, "30"),
        ("mobile", "1" * 31, "30"),
        ("website", "x" * 1001, "1000"),
        ("billing_address", {"postal_code": "1" * 31}, "postal code"),
        ("mailing_address", {"city": "x" * 256}, "city"),
        ("billing_address", {"line1": "x" * 501}, "line1"),
    ],
)
def test_what_does_not_fit_is_said(unit, value, word):
    assert word in SPEC.unit(unit).problem(value)


@pytest.mark.parametrize(
    "unit",
    [unit for unit in SPEC.units if isinstance(unit, Field) and "." in unit.path],
    ids=lambda u: u.name,
)
def test_clearing_a_nested_field_sends_an_empty_text_inside_its_object(unit):
    outer, inner = unit.path.split(".")
    assert SPEC.write({unit.name: None}) == {outer: {inner: ""}}


def test_clearing_an_address_empties_every_line_of_it():
    assert SPEC.write({"mailing_address": {}}) == {
        "ShipAddr": dict.fromkeys(
            ("Line1", "Line2", "Line3", "City", "CountrySubDivisionCode", "PostalCode", "Country"), ""
        )
    }


@pytest.mark.parametrize("suffix", [" (deleted)", " (deleted) 1", " (deleted) 12"])
def test_the_mark_quickbooks_puts_on_inactive_names_is_not_a_rename(suffix):
    row = ENTITY.row(customer(name=f"Amy{suffix}", Active=False))
    assert row.record.units["name"] == "Amy"
    assert row.record.facts["full_name"] == "Amy"


@pytest.mark.parametrize("name", ["Amy (deleted)", "Amy"])
def test_the_name_of_an_active_customer_is_taken_as_it_is(name):
    assert ENTITY.row(customer(name=name)).record.units["name"] == name


def test_only_the_last_mark_is_taken_off():
    assert (
        ENTITY.row(customer(name="A (deleted) (deleted)", Active=False)).record.units["name"] == "A (deleted)"
    )


def test_facts_are_told_and_money_is_exact():
    document = customer(
        Balance=Decimal("562.50"), Job=True, ParentRef={"value": "7"}, FullyQualifiedName="Freeman:Ocean View"
    )
    assert ENTITY.row(document).record.facts == {
        "parent": "7",
        "full_name": "Freeman:Ocean View",
        "is_job": True,
        "balance": Decimal("562.50"),
        "created_at": "2026-11-22T03:59:00-08:00",
        "updated_at": "2026-11-22T03:59:00-08:00",
        "currency": "USD",
    }


def test_sub_customers_stay_in_quickbooks():
    sub = ENTITY.row(customer(Job=True, ParentRef={"value": "7"})).record
    assert SPEC.left_out(Side.LEDGER, sub).startswith("Sub-customers stay in QuickBooks")
    assert SPEC.left_out(Side.LEDGER, ENTITY.row(customer()).record) is None


@pytest.mark.parametrize(
    "relation, takes_part", [("client", True), ("prospect", False), ("other", False), (None, False)]
)
def test_only_clients_are_sent(relation, takes_part):
    record = Present({"name": "Amy"}, "1", {"kind_of_relation": relation})
    assert (SPEC.left_out(Side.PRACTICE, record) is None) is takes_part


def test_every_entity_file_is_listed_once():
    listed = list(READY)
    files = {import_module(f"{entities.__name__}.{found.name}") for found in iter_modules(entities.__path__)}
    assert {id(file.ENTITY) for file in files} == {id(one) for one in listed}
    words = [word for one in listed for word in {one.spec.practice, one.spec.ledger.lower()}]
    assert len(listed) == len(files)
    assert len(words) == len(set(words))
