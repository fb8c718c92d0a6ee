"""Acts: the lists of the QuickBooks pages as CSV files, each with everything the list would show on all its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from tieout.practice.access import member_names
from tieout.practice.csv_text import write_csv
from tieout.practice.permissions import NotYours
from tieout.sync import item_review, status, worklist
from tieout.sync import review as reviews
from tieout.sync.models import Connection
from tieout.web.access import FirmRequest, turned_away
from tieout.web.downloads import csv_file
from tieout.web.integrations.activity_asked import KINDS, SIDES, asked
from tieout.web.integrations.buckets import BUCKETS, LABELS
from tieout.web.integrations.flows import ITEMS
from tieout.web.integrations.gated import connected, kept
from tieout.web.integrations.health import labels_of, shown_changes
from tieout.web.integrations.item_rows import HEADER, TABS, cells, item_row
from tieout.web.integrations.listings import LISTINGS
from tieout.web.integrations.review import READABLE
from tieout.web.integrations.review_page import asked as in_list
from tieout.web.integrations.review_page import whole_list
from tieout.web.integrations.review_rows import Decidable, decidable
from tieout.web.integrations.rights import Rights
from tieout.web.integrations.wizard import ENTITY
from tieout.web.unit_values import said

AT_ONCE = 5_000
"""Rows read from the database in one go."""
MOST_LINES = 20
"""Goes of activity in one file: the latest hundred thousand lines; what is older is not lost, only not in the file."""


@connected
@require_GET
def review_list(request: FirmRequest, connection: Connection, slug: str) -> HttpResponse:
    review = reviews.latest_review(connection, ENTITY)
    if slug not in BUCKETS:
        raise NotYours("There is no such list.")
    if review is None or review.state not in READABLE:
        return redirect("quickbooks-clients")
    wanted, create_new = in_list(request, slug), review.create_new
    pages = _pages(lambda page: whole_list(review, wanted, page, AT_ONCE))
    header = ["Group", "Name here", "Name in QuickBooks"]
    header += [f"{label} {side}" for label in LABELS.values() for side in ("here", "in QuickBooks")]
    header += ["Why", "How sure", "What happens", "Decided by", "Reason"]
    rows = (_review_row(decidable(row, create_new=create_new)) for page in pages for row in page)
    return csv_file(f"tieout-{slug}.csv", write_csv(header, rows))


@connected
@require_GET
def item_list(request: FirmRequest, connection: Connection, slug: str) -> HttpResponse:
    """One list of the service items' review, as it is searched."""
    review = reviews.latest_review(connection, ITEMS.entity)
    if slug not in TABS:
        raise NotYours("There is no such list.")
    if review is None or review.state not in READABLE:
        return redirect(ITEMS.choose)
    wanted = in_list(request, slug)
    pages = _pages(
        lambda page: item_review.rows(
            review, slug, show=wanted.show, search=wanted.search, page=page, per_page=AT_ONCE
        )
    )
    rows = (cells(item_row(row, create_new=review.create_new)) for page in pages for row in page)
    return csv_file(f"tieout-service-items-{slug}.csv", write_csv(HEADER, rows))


@kept
@require_GET
def activity(request: FirmRequest, connection: Connection) -> HttpResponse:
    narrowed, rights = asked(request.GET), Rights(request.member)
    if narrowed.fields["record"] and (reason := rights.why_not_record(narrowed.fields["entity"])):
        return turned_away(request, reason)
    wanted = narrowed.given
    people, labels = member_names(request.member.firm_id), labels_of(connection)
    pages = _pages(
        lambda page: status.activity(connection, page=page, per_page=AT_ONCE, **wanted), MOST_LINES
    )
    rows = (
        (
            line.at.isoformat(),
            KINDS.get(line.entity, line.entity.replace("_", " ").capitalize()) if line.entity else "",
            SIDES.get(line.side, "") if line.side else "",
            line.sentence,
            *_before_and_after(shown_changes(rights, labels, line)),
            line.result,
            line.reference,
            people.get(line.member_id or 0, ""),
            str(line.run_epoch or ""),
        )
        for page in pages
        for line in page
    )
    header = [
        "When",
        "About",
        "Record",
        "What",
        "Before",
        "After",
        "Result",
        "Reference",
        "Decided by",
        "Run",
    ]
    return csv_file("tieout-activity.csv", write_csv(header, rows))


@connected
@require_GET
def issues(request: FirmRequest, connection: Connection) -> HttpResponse:
    """All three lists in one file: whoever works through them sorts by the first column."""
    rights = Rights(request.member)
    rows = (
        (
            listing.title,
            each.cause.title,
            each.name,
            each.unit_label,
            each.sentence,
            said(each.values.practice) if each.values else "",
            said(each.values.ledger) if each.values else "",
            each.cause.next_step,
            each.since.isoformat(),
        )
        for slug, listing in LISTINGS.items()
        for each in map(rights.seen, worklist.every(connection, slug))
    )
    header = [
        "List",
        "Cause",
        "Record",
        "Field",
        "What happened",
        "Here",
        "In QuickBooks",
        "Next step",
        "Since",
    ]
    return csv_file("tieout-not-in-step.csv", write_csv(header, rows))


def _pages(read: Callable[[int], Any], most: int | None = None) -> Iterator[Sequence[Any]]:
    """The rows of each page of a paged list, up to the last, or to page ``most``."""
    number, last = 1, 1
    while number <= last:
        page = read(number)
        yield page.rows
        last = page.pages if most is None else min(page.pages, most)
        number += 1


def _before_and_after(changes: Sequence[tuple[str, str, str]]) -> tuple[str, str]:
    """What each field showed before, and afterwards."""
    return (
        "; ".join(f"{label}: {before}" for label, before, _ in changes),
        "; ".join(f"{label}: {after}" for label, _, after in changes),
    )


def _review_row(row: Decidable) -> list[str]:
    as_shown = row.shown
    details = {detail.label: (detail.here, detail.there) for detail in as_shown.details}
    cells = [cell for label in LABELS.values() for cell in details.get(label, ("", ""))]
    names = [as_shown.group, as_shown.practice_name, as_shown.ledger_name]
    why = " ".join([*as_shown.reasons, *(f"But: {one}" for one in row.row.against)])
    return [*names, *cells, why, row.how_sure, row.words, row.decided_by, row.reason]
