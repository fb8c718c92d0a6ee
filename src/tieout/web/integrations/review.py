"""Acts: the review of what matching proposed, bucket by bucket, and the end of the clients step."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from tieout.practice.permissions import NotYours
from tieout.sync import review as reviews
from tieout.sync.models import Connection, ReviewState
from tieout.web.access import FirmRequest
from tieout.web.integrations.buckets import BUCKETS, shown
from tieout.web.integrations.gated import connected
from tieout.web.integrations.wizard import ENTITY, PLACES
from tieout.web.paging import page_number

NOTHING_DONE = {"linked": 0, "created_here": 0, "created_there": 0, "needs_you": 0}
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
        return redirect(PLACES[ReviewState(review.state)])
    here = BUCKETS[slug]
    search = request.GET.get("search", "").strip()[:200]
    counts = reviews.bucket_counts(review)
    page = reviews.rows(review, here.word, search=search, page=page_number(request))
    names = list(BUCKETS)
    return render(
        request,
        "quickbooks/review.html",
        {
            "connection": connection,
            "review": review,
            "open": review.state == ReviewState.READY,
            "here": here,
            "slug": slug,
            "sections": [(each, BUCKETS[each], counts.get(BUCKETS[each].word, 0)) for each in names],
            "next": names[(names.index(slug) + 1) % len(names)],
            "next_title": BUCKETS[names[(names.index(slug) + 1) % len(names)]].title,
            "page": page,
            "rows": [shown(row) for row in page.rows],
            "search": search,
            "keep": urlencode({"search": search}) + "&" if search else "",
            "forecast": reviews.forecast(review),
            "new_count": counts.get("new", 0),
        },
    )


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
def apply(request: FirmRequest, connection: Connection) -> HttpResponse:
    review = reviews.open_review(connection, ENTITY)
    if review is None or review.state != ReviewState.READY:
        messages.info(request, "There is no review waiting. Start one to go on.")
        return redirect("quickbooks-clients")
    reviews.apply(review, request.member)
    return redirect("quickbooks-clients-progress")


@connected
@require_GET
def done(request: FirmRequest, connection: Connection) -> HttpResponse:
    review = reviews.latest_review(connection, ENTITY)
    if review is None or review.state != ReviewState.DONE:
        return redirect("quickbooks-clients" if review is None else PLACES[ReviewState(review.state)])
    return render(
        request,
        "quickbooks/done.html",
        {
            "connection": connection,
            "review": review,
            "counts": reviews.bucket_counts(review),
            "result": NOTHING_DONE | review.summary.get("done", {}),
        },
    )
