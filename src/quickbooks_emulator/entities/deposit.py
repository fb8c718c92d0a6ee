"""Decides: what a Deposit is: money brought to the bank, from payments and receipts or from anywhere."""

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
    ignored,
    read_only,
    reference,
    text,
)
from quickbooks_emulator.forms import basics, numbers, sales
from quickbooks_emulator.forms.applied import linked_ids, linking
from quickbooks_emulator.forms.lines import show_lines
from quickbooks_emulator.forms.shapes import (
    LINE_OF,
    TAX_DETAIL,
    ZERO,
    Shape,
    many,
    money_field,
    number_field,
    one,
    padded,
    ref,
)
from quickbooks_emulator.ledger.paid import deposit
from quickbooks_emulator.ledger.post import post, unpost

DETAIL = "DepositLineDetail"
SOURCES = ("Payment", "SalesReceipt")
_LINE = LINE_OF(
    (
        Field(
            DETAIL,
            form=one(
                Shape(
                    DETAIL,
                    (
                        Field("Entity", Kind.REF),
                        ref("ClassRef", "Class"),
                        ref("AccountRef", "Account"),
                        ref("PaymentMethodRef", "PaymentMethod"),
                        Field("CheckNum", Kind.TEXT, 21),
                        Field("TxnType"),
                        Field("TaxCodeRef", Kind.REF),
                        Field("TaxApplicableOn"),
                    ),
                )
            ),
        ),
    )
)
_CASH_BACK = Shape("CashBackInfo", (Field("AccountRef", Kind.REF), money_field("Amount"), Field("Memo")))


def settle_lines(change: Change) -> None:
    """Linked lines have no Id, LineNum or DetailType and copy PaymentMethodRef and the reference number (recorded); what they
    link to must be in no other deposit and lie in Undeposited Funds with that amount (a switch). Direct lines need an
    account (2020). TotalAmt is their sum less the cash back (recorded)."""
    body = change.body
    known = {line["Id"] for line in change.before.get("Line", ()) if "Id" in line}
    last, number, lines = int(change.before.get("_lines", 0)), 0, []
    for line in body.get("Line") or ():
        if "Amount" not in line:
            raise faults.required("Line.Amount")
        if line.get("LinkedTxn"):
            lines.append(_linked(change, line))
            continue
        detail = dict(line.get(DETAIL, {}))
        if "AccountRef" not in detail:
            raise faults.required("Line.DepositLineDetail.AccountRef")
        if change.books.get("Account", detail["AccountRef"]["value"]) is None:
            raise faults.invalid_reference("Accounts", detail["AccountRef"]["value"])
        if "ClassRef" in detail and not settings.classes_per_line(change.books):
            del detail["ClassRef"]
        line_id = str(line.get("Id", ""))
        if line_id not in known:
            last += 1
            line_id = str(last)
        known.discard(line_id)
        number += 1
        head: Body = {"Id": line_id, "LineNum": number}
        if "Description" in line:
            head["Description"] = line["Description"]
        lines.append({**head, "Amount": line["Amount"], "DetailType": DETAIL, DETAIL: detail})
    if not lines:
        raise faults.required("Line")
    body["Line"], body["_lines"] = lines, last
    total = sum((Decimal(line["Amount"]) for line in lines), ZERO)
    back = body.get("CashBack")
    if back:
        for name in ("AccountRef", "Amount"):
            if name not in back:
                raise faults.required(f"CashBack.{name}")
        if change.books.get("Account", back["AccountRef"]["value"]) is None:
            raise faults.invalid_reference("Accounts", back["AccountRef"]["value"])
        total -= Decimal(back["Amount"])
    if total < 0:
        raise faults.business("Transaction amount must be 0 or greater.")
    body["TotalAmt"] = padded(total)


def _linked(change: Change, line: Body) -> Body:
    link = line["LinkedTxn"][0]
    kind, txn = link.get("TxnType"), str(link.get("TxnId", ""))
    if kind not in SOURCES:
        raise faults.cannot_link(f"a deposit cannot be linked to {kind}.")
    source = change.books.get(kind, txn)
    if source is None:
        raise faults.not_found()
    own = change.old.id if change.old else None
    if any(one.id != own for one in linking(change.books, "Deposit", txn)):
        raise faults.deposited()
    whole = change.books.knobs.deposit_links_whole
    held = change.books.get("Account", source.body["DepositToAccountRef"]["value"])
    if whole and (held is None or held.body["AccountSubType"] != "UndepositedFunds"):
        raise faults.cannot_link("the payment is not in Undeposited Funds.")
    if whole and Decimal(line["Amount"]) != Decimal(source.body["TotalAmt"]):
        raise faults.business("The amount of a deposit line must be the amount of the linked transaction.")
    detail: Body = {}
    if "PaymentMethodRef" in source.body:
        detail["PaymentMethodRef"] = source.body["PaymentMethodRef"]
    if "PaymentRefNum" in source.body:
        detail["CheckNum"] = source.body["PaymentRefNum"]
    links = [{"TxnId": txn, "TxnType": kind, "TxnLineId": "0"}]
    return {"Amount": line["Amount"], "LinkedTxn": links, **({DETAIL: detail} if detail else {})}


def show_in_sources(change: Change) -> None:
    """The linked payment or receipt shows {TxnId, "Deposit"} without a new token and without a new time
    (recorded)."""
    books, now = change.books, change.record.body if change.record else {}
    held = _sources(now)
    for kind, txn in _sources(change.before) | held:
        source = books.get(kind, txn)
        if source is None:
            continue
        body = dict(source.body)
        body.pop("LinkedTxn", None)
        if (kind, txn) in held:
            body["LinkedTxn"] = [{"TxnId": change.after.id, "TxnType": "Deposit"}]
        books.amend(books.entities[kind], source, body)


def _sources(body: Body) -> set[tuple[str, str]]:
    return {
        (link["TxnType"], link["TxnId"])
        for line in body.get("Line", ())
        for link in line.get("LinkedTxn", ())
    }


DEPOSIT = Entity(
    name="Deposit",
    family=Family.TRANSACTION,
    noun="deposit",
    sequence="transactions",
    reference_label="Transactions",
    fields=(
        reference("DepositToAccountRef", "Account", named=True).filtered(),
        Field("CashBack", form=one(_CASH_BACK)),
        read_only("TotalAmt", Kind.MONEY).queried(),
        BASE,
        text("DocNumber", 21).queried(),
        Field("TxnDate", Kind.DATE).queried(),
        reference("DepartmentRef", "Department", named=True).filtered(),
        Field("CurrencyRef", Kind.REF),
        number_field("ExchangeRate"),
        text("PrivateNote", 4000),
        Field("Line", form=many(_LINE), show=show_lines),
        Field("TxnTaxDetail", form=one(TAX_DETAIL)),
        *(
            ignored(name)
            for name in (
                "AttachableRef",
                "CustomField",
                "DepositEx",
                "GlobalTaxCalculation",
                "HomeTotalAmt",
                "RecurDataRef",
                "TransactionLocationType",
                "TxnSource",
                "TxnStatus",
                "LinkedTxn",
                "Tag",
            )
        ),
    ),
    rules=(
        basics.require("DepositToAccountRef"),
        basics.date_it,
        basics.open_period,
        references.check_references,
        basics.currency_of("Customer", "CustomerRef"),
        basics.header_tracking,
        sales.need_deposit_account,
        settle_lines,
        numbers.number(("Deposit",), automatic=False, warning="WarnDuplicateCheckNumber"),
    ),
    afterwards=(post, show_in_sources),
    removing=(basics.open_period,),
    removed=(unpost, show_in_sources),
    post=deposit,
    indexed=("DocNumber",),
    more_indexes=(("linked", linked_ids),),
    events=("Create", "Update", "Delete"),
)
