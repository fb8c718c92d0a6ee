"""What happens by itself or for many: settings, number starts, late fees, recurring invoices, client groups."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.practice.billing_world import NOW, TODAY, Desk
from tieout.practice.actions.billing_settings import change_billing_settings, start_numbers_at
from tieout.practice.actions.clients import (
    ChangedMeanwhile,
    archive_client,
    create_client,
    restore_client,
)
from tieout.practice.actions.groups import (
    add_to_group,
    create_group,
    dissolve_group,
    remove_from_group,
    rename_group,
    set_billed_client,
)
from tieout.practice.actions.invoice_life import remove_late_fees, revise_invoice
from tieout.practice.actions.late_fees import add_late_fees
from tieout.practice.actions.recurring import change_recurring, create_recurring, write_due_invoices
from tieout.practice.actions.service_items import archive_service_item, restore_service_item, used_by
from tieout.practice.actor import ChangeRecord
from tieout.practice.clients import Client, Kind
from tieout.practice.firms import Firm
from tieout.practice.invoices import Invoice, LineKind, Status
from tieout.practice.isolation import firm_scope
from tieout.practice.permissions import NotYours
from tieout.practice.records import RECORD_KINDS
from tieout.practice.recurring import RecurringInvoice
from tieout.practice.validation import Invalid

pytestmark = pytest.mark.usefixtures("scope")
D = Decimal


@pytest.fixture
def desk(firm: Firm, scope: None) -> Desk:
    return Desk.open(firm.pk)


def by(desk: Desk, **more: Any) -> dict[str, Any]:
    return {"firm_id": desk.firm_id, "actor": desk.actor, **more}


def days_later(days: int) -> date:
    return TODAY + timedelta(days=days)


# -- settings and numbers -----------------------------------------------------------------------------


def test_a_new_invoice_starts_as_the_settings_say(desk: Desk) -> None:
    settings = change_billing_settings(**by(desk), terms="net45", memo="Pay soon", currency="CAD")
    draft = desk.draft()
    assert (draft.terms, draft.due_date, draft.memo, draft.currency) == (
        "net45",
        days_later(45),
        "Pay soon",
        "CAD",
    )
    with pytest.raises(ChangedMeanwhile):
        change_billing_settings(**by(desk), expected_version=settings.version - 1, terms="net10")
    with pytest.raises(Invalid) as refused:
        change_billing_settings(
            **by(desk),
            terms="custom",
            currency="EUR",
            late_fee_kind="percent",
            late_fee_grace_days="1.5",
            late_fee_every_days=400,
            late_fee_item_id=0,
            late_fee_amount="-1",
        )
    assert set(refused.value.problems) == {
        "terms",
        "currency",
        "late_fee_percent",
        "late_fee_grace_days",
        "late_fee_every_days",
        "late_fee_item_id",
        "late_fee_amount",
    }


@pytest.mark.parametrize("document", ["draft", "payment", "credit"])
def test_the_currency_stays_from_the_first_document_on(desk: Desk, document: str) -> None:
    change_billing_settings(**by(desk), currency="CAD")
    {"draft": desk.draft, "payment": lambda: desk.pay(5), "credit": lambda: desk.credit(5)}[document]()
    with pytest.raises(Invalid, match="in CAD, so it goes on billing in CAD") as refused:
        change_billing_settings(**by(desk), currency="USD", memo="x")
    assert list(refused.value.problems) == ["currency"]
    assert change_billing_settings(**by(desk), currency="CAD", memo="x").memo == "x"


def test_numbers_start_where_the_firm_wants_and_step_over_those_taken(desk: Desk) -> None:
    desk.invoice(1, number="INV-1002")
    start_numbers_at(**by(desk), kind="invoice", number="INV-1001")
    assert [desk.invoice(1).number for _ in range(3)] == ["INV-1001", "INV-1003", "INV-1004"]
    for wrong in ("", "INV", "9" * 22, "1\x00"):
        with pytest.raises(Invalid):
            start_numbers_at(**by(desk), kind="invoice", number=wrong)
    start_numbers_at(**by(desk), kind="invoice", number="9" * 21)
    assert desk.invoice(1).number == "9" * 21
    with pytest.raises(Invalid, match="more than 21 characters"):
        desk.invoice(1)


# -- late fees ----------------------------------------------------------------------------------------


def fees_on(desk: Desk, today: date) -> list[int | str]:
    return [each.invoice_id for each in add_late_fees(**by(desk), today=today, now=NOW)]


def test_a_late_fee_comes_after_the_days_of_grace_once_and_can_be_taken_off(desk: Desk) -> None:
    change_billing_settings(
        **by(desk),
        late_fee_kind="percent",
        late_fee_percent="1.5",
        late_fee_grace_days=5,
        late_fee_item_id=desk.item.pk,
    )
    invoice, paid = desk.invoice(100, terms="net10"), desk.invoice(50, terms="net10")
    desk.pay(30, (invoice, 30))
    desk.pay(50, (paid, 50))
    assert fees_on(desk, days_later(15)) == []
    assert fees_on(desk, days_later(16)) == [invoice.pk]
    assert fees_on(desk, days_later(16)) == []
    assert fees_on(desk, days_later(300)) == []
    charged = desk.fresh(invoice)
    assert (charged.total, charged.balance, desk.owed()) == (D("101.05"), D("71.05"), D("71.05"))
    fee = charged.lines.get(kind=LineKind.LATE_FEE)
    assert (fee.gross, fee.item, fee.tax_rate) == (D("1.05"), desk.item, None)
    rows = RECORD_KINDS["invoice"].read(desk.firm_id, [str(invoice.pk)])[str(invoice.pk)].units["content"]
    assert [(row["kind"], row["amount"]) for row in rows] == [("item", 100), ("item", D("1.05"))]
    revised = revise_invoice(
        **desk.at(invoice),
        now=NOW,
        lines=[{"description": "x", "rate": 90}],
        discount_kind="percent",
        discount_value=10,
    )
    assert (revised.total, revised.lines.count()) == (D("82.05"), 2)
    free = remove_late_fees(**desk.at(invoice, today=None), now=NOW)
    assert (free.total, free.late_fee_on, desk.owed()) == (81, None, 51)
    told = ChangeRecord.objects.filter(kind="invoice", record_id=str(invoice.pk), verb__startswith="late fee")
    totals = [each.changes["total"] for each in told.order_by("id")]
    assert totals == [["100.00", "101.05"], ["82.05", "81.00"]], "what it comes to, not what is left to pay"


def test_a_repeated_late_fee_is_no_fee_on_fees(desk: Desk) -> None:
    change_billing_settings(**by(desk), late_fee_kind="percent", late_fee_percent=10, late_fee_every_days=30)
    invoice = desk.invoice(100, terms="receipt")
    for day, total in ((1, 110), (30, 110), (31, 120), (61, 130)):
        fees_on(desk, days_later(day))
        assert desk.fresh(invoice).total == total
    change_billing_settings(**by(desk), late_fee_kind="amount", late_fee_amount=7)
    fees_on(desk, days_later(91))
    assert desk.fresh(invoice).total == 137
    change_billing_settings(**by(desk), late_fee_kind="")
    assert fees_on(desk, days_later(200)) == []


# -- recurring ----------------------------------------------------------------------------------------


def recurring(desk: Desk, **fields: Any) -> RecurringInvoice:
    content = {"client_id": desk.client.pk, "terms": "net15", "lines": [{"item_id": str(desk.item.pk)}]}
    plain = {"frequency": "monthly", "first_date": "2026-08-31", "content": content}
    return create_recurring(**by(desk, today=TODAY), **{**plain, **fields})


def written(desk: Desk, today: date = TODAY) -> list[Invoice]:
    return [each for one in write_due_invoices(**by(desk), today=today, now=NOW) for each in one.invoices]


def test_missed_invoices_are_caught_up_each_on_its_own_day_and_once(desk: Desk) -> None:
    row = recurring(desk)
    invoices = written(desk)
    assert [each.date for each in invoices] == [date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)]
    assert [each.occurrence for each in invoices] == [0, 1, 2]
    assert {(each.status, each.terms) for each in invoices} == {(Status.DRAFT, "net15")}
    assert invoices[0].due_date == date(2026, 9, 15)
    assert written(desk) == []
    assert desk.fresh(row).next_date == date(2026, 11, 30)
    assert used_by(desk.firm_id, [desk.item.pk])[desk.item.pk].recurring == 1


def test_recurring_invoices_end_by_count_or_date_and_may_be_finalized_at_once(desk: Desk) -> None:
    first = recurring(desk, last_count=2, finalise=True)
    assert [each.number for each in written(desk)] == ["0001", "0002"]
    assert desk.fresh(first).next_date is None
    assert desk.owed() == 200
    second = recurring(desk, last_date="2026-10-01")
    assert len(written(desk)) == 2
    paused = change_recurring(
        **by(desk, today=TODAY), recurring_id=second.pk, last_date=None, is_active=False
    )
    assert written(desk) == []
    with pytest.raises(Invalid, match="make another"):
        change_recurring(**by(desk, today=TODAY), recurring_id=paused.pk, frequency="weekly")
    change_recurring(**by(desk, today=TODAY), recurring_id=paused.pk, is_active=True)
    assert len(written(desk)) == 1


def test_one_that_cannot_be_written_says_why_waits_and_holds_nobody_up(desk: Desk) -> None:
    row = recurring(desk)
    other = recurring(
        desk,
        first_date=TODAY,
        content={"client_id": desk.client.pk, "lines": [{"description": "Other", "rate": 5}]},
    )
    archive_service_item(firm_id=desk.firm_id, item_id=desk.item.pk, actor=desk.actor)
    assert [each.recurring_id for each in written(desk)] == [other.pk]
    assert "not archived" in desk.fresh(row).problem
    restore_service_item(firm_id=desk.firm_id, item_id=desk.item.pk, actor=desk.actor)
    assert len(written(desk)) == 3
    assert desk.fresh(row).problem == ""


@pytest.mark.parametrize(
    ("frequency", "every", "first_date", "written_at_once", "sentence"),
    [
        ("monthly", 1, "2025-11-19", 13, ""),
        ("monthly", 1, "2025-11-18", 0, "Choose one from November 19, 2025 on"),
        ("yearly", 1, "0026-11-20", 0, "more than a year back"),
        ("weekly", 1, "2025-11-19", 53, ""),
        ("daily", 1, "2026-09-22", 60, ""),
        ("daily", 1, "2026-09-21", 0, "Choose a first date from September 22, 2026 on"),
        ("daily", 2, "2026-07-25", 60, ""),
        ("daily", 2, "2026-07-23", 0, "Choose a first date from July 25, 2026 on"),
    ],
)
def test_a_start_in_the_past_writes_a_year_and_sixty_invoices_at_most(
    desk: Desk, frequency: str, every: int, first_date: str, written_at_once: int, sentence: str
) -> None:
    if not sentence:
        recurring(desk, frequency=frequency, every=every, first_date=first_date)
        assert len(written(desk)) == written_at_once
        return
    with pytest.raises(Invalid) as refused:
        recurring(desk, frequency=frequency, every=every, first_date=first_date)
    assert sentence in refused.value.problems["first_date"]
    assert not RecurringInvoice.objects.exists()


def test_neither_a_correction_nor_the_end_of_a_long_pause_reaches_farther_back(desk: Desk) -> None:
    row = recurring(desk, first_date="2026-12-31")
    at: Any = by(desk, today=TODAY)
    with pytest.raises(Invalid, match="more than a year back"):
        change_recurring(**at, recurring_id=row.pk, first_date="2016-12-31")
    with pytest.raises(Invalid, match="more than 60 invoices"):
        change_recurring(**at, recurring_id=row.pk, frequency="daily", first_date="2026-01-01")
    change_recurring(**at, recurring_id=row.pk, is_active=False)
    later = TODAY.replace(year=2029)
    with pytest.raises(Invalid, match="Leave this one as it is, and make another") as refused:
        change_recurring(**by(desk, today=later), recurring_id=row.pk, is_active=True)
    assert set(refused.value.problems) == {"is_active"}
    assert not desk.fresh(row).is_active
    change_recurring(**by(desk, today=later), recurring_id=row.pk, name="Old books")


def test_what_was_due_while_nothing_ran_is_written_however_long_that_was(desk: Desk) -> None:
    row = recurring(desk, first_date=TODAY)
    assert len(written(desk, TODAY.replace(year=2028))) == 25
    later = TODAY.replace(year=2029)
    change_recurring(**by(desk, today=later), recurring_id=row.pk, name="Books")
    assert len(written(desk, later)) == 12


def test_every_problem_of_a_recurring_invoice_is_told_at_once(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        create_recurring(
            **by(desk, today=TODAY),
            frequency="hourly",
            every=0,
            first_date="",
            last_count=3,
            last_date="2027-01-01",
            content={"number": "7", "terms": "custom", "lines": [{"rate": "x"}]},
        )
    assert set(refused.value.problems) == {
        "frequency",
        "every",
        "first_date",
        "last_count",
        "content.number",
        "content.terms",
        "content.client_id",
        "content.lines.0.description",
        "content.lines.0.rate",
    }
    assert not RecurringInvoice.objects.exists()


def test_recurring_invoices_of_an_archived_client_pause_and_say_so(desk: Desk) -> None:
    row, where = recurring(desk), {**by(desk), "client_id": desk.client.pk}
    archive_client(**where, although_open=True)
    (occurred,) = write_due_invoices(**by(desk, today=TODAY, now=NOW))
    told = "Acme LLC is archived. Restore the client, then let this go on here."
    assert (occurred.invoices, occurred.problem, occurred.paused) == ((), "", told)
    assert (desk.fresh(row).is_active, desk.fresh(row).problem) == (False, told)
    assert written(desk) == []
    with pytest.raises(Invalid, match="Restore the client") as refused:
        change_recurring(**by(desk, today=TODAY), recurring_id=row.pk, is_active=True)
    assert list(refused.value.problems) == ["is_active"]
    restore_client(**where)
    assert change_recurring(**by(desk, today=TODAY), recurring_id=row.pk, is_active=True).problem == ""
    assert len(written(desk)) == 3


# -- groups -------------------------------------------------------------------------------------------


def another(desk: Desk, name: str) -> Client:
    return create_client(firm_id=desk.firm_id, actor=desk.actor, kind=Kind.BUSINESS, name=name)


def test_a_group_is_billed_to_one_of_its_clients_and_lines_name_the_others(desk: Desk) -> None:
    group = create_group(**by(desk), name="Acmes")
    west, stranger = another(desk, "Acme West"), another(desk, "Stranger")
    with pytest.raises(Invalid, match="Say first which client"):
        desk.draft(client_id=None, group_id=group.pk)
    for client in (desk.client, west):
        add_to_group(**by(desk), group_id=group.pk, client_id=client.pk)
    lines = [{"description": "West's return", "rate": 70, "client_id": west.pk}]
    invoice = desk.finalise(desk.draft(client_id=None, group_id=group.pk, lines=lines))
    assert (invoice.client, invoice.group, invoice.lines.get().client) == (desk.client, group, west)
    assert desk.owed() == 70
    with pytest.raises(Invalid, match="Choose a client of the group"):
        desk.draft(client_id=None, group_id=group.pk, lines=[{**lines[0], "client_id": stranger.pk}])
    set_billed_client(**by(desk), group_id=group.pk, client_id=west.pk)
    assert desk.draft(client_id=None, group_id=group.pk, lines=lines).client == west


def test_a_client_is_in_one_group_and_the_billed_one_leaves_last(desk: Desk) -> None:
    one, two = create_group(**by(desk), name="One"), create_group(**by(desk), name="Two")
    west = another(desk, "Acme West")
    for client in (desk.client, west, west):
        add_to_group(**by(desk), group_id=one.pk, client_id=client.pk)
    assert one.members.count() == 2
    with pytest.raises(Invalid, match="in the group One"):
        add_to_group(**by(desk), group_id=two.pk, client_id=west.pk)
    with pytest.raises(Invalid, match="gets the group's invoices"):
        remove_from_group(**by(desk), group_id=one.pk, client_id=desk.client.pk)
    with pytest.raises(Invalid, match="Choose a client of the group"):
        set_billed_client(**by(desk), group_id=two.pk, client_id=west.pk)
    for client in (west, desk.client):
        remove_from_group(**by(desk), group_id=one.pk, client_id=client.pk)
    assert (desk.fresh(one).billed_client, one.members.count()) == (None, 0)
    with pytest.raises(Invalid, match="Another group is called"):
        rename_group(**by(desk), group_id=two.pk, name="one")


def test_a_dissolved_group_lets_its_clients_go_and_its_invoices_still_name_it(desk: Desk) -> None:
    group = create_group(**by(desk), name="Acmes")
    add_to_group(**by(desk), group_id=group.pk, client_id=desk.client.pk)
    invoice = desk.draft(client_id=None, group_id=group.pk)
    with pytest.raises(Invalid, match="Drafts are billed to Acmes"):
        dissolve_group(**by(desk), group_id=group.pk)
    desk.finalise(invoice)
    content = {"group_id": group.pk, "lines": [{"item_id": desk.item.pk}]}
    row = recurring(desk, content=content)
    with pytest.raises(Invalid, match="Recurring invoices are billed to Acmes"):
        dissolve_group(**by(desk), group_id=group.pk)
    change_recurring(**by(desk, today=TODAY), recurring_id=row.pk, is_active=False)
    gone = dissolve_group(**by(desk), group_id=group.pk)
    assert (gone.is_active, gone.billed_client, gone.members.count()) == (False, None, 0)
    assert desk.fresh(invoice).group == group
    again = create_group(**by(desk), name="Acmes")
    add_to_group(**by(desk), group_id=again.pk, client_id=desk.client.pk)
    with pytest.raises(Invalid, match="was dissolved"):
        add_to_group(**by(desk), group_id=group.pk, client_id=another(desk, "West").pk)
    with pytest.raises(Invalid, match="Choose one of your client groups"):
        desk.draft(client_id=None, group_id=group.pk)


def test_groups_settings_and_recurring_invoices_of_the_twin_are_out_of_reach(
    desk: Desk, other_firm: Firm
) -> None:
    group, row = create_group(**by(desk), name="Acmes"), recurring(desk)
    theirs = {"firm_id": other_firm.pk, "actor": desk.actor}
    with firm_scope(other_firm.pk):
        with pytest.raises(NotYours):
            rename_group(**theirs, group_id=group.pk, name="x")  # type: ignore[arg-type]
        with pytest.raises(NotYours):
            change_recurring(**theirs, recurring_id=row.pk, today=TODAY, name="x")  # type: ignore[arg-type]
        assert write_due_invoices(**theirs, today=TODAY, now=NOW) == []  # type: ignore[arg-type]
        assert create_group(**theirs, name="Acmes").pk != group.pk  # type: ignore[arg-type]
