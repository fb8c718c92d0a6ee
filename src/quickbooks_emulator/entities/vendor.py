"""Decides: what a Vendor is. Thin: its names matter here because they share the customers' name pool."""

from __future__ import annotations

from quickbooks_emulator.entities import names, references
from quickbooks_emulator.entities.customer import opening_balance, pseudonym
from quickbooks_emulator.entities.declaration import (
    BASE,
    Access,
    Entity,
    Family,
    Field,
    Kind,
    boolean,
    ignored,
    money,
    name_text,
    read_only,
    reference,
    text,
)
from quickbooks_emulator.forms import opening

_NEVER_KEPT = (
    "AltContactName", "AttachableRef", "BusinessNumber", "ClientEntityId", "ContactName", "GSTIN",
    "GSTRegistrationType", "HasTPAR", "Organization", "OtherAddr", "OtherContactInfo", "Source",
    "TaxReportingBasis", "UserId", "VendorEx", "VendorPaymentBankDetail", "VendorType",
)  # fmt: skip
"""Members the service knows and a client may send; the emulator drops them."""

VENDOR = Entity(
    name="Vendor",
    family=Family.NAME_LIST,
    noun="vendor",
    sequence="names",
    name_field="DisplayName",
    order_field="DisplayName",
    fields=(
        Field("BillAddr", Kind.ADDRESS),
        Field("ShipAddr", Kind.ADDRESS),
        reference("TermRef", "Term"),
        text("TaxIdentifier", 20),
        money("Balance", access=Access.CREATE_ONLY).queried(),
        Field("OpenBalanceDate", Kind.DATE, access=Access.CREATE_ONLY),
        money("BillRate"),
        money("CostRate"),
        text("AcctNum", 100),
        boolean("Vendor1099", default=False),
        boolean("T4AEligible"),
        boolean("T5018Eligible"),
        reference("CurrencyRef", None, access=Access.CREATE_ONLY),
        reference("APAccountRef", "Account"),
        read_only("V4IDPseudonym"),
        text("Notes", 4000),
        BASE,
        name_text("Title", 16),
        name_text("GivenName", 100).queried(),
        name_text("MiddleName", 100).queried(),
        name_text("FamilyName", 100).queried(),
        name_text("Suffix", 16),
        name_text("CompanyName", 100).queried(),
        name_text("DisplayName", 500).queried(),
        name_text("PrintOnCheckName", 110).queried(),
        boolean("Active", default=True, sticky=True).queried(),
        Field("PrimaryPhone", Kind.PHONE, 30),
        Field("AlternatePhone", Kind.PHONE, 30),
        Field("Mobile", Kind.PHONE, 30),
        Field("Fax", Kind.PHONE, 30),
        Field("PrimaryEmailAddr", Kind.EMAIL, 100).filtered(),
        Field("WebAddr", Kind.WEB, 1000),
        *(ignored(name) for name in _NEVER_KEPT),
    ),
    rules=(
        *names.BEFORE_NAMING,
        references.check_references,
        references.keep_home_currency,
        opening_balance,
        pseudonym,
        *names.NAMING,
    ),
    afterwards=(opening.open_vendor, opening.empty_inactive),
    indexed=("DisplayName", "PrimaryEmailAddr"),
    events=("Create", "Update", "Delete", "Merge"),
)
