"""Decides: what a TaxAgency is: made over the API, never updated; each has its own liability account."""

from __future__ import annotations

from quickbooks_emulator.entities import tree
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    BASE,
    Entity,
    Family,
    Field,
    Kind,
    boolean,
    ignored,
    name_text,
    read_only,
    text,
)


def open_account(change: Change) -> None:
    """One "<agency> Payable" account of its own (recorded: Board of Equalization Payable)."""
    if change.old is not None:
        return
    books, name = change.books, f"{change.body['DisplayName']} Payable"
    known = books.named("Account", "Name", name.casefold())
    if known:
        change.body["_account"] = known[0].id
        return
    body = {
        "Name": name,
        "SubAccount": False,
        "FullyQualifiedName": name,
        "Active": True,
        "Classification": "Liability",
        "AccountType": "Other Current Liability",
        "AccountSubType": "GlobalTaxPayable",
        "CurrentBalance": 0,
        "CurrencyRef": {"value": books.company.currency, "name": books.company.currency_name},
    }
    account = books.insert(books.entities["Account"], body)
    books.tell(books.entities["Account"], "Create", account.id)
    change.body["_account"] = account.id


TAX_AGENCY = Entity(
    name="TaxAgency",
    family=Family.NAME_LIST,
    noun="tax agency",
    sequence="tax agencies",
    name_field="DisplayName",
    order_field="DisplayName",
    updatable=False,
    fields=(
        boolean("TaxTrackedOnPurchases", default=False),
        boolean("TaxTrackedOnSales", default=True),
        text("TaxRegistrationNumber", 30),
        Field("LastFileDate", Kind.DATE),
        read_only("TaxAgencyConfig", default="USER_DEFINED"),
        BASE,
        name_text("DisplayName", 100).queried(),
        ignored("TaxAgencyEx"),
    ),
    rules=(tree.require_name, tree.unique_name, open_account),
    indexed=("DisplayName",),
    events=("Create", "Update"),
    in_changes=False,
)
