"""The set-up of service items: what pairs by itself, what fails, one side's values, and one row looked at again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.sync.rig import SOMEBODY, Rig
from tieout.practice.actions.service_items import change_service_item, create_service_item
from tieout.practice.records import RECORD_KINDS
from tieout.quickbooks import entities
from tieout.sync import (
    chosen,
    item_review,
    review,
    review_decisions,
    review_jobs,
    review_linking,
    review_waits,
)
from tieout.sync.models import Link, Review, ReviewRow
from tieout.sync.review_plan import Decision

pytestmark = pytest.mark.django_db


class Shop(Rig):
    """A firm with its clients set up, and its own few services in QuickBooks."""

    def __init__(self) -> None:
        super().__init__("empty", entities=entities.READY)
        self.set_up()
        self.settle()

    def here_item(self, name: str, rate: str, sku: str = "") -> str:
        with self.here():
            made = create_service_item(
                firm_id=self.firm.pk, actor=SOMEBODY, name=name, rate=Decimal(rate), sku=sku
            )
        return str(made.pk)

    def there_item(self, name: str, rate: str, sku: str = "") -> str:
        accounts = self.emulator.control.records(self.realm, "Account")
        income = next(one for one in accounts if one["AccountType"] == "Income")
        body = {
            "Name": name,
            "Type": "Service",
            "UnitPrice": Decimal(rate),
            "IncomeAccountRef": {"value": income["Id"]},
            **({"Sku": sku} if sku else {}),
        }
        return str(self.emulator.control.edit(self.realm, "Item", None, body, "create")["Id"])

    def price_there(self, record_id: str) -> Any:
        found = self.emulator.control.records(self.realm, "Item")
        return next(one for one in found if one["Id"] == record_id)["UnitPrice"]

    def read(self) -> Review:
        with self.here():
            found = review.start(self.connection, "service_item", activity="active", actor_member=self.member)
            review_jobs.collect(found.pk, self.engine)
            found.refresh_from_db()
        assert found.state == "ready", found.problem
        return found

    def apply(self, found: Review) -> None:
        with self.here():
            review.apply(found, self.member)
            review_jobs.apply_now(found.pk, self.engine)
        self.settle()

    def row(self, found: Review, name: str) -> ReviewRow:
        with self.here():
            return found.rows.filter(practice_name=name).get()

    def names(self, found: Review, slug: str) -> list[str]:
        with self.here():
            rows = item_review.rows(found, slug).rows
        return sorted(one.practice_name or one.ledger_name for one in rows)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_only_equal_name_rate_and_sku_pair_and_what_fails_is_said(shop: Shop) -> None:
    shop.here_item("Tax return 1040", "350", "TR")
    shop.here_item("Payroll monthly", "90")
    shop.there_item("Tax return 1040", "350", "TR")
    shop.there_item("Payroll monthly", "95")
    found = shop.read()
    assert shop.names(found, "matched") == ["Tax return 1040"]
    assert "Payroll monthly" in shop.names(found, "unmatched")
    assert shop.row(found, "Payroll monthly").against == ["The rates are not the same."]


def test_a_rate_mended_in_quickbooks_matches_that_row_and_no_other_is_looked_at(shop: Shop) -> None:
    payroll, advice = shop.here_item("Payroll monthly", "90"), shop.here_item("Advice hourly", "120")
    there, other = shop.there_item("Payroll monthly", "95"), shop.there_item("Advice hourly", "125")
    found = shop.read()
    shop.emulator.control.edit(shop.realm, "Item", there, {"UnitPrice": Decimal("90")})
    shop.emulator.control.edit(shop.realm, "Item", other, {"UnitPrice": Decimal("120")})
    row = shop.row(found, "Payroll monthly")
    with shop.here():
        again = item_review.recheck(found, row.pk, engine=shop.engine)
    assert (again.bucket, again.confirmed, again.practice_id, again.ledger_id) == (
        "match",
        True,
        payroll,
        there,
    )
    assert shop.names(found, "matched") == ["Payroll monthly"]
    assert shop.row(found, "Advice hourly").practice_id == advice
    assert there not in [one.ledger_id for one in _lone(shop, found)]


def _lone(shop: Shop, found: Review) -> list[ReviewRow]:
    with shop.here():
        return list(found.rows.filter(practice_id=""))


def test_a_rate_mended_here_matches_that_row(shop: Shop) -> None:
    item = shop.here_item("Payroll monthly", "90")
    shop.there_item("Payroll monthly", "95")
    found = shop.read()
    row = shop.row(found, "Payroll monthly")
    with shop.here():
        change_service_item(firm_id=shop.firm.pk, item_id=item, actor=SOMEBODY, rate=Decimal("95"))
        again = item_review.recheck(found, row.pk, engine=shop.engine)
    assert again.bucket == "match"


@pytest.mark.parametrize(("side", "rate"), [("practice", "90"), ("ledger", "95")])
def test_the_side_a_person_chose_gives_both_their_rate(shop: Shop, side: str, rate: str) -> None:
    item, there = shop.here_item("Payroll monthly", "90"), shop.there_item("Payroll monthly", "95")
    found = shop.read()
    row = shop.row(found, "Payroll monthly")
    with shop.here():
        review_linking.link(
            found, shop.member, row.pk, there, keep={"name": side, "rate": side}, engine=shop.engine
        )
    shop.apply(found)
    with shop.here():
        assert Link.objects.get(entity="service_item", practice_id=item).ledger_id == there
        view = RECORD_KINDS["service_item"].read(shop.firm.pk, [item])[item]
    assert view.units["rate"] == Decimal(rate)
    assert shop.price_there(there) == Decimal(rate)


def test_an_item_created_there_earns_into_the_account_that_was_chosen(shop: Shop) -> None:
    item = shop.here_item("Notary", "25")
    found = shop.read()
    with shop.here():
        account = chosen.choices(shop.connection, "income_account", engine=shop.engine)[0]
        assert chosen.choose(shop.member, "income_account", account.options[0][0], engine=shop.engine)
        row = found.rows.get(practice_id=item)
        review_decisions.decide(found, shop.member, [row.pk], Decision.CREATE, engine=shop.engine)
    shop.apply(found)
    with shop.here():
        there = Link.objects.get(entity="service_item", practice_id=item).ledger_id
    made = next(one for one in shop.emulator.control.records(shop.realm, "Item") if one["Id"] == there)
    assert made["IncomeAccountRef"]["value"] == account.options[0][0]


def test_asked_to_slow_down_the_review_waits_says_until_when_and_goes_on(shop: Shop) -> None:
    shop.there_item("Payroll monthly", "95")
    shop.fault("status", status=429, times=40)
    with shop.here():
        found = review.start(shop.connection, "service_item", activity="active", actor_member=shop.member)
        review_jobs.collect(found.pk, shop.engine)
        found.refresh_from_db()
        assert (found.state, found.phase) == ("collecting", review_waits.WAITING)
        assert found.summary["waits"]["until"] > shop.clock.now().isoformat()
    shop.emulator.control.clear_faults()
    shop.advance(120)
    with shop.here():
        review_jobs.collect(found.pk, shop.engine)
        found.refresh_from_db()
        assert found.state == "ready"


def test_each_reason_for_which_an_item_has_no_partner_is_said_in_words(shop: Shop) -> None:
    with shop.here():
        create_service_item(firm_id=shop.firm.pk, actor=SOMEBODY, name="Blank here", rate=None, sku="")
    shop.there_item("Blank here", "75")
    shop.here_item("Blank there", "80")
    shop.there_item("Blank there", "0")
    shop.here_item("Retired there", "30")
    retired = shop.there_item("Retired there", "30")
    shop.emulator.control.edit(shop.realm, "Item", retired, {}, "deactivate")
    shop.here_item("A bundle there", "40")
    shop.emulator.control.edit(
        shop.realm, "Item", None, {"Name": "A bundle there", "Type": "Group"}, "create"
    )
    found = shop.read()
    assert shop.row(found, "Blank here").against == ["There is no rate here."]
    assert shop.row(found, "Blank there").against == ["There is no rate in QuickBooks."]
    assert any("an inactive item of this name" in one for one in shop.row(found, "Retired there").reasons)
    (said,) = [one for one in shop.row(found, "A bundle there").reasons if "something else" in one]
    assert "this is a bundle and stays in QuickBooks" in said
