"""Decides: what a TaxRate is: read-only, made through the tax service."""

from __future__ import annotations

from quickbooks_emulator.entities.declaration import (
    BASE,
    Entity,
    Family,
    Kind,
    read_only,
    reference,
)
from quickbooks_emulator.forms.shapes import number_field

TAX_RATE = Entity(
    name="TaxRate",
    family=Family.NAME_LIST,
    noun="tax rate",
    sequence="tax rates",
    name_field="Name",
    order_field="Name",
    creatable=False,
    updatable=False,
    fields=(
        read_only("Name").queried(),
        read_only("Description").queried(),
        read_only("Active", Kind.BOOL, default=True).queried(),
        number_field("RateValue"),
        reference("AgencyRef", "TaxAgency"),
        reference("TaxReturnLineRef", None),
        read_only("SpecialTaxType", default="NONE"),
        read_only("DisplayType", default="ReadOnly"),
        read_only("EffectiveTaxRate", Kind.OPEN),
        read_only("OriginalTaxRate"),
        BASE,
    ),
    indexed=("Name",),
    in_changes=False,
)
