"""Acts: the final plan of a review, to the field, on a page to print and as a file. Nothing is written by looking."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from tieout.practice.csv_text import write_csv
from tieout.reconcile.state import Side
from tieout.sync import review as reviews
from tieout.sync import review_final, review_lists, review_together
from tieout.sync.models import Connection, Review, ReviewState
from tieout.sync.review_final import FinalPlan
from tieout.sync.review_plan import Fate
from tieout.web.access import FirmRequest
from tieout.web.downloads import attachment, csv_file
from tieout.web.integrations.buckets import BUCKETS
from tieout.web.integrations.confirm_pdf import SIDES, Printing, plan_pdf
from tieout.web.integrations.flows import FLOWS
from tieout.web.integrations.gated import connected
from tieout.web.integrations.review_rows import FATES
from tieout.web.unit_values import said

SHOWN = 300
"""Lines of each part on the page; the two files have them all."""
PARTS = (
    (Fate.LINK, "Pairs that are linked", "Where only one side has a value, the other gets it."),
    (Fate.CREATE_HERE, "New {flow.many} in Tieout", "{flow.made_here}"),
    (Fate.CREATE_THERE, "New {flow.there} in QuickBooks", "Created with everything known here."),
    (Fate.WAIT, "Left as they are, to be decided later", "You find them under Needs you afterwards."),
    (Fate.LEAVE_OUT, "Left out", "They take no part until somebody restores them."),
)


@connected
@require_GET
def confirm(request: FirmRequest, connection: Connection, entity: str = "client") -> HttpResponse:
    flow = FLOWS[entity]
    review = _ready(connection, entity)
    if review is None:
        return redirect(flow.choose)
    review_together.look_in(review, request.member, "The final plan")
    plan = review_final.final_plan(connection, review)
    parts = [(fate, title, text, _lines(plan, fate)) for fate, title, text in PARTS]
    return render(
        request,
        "quickbooks/confirm.html",
        {
            "connection": connection,
            "review": review,
            "flow": flow,
            "plan": plan,
            "parts": [
                (fate.value, title.format(flow=flow), text.format(flow=flow), lines[:SHOWN], len(lines))
                for fate, title, text, lines in parts
                if lines
            ],
            "unseen": _unseen(review) if entity == "client" else (),
            "linked": len(plan.of(Fate.LINK)),
            "plain": sum(not line.changes and not line.asks for line in plan.of(Fate.LINK)),
            "here": plan.writing(Side.PRACTICE),
            "there": plan.writing(Side.LEDGER),
            "left": len(plan.of(Fate.WAIT)) + len(plan.of(Fate.LEAVE_OUT)),
            "most": SHOWN,
            "together": review_together.others(review, request.member),
        },
    )


@connected
@require_GET
def export(request: FirmRequest, connection: Connection, entity: str = "client") -> HttpResponse:
    flow = FLOWS[entity]
    review = _ready(connection, entity)
    if review is None:
        return redirect(flow.choose)
    header = ["What happens", "Record", "With", "Field", "Written in", "Before", "After", "Reason"]
    plan = review_final.final_plan(connection, review)
    return csv_file(f"tieout-final-plan-{entity}.csv", write_csv(header, _cells(plan)))


@connected
@require_GET
def printed(request: FirmRequest, connection: Connection, entity: str = "client") -> HttpResponse:
    """The whole plan on paper: what somebody else signs off must not end where the page does."""
    flow = FLOWS[entity]
    review = _ready(connection, entity)
    if review is None:
        return redirect(flow.choose)
    parts = [(fate, title.format(flow=flow), text.format(flow=flow)) for fate, title, text in PARTS]
    member = request.member
    of = Printing(member.firm.name, connection.company_name, member.user.get_full_name(), timezone.now())
    content = plan_pdf(review_final.final_plan(connection, review), flow, parts, of)
    return attachment(f"tieout-final-plan-{entity}.pdf", content, "application/pdf", inline=True)


def _ready(connection: Connection, entity: str) -> Review | None:
    """The review whose plan can be looked at; None while it is read or carried out, and without one."""
    review = reviews.open_review(connection, entity)
    return review if review is not None and review.state == ReviewState.READY else None


def _unseen(review: Review) -> list[tuple[str, str, int]]:
    """Slug, title and size of each list that nobody has opened."""
    counted = review_lists.not_looked_through(review)
    return [(slug, one.title, counted[one.word]) for slug, one in BUCKETS.items() if counted.get(one.word, 0)]


def _lines(plan: FinalPlan, fate: Fate) -> list[tuple[object, list[tuple[str, str, str, str]]]]:
    """Pairs in which nothing changes are only counted; the two files name them."""
    return [
        (
            line,
            [(one.label, SIDES[one.side], said(one.before), said(one.after)) for one in line.changes],
        )
        for line in plan.of(fate)
        if fate is not Fate.LINK or line.changes or line.asks
    ]


def _cells(plan: FinalPlan) -> Iterator[list[str]]:
    for line in plan.lines:
        what = [FATES[line.fate][1], line.name, line.other]
        for one in line.changes:
            yield [*what, one.label, SIDES[one.side], said(one.before), said(one.after), ""]
        for label in line.asks:
            yield [*what, label, "asked about afterwards", "", "", ""]
        if not line.changes and not line.asks:
            yield [*what, "", "", "", "", line.reason]
