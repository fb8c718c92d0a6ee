"""Decides: a tie-out as a PDF file, for the partner's signature and the archive. Pure: the same rows, the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, TextEmphasis, XPos, YPos
from fpdf.fonts import FontFace

from tieout.practice.invoice_pdf import FONT, FONTS, GREY, MARGIN, written
from tieout.practice.money import shown
from tieout.sync.models import TieOut, TieOutLine
from tieout.web.integrations import tie_out_words as words


def tie_out_pdf(firm_name: str, company_name: str, found: TieOut, lines: Iterable[TieOutLine]) -> bytes:
    """The sentence, the sums, why they differ, and every client with its documents; a place to sign, or the signature."""
    page = _Page(f"Tie-out of {found.day:%B} {found.day.day}, {found.day.year}", firm_name, found)
    page.add_page()
    page.head(company_name)
    page.reasons()
    page.clients(lines)
    page.signature()
    return bytes(page.output())


class _Page(FPDF):
    def __init__(self, title: str, firm_name: str, found: TieOut) -> None:
        self.title_, self.firm_name, self.found = title, firm_name, found
        super().__init__(format="letter")
        self.add_font(FONT, "", FONTS / "DejaVuSansCondensed.ttf")
        self.add_font(FONT, "B", FONTS / "DejaVuSansCondensed-Bold.ttf")
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(True, MARGIN + 6)
        self.set_title(written(f"{title}, {firm_name}"))
        self.set_lang("en-US")
        self.set_creation_date(found.checked_at)

    def footer(self) -> None:
        self.set_y(-MARGIN)
        self._face(8, grey=True)
        self.cell(0, 5, written(f"{self.title_}, page {self.page_no()} of {{nb}}"), align="R")

    def head(self, company_name: str) -> None:
        found = self.found
        self._say(self.title_, 16, bold=True)
        self._say(f"{self.firm_name} and its QuickBooks company {company_name}", 10)
        self._say(
            f"Checked {found.checked_at:%B %d, %Y, %H:%M} UTC against QuickBooks' own report", 9, grey=True
        )
        self.ln(3)
        self._say(words.agreement(found).sentence, 12, bold=True)
        sums = (
            ("Owed here", found.here),
            ("Owed in QuickBooks", found.there),
            ("Difference", found.difference),
            ("Unexplained", found.unexplained),
        )
        self._table(("", "Amount"), (70, 30), [(label, shown(amount)) for label, amount in sums])

    def reasons(self) -> None:
        rows = [(title, f"{count:,}", shown(amount)) for _, title, count, amount in words.reasons(self.found)]
        if rows:
            self._say("What the difference is made of", 11, bold=True)
            self._table(("Why", "Documents", "Difference"), (60, 15, 25), rows)

    def clients(self, lines: Iterable[TieOutLine]) -> None:
        rows = []
        for line in lines:
            rows.append((line.name, shown(line.here), shown(line.there), shown(line.difference)))
            rows += [
                (
                    f"    {one.label}. {one.title}. {one.sentence}",
                    shown(one.here),
                    shown(one.there),
                    shown(one.difference),
                )
                for one in words.documents(line)
            ]
        if rows:
            self._say("Clients", 11, bold=True)
            self._table(("Client", "Here", "In QuickBooks", "Difference"), (52, 16, 16, 16), rows)

    def signature(self) -> None:
        found = self.found
        if found.signed_at:
            note = f" “{found.note}”" if found.note else ""
            self._say(
                f"Signed by {found.signed_name}, {found.signed_at:%B %d, %Y, %H:%M} UTC.{note}", 10, bold=True
            )
        else:
            self._say("Not signed yet.   Name: ______________________   Date: ______________", 10)

    def _table(
        self, names: tuple[str, ...], widths: tuple[int, ...], rows: Sequence[tuple[str, ...]]
    ) -> None:
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
            for row in rows:
                table.row([written(cell) for cell in row])
        self.ln(4)

    def _say(self, text: str, size: float, *, bold: bool = False, grey: bool = False) -> None:
        self._face(size, bold=bold, grey=grey)
        self.multi_cell(0, size * 0.5, written(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)

    def _face(self, size: float, *, bold: bool = False, grey: bool = False) -> None:
        self.set_font(FONT, "B" if bold else "", size)
        self.set_text_color(*(GREY if grey else (0, 0, 0)))
