"""Acts: the review of what matching proposed, bucket by bucket, and the end of the clients step."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tieout.practice.permissions import NotYours
from tieout.sync import (
    match_memory,
    review_decisions,
    review_duplicates,
    review_final,
    review_lists,
    run_figures,
)
from tieout.sync import review as reviews
from tieout.sync.engine import Engine
from tieout.sync.models import Connection, Review, ReviewState
from tieout.web.access import FirmRequest
from tieout.web.integrations import review_undo
from tieout.web.integrations.buckets import BUCKETS, Section, recency_words
from tieout.web.integrations.flows import CLIENTS, FLOWS
from tieout.web.integrations.gated import connected
from tieout.web.integrations.review_page import FILTERS, Asked, asked, drawn, page_of, row_template
from tieout.web.integrations.review_together import with_the_others
from tieout.web.integrations.wizard import ENTITY

NOTHING_DONE = {"linked": 0, "created_here": 0, "created_there": 0, "needs_you": 0}
MEASURED = (
    (match_memory.CONFIRMED, "Linked without asking"),
    (match_memory.CHECK, "Linked after a check"),
    (match_memory.SUGGESTED, "Linked as suggested"),
)
READABLE = (ReviewState.READY, ReviewState.DONE)
"""A finished review can still be read: it is the record of what was linked and what was left."""


@connected
@require_GET
def bucket(request: FirmRequest, connection: Connection, slug: str = "duplicates") -> HttpResponse:
    if slug not in BUCKETS:
        raise NotYours("There is no such list.")
    review = reviews.latest_review(connection, ENTITY)
    if review is None:
        return redirect("quickbooks-clients")
    if review.state not in READABLE:
        return redirect(CLIENTS.place(review.state))
    here = BUCKETS[slug]
    wanted, seen = asked(request, slug), review_decisions.last_decision(review)
    page = page_of(review, wanted)
    is_open = review.state == ReviewState.READY
    if is_open:
        review_lists.look_through(review, here.word)
    counts, decided = reviews.bucket_counts(review), review_lists.decided(review)
    waiting = review_lists.waiting(review)
    names = list(BUCKETS)
    following = names[(names.index(slug) + 1) % len(names)]
    return render(
        request,
        "quickbooks/review.html",
        {
            "connection": connection,
            "review": review,
            "open": is_open,
            "here": here,
            "slug": slug,
            "sections": [
                Section(
                    each,
                    bucket,
                    counts.get(bucket.word, 0),
                    decided.get(bucket.word, 0),
                    waiting.get(bucket.word, 0),
                    visited=bucket.word in review.visited,
                )
                for each, bucket in BUCKETS.items()
            ],
            "next": following,
            "next_title": BUCKETS[following].title,
            "page": page,
            "rows": drawn(connection, review, page.rows, request.member),
            "row_template": row_template(review, slug),
            "search": wanted.search,
            "show": wanted.show,
            "filters": FILTERS[slug],
            "seen": seen.isoformat(),
            **(_of_matches(connection, review, wanted) if slug == "matches" else {}),
            "keep_recent": _keep_recent(review) if slug == "duplicates" and is_open else "",
            "keep": wanted.keep,
            "back": f"{request.path}?{wanted.keep}page={page.page}",
            "forecast": review_lists.forecast(review),
            "new_total": counts.get("new", 0),
            "new_count": counts.get("new", 0) - decided.get("new", 0),
            "undo": review_undo.offered(request.session, review.pk) if is_open else "",
            "flow": CLIENTS,
            **(with_the_others(request, review, wanted, here.title, page) if is_open else {}),
        },
    )


def _of_matches(connection: Connection, review: Review, wanted: Asked) -> dict[str, object]:
    labels = {unit.name: unit.label for unit in reviews.spec_of(connection, ENTITY, Engine()).units}
    return {
        "to_check": review_lists.to_check(review),
        "exact": review_lists.exact(review) if not wanted.search else 0,
        "columns": [(labels.get(one.unit, one.unit), one) for one in review_lists.columns(review)],
        "measured": _measured(connection),
    }


def _keep_recent(review: Review) -> str:
    """What keeping the most recently active ones would do, as a sentence; empty when there is nothing to do."""
    preview = review_duplicates.preview(review)
    return recency_words(preview) if preview.kept else ""


def _measured(connection: Connection) -> list[tuple[str, str]]:
    """How often each kind of link turned out right in this firm, as far as anybody has said."""
    found = ((label, match_memory.measured(connection, ENTITY, how)) for how, label in MEASURED)
    return [(label, one.sentence) for label, one in found if one.accepted]


@connected
@require_POST
def create_new(request: FirmRequest, connection: Connection) -> HttpResponse:
    """The switch "Create x new clients in Tieout"."""
    review = reviews.open_review(connection, ENTITY)
    if review is not None and review.state == ReviewState.READY:
        reviews.set_create_new(review, request.POST.get("create_new") == "on", request.member)
    return redirect("quickbooks-clients-review", "new-clients")


@connected
@require_POST
def apply(request: FirmRequest, connection: Connection, entity: str = ENTITY) -> HttpResponse:
    """What was looked at is what is done: a plan that moved on since is shown again instead.

    What was decided is compared here; what was edited on either side, by the job, before it does anything.
    """
    flow = FLOWS[entity]
    review = reviews.open_review(connection, entity)
    if review is None or review.state != ReviewState.READY:
        messages.info(request, "There is no review waiting. Start one to go on.")
        return redirect(flow.choose)
    if review_lists.not_looked_through(review) and entity == ENTITY and not request.POST.get("rest"):
        messages.warning(request, "Not every list was opened yet. Open them, or accept the rest as shown.")
        return redirect(flow.confirm)
    looked_at = request.POST.get("plan", "")
    if not review_final.decided_as(review, looked_at):
        messages.warning(
            request, "Something was decided since you looked. Here is the plan as it stands now."
        )
        return redirect(flow.confirm)
    reviews.apply(review, request.member, looked_at=looked_at)
    return redirect(flow.progress)


@connected
@require_GET
def done(request: FirmRequest, connection: Connection, entity: str = ENTITY) -> HttpResponse:
    flow = FLOWS[entity]
    review = reviews.latest_review(connection, entity)
    if review is None or review.state != ReviewState.DONE:
        return redirect(flow.choose if review is None else flow.place(review.state))
    if "rolled_back" in review.summary:
        return redirect("quickbooks-report", review.pk)  # nothing of it holds any more; the report says so
    return render(
        request,
        "quickbooks/done.html" if flow is CLIENTS else "quickbooks/items_done.html",
        {
            "connection": connection,
            "review": review,
            "flow": flow,
            "left": run_figures.left(review),
            "result": NOTHING_DONE | review.summary.get("done", {}),
        },
    )
