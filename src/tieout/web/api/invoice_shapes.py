"""Decides nothing: what invoices, their lines and their revisions look like on the wire, coming in and going out."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from tieout.web.api.kinds_of_value import (
    Day,
    Exact,
    Given,
    Instant,
    Money,
    NumberText,
    RowId,
    Shown,
    ShownDay,
    Text,
    left_out,
)

MOST_LINES_GIVEN = 1000
DiscountKind = Literal["", "percent", "amount"]
Terms = Text
"""``receipt``, ``net`` and a number of days such as ``net30``, or ``custom`` with a due date."""


class Line(Shown):
    position: int
    kind: str
    item_id: int | None
    client_id: int | None
    """On a group's invoice: for whom the work was."""
    description: str
    quantity: Exact
    rate: Exact
    date: ShownDay | None
    discount_kind: str
    discount_value: Exact
    tax_rate_id: int | None
    tax_percent: Exact
    tracking_class_id: int | None
    gross: Money
    discount: Money


class Paid(Shown):
    """A part of a payment on this invoice."""

    payment_id: int
    amount: Money
    date: ShownDay


class Credited(Shown):
    """A part of a credit on this invoice. ``is_void``: taken off again."""

    id: int
    credit_id: int
    amount: Money
    date: ShownDay
    is_void: bool


class InvoiceRow(Shown):
    """An invoice in a list."""

    id: int
    version: int
    number: str
    status: str
    client_id: int
    group_id: int | None
    date: ShownDay
    terms: str
    due_date: ShownDay
    currency: str
    location_id: int | None
    category_id: int | None
    discount_kind: str
    discount_value: Exact
    memo: str
    subtotal: Money
    discount_total: Money
    tax_total: Money
    written_off: Money
    total: Money
    paid: Money
    credited: Money
    balance: Money
    late_fee_on: ShownDay | None
    finalised_at: Instant | None
    sent_at: Instant | None
    sent_to: str
    voided_at: Instant | None
    recurring_id: int | None
    created_at: Instant
    updated_at: Instant


class InvoiceFull(InvoiceRow):
    """An invoice with its lines and what was put on it."""

    lines: list[Line]
    allocations: list[Paid]
    credit_applications: list[Credited]


class Revision(Shown):
    """What a finalized invoice said before a revision; 1 is what was first finalized."""

    number: int
    reason: str
    actor_label: str
    at: Instant
    said: dict[str, Any]


class LineGiven(Given):
    item_id: RowId | None = left_out()
    client_id: RowId | None = left_out()
    description: Text = left_out()
    quantity: NumberText = left_out()
    rate: NumberText | None = left_out()
    date: Day | None = left_out()
    discount_kind: DiscountKind = left_out()
    discount_value: NumberText = left_out()
    tax_rate_id: RowId | None = left_out()
    """Left out: as the service item says. null: not taxed."""
    tracking_class_id: RowId | None = left_out()


Lines = list[LineGiven]


class RevisionContent(Given):
    """``lines`` replaces all lines; what is left out stays."""

    number: Text = left_out()
    date: Day = left_out()
    terms: Terms = left_out()
    due_date: Day | None = left_out()
    location_id: RowId | None = left_out()
    category_id: RowId | None = left_out()
    discount_kind: DiscountKind = left_out()
    discount_value: NumberText = left_out()
    memo: Text = left_out()
    lines: Lines = Field(default_factory=list, max_length=MOST_LINES_GIVEN)


class InvoiceContent(RevisionContent):
    """Billed to ``client_id``, or to ``group_id`` and then to the client of the group that gets its invoices."""

    client_id: RowId | None = left_out()
    group_id: RowId | None = left_out()


class InvoiceRevised(RevisionContent):
    reason: Text = left_out()


class RecurringContent(Given):
    """What each invoice says; its number and dates are its own."""

    client_id: RowId | None = left_out()
    group_id: RowId | None = left_out()
    terms: Terms = left_out()
    location_id: RowId | None = left_out()
    category_id: RowId | None = left_out()
    discount_kind: DiscountKind = left_out()
    discount_value: NumberText = left_out()
    memo: Text = left_out()
    lines: Lines = Field(default_factory=list, max_length=MOST_LINES_GIVEN)


class Sent(Given):
    sent_to: Text = left_out()


class Mailed(Given):
    """Left out: the client's address, and the words of the firm's settings."""

    to: Text = left_out()
    subject: Text = left_out()
    text: Text = left_out()


class Reason(Given):
    reason: Text = left_out()


class WriteOff(Given):
    amount: NumberText | None = left_out()
    """Left out: all that is owed."""
    reason: Text = left_out()


class Chosen(Given):
    invoice_ids: list[RowId] = Field(min_length=1, max_length=500)


class RowOutcome(Shown):
    """What became of one of many: ``problems`` is empty when it was done."""

    invoice_id: int
    done: bool
    number: str
    status: str
    problems: dict[str, str]


class Outcomes(Shown):
    data: list[RowOutcome]
