"""Decides: an invoice as a PDF file, from what ``invoice_sheet`` gathered. Pure: the same sheet, the same bytes.

Long invoices go over pages, each with the headings of the lines and its number. The fonts are embedded, so that every
reader shows the same; a character they lack is written in plain letters.
"""

from __future__ import annotations

import io
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from anyascii import anyascii
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, TableBordersLayout, TextEmphasis, XPos, YPos
from fpdf.fonts import FontFace

from tieout.practice.invoice_sheet import Sheet
from tieout.practice.invoices import Status
from tieout.practice.money import plain, shown

FONTS = Path(__file__).parent / "fonts"
FONT = "DejaVu"
MARGIN = 18.0
"""Millimetres, as all lengths here."""
GREY = (95, 100, 108)
LETTER_COUNTRIES = frozenset({"USD", "CAD"})
"""Currencies of countries that print on Letter; the others on A4."""
MARKS = {Status.DRAFT.value: "DRAFT", Status.VOID.value: "VOID", Status.PAID.value: "PAID"}


def invoice_pdf(sheet: Sheet) -> bytes:
    page = _Page(sheet)
    page.add_page()
    page.head()
    page.lines()
    page.sums()
    page.words()
    return bytes(page.output())


def file_name(sheet: Sheet) -> str:
    """Letters, digits and hyphens only: it goes through mail programs and file systems."""
    number = "".join(each if each.isalnum() and each.isascii() else "-" for each in sheet.invoice.number)
    return f"Invoice-{number or 'draft'}.pdf"


class _Page(FPDF):
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        invoice = sheet.invoice
        super().__init__(format="letter" if invoice.currency in LETTER_COUNTRIES else "A4")
        self.add_font(FONT, "", FONTS / "DejaVuSansCondensed.ttf")
        self.add_font(FONT, "B", FONTS / "DejaVuSansCondensed-Bold.ttf")
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(True, MARGIN + 6)
        self.set_title(written(f"{_title(sheet)} from {sheet.firm_name}"))
        self.set_author(written(sheet.firm_name))
        self.set_lang("en-US")
        self.set_creation_date(invoice.updated_at)

    def footer(self) -> None:
        self.set_y(-MARGIN)
        self._face(8, grey=True)
        self.cell(0, 5, written(f"{_title(self.sheet)}, page {self.page_no()} of {{nb}}"), align="R")
        self.set_text_color(0)

    def head(self) -> None:
        sheet = self.sheet
        top = self.get_y()
        if sheet.logo:
            self.image(io.BytesIO(sheet.logo), self.l_margin, top, w=70, h=22, keep_aspect_ratio=True)
            self.set_y(top + 25)
        self._face(14, bold=True)
        self._text(sheet.firm_name, width=self.epw * 0.55, height=6.5)
        self._face(9, grey=True)
        self._text(sheet.settings.letterhead, width=self.epw * 0.55)
        left_end = self.get_y()
        self.set_y(top)
        self._face(20, bold=True)
        self.cell(0, 9, "INVOICE", align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        if mark := MARKS.get(sheet.invoice.status):
            self._face(12, bold=True)
            self.cell(0, 6, mark, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._facts(self.get_y() + 2)
        self.set_y(max(left_end, self.get_y()) + 6)
        self._face(9, grey=True)
        self.cell(0, 5, "Bill to", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._face(10)
        self._text("\n".join(sheet.bill_to), width=self.epw * 0.6, height=5)
        self.ln(6)

    def lines(self) -> None:
        sheet = self.sheet
        currency = sheet.invoice.currency
        names = ["Description", "Quantity", "Rate", "Amount"]
        widths = [54.0, 13.0, 16.0, 17.0]
        if sheet.with_discount:
            names.insert(3, "Discount")
            widths = [43.0, 12.0, 15.0, 14.0, 16.0]
        if sheet.with_tax:
            names.insert(-1, "Tax")
            widths = [widths[0] - 11, *widths[1:-1], 11.0, widths[-1]]
        self._face(9)
        self.set_draw_color(200)
        with self.table(
            width=self.epw,
            col_widths=widths,
            text_align=("LEFT", *["RIGHT"] * (len(names) - 1)),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=FontFace(emphasis=TextEmphasis.B),
            line_height=4.6,
            padding=1.2,
        ) as table:
            table.row(names)
            for line, amount in sheet.lines:
                told = line.description
                if line.client is not None:
                    told += f"\nFor {line.client.name}"
                if line.service_date is not None:
                    told += f"\n{day(line.service_date)}"
                cells = [told, f"{plain(line.quantity):f}", rate_text(line.rate), shown(amount, currency)]
                if sheet.with_discount:
                    cells.insert(3, f"-{shown(line.discount, currency)}" if line.discount else "")
                if sheet.with_tax:
                    cells.insert(-1, f"{plain(line.tax_percent):f}%" if line.tax_rate_id else "")
                table.row([written(each) for each in cells])
        self.ln(3)

    def sums(self) -> None:
        invoice, currency = self.sheet.invoice, self.sheet.invoice.currency
        totals = self.sheet.totals
        rows: list[tuple[str, str, bool]] = [("Subtotal", shown(totals.shown_subtotal, currency), False)]
        if totals.own_discount:
            rows.append(("Discount", f"-{shown(totals.own_discount, currency)}", False))
        for tax in totals.taxes:
            name = self.sheet.tax_names.get(tax.tax_rate_id, "Tax")
            told = f"{name}, {plain(tax.percent):f}% of {shown(tax.base, currency)}"
            rows.append((told, shown(tax.tax, currency), False))
        if invoice.written_off:
            rows.append(("Written off", f"-{shown(invoice.written_off, currency)}", False))
        rows.append(("Total", shown(invoice.total, currency), True))
        for label, amount in (("Paid", invoice.paid), ("Credited", invoice.credited)):
            if amount:
                rows.append((label, f"-{shown(amount, currency)}", False))
        if invoice.status not in (Status.DRAFT, Status.VOID):
            rows.append(("Amount due", shown(invoice.balance, currency), True))
        with self.unbreakable() as together:
            for label, amount_text, bold in rows:
                together.set_font(FONT, "B" if bold else "", 10)
                together.cell(self.epw - 34, 5.6, written(label), align="R")
                together.cell(34, 5.6, amount_text, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def words(self) -> None:
        for text in (self.sheet.invoice.memo, self.sheet.settings.footer):
            if text:
                self.ln(6)
                self._face(9)
                self._text(text)

    def _facts(self, y: float) -> None:
        invoice = self.sheet.invoice
        facts = [
            ("Number", invoice.number or "Draft"),
            ("Date", day(invoice.date)),
            ("Terms", invoice.terms_label),
            ("Due", day(invoice.due_date)),
        ]
        if invoice.location:
            facts.append(("Location", invoice.location.name))
        self.set_y(y)
        for label, value in facts:
            self.set_x(self.w - MARGIN - 75)
            self._face(9, grey=True)
            self.cell(30, 5, label, align="R")
            self._face(10)
            self.multi_cell(45, 5, written(value), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _face(self, size: float, *, bold: bool = False, grey: bool = False) -> None:
        self.set_font(FONT, "B" if bold else "", size)
        self.set_text_color(*(GREY if grey else (0, 0, 0)))

    def _text(self, text: str, *, width: float = 0, height: float = 4.6) -> None:
        if text:
            self.multi_cell(
                width, height, written(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT,
                output=MethodReturnValue.HEIGHT,
            )  # fmt: skip


def day(value: object) -> str:
    return f"{value:%b} {value:%-d}, {value:%Y}"


def rate_text(rate: Decimal) -> str:
    """At least two places, more only if it has them."""
    short = plain(rate)
    return f"{short:,.{max(2, -int(short.as_tuple().exponent))}f}"


def written(text: str) -> str:
    """What the fonts can show of a text: the rest in plain letters, and no character that is none."""
    known = _characters()
    shown_text = "".join(
        each if ord(each) in known or each == "\n" else anyascii(each) for each in text.replace("\t", "    ")
    )
    return "".join(each for each in shown_text if each == "\n" or each.isprintable())


@lru_cache(maxsize=1)
def _characters() -> frozenset[int]:
    with TTFont(FONTS / "DejaVuSansCondensed.ttf", lazy=True) as font:
        return frozenset(font.getBestCmap())


def _title(sheet: Sheet) -> str:
    return f"Invoice {sheet.invoice.number}" if sheet.invoice.number else "Draft invoice"
