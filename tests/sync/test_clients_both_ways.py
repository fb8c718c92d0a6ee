"""Clients and customers in step: created and edited on either side, nothing pressed."""

from __future__ import annotations

import pytest

from tests.sync.rig import Rig

pytestmark = pytest.mark.django_db


def test_a_client_made_here_appears_in_quickbooks() -> None:
    rig = Rig()
    rig.set_up()
    rig.add_client("Ada Byrne", email="ada@example.com")
    rig.settle()
    (customer,) = rig.customers_named("Ada Byrne")
    assert customer["PrimaryEmailAddr"]["Address"] == "ada@example.com"
    assert not rig.issues()


def test_a_customer_made_in_quickbooks_appears_here_with_one_primary_contact() -> None:
    rig = Rig()
    rig.set_up()
    rig.subscribe()
    rig.add_customer(
        "Bo Diaz", GivenName="Bo", FamilyName="Diaz", PrimaryEmailAddr={"Address": "bo@example.com"}
    )
    rig.advance(10)
    assert rig.deliver() == 1
    rig.settle()
    (client,) = rig.clients().values()
    assert (client["name"], client["email"]) == ("Bo Diaz", "bo@example.com")
    assert client["person"]["given"] == "Bo"


def test_edits_flow_both_ways_and_echo_nothing() -> None:
    rig = Rig()
    rig.set_up()
    client = rig.add_client("Ada Byrne", phone="1")
    rig.settle()
    customer = rig.links()[client]
    rig.edit_client(client, phone="2")
    rig.settle()
    assert rig.customers()[customer]["PrimaryPhone"]["FreeFormNumber"] == "2"
    rig.edit_customer(customer, PrimaryPhone={"FreeFormNumber": "3"})
    rig.until_the_change_feed_is_asked()
    assert rig.clients()[client]["phone"] == "3"
    token = rig.customers()[customer]["SyncToken"]
    rig.until_the_change_feed_is_asked()
    rig.until_the_change_feed_is_asked()
    assert rig.customers()[customer]["SyncToken"] == token


def test_different_fields_edited_on_both_sides_both_survive() -> None:
    rig = Rig()
    rig.set_up()
    client = rig.add_client("Ada Byrne", phone="1", email="a@example.com")
    rig.settle()
    customer = rig.links()[client]
    rig.edit_client(client, phone="2")
    rig.edit_customer(customer, PrimaryEmailAddr={"Address": "b@example.com"})
    rig.settle()
    rig.until_the_change_feed_is_asked()
    assert rig.clients()[client]["phone"] == "2"
    assert rig.clients()[client]["email"] == "b@example.com"
    assert rig.customers()[customer]["PrimaryPhone"]["FreeFormNumber"] == "2"
    assert not rig.issues()


def test_the_same_field_edited_on_both_sides_is_asked_about_and_neither_is_lost() -> None:
    rig = Rig()
    rig.set_up()
    client = rig.add_client("Ada Byrne", phone="1")
    rig.settle()
    customer = rig.links()[client]
    rig.edit_customer(customer, PrimaryPhone={"FreeFormNumber": "3"})
    rig.edit_client(client, phone="2")
    rig.settle()
    rig.until_the_change_feed_is_asked()
    assert rig.clients()[client]["phone"] == "2"
    assert rig.customers()[customer]["PrimaryPhone"]["FreeFormNumber"] == "3"
    assert rig.issues() == [("conflict", "Ada Byrne")]


def test_duplicates_and_unmatched_stay_untouched_by_the_set_up_and_after_it() -> None:
    rig = Rig()
    rig.add_client("Twice Ltd")
    rig.add_client("twice ltd")
    only_here = rig.add_client("Only Here")
    match = rig.add_client("Cool Cars", phone="1")
    there = rig.add_customer("COOL CARS")
    rig.add_customer("Twice Ltd")
    new = rig.add_customer("New There")
    rig.set_up()
    assert rig.links()[match] == there
    assert set(rig.links().values()) == {there, new}
    assert rig.customers()[there]["PrimaryPhone"]["FreeFormNumber"] == "1"
    assert {name for _, name in rig.issues()} == {"Twice Ltd", "twice ltd", "Only Here"}
    rig.edit_client(only_here, phone="7")
    rig.settle()
    assert len(rig.customers()) == 3


def test_create_new_switched_off_creates_nobody() -> None:
    rig = Rig()
    rig.add_customer("New There")
    rig.set_up(create_new=False)
    assert not rig.clients()
    assert rig.issues() == [("excluded", "New There")]
