"""The life of an invoice: drafted, finalized, sent, revised, written off, void; numbers, terms and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.practice.billing_world import NOW, TODAY, Desk
from tests.practice.conftest import make_member
from tieout.practice.actions.clients import ChangedMeanwhile, archive_client
from tieout.practice.actions.invoice_life import (
    revise_invoice,
    undo_write_off,
    void_invoice,
    write_off_invoice,
)
from tieout.practice.actions.invoices import (
    change_draft,
    create_invoice,
    discard_draft,
    finalise_invoice,
    finalise_invoices,
)
from tieout.practice.actions.ledger_lists import change_tax_rate
from tieout.practice.actions.service_items import UsedBy, archive_service_item, used_by
from tieout.practice.actor import ChangeRecord
from tieout.practice.billing_access import access_document, visible_documents
from tieout.practice.firms import Firm, Member
from tieout.practice.invoices import Invoice, InvoiceLine, Status
from tieout.practice.isolation import firm_scope
from tieout.practice.permissions import NotAllowed, NotYours
from tieout.practice.validation import Invalid

pytestmark = pytest.mark.usefixtures("scope")
D = Decimal


@pytest.fixture
def desk(firm: Firm, scope: None) -> Desk:
    return Desk.open(firm.pk)


def test_a_draft_counts_nowhere_and_a_finalized_invoice_does(desk: Desk) -> None:
    draft = desk.draft(lines=[{"item_id": desk.item.pk, "quantity": "2.5"}])
    line = draft.lines.get()
    assert (line.description, line.rate, line.gross) == ("Tax return", 100, 250)
    assert (draft.status, draft.number, draft.total, draft.balance) == (Status.DRAFT, "", 250, 0)
    assert desk.notes() == []
    assert desk.owed() == 0
    invoice = desk.finalise(draft)
    assert (invoice.status, invoice.number, invoice.balance) == (Status.FINALISED, "0001", 250)
    assert desk.notes() == [("invoice", str(invoice.pk), invoice.version)]
    assert desk.owed() == 250
    assert desk.finalise(invoice).version == invoice.version
    assert [each.verb for each in ChangeRecord.objects.filter(kind="invoice").order_by("id")] == [
        "drafted",
        "finalized",
    ]


def test_a_sent_invoice_is_paid_part_by_part_and_its_status_follows(desk: Desk) -> None:
    invoice = desk.invoice(100)
    assert desk.send(invoice).status == Status.SENT
    desk.pay(40, (invoice, 40))
    assert desk.fresh(invoice).status == Status.PART_PAID
    desk.pay(60, (invoice, 60))
    assert (desk.fresh(invoice).status, desk.fresh(invoice).balance, desk.owed()) == (Status.PAID, 0, 0)


def test_typed_numbers_are_kept_and_do_not_move_the_sequence(desk: Desk) -> None:
    assert desk.invoice(1).number == "0001"
    assert desk.invoice(1, number=" 2026-A ").number == "2026-A"
    assert desk.invoice(1, number="0003").number == "0003"
    assert [desk.invoice(1).number for _ in range(2)] == ["0002", "0004"]
    with pytest.raises(Invalid, match="Another invoice has the number 0003"):
        desk.draft(number="0003")
    with pytest.raises(Invalid, match="at most 21"):
        desk.draft(number="9" * 22)


def test_a_number_of_a_finalizing_that_failed_is_given_again(desk: Desk) -> None:
    empty = desk.draft(lines=[])
    with pytest.raises(Invalid, match="at least one line"):
        desk.finalise(empty)
    assert desk.invoice(1).number == "0001"


@pytest.mark.parametrize("terms", ["receipt", "net10", "net15", "net30", "net45", "net60"])
def test_the_due_date_follows_terms_and_date(desk: Desk, terms: str) -> None:
    days = int(terms.removeprefix("net")) if terms != "receipt" else 0
    draft = desk.draft(terms=terms, date="2026-10-01", due_date="2030-01-01")
    assert draft.due_date == date(2026, 10, 1) + timedelta(days=days)
    moved = change_draft(**desk.at(draft), date=date(2026, 10, 5))
    assert moved.due_date == date(2026, 10, 5) + timedelta(days=days)


def test_custom_terms_take_the_due_date_that_was_chosen(desk: Desk) -> None:
    assert desk.draft(terms="custom", due_date="2027-01-15").due_date == date(2027, 1, 15)
    with pytest.raises(Invalid, match="before the invoice date"):
        desk.draft(terms="custom", due_date="2026-01-15")


def test_every_problem_of_an_invoice_is_told_at_once_with_its_line(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        desk.draft(
            client_id=None,
            date=TODAY + timedelta(days=1),
            terms="net400",
            discount_kind="percent",
            discount_value=101,
            location_id=1,
            memo="x" * 1001,
            lines=[
                {"item_id": 0, "quantity": "-1", "rate": "1.000001", "date": "soon"},
                {"description": "", "rate": "", "tax_rate_id": 5, "tracking_class_id": 5, "client_id": 5},
            ],
        )
    assert set(refused.value.problems) == {
        "client_id",
        "date",
        "terms",
        "discount_value",
        "location_id",
        "memo",
        "lines.0.item_id",
        "lines.0.quantity",
        "lines.0.rate",
        "lines.0.date",
        "lines.0.description",
        "lines.1.description",
        "lines.1.rate",
        "lines.1.tax_rate_id",
        "lines.1.tracking_class_id",
        "lines.1.client_id",
    }
    assert not Invoice.objects.exists()


def test_an_invoice_of_the_future_is_refused_in_the_firms_own_time(desk: Desk) -> None:
    with pytest.raises(Invalid, match="today is November 20, 2026"):
        desk.draft(date="2026-11-21")
    draft = desk.draft(date="2026-11-20")
    with pytest.raises(Invalid, match="cannot be in the future"):
        finalise_invoice(**desk.at(draft, today=date(2026, 11, 19)), now=NOW)


def test_tax_and_discounts_are_those_of_the_rules(desk: Desk) -> None:
    draft = desk.draft(
        discount_kind="amount",
        discount_value="15.00",
        lines=[
            {"item_id": desk.taxed.pk, "quantity": 1},
            {"item_id": desk.item.pk, "rate": "50", "discount_kind": "percent", "discount_value": "10"},
            {"description": "Taxed by hand", "rate": 10, "tax_rate_id": desk.rate.pk},
            {"item_id": desk.taxed.pk, "tax_rate_id": None},
        ],
    )
    shares = [D("5.88"), D("2.65"), D("0.59"), D("5.88")]
    assert sum(shares) == 15
    base = 100 - shares[0] + 10 - shares[2]
    assert draft.subtotal == 260
    assert draft.discount_total == 20
    assert draft.tax_total == (base * D("0.0825")).quantize(D("0.01"))
    assert draft.total == 240 + draft.tax_total


def test_a_changed_tax_rate_rewrites_no_line(desk: Desk) -> None:
    invoice = desk.finalise(desk.draft(lines=[{"item_id": desk.taxed.pk}]))
    change_tax_rate(firm_id=desk.firm_id, tax_rate_id=desk.rate.pk, actor=desk.actor, percent=20)
    revised = revise_invoice(**desk.at(invoice), now=NOW, memo="Thank you")
    assert (revised.tax_total, revised.total) == (D("8.25"), D("108.25"))


def test_a_draft_changes_freely_and_a_change_of_nothing_is_none(desk: Desk) -> None:
    draft = desk.draft(lines=[{"item_id": desk.item.pk}])
    same = change_draft(**desk.at(draft), lines=[{"item_id": desk.item.pk, "rate": "100.00"}], memo=" ")
    assert same.version == 1
    changed = change_draft(**desk.at(draft), lines=[{"description": "Other", "rate": 7}], expected_version=1)
    assert (changed.version, changed.total, desk.lines(changed)) == (2, 7, [("Other", 7)])
    with pytest.raises(ChangedMeanwhile, match="this invoice"):
        change_draft(**desk.at(draft), memo="x", expected_version=1)
    discard_draft(firm_id=desk.firm_id, invoice_id=draft.pk, actor=desk.actor)
    assert not Invoice.objects.exists()
    assert not InvoiceLine.objects.exists()
    assert ChangeRecord.objects.filter(verb="discarded", record_id=draft.pk).exists()


def test_a_finalized_invoice_is_revised_not_edited_and_keeps_what_it_said(desk: Desk) -> None:
    invoice = desk.invoice(100)
    with pytest.raises(Invalid, match="Revise it instead"):
        change_draft(**desk.at(invoice), memo="x")
    with pytest.raises(Invalid, match="Revise it instead"):
        discard_draft(firm_id=desk.firm_id, invoice_id=invoice.pk, actor=desk.actor)
    revised = revise_invoice(
        **desk.at(invoice),
        now=NOW,
        reason="Agreed on the phone",
        lines=[{"description": "Less", "rate": "80"}],
        due_date="2027-01-01",
        terms="custom",
    )
    assert (revised.total, revised.balance, desk.owed()) == (80, 80, 80)
    kept = revised.revisions.get()
    assert (kept.number, kept.reason, kept.actor_label) == (1, "Agreed on the phone", "Test")
    assert (kept.said["total"], kept.said["terms"]) == ("100.00", "net30")
    assert [line["amount"] for line in kept.said["lines"]] == ["100.00"]
    assert desk.notes()[-1] == ("invoice", str(invoice.pk), revised.version)
    again = revise_invoice(**desk.at(invoice), now=NOW, lines=[{"description": "Less", "rate": 80}])
    assert again.version == revised.version


def test_a_revision_never_leaves_an_invoice_overpaid_or_with_someone_else(desk: Desk) -> None:
    invoice = desk.invoice(100)
    desk.pay(60, (invoice, 60))
    for wrong, sentence in (
        ({"lines": [{"description": "x", "rate": "59.99"}]}, r"\$60.00 has been paid"),
        ({"lines": []}, "at least one line"),
        ({"client_id": desk.client.pk}, "stays with its client"),
        ({"number": " "}, "keeps a number"),
        ({"date": "2026-12-01"}, "future"),
    ):
        with pytest.raises(Invalid, match=sentence):
            revise_invoice(**desk.at(invoice), now=NOW, **wrong)  # type: ignore[arg-type]
    assert (desk.fresh(invoice).total, desk.owed()) == (100, 40)
    exactly = revise_invoice(**desk.at(invoice), now=NOW, lines=[{"description": "x", "rate": 60}])
    assert (exactly.status, desk.owed()) == (Status.PAID, 0)


def test_void_keeps_number_and_lines_counts_for_nothing_and_is_refused_while_paid(desk: Desk) -> None:
    invoice = desk.invoice(100)
    payment = desk.pay(30, (invoice, 30))
    with pytest.raises(Invalid, match=r"\$30.00 has been paid"):
        void_invoice(**desk.at(invoice, today=None), now=NOW)
    desk.unapply(payment, invoice)
    voided = void_invoice(**desk.at(invoice, today=None), now=NOW, reason="Twice")
    assert (voided.status, voided.number, voided.total, voided.balance) == (Status.VOID, "0001", 100, 0)
    assert desk.owed() == 0
    assert void_invoice(**desk.at(invoice, today=None), now=NOW).version == voided.version
    with pytest.raises(Invalid, match="is void"):
        revise_invoice(**desk.at(invoice), now=NOW, memo="x")
    with pytest.raises(Invalid, match="still a draft"):
        void_invoice(**desk.at(desk.draft(), today=None), now=NOW)


def test_a_write_off_lowers_what_is_owed_and_can_be_claimed_again(desk: Desk) -> None:
    invoice = desk.invoice(100)
    where = desk.at(invoice, today=None)
    desk.pay(20, (invoice, 20))
    part = write_off_invoice(**where, now=NOW, amount="30")
    assert (part.status, part.total, part.balance, desk.owed()) == (Status.PART_PAID, 70, 50, 50)
    for wrong in ("50.01", "0", "-1", "0.001"):
        with pytest.raises(Invalid):
            write_off_invoice(**where, now=NOW, amount=wrong)
    rest = write_off_invoice(**where, now=NOW, reason="Moved away")
    assert (rest.status, rest.written_off, desk.owed()) == (Status.PAID, 80, 0)
    claimed = undo_write_off(**where, now=NOW)
    assert (claimed.status, claimed.balance, desk.owed()) == (Status.PART_PAID, 80, 80)
    assert [each.said["written_off"] for each in claimed.revisions.all()] == ["0.00", "30.00", "80.00"]
    nothing_paid = desk.invoice(10)
    assert write_off_invoice(**desk.at(nothing_paid, today=None), now=NOW).status == Status.WRITTEN_OFF


def test_many_are_finalized_each_for_itself(desk: Desk) -> None:
    good, empty, also_good = desk.draft(), desk.draft(lines=[]), desk.draft()
    results = finalise_invoices(
        firm_id=desk.firm_id,
        invoice_ids=[good.pk, empty.pk, "x", also_good.pk],
        actor=desk.actor,
        today=TODAY,
        now=NOW,
    )
    assert [each.invoice.number if each.invoice else "" for each in results] == ["0001", "", "", "0002"]
    assert results[1].problems == {"lines": "Add at least one line."}
    assert results[2].problems == {"": "There is no such invoice."}


def test_a_long_invoice_asks_the_database_as_often_as_a_short_one(desk: Desk) -> None:
    desk.invoice(1)
    counts = []
    for length in (2, 60):
        lines: list[Any] = [{"item_id": desk.taxed.pk}, {"item_id": desk.item.pk}] * (length // 2)
        with CaptureQueriesContext(connection) as queries:
            invoice = desk.finalise(desk.draft(lines=lines))
            revise_invoice(**desk.at(invoice), now=NOW, lines=lines[1:])
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_archived_item_or_client_is_on_no_new_invoice_but_stays_on_old_ones(desk: Desk) -> None:
    draft, invoice = desk.draft(lines=[{"item_id": desk.item.pk}]), desk.invoice(100)
    assert used_by(desk.firm_id, [desk.item.pk, desk.taxed.pk]) == {
        desk.item.pk: UsedBy(drafts=1, invoices=1),
        desk.taxed.pk: UsedBy(),
    }
    archive_service_item(firm_id=desk.firm_id, item_id=desk.item.pk, actor=desk.actor)
    with pytest.raises(Invalid, match="not archived"):
        desk.draft(lines=[{"item_id": desk.item.pk}])
    with pytest.raises(Invalid, match="Tax return is archived"):
        desk.finalise(draft)
    lines: list[Any] = [{"item_id": desk.item.pk, "rate": 90}]
    assert revise_invoice(**desk.at(invoice), now=NOW, lines=lines).total == 90
    other = desk.draft(lines=[{"description": "x", "rate": 1}])
    archive_client(firm_id=desk.firm_id, client_id=desk.client.pk, actor=desk.actor, although_open=True)
    with pytest.raises(Invalid, match="Restore the client first"):
        desk.finalise(other)


def test_staff_see_the_invoices_of_their_clients_only(desk: Desk, firm: Firm, alice: Member) -> None:
    invoice = desk.invoice(100)
    sam = make_member(firm, "sam@byrne.example", "Sam Lee", "staff-assigned")
    nobody = make_member(firm, "no@byrne.example", "No Body", "staff-all-no-billing")
    assert list(visible_documents(alice, Invoice)) == [invoice]
    assert list(visible_documents(sam, Invoice)) == []
    with pytest.raises(NotYours):
        access_document(sam, Invoice, invoice.pk)
    with pytest.raises(NotAllowed):
        visible_documents(nobody, Invoice)


def test_an_invoice_of_the_twin_is_not_found(desk: Desk, other_firm: Firm) -> None:
    invoice = desk.invoice(100)
    theirs: dict[str, Any] = {"firm_id": other_firm.pk, "invoice_id": invoice.pk, "actor": desk.actor}
    with firm_scope(other_firm.pk):
        for call in (
            lambda: change_draft(**theirs, today=TODAY, memo="x"),
            lambda: revise_invoice(**theirs, today=TODAY, now=NOW, memo="x"),
            lambda: void_invoice(**theirs, now=NOW),
            lambda: write_off_invoice(**theirs, now=NOW),
            lambda: finalise_invoice(**theirs, today=TODAY, now=NOW),
        ):
            with pytest.raises(NotYours):
                call()
        with pytest.raises(Invalid, match="Choose the client"):
            create_invoice(
                firm_id=other_firm.pk, actor=desk.actor, today=TODAY, client_id=desk.client.pk, lines=[]
            )


def test_lines_given_again_unchanged_beside_another_change_stay_the_rows_they_are(desk: Desk) -> None:
    draft = desk.draft()
    same = [{"item_id": desk.item.pk}]
    rows = list(draft.lines.values_list("pk", flat=True))
    change_draft(**desk.at(draft), memo="Other", lines=same)  # type: ignore[typeddict-item]
    desk.finalise(draft)
    revise_invoice(**desk.at(draft), now=NOW, memo="Once more", lines=same)  # type: ignore[typeddict-item]
    assert list(draft.lines.values_list("pk", flat=True)) == rows
    assert desk.fresh(draft).memo == "Once more"


@pytest.mark.parametrize("when", ["9999-12-31", "9999-01-01", "0001-01-01"])
def test_a_date_at_the_end_of_all_dates_is_a_slip_of_the_pen_whatever_the_terms(
    desk: Desk, when: str
) -> None:
    invoice = desk.invoice(5)
    for terms in ("net60", "receipt", "custom"):
        with pytest.raises(Invalid) as refused:
            desk.draft(date=when, terms=terms)
        assert refused.value.problems.keys() == {"date"}
        with pytest.raises(Invalid) as refused:
            revise_invoice(**desk.at(invoice), now=NOW, date=when, terms=terms)
        assert refused.value.problems.keys() == {"date"}
