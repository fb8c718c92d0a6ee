"""Decides: what an Account is: types and sub types, the tree, balances from the ledger."""

from __future__ import annotations

from quickbooks_emulator import faults
from quickbooks_emulator.entities import references, tree
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    BASE,
    ZERO,
    Access,
    Body,
    Entity,
    Family,
    Kind,
    boolean,
    computed,
    ignored,
    name_text,
    read_only,
    reference,
    text,
)
from quickbooks_emulator.entities.settings import is_us
from quickbooks_emulator.ledger.accounts import SYSTEM_SUBTYPES, TYPE_OF_SUBTYPE, TYPES
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

_NUMBER_LENGTH = {True: 7, False: 20}


def settle_type(change: Change) -> None:
    """One of AccountType and AccountSubType is needed (6010); the other follows; a pair that does not go together
    is 6430 (all documented codes)."""
    body = change.body
    subtype = body.get("AccountSubType")
    type_ = body.get("AccountType")
    if not type_ and not subtype:
        raise faults.Fault(
            "6010", "Account type needed", "AccountType or AccountSubType is required.", element="AccountType"
        )
    if not type_:
        type_ = TYPE_OF_SUBTYPE.get(str(subtype))
    if type_ not in TYPES:
        raise faults.Fault(
            "2170", "Invalid Enumeration", f"Invalid Enumeration : {type_ or subtype}", element=""
        )
    classification, subtypes = TYPES[type_]
    if change.old is not None and change.changed("AccountType") and "AccountSubType" not in change.given:
        subtype = None
    if subtype is None:
        subtype = subtypes[0]
    if subtype not in subtypes:
        raise faults.invalid_account_type(f"{type_} does not have the detail type {subtype}.")
    body |= {"AccountType": type_, "AccountSubType": subtype, "Classification": classification}
    body.setdefault("CurrentBalance", ZERO)


def check_number(change: Change) -> None:
    """AcctNum: 7 characters in the US, 20 elsewhere, no colon (documented)."""
    number = change.body.get("AcctNum", "")
    most = _NUMBER_LENGTH[is_us(change.books)]
    if len(number) > most:
        raise faults.bad_length("AcctNum", 0, most, len(number))
    if ":" in number:
        raise faults.bad_characters("AcctNum")


def protect_system_accounts(change: Change) -> None:
    """System accounts cannot be deactivated or have children (documented; the wording is not)."""
    deactivated = change.old is not None and change.old.active and not change.body.get("Active", True)
    if deactivated and change.before.get("AccountSubType") in SYSTEM_SUBTYPES:
        raise faults.business("You can't make this account inactive because QuickBooks uses it.")
    if "ParentRef" in change.body and change.changed("ParentRef"):
        parent = change.books.get("Account", change.body["ParentRef"]["value"])
        if parent is not None and parent.body["AccountSubType"] in SYSTEM_SUBTYPES:
            raise faults.business("This account cannot have sub-accounts.")
        if parent is not None and parent.body["AccountType"] != change.body["AccountType"]:
            raise faults.invalid_account_type("A sub-account must have the type of its parent.")


def _with_sub_accounts(books: Books, record: Record) -> Body:
    own = record.body.get("CurrentBalance", ZERO)
    below = sum(
        (one.body.get("CurrentBalance", ZERO) for one in books.descendants("Account", record.id)), ZERO
    )
    return {"CurrentBalanceWithSubAccounts": own + below}


ACCOUNT = Entity(
    name="Account",
    family=Family.NAME_LIST,
    noun="account",
    sequence="accounts",
    name_field="Name",
    order_field="FullyQualifiedName",
    reference_label="Accounts",
    reference_name="FullyQualifiedName",
    fields=(
        name_text("Name", 100).queried(),
        boolean("SubAccount").queried(),
        reference("ParentRef", "Account").filtered(),
        text("Description", 100),
        read_only("FullyQualifiedName").queried(),
        boolean("Active", default=True, sticky=True).queried(),
        read_only("Classification").queried(),
        text("AccountType", 50, sticky=True).queried(),
        text("AccountSubType", 50, sticky=True).queried(),
        text("AcctNum", 20),
        read_only("CurrentBalance", Kind.MONEY).queried(),
        computed("CurrentBalanceWithSubAccounts", Kind.MONEY),
        reference("CurrencyRef", None, access=Access.CREATE_ONLY),
        reference("TaxCodeRef", "TaxCode"),
        text("TxnLocationType", 50),
        text("AccountAlias", 100),
        BASE,
        *(
            ignored(name)
            for name in (
                "BankNum",
                "OpeningBalance",
                "OpeningBalanceDate",
                "OnlineBankingEnabled",
                "FIName",
                "JournalCodeRef",
                "TaxAccount",
                "LastStatementDate",
                "AccountEx",
                "AttachableRef",
            )
        ),
    ),
    rules=(
        *tree.FLAT,
        tree.characters('":\t\n'),
        settle_type,
        check_number,
        tree.place("SubAccount"),
        protect_system_accounts,
        references.check_references,
        references.keep_home_currency,
        *tree.NAMED,
        tree.qualify,
    ),
    afterwards=(tree.cascade,),
    compute=_with_sub_accounts,
    indexed=("Name", "FullyQualifiedName", "AccountType", "AccountSubType"),
    events=("Create", "Update", "Delete", "Merge"),
)
