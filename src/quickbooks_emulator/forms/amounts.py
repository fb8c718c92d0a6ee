"""Decides: the money of a sales form: subtotal, discount, tax, total. Section by section as recorded or documented.

US manual tax: tax only with TxnTaxDetail.TxnTaxCodeRef, on the lines marked TAX. US automated: by the state. Elsewhere
each line has a code; inclusive amounts are turned to net and the tax is what is left of the gross.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from quickbooks_emulator import faults
from quickbooks_emulator.entities import settings
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.forms import tax
from quickbooks_emulator.forms.lines import DISCOUNT, SALES, SUBTOTAL, items_of
from quickbooks_emulator.forms.shapes import ZERO, padded, rounded, unpadded

_HUNDRED = Decimal(100)
EXCLUDED, INCLUSIVE, NONE = "TaxExcluded", "TaxInclusive", "NotApplicable"


@dataclass(slots=True)
class Tax:
    """What tax comes to: its code, its lines, and the lines' sum."""

    code: str | None = None
    lines: list[Body] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum((Decimal(line["Amount"]) for line in self.lines), ZERO)


def settle_amounts(change: Change) -> None:
    """Subtotal line, discount, TxnTaxDetail and TotalAmt. A client's TotalAmt is ignored (recorded); a total below
    zero is refused (reported text)."""
    body, us = change.body, settings.is_us(change.books)
    mode = _mode(change, us)
    items = list(items_of(body["Line"]))
    if mode == INCLUSIVE:
        _to_net(change, items)
    subtotal = sum((Decimal(line["Amount"]) for line in items), ZERO)
    discount = _discount(body["Line"], subtotal)
    rest = [line for line in body["Line"] if line["DetailType"] not in (SUBTOTAL, DISCOUNT)]
    discounts = [line for line in body["Line"] if line["DetailType"] == DISCOUNT]
    subtotal_line: Body = {"Amount": padded(subtotal), "DetailType": SUBTOTAL, SUBTOTAL: {}}
    body["Line"] = [*rest, subtotal_line, *discounts]
    body.setdefault("ApplyTaxAfterDiscount", False)
    if us:
        found = _us_tax(change, items, subtotal, discount)
    else:
        found = _line_tax(change, items, subtotal, discount, mode)
    total_tax = _settle_detail(change, found, us)
    total = subtotal - discount + total_tax
    if total < 0:
        raise faults.business("Transaction amount must be 0 or greater.")
    body["TotalAmt"] = padded(total)


def _mode(change: Change, us: bool) -> str:
    """GlobalTaxCalculation: outside the US only; left out it reads as TaxExcluded (reported for Canada; a switch). A tax
    detail with NotApplicable is 6170 (documented code)."""
    body = change.body
    if us:
        body.pop("GlobalTaxCalculation", None)
        return EXCLUDED
    if (
        change.old is None
        and "GlobalTaxCalculation" not in body
        and change.books.knobs.tax_calculation_required
    ):
        raise faults.required("GlobalTaxCalculation")
    mode: str = body.setdefault("GlobalTaxCalculation", EXCLUDED)
    if mode == NONE and (change.given.get("TxnTaxDetail") or {}).get("TotalTax"):
        raise faults.Fault(
            "6170", "Invalid TxnTaxDetail", "TxnTaxDetail is not allowed with NotApplicable.", element=""
        )
    return mode


def _to_net(change: Change, items: list[Body]) -> None:
    """9.00 with 13% is 7.96 net, rounded per line; UnitPrice is net Amount / Qty with 7 decimals (recorded)."""
    for line in items:
        detail = line[SALES]
        rates = tax.rates_of(change.books, detail.get("TaxCodeRef", {}).get("value", ""))
        gross = Decimal(detail.get("TaxInclusiveAmt", line["Amount"]))
        net = padded(gross / tax.factor(rates))
        detail["TaxInclusiveAmt"] = padded(gross)
        line["Amount"] = net
        if detail.get("Qty"):
            detail["UnitPrice"] = unpadded(net / Decimal(detail["Qty"]))


def _discount(lines: list[Body], subtotal: Decimal) -> Decimal:
    """The discount in money; a percentage is taken of the subtotal, rounded half up (recorded)."""
    for line in lines:
        if line["DetailType"] == DISCOUNT:
            detail = line[DISCOUNT]
            if detail["PercentBased"]:
                line["Amount"] = padded(subtotal * Decimal(detail["DiscountPercent"]) / _HUNDRED)
            return Decimal(line["Amount"])
    return ZERO


def _us_tax(change: Change, items: list[Body], subtotal: Decimal, discount: Decimal) -> Tax:
    body = change.body
    if not tax.is_taxed(change.books):
        return Tax()
    wanted = body.get("TxnTaxDetail", {}).get("TxnTaxCodeRef", {}).get("value")
    if settings.automated_sales_tax(change.books):
        code, rates = tax.engine_rates(change, wanted)
    else:
        if wanted is not None and wanted != "NON" and change.books.get("TaxCode", wanted) is None:
            raise faults.invalid_reference("TaxCodes", wanted)
        code, rates = wanted, tax.rates_of(change.books, wanted or "")
    base = sum(
        (Decimal(line["Amount"]) for line in items if line[SALES]["TaxCodeRef"]["value"] == "TAX"), ZERO
    )
    if body["ApplyTaxAfterDiscount"] and subtotal:
        base -= rounded(discount * base / subtotal)
    if not base:
        return Tax(code)
    return Tax(code, [tax.tax_line(rate, amount, base) for rate, amount in tax.taxes(base, rates)])


def _line_tax(change: Change, items: list[Body], subtotal: Decimal, discount: Decimal, mode: str) -> Tax:
    """Lines grouped by code, the discount shared out with its rest on the last group, tax per rate. Inclusive: the
    tax is the gross total less the net one, so the gross stays exact (recorded)."""
    if mode == NONE:
        return Tax()
    groups: dict[str, Decimal] = {}
    for line in items:
        code = line[SALES]["TaxCodeRef"]["value"]
        groups[code] = groups.get(code, ZERO) + Decimal(line["Amount"])
    bases: dict[tax.Rate, Decimal] = {}
    amounts: dict[tax.Rate, Decimal] = {}
    left = discount
    for number, (code, net) in enumerate(groups.items(), 1):
        share = left if number == len(groups) else rounded(discount * net / subtotal) if subtotal else ZERO
        left -= share
        for rate, amount in tax.taxes(net - share, tax.rates_of(change.books, code)):
            bases[rate] = bases.get(rate, ZERO) + net - share
            amounts[rate] = amounts.get(rate, ZERO) + amount
    if mode == EXCLUDED:
        for rate, base in bases.items():
            if rate.on == "TaxOnAmount":
                amounts[rate] = rounded(base * rate.percent / _HUNDRED)
    elif amounts:
        gross = sum((Decimal(line[SALES]["TaxInclusiveAmt"]) for line in items), ZERO)
        if subtotal:
            gross -= (
                rounded(discount * gross / subtotal)
                if not _percent(change)
                else rounded(gross * _percent(change) / _HUNDRED)
            )
        last = list(amounts)[-1]
        amounts[last] += gross - (subtotal - discount) - sum(amounts.values(), ZERO)
    return Tax(None, [tax.tax_line(rate, amount, bases[rate]) for rate, amount in amounts.items()])


def _percent(change: Change) -> Decimal:
    for line in change.body["Line"]:
        if line["DetailType"] == DISCOUNT and line[DISCOUNT]["PercentBased"]:
            return Decimal(line[DISCOUNT]["DiscountPercent"])
    return ZERO


def _settle_detail(change: Change, found: Tax, us: bool) -> Decimal:
    """An explicit TotalTax that differs is an override and is honored; sent again with changed lines it stays
    (documented); left out with lines sent, the tax is computed anew. Tax off: no TxnTaxDetail (recorded)."""
    body = change.body
    if us and not tax.is_taxed(change.books):
        body.pop("TxnTaxDetail", None)
        return ZERO
    if not us and body["GlobalTaxCalculation"] == NONE:
        body["TxnTaxDetail"] = {"TotalTax": ZERO}
        return ZERO
    total, lines = found.total, found.lines
    override = _override(change, total)
    if override is None and lines and change.books.retotal:
        override = total + change.books.retotal
    if override is not None:
        first = change.books.knobs.tax_override_rest == "first"
        lines = _scaled(lines[::-1], override)[::-1] if first else _scaled(lines, override)
        total = override
    detail: Body = {}
    if found.code is not None:
        detail["TxnTaxCodeRef"] = {"value": found.code}
    detail["TotalTax"] = padded(total)
    if lines:
        detail["TaxLine"] = lines
    body["TxnTaxDetail"] = detail
    body.pop("_tax_override", None)
    if override is not None:
        body["_tax_override"] = override
    return total


def _override(change: Change, computed: Decimal) -> Decimal | None:
    given = change.given.get("TxnTaxDetail")
    if given is not None:
        total = given.get("TotalTax")
        return Decimal(total) if total is not None and Decimal(total) != computed else None
    kept = change.before.get("_tax_override")
    if kept is None or "Line" in change.given or "TxnTaxDetail" in change.given:
        return None
    return Decimal(kept)


def _scaled(lines: list[Body], total: Decimal) -> list[Body]:
    """Tax lines sharing out an override in proportion, the rest on the last of them."""
    whole = sum((Decimal(line["Amount"]) for line in lines), ZERO)
    left, found = total, []
    for number, line in enumerate(lines, 1):
        share = (
            left if number == len(lines) or not whole else rounded(total * Decimal(line["Amount"]) / whole)
        )
        left -= share
        found.append({**line, "Amount": padded(share)})
    return found
