"""Decides: what a JournalEntry is: lines that name their accounts, debits as much as credits."""

from __future__ import annotations

from decimal import Decimal

from quickbooks_emulator import faults
from quickbooks_emulator.entities import references, settings
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    BASE,
    Body,
    Entity,
    Family,
    Field,
    Kind,
    boolean,
    ignored,
    text,
)
from quickbooks_emulator.forms import basics, numbers, settle
from quickbooks_emulator.forms.applied import linked_ids
from quickbooks_emulator.forms.shapes import LINE_OF, TAX_DETAIL, ZERO, Shape, many, number_field, one, ref
from quickbooks_emulator.ledger.accounts import PAYABLE, RECEIVABLE
from quickbooks_emulator.ledger.paid import journal
from quickbooks_emulator.ledger.post import post, unpost
from quickbooks_emulator.store.books import Books

DETAIL = "JournalEntryLineDetail"
_OWED = {RECEIVABLE: "Customer", PAYABLE: "Vendor"}
_LINE = LINE_OF(
    (
        Field(
            DETAIL,
            form=one(
                Shape(
                    DETAIL,
                    (
                        Field("PostingType", Kind.ENUM, values=("Debit", "Credit")),
                        Field(
                            "Entity",
                            form=one(
                                Shape(
                                    "EntityTypeRef",
                                    (
                                        Field("Type", Kind.ENUM, values=("Customer", "Vendor", "Employee")),
                                        ref("EntityRef", None),
                                    ),
                                )
                            ),
                        ),
                        ref("AccountRef", "Account"),
                        ref("ClassRef", "Class"),
                        ref("DepartmentRef", "Department"),
                        Field("TaxCodeRef", Kind.REF),
                        Field("TaxApplicableOn"),
                        Field("BillableStatus"),
                    ),
                    ignored=("TaxAmount", "TaxInclusiveAmt", "JournalCodeRef", "ProjectRef"),
                )
            ),
        ),
        Field("DescriptionLineDetail", Kind.OPEN),
    )
)


def settle_lines(change: Change) -> None:
    """Each line needs Amount, PostingType (2260), AccountRef; debits equal credits (2300); a line on A/R needs a
    customer, one on A/P a vendor, and there is only one such line (documented). Ids begin at 0 (recorded)."""
    books, body = change.books, change.body
    known = {line["Id"] for line in change.before.get("Line", ())}
    last, balance, owed = int(change.before.get("_lines", -1)), ZERO, 0
    lines: list[Body] = []
    for line in body.get("Line") or ():
        if line.get("DetailType") is None:
            raise faults.required("Line.DetailType")
        line_id = line.get("Id")
        if line_id is None or str(line_id) not in known or any(one["Id"] == str(line_id) for one in lines):
            last += 1
            line_id = str(last)
        settled: Body = {"Id": str(line_id), **{name: line[name] for name in _KEPT if name in line}}
        if line["DetailType"] == DETAIL:
            detail = dict(line.get(DETAIL, {}))
            account_type = _check(books, line, detail)
            balance += Decimal(line["Amount"]) * (1 if detail["PostingType"] == "Debit" else -1)
            owed += account_type in _OWED
            if "ClassRef" in detail and not settings.classes_per_line(books):
                del detail["ClassRef"]
            if "DepartmentRef" in detail and not settings.departments(books):
                del detail["DepartmentRef"]
            settled[DETAIL] = detail
        elif line["DetailType"] != "DescriptionOnly":
            raise faults.Fault(
                "2170", "Invalid Enumeration", f"Invalid Enumeration : {line['DetailType']}", element=""
            )
        lines.append(settled)
    if not any(DETAIL in line for line in lines):
        raise faults.required("Line")
    if balance:
        raise faults.Fault(
            "2300",
            "Amounts do not balance",
            "The debits and credits of a journal entry must be equal.",
            element="",
        )
    if owed > 1:
        raise faults.business("A journal entry can have only one accounts receivable or payable line.")
    body["Line"], body["_lines"] = lines, last
    body["TxnTaxDetail"] = {}


_KEPT = ("Description", "Amount", "DetailType", "DescriptionLineDetail")


def _check(books: Books, line: Body, detail: Body) -> str:
    if "Amount" not in line:
        raise faults.required("Line.Amount")
    if Decimal(line["Amount"]) < 0:
        raise faults.Fault(
            "2290", "Negative amount", "A journal line cannot be negative.", element="Line.Amount"
        )
    if "PostingType" not in detail:
        raise faults.Fault(
            "2260", "Posting type missing", "PostingType is required.", element="Line.PostingType"
        )
    if "AccountRef" not in detail:
        raise faults.required("Line.JournalEntryLineDetail.AccountRef")
    account = books.get("Account", detail["AccountRef"]["value"])
    if account is None:
        raise faults.invalid_reference("Accounts", detail["AccountRef"]["value"])
    entity = detail.get("Entity", {})
    if entity.get("EntityRef") and books.get(entity.get("Type", ""), entity["EntityRef"]["value"]) is None:
        raise faults.invalid_reference("Names", entity["EntityRef"]["value"])
    type_ = str(account.body["AccountType"])
    if type_ in _OWED and (entity.get("Type") != _OWED[type_] or "EntityRef" not in entity):
        kind = _OWED[type_].lower()
        raise faults.business(f"When you use {type_}, you must choose a {kind} in the Name field.")
    return type_


def show_lines(books: Books, lines: list[Body]) -> list[Body]:
    printed = []
    for line in lines:
        detail = dict(line.get(DETAIL, {}))
        for name, entity in (
            ("AccountRef", "Account"),
            ("ClassRef", "Class"),
            ("DepartmentRef", "Department"),
        ):
            if name in detail:
                detail[name] = _named(books, entity, detail[name], "FullyQualifiedName")
        if "EntityRef" in detail.get("Entity", {}):
            who = detail["Entity"]
            detail["Entity"] = {
                **who,
                "EntityRef": _named(books, who.get("Type", ""), who["EntityRef"], "DisplayName"),
            }
        printed.append({**line, DETAIL: detail} if detail else line)
    return printed


def _named(books: Books, entity: str, reference: Body, member: str) -> Body:
    record = books.get(entity, reference["value"]) if entity in books.entities else None
    return {"value": reference["value"], "name": record.body[member]} if record else reference


JOURNAL_ENTRY = Entity(
    name="JournalEntry",
    family=Family.TRANSACTION,
    noun="journal entry",
    sequence="transactions",
    reference_label="Transactions",
    fields=(
        boolean("Adjustment", default=False),
        BASE,
        text("DocNumber", 21).queried(),
        Field("TxnDate", Kind.DATE).queried(),
        Field("CurrencyRef", Kind.REF),
        number_field("ExchangeRate"),
        text("PrivateNote", 4000),
        Field("Line", form=many(_LINE), show=show_lines),
        Field("TxnTaxDetail", form=one(TAX_DETAIL)),
        *(
            ignored(name)
            for name in (
                "TotalAmt",
                "HomeTotalAmt",
                "GlobalTaxCalculation",
                "RecurDataRef",
                "TaxRateRef",
                "TransactionLocationType",
                "JournalEntryEx",
                "AttachableRef",
                "LinkedTxn",
                "TxnStatus",
                "TxnSource",
                "DepartmentRef",
                "CustomField",
                "Tag",
                "ReportInHomeCurrency",
                "HomeCurrencyAdjustment",
                "EnteredInHomeCurrency",
            )
        ),
    ),
    rules=(
        basics.date_it,
        basics.open_period,
        references.check_references,
        basics.currency_of("Customer", "CustomerRef"),
        settle_lines,
        settle.keep_owed,
        numbers.number(("JournalEntry",), warning="WarnDuplicateJournalNumber"),
    ),
    afterwards=(post, settle.trim_owed),
    removing=(basics.open_period,),
    removed=(unpost, settle.release),
    post=journal,
    indexed=("DocNumber",),
    more_indexes=(("linked", linked_ids),),
    events=("Create", "Update", "Delete"),
)
