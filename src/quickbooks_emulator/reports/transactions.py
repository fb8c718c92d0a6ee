"""Decides: TransactionList: one line a transaction with its main account, the other one and its amount there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from quickbooks_emulator import faults
from quickbooks_emulator.entities import settings
from quickbooks_emulator.entities.declaration import ZERO, Body, Entity, Family
from quickbooks_emulator.entities.render import company_time
from quickbooks_emulator.forms.applied import name_of
from quickbooks_emulator.forms.basics import home_amount
from quickbooks_emulator.ledger import accounts
from quickbooks_emulator.ledger.documents import Entry, Posting
from quickbooks_emulator.ledger.paid import paying_account
from quickbooks_emulator.ledger.post import table
from quickbooks_emulator.reports import shape
from quickbooks_emulator.reports.asked import Asked
from quickbooks_emulator.reports.shape import Column, cell, data, section
from quickbooks_emulator.reports.wording import named_columns, type_name
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

_CREDIT_SIDE = ("Liability", "Equity", "Revenue")
_NON_POSTING = ("Estimate", "PurchaseOrder")
# the member that names a transaction's main account; "" for A/R or A/P
_MAIN = {
    "Invoice": "", "CreditMemo": "", "Estimate": "", "Bill": "", "VendorCredit": "", "PurchaseOrder": "",
    "Payment": "DepositToAccountRef", "SalesReceipt": "DepositToAccountRef", "RefundReceipt": "DepositToAccountRef",
    "Deposit": "DepositToAccountRef", "Purchase": "AccountRef", "Transfer": "FromAccountRef",
    "CreditCardPayment": "BankAccountRef", "InventoryAdjustment": "AdjustAccountRef",
}  # fmt: skip
_TYPES = {
    "receivepayment": "Payment", "creditrefund": "RefundReceipt", "billpaymentcheck": "BillPayment",
    "billpaymentcreditcard": "BillPayment", "check": "Purchase", "cashpurchase": "Purchase",
    "creditcardcharge": "Purchase", "creditcardcredit": "Purchase", "inventoryquantityadjustment": "InventoryAdjustment",
}  # fmt: skip
"""Values of transaction_type that are not simply the entity's name (documented list)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One transaction. `amount`: on the main account, positive on the side its type grows on."""

    entity: Entity
    record: Record
    day: str
    main: str
    others: tuple[str, ...]
    amount: Decimal


_COLUMNS: dict[str, tuple[str, Callable[[Books, Line], Body]]] = {
    "tx_date": ("Date", lambda books, line: cell(line.day)),
    "txn_type": ("Transaction Type", lambda books, line: cell(type_name(line.entity.name, line.record.body), line.record.id)),
    "doc_num": ("Num", lambda books, line: cell(_number(line.record.body))),
    "is_no_post": ("Posting", lambda books, line: cell("No" if line.entity.name in _NON_POSTING else "Yes")),
    "name": ("Name", lambda books, line: _name(books, line.record.body)),
    "dept_name": ("Location", lambda books, line: _listed(books, "Department", line.record.body, "DepartmentRef")),
    "memo": ("Memo/Description", lambda books, line: cell(line.record.body.get("PrivateNote", ""))),
    "account_name": ("Account", lambda books, line: _account(books, line.main)),
    "other_account": ("Split", lambda books, line: _split(books, line)),
    "subt_nat_amount": ("Amount", lambda books, line: cell(shape.amount(line.amount, "0.00"))),
    "due_date": ("Due Date", lambda books, line: cell(line.record.body.get("DueDate", ""))),
    "term_name": ("Terms", lambda books, line: _listed(books, "Term", line.record.body, "SalesTermRef")),
    "pmt_mthd": ("Payment Method", lambda books, line: _listed(books, "PaymentMethod", line.record.body, "PaymentMethodRef")),
    "create_date": ("Create Date", lambda books, line: cell(_day(books, line.record.created))),
    "last_mod_date": ("Last Modified", lambda books, line: cell(_day(books, line.record.updated))),
}  # fmt: skip
_DEFAULT = (
    "tx_date", "txn_type", "doc_num", "is_no_post", "name", "dept_name", "memo", "account_name", "other_account",
    "subt_nat_amount",
)  # fmt: skip
_GROUPS: dict[str, Callable[[Books, Line], Body]] = {
    "none": lambda books, line: cell(""),
    "name": lambda books, line: _name(books, line.record.body),
    "customer": lambda books, line: _listed(books, "Customer", line.record.body, "CustomerRef"),
    "vendor": lambda books, line: _listed(books, "Vendor", line.record.body, "VendorRef"),
    "account": lambda books, line: _account(books, line.main),
    "transaction type": lambda books, line: cell(type_name(line.entity.name, line.record.body)),
    "location": lambda books, line: _listed(books, "Department", line.record.body, "DepartmentRef"),
    "month": lambda books, line: cell(line.day[:7]),
    "day": lambda books, line: cell(line.day),
    "year": lambda books, line: cell(line.day[:4]),
}


def transaction_list(books: Books, asked: Asked) -> Body:
    default = [one for one in _DEFAULT if one != "dept_name" or settings.departments(books)]
    names = named_columns(asked, _COLUMNS, default)
    key = _GROUPS.get((asked.params.get("group_by") or "none").strip().lower())
    if key is None:
        raise faults.Fault(
            "2170",
            "Invalid Enumeration",
            f"Invalid Enumeration : {asked.params['group_by']}",
            element="group_by",
        )
    lines = sorted(_lines(books, asked), key=lambda line: (line.day, len(line.record.id), line.record.id))
    sort = asked.params.get("sort_by", "").lower()
    if sort in _COLUMNS:
        descending = asked.params.get("sort_order", "").lower() == "descend"
        lines.sort(key=lambda line: _COLUMNS[sort][1](books, line)["value"], reverse=descending)
    rows = _grouped(books, lines, names, key) if key is not _GROUPS["none"] else _rows(books, lines, names)
    return shape.report(
        books,
        asked,
        [Column(_COLUMNS[name][0], name) for name in names],
        rows,
        has_data=bool(lines),
        members=[
            ("DateMacro", asked.macro),
            ("StartPeriod", asked.start.isoformat() if asked.start else ""),
            ("EndPeriod", asked.end.isoformat() if asked.end else ""),
        ],
    )


def _lines(books: Books, asked: Asked) -> Iterator[Line]:
    first, last = (
        asked.start.isoformat() if asked.start else "",
        asked.end.isoformat() if asked.end else "9999",
    )
    wanted_type = asked.params.get("transaction_type", "").strip().lower()
    wanted_type = _TYPES.get(wanted_type, wanted_type).lower()
    number = asked.params.get("docnum", "").strip()
    people = {*asked.filter("customer"), *asked.filter("vendor"), *asked.filter("name")}
    places = asked.filter("department")
    entries: dict[str, Entry] = table(books).rows
    for entity in books.entities.values():
        if entity.family is not Family.TRANSACTION or (wanted_type and entity.path != wanted_type):
            continue
        for record in books.table(entity.name).values():
            body = record.body
            day = body.get("TxnDate", "")
            if (
                not first <= day <= last
                or (people and name_of(body) not in people)
                or (number and body.get("DocNumber") != number)
                or (places and body.get("DepartmentRef", {}).get("value") not in places)
            ):
                continue
            line = _line(books, entity, record, day, entries.get(record.id))
            if line is not None:
                yield line


def _line(books: Books, entity: Entity, record: Record, day: str, entry: Entry | None) -> Line | None:
    if entry is None and entity.name not in _NON_POSTING and entity.post is None:
        return None
    postings = entry.postings if entry else ()
    main = _main(books, entity.name, record.body, postings)
    sum_ = sum((one.amount for one in postings if one.account == main), ZERO)
    if entry is None and entity.name in _NON_POSTING:
        sum_ = home_amount(record.body, Decimal(record.body.get("TotalAmt", 0)))
        others: tuple[str, ...] = ()
    else:
        account = books.get("Account", main)
        if account is not None and account.body["Classification"] in _CREDIT_SIDE:
            sum_ = -sum_
        others = tuple(dict.fromkeys(one.account for one in postings if one.account != main))
    return Line(entity, record, day, main, others, sum_)


def _main(books: Books, entity: str, body: Body, postings: tuple[Posting, ...]) -> str:
    if entity == "BillPayment":
        return paying_account(body)
    member = _MAIN.get(entity)
    if member:
        return str(body.get(member, {}).get("value", ""))
    if member == "":
        wanted = accounts.PAYABLE if "VendorRef" in body else accounts.RECEIVABLE
        ids = [one.id for one in accounts.of_type(books, wanted)]
        for posting in postings:
            if posting.account in ids:
                return posting.account
        return ids[0] if ids else ""
    return postings[0].account if postings else ""


def _rows(books: Books, lines: list[Line], names: list[str]) -> list[Body]:
    return [data([_COLUMNS[name][1](books, line) for name in names]) for line in lines]


def _grouped(
    books: Books, lines: list[Line], names: list[str], key: Callable[[Books, Line], Body]
) -> list[Body]:
    groups: dict[tuple[str, str], tuple[Body, list[Line]]] = {}
    for line in lines:
        head = key(books, line)
        found = groups.setdefault((head["value"].casefold(), head.get("id", "")), (head, []))
        found[1].append(line)
    rows = []
    for _, (head, members) in sorted(groups.items()):
        title = head["value"] or "Not Specified"
        total = sum((line.amount for line in members), ZERO)
        sums = [
            cell(shape.amount(total, "0.00")) if name == "subt_nat_amount" else cell("") for name in names
        ]
        header = [{**head, "value": title}, *(cell("") for _ in names[1:])]
        rows.append(section(header, _rows(books, members, names), [cell(f"Total for {title}"), *sums[1:]]))
    return rows


def _number(body: Body) -> str:
    return str(body.get("DocNumber") or body.get("PaymentRefNum") or "")


def _name(books: Books, body: Body) -> Body:
    found = name_of(body)
    for entity in ("Customer", "Vendor", "Employee"):
        record = books.get(entity, found) if found else None
        if record is not None:
            return cell(record.body.get("FullyQualifiedName") or record.body["DisplayName"], found)
    return cell("")


def _listed(books: Books, entity: str, body: Body, member: str) -> Body:
    record_id = body.get(member, {}).get("value", "")
    record = books.get(entity, record_id) if record_id else None
    if record is None:
        return cell("")
    name = record.body.get("FullyQualifiedName") or record.body.get("Name") or record.body["DisplayName"]
    return cell(name, record_id)


def _account(books: Books, account_id: str) -> Body:
    record = books.get("Account", account_id)
    return cell(record.body["FullyQualifiedName"], account_id) if record else cell("")


def _split(books: Books, line: Line) -> Body:
    if len(line.others) == 1:
        return _account(books, line.others[0])
    return cell("-Split-", "") if line.others else cell("")


def _day(books: Books, seconds: int) -> str:
    return company_time(seconds, books.company.time_zone)[:10]
