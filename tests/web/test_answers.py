"""Shows what an answer to what is listed does: to one difference on two cards, to many rows at once, and what it says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.web.conftest import entered
from tests.web.fake_sync import an_issue
from tests.web.test_bad_moments import (
    MANAGE,
    Firm,
    as_the_rig_sees_it,  # noqa: F401 - a fixture that every test here uses
    closed_period,
    one_cent_off,
)
from tests.web.test_needs_you import stamps
from tieout.practice.invoices import Invoice
from tieout.practice.number_text import next_number
from tieout.practice.numbering import sequence_of
from tieout.practice.validation import Invalid
from tieout.sync.decisions import CannotDecide
from tieout.sync.models import Issue
from tieout.sync.worklist import WorkRow
from tieout.web.integrations import acts

pytestmark = pytest.mark.django_db


def test_one_cent_off_is_one_answer_and_the_answer_says_what_comes_of_it() -> None:
    firm = Firm()
    one_cent_off(firm)
    firm.books.until_the_change_feed_is_asked()
    assert firm.open == ["amount_differs", "drift"]
    browser = entered(firm.books.member)

    def answer(verb: str, cause: str) -> str:
        with firm.books.here():
            issue = Issue.objects.get(cause=cause, closed_at=None).pk
        page = browser.post(
            f"{MANAGE}needs-you/decide/", {"one": f"{verb}:{issue}", **stamps(browser)}, follow=True
        )
        firm.books.settle()
        return " ".join(page.content.decode().split())

    page = answer("keep_ledger", "amount_differs")
    assert "both amounts are let stand, and neither document is changed." in page
    assert firm.open == [], "the lines that make the cent are accepted with it"
    one_cent_off(firm)
    firm.books.until_the_change_feed_is_asked()
    assert "ours is written to QuickBooks again." in answer("keep_practice", "drift")
    assert firm.open == []
    one_cent_off(firm)
    firm.books.until_the_change_feed_is_asked()
    assert "QuickBooks keeps what it shows, and here it stays as it is." in answer("keep_ledger", "drift")
    assert firm.open == []
    last = max(firm.books.of("Invoice").values(), key=lambda one: int(one["Id"]))
    assert Decimal(str(last["TotalAmt"])) == Decimal("100.01"), "accepted there, never written"


def test_taken_numbers_and_names_are_answered_for_many_with_one_press() -> None:
    firm = Firm()
    browser = entered(firm.books.member)
    firm.preference(SalesFormsPrefs={"CustomTxnNumbers": True})
    with firm.books.here():
        first = sequence_of(firm.books.firm.pk, "invoice").next
    taken = [first]
    for there in list(firm.books.of("Invoice"))[:3]:
        firm.edit("Invoice", there, DocNumber=taken[-1])
        taken.append(next_number(taken[-1]))
    refused = [firm.invoice() for _ in range(3)]
    for name in ("Bo Lee", "Cy Fox"):
        firm.control.edit(firm.books.realm, "Vendor", None, {"DisplayName": name}, "create")
        firm.books.add_client(name)
    firm.books.settle()
    assert firm.open == ["name_taken"] * 2 + ["number_taken"] * 3

    def for_all(verb: str, cause: str) -> str:
        page = browser.get(f"{MANAGE}needs-you/?cause={cause}").content.decode()
        assert f'name="do" form="decide-{cause}" value="{verb}"' in page
        ids = re.findall(r'name="issue"[^>]*value="(\d+)"', page)
        return browser.post(
            f"{MANAGE}needs-you/decide/", {"do": verb, "issue": ids}, follow=True
        ).content.decode()

    assert "3 invoices have free numbers now, and are sent under them." in for_all(
        "use_number", "number_taken"
    )
    assert "2 clients have “(client)” behind their names now" in for_all("use_name", "name_taken")
    with firm.books.here():
        numbers = set(
            Invoice.objects.filter(pk__in=[one.pk for one in refused]).values_list("number", flat=True)
        )
    assert len(numbers) == 3
    assert not numbers & set(taken[:3])
    firm.books.settle()
    assert firm.open == []
    assert firm.books.customers_named("Bo Lee (client)")


def test_of_many_that_are_given_numbers_those_that_are_refused_are_counted_with_the_reason() -> None:
    row = replace(an_issue("1001", "number_taken"), suggestion="1041")

    def give(of: WorkRow) -> str:
        if of.id == 8:
            raise Invalid({"status": "Invoice 1002 is void."})
        return "1041"

    assert acts._each([row, replace(row, id=8)], give) == (
        ["1041"],
        " 1 stays as it is: Invoice 1002 is void.",
    )
    with pytest.raises(CannotDecide, match="is void"):
        acts._each([replace(row, id=8)], give)


def test_check_again_for_all_is_for_all_of_the_list_as_it_is_narrowed() -> None:
    firm = Firm()
    closed_period(firm)
    firm.invoice()
    firm.books.settle()
    with firm.books.here():
        mine, other = Issue.objects.filter(cause="closed_period", closed_at=None).order_by("id")
        Issue.objects.filter(pk=mine.pk).update(assigned_to=firm.books.member)
    browser = entered(firm.books.member)
    form = {"do": "retry_all", "cause": "closed_period", "listing": "needs_you"}
    for narrowed, count in (
        ({"mine": "1"}, 1),
        ({"entity": "payment"}, 0),
        ({"entity": "invoice"}, 2),
        ({}, 2),
    ):
        answer = browser.post(f"{MANAGE}needs-you/decide/", form | narrowed, follow=True)
        assert f"{count} looked at again now" in answer.content.decode(), narrowed
    with firm.books.here():
        Issue.objects.filter(pk=other.pk).update(put_off_until=firm.books.clock.now() + timedelta(days=900))
    answer = browser.post(f"{MANAGE}needs-you/decide/", form, follow=True)
    assert "1 looked at again now" in answer.content.decode(), "what was put off stays put off"
    with firm.books.here():
        Issue.objects.filter(pk=mine.pk).update(assigned_to=None)
        Issue.objects.filter(pk=other.pk).update(put_off_until=None)
    page = browser.get(f"{MANAGE}needs-you/?entity=invoice").content.decode()
    form_of = page.split('value="retry_all"')[0].rpartition("<form")[2]
    assert 'name="entity" value="invoice"' in form_of
    assert 'name="listing" value="needs_you"' in form_of
