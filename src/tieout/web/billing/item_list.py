"""Decides: what the list of service items shows."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from tieout.practice.service_items import Charge, ServiceItem
from tieout.web.listing import Asked, Column, Filter, ListKind

SHOWN = Filter("show", "Status", (("active", "Active"), ("archived", "Archived"), ("all", "All")))
CHARGED = Filter("charge", "Charged", (("", "All"), *Charge.choices))
ITEMS = ListKind(
    columns=(
        Column("name", "Name", "name", folds_case=True),
        Column("rate", "Rate", "rate", is_number=True),
        Column("sku", "SKU", "sku", folds_case=True),
        Column("used", "Used by"),
        Column("updated", "Last change", "updated_at"),
    ),
    filters=(SHOWN, CHARGED),
    sort="name",
)


def narrowed(asked: Asked, items: QuerySet[ServiceItem]) -> QuerySet[ServiceItem]:
    if asked["show"] != "all":
        items = items.filter(is_active=asked["show"] == "active")
    if asked["charge"]:
        items = items.filter(charge=asked["charge"])
    if asked.search:
        found = Q(name__icontains=asked.search) | Q(sku__icontains=asked.search)
        items = items.filter(found | Q(description__icontains=asked.search))
    return asked.sorted(items)
