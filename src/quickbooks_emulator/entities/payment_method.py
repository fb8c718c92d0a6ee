"""Decides: what a PaymentMethod is."""

from __future__ import annotations

from quickbooks_emulator.entities import tree
from quickbooks_emulator.entities.declaration import (
    BASE,
    Entity,
    Family,
    Field,
    Kind,
    boolean,
    ignored,
    name_text,
)

PAYMENT_METHOD = Entity(
    name="PaymentMethod",
    family=Family.NAME_LIST,
    noun="payment method",
    sequence="payment methods",
    name_field="Name",
    order_field="Name",
    reference_label="PaymentMethods",
    fields=(
        name_text("Name", 31).queried(),
        boolean("Active", default=True, sticky=True).queried(),
        Field(
            "Type", Kind.ENUM, values=("CREDIT_CARD", "NON_CREDIT_CARD"), default="NON_CREDIT_CARD"
        ).queried(),
        BASE,
        ignored("AttachableRef"),
    ),
    rules=(*tree.FLAT, *tree.NAMED),
    indexed=("Name",),
)
