"""Acts: POST taxservice/taxcode: makes a tax code with its rates in one call, and tax rows of a world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from quickbooks_emulator import faults
from quickbooks_emulator.entities.declaration import Body, Field, Kind
from quickbooks_emulator.entities.values import FORMS, folded
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

_CODE = ("TaxCode", "TaxCodeId", "TaxRateDetails", "Fault")
_RATE = ("TaxRateName", "TaxRateId", "RateValue", "TaxAgencyId", "TaxApplicableOn")


def create(books: Books, payload: Any) -> Body:
    """The answer repeats what was asked for with the new ids (recorded). 6240 for a taken name (recorded), 2020 for
    what is missing, 2500 for an unknown agency or rate."""
    _known(payload, _CODE, "TaxService")
    name, details = payload.get("TaxCode"), payload.get("TaxRateDetails")
    if not name:
        raise faults.required("TaxCode")
    if not isinstance(details, list) or not details:
        raise faults.required("TaxRateDetails")
    if books.named("TaxCode", "Name", folded(str(name))):
        raise faults.duplicate_name("Another tax code is already using this name.")
    sales: list[str] = []
    purchases: list[str] = []
    answered: list[Body] = []
    for detail in details:
        _known(detail, _RATE, "TaxRateDetails")
        rate = _rate(books, detail)
        on = str(detail.get("TaxApplicableOn") or "Sales")
        (purchases if on == "Purchase" else sales).append(rate.id)
        answered.append(
            {
                "TaxRateName": rate.body["Name"],
                "TaxRateId": rate.id,
                "RateValue": rate.body["RateValue"],
                "TaxAgencyId": rate.body["AgencyRef"]["value"],
                "TaxApplicableOn": on,
            }
        )
    code = add_code(books, str(name), sales, purchases)
    return {"TaxCode": code.body["Name"], "TaxCodeId": code.id, "TaxRateDetails": answered}


def add_rate(books: Books, name: str, percent: Decimal, agency: str) -> Record:
    body = {
        "Name": name,
        "Description": name,
        "Active": True,
        "RateValue": percent,
        "AgencyRef": {"value": agency},
        "SpecialTaxType": "NONE" if percent else "ZERO_RATE",
        "DisplayType": "ReadOnly",
        "EffectiveTaxRate": [{"RateValue": percent, "EffectiveDate": "2015-01-01T00:00:00-08:00"}],
    }
    return books.insert(books.entities["TaxRate"], body)


def add_code(
    books: Books,
    name: str,
    sales: Iterable[str],
    purchases: Iterable[str] = (),
    *,
    taxable: bool = True,
    system: bool = False,
) -> Record:
    body = {
        "Name": name,
        "Description": name,
        "Active": True,
        "Hidden": False,
        "Taxable": taxable,
        "TaxGroup": True,
        "TaxCodeConfigType": "SYSTEM_GENERATED" if system else "USER_DEFINED",
        "SalesTaxRateList": {"TaxRateDetail": _details(books, sales)},
        "PurchaseTaxRateList": {"TaxRateDetail": _details(books, purchases)},
    }
    return books.insert(books.entities["TaxCode"], body)


def _details(books: Books, rates: Iterable[str]) -> list[Body]:
    found = []
    for order, rate_id in enumerate(rates):
        rate = books.get("TaxRate", rate_id)
        name = rate.body["Name"] if rate else ""
        found.append(
            {
                "TaxRateRef": {"value": rate_id, "name": name},
                "TaxTypeApplicable": "TaxOnAmount",
                "TaxOrder": order,
            }
        )
    return found


def _rate(books: Books, detail: Mapping[str, Any]) -> Record:
    if detail.get("TaxRateId"):
        rate = books.get("TaxRate", str(detail["TaxRateId"]))
        if rate is None:
            raise faults.invalid_reference("TaxRates", detail["TaxRateId"])
        return rate
    for name in ("TaxRateName", "RateValue", "TaxAgencyId"):
        if detail.get(name) in (None, ""):
            raise faults.required(name)
    if books.named("TaxRate", "Name", folded(str(detail["TaxRateName"]))):
        raise faults.duplicate_name("Another tax rate is already using this name.")
    if books.get("TaxAgency", str(detail["TaxAgencyId"])) is None:
        raise faults.invalid_reference("TaxAgencies", detail["TaxAgencyId"])
    percent = FORMS[Kind.NUMBER](Field("RateValue"), detail["RateValue"])
    if not 0 <= percent <= 100:
        raise faults.bad_value("2150", "Percent", detail["RateValue"], "RateValue")
    return add_rate(books, str(detail["TaxRateName"]), percent, str(detail["TaxAgencyId"]))


def _known(payload: Any, names: tuple[str, ...], java_class: str) -> None:
    if not isinstance(payload, Mapping):
        raise faults.unreadable("an object was expected")
    for name in payload:
        if name not in names:
            raise faults.unknown_property(name, java_class, list(names))
