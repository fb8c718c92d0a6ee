"""Decides: the account types the service knows, and which accounts of a company play a part by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

RECEIVABLE, PAYABLE = "Accounts Receivable", "Accounts Payable"
BALANCE_SHEET = ("Asset", "Liability", "Equity")

TYPES: dict[str, tuple[str, tuple[str, ...]]] = {
    "Bank": ("Asset", ("CashOnHand", "Checking", "MoneyMarket", "RentsHeldInTrust", "Savings", "TrustAccounts")),
    "Accounts Receivable": ("Asset", ("AccountsReceivable",)),
    "Other Current Asset": (
        "Asset",
        ("OtherCurrentAssets", "AllowanceForBadDebts", "DevelopmentCosts", "EmployeeCashAdvances", "Inventory",
         "Investment_MortgageRealEstateLoans", "Investment_Other", "Investment_TaxExemptSecurities",
         "Investment_USGovernmentObligations", "LoansToOfficers", "LoansToOthers", "LoansToStockholders",
         "PrepaidExpenses", "Retainage", "UndepositedFunds"),
    ),
    "Fixed Asset": (
        "Asset",
        ("OtherFixedAssets", "AccumulatedAmortization", "AccumulatedDepletion", "AccumulatedDepreciation",
         "Buildings", "DepletableAssets", "FixedAssetComputers", "FixedAssetCopiers", "FixedAssetFurniture",
         "FixedAssetPhone", "FixedAssetPhotoVideo", "FixedAssetSoftware", "FixedAssetOtherToolsEquipment",
         "FurnitureAndFixtures", "IntangibleAssets", "Land", "LeaseholdImprovements", "MachineryAndEquipment",
         "Vehicles"),
    ),
    "Other Asset": (
        "Asset",
        ("OtherLongTermAssets", "AccumulatedAmortizationOfOtherAssets", "Goodwill", "LeaseBuyout", "Licenses",
         "OrganizationalCosts", "SecurityDeposits"),
    ),
    "Accounts Payable": ("Liability", ("AccountsPayable",)),
    "Credit Card": ("Liability", ("CreditCard",)),
    "Other Current Liability": (
        "Liability",
        ("OtherCurrentLiabilities", "DirectDepositPayable", "FederalIncomeTaxPayable", "GlobalTaxPayable",
         "GlobalTaxSuspense", "InsurancePayable", "LineOfCredit", "LoanPayable", "PayrollClearing",
         "PayrollTaxPayable", "PrepaidExpensesPayable", "RentsInTrustLiability", "SalesTaxPayable",
         "StateLocalIncomeTaxPayable", "TrustAccountsLiabilities", "UndistributedTips"),
    ),
    "Long Term Liability": (
        "Liability", ("OtherLongTermLiabilities", "NotesPayable", "ShareholderNotesPayable"),
    ),
    "Equity": (
        "Equity",
        ("OwnersEquity", "AccumulatedAdjustment", "CommonStock", "EstimatedTaxes", "Healthcare",
         "OpeningBalanceEquity", "PaidInCapitalOrSurplus", "PartnerContributions", "PartnerDistributions",
         "PartnersEquity", "PersonalExpense", "PersonalIncome", "PreferredStock", "RetainedEarnings",
         "TreasuryStock"),
    ),
    "Income": (
        "Revenue",
        ("SalesOfProductIncome", "DiscountsRefundsGiven", "NonProfitIncome", "OtherPrimaryIncome",
         "ServiceFeeIncome", "UnappliedCashPaymentIncome"),
    ),
    "Other Income": (
        "Revenue",
        ("OtherMiscellaneousIncome", "DividendIncome", "ExchangeGainOrLoss", "InterestEarned",
         "OtherInvestmentIncome", "TaxExemptInterest"),
    ),
    "Cost of Goods Sold": (
        "Expense",
        ("SuppliesMaterialsCogs", "CostOfLaborCos", "EquipmentRentalCos", "OtherCostsOfServiceCos",
         "ShippingFreightDeliveryCos"),
    ),
    "Expense": (
        "Expense",
        ("OtherMiscellaneousServiceCost", "AdvertisingPromotional", "Auto", "BadDebts", "BankCharges",
         "CharitableContributions", "CostOfLabor", "DuesSubscriptions", "Entertainment", "EntertainmentMeals",
         "EquipmentRental", "FinanceCosts", "GlobalTaxExpense", "Insurance", "InterestPaid",
         "LegalProfessionalFees", "OfficeGeneralAdministrativeExpenses", "OfficeExpenses",
         "OtherBusinessExpenses", "PayrollExpenses", "PromotionalMeals", "RentOrLeaseOfBuildings",
         "RepairMaintenance", "ShippingFreightDelivery", "SuppliesMaterials", "TaxesPaid", "Travel",
         "TravelMeals", "UnappliedCashBillPaymentExpense", "Utilities"),
    ),
    "Other Expense": (
        "Expense",
        ("OtherMiscellaneousExpense", "Amortization", "Depreciation", "ExchangeGainOrLoss",
         "OtherExpense", "PenaltiesSettlements"),
    ),
}  # fmt: skip
"""Account type -> classification, sub types; the first sub type is the default (documented list)."""

TYPE_OF_SUBTYPE = {subtype: name for name, (_, subtypes) in reversed(TYPES.items()) for subtype in subtypes}

SYSTEM_SUBTYPES = (
    "UndepositedFunds", "RetainedEarnings", "OpeningBalanceEquity", "AccountsReceivable", "AccountsPayable",
)  # fmt: skip
"""Accounts that cannot be deactivated or have children (documented)."""


def of_type(books: Books, account_type: str) -> list[Record]:
    return books.named("Account", "AccountType", account_type.casefold())


def of_subtype(books: Books, subtype: str) -> list[Record]:
    return books.named("Account", "AccountSubType", subtype.casefold())


def system(books: Books, subtype: str, name: str, account_type: str, currency: str | None = None) -> str:
    """The id of the account with a sub type (in a currency), made when the company has none yet, as the service
    does when a feature first needs one."""
    wanted = currency or books.company.currency
    for record in _in_order(of_subtype(books, subtype)):
        if record.active and record.body.get("CurrencyRef", {}).get("value", wanted) == wanted:
            return record.id
    return _make(books, subtype, name, account_type, wanted)


def by_name(books: Books, subtype: str, name: str, account_type: str) -> str:
    """The id of the active account of that name, made when the company has none."""
    for record in books.named("Account", "Name", name.casefold()):
        if record.active:
            return record.id
    return _make(books, subtype, name, account_type, books.company.currency)


def _make(books: Books, subtype: str, name: str, account_type: str, wanted: str) -> str:
    body = {
        "Name": name if wanted == books.company.currency else f"{name} - {wanted}",
        "SubAccount": False,
        "Active": True,
        "Classification": TYPES[account_type][0],
        "AccountType": account_type,
        "AccountSubType": subtype,
        "CurrentBalance": 0,
        "CurrencyRef": {"value": wanted, "name": books.currency_name(wanted)},
    }
    body["FullyQualifiedName"] = body["Name"]
    return books.insert(books.entities["Account"], body).id


def receivable(books: Books, currency: str | None = None) -> str:
    return system(books, "AccountsReceivable", "Accounts Receivable (A/R)", RECEIVABLE, currency)


def payable(books: Books, currency: str | None = None) -> str:
    return system(books, "AccountsPayable", "Accounts Payable (A/P)", PAYABLE, currency)


def undeposited(books: Books) -> str:
    """Found by its sub type, never by name: newer companies call it "Payments to deposit"."""
    return system(books, "UndepositedFunds", "Undeposited Funds", "Other Current Asset")


def opening_equity(books: Books) -> str:
    return system(books, "OpeningBalanceEquity", "Opening Balance Equity", "Equity")


def exchange(books: Books) -> str:
    return system(books, "ExchangeGainOrLoss", "Exchange Gain or Loss", "Other Expense")


def _in_order(records: list[Record]) -> Iterator[Record]:
    yield from sorted(records, key=lambda record: (len(record.id), record.id))
