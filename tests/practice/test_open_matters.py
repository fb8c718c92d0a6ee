"""A client with whom something is open is archived only by who says so."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.practice.billing_world import TODAY, Desk
from tieout.practice.actions.clients import archive_client, restore_client
from tieout.practice.actions.recurring import create_recurring
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.firms import Firm
from tieout.practice.open_matters import OpenMatters, open_matters
from tieout.practice.records import RECORD_KINDS
from tieout.practice.validation import Invalid

pytestmark = pytest.mark.usefixtures("scope")
SYNC = Actor(ActorKind.SYNC, "QuickBooks")


@pytest.fixture
def desk(firm: Firm, scope: None) -> Desk:
    return Desk.open(firm.pk)


def recur(desk: Desk) -> Any:
    content: Any = {"client_id": desk.client.pk, "lines": [{"item_id": desk.item.pk}]}
    return create_recurring(
        firm_id=desk.firm_id,
        actor=desk.actor,
        today=TODAY,
        frequency="monthly",
        first_date=TODAY,
        content=content,
    )


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda desk: desk.invoice(100), OpenMatters(owed=Decimal(100))),
        (lambda desk: desk.pay(20), OpenMatters(on_account=Decimal(20))),
        (lambda desk: desk.credit(5), OpenMatters(credit_left=Decimal(5))),
        (lambda desk: desk.draft(), OpenMatters(drafts=1)),
        (recur, OpenMatters(recurring=1)),
    ],
    ids=["owed", "on account", "credit", "draft", "recurring"],
)
def test_something_open_is_archived_only_by_who_says_so(
    desk: Desk, make: Callable[[Desk], Any], found: OpenMatters
) -> None:
    make(desk)
    told: dict[str, Any] = {"firm_id": desk.firm_id, "client_id": desk.client.pk, "actor": desk.actor}
    assert open_matters(desk.client) == found
    with pytest.raises(Invalid, match="Something is still open with Acme LLC") as refused:
        archive_client(**told)
    assert list(refused.value.problems) == ["although_open"]
    assert desk.fresh(desk.client).is_active
    assert not archive_client(**told, although_open=True).is_active
    assert not archive_client(**told).is_active, "archived already: nothing to ask"


def test_a_settled_client_is_archived_without_a_word(desk: Desk) -> None:
    desk.pay(100, (desk.invoice(100), 100))
    told: dict[str, Any] = {"firm_id": desk.firm_id, "client_id": desk.client.pk, "actor": desk.actor}
    assert not archive_client(**told).is_active
    assert restore_client(**told).is_active


def test_a_customer_made_inactive_in_the_ledger_archives_its_client_whatever_is_open(desk: Desk) -> None:
    desk.invoice(100)
    kept = RECORD_KINDS["client"].change(
        desk.firm_id, str(desk.client.pk), {"active": False}, SYNC, expected_version=None
    )
    assert kept.units["active"] is False
