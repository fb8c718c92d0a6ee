"""Sample data comes into an empty firm in one click, and goes in one: all that nobody works with, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser

from tests.practice.billing_world import Desk
from tests.sync.rig import Rig
from tests.web.conftest import entered
from tieout.practice.actions.adding_samples import add_samples
from tieout.practice.actions.clients import create_client
from tieout.practice.actions.contacts import add_contact
from tieout.practice.actions.merging import merge_clients
from tieout.practice.actions.payments import record_payment
from tieout.practice.actions.samples import SAMPLES
from tieout.practice.actor import Actor, ActorKind, ChangeRecord
from tieout.practice.billing_settings import NumberSequence
from tieout.practice.client_balances import ClientBalance
from tieout.practice.clients import Client, Kind
from tieout.practice.firms import Firm, Member
from tieout.practice.invoices import Invoice
from tieout.practice.payments import Payment
from tieout.practice.sample_books import CLIENTS
from tieout.practice.service_items import ServiceItem
from tieout.sync import sections

HERE = "/settings/sample-data/"
ADD = f"{HERE}add/"


def sample(firm_id: int, name: str) -> Client:
    made = create_client(firm_id=firm_id, actor=SAMPLES, kind=Kind.BUSINESS, name=name)
    add_contact(firm_id=firm_id, client_id=made.pk, actor=SAMPLES, given="Ann", family="Ray")
    return made


@pytest.mark.usefixtures("sync")
def test_what_nobody_works_with_goes_and_the_rest_stays(
    in_firm: Firm, signed_in: Callable[[str], Browser], settings: Any
) -> None:
    settings.OUTBOX_BELL = ""
    desk = Desk.open(in_firm.pk)
    billed, idle, other = (sample(in_firm.pk, name) for name in ("Billed Inc", "Idle Inc", "Other Inc"))
    merged = sample(in_firm.pk, "Merged Inc")
    desk.draft(client_id=billed.pk)
    merge_clients(firm_id=in_firm.pk, stays_id=desk.client.pk, goes_id=merged.pk, actor=desk.actor)
    browser = signed_in("admin")
    page = browser.get(HERE).content.decode()
    assert "2 sample clients nobody works with" in page
    assert "2 that you have billed" in page
    assert idle.name in page
    told = browser.post(HERE, follow=True).content
    assert b"2 sample clients are gone" in told
    left = set(Client.objects.values_list("name", flat=True))
    assert left == {"Acme LLC", "Billed Inc", "Merged Inc"}
    assert not {idle.name, other.name} & left
    assert ChangeRecord.objects.get(verb="removed the sample data").changes == {"clients": [2, 0]}
    assert b"no sample client left" in browser.get(HERE).content
    assert signed_in("staff-all").post(HERE).status_code == 403


@pytest.mark.django_db
def test_a_linked_one_stays_until_its_link_is_gone_and_quickbooks_keeps_its_customer() -> None:
    rig = Rig()
    rig.set_up()
    with rig.here():
        linked = sample(rig.firm.pk, "Linked Inc")
    rig.settle()
    with rig.here():
        idle = sample(rig.firm.pk, "Idle Inc")
        browser = entered(Member.objects.select_related("user").get(pk=rig.member.pk))
        assert b"1 that are linked to customers" in browser.get(HERE).content
        browser.post(HERE)
        assert list(Client.objects.values_list("pk", flat=True)) == [linked.pk]
        assert idle.pk != linked.pk
    rig.settle()
    assert len(rig.customers_named("Linked Inc")) == 1
    assert rig.issues() == []


@pytest.mark.usefixtures("sync")
def test_an_empty_firm_gets_books_to_look_around_in_and_they_go_without_a_trace_but_their_history(
    in_firm: Firm, signed_in: Callable[[str], Browser], settings: Any
) -> None:
    settings.OUTBOX_BELL = ""
    browser = signed_in("admin")
    assert b"Add sample data" in browser.get("/").content
    assert b"Add sample data" not in signed_in("staff-all").get("/").content
    assert signed_in("staff-all").post(ADD).status_code == 403
    told = browser.post(ADD, follow=True).content
    assert b"Sample data is here" in told
    states = set(Invoice.objects.values_list("status", flat=True))
    assert states == {"draft", "finalised", "sent", "part_paid", "paid"}
    assert Payment.objects.filter(unapplied__gt=0).count() == 1
    assert {each.actor_label for each in ChangeRecord.objects.exclude(kind="firm")} == {SAMPLES.label}
    again = browser.post(ADD, follow=True).content
    assert b"for a firm that is empty yet" in again
    assert Client.objects.count() == len(CLIENTS)
    assert b"5 sample clients, 6 invoices, 3 payments, 4 service items" in browser.get(HERE).content
    number = NumberSequence.objects.filter(kind="invoice").values_list("next", flat=True).first()
    gone = browser.post(HERE, follow=True).content
    assert b"5 sample clients, 6 invoices, 3 payments and 4 service items are gone." in gone
    for table in (Client, ServiceItem, Invoice, Payment, ClientBalance):
        assert not table._default_manager.exists()
    assert number in (None, "0001"), "the firm's own numbers begin where they should"
    assert ChangeRecord.objects.filter(kind="invoice", verb="drafted").count() == 6
    assert b"Add sample data" in browser.get("/").content


@pytest.mark.usefixtures("sync")
def test_what_somebody_works_with_stays_with_all_of_that_clients_documents(
    in_firm: Firm, signed_in: Callable[[str], Browser], settings: Any
) -> None:
    settings.OUTBOX_BELL = ""
    browser = signed_in("admin")
    browser.post(ADD)
    desk = Desk.open(in_firm.pk)
    invoice = Invoice.objects.get(number="SAMPLE-4")
    record_payment(
        firm_id=in_firm.pk,
        actor=Actor(ActorKind.MEMBER, "Dana Reyes"),
        today=invoice.date,
        client_id=invoice.client_id,
        amount=10,
        method="cash",
        date=invoice.date,
        allocations=[(invoice.pk, 10)],
    )
    used = ServiceItem.objects.get(name="Monthly bookkeeping")
    desk.draft(lines=[{"item_id": used.pk, "rate": 5}])
    browser.post(HERE)
    assert set(Client.objects.values_list("name", flat=True)) == {"Acme LLC", "Northside Plumbing Inc"}
    assert set(Invoice.objects.exclude(number="").values_list("number", flat=True)) == {"SAMPLE-4"}
    left = set(ServiceItem.objects.values_list("name", flat=True))
    assert left >= {"Monthly bookkeeping", "Business tax return", "Advisory"}
    assert "Individual tax return" not in left
    invoice.refresh_from_db()
    assert ClientBalance.objects.get(client=invoice.client_id).owed == invoice.balance


@pytest.mark.django_db
def test_sample_documents_never_get_into_real_books() -> None:
    rig = Rig()
    rig.set_up()
    with rig.here():
        add_samples(by=rig.member, now=rig.clock.now())  # at the moment in which somebody else connected
    rig.settle()
    with rig.here():
        browser = entered(Member.objects.select_related("user").get(pk=rig.member.pk))
        with pytest.raises(sections.NotYet, match="sample documents would go to QuickBooks"):
            sections.start_sending(rig.member, "client", since=date(2026, 1, 1), engine=rig.engine)
        browser.post(HERE)
        assert not Invoice.objects.exists(), "also those of clients that are linked by now"
        assert Client.objects.exists()
        assert not ClientBalance.objects.exclude(owed=0, on_account=0).exists()
        sections.start_sending(rig.member, "client", since=date(2026, 1, 1), engine=rig.engine)
        refused = browser.post(ADD, follow=True).content
        assert b"must never get into real books" in refused
        assert not Invoice.objects.exists()


@pytest.mark.django_db
def test_the_button_of_a_connected_firm_is_grey_and_says_why() -> None:
    rig = Rig()
    assert rig.connect().ok
    with rig.here():
        page = entered(Member.objects.select_related("user").get(pk=rig.member.pk)).get("/").content.decode()
    assert "QuickBooks is connected" in page
    assert 'disabled aria-describedby="samples-why-not"' in page
