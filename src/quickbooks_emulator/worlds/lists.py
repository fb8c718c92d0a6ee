"""Decides: the lists every US world starts with: accounts, terms, payment methods, tax, the first items.

Ids and names are those of the stock sample company where they were recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

Row = tuple[str, Mapping[str, Any]]

# name | account type | sub type | parent id; the ids are the line numbers
_ACCOUNTS = """
Services|Income|ServiceFeeIncome|
Retained Earnings|Equity|RetainedEarnings|
Prepaid Expenses|Other Current Asset|PrepaidExpenses|
Undeposited Funds|Other Current Asset|UndepositedFunds|
Fees Billed|Income|ServiceFeeIncome|
Dues & Subscriptions|Expense|DuesSubscriptions|
Advertising|Expense|AdvertisingPromotional|
Bank Charges|Expense|BankCharges|
Commissions & fees|Expense|OtherMiscellaneousServiceCost|
Disposal Fees|Expense|OtherMiscellaneousServiceCost|
Insurance|Expense|Insurance|
Legal & Professional Fees|Expense|LegalProfessionalFees|
Meals and Entertainment|Expense|EntertainmentMeals|
Office Expenses|Expense|OfficeGeneralAdministrativeExpenses|
Promotional|Expense|AdvertisingPromotional|
Purchases|Expense|SuppliesMaterials|
Rent or Lease|Expense|RentOrLeaseOfBuildings|
Stationery & Printing|Expense|OfficeGeneralAdministrativeExpenses|
Supplies|Expense|SuppliesMaterials|
Taxes & Licenses|Expense|TaxesPaid|
Travel|Expense|Travel|
Travel Meals|Expense|TravelMeals|
Unapplied Cash Bill Payment Expense|Expense|UnappliedCashBillPaymentExpense|
Utilities|Expense|Utilities|
Interest Earned|Other Income|InterestEarned|
Other Portfolio Income|Other Income|OtherMiscellaneousIncome|
Penalties & Settlements|Other Expense|PenaltiesSettlements|
Equipment Rental|Expense|EquipmentRental|
Miscellaneous|Other Expense|OtherMiscellaneousExpense|
Uncategorized Income|Income|ServiceFeeIncome|
Uncategorized Expense|Expense|OtherMiscellaneousServiceCost|
Uncategorized Asset|Other Current Asset|OtherCurrentAssets|
Accounts Payable (A/P)|Accounts Payable|AccountsPayable|
Opening Balance Equity|Equity|OpeningBalanceEquity|
Checking|Bank|Checking|
Savings|Bank|Savings|
Truck|Fixed Asset|Vehicles|
Original Cost|Fixed Asset|Vehicles|37
Depreciation|Fixed Asset|AccumulatedDepreciation|37
Depreciation|Other Expense|Depreciation|
Mastercard|Credit Card|CreditCard|
Visa|Credit Card|CreditCard|
Loan Payable|Other Current Liability|OtherCurrentLiabilities|
Notes Payable|Long Term Liability|OtherLongTermLiabilities|
Landscaping Services|Income|ServiceFeeIncome|
Job Materials|Income|SalesOfProductIncome|45
Decks and Patios|Income|SalesOfProductIncome|46
Fountains and Garden Lighting|Income|SalesOfProductIncome|46
Plants and Soil|Income|SalesOfProductIncome|46
Sprinklers and Drip Systems|Income|SalesOfProductIncome|46
Labor|Income|ServiceFeeIncome|45
Installation|Income|ServiceFeeIncome|51
Maintenance and Repair|Income|ServiceFeeIncome|51
Pest Control Services|Income|ServiceFeeIncome|
Automobile|Expense|Auto|
Fuel|Expense|Auto|55
Insurance|Expense|Insurance|11
Job Expenses|Expense|OtherMiscellaneousServiceCost|
Cost of Labor|Expense|CostOfLabor|58
Installation|Expense|CostOfLabor|59
Maintenance and Repairs|Expense|CostOfLabor|59
Equipment Rental|Expense|EquipmentRental|58
Job Materials|Expense|SuppliesMaterials|58
Decks and Patios|Expense|SuppliesMaterials|63
Fountain and Garden Lighting|Expense|SuppliesMaterials|63
Plants and Soil|Expense|SuppliesMaterials|63
Sprinklers and Drip Systems|Expense|SuppliesMaterials|63
Permits|Expense|OtherMiscellaneousServiceCost|58
Accounting|Expense|LegalProfessionalFees|12
Bookkeeper|Expense|LegalProfessionalFees|12
Lawyer|Expense|LegalProfessionalFees|12
Maintenance and Repair|Expense|RepairMaintenance|
Building Repairs|Expense|RepairMaintenance|72
Computer Repairs|Expense|RepairMaintenance|72
Equipment Repairs|Expense|RepairMaintenance|72
Gas and Electric|Expense|Utilities|24
Telephone|Expense|Utilities|24
Refunds-Allowances|Income|DiscountsRefundsGiven|
Sales of Product Income|Income|SalesOfProductIncome|
Cost of Goods Sold|Cost of Goods Sold|SuppliesMaterialsCogs|
Inventory Asset|Other Current Asset|Inventory|
Design income|Income|ServiceFeeIncome|
Other Income|Income|OtherPrimaryIncome|
Accounts Receivable (A/R)|Accounts Receivable|AccountsReceivable|
Billable Expense Income|Income|ServiceFeeIncome|
Discounts given|Income|DiscountsRefundsGiven|
Unapplied Cash Payment Income|Income|UnappliedCashPaymentIncome|
Inventory Shrinkage|Cost of Goods Sold|SuppliesMaterialsCogs|
Arizona Dept. of Revenue Payable|Other Current Liability|GlobalTaxPayable|
Board of Equalization Payable|Other Current Liability|GlobalTaxPayable|
"""
_TERMS = (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))
_METHODS = (
    ("Cash", "NON_CREDIT_CARD"), ("Check", "NON_CREDIT_CARD"), ("Visa", "CREDIT_CARD"),
    ("MasterCard", "CREDIT_CARD"), ("Discover", "CREDIT_CARD"), ("American Express", "CREDIT_CARD"),
    ("Diners Club", "CREDIT_CARD"),
)  # fmt: skip


def accounts(us: bool = True) -> Iterator[Row]:
    """The chart. Outside the US without the two American tax accounts."""
    for line in _ACCOUNTS.strip().splitlines():
        name, type_, subtype, parent = line.split("|")
        if not us and subtype == "GlobalTaxPayable":
            continue
        fields: dict[str, Any] = {"Name": name, "AccountType": type_, "AccountSubType": subtype}
        if parent:
            fields |= {"SubAccount": True, "ParentRef": {"value": parent}}
        yield "Account", fields


def small_lists() -> Iterator[Row]:
    """Terms, payment methods and the two items of a new company."""
    for name, days in _TERMS:
        yield "Term", {"Name": name, "DueDays": days, "DiscountDays": 0}
    for name, type_ in _METHODS:
        yield "PaymentMethod", {"Name": name, "Type": type_}
    for name in ("Services", "Hours"):
        yield "Item", {"Name": name, "Type": "Service", "IncomeAccountRef": {"value": "1"}}


# agency, then its rates as (name, percent); codes as (name, rates by number), "" for an id that is not there
US_TAX: tuple[
    tuple[tuple[str, tuple[tuple[str, Decimal], ...]], ...], tuple[tuple[str, tuple[int, ...]], ...]
] = (
    (
        ("Arizona Dept. of Revenue", (("AZ State tax", Decimal("7.1")), ("Tucson City", Decimal(2)))),
        ("Board of Equalization", (("California", Decimal(8)),)),
    ),
    (("", ()), ("California", (3,)), ("Tucson", (1, 2))),
)
CANADA_TAX = (
    (
        (
            "Receiver General",
            (
                ("Zero-rated", Decimal(0)), ("GST", Decimal(5)), ("HST ON", Decimal(13)), ("HST NS", Decimal(15)),
            ),
        ),
        ("Revenu Québec", (("QST", Decimal("9.975")),)),
    ),
    (
        ("Exempt", ()), ("Zero-rated", (1,)), ("GST", (2,)), ("HST ON", (3,)), ("HST NS", (4,)), ("GST/QST", (2, 5)),
    ),
)  # fmt: skip
UK_TAX = (
    (
        (
            "HM Revenue & Customs (VAT)",
            (("0.0% Z", Decimal(0)), ("5.0% R", Decimal(5)), ("20.0% S", Decimal(20))),
        ),
    ),
    (("Exempt", ()), ("0.0% Z", (1,)), ("5.0% R", (2,)), ("20.0% S", (3,))),
)
