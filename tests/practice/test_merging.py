"""Two clients become one: everything follows, nothing is lost or counted twice, and nobody can undo it by accident."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db.models import ForeignKey, Sum

from tests.practice.billing_world import TODAY, Desk
from tieout.practice.actions.clients import ChangedMeanwhile, change_client, create_client
from tieout.practice.actions.contacts import add_contact
from tieout.practice.actions.groups import add_to_group, create_group
from tieout.practice.actions.merging import (
    DOCUMENTS,
    MOVED_WITHOUT_HISTORY,
    SETTLED_APART,
    merge_clients,
    what_would_move,
)
from tieout.practice.actions.payments import apply_payment
from tieout.practice.actor import ChangeRecord
from tieout.practice.client_balances import ClientBalance
from tieout.practice.clients import Client, Contact, Kind
from tieout.practice.firms import Firm
from tieout.practice.groups import GroupMember
from tieout.practice.invoices import Invoice
from tieout.practice.outbox import OutboxNote
from tieout.practice.permissions import NotYours
from tieout.practice.validation import Invalid

pytestmark = pytest.mark.usefixtures("scope")


@pytest.fixture
def desk(firm: Firm) -> Desk:
    return Desk.open(firm.pk)


@pytest.fixture
def twin(desk: Desk) -> Client:
    """The same firm, entered a second time."""
    return create_client(
        firm_id=desk.firm_id, actor=desk.actor, kind=Kind.BUSINESS, name="ACME, LLC", phone="555-0100"
    )


def merge(desk: Desk, goes: Client, **more: Any) -> Client:
    return merge_clients(
        firm_id=desk.firm_id, stays_id=desk.client.pk, goes_id=goes.pk, actor=desk.actor, **more
    )


def balance(client: Client) -> tuple[Decimal, Decimal, Decimal]:
    row = ClientBalance.objects.get(client=client)
    return row.owed, row.on_account, row.credit_left


def test_documents_and_money_follow_and_the_sums_stay(desk: Desk, twin: Client) -> None:
    invoice = desk.invoice(300, client_id=twin.pk)
    paid = desk.pay(120, (invoice, 100), client_id=twin.pk)
    credit = desk.credit(50, client_id=twin.pk)
    draft = desk.draft(client_id=twin.pk)
    desk.invoice(40)
    told = what_would_move(twin)
    assert (told.documents["invoice"], told.documents["payment"], told.documents["credit"]) == (2, 1, 1)
    OutboxNote.objects.all().delete()
    invoice.refresh_from_db()
    merge(desk, twin)
    for row in (invoice, paid, credit, draft):
        before = row.version
        row.refresh_from_db()
        assert (row.client_id, row.version) == (desk.client.pk, before + 1)
    assert balance(desk.client) == (Decimal(240), Decimal(20), Decimal(50))
    assert balance(twin) == (0, 0, 0)
    owed = (
        Invoice.objects.filter(client=desk.client)
        .exclude(status="draft")
        .aggregate(sum=Sum("balance"))["sum"]
    )
    assert owed == Decimal(240)
    noted = {(each.kind, each.record_id) for each in OutboxNote.objects.all()}
    assert {("invoice", str(invoice.pk)), ("payment", str(paid.pk)), ("credit", str(credit.pk))} < noted
    assert {("client", str(twin.pk)), ("client", str(desk.client.pk))} < noted
    moved = ChangeRecord.objects.get(
        kind="invoice", record_id=str(invoice.pk), verb="moved to another client"
    )
    assert moved.changes == {"client": ["ACME, LLC", "Acme LLC"]}


def test_what_came_over_is_worked_with_as_ever(desk: Desk, twin: Client) -> None:
    invoice = desk.invoice(300, client_id=twin.pk)
    paid = desk.pay(300)
    merge(desk, twin)
    apply_payment(
        firm_id=desk.firm_id,
        payment_id=paid.pk,
        actor=desk.actor,
        allocations=[(invoice.pk, 300)],
        today=TODAY,
    )
    assert balance(desk.client) == (0, 0, 0)


def test_empty_fields_are_filled_and_full_ones_stay(desk: Desk, twin: Client) -> None:
    for client, fields in (
        (
            twin,
            {
                "email": "office@acme.example",
                "billing_line1": "1 Elm St",
                "billing_city": "Reno",
                "notes": "VIP",
            },
        ),
        (desk.client, {"phone": "555-0199", "billing_city": "Sparks", "notes": "Since 2019"}),
    ):
        change_client(firm_id=desk.firm_id, client_id=client.pk, actor=desk.actor, **fields)  # type: ignore[typeddict-item]
    change_client(firm_id=desk.firm_id, client_id=twin.pk, actor=desk.actor, external_id="C-7")
    stays = merge(desk, twin)
    stays.refresh_from_db()
    assert (stays.email, stays.phone) == ("office@acme.example", "555-0199")
    assert (stays.billing_line1, stays.billing_city) == ("", "Sparks"), "two halves make no address"
    assert stays.external_id == "C-7"
    assert stays.notes == "Since 2019\n\nFrom ACME, LLC:\nVIP"


def test_contacts_follow_once_and_one_stays_primary(desk: Desk, twin: Client) -> None:
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor}
    for client in (desk.client, twin):
        add_contact(**where, client_id=client.pk, given="Ann", family="Ray", email="ann@acme.example")
    add_contact(**where, client_id=twin.pk, given="Bob", family="Ray")
    merge(desk, twin)
    people = Contact.objects.filter(client=desk.client).order_by("given")
    assert [(each.given, each.is_primary) for each in people] == [("Ann", True), ("Bob", False)]
    assert not Contact.objects.filter(client=twin).exists()


def test_the_one_that_goes_is_archived_says_where_and_takes_no_change(desk: Desk, twin: Client) -> None:
    merge(desk, twin)
    twin.refresh_from_db()
    assert (twin.is_active, twin.merged_into_id) == (False, desk.client.pk)
    with pytest.raises(Invalid, match="was merged into another client"):
        change_client(firm_id=desk.firm_id, client_id=twin.pk, actor=desk.actor, is_active=True)
    with pytest.raises(Invalid, match="merged into another client"):
        desk.pay(5, client_id=twin.pk)
    third = create_client(firm_id=desk.firm_id, actor=desk.actor, kind=Kind.BUSINESS, name="Third")
    for stays_id, goes_id in ((third.pk, twin.pk), (twin.pk, third.pk)):
        with pytest.raises(Invalid, match="was merged"):
            merge_clients(firm_id=desk.firm_id, stays_id=stays_id, goes_id=goes_id, actor=desk.actor)


def test_groups_are_taken_over_or_kept(desk: Desk, twin: Client) -> None:
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor}
    group = create_group(**where, name="Acme family")
    add_to_group(**where, group_id=group.pk, client_id=twin.pk)
    merge(desk, twin)
    group.refresh_from_db()
    assert group.billed_client_id == desk.client.pk
    assert GroupMember.objects.get(group=group).client_id == desk.client.pk


def test_a_merge_that_would_leave_a_group_without_a_payer_is_refused(desk: Desk, twin: Client) -> None:
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor}
    for name, client in (("One", twin), ("Two", desk.client)):
        group = create_group(**where, name=name)
        add_to_group(**where, group_id=group.pk, client_id=client.pk)
    with pytest.raises(Invalid, match="gets the invoices of the group One"):
        merge(desk, twin)
    twin.refresh_from_db()
    assert twin.merged_into_id is None


def test_a_merge_holds_only_for_what_was_shown(desk: Desk, twin: Client) -> None:
    change_client(firm_id=desk.firm_id, client_id=twin.pk, actor=desk.actor, phone="555-0111")
    with pytest.raises(ChangedMeanwhile):
        merge(desk, twin, seen=(desk.client.version, twin.version))


def test_not_with_itself_not_into_an_archived_one_and_not_across_firms(
    desk: Desk, twin: Client, other_firm: Firm
) -> None:
    with pytest.raises(Invalid, match="two different"):
        merge(desk, desk.client)
    change_client(firm_id=desk.firm_id, client_id=desk.client.pk, actor=desk.actor, is_active=False)
    with pytest.raises(Invalid, match="is archived"):
        merge(desk, twin)
    with pytest.raises(NotYours):
        merge(desk, Client(pk=999_999))


def test_no_table_that_names_a_client_is_forgotten() -> None:
    naming = {
        model
        for model in apps.get_app_config("practice").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is Client
    }
    assert naming == {*DOCUMENTS.values(), *MOVED_WITHOUT_HISTORY, *SETTLED_APART}
