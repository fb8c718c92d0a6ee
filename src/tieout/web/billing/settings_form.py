"""Decides: which fields the page of billing settings asks for, in sections. The rules are the verbs'."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.db.models.functions import Lower
from django.forms import BoundField
from django.http import QueryDict

from tieout.practice.actions.billing_settings import TEXTS
from tieout.practice.billing_access import rows_of
from tieout.practice.billing_settings import BillingSettings, LateFee
from tieout.practice.charging_by import offered_processors
from tieout.practice.invoice_mail import PLACES
from tieout.practice.invoice_terms import offered_terms
from tieout.practice.money import CURRENCIES, plain
from tieout.practice.payment_methods import Method
from tieout.practice.service_items import ServiceItem
from tieout.web.billing.item_form import select
from tieout.web.billing.meanwhile import Meanwhile
from tieout.web.client_forms import RuledForm, text_field

SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("invoices", "New invoices", ("terms", "own_terms", "currency", "memo")),
    ("looks", "What is printed on every invoice", ("letterhead", "footer")),
    ("mail", "The mail an invoice goes out with", ("mail_subject", "mail_text", "reply_to")),
    (
        "late_fees",
        "Late fees",
        (
            "late_fee_kind", "late_fee_percent", "late_fee_amount", "late_fee_grace_days", "late_fee_every_days",
            "late_fee_item_id",
        ),
    ),
    ("payments", "Payments", ("payment_methods", "processor")),
)  # fmt: skip
"""Name, heading, fields. Each is a form of its own."""
_TEXT_LABELS = {
    "memo": ("Memo", "What a new invoice's memo starts with."),
    "letterhead": ("Letterhead", "Your address, below your firm's name."),
    "footer": ("Text at the end", "How to pay, or a word of thanks."),
    "mail_subject": ("Subject", ""),
    "mail_text": (
        "Text",
        "Filled in for each invoice: "
        + ", ".join(f"{{{name}}} {what}" for name, what in PLACES.items())
        + ".",
    ),
    "reply_to": ("Answers go to", "Left empty: to the address mails come from."),
}


class SettingsForm(RuledForm):
    """One section of the settings."""

    def __init__(self, typed: QueryDict | None = None, *, section: str, settings: BillingSettings) -> None:
        self.section, self.heading, names = next(each for each in SECTIONS if each[0] == section)
        super().__init__(typed, initial=_initial(settings), auto_id=f"{section}-%s")
        self.version: int | None = settings.version
        """Of all the settings, which its section was filled in from."""
        self.meanwhile: Meanwhile | None = None
        for name in names:
            self.fields[name] = _field(name, settings)

    def __iter__(self) -> Iterable[BoundField]:  # type: ignore[override]
        return (self[name] for name in self.fields)


def _initial(settings: BillingSettings) -> dict[str, Any]:
    values = {
        name: getattr(settings, name) for _, _, names in SECTIONS for name in names if name != "own_terms"
    }
    for name in ("late_fee_percent", "late_fee_amount"):
        values[name] = plain(values[name]) if values[name] else ""
    return {**values, "own_terms": ", ".join(map(str, settings.own_terms))}


def _field(name: str, settings: BillingSettings) -> forms.Field:
    if name in TEXTS:
        label, hint = _TEXT_LABELS[name]
        field = text_field(name, TEXTS[name], hint)
        field.label = label
        return field
    made: Mapping[str, Callable[[], forms.Field]] = {
        "terms": lambda: select(
            "Terms", offered_terms(settings.own_terms, custom=False), "New invoices start with these."
        ),
        "own_terms": lambda: _text("Terms of your own", "Days until due, separated by commas: 21, 90."),
        "currency": lambda: select(
            "Currency", [(each, each) for each in CURRENCIES], "Stays from the first invoice or payment on."
        ),
        "late_fee_kind": lambda: select("Late fee", LateFee.choices),
        "late_fee_percent": lambda: _number("Percent", "Of what is owed without earlier fees."),
        "late_fee_amount": lambda: _number("Amount", ""),
        "late_fee_grace_days": lambda: _number("Days of grace", "After the due date, before the first fee."),
        "late_fee_every_days": lambda: _number("Again after days", "0: once for each invoice."),
        "late_fee_item_id": lambda: select(
            "Service item", [("", "None"), *_items(settings)], "What a fee is booked as."
        ),
        "payment_methods": lambda: forms.MultipleChoiceField(
            label="Payment types you take",
            choices=Method.choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        ),
        "processor": lambda: select(
            "Cards and bank accounts are charged by",
            [
                ("", "Nobody: payments are only recorded"),
                *offered_processors().items(),
            ],
            "The data of a card never comes here; the processor keeps it.",
        ),
    }
    return made[name]()


def _items(settings: BillingSettings) -> list[tuple[int | str, str]]:
    kept = Q(pk=settings.late_fee_item_id)
    items = rows_of(ServiceItem, settings.firm_id).filter(Q(is_active=True) | kept)
    return [
        (each.pk, each.name if each.is_active else f"{each.name} (archived)")
        for each in items.order_by(Lower("name"), "id")
    ]


def _text(label: str, hint: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"})
    return forms.CharField(label=label, required=False, help_text=hint, widget=widget)


def _number(label: str, hint: str) -> forms.CharField:
    attributes = {"class": "form-control", "inputmode": "decimal", "autocomplete": "off"}
    return forms.CharField(label=label, required=False, help_text=hint, widget=forms.TextInput(attributes))
