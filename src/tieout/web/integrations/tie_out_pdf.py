"""Decides: a tie-out as a PDF file, for the partner's signature and the archive. Pure: the same rows, the same bytes."""

from __future__ import annotations

from collections.abc import Iterable

from tieout.practice.money import shown
from tieout.sync.models import TieOut, TieOutLine
from tieout.web.integrations import tie_out_words as words
from tieout.web.report_pdf import ReportPage


def tie_out_pdf(
    firm_name: str, company_name: str, found: TieOut, lines: Iterable[TieOutLine], currency: str = "USD"
) -> bytes:
    """The sentence, the sums, why they differ, and every client with its documents; a place to sign, or the signature."""
    page = _Page(f"Tie-out of {found.day:%B} {found.day.day}, {found.day.year}", firm_name, found, currency)
    page.add_page()
    page.head(company_name)
    page.reasons()
    page.clients(lines)
    page.signature()
    return bytes(page.output())


class _Page(ReportPage):
    def __init__(self, title: str, firm_name: str, found: TieOut, currency: str) -> None:
        self.firm_name, self.found, self.currency = firm_name, found, currency
        super().__init__(title, firm_name, found.checked_at)

    def head(self, company_name: str) -> None:
        found = self.found
        self.say(self.title_, 16, bold=True)
        self.say(f"{self.firm_name} and its QuickBooks company {company_name}", 10)
        self.say(
            f"Checked {found.checked_at:%B %d, %Y, %H:%M} UTC against QuickBooks' own report", 9, grey=True
        )
        self.ln(3)
        self.say(words.agreement(found, self.currency).sentence, 12, bold=True)
        sums = (
            ("Owed here", found.here),
            ("Owed in QuickBooks", found.there),
            ("Difference", found.difference),
            ("Unexplained", found.unexplained),
        )
        self.rows(
            ("", "Amount"),
            (70, 30),
            [(label, shown(amount, self.currency)) for label, amount in sums],
            numbers=True,
        )

    def reasons(self) -> None:
        rows = [
            (title, f"{count:,}", shown(amount, self.currency))
            for _, title, count, amount in words.reasons(self.found)
        ]
        if rows:
            self.say("What the difference is made of", 11, bold=True)
            self.rows(("Why", "Documents", "Difference"), (60, 15, 25), rows, numbers=True)

    def clients(self, lines: Iterable[TieOutLine]) -> None:
        rows = []
        for line in lines:
            rows.append(
                (
                    line.name,
                    shown(line.here, self.currency),
                    shown(line.there, self.currency),
                    shown(line.difference, self.currency),
                )
            )
            rows += [
                (
                    f"    {one.label}. {one.title}. {one.sentence}",
                    shown(one.here, self.currency),
                    shown(one.there, self.currency),
                    shown(one.difference, self.currency),
                )
                for one in words.documents(line)
            ]
        if rows:
            self.say("Clients", 11, bold=True)
            self.rows(("Client", "Here", "In QuickBooks", "Difference"), (52, 16, 16, 16), rows, numbers=True)

    def signature(self) -> None:
        found = self.found
        if found.signed_at:
            note = f" “{found.note}”" if found.note else ""
            self.say(
                f"Signed by {found.signed_name}, {found.signed_at:%B %d, %Y, %H:%M} UTC.{note}", 10, bold=True
            )
        else:
            self.say("Not signed yet.   Name: ______________________   Date: ______________", 10)
