"""Many invoices at once: each for itself, done once whoever works on the list, and honest about a stop in between."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from tests.practice.billing_world import NOW, Desk
from tieout.practice.actions.bulk import GIVEN_UP_AFTER, access_bulk, carry_on, start_bulk, unfinished_bulk
from tieout.practice.actions.sending import mail_invoice
from tieout.practice.bulk import BulkAct, BulkRow, BulkVerb, RowState
from tieout.practice.clients import Client
from tieout.practice.firms import Firm, Member
from tieout.practice.mail import NotSent
from tieout.practice.permissions import NotAllowed, NotYours
from tieout.practice.validation import Invalid

pytestmark = pytest.mark.usefixtures("scope")


def clock() -> datetime:
    return NOW


@pytest.fixture
def desk(firm: Firm) -> Desk:
    return Desk.open(firm.pk)


@pytest.fixture(autouse=True)
def mails(settings: Any) -> None:
    settings.MAIL_IS_SET_UP, settings.BULK_BELL = True, ""
    settings.DEFAULT_FROM_EMAIL = "Tieout <billing@example.com>"


def states(act: BulkAct) -> list[str]:
    return list(act.rows.values_list("state", flat=True))


def with_address() -> None:
    Client.objects.update(email="ada@example.com")


# One mail --------------------------------------------------------------------------------------------------------
def test_an_invoice_is_mailed_with_its_file_and_counts_as_sent(desk: Desk) -> None:
    with_address()
    invoice = desk.invoice(100)
    sent = mail_invoice(firm_id=desk.firm_id, invoice_id=invoice.pk, actor=desk.actor, now=NOW)
    assert (sent.status, sent.sent_to, sent.sent_at) == ("sent", "ada@example.com", NOW)
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["ada@example.com"], "Invoice 0001 from Byrne & Co")
    assert message.from_email == "Byrne & Co <billing@example.com>"
    assert "invoice 0001 over $100.00" in message.body
    assert "$100.00 is due on Dec 20, 2026" in message.body
    ((name, content, kind),) = message.attachments
    assert (name, kind, content[:5]) == ("Invoice-0001.pdf", "application/pdf", b"%PDF-")


def test_what_cannot_be_mailed_is_refused_and_stays_unsent(desk: Desk, settings: Any) -> None:
    draft, invoice = desk.draft(), desk.invoice(100)
    where = {"firm_id": desk.firm_id, "actor": desk.actor, "now": NOW}
    with pytest.raises(Invalid, match="finalize it first"):
        mail_invoice(**where, invoice_id=draft.pk)
    with pytest.raises(Invalid, match="Acme LLC has no e-mail address"):
        mail_invoice(**where, invoice_id=invoice.pk)
    with pytest.raises(Invalid, match="Enter an e-mail address"):
        mail_invoice(**where, invoice_id=invoice.pk, to="nobody")
    with pytest.raises(NotYours):
        mail_invoice(**where, invoice_id=999_999)
    settings.MAIL_IS_SET_UP = False
    with pytest.raises(NotSent):
        mail_invoice(**where, invoice_id=invoice.pk, to="ada@example.com")
    assert (mail.outbox, desk.fresh(invoice).status) == ([], "finalised")


# Many ------------------------------------------------------------------------------------------------------------
def test_many_are_finalized_and_mailed_each_for_itself(desk: Desk, alice: Member) -> None:
    with_address()
    good, empty, sent = desk.draft(), desk.draft(lines=[]), desk.invoice(5)
    ids = [good.pk, empty.pk, sent.pk, good.pk, 999_999]
    act = start_bulk(member=alice, verb=BulkVerb.FINALISE_AND_MAIL, invoice_ids=ids, now=NOW)
    assert states(act) == ["waiting"] * 3
    done = carry_on(firm_id=desk.firm_id, act_id=act.pk, clock=clock)
    assert (states(act), done.finished_at) == (["done", "refused", "done"], NOW)
    assert act.rows.get(state=RowState.REFUSED).problem == "Add at least one line."
    assert [desk.fresh(each).status for each in (good, empty, sent)] == ["sent", "draft", "sent"]
    assert len(mail.outbox) == 2
    carry_on(firm_id=desk.firm_id, act_id=act.pk, clock=clock)
    assert len(mail.outbox) == 2


def test_a_stop_in_the_middle_of_a_mail_is_told_and_never_mailed_again(desk: Desk, alice: Member) -> None:
    with_address()
    invoices = [desk.invoice(each) for each in (1, 2)]
    act = start_bulk(member=alice, verb=BulkVerb.MAIL, invoice_ids=[each.pk for each in invoices], now=NOW)
    BulkRow.objects.filter(position=0).update(state=RowState.DOING, began_at=NOW)
    assert carry_on(firm_id=desk.firm_id, act_id=act.pk, clock=clock).finished_at is None
    assert states(act) == ["doing", "done"]
    later = NOW + GIVEN_UP_AFTER + timedelta(seconds=1)
    assert unfinished_bulk(later) == [(desk.firm_id, act.pk)]
    carry_on(firm_id=desk.firm_id, act_id=act.pk, clock=lambda: later)
    assert (states(act), len(mail.outbox)) == (["unclear", "done"], 1)
    assert unfinished_bulk(later) == []


def test_a_stop_in_the_middle_of_anything_else_is_made_good(desk: Desk, alice: Member) -> None:
    draft = desk.draft()
    act = start_bulk(member=alice, verb=BulkVerb.FINALISE, invoice_ids=[draft.pk], now=NOW)
    BulkRow.objects.update(state=RowState.DOING, began_at=NOW - GIVEN_UP_AFTER - timedelta(seconds=1))
    carry_on(firm_id=desk.firm_id, act_id=act.pk, clock=clock)
    assert (states(act), desk.fresh(draft).number) == (["done"], "0001")


def test_one_who_lost_the_right_meanwhile_does_nothing_more(desk: Desk, alice: Member) -> None:
    draft = desk.draft()
    act = start_bulk(member=alice, verb=BulkVerb.FINALISE, invoice_ids=[draft.pk], now=NOW)
    Member.objects.update(is_active=False)
    carry_on(firm_id=desk.firm_id, act_id=act.pk, clock=clock)
    assert act.rows.get().problem == "Alice Byrne may no longer write, issue and void invoices."
    assert desk.fresh(draft).status == "draft"


def test_a_draft_thrown_away_meanwhile_is_told(desk: Desk, alice: Member) -> None:
    draft = desk.draft()
    act = start_bulk(member=alice, verb=BulkVerb.FINALISE, invoice_ids=[draft.pk], now=NOW)
    draft.delete()
    carry_on(firm_id=desk.firm_id, act_id=act.pk, clock=clock)
    assert act.rows.get().problem == "This draft was thrown away meanwhile."


def test_nobody_starts_what_they_may_not_nor_sees_what_others_started(
    desk: Desk, alice: Member, mallory: Member
) -> None:
    draft = desk.draft()
    act = start_bulk(member=alice, verb=BulkVerb.FINALISE, invoice_ids=[draft.pk], now=NOW)
    with pytest.raises(NotYours):
        access_bulk(mallory, act.pk)
    alice.role = alice.firm.roles.get(preset="staff-all-no-billing")
    with pytest.raises(NotAllowed):
        start_bulk(member=alice, verb=BulkVerb.FINALISE, invoice_ids=[draft.pk], now=NOW)


def test_a_long_list_and_every_mail_ring_the_worker(desk: Desk, alice: Member, settings: Any) -> None:
    rung: list[Any] = []
    settings.BULK_BELL = "tests.practice.test_billing_bulk.ring"
    globals()["ring"] = rung.append
    draft = desk.draft()
    start_bulk(member=alice, verb=BulkVerb.FINALISE, invoice_ids=[draft.pk], now=NOW)
    assert rung == []
    act = start_bulk(member=alice, verb=BulkVerb.MAIL, invoice_ids=[draft.pk], now=NOW)
    assert rung == [act.pk]
