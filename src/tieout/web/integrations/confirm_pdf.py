"""Decides: the final plan of a review as a PDF file, for whoever signs it off: everything that would be done, by name.

Pure: the same plan and the same instant, the same bytes. Nothing is cut and nothing is only counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fpdf.enums import XPos, YPos

from tieout.practice.invoice_pdf import written
from tieout.reconcile.state import Side
from tieout.sync.review_final import FinalPlan, PlanLine
from tieout.sync.review_plan import Fate
from tieout.web.integrations.flows import Flow
from tieout.web.report_pdf import ReportPage
from tieout.web.unit_values import said

SIDES = {Side.PRACTICE: "Tieout", Side.LEDGER: "QuickBooks"}
STAYS = (Fate.WAIT, Fate.LEAVE_OUT)
"""What becomes of a record to which nothing is done."""
INDENT = 5
"""Millimetres before what is written of a record."""


@dataclass(frozen=True, slots=True)
class Printing:
    """Whose plan it is, and who has it printed when."""

    firm_name: str
    company_name: str
    printed_by: str
    printed_at: datetime
    """In UTC."""


def plan_pdf(plan: FinalPlan, flow: Flow, parts: Sequence[tuple[Fate, str, str]], of: Printing) -> bytes:
    """``parts``: the fates in their order, each with its title and a sentence."""
    page = _Page(f"The final plan for {flow.many}", of.firm_name, of.printed_at)
    page.add_page()
    page.head(plan, flow, of)
    for fate, title, sentence in parts:
        if lines := plan.of(fate):
            page.part(title, sentence, fate, lines)
    page.approval()
    return bytes(page.output())


class _Page(ReportPage):
    def head(self, plan: FinalPlan, flow: Flow, of: Printing) -> None:
        self.say(self.title_, 16, bold=True)
        self.say(f"{of.firm_name} and its QuickBooks company {of.company_name}", 10)
        self.say(
            f"Printed by {of.printed_by}, {of.printed_at:%B %d, %Y, %H:%M} UTC. Nothing of it was done by then. "
            f"Plan {plan.fingerprint}: any other decision, and any edit that changes it, gives it another number.",
            9,
            grey=True,
        )
        self.ln(2)
        here, there = plan.writing(Side.PRACTICE), plan.writing(Side.LEDGER)
        sums = (
            ("Pairs that are linked", len(plan.of(Fate.LINK))),
            (f"New {flow.many} in Tieout", here.created),
            (f"New {flow.there} in QuickBooks", there.created),
            ("Fields filled or changed in Tieout", here.fields),
            ("Fields filled or changed in QuickBooks", there.fields),
            ("Fields asked about afterwards", plan.asked),
            ("Left as they are", sum(len(plan.of(fate)) for fate in STAYS)),
        )
        self.rows(("", "How many"), (70, 30), [(what, f"{many:,}") for what, many in sums], numbers=True)

    def part(self, title: str, sentence: str, fate: Fate, lines: Sequence[PlanLine]) -> None:
        self.say(f"{title}: {len(lines):,}", 11, bold=True)
        self.say(sentence, 9, grey=True)
        plain: dict[str, list[str]] = {}
        for line in lines:
            if told := _told(line):
                self.record(named(line), [*told, _where(line, fate)] if fate in STAYS else told)
            else:
                plain.setdefault(_where(line, fate), []).append(named(line))
        for where, names in plain.items():
            if where:
                self.say(f"{where} ({len(names):,}):", 9, grey=True)
            self.names(names)
        self.ln(3)

    def record(self, name: str, what: Sequence[str]) -> None:
        self.face(9, bold=True)
        self.multi_cell(0, 4.6, written(name), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.face(9)
        for line in what:
            self.set_x(self.l_margin + INDENT)
            self.multi_cell(0, 4.6, written(line), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(0.8)

    def names(self, names: Sequence[str]) -> None:
        """One after the other: thousands of them on a few pages, and none missing."""
        self.face(9)
        self.multi_cell(
            0, 4.6, written("; ".join(names) + "."), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )

    def approval(self) -> None:
        self.ln(4)
        self.say("Approved.   Name: ______________________   Date: ______________", 10)


def named(line: PlanLine) -> str:
    return f"{line.name} with {line.other}" if line.other and line.other != line.name else line.name


def _told(line: PlanLine) -> list[str]:
    """What is written of it, what is asked and why it is left out, a line each; empty when its name says it all."""
    told = [
        f"{one.label} in {SIDES[one.side]}: {said(one.before)} becomes {said(one.after)}"
        for one in line.changes
    ]
    if line.asks:
        told.append(f"Asked about afterwards: {', '.join(line.asks)}")
    if line.reason:
        told.append(f"Reason: {line.reason}")
    return told


def _where(line: PlanLine, fate: Fate) -> str:
    """What those have in common of which there is nothing else to say."""
    if fate is Fate.LINK:
        return "Agree already; nothing is written for these"
    if fate not in STAYS:
        return ""
    return "On both sides, not linked" if line.other else f"Only in {SIDES[line.side]}"
