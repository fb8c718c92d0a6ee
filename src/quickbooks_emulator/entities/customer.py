"""Decides: what a Customer is: its members, defaults, rules and computed balances."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from quickbooks_emulator.entities import charges, hierarchy, names, references, settings
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    BASE,
    ZERO,
    Access,
    Body,
    Entity,
    Family,
    Field,
    Kind,
    boolean,
    computed,
    ignored,
    money,
    name_text,
    read_only,
    reference,
    text,
)
from quickbooks_emulator.forms import opening
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record


def opening_balance(change: Change) -> None:
    """Balance may be given on create only: it becomes a transaction, and the ledger carries it from then on."""
    if change.old is None:
        change.body["Balance"] = ZERO


def default_tax_code(change: Change) -> None:
    """TaxPrefs.TaxGroupCodeRef is the code of new customers in US sales tax companies (recorded); other companies
    have none."""
    if change.old is not None or "DefaultTaxCodeRef" in change.given:
        return
    group = settings.preference(change.books, "TaxPrefs", "TaxGroupCodeRef")
    if group and settings.preference(change.books, "TaxPrefs", "UsingSalesTax"):
        change.body["DefaultTaxCodeRef"] = {"value": str(group["value"])}


def pseudonym(change: Change) -> None:
    """Newer companies print a V4IDPseudonym: hex digits that never change."""
    if change.old is None:
        seed = f"{change.books.company.realm}/{change.entity.name}/{change.body['DisplayName']}"
        change.body["V4IDPseudonym"] = hashlib.sha256(seed.encode()).hexdigest()[:34]


def _balances(books: Books, record: Record) -> Body:
    """BalanceWithJobs is the customer's own balance and those of everything below it (recorded)."""
    own = Decimal(record.body.get("Balance", 0))
    below = sum(
        (Decimal(one.body.get("Balance", 0)) for one in books.descendants("Customer", record.id)), ZERO
    )
    return {"BalanceWithJobs": own + below, "ClientEntityId": "0"}


_NEVER_KEPT = (
    "AccountNum", "AltContactName", "AttachableRef", "CCDetail", "ClientCompanyId", "ContactName",
    "CreditLimit", "CustomField", "CustomerEx", "IntuitId", "Organization", "OtherAddr",
    "OtherContactInfo", "OverDueBalance", "PriceLevelRef", "RootCustomerRef", "Source", "TaxIdentifier",
    "TotalExpense", "TotalRevenue", "UserId",
)  # fmt: skip
"""Members the service knows and a client may send; the emulator drops them."""

CUSTOMER = Entity(
    name="Customer",
    family=Family.NAME_LIST,
    noun="customer",
    sequence="names",
    name_field="DisplayName",
    order_field="FullyQualifiedName",
    fields=(
        boolean("Taxable", default=True),
        Field("BillAddr", Kind.ADDRESS),
        Field("ShipAddr", Kind.ADDRESS),
        text("Notes", 2000),
        boolean("Job", default=False).filtered(),
        boolean("BillWithParent", default=False),
        reference("ParentRef", "Customer").filtered(),
        read_only("Level", Kind.NUMBER),
        reference("SalesTermRef", "Term", named=True),
        reference("PaymentMethodRef", "PaymentMethod"),
        reference("CustomerTypeRef", None),
        reference("ARAccountRef", "Account"),
        money("Balance", access=Access.CREATE_ONLY).queried(),
        Field("OpenBalanceDate", Kind.DATE, access=Access.CREATE_ONLY),
        computed("BalanceWithJobs", Kind.MONEY),
        reference("CurrencyRef", None, access=Access.CREATE_ONLY),
        Field("PreferredDeliveryMethod", Kind.ENUM, values=("Print", "Email", "None"), default="Print"),
        read_only("IsProject", Kind.BOOL, default=False),
        computed("ClientEntityId"),
        text("ResaleNum", 16),
        text("GSTIN", 15),
        text("BusinessNumber", 10),
        text("GSTRegistrationType", 15),
        text("PrimaryTaxIdentifier", 20),
        text("SecondaryTaxIdentifier", 20),
        Field("TaxExemptionReasonId", Kind.TEXT, 2),
        BASE,
        name_text("Title", 16),
        name_text("GivenName", 100).queried(),
        name_text("MiddleName", 100).queried(),
        name_text("FamilyName", 100).queried(),
        name_text("Suffix", 16),
        read_only("FullyQualifiedName").queried(),
        name_text("CompanyName", 100).queried(),
        name_text("DisplayName", 500).queried(),
        name_text("PrintOnCheckName", 110).queried(),
        boolean("Active", default=True, sticky=True).queried(),
        read_only("V4IDPseudonym"),
        Field("PrimaryPhone", Kind.PHONE, 30),
        Field("AlternatePhone", Kind.PHONE, 30),
        Field("Mobile", Kind.PHONE, 30),
        Field("Fax", Kind.PHONE, 30),
        Field("PrimaryEmailAddr", Kind.EMAIL, 100).filtered(),
        Field("WebAddr", Kind.WEB, 1000),
        reference("DefaultTaxCodeRef", "TaxCode", sticky=True, in_queries=False),
        *(ignored(name) for name in _NEVER_KEPT),
    ),
    rules=(
        *names.BEFORE_NAMING,
        hierarchy.place_under_parent,
        references.check_references,
        references.keep_home_currency,
        default_tax_code,
        opening_balance,
        pseudonym,
        charges.keep_who_is_billed,
        *names.NAMING,
        charges.refuse_unbilled,
        hierarchy.qualify_name,
    ),
    afterwards=(hierarchy.ripple_to_family, opening.open_customer, opening.empty_inactive),
    compute=_balances,
    indexed=("DisplayName", "FullyQualifiedName", "CompanyName", "PrimaryEmailAddr", "FamilyName"),
    events=("Create", "Update", "Delete", "Merge"),
)
