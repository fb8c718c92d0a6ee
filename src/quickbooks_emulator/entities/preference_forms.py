"""Decides: whether the switches of Preferences a client sends have the form the rules rely on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quickbooks_emulator import faults
from quickbooks_emulator.entities.declaration import Body, Field, Kind, boolean, reference, text
from quickbooks_emulator.entities.values import FORMS
from quickbooks_emulator.forms.shapes import Shape, many

_DEFINITION = Shape(
    "CustomFieldDefinition",
    (text("Name", 100), text("Type", 30), text("StringValue", 1000), boolean("BooleanValue")),
    ignored=("DefinitionId", "NumberValue", "DateValue"),
)
_DEFINITIONS = Shape("CustomField", (Field("CustomField", form=many(_DEFINITION)),))
_PAIR = Shape("NameValue", (text("Name", 1000), text("Value", 4000)))

_KNOWN: dict[str, Field] = {
    field.name: field
    for field in (
        Field("BookCloseDate", Kind.DATE),
        Field("CustomField", form=many(_DEFINITIONS)),
        Field("NameValue", form=many(_PAIR)),
        Field("POCustomField", form=many(_DEFINITIONS)),
        reference("DefaultTerms", None),
        reference("HomeCurrency", None),
        reference("TaxGroupCodeRef", None),
        text("DefaultCustomerMessage", 1000),
        text("DefaultDiscountAccount", 20),
        text("DefaultShippingAccount", 20),
        text("FirstMonthOfFiscalYear", 20),
        text("ReportBasis", 20),
    )
}
"""Members that rules read as something else than a switch."""


def switches(field: Field, value: Any) -> Body:
    """One group. Any other member is a switch, a text or a small object of texts. Raises Fault."""
    if not isinstance(value, Mapping):
        raise faults.unreadable(f"{field.name} must be an object")
    group: Body = {}
    for name, member in value.items():
        known = _KNOWN.get(name)
        if known is not None:
            taken = None if member in (None, "") else (known.form or FORMS[known.kind])(known, member)
            group[name] = taken
        else:
            _check(name, member)
            group[name] = member
    return group


def _check(name: str, member: Any) -> None:
    if isinstance(member, list):
        raise faults.unreadable(f"{name} must not be a list")
    if isinstance(member, Mapping):
        for inner, value in member.items():
            _check(inner, value)
