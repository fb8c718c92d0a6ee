"""Who may do what: the role table, and the funnels that are the only way to a client."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tieout.practice
from tests.practice.conftest import make_member
from tieout.practice.access import access_client, helpers_for, named_like, require, visible_clients
from tieout.practice.actions.clients import change_client, create_client
from tieout.practice.actor import Actor
from tieout.practice.clients import Client, Kind
from tieout.practice.firms import Firm, Member
from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.practice.permissions import BILLING, PERMISSIONS, PRESET_ROLES, NotAllowed, NotYours, Permission

ROLE_TABLE = {
    "admin": "VAEIXbsnp$QT",
    "admin-no-billing": "VAEIX-----QT",
    "staff-all": "VAE-Xb-np---",
    "staff-all-no-billing": "VAE-X-------",
    "staff-assigned": "V-E--b-np---",
    "staff-assigned-no-billing": "V-E---------",
}
"""One letter a permission, in the order of the enumeration."""


@pytest.mark.parametrize("preset", PRESET_ROLES, ids=lambda each: each.slug)
def test_a_preset_role_allows_exactly_what_the_table_says(preset: object) -> None:
    letters = ROLE_TABLE[preset.slug]  # type: ignore[attr-defined]
    expected = {each for each, letter in zip(Permission, letters, strict=True) if letter != "-"}
    assert preset.permissions == expected  # type: ignore[attr-defined]


def test_every_permission_has_a_label_and_no_billing_means_none_of_it() -> None:
    assert set(PERMISSIONS) == set(Permission)
    for preset in PRESET_ROLES:
        if preset.slug.endswith("no-billing"):
            assert not preset.permissions & BILLING


@pytest.fixture
def client_of_alice(firm: Firm, alice: Member) -> Client:
    with firm_scope(firm.pk):
        return create_client(firm_id=firm.pk, actor=Actor.of(alice), kind=Kind.BUSINESS, name="Acme LLC")


@pytest.mark.usefixtures("scope")
def test_assigned_staff_see_only_their_clients(firm: Firm, alice: Member, client_of_alice: Client) -> None:
    sam = make_member(firm, "sam@byrne.example", "Sam Lee", "staff-assigned")
    assert list(visible_clients(alice)) == [client_of_alice]
    assert list(visible_clients(sam)) == []
    with pytest.raises(NotYours):
        access_client(sam, client_of_alice.pk)
    change_client(firm_id=firm.pk, client_id=client_of_alice.pk, actor=Actor.of(alice), assigned_to_id=sam.pk)
    assert access_client(sam, client_of_alice.pk, to_edit=True) == client_of_alice


@pytest.mark.usefixtures("scope")
def test_a_refusal_names_the_permission_and_who_can_help(firm: Firm, alice: Member) -> None:
    sam = make_member(firm, "sam@byrne.example", "Sam Lee", "staff-all")
    with pytest.raises(NotAllowed) as refused:
        require(sam, Permission.MANAGE_INTEGRATIONS)
    assert str(refused.value) == (
        "You need the permission “Manage Integrations” to connect QuickBooks and change how it works. "
        "Alice Byrne can help."
    )


@pytest.mark.usefixtures("scope")
def test_editing_needs_its_own_permission(firm: Firm, alice: Member, client_of_alice: Client) -> None:
    reader = make_member(firm, "rea@byrne.example", "Rea Der", "staff-all")
    reader.role.permissions = [Permission.VIEW_CLIENTS, Permission.VIEW_ALL_CLIENTS]
    assert access_client(reader, client_of_alice.pk) == client_of_alice
    with pytest.raises(NotAllowed, match="Edit Clients"):
        access_client(reader, client_of_alice.pk, to_edit=True)
    reader.role.permissions = []
    with pytest.raises(NotAllowed, match="View Clients"):
        visible_clients(reader)


@pytest.mark.usefixtures("scope")
def test_a_permission_without_its_module_or_for_a_member_switched_off_has_no_effect(
    firm: Firm, alice: Member
) -> None:
    assert alice.may(Permission.EDIT_INVOICES)
    alice.firm.modules = ["transcripts_and_notices"]
    assert not alice.may(Permission.EDIT_INVOICES)
    assert alice.may(Permission.MANAGE_INTEGRATIONS)
    alice.is_active = False
    assert not alice.may(Permission.MANAGE_INTEGRATIONS)
    assert helpers_for(firm, Permission.MANAGE_TEAM) == ["Alice Byrne"]


@pytest.mark.usefixtures("scope")
@pytest.mark.parametrize("client_id", [0, "x", "", "1.5", "-1", "9" * 30, "²"])
def test_an_id_that_is_none_is_not_found(alice: Member, client_id: int | str) -> None:
    with pytest.raises(NotYours):
        access_client(alice, client_id)


def test_even_with_the_database_wide_open_the_funnel_keeps_firms_apart(
    alice: Member, mallory: Member, client_of_alice: Client
) -> None:
    with every_firm_scope():
        assert access_client(alice, client_of_alice.pk) == client_of_alice
        with pytest.raises(NotYours):
            access_client(mallory, client_of_alice.pk)


@pytest.mark.usefixtures("scope")
def test_a_likely_duplicate_is_found_whatever_the_order_of_its_words(
    firm: Firm, alice: Member, client_of_alice: Client
) -> None:
    ada = create_client(firm_id=firm.pk, actor=Actor.of(alice), kind=Kind.INDIVIDUAL, name="Byrne, Ada M.")
    assert list(named_like(alice, "ada byrne")) == [ada]
    assert list(named_like(alice, "ada byrne", besides=ada.pk)) == []
    assert list(named_like(alice, " , A ")) == []


def test_only_the_funnels_reach_for_clients() -> None:
    """``Client.objects`` elsewhere would be a way around the funnels; making new rows in bulk, or none at all, is not."""
    package = Path(tieout.practice.__file__).parents[1]
    allowed = {package / "practice" / "access.py"}
    around = re.compile(r"\bClient\.objects(?!\.(bulk_create|none)\b)|\bClient\._default_manager")
    assert around.search("Client.objects.filter()")
    assert not around.search("Client.objects.bulk_create(rows)")
    guilty = [
        str(each) for each in package.rglob("*.py") if each not in allowed and around.search(each.read_text())
    ]
    assert guilty == []
