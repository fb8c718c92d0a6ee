"""Decides: which fields a service item has for the verbs, and whether they make a valid one. No database."""

from __future__ import annotations

from typing import Any, TypedDict

from tieout.practice.billing_validation import Checks, Number
from tieout.practice.service_items import Charge
from tieout.practice.validation import TextRule

NAME = TextRule("Name", 100, required=True)
DESCRIPTION = TextRule("Description", 4000, prose=True)
SKU = TextRule("SKU", 100)
_TEXTS = {"name": NAME, "description": DESCRIPTION, "sku": SKU}


class ServiceItemFields(TypedDict, total=False):
    name: str
    description: str
    charge: str
    rate: Number | None
    sku: str
    taxable: bool
    tax_rate_id: int | str | None
    income_account_id: int | str | None
    category_id: int | str | None
    is_active: bool


REFERENCES = ("tax_rate_id", "income_account_id", "category_id")


def clean_item(fields: ServiceItemFields, checks: Checks, *, new: bool) -> dict[str, Any]:
    """Valid values of the fields that are no references; problems go to ``checks``."""
    values: dict[str, Any] = {each: value for each, value in fields.items() if each not in REFERENCES}
    for field in values.keys() & _TEXTS.keys():
        values[field] = checks.text(field, values[field], _TEXTS[field])
    if new and "name" not in values:
        checks.problem("name", "Name is needed.")
    if "charge" in values:
        checks.choice("charge", values["charge"], Charge.values, "Choose per service or per hour.")
    if values.get("rate") == "":
        values["rate"] = None
    if values.get("rate") is not None:
        values["rate"] = checks.rate("rate", values["rate"])
    if fields.get("tax_rate_id"):
        values.setdefault("taxable", True)
    return values
