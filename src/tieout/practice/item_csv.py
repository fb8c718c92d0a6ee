"""Decides: what the rows of a file of service items mean, and how an item is written as one. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tieout.practice.billing_csv import Built, Known, checked, entry_of, named, one_of
from tieout.practice.ledger_lists import LedgerList
from tieout.practice.money import plain
from tieout.practice.service_item_fields import ServiceItemFields, clean_item
from tieout.practice.service_items import Charge, ServiceItem
from tieout.practice.sheets import SheetRow

_CHARGES = {text.lower(): value for value, label in Charge.choices for text in (value, label)} | {
    "": Charge.SERVICE
}
_STATES = {"active": True, "": True, "archived": False, "inactive": False}
TAXED = "Yes"
"""Taxed, at no rate yet. A rate of that name goes first."""


def item_cells(item: ServiceItem) -> list[str]:
    """One row, in the order of the columns."""
    return [
        item.name,
        item.description,
        item.get_charge_display(),
        "" if item.rate is None else str(plain(item.rate)),
        item.sku,
        str(item.tax_rate or (TAXED if item.taxable else "")),
        str(item.income_account or ""),
        str(item.category or ""),
        "Active" if item.is_active else "Archived",
    ]


def build_items(rows: Sequence[SheetRow], known: Known) -> Built:
    """A name is taken once in each category; archived items take none."""
    built = Built()
    taken = {
        _place(each.name, each.category_id): 0 for some in known.items.values() for each in some if each.is_active
    }  # fmt: skip
    for row in rows:
        cells = row.cells
        fields: ServiceItemFields = {
            "name": cells.get("name", ""),
            "description": cells.get("description", ""),
            "charge": one_of(row, "charge", _CHARGES, "Charged is Per service or Per hour."),
            "rate": cells.get("rate", "") or None,
            "sku": cells.get("sku", ""),
            "is_active": one_of(row, "status", _STATES, "Status is Active or Archived."),
        }
        told = cells.get("tax", "").lower()
        taxed = told == TAXED.lower() and told not in known.taxes
        tax = None if taxed else named(row, "tax", known.taxes, "tax rate")
        values = checked(row, lambda checks, given=fields: clean_item(given, checks, new=True))
        account = entry_of(row, "income_account", known, LedgerList.ACCOUNT)
        category = entry_of(row, "category", known, LedgerList.CATEGORY)
        place = _place(fields["name"], category.pk if category else None)
        if fields["is_active"]:
            if place in taken:
                where = f"line {taken[place]} of this file" if taken[place] else "one of your service items"
                row.problem("name", f"The name is that of {where}.")
            taken.setdefault(place, row.line)
        if not row.problems and values is not None:
            values |= {
                "tax_rate": tax,
                "taxable": taxed or tax is not None,
                "income_account": account,
                "category": category,
            }
            built.items.append(ServiceItem(firm_id=known.firm_id, **values))
    return built


def _place(name: str, category_id: int | None) -> tuple[str, int | None]:
    return name.strip().lower(), category_id
