"""The pages of invoices as a person meets them: written, listed, finalized, sent, revised, void, written off."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser

from tests.practice.billing_world import NOW, Desk
from tests.web.conftest import entered, make_firm, make_members
from tests.web.test_pages import Reading
from tieout.practice.actions.clients import change_client, create_client
from tieout.practice.actions.groups import add_to_group, create_group
from tieout.practice.actions.ledger_lists import keep_list_entry
from tieout.practice.actions.recurring import create_recurring
from tieout.practice.clients import Kind
from tieout.practice.firms import Firm, Member
from tieout.practice.invoices import Invoice
from tieout.practice.ledger_lists import LedgerList
from tieout.practice.records import lists_used
from tieout.practice.recurring import RecurringInvoice
from tieout.web.billing.invoice_typed import InvoiceTyped, LineTyped, blank_line

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
INVOICES = "/billing/invoices/"
PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def at_noon(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages see the day on which the desk's documents are written."""
    settings.OUTBOX_BELL = ""
    monkeypatch.setattr("tieout.web.billing.acting.timezone.now", lambda: NOW)


@pytest.fixture
def desk(in_firm: Firm) -> Desk:
    return Desk.open(in_firm.pk)


def numbers(page: bytes) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*><a href="[^"]+">([^<]+)</a>', page.decode())


def problems(content: bytes) -> list[str]:
    reading = Reading()
    reading.feed(content.decode())
    return reading.problems()


def text(content: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", content.decode()).split())


def typed(desk: Desk, *lines: dict[str, Any], **head: Any) -> dict[str, str]:
    """What a browser sends of the form."""
    form = {
        "client_id": desk.client.pk,
        "terms": "net30",
        "date": "2026-11-20",
        "line_count": len(lines),
        "do": "save",
    }
    for row, line in enumerate(lines):
        form |= {f"line-{row}-{name}": value for name, value in {"tax_rate_id": "item", **line}.items()}
    return {name: str(value) for name, value in {**form, **head}.items()}


def form_of(page: bytes) -> dict[str, str]:
    """Every input of a page with its value, as a browser would send it back unchanged."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page.decode()):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="checkbox"' not in tag:
            found[name[1]] = value[1] if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]*)".*?>(.*?)</select>', page.decode(), re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = chosen[1] if chosen else ""
    for name, value in re.findall(
        r'<textarea[^>]*name="([^"]*)"[^>]*>\s?(.*?)</textarea>', page.decode(), re.S
    ):
        found[name] = value
    found.pop("csrfmiddlewaretoken", None)
    found.pop("search", None)
    return found | {"do": "save"}


# Writing ------------------------------------------------------------------------------------------------------
def test_a_draft_is_written_with_what_its_items_say(desk: Desk, signed_in: SignedIn) -> None:
    form = typed(
        desk, {"item_id": desk.item.pk}, {"item_id": desk.taxed.pk, "quantity": "2"}, {}, terms="net15"
    )
    answer = signed_in("admin").post(f"{INVOICES}new/", form)
    invoice = Invoice.objects.get()
    assert answer["Location"] == f"{INVOICES}{invoice.pk}/"
    assert desk.lines(invoice) == [("Tax return", Decimal(100)), ("Software", Decimal(200))]
    assert (invoice.total, invoice.due_date, invoice.number) == (Decimal("316.50"), date(2026, 12, 5), "")


def test_the_unsaved_form_grows_and_shrinks_without_losing_what_was_typed(
    desk: Desk, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    form = typed(
        desk, {"description": "First", "rate": "5"}, {"description": "Second", "rate": "7"}, memo="Hello"
    )
    more = browser.post(f"{INVOICES}new/", form | {"do": "add"})
    assert more.status_code == 200
    assert form_of(more.content)["line_count"] == "3"
    fewer = form_of(browser.post(f"{INVOICES}new/", form | {"do": "remove-0"}).content)
    assert (fewer["line_count"], fewer["line-0-description"], fewer["memo"]) == ("1", "Second", "Hello")
    assert not Invoice.objects.exists()


def test_a_part_of_the_form_is_computed_by_the_server(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    form = typed(
        desk, {"item_id": desk.taxed.pk, "rate": "200"}, discount_value="10", discount_kind="percent"
    )
    form.pop("do")
    sums = browser.post(f"{INVOICES}parts/", form, headers=PART).content
    assert "Subtotal $200.00 Discount -$20.00 State, 8.25% of $180.00 $14.85 Total $194.85" in text(sums)
    assert b'id="line-0-amount"' in sums
    assert b'name="line-0-rate"' not in sums, "inputs stay as they are while somebody types"
    rows = browser.post(f"{INVOICES}parts/", form | {"do": "item-0"}, headers=PART).content
    assert form_of(rows)["line-0-rate"] == "100"
    wrong = browser.post(f"{INVOICES}parts/", form | {"line-0-rate": "much"}, headers=PART).content
    assert "The total shows once these are right" in text(wrong)


def test_the_due_date_follows_the_terms_while_one_chooses(desk: Desk, signed_in: SignedIn) -> None:
    form = typed(desk, {}, terms="net10", number="", due_date="2026-12-24")
    form.pop("do")
    browser = signed_in("admin")
    assert b'value="2026-11-30"' in browser.post(f"{INVOICES}parts/", form, headers=PART).content
    assert (
        b"due_date" not in browser.post(f"{INVOICES}parts/", form | {"terms": "custom"}, headers=PART).content
    )


def test_what_is_wrong_stands_beside_its_row_and_nothing_is_saved(desk: Desk, signed_in: SignedIn) -> None:
    form = typed(
        desk, {}, {"description": "Advice", "rate": "much", "quantity": "2"}, date="2026-11-21", memo="Kept"
    )
    answer = signed_in("admin").post(f"{INVOICES}new/", form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="line-1-rate-problem"' in page
    assert "cannot be in the future" in page
    assert form_of(answer.content)["memo"] == "Kept"
    assert problems(answer.content) == []
    assert not Invoice.objects.exists()


def test_a_double_click_writes_one_draft(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    form = typed(desk, {"item_id": desk.item.pk}, form_token="once")
    first, second = (browser.post(f"{INVOICES}new/", form) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Invoice.objects.count() == 1


def test_a_group_is_billed_through_its_client_with_lines_for_its_members(
    desk: Desk, signed_in: SignedIn
) -> None:
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor}
    group = create_group(**where, name="The Acmes")
    other = create_client(**where, kind=Kind.BUSINESS, name="Acme Two")
    for client in (desk.client, other):
        add_to_group(**where, group_id=group.pk, client_id=client.pk)
    browser = signed_in("admin")
    assert b"Acme Two" in browser.get(f"{INVOICES}new/?group={group.pk}").content
    browser.post(
        f"{INVOICES}new/",
        typed(desk, {"item_id": desk.item.pk, "client_id": other.pk}, group_id=group.pk),
    )
    invoice = Invoice.objects.get()
    assert (invoice.group, invoice.client, invoice.lines.get().client) == (group, desk.client, other)


def test_a_draft_is_changed_and_an_older_form_does_not_undo_it(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    draft = desk.draft(memo="One")
    where = f"{INVOICES}{draft.pk}/edit/"
    form = form_of(browser.get(where).content)
    browser.post(where, form | {"memo": "Two"})
    assert desk.fresh(draft).memo == "Two"
    assert desk.lines(draft) == [("Tax return", Decimal(100))]
    page = browser.post(where, form | {"memo": "Three"}, follow=True).content
    assert b"while you were editing" in page
    assert desk.fresh(draft).memo == "Two"


def test_lists_of_the_ledger_are_asked_for_only_once_they_are_here(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    where = f"{INVOICES}new/?client={desk.client.pk}"
    page = browser.get(where).content
    assert b"Class, line 1" not in page
    assert b"Location" not in page
    kept = keep_list_entry(
        firm_id=desk.firm_id, of=LedgerList.TRACKING_CLASS, ledger_id="3", actor=desk.actor, name="Audit"
    )
    assert b"Class, line 1" in browser.get(where).content
    browser.post(f"{INVOICES}new/", typed(desk, {"item_id": desk.item.pk, "tracking_class_id": kept.pk}))
    invoice = Invoice.objects.get()
    assert invoice.lines.get().tracking_class == kept
    lists_used(desk.firm_id, {"tracking_class": False})
    assert b"Class, line 1" not in browser.get(where).content, "turned off in the ledger, it is asked no more"
    written = form_of(browser.get(f"{INVOICES}{invoice.pk}/edit/").content)
    assert written["line-0-tracking_class_id"] == str(kept.pk), "what is chosen stays, and can be taken off"
    browser.post(f"{INVOICES}{invoice.pk}/edit/", written | {"line-0-tracking_class_id": ""})
    assert invoice.lines.get().tracking_class is None
    page = browser.post(
        f"{INVOICES}new/", typed(desk, {"item_id": desk.item.pk, "tracking_class_id": kept.pk})
    )
    assert b"Choose a class that is offered now, or none." in page.content
    lists_used(desk.firm_id, {"tracking_class": True})
    assert b"Class, line 1" in browser.get(where).content


# The life of an invoice ----------------------------------------------------------------------------------------
def test_an_invoice_lives_from_draft_to_revision_to_void(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    draft = desk.draft()
    here = f"{INVOICES}{draft.pk}/"
    assert b"Ready to be finalized" in browser.get(here).content
    browser.post(f"{here}finalize/", {"version": draft.version})
    assert (desk.fresh(draft).number, desk.fresh(draft).status) == ("0001", "finalised")
    browser.post(f"{here}send/", {"sent_to": "a@acme.example"})
    assert (desk.fresh(draft).status, desk.fresh(draft).sent_to) == ("sent", "a@acme.example")
    form = form_of(browser.get(f"{here}revise/").content)
    browser.post(f"{here}revise/", form | {"line-0-rate": "150", "reason": "Agreed on more"})
    assert desk.fresh(draft).total == 150
    page = text(browser.get(here).content)
    assert "Version 1, $100.00" in page
    assert "Agreed on more" in page
    assert "Dana Reyes revised this invoice" in page
    assert "Lines: changed" in page
    browser.post(f"{here}write-off/", {"amount": "50", "reason": "Kind"})
    assert desk.fresh(draft).balance == 100
    browser.post(f"{here}undo-write-off/")
    assert desk.fresh(draft).balance == 150
    browser.post(f"{here}void/", {"reason": "Wrong client", "version": desk.fresh(draft).version})
    assert (desk.fresh(draft).status, desk.owed()) == ("void", 0)


def test_greyed_actions_say_why(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    paid = desk.invoice(100)
    desk.pay(100, (paid, 100))
    page = text(browser.get(f"{INVOICES}{paid.pk}/").content)
    assert "Nothing is owed on it." in page
    assert "$100.00 of payments and credits is on it. Take that off first." in page
    draft = text(browser.get(f"{INVOICES}{desk.draft().pk}/").content)
    assert "It is still a draft. Finalize it first." in draft


def test_who_may_not_is_told_who_can_help(
    desk: Desk, members: dict[str, Member], signed_in: SignedIn
) -> None:
    role = members["staff-all"].role
    role.permissions = ["view_clients", "view_all_clients", "view_billing"]
    role.save()
    invoice = desk.invoice(100)
    browser = signed_in("staff-all")
    page = text(browser.get(f"{INVOICES}{invoice.pk}/").content)
    assert "You need the permission “Invoices” to write, issue and void invoices. Dana Reyes" in page
    for address in ("edit/", "revise/", "void/", "write-off/", "send/", "discard/", "pay/"):
        assert browser.get(f"{INVOICES}{invoice.pk}/{address}").status_code == 403, address
    assert browser.post(f"{INVOICES}many/", {"pick": invoice.pk}).status_code == 403


def test_a_refused_verb_tells_why_and_changes_nothing(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    paid = desk.invoice(100)
    desk.pay(40, (paid, 40))
    page = browser.post(f"{INVOICES}{paid.pk}/void/", follow=True).content
    assert b"$40.00 has been paid or credited. Take that off the invoice first." in page
    assert desk.fresh(paid).status == "part_paid"


def test_a_draft_is_discarded(desk: Desk, signed_in: SignedIn) -> None:
    draft = desk.draft()
    browser = signed_in("admin")
    assert b"Way back" in browser.get(f"{INVOICES}{draft.pk}/discard/").content
    browser.post(f"{INVOICES}{draft.pk}/discard/")
    assert not Invoice.objects.exists()


# The list ------------------------------------------------------------------------------------------------------


def test_a_recurring_invoice_is_made_changed_paused_and_run(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    where = "/billing/recurring/"
    form = form_of(browser.get(f"{where}new/?client={desk.client.pk}").content)
    form |= {"name": "Books", "first_date": "2026-10-01", "line-0-item_id": str(desk.item.pk)}
    refused = browser.post(f"{where}new/", form | {"last_count": "3", "last_date": "2027-01-01"})
    assert b"not both" in refused.content
    assert problems(refused.content) == []
    refused = browser.post(f"{where}new/", form | {"first_date": "2016-10-01"})
    assert b"more than a year back. Choose one from November 19, 2025 on" in refused.content
    assert not RecurringInvoice.objects.exists()
    browser.post(f"{where}new/", form)
    recurring = RecurringInvoice.objects.get()
    here = f"{where}{recurring.pk}/"
    edited = form_of(browser.get(f"{here}edit/").content) | {"line-0-rate": "80", "name": "Monthly books"}
    browser.post(f"{here}edit/", edited)
    browser.post(f"{where}run/")
    assert [invoice.total for invoice in Invoice.objects.order_by("date")] == [Decimal(80), Decimal(80)]
    page = text(browser.get(here).content)
    assert "Monthly from Oct 1, 2026" in page
    assert "Next: Dec 1, 2026" in page
    browser.post(f"{here}switch/", {"on": "0"})
    assert not desk.fresh(recurring).is_active
    assert "Paused" in text(browser.get(where).content)
    for address in (where, here, f"{here}edit/", f"{where}new/?client={desk.client.pk}"):
        assert problems(browser.get(address).content) == [], address
    twin = entered(make_members(make_firm("Twin"))["admin"])
    assert twin.get(here).status_code == twin.post(f"{here}switch/").status_code == 404


def test_a_recurring_invoice_that_stopped_says_why(desk: Desk, signed_in: SignedIn) -> None:
    made = create_recurring(
        firm_id=desk.firm_id,
        actor=desk.actor,
        today=date(2026, 11, 20),
        name="Books",
        frequency="monthly",
        first_date="2026-11-01",
        content={"client_id": desk.client.pk, "lines": [{"item_id": desk.item.pk}]},
    )
    RecurringInvoice.objects.filter(pk=made.pk).update(problem="Tax return is archived.")
    assert "Stopped Tax return is archived." in text(signed_in("admin").get("/billing/recurring/").content)


def test_what_is_due_in_the_whole_firm_is_written_by_those_who_see_all_of_it(
    desk: Desk, signed_in: SignedIn, members: dict[str, Member]
) -> None:
    told: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor}
    change_client(**told, client_id=desk.client.pk, assigned_to_id=members["staff-assigned"].pk)
    create_recurring(
        **told,
        today=date(2026, 11, 20),
        name="Books",
        frequency="monthly",
        first_date="2026-11-01",
        content={"client_id": desk.client.pk, "lines": [{"item_id": desk.item.pk}]},
    )
    browser = signed_in("staff-assigned")
    page = browser.get("/billing/recurring/").content
    assert b"takes the right to see all of them" in page
    assert problems(page) == []
    assert browser.post("/billing/recurring/run/").status_code == 403
    assert not Invoice.objects.exists()


# What is typed -------------------------------------------------------------------------------------------------
def test_a_refusal_finds_its_row_past_the_empty_ones() -> None:
    first, empty, second = blank_line(), blank_line(), blank_line()
    first.values["rate"] = second.values["rate"] = "1"
    form = InvoiceTyped({}, [first, empty, second])
    form.take({"lines.1.rate": "Too much.", "lines.9.rate": "Nowhere.", "date": "Late."})
    assert (second.problems, first.problems) == ({"rate": "Too much."}, {})
    assert form.problems == {"lines.9.rate": "Nowhere.", "date": "Late."}


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("", "percent", ("0", "")),
        ("0.00", "amount", ("0", "")),
        ("5", "", ("5", "amount")),
        ("10", "percent", ("10", "percent")),
    ],
)
def test_a_discount_is_one_only_with_a_number(value: str, kind: str, expected: tuple[str, str]) -> None:
    line = LineTyped(blank_line().values | {"discount_value": value, "discount_kind": kind})
    fields = line.fields()
    assert (fields["discount_value"], fields["discount_kind"]) == expected
