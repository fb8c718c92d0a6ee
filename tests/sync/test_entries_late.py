"""A service item that comes before its new account or category waits for them, and nobody has to press anything."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sync.test_documents import Books
from tieout.practice.service_items import ServiceItem
from tieout.reconcile.state import Side
from tieout.sync import dirty
from tieout.sync.dirty import Mark
from tieout.sync.models import Issue, Link

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    made = Books()
    made.review_items()
    return made


def made_there(books: Books, entity: str, **fields: Any) -> str:
    return str(books.emulator.control.edit(books.realm, entity, None, fields, "create")["Id"])


def new_item(books: Books, parent: str, account: str) -> str:
    return made_there(
        books,
        "Item",
        Name="Nexus study",
        Type="Service",
        UnitPrice=900,
        SubItem=True,
        ParentRef={"value": parent},
        IncomeAccountRef={"value": account},
    )


def heard_of(books: Books, entity: str, record_id: str) -> None:
    """Its webhook is handled; those of what it names are late, and the change feed is not asked yet."""
    with books.here():
        dirty.mark(books.connection, [Mark(entity, Side.LEDGER, record_id, "webhook")], books.clock.now())


def about_items(books: Books) -> list[tuple[str, str, str]]:
    with books.here():
        rows = Issue.objects.filter(entity="service_item", closed_at=None).exclude(cause="not_eligible")
        return sorted(rows.values_list("cause", "listing", "unit"))


def item_here(books: Books, ledger_id: str) -> ServiceItem:
    with books.here():
        link = Link.objects.get(entity="service_item", ledger_id=ledger_id)
        return ServiceItem.objects.select_related("category", "income_account").get(pk=link.practice_id)


def test_an_item_that_comes_before_its_category_and_account_has_both_in_the_end(books: Books) -> None:
    category = made_there(books, "Item", Name="Advisory", Type="Category")
    account = made_there(
        books, "Account", Name="Advisory income", AccountType="Income", AccountSubType="ServiceFeeIncome"
    )
    item = new_item(books, category, account)
    heard_of(books, "service_item", item)
    books.run()
    assert about_items(books) == [
        ("waits_for", "clearing", "category"),
        ("waits_for", "clearing", "income_account"),
    ]
    assert item_here(books, item).category is None
    books.settle()
    assert not about_items(books)
    kept = item_here(books, item)
    assert kept.category is not None
    assert kept.income_account is not None
    assert (kept.category.name, kept.income_account.name) == ("Advisory", "Advisory income")


def test_an_item_under_what_is_no_category_says_so_to_a_person(books: Books) -> None:
    above = made_there(
        books, "Item", Name="Bundle", Type="Service", IncomeAccountRef={"value": any_income(books)}
    )
    below = new_item(books, above, any_income(books))
    heard_of(books, "service_item", below)
    books.settle()
    assert about_items(books) == [("held_up", "needs_you", "category")]
    with books.here():
        issue = Issue.objects.get(entity="service_item", cause="held_up", closed_at=None)
    assert issue.sentence == (
        "It waits for its category, which is not in QuickBooks (it is another kind of record there)."
    )


def any_income(books: Books) -> str:
    return next(one for one, row in books.of("Account").items() if row["AccountType"] == "Income")
