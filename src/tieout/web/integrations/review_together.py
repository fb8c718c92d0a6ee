"""Acts: two reviewers at once: who else is here and what they just decided, drawn with the page and asked for every few seconds.

Without scripts a reload tells the same. A row that a colleague decided about since it was drawn is drawn anew in its
place; every other row, its ticks and what is being typed stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from tieout.practice.permissions import NotYours
from tieout.sync import review as reviews
from tieout.sync import review_decisions, review_lists, review_together
from tieout.sync.models import Connection, Review, ReviewState
from tieout.sync.review import RowPage
from tieout.web.access import FirmRequest
from tieout.web.integrations.buckets import BUCKETS
from tieout.web.integrations.flows import FLOWS
from tieout.web.integrations.gated import connected
from tieout.web.integrations.item_rows import TABS
from tieout.web.integrations.review_decide import instant
from tieout.web.integrations.review_page import Asked, asked, drawn, page_of, row_template

ASK_NO_MORE = 286
"""The status at which htmx stops asking."""
NEWS = {"client": "quickbooks-clients-together", "service_item": "quickbooks-items-together"}
TITLES: Mapping[str, Mapping[str, str]] = {
    "client": {slug: bucket.title for slug, bucket in BUCKETS.items()},
    "service_item": {slug: tab.title for slug, tab in TABS.items()},
}
"""Entity -> its lists, by the word in the address."""


def with_the_others(
    request: FirmRequest, review: Review, wanted: Asked, place: str, page: RowPage
) -> dict[str, Any]:
    """For a page of an open review: notes that this person is here, and tells of the others."""
    review_together.look_in(review, request.member, place)
    return {
        "together": review_together.others(review, request.member),
        "fresh": review_together.just_decided(page.rows, request.member),
        "news_from": f"{reverse(NEWS[review.entity], args=[wanted.slug])}?{wanted.keep}page={page.page}",
    }


@connected
@require_GET
def news(request: FirmRequest, connection: Connection, slug: str, entity: str = "client") -> HttpResponse:
    """Nothing while there is nothing new; else who is here, and the rows of this page that others decided about."""
    if slug not in TITLES[entity]:
        raise NotYours("There is no such list.")
    flow, review = FLOWS[entity], reviews.open_review(connection, entity)
    if review is None or review.state != ReviewState.READY:
        latest = reviews.latest_review(connection, entity)
        context = {"latest": latest, "go_on": flow.place(latest.state) if latest else flow.choose}
        return render(request, "quickbooks/review_closed.html", context, status=ASK_NO_MORE)
    review_together.look_in(review, request.member, TITLES[entity][slug])
    others = review_together.others(review, request.member)
    if others.fingerprint == request.GET.get("shown", ""):
        return HttpResponse(status=204)
    wanted, seen = asked(request, slug), instant(request.GET.get("seen", ""))
    last = review_decisions.last_decision(review)
    page = page_of(review, wanted)
    changed = review_together.decided_since(page.rows, request.member, seen) if seen else frozenset()
    rows = drawn(connection, review, page.rows, request.member) if changed else []
    return render(
        request,
        "quickbooks/review_news.html",
        {
            "review": review,
            "flow": flow,
            "open": True,
            "slug": slug,
            "together": others,
            "forecast": review_lists.forecast(review),
            "rows": [one for one in rows if one.row.pk in changed],
            "row_template": row_template(review, slug),
            "fresh": changed,
            "seen": last.isoformat(),
            "back": f"{reverse(flow.review, args=[slug])}?{wanted.keep}page={page.page}",
        },
    )
