"""Decides: the faults the service is documented to give, by code. A fault rule raises any of them; so do rare rules.

Messages follow Intuit's error page; a detail in quotation there is kept to the letter, the others repeat the message.
"""

from __future__ import annotations

from dataclasses import dataclass

from quickbooks_emulator.faults import SYSTEM, VALIDATION, Fault

AUTHORIZATION = "AuthorizationFault"


@dataclass(frozen=True, slots=True)
class Text:
    """What a code says. `element` None: the answer has no such member."""

    message: str
    detail: str = ""
    element: str | None = ""
    status: int = 400
    kind: str = VALIDATION


_INACTIVE = (
    "Something you're trying to use has been made inactive. "
    "Check the fields with accounts, customers, items, vendors or employees."
)
_ENDED = (
    "Subscription period has ended or canceled or there was a billing problem : You can't add data to "
    "QuickBooks Online Plus because your trial or subscription period ended."
)
_CLOSED = (
    "The account period has closed and the account books cannot be updated through the QBO Services API. "
    "Please use the QBO website to make these changes."
)
_MATCHED = "This transaction is matched to a downloaded transaction. Unmatch it first if you want to change or delete it."

DOCUMENTED: dict[str, Text] = {
    "100": Text("Authorization Failure", status=401, kind=AUTHORIZATION),
    "110": Text("Authorization Failure", status=401, kind=AUTHORIZATION),
    "120": Text(
        "Authorization Failure",
        ": -11014-You do not have access to use QuickBooks Online Plus.",
        status=401,
        kind=AUTHORIZATION,
    ),
    "130": Text("Request sent to the wrong cluster", status=503, kind=SYSTEM),
    "140": Text("The company is locked", status=503, kind=SYSTEM),
    "150": Text("The company is under maintenance", status=503, kind=SYSTEM),
    "500": Text("Unsupported Operation", "Operation is not supported.", None),
    "600": Text("Duplicate Request ID"),
    "610": Text("Object Not Found", f"Object Not Found : {_INACTIVE}"),
    "620": Text("Transaction can't be linked"),
    "630": Text("Duplicate Object"),
    "700": Text("Invalid parent reference"),
    "800": Text("Object has dependencies and cannot be deleted"),
    "900": Text("Invalid parent", "An object cannot be its own parent or its parent's parent."),
    "1000": Text("Operation failed"),
    "1010": Text("Create failed"),
    "1020": Text("Update failed"),
    "1040": Text("Batch size exceeds limit"),
    "2000": Text("Invalid object name"),
    "2010": Text("Request has invalid or unsupported property", element=None),
    "2020": Text("Required param missing, need to supply the required value for the API"),
    "2030": Text("Invalid ID", element="Id"),
    "2040": Text("Invalid String"),
    "2050": Text("String length is either shorter or longer than supported by specification"),
    "2060": Text("Invalid Date"),
    "2070": Text("Invalid Date Range"),
    "2090": Text("Invalid Number"),
    "2130": Text("Invalid Request ID"),
    "2140": Text("Invalid Amount"),
    "2170": Text("Invalid Enumeration"),
    "2210": Text("Invalid Email Address format"),
    "2240": Text("Invalid Number Range"),
    "2300": Text("Amounts do not balance"),
    "2390": Text("Item has no income account"),
    "2500": Text("Invalid Reference Id", f"Invalid Reference Id : {_INACTIVE}"),
    "4000": Text("Error parsing query", element=None),
    "4001": Text("Invalid query", element=None),
    "4002": Text("The query could not be processed", element=None),
    "5010": Text(
        "Stale Object Error",
        "Stale Object Error : You and Craig Carlson were working on this at the same time. "
        "Craig Carlson finished before you did, so your work was not saved.",
    ),
    "5020": Text("Permission Denied Error"),
    "5030": Text("Feature Not Supported Error"),
    "6000": Text("A business validation error has occurred while processing your request"),
    "6010": Text("AccountType or AccountSubType is required"),
    "6070": Text("Amount calculation incorrect in the request."),
    "6080": Text("A name part is required"),
    "6090": Text("Invalid tax code"),
    "6100": Text("Invalid Line TaxCode"),
    "6130": Text("Bill With Parent cannot be changed", "Transactions of this customer exist."),
    "6140": Text("Duplicate Document Number Error"),
    "6150": Text("Parent is required"),
    "6160": Text("CustomSalesTax cannot be used"),
    "6170": Text("Invalid TxnTaxDetail"),
    "6180": Text("Too many levels"),
    "6190": Text("Invalid Company Status", _ENDED),
    "6200": Text("Account Period Closed", _CLOSED),
    "6210": Text("Account Period Closed", _CLOSED),
    "6220": Text("Delete List Has Balance Error", element=None),
    "6240": Text("Duplicate Name Exists Error", "The name supplied already exists. : null", None),
    "6250": Text("Invalid Customer", "The customer is invalid or has been made inactive."),
    "6270": Text("Transaction date is prior to start date for inventory item"),
    "6280": Text("Delete List Has Unbilled Charges Error", "This customer has unbilled charges."),
    "6420": Text("Email address needed"),
    "6430": Text("Invalid account type"),
    "6440": Text("Line lacks an item or an account"),
    "6450": Text("Void refused", "Since the transaction is already settled, you can't void it."),
    "6460": Text("Deposit amount mismatch"),
    "6480": Text("Matched Transaction cannot be changed", _MATCHED),
    "6540": Text(
        "Deposited Transaction cannot be changed",
        "This transaction has been deposited. If you want to change or delete it, you must edit the deposit it "
        "appears on and remove it first.",
    ),
    "6560": Text("Customer is required"),
    "10000": Text(
        "An application error has occurred while processing your request",
        "System Failure Error: an unexpected error happened",
        status=500,
        kind=SYSTEM,
    ),
    "10100": Text("Result set too large"),
    "10200": Text("Company data reset in progress", status=503, kind=SYSTEM),
}
"""The statuses of 100 to 150 and 10200 are not documented, nor is the wording of 6130, 6250, 6280 and the 2000s'
details: a fault rule's `status` and `detail`, and the switch `fault_details`, replace them."""


def documented(code: str, detail: str = "", *, status: int | None = None) -> Fault:
    """The fault of a code; `detail` and `status` replace its own. Raises KeyError for an unknown code."""
    text = DOCUMENTED[code]
    return Fault(
        code,
        text.message,
        detail or text.detail or text.message,
        element=text.element,
        status=status or text.status,
        kind=text.kind,
    )
