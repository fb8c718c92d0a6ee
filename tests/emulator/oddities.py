"""Decides: the values the fuzz tests send where something else is expected."""

from __future__ import annotations

from typing import Any

TEXTS = (
    "", " ", "a", "Cool Cars", "0", "-1", "1.5", "1e9", "9" * 40, "x" * 600, "NaN", "Infinity", "null", "true", "é😀",
    "\x00", "\ud7ff", "a:b\tc", "'; drop", "2026-02-30", "2026-03-02", "0001-01-01", "9999-12-31", "2026-03-02T10:00:00Z",
    "TAX", "NON", "Invoice", "Active", "..", "%", "${x}", "<a/>",
)  # fmt: skip
NUMBERS = (0, 1, -1, 2, 3, 10, 1.1, 100, 0.005, 1e-9, 1e15, 1e30, 10**40, -0.01, 99999999999.99)
IDS = (
    "1", "2", "3", "4", "8", "11", "30", "35", "84", "100", "130", "999999", "0", "-1", "1.5", "x", "9" * 30,
)  # fmt: skip
SWITCHES = (
    "BookCloseDate", "CustomField", "NameValue", "DefaultTerms", "CustomTxnNumbers", "AutoApplyCredit", "DefaultDiscountAccount",
    "HomeCurrency", "UsingSalesTax", "AllowDiscount", "AllowDeposit", "TaxGroupCodeRef", "ReportBasis", "FirstMonthOfFiscalYear",
    "ClassTrackingPerTxn", "TrackDepartments", "MultiCurrencyEnabled", "PartnerTaxEnabled", "InvoiceMessage",
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    [],
    {},
    [None],
    [[]],
    [{}],
    {"value": None},
    {"value": {}},
    [1, "a"],
    {"": ""},
)
