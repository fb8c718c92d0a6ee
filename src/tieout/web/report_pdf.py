"""Decides: what our printed reports share: Letter paper, the embedded fonts, tables, sentences, numbered pages.

Pure: the same words and the same instant, the same bytes. What a report says is its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, TextEmphasis, XPos, YPos
from fpdf.fonts import FontFace

from tieout.practice.invoice_pdf import FONT, FONTS, GREY, MARGIN, written


class ReportPage(FPDF):
    def __init__(self, title: str, firm_name: str, made_at: datetime) -> None:
        self.title_ = title
        super().__init__(format="letter")
        self.add_font(FONT, "", FONTS / "DejaVuSansCondensed.ttf")
        self.add_font(FONT, "B", FONTS / "DejaVuSansCondensed-Bold.ttf")
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(True, MARGIN + 6)
        self.set_title(written(f"{title}, {firm_name}"))
        self.set_lang("en-US")
        self.set_creation_date(made_at)

    def footer(self) -> None:
        self.set_y(-MARGIN)
        self.face(8, grey=True)
        self.cell(0, 5, written(f"{self.title_}, page {self.page_no()} of {{nb}}"), align="R")

    def rows(
        self,
        names: tuple[str, ...],
        widths: tuple[int, ...],
        rows: Sequence[tuple[str, ...]],
        *,
        numbers: bool = False,
    ) -> None:
        """A table. ``widths``: parts of the whole; ``numbers``: all columns but the first are amounts."""
        self.face(9)
        self.set_draw_color(200)
        with self.table(
            width=self.epw,
            col_widths=widths,
            text_align=("LEFT", *["RIGHT" if numbers else "LEFT"] * (len(names) - 1)),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=FontFace(emphasis=TextEmphasis.B),
            line_height=4.6,
            padding=1.2,
        ) as table:
            table.row(names)
            for row in rows:
                table.row([written(cell) for cell in row])
        self.ln(4)

    def say(self, text: str, size: float, *, bold: bool = False, grey: bool = False) -> None:
        self.face(size, bold=bold, grey=grey)
        self.multi_cell(0, size * 0.5, written(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)

    def face(self, size: float, *, bold: bool = False, grey: bool = False) -> None:
        self.set_font(FONT, "B" if bold else "", size)
        self.set_text_color(*(GREY if grey else (0, 0, 0)))
