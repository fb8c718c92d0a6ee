"""Decides: what Preferences is: one object with Id 1 whose groups switch rules on and off.

Over the API a group sent in an update replaces its members that are not read-only; the switches a test turns
go through the control API, as if set in QuickBooks.
"""

from __future__ import annotations

from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import BASE, Body, Entity, Family, Field
from quickbooks_emulator.entities.preference_forms import switches

_GROUPS = (
    "AccountingInfoPrefs", "ProductAndServicesPrefs", "SalesFormsPrefs", "EmailMessagesPrefs",
    "VendorAndPurchasesPrefs", "TimeTrackingPrefs", "TaxPrefs", "CurrencyPrefs", "ReportPrefs", "OtherPrefs",
)  # fmt: skip
_READ_ONLY = {"SalesFormsPrefs": ("AutoApplyCredit", "AutoApplyPayments")}


def merge_groups(change: Change) -> None:
    """A group left out stays; a group sent replaces what it names, except the read-only switches (documented)."""
    for group in _GROUPS:
        before: Body = change.before.get(group, {})
        sent: Body = change.given.get(group) or {}
        if not change.books.person:
            sent = {name: value for name, value in sent.items() if name not in _READ_ONLY.get(group, ())}
        change.body[group] = {**before, **sent}


PREFERENCES = Entity(
    name="Preferences",
    family=Family.SINGLE,
    noun="preferences",
    creatable=False,
    fields=(*(Field(group, form=switches) for group in _GROUPS), BASE),
    rules=(merge_groups,),
    events=("Update",),
    in_changes=False,
)


def _custom(group: str, kind: str, *names: str) -> list[Body]:
    """The three custom fields of sales forms or purchase orders, those with a name in use (recorded)."""
    switches = [
        {
            "Name": f"{group}.Use{kind}Custom{number}",
            "Type": "BooleanType",
            "BooleanValue": number <= len(names),
        }
        for number in (1, 2, 3)
    ]
    titles = [
        {"Name": f"{group}.{kind}CustomName{number}", "Type": "StringType", "StringValue": name}
        for number, name in enumerate(names, 1)
    ]
    return [{"CustomField": switches}, {"CustomField": titles}]


def initial(country: str = "US", currency: str = "USD") -> Body:
    """The switches of a company with manual sales tax, as recorded in US sandboxes; AutoApply* are absent there. A
    Canadian one has several currencies (recorded), a UK one does not until its Preferences say so."""
    tax: Body = {"UsingSalesTax": True}
    if country == "US":
        tax["TaxGroupCodeRef"] = {"value": "2"}
    return {
        "AccountingInfoPrefs": {
            "UseAccountNumbers": False,
            "TrackDepartments": True,
            "DepartmentTerminology": "Location",
            "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": True,
            "FirstMonthOfFiscalYear": "January",
            "TaxYearMonth": "January",
            "TaxForm": "0",
            "CustomerTerminology": "Customers",
        },
        "ProductAndServicesPrefs": {
            "ForSales": True,
            "ForPurchase": True,
            "QuantityWithPriceAndRate": True,
            "QuantityOnHand": True,
        },
        "SalesFormsPrefs": {
            "CustomField": _custom("SalesFormsPrefs", "Sales", "Crew #"),
            "CustomTxnNumbers": False,
            "AllowDeposit": True,
            "AllowDiscount": True,
            "DefaultDiscountAccount": "86",
            "AllowEstimates": True,
            "AllowServiceDate": False,
            "AllowShipping": False,
            "DefaultTerms": {"value": "3"},
            "DefaultCustomerMessage": "Thank you for your business and have a great day!",
            "ETransactionEnabledStatus": "NotApplicable",
            "ETransactionAttachPDF": False,
            "ETransactionPaymentEnabled": False,
            "IPNSupportEnabled": False,
            "UsingPriceLevels": False,
            "UsingProgressInvoicing": False,
        },
        "EmailMessagesPrefs": {},
        "VendorAndPurchasesPrefs": {
            "TrackingByCustomer": True,
            "BillableExpenseTracking": True,
            "POCustomField": _custom("PurchasePrefs", "Purchase", "Crew #", "Sales Rep"),
        },
        "TimeTrackingPrefs": {"UseServices": True, "BillCustomers": True, "WorkWeekStartDate": "Monday"},
        "TaxPrefs": tax,
        "CurrencyPrefs": {"MultiCurrencyEnabled": country == "CA", "HomeCurrency": {"value": currency}},
        "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
        "OtherPrefs": {
            "NameValue": [
                {"Name": "SalesFormsPrefs.DefaultItem", "Value": "1"},
                {"Name": "WarnDuplicateCheckNumber", "Value": "true"},
                {"Name": "WarnDuplicateBillNumber", "Value": "false"},
                {"Name": "ProjectsEnabled", "Value": "false"},
            ]
        },
    }
