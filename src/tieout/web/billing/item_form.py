"""Decides: which fields the pages of a service item ask for. The rules are the verbs'."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from tieout.practice.actions.service_items import EARNING_TYPES
from tieout.practice.billing_access import choices_in, rows_of
from tieout.practice.ledger_lists import LedgerList, ListEntry, TaxRate
from tieout.practice.money import plain
from tieout.practice.service_item_fields import DESCRIPTION, NAME, SKU
from tieout.practice.service_items import Charge, ServiceItem
from tieout.web.client_forms import RuledForm, text_field

Choice = tuple[int | str, str]


def select(label: str, choices: Iterable[Choice], hint: str = "") -> forms.ChoiceField:
    widget = forms.Select(attrs={"class": "form-select"})
    return forms.ChoiceField(
        label=label, choices=list(choices), required=False, widget=widget, help_text=hint
    )


def offered_of(entries: Iterable[ListEntry]) -> list[Choice]:
    """Entries of a ledger's list to choose from; one that is retired there, or of another company, says so."""
    return [(each.pk, f"{each.full_name}{_beside(each)}") for each in entries]


def _beside(entry: ListEntry) -> str:
    if not entry.is_current:
        return " (of another QuickBooks company)"
    return "" if entry.is_active else " (no longer in use)"


class ItemForm(RuledForm):
    """One service item. Account and category are asked for only once the ledger's lists are here."""

    def __init__(self, *args: Any, firm_id: int, item: ServiceItem | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = text_field("name", NAME)
        self.fields["description"] = text_field(
            "description", DESCRIPTION, "What an invoice line says. Left empty: the name."
        )
        self.fields["charge"] = select("Charged", Charge.choices)
        self.fields["rate"] = forms.CharField(
            label="Rate",
            required=False,
            help_text="In dollars. Left empty: decided on each invoice.",
            widget=forms.TextInput(attrs={"class": "form-control", "inputmode": "decimal"}),
        )
        self.fields["sku"] = text_field("sku", SKU)
        rates = rows_of(TaxRate, firm_id).filter(is_active=True).order_by("name")
        kept = [item.tax_rate] if item and item.tax_rate and not item.tax_rate.is_active else []
        taxes: list[Choice] = [(rate.pk, f"{rate.name}, {plain(rate.percent)}%") for rate in [*rates, *kept]]
        if taxes:
            self.fields["tax_rate_id"] = select("Tax", [("", "Not taxed"), *taxes])
        for name, label, of, types in (
            ("income_account_id", "Income account", LedgerList.ACCOUNT, EARNING_TYPES),
            ("category_id", "Category", LedgerList.CATEGORY, ()),
        ):
            offered = offered_of(choices_in(firm_id, of, types=types, kept=getattr(item, name, None)))
            if offered:
                self.fields[name] = select(label, [("", "None"), *offered])

    def values(self) -> dict[str, Any]:
        """For the verbs: a tax rate makes an item taxable, none makes it not."""
        values = dict(self.cleaned_data)
        values["rate"] = values["rate"].strip()
        if "tax_rate_id" in values:
            values["taxable"] = bool(values["tax_rate_id"])
        return values

    @staticmethod
    def initial_of(item: ServiceItem) -> dict[str, Any]:
        names = ("name", "description", "charge", "sku", "tax_rate_id", "income_account_id", "category_id")
        rate = "" if item.rate is None else str(plain(item.rate))
        return {**{name: getattr(item, name) for name in names}, "rate": rate}
