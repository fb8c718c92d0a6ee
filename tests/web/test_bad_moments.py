"""Every bad moment with QuickBooks, as its user meets it: a sentence, a next step, and nothing lost afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tests.sync.rig import SOMEBODY, Rig
from tests.sync.test_documents import Books
from tests.web.conftest import entered
from tieout.practice.actions.service_items import create_service_item
from tieout.practice.invoices import Invoice
from tieout.practice.ledger_lists import ListEntry
from tieout.practice.numbering import sequence_of
from tieout.sync import connections
from tieout.sync.issues import CAUSES
from tieout.sync.models import Issue

pytestmark = pytest.mark.django_db
MANAGE = "/settings/integrations/quickbooks/"


def shown(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture(autouse=True)
def as_the_rig_sees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages ask the product's own engine; here they need nothing of it but where records are in QuickBooks."""
    monkeypatch.setattr(
        "tieout.sync.partners.deep_link", lambda *given, **named: "https://example.com/record"
    )
    monkeypatch.setattr(
        "tieout.sync.partners.settings_link", lambda *given, **named: "https://example.com/set"
    )


class Firm:
    def __init__(self) -> None:
        self.books = Books()
        self.books.review_items()
        self.item, self.client = self.books.item("Bookkeeping"), self.books.add_client("Ada Byrne")
        self.books.settle()
        self.books.send("invoice")

    @property
    def control(self) -> Any:
        return self.books.emulator.control

    @property
    def open(self) -> list[str]:
        """The causes of what is open, but for what the sample company has that takes no part."""
        return sorted(slug for slug, _ in self.books.issues() if slug != "not_eligible")

    def preference(self, **groups: Any) -> None:
        self.control.set_preferences(self.books.realm, groups)

    def edit(self, entity: str, record_id: str, operation: str = "update", **fields: Any) -> None:
        self.control.edit(self.books.realm, entity, record_id, fields, operation)

    def invoice(self) -> Any:
        return self.books.invoice(self.client, self.item)

    def sent(self) -> str:
        made = self.invoice()
        self.books.settle()
        return self.books.partner("invoice", made.pk)


def closed_period(firm: Firm) -> Callable[[], None]:
    firm.preference(AccountingInfoPrefs={"BookCloseDate": "2026-12-31"})
    firm.invoice()
    return lambda: firm.preference(AccountingInfoPrefs={"BookCloseDate": "2025-12-31"})


def duplicate_number(firm: Firm) -> None:
    firm.preference(SalesFormsPrefs={"CustomTxnNumbers": True})
    with firm.books.here():
        taken = sequence_of(firm.books.firm.pk, "invoice").next
    firm.edit("Invoice", next(iter(firm.books.of("Invoice"))), DocNumber=taken)
    firm.invoice()


def inactive_item(firm: Firm) -> Callable[[], None]:
    there = firm.books.partner("service_item", firm.item.pk)
    firm.edit("Item", there, Active=False)
    firm.invoice()
    return lambda: firm.edit("Item", there, Active=True)


def inactive_account(firm: Firm) -> Callable[[], None]:
    """The income account of an item that is yet to be made there was made inactive in QuickBooks."""
    books = firm.books
    with books.here():
        accounts = ListEntry.objects.filter(list="account", account_type="Income").order_by("id")
        account = accounts[1]
        firm.edit("Account", account.ledger_id, Active=False)
        create_service_item(
            firm_id=books.firm.pk,
            actor=SOMEBODY,
            name="Valuation",
            rate=Decimal(100),
            income_account_id=account.pk,
        )
    return lambda: firm.edit("Account", account.ledger_id, Active=True)


def deleted_there(firm: Firm) -> None:
    firm.edit("Invoice", firm.sent(), "delete")


def one_cent_off(firm: Firm) -> None:
    there = firm.sent()
    line = firm.books.of("Invoice")[there]["Line"][0]
    detail = {**line["SalesItemLineDetail"], "UnitPrice": Decimal("100.01")}
    changed = [{**line, "Amount": Decimal("100.01"), "SalesItemLineDetail": detail}]
    firm.edit("Invoice", there, Line=changed)


def duplicate_name(firm: Firm) -> None:
    firm.control.edit(firm.books.realm, "Vendor", None, {"DisplayName": "Bo Lee"}, "create")
    firm.books.add_client("Bo Lee")


MOMENTS: list[tuple[Callable[[Firm], Any], str, tuple[str, ...]]] = [
    (deleted_there, "gone_there", ("Send again", "Void here", "Take apart and leave out")),
    (one_cent_off, "amount_differs", ("Accept theirs", "Keep ours")),
    (duplicate_name, "name_taken", ("Link to…", "Use “Bo Lee (client)”", "Edit here")),
    (duplicate_number, "number_taken", ("Use ", "Link that invoice", "Edit here")),
    (inactive_item, "reference", ("Check again", "Edit here")),
    (
        closed_period,
        "closed_period",
        (
            "Check again",
            "Edit here",
            "Open QuickBooks settings",
            "Ask the QuickBooks administrator",
            "Leave out",
        ),
    ),
]


def test_each_is_listed_with_a_sentence_a_next_step_and_its_buttons_and_goes_when_cured() -> None:
    firm = Firm()
    cures = {}
    for happens, cause, _ in MOMENTS:
        cures[cause] = happens(firm)
        firm.books.until_the_change_feed_is_asked()
    browser = entered(firm.books.member)
    for _, cause, buttons in MOMENTS:
        page = shown(browser, f"{MANAGE}needs-you/?cause={cause}")
        assert CAUSES[cause].title in page, (cause, firm.books.issues())
        assert CAUSES[cause].next_step.split(",")[0] in page
        for button in buttons:
            assert button in page, (cause, button)
        assert ("Documents of $100.00." in page) is (cause != "duplicate_name" and cause != "name_taken"), (
            cause
        )
        assert not re.search(r"\b(6240|6140|6210|6200|610|2500|5010)\b", page), (
            "a code stands in for a sentence"
        )
    cures["closed_period"]()
    cures["reference"]()
    for cause in ("closed_period", "reference"):
        answer = browser.post(f"{MANAGE}needs-you/decide/", {"do": "retry_all", "cause": cause}, follow=True)
        assert "looked at again now" in answer.content.decode()
    firm.books.settle()
    assert not {slug for slug, _ in firm.books.issues()} & {"closed_period", "reference"}, firm.books.issues()

    # the number that is offered is free on both sides, and it is the one that is taken
    def offered() -> str:
        return re.findall(
            r"Use ([\w-]+)<", browser.get(f"{MANAGE}needs-you/?cause=number_taken").content.decode()
        )[0]

    first = offered()
    with firm.books.here():
        numbers = set(Invoice.objects.values_list("number", flat=True))
        asked = Issue.objects.get(cause="number_taken", closed_at=None)
        assert asked.suggestion in numbers, "QuickBooks has never heard of that one, but it is ours"
        assert first not in numbers
    assert firm.invoice().number == first, "meanwhile one of ours has that, too"
    free = offered()
    with firm.books.here():
        numbers = set(Invoice.objects.values_list("number", flat=True))
    assert free not in numbers
    answer = browser.get(f"{MANAGE}needs-you/?cause=number_taken").content.decode()
    value = re.findall(r'value="(use_number:\d+)"', answer)[0]
    browser.post(f"{MANAGE}needs-you/decide/", {"one": value})
    with firm.books.here():
        assert Invoice.objects.get(pk=asked.record_id).number == free
    firm.books.settle()
    assert "number_taken" not in {slug for slug, _ in firm.books.issues()}


def test_an_account_made_inactive_is_listed_with_its_cure_and_the_item_goes_afterwards() -> None:
    firm = Firm()
    cure = inactive_account(firm)
    firm.books.until_the_change_feed_is_asked()
    browser = entered(firm.books.member)
    page = shown(browser, f"{MANAGE}needs-you/?cause=reference")
    assert CAUSES["reference"].title in page, firm.books.issues()
    assert CAUSES["reference"].next_step.split(",")[0] in page
    assert "Valuation" in page
    assert "Edit here" in page
    cure()
    form = {"do": "retry_all", "cause": "reference"}
    assert (
        "looked at again now"
        in browser.post(f"{MANAGE}needs-you/decide/", form, follow=True).content.decode()
    )
    firm.books.settle()
    assert "reference" not in {slug for slug, _ in firm.books.issues()}
    assert "Valuation" in {one["Name"] for one in firm.books.of("Item").values()}


def test_signed_out_is_one_banner_with_the_queue_and_any_administrator_lets_it_go_on() -> None:
    rig = Rig()
    rig.set_up()
    rig.emulator.control.revoke(rig.realm)
    rig.add_client("Ada Byrne")
    rig.run()
    page = shown(entered(rig.member), MANAGE)
    assert "QuickBooks signed us out" in page
    assert (
        "Nothing is lost: connect QuickBooks again and the sync goes on where it stopped. 1 change waits safely and will be sent afterwards."
        in page
    )
    assert "Reconnect" in page
    with rig.here():
        assert connections.connection_of(rig.firm.pk).state == "needs_reconnect"  # type: ignore[union-attr]
    assert rig.connect().ok
    rig.settle()
    assert rig.customers_named("Ada Byrne")


def test_throttled_it_says_so_and_when_it_goes_on_and_everything_arrives() -> None:
    rig = Rig()
    rig.set_up()
    rig.fault("throttle", per_minute=0, times=3)
    rig.advance(600)
    rig.add_client("Ada Byrne")
    rig.run()
    page = shown(entered(rig.member), MANAGE)
    assert "asked us to slow down" in page
    assert "the next try is at" in page
    rig.settle()
    assert rig.customers_named("Ada Byrne")


def test_an_invoice_that_was_refused_is_tried_again_from_the_list_of_invoices() -> None:
    firm = Firm()
    cure = closed_period(firm)
    firm.books.settle()
    browser = entered(firm.books.member)
    page = browser.get("/billing/invoices/").content.decode()
    pick = re.findall(r'form="retry" name="pick" value="(\d+)"', page)[0]
    assert 'formaction="/settings/integrations/quickbooks/retry/invoice/"' in page
    cure()
    answer = browser.post(
        f"{MANAGE}retry/invoice/", {"pick": [pick, "x"], "back": "/billing/invoices/"}, follow=True
    )
    assert "Tried again now" in answer.content.decode()
    firm.books.settle()
    assert firm.books.partner("invoice", pick)
    assert 'form="retry"' not in browser.get("/billing/invoices/").content.decode()
    answer = browser.post(f"{MANAGE}retry/invoice/", {"pick": pick}, follow=True)
    assert "Nothing of what you chose waits" in answer.content.decode()


def test_leaving_out_what_went_by_itself_is_taken_back_to_where_it_was() -> None:
    firm = Firm()
    cure = closed_period(firm)
    firm.books.settle()
    browser = entered(firm.books.member)
    page = browser.get(f"{MANAGE}needs-you/?cause=closed_period").content.decode()
    (issue,) = re.findall(r'name="issue"[^>]*value="(\d+)"', page)
    browser.post(f"{MANAGE}needs-you/decide/", {"one": f"leave_out:{issue}"})
    firm.books.settle()
    assert firm.open == ["excluded"]
    browser.post(f"{MANAGE}needs-you/undo/")
    firm.books.settle()
    assert firm.open == ["closed_period"], "nobody was asked about it before"
    cure()
    browser.post(f"{MANAGE}needs-you/decide/", {"do": "retry_all", "cause": "closed_period"})
    firm.books.settle()
    assert firm.open == []
