"""Decides: what a CompanyCurrency is: a currency the company uses beside its own."""

from __future__ import annotations

from quickbooks_emulator import faults
from quickbooks_emulator.entities import settings
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    BASE,
    Entity,
    Family,
    boolean,
    ignored,
    name_text,
)

NAMES = {
    "AUD": "Australian Dollar", "CAD": "Canadian Dollar", "CHF": "Swiss Franc", "EUR": "Euro",
    "GBP": "British Pound Sterling", "INR": "Indian Rupee", "JPY": "Japanese Yen", "MXN": "Mexican Peso",
    "NZD": "New Zealand Dollar", "USD": "United States Dollar",
}  # fmt: skip


def settle_code(change: Change) -> None:
    """Needs multicurrency; the code has three letters (2220); a code stands once."""
    code = change.body.get("Code", "").upper()
    if not settings.multicurrency(change.books):
        raise faults.feature_off(change.books.knobs.feature_off_code, "Multicurrency")
    if not code:
        raise faults.required("Code")
    if len(code) != 3 or not code.isalpha():
        raise faults.bad_value("2220", "Currency", code, "Code")
    held = change.books.named("CompanyCurrency", "Code", code.casefold())
    if any(change.old is None or one.id != change.old.id for one in held):
        raise faults.duplicate_name("Another currency is already using this code.")
    change.body["Code"] = code
    change.body.setdefault("Name", NAMES.get(code, code))


COMPANY_CURRENCY = Entity(
    name="CompanyCurrency",
    family=Family.NAME_LIST,
    noun="currency",
    sequence="currencies",
    name_field="Name",
    order_field="Code",
    fields=(
        name_text("Code", 3, sticky=True).queried(),
        name_text("Name", 100, sticky=True).queried(),
        boolean("Active", default=True, sticky=True).queried(),
        BASE,
        ignored("CustomField"),
    ),
    rules=(settle_code,),
    indexed=("Code",),
)
