"""What happens by itself once a day, for every firm, however often it is asked for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.practice.billing_world import NOW, TODAY, Desk
from tieout.practice.actions.recurring import create_recurring
from tieout.practice.daily import do_what_is_due
from tieout.practice.models import Firm, Invoice

pytestmark = pytest.mark.usefixtures("scope")


@pytest.fixture
def desk(firm: Firm, scope: None) -> Desk:
    return Desk.open(firm.pk)


def monthly(desk: Desk, first_date: str) -> None:
    content = {"client_id": desk.client.pk, "terms": "net15", "lines": [{"item_id": str(desk.item.pk)}]}
    create_recurring(
        firm_id=desk.firm_id,
        actor=desk.actor,
        today=TODAY,
        frequency="monthly",
        first_date=first_date,
        content=content,
    )


def test_a_due_recurring_invoice_is_written_once_however_often_the_day_is_asked_for(desk: Desk) -> None:
    monthly(desk, TODAY.isoformat())
    assert do_what_is_due(NOW) == 1
    do_what_is_due(NOW)
    assert Invoice.objects.filter(firm_id=desk.firm_id, date=TODAY).count() == 1


def test_the_day_is_the_firms_own(desk: Desk) -> None:
    monthly(desk, "2026-11-21")
    Firm.objects.filter(pk=desk.firm_id).update(time_zone="America/New_York")
    do_what_is_due(datetime(2026, 11, 21, 3, 0, tzinfo=UTC))  # still the 20th in New York
    assert not Invoice.objects.filter(firm_id=desk.firm_id).exists()
    do_what_is_due(datetime(2026, 11, 21, 6, 0, tzinfo=UTC))
    assert Invoice.objects.filter(firm_id=desk.firm_id).count() == 1
