"""Decides how a practice's client and a QuickBooks Customer show the same facts. Read by ``ledger``.

Field names and lengths: Intuit's Customer reference. A nested field is cleared by sending it as an empty text inside
its object (``{"PrimaryEmailAddr": {"Address": ""}}``) in a sparse update: no recording shows QuickBooks' answer to
that, so the contract suite pins it where it can be run. Address lines 4 and 5 are not ours and are never sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tieout.quickbooks.api.query import Condition, one_of
from tieout.quickbooks.entity import QuickBooksEntity
from tieout.quickbooks.inactive_names import as_marked, unmarked
from tieout.reconcile.codecs import Codec, email, flag, text
from tieout.reconcile.spec import Direction, Document, EntitySpec, Field, Group
from tieout.reconcile.state import Present, Scalar, Side


def _address(place: str) -> dict[str, tuple[str, Codec]]:
    return {
        "line1": (f"{place}.Line1", text(500)),
        "line2": (f"{place}.Line2", text(500)),
        "line3": (f"{place}.Line3", text(500)),
        "city": (f"{place}.City", text(255)),
        "state": (f"{place}.CountrySubDivisionCode", text(255)),
        "postal_code": (f"{place}.PostalCode", text(30)),
        "country": (f"{place}.Country", text(255)),
    }


UNITS = (
    Field(
        "name",
        "DisplayName",
        text(500, forbid=":\t\n\r", names="a colon, a tab or a line break"),
        "Name",
        required=True,
    ),
    Field("company_name", "CompanyName", text(100), "Company name"),
    Group(
        "person",
        {
            "title": ("Title", text(16)),
            "given": ("GivenName", text(100)),
            "middle": ("MiddleName", text(100)),
            "family": ("FamilyName", text(100)),
            "suffix": ("Suffix", text(16)),
        },
        "Person's name",
    ),
    Field("email", "PrimaryEmailAddr.Address", email(100), "E-mail"),
    Field("phone", "PrimaryPhone.FreeFormNumber", text(30), "Phone"),
    Field("mobile", "Mobile.FreeFormNumber", text(30), "Mobile"),
    Field("website", "WebAddr.URI", text(1000), "Website"),
    Group("billing_address", _address("BillAddr"), "Billing address"),
    Group("mailing_address", _address("ShipAddr"), "Mailing address"),
    Field("active", "Active", flag(default=True), "Active"),
)


def _clients_only(record: Present) -> str | None:
    if record.facts.get("merged_into"):
        return "It was merged into another client here, and takes no part by itself."
    if record.facts.get("kind_of_relation") == "client":
        return None
    return "Only clients are sent to QuickBooks: a prospect or another contact follows once it is a client."


def _no_sub_customers(record: Present) -> str | None:
    if not record.facts.get("parent"):
        return None
    return "Sub-customers stay in QuickBooks; the customer above them is the one kept in step."


def facts(document: Document) -> Mapping[str, Scalar]:
    """What else a customer tells: its place in the tree, its balance in its own currency, its times as ISO text."""
    parent, currency, times = (document.get(name) or {} for name in ("ParentRef", "CurrencyRef", "MetaData"))
    return {
        "parent": parent.get("value"),
        "full_name": document.get("FullyQualifiedName"),
        "is_job": bool(document.get("Job", False)),
        "balance": Decimal(str(document.get("Balance", 0))),
        "created_at": times.get("CreateTime"),
        "updated_at": times.get("LastUpdatedTime"),
        "currency": currency.get("value"),
    }


def marker(sent: Document) -> tuple[Condition, ...]:
    """A customer has no room for a mark of ours; its name, unique in the company, is the mark.

    Also as it reads if somebody has made it inactive since.
    """
    return (one_of("DisplayName", as_marked(str(sent.get("DisplayName", "")).strip())),)


ENTITY = QuickBooksEntity(
    spec=EntitySpec(
        practice="client",
        ledger="Customer",
        label="Client",
        plural="Clients",
        direction=Direction.BOTH,
        units=UNITS,
        name_unit="name",
        active_unit="active",
        gone_if_merged=True,  # Intuit's API guide: a name list entity is made inactive, there is no delete
        eligible={Side.PRACTICE: _clients_only, Side.LEDGER: _no_sub_customers},
    ),
    facts=facts,
    marker=marker,
    page="app/customerdetail?nameId={id}",
    tidy=unmarked("DisplayName", "FullyQualifiedName"),
    name_field="DisplayName",
    name_pool=("Customer", "Vendor", "Employee"),
)
