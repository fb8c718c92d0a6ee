"""Decides: what a TimeActivity is: hours of an employee or vendor; it posts nothing and is not in change data."""

from __future__ import annotations

from quickbooks_emulator import faults
from quickbooks_emulator.entities import references, settings
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    BASE,
    Entity,
    Family,
    Field,
    Kind,
    boolean,
    ignored,
    reference,
    text,
)
from quickbooks_emulator.forms import basics
from quickbooks_emulator.forms.purchases import BILLABLE
from quickbooks_emulator.forms.shapes import number_field, whole


def settle(change: Change) -> None:
    """NameOf says whose time it is, and that reference is needed (2020); hours or a start and an end are needed;
    the item defaults to the company's (documented)."""
    body = change.body
    who = {"Employee": "EmployeeRef", "Vendor": "VendorRef"}[body["NameOf"]]
    if who not in body:
        raise faults.required(who)
    timed = "StartTime" in body and "EndTime" in body
    if not timed and body.get("Hours") is None and body.get("Minutes") is None:
        raise faults.required("Hours")
    if "ItemRef" not in body:
        default = settings.other_preference(change.books, "SalesFormsPrefs.DefaultItem")
        if default:
            body["ItemRef"] = {"value": default}
    if body.get("BillableStatus") == "Billable" and "CustomerRef" not in body:
        raise faults.required("CustomerRef")
    body.setdefault("BillableStatus", "NotBillable")


TIME_ACTIVITY = Entity(
    name="TimeActivity",
    family=Family.TRANSACTION,
    noun="time activity",
    sequence="transactions",
    reference_label="Transactions",
    fields=(
        Field("TxnDate", Kind.DATE).queried(),
        Field("NameOf", Kind.ENUM, values=("Employee", "Vendor")),
        reference("EmployeeRef", "Employee", named=True).filtered(),
        reference("VendorRef", "Vendor", named=True).filtered(),
        reference("CustomerRef", "Customer", named=True).filtered(),
        reference("DepartmentRef", "Department", named=True),
        reference("ItemRef", "Item", named=True),
        reference("ClassRef", "Class", named=True),
        reference("PayrollItemRef", None),
        reference("ProjectRef", None),
        Field("BillableStatus", Kind.ENUM, values=BILLABLE),
        boolean("Taxable", default=False),
        number_field("HourlyRate", default=0),
        number_field("CostRate"),
        Field("Hours", Kind.NUMBER, form=whole(0, 8760)),
        Field("Minutes", Kind.NUMBER, form=whole(0, 59)),
        Field("Seconds", Kind.NUMBER, form=whole(0, 59)),
        Field("BreakHours", Kind.NUMBER, form=whole(0, 8760)),
        Field("BreakMinutes", Kind.NUMBER, form=whole(0, 59)),
        text("StartTime", 40),
        text("EndTime", 40),
        text("Description", 4000),
        BASE,
        *(ignored(name) for name in ("AttachableRef", "TimeActivityEx", "TransactionLocationType")),
    ),
    rules=(basics.require("NameOf"), basics.date_it, references.check_references, settle),
    events=("Create", "Update", "Delete"),
    in_changes=False,
)
