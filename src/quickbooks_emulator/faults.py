"""Decides: the errors of the service layer, with the texts the real service was recorded or documented with.

A rule raises `Fault`; the routes turn it into an envelope. `element` is None where the real answer has no such
member (500, 2010, 4000, 4001, 6240) and "" where it has an empty one (610, 5010, 6000).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

VALIDATION = "ValidationFault"
SYSTEM = "SystemFault"


class Fault(Exception):
    """The service refuses. `code` is the error code as text; `status` the HTTP status."""

    def __init__(
        self,
        code: str | None,
        message: str,
        detail: str = "",
        *,
        element: str | None = None,
        status: int = 400,
        kind: str = VALIDATION,
    ) -> None:
        super().__init__(f"{code}: {message}: {detail}")
        self.code, self.message, self.detail = code, message, detail
        self.element, self.status, self.kind = element, status, kind

    def worded(self, details: Mapping[str, str]) -> Fault:
        """The same fault with the Detail a switch gives its code."""
        detail = details.get(self.code or "", self.detail)
        return Fault(
            self.code, self.message, detail, element=self.element, status=self.status, kind=self.kind
        )

    def envelope(self, *, in_batch: bool = False) -> dict[str, Any]:
        """The value of the `Fault` member. Inside a batch the element is always present (recorded as "")."""
        error: dict[str, Any] = {"Message": self.message, "Detail": self.detail}
        if self.code is not None:
            error["code"] = self.code
        if self.element is not None or in_batch:
            error["element"] = self.element or ""
        return {"Error": [error], "type": self.kind}


def unsupported(what: str) -> Fault:
    """500 with HTTP 400: a path or operation the service does not have (recorded)."""
    return Fault("500", "Unsupported Operation", f"Operation {what} is not supported.")


def no_such_path(path: str) -> Fault:
    """The recorded text for a wrong path; the real one also leaks an internal host name."""
    return unsupported(f"Could not find resource for relative : {path} of full path: https://internal{path}")


def not_found() -> Fault:
    """610, recorded alike for missing and for deleted ids."""
    return Fault(
        "610",
        "Object Not Found",
        "Object Not Found : Something you're trying to use has been made inactive. "
        "Check the fields with accounts, customers, items, vendors or employees.",
        element="",
    )


def duplicate_request() -> Fault:
    """600: the same request id with another body. Documented code; when it is used is a switch."""
    return Fault(
        "600", "Duplicate Request ID", "Duplicate Request ID : this request id was used before.", element=""
    )


def unknown_property(name: str, java_class: str, known: list[str]) -> Fault:
    """2010, recorded."""
    names = ", ".join(f'"{one}"' for one in known)
    return Fault(
        "2010",
        "Request has invalid or unsupported property",
        f'Property Name:Unrecognized field "{name}" (class com.intuit.schema.finance.v3.{java_class}), '
        f"not marked as ignorable ({len(known)} known properties: {names}) specified is unsupported or invalid",
    )


def unreadable(why: str) -> Fault:
    """A body that cannot be parsed: an opaque 400 without a useful code (reported by clients)."""
    return Fault(None, "Invalid request body", f"The request body could not be read: {why}")


def required(name: str) -> Fault:
    """2020, recorded for Name and Line.DetailType."""
    return Fault(
        "2020",
        "Required param missing, need to supply the required value for the API",
        f"Required parameter {name} is missing in the request",
        element=name,
    )


def invalid_id(value: object, element: str = "Id") -> Fault:
    """2030, recorded."""
    return Fault(
        "2030", "Invalid ID", f"Id should be a valid number. Supplied value:{value}", element=element
    )


def bad_characters(element: str) -> Fault:
    """2040. The code is documented, the wording is not (`fault_details` gives another)."""
    return Fault(
        "2040",
        "Invalid String",
        f"Invalid String : {element} must not contain a colon, a tab or a new line.",
        element=element,
    )


def bad_length(element: str, least: int, most: int, supplied: int) -> Fault:
    """2050, recorded for DocNumber; thousands are grouped in the recorded text."""
    return Fault(
        "2050",
        "String length is either shorter or longer than supported by specification",
        f"String length specified does not match the supported length. Min:{least:,} Max:{most:,} supported. "
        f"Supplied length:{supplied:,}",
        element=element,
    )


def bad_value(code: str, what: str, value: object, element: str) -> Fault:
    """2060 to 2240: one member has the wrong form. Codes are documented, most wordings are not
    (`fault_details` gives others)."""
    return Fault(code, f"Invalid {what}", f"Invalid {what} : {value}", element=element)


def invalid_email(value: object, element: str) -> Fault:
    """2210. Code documented."""
    return Fault(
        "2210",
        "Invalid Email Address format",
        f"Email Address does not conform to the syntax rules of RFC 822. Supplied value:{value}",
        element=element,
    )


def invalid_reference(element: str, record_id: object) -> Fault:
    """2500, recorded for Names, Accounts, Klasses and Depts."""
    return Fault(
        "2500",
        "Invalid Reference Id",
        f"Invalid Reference Id : {element} element id {record_id} not found",
        element="",
    )


def inactive_reference(code: str = "2500") -> Fault:
    """2500 for a reference to a deactivated record (documented wording); 610 and 6250 are documented for it too."""
    message = {"610": "Object Not Found", "6250": "Invalid Customer"}.get(code, "Invalid Reference Id")
    return Fault(
        code,
        message,
        f"{message} : Something you're trying to use has been made inactive. "
        "Check the fields with accounts, customers, items, vendors or employees.",
        element="",
    )


def query_parse(detail: str) -> Fault:
    """4000, recorded."""
    return Fault("4000", "Error parsing query", f"QueryParserError: {detail}")


def query_invalid(detail: str) -> Fault:
    """4001, recorded."""
    return Fault("4001", "Invalid query", f"QueryValidationError: {detail}")


def stale(person: str) -> Fault:
    """5010, recorded."""
    return Fault(
        "5010",
        "Stale Object Error",
        f"Stale Object Error : You and {person} were working on this at the same time. "
        f"{person} finished before you did, so your work was not saved.",
        element="",
    )


def business(detail: str) -> Fault:
    """6000, the catch-all; recorded envelope, `detail` from the single rule."""
    return Fault(
        "6000",
        "A business validation error has occurred while processing your request",
        f"Business Validation Error: {detail}",
        element="",
    )


def name_part_required() -> Fault:
    """6080, documented code."""
    return Fault(
        "6080",
        "A name part is required",
        "At least one of these is required: Title, GivenName, MiddleName, FamilyName, DisplayName, Suffix.",
        element="",
    )


def parent_required() -> Fault:
    """6150, documented code: a job without a parent."""
    return Fault(
        "6150", "Parent is required", "A sub-customer or job needs a ParentRef.", element="ParentRef"
    )


def own_parent() -> Fault:
    """900, documented code."""
    return Fault(
        "900", "Invalid parent", "An object cannot be its own parent or its parent's parent.", element=""
    )


def too_deep() -> Fault:
    """6180, documented code: five levels, the top one counted."""
    return Fault(
        "6180", "Too many levels", "You can have only five levels of sub-customers.", element="ParentRef"
    )


def has_balance(noun: str) -> Fault:
    """6220, recorded for customers."""
    return Fault(
        "6220",
        "Delete List Has Balance Error",
        "The entity you are trying to delete has an open balance. : "
        f"This {noun} cannot be deleted because it has a non-zero balance",
    )


def duplicate_name(detail: str) -> Fault:
    """6240, recorded in several wordings; `detail` follows 'The name supplied already exists. : '."""
    return Fault("6240", "Duplicate Name Exists Error", f"The name supplied already exists. : {detail}")


def deleted_element() -> Fault:
    """6000 for an edit of a deactivated or merged-away list record (verbatim production text)."""
    return business("You cannot modify a list element that has been deleted.")


def too_many_lines(code: str, sentence: str) -> Fault:
    """The limits are documented; the code is a switch."""
    return bad_value("2240", "Number Range", sentence, "Line") if code == "2240" else business(sentence)


def batch_too_large(most: int) -> Fault:
    """1040, documented; the wording is not (`fault_details`)."""
    return Fault("1040", "Batch size exceeds limit", f"A batch holds at most {most} items.", element="")


def too_many_objects(most: int) -> Fault:
    """10100, documented code; the wording is not (`fault_details`)."""
    return Fault("10100", "Result set too large", f"A batch returns at most {most} objects.", element="")


def system_failure(detail: str = "System Failure Error: an unexpected error happened") -> Fault:
    """10000 with HTTP 500, recorded envelope."""
    return Fault(
        "10000",
        "An application error has occurred while processing your request",
        detail,
        status=500,
        kind=SYSTEM,
        element="",
    )


def invalid_account_type(detail: str) -> Fault:
    """6430: an account of a type that does not go here (documented code)."""
    return Fault("6430", "Invalid account type", detail, element="")


def feature_off(code: str, feature: str) -> Fault:
    """A feature the plan or the preferences do not have. The code is a switch: 5030 or 6000."""
    detail = f"{feature} is not available or not turned on for this company."
    return business(detail) if code == "6000" else Fault(code, "Feature Not Supported", detail, element="")


def amount_differs(supplied: object) -> Fault:
    """6070, verbatim production text; the supplied value has its thousands grouped."""
    return Fault(
        "6070", "Amount calculation incorrect in the request.",
        f"Amount is not equal to UnitPrice * Qty. Supplied value:{supplied:,}", element="",
    )  # fmt: skip


def duplicate_number(number: str, kind: str, txn: str) -> Fault:
    """6140, verbatim production text."""
    return Fault(
        "6140",
        "Duplicate Document Number Error",
        "Duplicate Document Number Error : You must specify a different number. This number has already been "
        f"used. DocNumber={number} is assigned to TxnType={kind} with TxnId={txn}",
        element="",
    )


def period_closed(code: str = "6210") -> Fault:
    """6210 or 6200, documented text."""
    return Fault(
        code,
        "Account Period Closed",
        "The account period has closed and the account books cannot be updated through the QBO Services API. "
        "Please use the QBO website to make these changes.",
        element="",
    )


def deposited() -> Fault:
    """6540, documented text."""
    return Fault(
        "6540",
        "Deposited Transaction cannot be changed",
        "This transaction has been deposited. If you want to change or delete it, you must edit the deposit it "
        "appears on and remove it first.",
        element="",
    )


def before_inventory_start() -> Fault:
    """6270, recorded."""
    return Fault(
        "6270",
        "Transaction date is prior to start date for inventory item",
        "Transactions with inventory (QOH) products cant be dated earlier than the Inventory Start Date for the "
        "product",
        element="",
    )


def bad_line_tax_code(supplied: object) -> Fault:
    """6100, documented text."""
    return Fault(
        "6100",
        "Invalid Line TaxCode",
        f"Valid Line TaxCodes for US should be TAX or NON. Supplied value:{supplied}",
        element="",
    )


def cannot_link(detail: str) -> Fault:
    """620, documented code."""
    return Fault("620", "Transaction can't be linked", f"Transaction can't be linked : {detail}", element="")


def no_address() -> Fault:
    """6420, documented code: nowhere to send to."""
    return Fault(
        "6420",
        "Email address is required",
        "An email address is needed to send this transaction.",
        element="BillEmail",
    )
