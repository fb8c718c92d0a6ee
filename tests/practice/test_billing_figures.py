"""The dashboard's figures: what is owed by age, what came in, and that each links to exactly the rows it counts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.practice.billing_world import NOW, TODAY, Desk
from tests.practice.conftest import make_member
from tieout.practice.actions.clients import change_client
from tieout.practice.actions.invoice_life import void_invoice
from tieout.practice.actions.payments import void_payment
from tieout.practice.actions.refunds import refund_payment
from tieout.practice.billing_access import rows_of
from tieout.practice.billing_figures import (
    BUCKETS,
    ageing,
    balances,
    cash_between,
    in_bucket,
    numbered,
    overdue,
)
from tieout.practice.firms import Firm, Member
from tieout.practice.invoices import Invoice
from tieout.practice.permissions import NotAllowed

pytestmark = pytest.mark.usefixtures("scope")


@pytest.fixture
def desk(firm: Firm, scope: None) -> Desk:
    return Desk.open(firm.pk)


@pytest.mark.parametrize(
    ("days_past_due", "bucket"),
    [
        (-5, "current"),
        (0, "current"),
        (1, "d30"),
        (30, "d30"),
        (31, "d60"),
        (60, "d60"),
        (61, "d90"),
        (90, "d90"),
        (91, "older"),
        (2000, "older"),
    ],
)
def test_an_open_invoice_is_in_the_one_bucket_of_its_age(
    desk: Desk, alice: Member, days_past_due: int, bucket: str
) -> None:
    invoice = desk.invoice(100, terms="receipt")
    on = TODAY + timedelta(days=days_past_due)
    assert [each.name for each in ageing(alice, on) if each.count] == [bucket]
    found = [name for name, _, _ in BUCKETS if Invoice.objects.filter(in_bucket(name, on)).exists()]
    assert found == [bucket]
    assert list(overdue(alice, on)) == ([invoice] if days_past_due > 0 else [])


def test_only_what_is_owed_is_counted_in_one_query(desk: Desk, alice: Member) -> None:
    desk.draft()
    void_invoice(**desk.at(desk.invoice(5), today=None), now=NOW)
    part = desk.invoice(100)
    desk.pay(130, (part, 30), (desk.invoice(100), 100))
    with CaptureQueriesContext(connection) as queries:
        buckets = ageing(alice, TODAY)
    assert len(queries) == 1
    assert [(each.count, each.owed) for each in buckets] == [(1, 70), (0, 0), (0, 0), (0, 0), (0, 0)]


def test_cash_is_what_came_less_what_went_back(desk: Desk, alice: Member) -> None:
    desk.pay(100)
    desk.pay(40, date="2026-11-01")
    void = desk.pay(7)
    void_payment(firm_id=desk.firm_id, payment_id=void.pk, actor=desk.actor)
    back = desk.pay(20)
    refund_payment(firm_id=desk.firm_id, payment_id=back.pk, actor=desk.actor, today=TODAY, amount=5)
    week = cash_between(alice, TODAY - timedelta(days=6), TODAY)
    assert (week.received, week.refunded, week.net) == (120, 5, 115)
    assert cash_between(alice, TODAY + timedelta(days=1), TODAY + timedelta(days=7)).net == 0


def test_staff_see_the_figures_of_their_clients_only(desk: Desk, firm: Firm, alice: Member) -> None:
    desk.invoice(100)
    sam = make_member(firm, "sam@byrne.example", "Sam Lee", "staff-assigned")
    assert sum(each.owed for each in ageing(sam, TODAY)) == 0
    assert list(balances(sam)) == []
    change_client(firm_id=firm.pk, client_id=desk.client.pk, actor=desk.actor, assigned_to_id=sam.pk)
    assert sum(each.owed for each in ageing(sam, TODAY)) == 100
    assert [each.net for each in balances(sam)] == [100]
    nobody = make_member(firm, "no@byrne.example", "No Body", "staff-all-no-billing")
    with pytest.raises(NotAllowed):
        ageing(nobody, TODAY)
    with pytest.raises(NotAllowed):
        balances(nobody)


def test_the_balance_is_what_is_owed_less_what_the_client_has_with_us(desk: Desk, alice: Member) -> None:
    desk.invoice(100)
    desk.pay(30)
    desk.credit(90)
    found = balances(alice).get()
    assert (found.owed, found.on_account, found.credit_left, found.net) == (100, 30, 90, Decimal(-20))


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.sets(st.text("AB-019é😀", min_size=1, max_size=4), min_size=1, max_size=8),
    prefix=st.text("AB-019é😀", min_size=1, max_size=2),
)
def test_a_prefix_finds_exactly_the_numbers_that_start_with_it(
    desk: Desk, numbers: set[str], prefix: str
) -> None:
    Invoice.objects.all().delete()
    plain = {"firm_id": desk.firm_id, "client": desk.client, "date": TODAY, "due_date": TODAY}
    Invoice.objects.bulk_create([Invoice(number=number, **plain) for number in numbers])
    found = rows_of(Invoice, desk.firm_id).filter(numbered(prefix)).values_list("number", flat=True)
    assert set(found) == {each for each in numbers if each.startswith(prefix)}
