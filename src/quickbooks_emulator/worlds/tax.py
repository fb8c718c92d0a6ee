"""Acts: puts a country's tax agencies, rates and codes into a new company."""

from __future__ import annotations

from decimal import Decimal

from quickbooks_emulator.entities import tax_service
from quickbooks_emulator.service.writes import change_as_person
from quickbooks_emulator.store.books import Books

Agencies = tuple[tuple[str, tuple[tuple[str, Decimal], ...]], ...]
Codes = tuple[tuple[str, tuple[int, ...]], ...]


def set_up(books: Books, agencies: Agencies, codes: Codes) -> None:
    """Rates are numbered from 1 in the order given; a code names its rates by those numbers."""
    rates: list[str] = []
    for agency, agency_rates in agencies:
        made = change_as_person(
            books,
            books.entities["TaxAgency"],
            None,
            {"DisplayName": agency, "TaxTrackedOnPurchases": books.company.country != "US"},
        )
        rates += [tax_service.add_rate(books, name, percent, made.id).id for name, percent in agency_rates]
    for name, numbers in codes:
        if not name:
            books.next_number("tax codes")
            continue
        chosen = [rates[number - 1] for number in numbers]
        tax_service.add_code(books, name, chosen, chosen, taxable=bool(chosen))
