"""Decides: the rates behind tax codes, and which liability account a rate belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from quickbooks_emulator.entities import settings, tax_service
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.forms.shapes import ZERO, padded, rounded
from quickbooks_emulator.store.books import Books

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate of a code. `on`: TaxOnAmount, TaxOnAmountPlusTax or TaxOnTax."""

    id: str
    percent: Decimal
    on: str = "TaxOnAmount"


def rates_of(books: Books, code: str, purchases: bool = False) -> list[Rate]:
    """The rates of a tax code in their order; none for an unknown code and for the US pseudo code NON."""
    record = books.get("TaxCode", code)
    if record is None:
        return []
    group = "PurchaseTaxRateList" if purchases else "SalesTaxRateList"
    found = []
    for detail in record.body.get(group, {}).get("TaxRateDetail", ()):
        rate = books.get("TaxRate", detail["TaxRateRef"]["value"])
        if rate is not None:
            found.append(
                Rate(rate.id, Decimal(rate.body["RateValue"]), detail.get("TaxTypeApplicable", "TaxOnAmount"))
            )
    return found


def taxes(base: Decimal, rates: list[Rate]) -> list[tuple[Rate, Decimal]]:
    """Each rate's tax on `base`, each rounded half up, then added (recorded for one rate)."""
    found: list[tuple[Rate, Decimal]] = []
    for rate in rates:
        before = sum((tax for _, tax in found), ZERO)
        on = {"TaxOnAmountPlusTax": base + before, "TaxOnTax": before}.get(rate.on, base)
        found.append((rate, rounded(on * rate.percent / _HUNDRED)))
    return found


def factor(rates: list[Rate]) -> Decimal:
    """What a net amount is multiplied with to give the gross."""
    gross = Decimal(1)
    for rate in rates:
        base = {"TaxOnAmountPlusTax": gross, "TaxOnTax": gross - 1}.get(rate.on, Decimal(1))
        gross += base * rate.percent / _HUNDRED
    return gross


def tax_line(rate: Rate, amount: Decimal, base: Decimal) -> Body:
    return {
        "Amount": padded(amount),
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": rate.id},
            "PercentBased": True,
            "TaxPercent": rate.percent,
            "NetAmountTaxable": padded(base),
        },
    }


def liability_account(books: Books, rate_id: str | None) -> str | None:
    """The account of the agency behind a rate; of the first agency when the rate is unknown."""
    rate = books.get("TaxRate", rate_id) if rate_id else None
    if rate is not None:
        agency = books.get("TaxAgency", rate.body["AgencyRef"]["value"])
    else:
        agency = next(iter(books.table("TaxAgency").values()), None)
    return str(agency.body["_account"]) if agency is not None else None


def engine_rates(change: Change, wanted: str | None) -> tuple[str | None, list[Rate]]:
    """Automated sales tax: the rate of the ship-to state, else of the bill-to, else of the company (documented
    order). A custom code of the company is honored (documented, since 2020). The rates are a switch."""
    books = change.books
    if wanted is not None:
        code = books.get("TaxCode", wanted)
        if code is not None and code.body.get("TaxCodeConfigType") == "USER_DEFINED":
            return wanted, rates_of(books, wanted)
    customer = books.get("Customer", change.body.get("CustomerRef", {}).get("value", ""))
    if customer is not None and not customer.body.get("Taxable", True):
        return None, []
    state = _state(change)
    percent = books.knobs.sales_tax_rates.get(state)
    if percent is None:
        return None, []
    name = f"{state} sales tax"
    known = books.named("TaxCode", "Name", name.casefold())
    if known:
        rate_id = known[0].body["SalesTaxRateList"]["TaxRateDetail"][0]["TaxRateRef"]["value"]
        return known[0].id, [Rate(rate_id, Decimal(percent))]
    agency = next(iter(books.table("TaxAgency").values()), None)
    if agency is None:
        return None, []
    rate = tax_service.add_rate(books, name, Decimal(percent), agency.id)
    code = tax_service.add_code(books, name, [rate.id], system=True)
    return code.id, [Rate(rate.id, Decimal(percent))]


def _state(change: Change) -> str:
    company = change.books.get("CompanyInfo", "1")
    places = (
        change.body.get("ShipAddr"),
        change.body.get("BillAddr"),
        company.body.get("CompanyAddr") if company else None,
    )
    for place in places:
        if place and place.get("CountrySubDivisionCode"):
            return str(place["CountrySubDivisionCode"])
    return ""


def is_taxed(books: Books) -> bool:
    """UsingSalesTax: without it all tax input is dropped (recorded)."""
    return bool(settings.preference(books, "TaxPrefs", "UsingSalesTax"))
