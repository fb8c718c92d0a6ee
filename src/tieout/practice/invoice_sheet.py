"""Acts: gathers what an invoice shows to a client, once, for the print view, the PDF file and the mail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from tieout.practice.billing_access import rows_of
from tieout.practice.billing_settings import BillingSettings, FirmLogo, settings_of
from tieout.practice.invoice_content import totals_of
from tieout.practice.invoice_mail import addresses
from tieout.practice.invoice_totals import Totals
from tieout.practice.invoices import Invoice, InvoiceLine


@dataclass(frozen=True, slots=True)
class Sheet:
    invoice: Invoice
    lines: tuple[tuple[InvoiceLine, Decimal], ...]
    """Each with its amount."""
    totals: Totals
    tax_names: dict[int, str]
    """Of the rates on the lines."""
    firm_name: str
    settings: BillingSettings
    logo: bytes
    """PNG; empty without one."""
    bill_to: tuple[str, ...]
    """Name and address, a line each."""

    @property
    def with_discount(self) -> bool:
        return any(line.discount for line, _ in self.lines)

    @property
    def with_tax(self) -> bool:
        return any(line.tax_rate_id for line, _ in self.lines)


def sheet_of(firm_id: int, invoice_id: int) -> Sheet:
    """Everything in a constant number of queries. The caller has let the member in to the invoice."""
    invoice = (
        rows_of(Invoice, firm_id)
        .select_related("firm", "client", "group", "location", "category")
        .get(pk=invoice_id)
    )
    lines = list(
        invoice.lines.select_related("item", "tax_rate", "tracking_class", "client").order_by("position")
    )
    logo = FirmLogo.objects.filter(firm_id=firm_id).first()
    return Sheet(
        invoice=invoice,
        lines=tuple((line, line.gross - line.discount) for line in lines),
        totals=totals_of(invoice, lines),
        tax_names=tax_names(lines),
        firm_name=invoice.firm.name,
        settings=settings_of(firm_id),
        logo=bytes(logo.content) if logo else b"",
        bill_to=tuple(bill_to(invoice)),
    )


def tax_names(lines: Iterable[InvoiceLine]) -> dict[int, str]:
    """Rate's id -> its name, of lines whose rates are loaded."""
    return {line.tax_rate.pk: line.tax_rate.name for line in lines if line.tax_rate is not None}


def bill_to(invoice: Invoice) -> list[str]:
    client = invoice.client
    place = f"{client.billing_city}, {client.billing_state}".strip(", ")
    told = [
        str(invoice.group or ""),
        client.name,
        client.billing_line1,
        client.billing_line2,
        client.billing_line3,
        f"{place} {client.billing_postal_code}".strip(),
        client.billing_country,
    ]
    return [each for each in told if each]


def mail_addresses(invoice: Invoice) -> list[str]:
    """Where the invoice goes: to the client, or to its primary contact when it has no address of its own."""
    own = addresses(invoice.client.email)
    if own:
        return own
    primary = invoice.client.contacts.filter(is_primary=True).first()
    return addresses(primary.email) if primary else []
