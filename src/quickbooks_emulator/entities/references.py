"""Decides: whether the records a change points to exist and are active. A rule of every entity."""

from __future__ import annotations

from quickbooks_emulator import faults
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import Kind
from quickbooks_emulator.entities.render import named
from quickbooks_emulator.entities.settings import inactive_code, multicurrency
from quickbooks_emulator.entities.values import folded


def check_references(change: Change) -> None:
    """2500 for a missing target and, in other words, for an inactive one. Only changed references are looked at. By a
    switch they are stored with the name their target has now."""
    for field in change.entity.fields:
        target = change.books.entities.get(field.target or "")
        if field.kind is not Kind.REF or target is None or field.name not in change.body:
            continue
        value = change.body[field.name]["value"]
        if value == change.before.get(field.name, {}).get("value"):
            change.body[field.name] = change.before[field.name]
            continue
        record = change.books.get(target.name, value)
        if record is None:
            raise faults.invalid_reference(target.reference_label, value)
        if not record.active:
            raise faults.inactive_reference(inactive_code(change.books, target.name))
        if field.named and change.books.knobs.references_keep_names:
            change.body[field.name] = named(change.books, target.name, {"value": value})


def keep_home_currency(change: Change) -> None:
    """CurrencyRef is set on create and never again; a company without multicurrency has only its own."""
    company = change.books.company
    if change.old is None:
        sent = change.body.get("CurrencyRef", {}).get("value", company.currency)
        if sent != company.currency and multicurrency(change.books):
            if not change.books.named("CompanyCurrency", "Code", folded(sent)):
                raise faults.bad_value("2220", "Currency", sent, "CurrencyRef")
            change.body["CurrencyRef"] = {"value": sent, "name": change.books.currency_name(sent)}
            return
        if sent != company.currency:
            raise faults.business(
                f"Currency {sent} cannot be used: this company has only {company.currency}."
            )
        change.body["CurrencyRef"] = {"value": company.currency, "name": company.currency_name}
