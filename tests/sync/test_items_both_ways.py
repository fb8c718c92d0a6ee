"""Service items: merged there, twins out of use, changed on both sides, archived on either, and what may not be linked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from quickbooks_emulator.webhooks.documents import WebhookSettings
from tests.sync.rig import SOMEBODY, Rig
from tests.sync.test_documents import TODAY, Books
from tests.web.conftest import entered
from tieout.practice.actions.credits import create_credit
from tieout.practice.actions.service_items import (
    archive_service_item,
    change_service_item,
    restore_service_item,
)
from tieout.practice.records import RECORD_KINDS
from tieout.practice.service_items import ServiceItem
from tieout.quickbooks import entities
from tieout.reconcile.state import Side
from tieout.sync import advanced, chosen, decisions, repairs, worklist
from tieout.sync.models import Attempt, Conflict, Issue, Link
from tieout.web.integrations import remedies

pytestmark = pytest.mark.django_db
NEEDS_YOU = "/settings/integrations/quickbooks/needs-you/"


class Shop(Books):
    """A firm that bills and hears of changes by webhooks."""

    def __init__(self) -> None:
        Rig.__init__(self, "empty", entities=entities.READY)
        self.set_up()
        self.review_items()
        self.subscribe()

    def item_there(self, name: str, **fields: Any) -> str:
        income = next(one for one in self.of("Account").values() if one["AccountType"] == "Income")
        body = {"Name": name, "Type": "Service", "IncomeAccountRef": {"value": income["Id"]}, **fields}
        return str(self.emulator.control.edit(self.realm, "Item", None, body, "create")["Id"])

    def change(self, item: Any, **fields: Any) -> None:
        with self.here():
            change_service_item(firm_id=self.firm.pk, item_id=item.pk, actor=SOMEBODY, **fields)

    def change_there(self, ledger_id: str, **fields: Any) -> None:
        self.emulator.control.edit(self.realm, "Item", ledger_id, fields)

    def merge(self, *, goes: str, stays: str) -> None:
        self.emulator.control.merge(self.realm, "Item", goes, stays)
        self.heard()

    def heard(self) -> None:
        self.advance(60)
        self.deliver()
        self.settle()

    def seen(self, item: Any) -> ServiceItem:
        with self.here():
            return ServiceItem.objects.get(pk=item.pk)

    def rows(self, cause: str) -> list[worklist.WorkRow]:
        with self.here():
            return worklist.page_of(self.connection, "needs_you", cause, engine=self.engine).rows

    def buttons(self, cause: str) -> dict[str, remedies.Button]:
        with self.here():
            return {one.label: one for row in self.rows(cause) for one in remedies.buttons(row)}

    def press(self, button: remedies.Button) -> None:
        answer = entered(self.member).post(f"{NEEDS_YOU}decide/", {"one": button.value})
        assert answer.status_code == 302, answer.content
        self.settle()

    def about(self, *records: Any) -> list[str]:
        """Causes of what is open about these records of the practice."""
        with self.here():
            ids = [str(one.pk) for one in records]
            rows = Issue.objects.filter(closed_at=None, side="practice", record_id__in=ids)
            return sorted(rows.exclude(cause="not_eligible").values_list("cause", flat=True))

    def item_of(self, invoice: Any) -> str:
        shown = self.of("Invoice")[self.partner("invoice", invoice.pk)]
        return str(shown["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"])


@pytest.fixture
def shop() -> Shop:
    return Shop()


def sold(shop: Shop) -> tuple[Any, Any, str, Any, Any]:
    """Two linked items, a client, and an invoice and a credit with the one that is to go."""
    stays, goes, client = (
        shop.item("Audit", "200"),
        shop.item("Auditing", "150"),
        shop.add_client("Ada Byrne"),
    )
    shop.settle()
    shop.send("invoice", "credit")
    invoice = shop.invoice(client, goes)
    with shop.here():
        credit = create_credit(
            firm_id=shop.firm.pk,
            actor=SOMEBODY,
            today=TODAY,
            client_id=client,
            item_id=goes.pk,
            date=TODAY,
            quantity=Decimal(1),
            rate=Decimal(30),
        )
    shop.settle()
    return stays, goes, client, invoice, credit


def test_an_item_merged_there_is_archived_here_and_what_names_it_names_the_one_that_stays(shop: Shop) -> None:
    stays, goes, client, invoice, credit = sold(shop)
    kept, gone = shop.partner("service_item", stays.pk), shop.partner("service_item", goes.pk)
    before = shop.of("Invoice")[shop.partner("invoice", invoice.pk)]["SyncToken"]
    shop.merge(goes=gone, stays=kept)
    assert shop.about(goes) == ["merged_there"]
    assert shop.about(invoice, credit) == ["held_up", "held_up"]
    offered = shop.buttons("merged_there")
    assert list(offered) == ["Archive it here and use Audit", "Link to…"], (
        "nothing about clients, no dead end"
    )
    page = entered(shop.member).get(f"{NEEDS_YOU}?cause=merged_there").content.decode()
    assert "Archive it here and use Audit" in page
    assert "/merge/" not in page
    shop.press(offered["Archive it here and use Audit"])
    assert not shop.seen(goes).is_active
    assert shop.about(goes, stays, invoice, credit) == []
    assert shop.of("Invoice")[shop.partner("invoice", invoice.pk)]["SyncToken"] == before, (
        "nothing was written"
    )
    draft_of_old = shop.invoice(client, stays)
    with shop.here():
        draft_of_old.lines.update(item_id=goes.pk)
    shop.settle()
    assert shop.item_of(draft_of_old) == kept
    with shop.here():
        assert not Attempt.objects.filter(ledger_id=gone).exclude(operation="create").exists()


def test_an_item_merged_when_it_is_archived_is_no_question_and_follows_every_later_merge(shop: Shop) -> None:
    stays, goes, _, invoice, _ = sold(shop)
    last = shop.item("Assurance", "300")
    told: dict[str, Any] = {"firm_id": shop.firm.pk, "item_id": goes.pk, "actor": SOMEBODY}
    with shop.here():
        archive_service_item(**told)
    shop.settle()
    ids = [shop.partner("service_item", one.pk) for one in (goes, stays, last)]
    shop.merge(goes=ids[0], stays=ids[1])
    assert shop.about(goes, invoice) == []
    with shop.here():
        restore_service_item(**told)
    shop.settle()
    assert shop.about(goes) == ["merged_there"]
    shop.press(shop.buttons("merged_there")["Archive it here and use Audit"])
    shop.merge(goes=ids[1], stays=ids[2])
    shop.press(shop.buttons("merged_there")["Archive it here and use Assurance"])
    assert shop.about(goes, stays, last, invoice) == []
    assert shop.item_of(invoice) == ids[2]
    with shop.here():
        gone = Link.objects.filter(ledger_id__in=ids[:2], entity="service_item")
        assert set(gone.values_list("became", flat=True)) == {ids[2]}


def test_a_merge_of_items_whose_webhook_is_lost_is_told_by_the_documents(shop: Shop) -> None:
    stays, goes, client, invoice, _ = sold(shop)
    second = shop.invoice(client, goes)
    shop.settle()
    kept, gone = (shop.partner("service_item", one.pk) for one in (stays, goes))
    shop.emulator.control.set_webhooks(WebhookSettings())
    shop.emulator.control.merge(shop.realm, "Item", gone, kept)
    shop.advance(60)
    shop.until_the_change_feed_is_asked()
    assert shop.about(goes) == ["merged_there"]
    assert "drift" not in shop.about(invoice, second)
    shop.press(shop.buttons("merged_there")["Archive it here and use Audit"])
    assert shop.about(goes, invoice, second) == []


def test_an_item_merged_into_one_that_is_linked_to_nothing_is_linked_with_that_one(shop: Shop) -> None:
    _, goes, _, invoice, _ = sold(shop)
    with shop.here():
        advanced.turn(shop.member, "service_item", "create", Side.PRACTICE, False, engine=shop.engine)
    alone, gone = shop.item_there("Assurance"), shop.partner("service_item", goes.pk)
    shop.merge(goes=gone, stays=alone)
    shop.press(shop.buttons("merged_there")["Link with Assurance"])
    assert shop.partner("service_item", goes.pk) == alone
    assert shop.item_of(invoice) == alone
    assert shop.about(goes, invoice) in ([], ["conflict"]), "only what differs between the two is asked about"
    with shop.here():
        assert not Issue.objects.filter(closed_at=None, cause="unmatched", record_id=gone).exists()


def test_an_inactive_twin_is_made_active_and_linked_by_one_press_though_no_switch_is_on(shop: Shop) -> None:
    twin, other = (shop.item_there(name) for name in ("Valuation", "Filing"))
    shop.heard()
    with shop.here():
        old = Link.objects.get(entity="service_item", ledger_id=other).practice_id
    for one in (twin, other):
        shop.emulator.control.edit(shop.realm, "Item", one, {}, "deactivate")
    shop.heard()
    with shop.here():
        Link.objects.filter(entity="service_item", ledger_id=twin).delete()
        ServiceItem.objects.filter(name="Valuation").update(name="Valuation, old", is_active=False)
    item = shop.item("Valuation")
    shop.settle()
    (cause,) = shop.about(item)
    shop.press(shop.buttons(cause)["Reactivate and link with Valuation"])
    assert shop.of("Item")[twin]["Active"] is True
    assert shop.partner("service_item", item.pk) == twin
    assert not shop.of("Item")[other]["Active"], "the switch is off still: nothing goes by itself"
    with shop.here():
        attempts = Attempt.objects.filter(entity="service_item", ledger_id=twin, state="done")
        assert [one.units["active"] for one in attempts] == [True]
        assert RECORD_KINDS["service_item"].read(shop.firm.pk, [old])[old].units["active"]


def test_the_press_holds_for_the_twin_as_it_was_seen_and_no_later(shop: Shop) -> None:
    twin = shop.item_there("Valuation")
    shop.heard()
    with shop.here():
        link = Link.objects.get(entity="service_item", ledger_id=twin)
        decisions.unlink(shop.member, "service_item", link.practice_id, engine=shop.engine)
    shop.emulator.control.edit(shop.realm, "Item", twin, {}, "deactivate")
    shop.heard()
    with shop.here():
        repairs.reactivate_and_link(shop.member, "service_item", link.practice_id, twin, engine=shop.engine)
    for what in ("reactivate", "deactivate"):
        shop.emulator.control.edit(shop.realm, "Item", twin, {}, what)
    shop.heard()
    assert shop.of("Item")[twin]["Active"] is False
    with shop.here():
        assert not Attempt.objects.filter(entity="service_item", ledger_id=twin).exists()


def test_an_item_changed_on_both_sides_waits_until_one_value_is_kept(shop: Shop) -> None:
    items = {Side.PRACTICE: shop.item("Advice", "100"), Side.LEDGER: shop.item("Filing", "100")}
    shop.settle()
    there = {side: shop.partner("service_item", item.pk) for side, item in items.items()}
    for side, item in items.items():
        shop.change(item, rate=Decimal(120))
        shop.change_there(there[side], UnitPrice=Decimal(130), Sku="A1")
    shop.heard()
    for side, item in items.items():
        assert shop.about(item) == ["conflict"]
        assert (shop.seen(item).rate, shop.seen(item).sku) == (120, "A1"), "the rest goes on"
        assert shop.of("Item")[there[side]]["UnitPrice"] == 130
    assert {"Keep ours", "Keep QuickBooks"} <= set(shop.buttons("conflict"))
    with shop.here():
        for side, item in items.items():
            asked = Conflict.objects.get(closed_at=None, link__practice_id=str(item.pk))
            decisions.answer_conflicts(shop.member, [asked.pk], side, engine=shop.engine)
    shop.settle()
    for side, kept in ((Side.PRACTICE, 120), (Side.LEDGER, 130)):
        assert (shop.seen(items[side]).rate, shop.of("Item")[there[side]]["UnitPrice"]) == (kept, kept)
    assert shop.about(*items.values()) == []


def test_an_item_out_of_use_on_one_side_is_so_on_the_other_once_its_switch_is_on(shop: Shop) -> None:
    items = {Side.PRACTICE: shop.item("Filing"), Side.LEDGER: shop.item("Advice")}
    """By the side that is to be written."""
    shop.settle()
    there = {side: shop.partner("service_item", item.pk) for side, item in items.items()}
    with shop.here():
        assert chosen.choose(shop.member, "refund_item", there[Side.LEDGER], engine=shop.engine)
        archive_service_item(firm_id=shop.firm.pk, item_id=items[Side.LEDGER].pk, actor=SOMEBODY)
        (choice,) = chosen.choices(shop.connection, "refund_item", engine=shop.engine)
    assert choice.gone, "a setting that names what is out of use asks for another"
    shop.emulator.control.edit(shop.realm, "Item", there[Side.PRACTICE], {}, "deactivate")
    shop.heard()

    def in_use(side: Side) -> tuple[bool, bool]:
        return shop.seen(items[side]).is_active, shop.of("Item")[there[side]]["Active"]

    assert (in_use(Side.PRACTICE), in_use(Side.LEDGER)) == ((True, False), (False, True))
    for side, item in items.items():
        assert shop.about(item) == ["switched_off"]
        with shop.here():
            advanced.turn(shop.member, "service_item", "archive", side, True, engine=shop.engine)
        shop.settle()
        assert in_use(side) == (False, False)
        assert shop.about(item) == []


def test_an_item_with_an_inventory_is_not_linked_and_its_button_says_why(shop: Shop) -> None:
    accounts = shop.of("Account").values()
    asset = next(one["Id"] for one in accounts if one["AccountSubType"] == "Inventory")
    cost = next(one["Id"] for one in accounts if one["AccountType"] == "Cost of Goods Sold")
    product = shop.item_there(
        "Binder",
        Type="Inventory",
        AssetAccountRef={"value": asset},
        ExpenseAccountRef={"value": cost},
        QtyOnHand=Decimal(3),
        InvStartDate=date(2026, 1, 1).isoformat(),
    )
    shop.heard()
    item = shop.item("Binder")
    shop.settle()
    (cause,) = shop.about(item)
    button = shop.buttons(cause)["Link with Binder"]
    assert (button.value, "a product with an inventory" in button.why_not) == ("", True)
    with shop.here(), pytest.raises(decisions.CannotDecide, match=r"with an inventory .*Nothing was changed"):
        decisions.link(shop.member, "service_item", str(item.pk), product, engine=shop.engine)
