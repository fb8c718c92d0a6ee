"""What the named worlds hold: coherent books from the first second on."""

from __future__ import annotations

from decimal import Decimal

import pytest

from quickbooks_emulator import Emulator
from tests.emulator.books import whole
from tests.emulator.client import SECOND, Api


def test_the_sample_company_has_the_balances_of_the_stock_one(api: Api, emulator: Emulator) -> None:
    known = {"84": "5281.52", "4": "2062.52", "33": "-1602.67", "35": "1201.00", "36": "800", "41": "157.72",
             "81": "596.25"}  # fmt: skip
    for account, balance in known.items():
        assert Decimal(str(api.read("Account", account)["CurrentBalance"])) == Decimal(balance), account
    assert api.read("Item", "5")["QtyOnHand"] == 2
    open_invoices = api.query("select * from Invoice where Balance > '0'")
    assert sum(Decimal(str(one["Balance"])) for one in open_invoices) == Decimal("5281.52")
    assert whole(emulator)
    assert whole(emulator, SECOND)


def test_the_big_deposit_of_the_sample_company_is_as_recorded(api: Api) -> None:
    (deposit,) = api.query("select * from Deposit where TotalAmt = '868.15'")
    assert deposit["CashBack"]["Amount"] == 200
    linked = {one["LinkedTxn"][0]["TxnId"] for one in deposit["Line"]}
    payments = api.query("select * from Payment maxresults 100")
    shown = {
        one["Id"]
        for one in payments
        if any(link["TxnType"] == "Deposit" for link in one.get("LinkedTxn", ()))
    }
    assert shown == linked


def test_transactions_come_with_the_last_changed_first(api: Api, emulator: Emulator) -> None:
    emulator.clock.advance(60)
    api.sparse(
        "Invoice", api.query("select * from Invoice where DocNumber = '1015'")[0]["Id"], PrivateNote="x"
    )
    assert api.query("select * from Invoice")[0]["DocNumber"] == "1015"


@pytest.mark.parametrize("world", ["empty", "sample"])
def test_a_world_tells_nobody_of_its_own_making(world: str) -> None:
    emulator = Emulator(world=world, webhook_url="http://127.0.0.1:1/hook")
    assert emulator.webhooks.pending() == []
