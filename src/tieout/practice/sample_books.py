"""Decides: what the sample data is: clients, service items, invoices in every state, and payments. Pure data.

``actions.adding_samples`` writes it through the verbs. Invoices have numbers of their own, so that the firm's begin
where they should; mail addresses are of the kind that never arrives anywhere (RFC 2606).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tieout.practice.clients import Kind
from tieout.practice.payment_methods import Method
from tieout.practice.service_items import Charge


@dataclass(frozen=True, slots=True)
class SampleClient:
    name: str
    kind: Kind
    given: str
    family: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class SampleItem:
    name: str
    description: str
    rate: Decimal
    charge: Charge = Charge.SERVICE


@dataclass(frozen=True, slots=True)
class SampleInvoice:
    number: str
    client: int
    """Its place in ``CLIENTS``."""
    days_ago: int
    lines: tuple[tuple[int, str], ...]
    """(Place in ``ITEMS``, quantity)."""
    is_draft: bool = False
    is_sent: bool = True


@dataclass(frozen=True, slots=True)
class SamplePayment:
    client: int
    days_ago: int
    method: Method
    reference: str
    parts: tuple[tuple[str, str], ...]
    """(Number of the invoice, amount)."""
    on_account: str = "0"
    """Beside them, on no invoice yet."""


CLIENTS = (
    SampleClient(
        "Maple Street Bakery LLC", Kind.BUSINESS, "June", "Abbot", "june@maple.example", "(555) 010-0111"
    ),
    SampleClient(
        "Harbor Dental Group", Kind.BUSINESS, "Luis", "Ortega", "office@harbor.example", "(555) 010-0122"
    ),
    SampleClient("Northside Plumbing Inc", Kind.BUSINESS, "Pat", "Kim", "pat@north.example", ""),
    SampleClient("Ruth Castellano", Kind.INDIVIDUAL, "Ruth", "Castellano", "ruth@home.example", ""),
    SampleClient("Theo Brandt", Kind.INDIVIDUAL, "Theo", "Brandt", "theo@home.example", "(555) 010-0155"),
)
ITEMS = (
    SampleItem("Monthly bookkeeping", "Bookkeeping for the month", Decimal("350")),
    SampleItem("Individual tax return", "Preparation of Form 1040", Decimal("475")),
    SampleItem("Business tax return", "Preparation of Form 1120-S", Decimal("1150")),
    SampleItem("Advisory", "Advice by the hour", Decimal("180"), Charge.HOUR),
)
INVOICES = (
    SampleInvoice("SAMPLE-1", 0, 75, ((0, "1"), (3, "1.5"))),
    SampleInvoice("SAMPLE-2", 0, 14, ((0, "1"),)),
    SampleInvoice("SAMPLE-3", 1, 50, ((2, "1"),)),
    SampleInvoice("SAMPLE-4", 2, 20, ((2, "1"), (3, "2")), is_sent=False),
    SampleInvoice("SAMPLE-5", 3, 40, ((1, "1"),)),
    SampleInvoice("SAMPLE-6", 4, 3, ((1, "1"), (3, "0.75")), is_draft=True),
)
PAYMENTS = (
    SamplePayment(0, 30, Method.CHECK, "1042", (("SAMPLE-1", "620"),)),
    SamplePayment(1, 5, Method.ACH, "", (("SAMPLE-3", "500"),)),
    SamplePayment(3, 2, Method.CHECK, "778", (("SAMPLE-5", "475"),), on_account="25"),
)
"""One invoice is paid, one in part, one is overdue, one due, one only finalized, one a draft; some money is on account."""
