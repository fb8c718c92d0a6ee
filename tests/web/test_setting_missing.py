"""What waits for an account, an item or a tax code to be chosen is listed so, with the way there, and then goes by itself."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from tests.sync.rig import SOMEBODY
from tests.sync.test_documents import TODAY, Books
from tests.web.conftest import entered
from tieout.practice.actions.ledger_lists import create_tax_rate
from tieout.practice.actions.payments import record_payment
from tieout.practice.actions.refunds import refund_payment
from tieout.practice.ledger_lists import ListEntry
from tieout.sync import chosen
from tieout.sync.models import Issue

pytestmark = pytest.mark.django_db
MANAGE = "/settings/integrations/quickbooks/"
CHECKING, SAVINGS = "35", "36"
"""Accounts of the sample company."""


@pytest.fixture
def books() -> Books:
    made = Books()
    made.review_items()
    made.item_, made.client_ = made.item("Bookkeeping"), made.add_client("Ada Byrne")  # type: ignore[attr-defined]
    made.settle()
    made.send("invoice", "payment", "credit", "credit_application", "refund")
    return made


def paid(books: Any) -> Any:
    with books.here():
        return record_payment(
            firm_id=books.firm.pk,
            actor=SOMEBODY,
            today=TODAY,
            client_id=books.client_,
            date=TODAY,
            amount=Decimal(60),
            method="check",
        )


def asked(books: Books) -> list[str]:
    """Causes of what waits; the sample company's sub-customers take no part."""
    return [cause for cause, _ in books.issues() if cause != "not_eligible"]


def options(books: Books, key: str) -> list[str]:
    with books.here():
        (one,) = chosen.choices(books.connection, key, engine=books.engine)
        return [value for value, _ in one.options]


def choose(books: Books, key: str, value: str) -> None:
    with books.here():
        assert chosen.choose(books.member, key, value, engine=books.engine)
    books.settle()


def card(books: Books, cause: str) -> str:
    page = entered(books.member).get(f"{MANAGE}needs-you/?cause={cause}").content.decode()
    return " ".join(page.split())


def test_a_refund_whose_item_and_account_nobody_chose_says_so_and_goes_once_they_are(books: Books) -> None:
    payment = paid(books)
    with books.here():
        refund = refund_payment(
            firm_id=books.firm.pk, payment_id=payment.pk, actor=SOMEBODY, today=TODAY, amount=Decimal(20)
        )
    books.settle()
    assert asked(books) == ["setting_missing"]
    page = card(books, "setting_missing")
    assert "Waits for an account, item or tax code to be chosen" in page
    (way,) = re.findall(r'href="([^"]*/advanced/[^"]*#accounts)"', page)
    settings = entered(books.member).get(way.partition("#")[0]).content.decode()
    accounts = settings.split('id="accounts"')[1]
    assert "<details open>" in accounts
    assert accounts.count("Refunds wait.") == 2
    before = len(books.of("RefundReceipt"))
    choose(books, "refund_item", options(books, "refund_item")[0])
    assert "the account a refund is paid from" in card(books, "setting_missing"), (
        "one of the two is still missing"
    )
    choose(books, "refund_account", CHECKING)
    assert not asked(books)
    assert len(books.of("RefundReceipt")) == before + 1
    assert books.partner("refund", refund.pk)


def test_what_an_inactive_account_stopped_goes_once_another_is_chosen(books: Books) -> None:
    choose(books, "deposit_account", CHECKING)
    books.emulator.control.edit(books.realm, "Account", CHECKING, {"Active": False})
    payment = paid(books)
    books.settle()
    assert asked(books) == ["reference"]
    assert "/advanced/?choose=1#accounts" in card(books, "reference")
    books.until_the_change_feed_is_asked()
    page = entered(books.member).get(f"{MANAGE}advanced/").content.decode()
    assert "What was chosen is no longer in use in QuickBooks." in page
    choose(books, "deposit_account", SAVINGS)
    assert not asked(books)
    assert books.partner("payment", payment.pk)


def test_mapping_a_tax_rate_on_either_page_has_what_waited_for_a_code_looked_at_again(books: Books) -> None:
    with books.here():
        rate = create_tax_rate(firm_id=books.firm.pk, actor=SOMEBODY, name="County", percent="8.25")
        codes = [
            ListEntry.objects.create(
                firm_id=books.firm.pk, list="tax_code", ledger_id=one, name=one, full_name=one
            )
            for one in ("TAX", "NON")
        ]
    forms: dict[str, dict[str, object]] = {
        f"{MANAGE}invoices/tax/{rate.pk}/": {"tax_code": codes[0].pk},
        f"/billing/settings/tax-rates/{rate.pk}/": {
            "name": "County",
            "percent": "8.25",
            "tax_code_id": codes[1].pk,
            "version": 2,
        },
    }
    for page, form in forms.items():
        with books.here():
            issue = Issue.objects.create(
                firm_id=books.firm.pk, connection=books.connection, entity="invoice", side="practice", record_id="7",
                cause="setting_missing", listing="needs_you", opened_at=books.clock.now(),
            )  # fmt: skip
        assert entered(books.member).post(page, form).status_code == 302
        books.settle()
        with books.here():
            issue.refresh_from_db()
        assert issue.closed_at, "there is no such invoice: it was looked at, and no longer waits"
