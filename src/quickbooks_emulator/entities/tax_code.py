"""Decides: what a TaxCode is: read-only, a group of rates, made through the tax service."""

from __future__ import annotations

from quickbooks_emulator.entities.declaration import (
    BASE,
    Entity,
    Family,
    Kind,
    read_only,
)

TAX_CODE = Entity(
    name="TaxCode",
    family=Family.NAME_LIST,
    noun="tax code",
    sequence="tax codes",
    name_field="Name",
    order_field="Name",
    reference_label="TaxCodes",
    creatable=False,
    updatable=False,
    fields=(
        read_only("Name").queried(),
        read_only("Description").queried(),
        read_only("Active", Kind.BOOL, default=True).queried(),
        read_only("Hidden", Kind.BOOL, default=False),
        read_only("Taxable", Kind.BOOL, default=True).queried(),
        read_only("TaxGroup", Kind.BOOL, default=True).queried(),
        read_only("TaxCodeConfigType"),
        read_only("SalesTaxRateList", Kind.OPEN),
        read_only("PurchaseTaxRateList", Kind.OPEN),
        BASE,
    ),
    indexed=("Name",),
    in_changes=False,
)
