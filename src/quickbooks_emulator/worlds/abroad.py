"""Decides: a Canadian and a UK company: customers, a few invoices with the country's tax codes, foreign money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

Row = tuple[str, Mapping[str, Any]]

# name | given | family | street | town | region | post code
_CANADIANS = """
Birchmount Bakery|Chloe|Tremblay|14 Front St. W|Toronto|ON|M5J 1E3
Cabot Trail Outfitters|Angus|MacNeil|2 Water St.|Baddeck|NS|B0E 1B0
Lakehead Dental|Priya|Nair|88 Red River Rd.|Thunder Bay|ON|P7B 1A4
Montreal Print House|Luc|Gagnon|500 rue Sherbrooke|Montréal|QC|H2L 1K3
Prairie Wind Energy|Sam|Okimaw|9 Portage Ave.|Winnipeg|MB|R3C 0B1
"""
_BRITONS = """
Ashdown Joinery|Tom|Ashdown|3 Mill Lane|Lewes|East Sussex|BN7 2AA
Brightwater Cafe|Megan|Rees|21 The Strand|Swansea|Wales|SA1 2AE
Clyde Marine Survey|Isla|Fraser|7 Quay Rd.|Glasgow|Scotland|G3 8QQ
Fenland Seeds|George|Pask|Station Yard|Ely|Cambridgeshire|CB7 4DJ
"""
# days ago | customer | amounts with their tax code ids | inclusive
_CANADIAN_SALES = ((30, "1", (("250.00", "4"),), False), (22, "2", (("99.95", "5"), ("40.00", "2")), False),
                   (15, "3", (("9.00", "4"), ("3.00", "4")), True), (9, "4", (("1200.00", "6"),), False))  # fmt: skip
_UK_SALES = ((28, "1", (("600.00", "4"),), False), (20, "2", (("48.00", "2"), ("12.00", "4")), True),
             (12, "3", (("350.00", "4"),), False))  # fmt: skip


def canada(today: date) -> Iterator[Row]:
    yield from _customers(_CANADIANS)
    yield "CompanyCurrency", {"Code": "USD"}
    yield (
        "ExchangeRate",
        {
            "SourceCurrencyCode": "USD",
            "Rate": Decimal("1.36"),
            "AsOfDate": (today - timedelta(days=60)).isoformat(),
        },
    )
    yield "Customer", {"DisplayName": "Seattle Roasters", "CurrencyRef": {"value": "USD"}}
    yield from _sales(today, _CANADIAN_SALES)
    yield from _sales(today, ((5, "6", (("100.00", "2"),), False),))


def uk(today: date) -> Iterator[Row]:
    yield from _customers(_BRITONS)
    yield from _sales(today, _UK_SALES)


def _customers(table: str) -> Iterator[Row]:
    for line in table.strip().splitlines():
        name, given, family, street, town, region, code = line.split("|")
        address = {"Line1": street, "City": town, "CountrySubDivisionCode": region, "PostalCode": code}
        yield (
            "Customer",
            {
                "DisplayName": name,
                "CompanyName": name,
                "GivenName": given,
                "FamilyName": family,
                "PrimaryEmailAddr": {"Address": f"{given}.{family}@example.com".lower()},
                "BillAddr": address,
            },
        )


def _sales(today: date, table: Any) -> Iterator[Row]:
    for days, customer, amounts, inclusive in table:
        yield (
            "Invoice",
            {
                "TxnDate": (today - timedelta(days=days)).isoformat(),
                "CustomerRef": {"value": customer},
                "GlobalTaxCalculation": "TaxInclusive" if inclusive else "TaxExcluded",
                "Line": [
                    {
                        "Amount": Decimal(amount),
                        "DetailType": "SalesItemLineDetail",
                        "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": code}},
                    }
                    for amount, code in amounts
                ],
            },
        )
