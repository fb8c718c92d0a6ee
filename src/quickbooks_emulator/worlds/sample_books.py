"""Decides: the items and transactions of the sample world. Open balances, undeposited money and the big deposit are
those of the stock US sample company; what is in between is plausible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

Row = tuple[str, Mapping[str, Any]]

# name | type | price | cost | income account | expense account | quantity on hand; ids 3 onward
_ITEMS = """
Concrete|Service|0|0|49||
Design|Service|75|0|82||
Rock Fountain|Inventory|275|125|79|80|6
Gardening|Service|35|0|45||
Installation|Service|50|0|52||
Lighting|Service|0|0|48||
Maintenance & Repair|Service|0|0|53||
Pest Control|Service|35|0|54||
Pump|Inventory|15|10|79|80|32
Refunds & Allowances|Service|0|0|78||
Rocks|Service|0|0|49||
Sod|Service|0|0|49|66|
Soil|Service|10|6.50|49|66|
Sprinkler Heads|Inventory|2|0.75|79|80|61
Sprinkler Pipes|Inventory|4|2.50|79|80|46
Trimming|Service|35|0|45||
"""
# kind | number | days ago | customer | lines "item x quantity @ price [T]" | tax code
_SALES = """
Invoice|1001|46|1|9x1@100T|2
Invoice|1002|45|2|6x5@35|
SalesReceipt|1003|44|6|4x4.5@75|
Invoice|1004|43|3|5x2@275T,11x8@15T,4x8@75T,7x18@50T,15x2.4@10T|2
Invoice|1005|42|9|18x1@50|
Invoice|1006|41|9|14x8@10T|2
Invoice|1007|40|13|4x10@75|
SalesReceipt|1008|39|14|4x3@75|
Invoice|1009|38|26|14x1@103.55|
Invoice|1010|37|29|4x5@75|
SalesReceipt|1011|36|15|10x2.5@35|
Invoice|1012|35|23|4x3@75,13x1@49.50|
Invoice|1013|34|26|15x7.5@10T|2
SalesReceipt|1014|33|4|6x4@35|
Invoice|1015|32|18|4x12@75,13x1@54.75|
Invoice|1016|31|16|4x1@75|
Invoice|1017|30|25|6x1@80|
Invoice|1018|29|25|6x1@80|
Invoice|1019|28|25|6x1@80|
RefundReceipt|1020|27|15|10x2.5@35|
Invoice|1021|26|1|4x5@75,9x1@84|
Invoice|1022|25|12|9x1@75T|2
Invoice|1023|24|20|10x2@35|
Invoice|1024|23|20|6x4@35,13x1@16|
Invoice|1025|22|1|6x3@35,9x1@100|
CreditMemo|1026|21|1|10x1@100|
Invoice|1027|20|2|9x1@85|
Invoice|1028|19|9|18x1@35|
Invoice|1029|18|5|5x1@275T,16x36@2T,17x15@4T,11x1@15T|3
Invoice|1030|17|8|4x3@75,13x1@1.75|
Invoice|1031|16|8|5x1@275T,6x2@35,13x1@20|2
Invoice|1032|15|26|9x1@384T|2
Invoice|1033|14|10|5x1@275T,4x4.1@75T|2
Invoice|1034|13|21|13x1@78.60|
Invoice|1035|12|17|4x3@75T,13x1@66T|2
Invoice|1036|11|8|4x5@75T,11x6@15T,13x1@12.50T|
Invoice|1037|10|24|4x4@75T,13x1@35.25T|2
"""
# kind: P payment, C credit applied | days ago | customer | invoice | amount | deposited to | reference
_PAYMENTS = """
P|40|1|1001|108|35|
P|39|2|1002|175|35|
P|30|3|1004|694|35|5664
P|33|9|1006|86.40|35|
P|30|13|1007|300|35|
P|29|26|1009|103.55|35|
P|19|26|1013|81|4|
P|18|1|1021|220|4|6552
P|17|1|1025|105|35|
C|21|1|1025|100|4|
P|16|25|1017|80|4|
P|15|5|1029|460.40|4|
P|14|8|1030|226.75|4|
P|12|3|1004|1675.52|4|
P|11|8|1031|387|4|
"""
_RECEIPT_ACCOUNTS = {"1003": "35", "1008": "35", "1011": "4", "1014": "4", "1020": "35"}
_DISCOUNTED = {"1011": Decimal(10)}
# days ago | vendor | account or item lines | paid from: 35 check, 41 card, empty: open
_BILLS = """
50|40|17=900|35
45|51|73=666|35
44|49|69=300|35
43|32|77=56.50|41
42|46|64=103.55|41
20|31|57=241.23|
18|36|75=755|
16|48|76=86.44|
14|49|69=315|
12|46|11x8@10,5x1@125|
"""
# days ago | vendor | account | amount | paid from
_EXPENSES = (
    (30, "33", "56", "63.15", "41"), (28, "41", "64", "42.40", "41"), (26, "33", "56", "52.56", "41"),
    (24, "50", "66", "82.45", "35"), (20, "39", "28", "112.00", "35"), (9, "47", "13", "18.97", "41"),
)  # fmt: skip
# account | opening amount, a debit positive; ends with the balances of the stock sample company
_OPENING = (
    ("35", "807.01"), ("36", "600.00"), ("38", "13495.00"), ("43", "-4000.00"), ("44", "-25000.00"),
    ("41", "-500.00"),
)  # fmt: skip


def items(today: date) -> Iterator[Row]:
    """Items 3 to 18. Stock starts a year before the world."""
    start = (today - timedelta(days=365)).isoformat()
    for line in _ITEMS.strip().splitlines():
        name, type_, price, cost, income, expense, quantity = line.split("|")
        fields: dict[str, Any] = {
            "Name": name,
            "Type": type_,
            "UnitPrice": Decimal(price),
            "PurchaseCost": Decimal(cost),
            "IncomeAccountRef": {"value": income},
            "Taxable": type_ == "Inventory",
        }
        if expense:
            fields["ExpenseAccountRef"] = {"value": expense}
        if quantity:
            fields |= {
                "TrackQtyOnHand": True,
                "QtyOnHand": Decimal(quantity),
                "InvStartDate": start,
                "AssetAccountRef": {"value": "81"},
            }
        yield "Item", fields


class _Book:
    """Counts the ids the transactions get, so that later ones can link to earlier ones."""

    def __init__(self, today: date) -> None:
        self._today, self._last = today, 0
        self.ids: dict[str, str] = {}

    def row(self, entity: str, days: int | str, fields: dict[str, Any], name: str = "") -> Row:
        self._last += 1
        if name:
            self.ids[name] = str(self._last)
        day = self._today - timedelta(days=int(days))
        return entity, {"TxnDate": day.isoformat(), **fields}


def transactions(today: date) -> Iterator[Row]:
    """Opening entry, bills, sales, payments, deposits, in the order of their ids. `today`: the day the world begins
    on; all dates lie before it."""
    book = _Book(today)
    yield book.row("JournalEntry", 60, {"Line": _opening_lines(), "PrivateNote": "Opening balances"})
    yield from _buying(book)
    card = {
        "BankAccountRef": {"value": "35"},
        "CreditCardAccountRef": {"value": "41"},
        "Amount": Decimal("679.41"),
    }
    yield book.row("CreditCardPayment", 25, card)
    for line in _SALES.strip().splitlines():
        yield _sale(book, line)
    for number, line in enumerate(_PAYMENTS.strip().splitlines()):
        yield _payment(book, number, line)
    yield book.row(
        "Deposit", 32, _deposit(book, ("SalesReceipt", "1011", "78.75"), ("SalesReceipt", "1014", "140"))
    )
    paid = (("81", "26"), ("220", "1"), ("80", "25"), ("460.40", "5"), ("226.75", "8"))
    yield book.row(
        "Deposit",
        9,
        {
            **_deposit(book, *(("Payment", f"{amount}/{customer}", amount) for amount, customer in paid)),
            "CashBack": {"AccountRef": {"value": "36"}, "Amount": Decimal(200), "Memo": "Savings"},
        },
    )
    estimate = [_sale_line("4x4@75"), _sale_line("13x1@35.25")]
    yield book.row(
        "Estimate", 12, {"CustomerRef": {"value": "24"}, "Line": estimate, "TxnStatus": "Accepted"}
    )
    other = [_sale_line("4x7@75"), _sale_line("13x1@57.50")]
    yield book.row("Estimate", 8, {"CustomerRef": {"value": "10"}, "Line": other})
    order = {"VendorRef": {"value": "46"}, "Line": [_bought_line("11x10@10")]}
    yield book.row("PurchaseOrder", 7, order)
    yield (
        "TimeActivity",
        {
            "TxnDate": (today - timedelta(days=6)).isoformat(),
            "NameOf": "Employee",
            "EmployeeRef": {"value": "55"},
            "CustomerRef": {"value": "1"},
            "ItemRef": {"value": "2"},
            "Hours": 5,
            "Minutes": 0,
            "BillableStatus": "Billable",
            "HourlyRate": Decimal(20),
        },
    )


def _sale(book: _Book, line: str) -> Row:
    kind, number, days, customer, lines, code = line.split("|")
    fields: dict[str, Any] = {
        "DocNumber": number,
        "CustomerRef": {"value": customer},
        "Line": [_sale_line(one) for one in lines.split(",")],
        "CustomerMemo": {"value": "Thank you for your business and have a great day!"},
    }
    if number in _DISCOUNTED:
        detail = {"PercentBased": True, "DiscountPercent": _DISCOUNTED[number]}
        fields["Line"].append({"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail})
    if code:
        fields["TxnTaxDetail"] = {"TxnTaxCodeRef": {"value": code}}
    if number in _RECEIPT_ACCOUNTS:
        fields["DepositToAccountRef"] = {"value": _RECEIPT_ACCOUNTS[number]}
    if kind == "Invoice":
        fields["SalesTermRef"] = {"value": "3"}
    return book.row(kind, days, fields, number)


def _payment(book: _Book, number: int, line: str) -> Row:
    kind, days, customer, invoice, amount, account, reference = line.split("|")
    links = [("Invoice", invoice)] + ([("CreditMemo", "1026")] if kind == "C" else [])
    fields: dict[str, Any] = {
        "CustomerRef": {"value": customer},
        "TotalAmt": Decimal(0 if kind == "C" else amount),
        "DepositToAccountRef": {"value": account},
        "Line": [
            {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": book.ids[name], "TxnType": entity}]}
            for entity, name in links
        ],
    }
    if reference:
        fields |= {"PaymentRefNum": reference, "PaymentMethodRef": {"value": "2"}}
    return book.row("Payment", days, fields, f"{amount}/{customer}")


def _deposit(book: _Book, *sources: tuple[str, str, str]) -> dict[str, Any]:
    return {
        "DepositToAccountRef": {"value": "35"},
        "Line": [
            {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": book.ids[name], "TxnType": entity}]}
            for entity, name, amount in sources
        ],
    }


def _buying(book: _Book) -> Iterator[Row]:
    for number, line in enumerate(_BILLS.strip().splitlines()):
        days, vendor, lines, paid_from = line.split("|")
        bought = [_bought_line(one) for one in lines.split(",")]
        yield book.row("Bill", days, {"VendorRef": {"value": vendor}, "Line": bought}, f"bill {number}")
        if paid_from:
            amount = sum((one["Amount"] for one in bought), Decimal(0))
            how: dict[str, Any] = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": "35"}}}
            if paid_from == "41":
                how = {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": {"value": "41"}}}
            link = {"TxnId": book.ids[f"bill {number}"], "TxnType": "Bill"}
            fields = {
                "VendorRef": {"value": vendor},
                "TotalAmt": amount,
                "Line": [{"Amount": amount, "LinkedTxn": [link]}],
                **how,
            }
            yield book.row("BillPayment", int(days) - 12, fields)
    for days_ago, vendor, account, amount_text, paid_from in _EXPENSES:
        kind = "CreditCard" if paid_from == "41" else "Check"
        line_of = _bought_line(f"{account}={amount_text}")
        yield book.row(
            "Purchase",
            days_ago,
            {
                "PaymentType": kind,
                "AccountRef": {"value": paid_from},
                "EntityRef": {"value": vendor, "type": "Vendor"},
                "Line": [line_of],
            },
        )


def _sale_line(text: str) -> dict[str, Any]:
    item, _, rest = text.partition("x")
    quantity, _, price = rest.partition("@")
    taxed = price.endswith("T")
    number, cost = Decimal(quantity), Decimal(price.removesuffix("T"))
    detail = {
        "ItemRef": {"value": item},
        "UnitPrice": cost,
        "Qty": number,
        "TaxCodeRef": {"value": "TAX" if taxed else "NON"},
    }
    return {"Amount": number * cost, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}


def _bought_line(text: str) -> dict[str, Any]:
    if "=" in text:
        account, amount = text.split("=")
        kind = "AccountBasedExpenseLineDetail"
        return {"Amount": Decimal(amount), "DetailType": kind, kind: {"AccountRef": {"value": account}}}
    item, _, rest = text.partition("x")
    quantity, _, price = rest.partition("@")
    kind = "ItemBasedExpenseLineDetail"
    detail = {"ItemRef": {"value": item}, "Qty": Decimal(quantity), "UnitPrice": Decimal(price)}
    return {"Amount": Decimal(quantity) * Decimal(price), "DetailType": kind, kind: detail}


def _opening_lines() -> list[dict[str, Any]]:
    total = -sum((Decimal(amount) for _, amount in _OPENING), Decimal(0))
    kind = "JournalEntryLineDetail"
    return [
        {
            "Amount": abs(amount),
            "DetailType": kind,
            kind: {"PostingType": "Debit" if amount > 0 else "Credit", "AccountRef": {"value": account}},
        }
        for account, amount in (*((name, Decimal(text)) for name, text in _OPENING), ("34", total))
    ]
