"""Decides: what an Employee is. Thin: its names matter here because they share the customers' name pool."""

from __future__ import annotations

from quickbooks_emulator.entities import names
from quickbooks_emulator.entities.customer import pseudonym
from quickbooks_emulator.entities.declaration import (
    BASE,
    Entity,
    Family,
    Field,
    Kind,
    boolean,
    ignored,
    money,
    name_text,
    read_only,
    text,
)

_NEVER_KEPT = (
    "AltContactName", "AttachableRef", "CompanyName", "ContactName", "EmployeeEx", "EmployeeType",
    "Organization", "OtherAddr", "OtherContactInfo", "UserId", "WebAddr",
)  # fmt: skip
"""Members the service knows and a client may send; the emulator drops them."""

EMPLOYEE = Entity(
    name="Employee",
    family=Family.NAME_LIST,
    noun="employee",
    sequence="names",
    name_field="DisplayName",
    order_field="DisplayName",
    fields=(
        Field("PrimaryAddr", Kind.ADDRESS),
        text("SSN", 100),
        text("EmployeeNumber", 100),
        boolean("BillableTime", default=False),
        money("BillRate"),
        money("CostRate"),
        Field("BirthDate", Kind.DATE),
        Field("HiredDate", Kind.DATE),
        Field("ReleasedDate", Kind.DATE),
        Field("Gender", Kind.ENUM, values=("Male", "Female")),
        read_only("V4IDPseudonym"),
        BASE,
        name_text("Title", 16),
        name_text("GivenName", 100).queried(),
        name_text("MiddleName", 100).queried(),
        name_text("FamilyName", 100).queried(),
        name_text("Suffix", 16),
        name_text("DisplayName", 500).queried(),
        name_text("PrintOnCheckName", 110).queried(),
        boolean("Active", default=True, sticky=True).queried(),
        Field("PrimaryPhone", Kind.PHONE, 30),
        Field("Mobile", Kind.PHONE, 30),
        Field("PrimaryEmailAddr", Kind.EMAIL, 100).filtered(),
        *(ignored(name) for name in _NEVER_KEPT),
    ),
    rules=(*names.BEFORE_NAMING, pseudonym, *names.NAMING),
    indexed=("DisplayName",),
    events=("Create", "Update", "Delete", "Merge"),
)
