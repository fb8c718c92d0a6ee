"""What a program corrects, ends or asks again: with the same guards as a person."""

from __future__ import annotations

import pytest

from tests.web.api.world import Program, Stock, fields
from tieout.practice.isolation import firm_scope
from tieout.practice.payments import Payment

pytestmark = pytest.mark.django_db


def test_asking_about_a_charge_also_settles_refunds_that_are_pending(program: Program, stock: Stock) -> None:
    program.patch("/settings/billing", {"processor": "test"})
    body = {"client_id": stock.ids["client_id"], "amount": "40", "method": "card", "token": "tok"}
    where = f"/payments/{program.post('/payments/charge', body)['id']}"
    with firm_scope(stock.firm_id):
        Payment.objects.filter(processor="test").update(processor_reference="ref-pending")
    assert program.post(f"{where}/refunds", {"amount": "15"})["status"] == "pending"
    assert program.post(f"{where}/ask")["refunded"] == "15.00"
    (refund,) = program.get(f"{where}/refunds")["data"]
    assert (refund["status"], program.get("/refunds", status="pending")["data"]) == ("done", [])


def test_an_amount_is_corrected_and_only_ways_the_firm_takes_are_recorded(
    program: Program, stock: Stock
) -> None:
    where = f"/payments/{stock.ids['payment_id']}"
    assert program.patch(where, {"amount": "60.00"})["unapplied"] == "35.00"
    refused = fields(program.refused(422, "PATCH", where, {"amount": "24.99"}))
    assert "$25.00 of this payment is on invoices or was refunded" in refused["amount"]
    program.patch("/settings/billing", {"payment_methods": ["ach"]})
    paid = {"client_id": stock.ids["client_id"], "amount": "1", "method": "cash"}
    assert "does not take Cash now" in fields(program.refused(422, "POST", "/payments", paid))["method"]
    refused = fields(program.refused(422, "PATCH", "/settings/billing", {"currency": "CAD"}))
    assert "goes on billing in USD" in refused["currency"]


def test_a_client_with_something_open_is_archived_only_on_purpose(program: Program, stock: Stock) -> None:
    where = f"/clients/{stock.ids['client_id']}/archive"
    refused = fields(program.refused(422, "POST", where))
    assert "Something is still open" in refused["although_open"]
    assert not program.post(where, {"although_open": True})["is_active"]


def test_a_group_is_dissolved(program: Program, stock: Stock) -> None:
    where = f"/client-groups/{stock.ids['group_id']}"
    assert program.call("DELETE", where, if_match='"99"').status_code == 412
    assert program.ok("DELETE", where) is None
    program.refused(404, "GET", where)
    assert program.get("/client-groups")["data"] == []
