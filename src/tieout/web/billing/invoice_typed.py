"""Decides: what is typed into the form of an invoice, between the page and the verbs' fields. Pure; judges nothing.

A row of the lines in which nothing was typed is no line: the form always offers an empty one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from django.http import QueryDict

from tieout.practice.invoice_fields import InvoiceFields, LineFields
from tieout.practice.invoices import Invoice, InvoiceLine
from tieout.practice.money import plain
from tieout.practice.row_ids import row_id
from tieout.practice.service_items import ServiceItem

AS_ITEM = "item"
"""The line is taxed as its service item says."""
LINE_INPUTS = (
    "item_id", "client_id", "description", "quantity", "rate", "date", "discount_kind", "discount_value",
    "tax_rate_id", "tracking_class_id",
)  # fmt: skip
HEAD_INPUTS = (
    "client_id", "group_id", "number", "date", "terms", "due_date", "location_id", "category_id",
    "discount_kind", "discount_value", "memo",
)  # fmt: skip
MOST_ROWS = 700


@dataclass
class LineTyped:
    """One row of the form as typed. ``amount`` and ``problems`` are put there once the row was computed."""

    values: dict[str, str]
    amount: Decimal | None = None
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        return not any(self.values[name].strip() for name in ("item_id", "description", "rate", "date"))

    def fields(self) -> LineFields:
        values: dict[str, Any] = {name: text.strip() for name, text in self.values.items()}
        values["quantity"] = values["quantity"] or "1"
        values |= _discount(values)
        if values["tax_rate_id"] == AS_ITEM:
            del values["tax_rate_id"]
        return cast("LineFields", values)

    def take_from(self, item: ServiceItem) -> None:
        """What the item says replaces what was typed."""
        self.values |= {
            "description": item.description or item.name,
            "rate": "" if item.rate is None else str(plain(item.rate)),
            "tax_rate_id": AS_ITEM,
        }


def blank_line() -> LineTyped:
    return LineTyped({**dict.fromkeys(LINE_INPUTS, ""), "tax_rate_id": AS_ITEM})


@dataclass
class InvoiceTyped:
    head: dict[str, str]
    """Only inputs that were on the page: a list the ledger lacks is not asked for."""
    lines: list[LineTyped]
    problems: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, form: QueryDict) -> InvoiceTyped:
        count = form.get("line_count", "0")
        rows = min(int(count), MOST_ROWS) if count.isascii() and count.isdigit() and len(count) < 5 else 0
        return cls(
            {name: _clean(form.get(name, "")) for name in HEAD_INPUTS if name in form},
            [
                LineTyped({name: _clean(form.get(f"line-{row}-{name}", "")) for name in LINE_INPUTS})
                for row in range(rows)
            ],
        )

    @classmethod
    def of(cls, invoice: Invoice, lines: Iterable[InvoiceLine]) -> InvoiceTyped:
        head: dict[str, str] = {name: _text(getattr(invoice, name)) for name in HEAD_INPUTS}
        return cls(
            head, [LineTyped({name: _text(getattr(line, name)) for name in LINE_INPUTS}) for line in lines]
        )

    def fields(self) -> InvoiceFields:
        """For the verbs."""
        head: dict[str, Any] = dict(self.head)
        if "discount_value" in head:
            head |= _discount(head)
        head["lines"] = [line.fields() for line in self.written]
        return cast("InvoiceFields", head)

    @property
    def written(self) -> list[LineTyped]:
        """The rows that are lines, in their order."""
        return [line for line in self.lines if not line.is_blank]

    def take(self, problems: Mapping[str, str]) -> None:
        """Put each sentence of a refusal where it belongs: at a field of the head or of a row."""
        written = self.written
        for name, sentence in problems.items():
            parts = name.split(".")
            if len(parts) == 3 and parts[0] == "lines" and int(parts[1]) < len(written):
                written[int(parts[1])].problems[parts[2]] = sentence
            else:
                self.problems[name] = sentence

    def change_lines(self, asked: str) -> None:
        """``add`` a row, or ``remove-<row>``."""
        if asked == "add" and len(self.lines) < MOST_ROWS:
            self.lines.append(blank_line())
        verb, _, row = asked.partition("-")
        if verb == "remove" and (place := self.place_of(row)) is not None:
            del self.lines[place]

    def place_of(self, row: str) -> int | None:
        """The place of the row that a button's value names, from 0; None when there is no such row."""
        place = row_id(row)
        return place if place is not None and place < len(self.lines) else None

    def offer_a_row(self) -> None:
        if not self.lines:
            self.lines.append(blank_line())


def _clean(text: str) -> str:
    return text.replace("\x00", "")


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(plain(value)) if isinstance(value, Decimal) else str(value)


def _discount(values: Mapping[str, str]) -> dict[str, str]:
    """The form asks for a number and its unit; no number, no discount."""
    value = values["discount_value"].strip()
    none = value.strip("0.") == ""
    return {
        "discount_value": "0" if none else value,
        "discount_kind": "" if none else values.get("discount_kind") or "amount",
    }
