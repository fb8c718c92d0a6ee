"""The PDF file of an invoice says what the invoice says, over as many pages as it takes, in any script."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from tests.practice.billing_world import NOW, Desk
from tieout.practice.actions.billing_settings import change_billing_settings, set_logo
from tieout.practice.actions.invoice_life import void_invoice
from tieout.practice.clients import Client
from tieout.practice.firms import Firm
from tieout.practice.invoice_pdf import file_name, invoice_pdf, written
from tieout.practice.invoice_sheet import mail_addresses, sheet_of
from tieout.practice.invoices import Invoice
from tieout.practice.validation import Invalid

pytestmark = pytest.mark.usefixtures("scope")


@pytest.fixture
def desk(firm: Firm) -> Desk:
    return Desk.open(firm.pk)


def pages(invoice: Invoice) -> list[str]:
    reader = PdfReader(io.BytesIO(invoice_pdf(sheet_of(invoice.firm_id, invoice.pk))))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def picture(kind: str = "PNG", size: tuple[int, int] = (1200, 300)) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, (10, 100, 90)).save(kept, kind)
    return kept.getvalue()


def test_the_file_says_what_the_invoice_says(desk: Desk) -> None:
    change_billing_settings(
        firm_id=desk.firm_id, actor=desk.actor, letterhead="1 Quay Street\nPortland", footer="Pay by check."
    )
    Client.objects.update(billing_line1="5 Mill Lane", billing_city="Bend", billing_state="OR")
    invoice = desk.finalise(
        desk.draft(
            memo="Thank you",
            discount_kind="percent",
            discount_value="10",
            lines=[
                {"item_id": desk.item.pk, "rate": "1250", "date": date(2026, 11, 3)},
                {"item_id": desk.taxed.pk, "quantity": "1.5", "description": "Software, one seat"},
            ],
        )
    )
    desk.pay(100, (invoice, 100))
    (page,) = pages(invoice)
    for told in (
        "Byrne & Co", "1 Quay Street", "INVOICE", "0001", "Nov 20, 2026", "Net 30", "Dec 20, 2026", "Acme LLC",
        "5 Mill Lane", "Bend, OR", "Tax return Nov 3, 2026", "1,250.00", "Software, one seat", "8.25%", "Subtotal $1,400.00",
        "Discount -$140.00", "State, 8.25% of $135.00 $11.14", "Total $1,271.14", "Paid -$100.00",
        "Amount due $1,171.14", "Thank you", "Pay by check.", "page 1 of 1",
    ):  # fmt: skip
        assert told in page, told
    assert "VOID" not in page


def test_a_long_invoice_goes_over_pages_each_with_its_headings(desk: Desk) -> None:
    lines = [
        {"description": f"Entry {i}, for work that takes a whole line to describe", "rate": 1}
        for i in range(120)
    ]
    told = pages(desk.finalise(desk.draft(lines=lines)))
    assert len(told) > 2
    assert all("Description Quantity Rate Amount" in page for page in told if ", for work" in page)
    assert all(f"Entry {i}, for work" in " ".join(told) for i in range(120))
    assert f"page {len(told)} of {len(told)}" in told[-1]
    assert "Amount due $120.00" in told[-1]


def test_names_in_other_scripts_can_be_read(desk: Desk) -> None:
    Client.objects.update(name="Łukasz Żółć & Ελένη Дмитрий")
    (page,) = pages(desk.draft())
    assert "Łukasz Żółć & Ελένη Дмитрий" in page
    assert "DRAFT" in page
    assert written("山\tab\x07") == "Shan    ab"


def test_a_void_invoice_says_so_and_the_file_has_a_harmless_name(desk: Desk) -> None:
    invoice = desk.finalise(desk.draft(number="A/7 ..x"))
    void_invoice(firm_id=desk.firm_id, invoice_id=invoice.pk, actor=desk.actor, now=NOW)
    assert "VOID" in pages(invoice)[0]
    assert file_name(sheet_of(desk.firm_id, invoice.pk)) == "Invoice-A-7---x.pdf"


def test_the_same_invoice_is_the_same_file(desk: Desk) -> None:
    sheet = sheet_of(desk.firm_id, desk.finalise(desk.draft()).pk)
    assert invoice_pdf(sheet) == invoice_pdf(sheet)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_logo_is_drawn_anew_and_small(desk: Desk, kind: str) -> None:
    set_logo(firm_id=desk.firm_id, actor=desk.actor, content=picture(kind), now=NOW)
    sheet = sheet_of(desk.firm_id, desk.draft().pk)
    kept = Image.open(io.BytesIO(sheet.logo))
    assert (kept.format, kept.size) == ("PNG", (800, 200))
    reader = PdfReader(io.BytesIO(invoice_pdf(sheet)))
    assert len(reader.pages[0].images) == 1
    set_logo(firm_id=desk.firm_id, actor=desk.actor, content=None, now=NOW)
    assert sheet_of(desk.firm_id, desk.draft().pk).logo == b""


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<svg onload=alert(1)>", "no PNG or JPEG"),
        (b"", "no PNG or JPEG"),
        (picture()[:200], "no PNG or JPEG"),
        (picture("GIF"), "no PNG or JPEG"),
        (picture(size=(5000, 5000)), "16 million pixels"),
        (b"\0" * (2 * 1024 * 1024 + 1), "larger than 2 MB"),
    ],
)
def test_a_file_that_is_no_picture_is_refused(desk: Desk, content: bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        set_logo(firm_id=desk.firm_id, actor=desk.actor, content=content, now=NOW)


def test_an_invoice_goes_to_the_client_or_else_to_its_primary_contact(desk: Desk) -> None:
    invoice = desk.draft()
    assert mail_addresses(invoice) == []
    Client.objects.update(email="ada@example.com; bob@example.com")
    assert mail_addresses(Invoice.objects.get()) == ["ada@example.com", "bob@example.com"]


def test_what_a_sheet_needs_does_not_grow_with_the_lines(
    desk: Desk, django_assert_max_num_queries: Any
) -> None:
    few, many = desk.draft(), desk.draft(lines=[{"item_id": desk.taxed.pk}] * 40)
    with django_assert_max_num_queries(5):
        sheet_of(desk.firm_id, few.pk)
    with django_assert_max_num_queries(5):
        sheet_of(desk.firm_id, many.pk)
