"""Acts: stops a review. One that people have worked on asks first, and says whose decisions are lost with it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tieout.sync import review as reviews
from tieout.sync import review_together
from tieout.sync.models import Connection, ReviewState
from tieout.web.access import FirmRequest
from tieout.web.integrations.flows import FLOWS
from tieout.web.integrations.gated import connected


@connected
@require_http_methods(["GET", "POST"])
def cancel(request: FirmRequest, connection: Connection, entity: str = "client") -> HttpResponse:
    """``lost``: how many decisions the question named; a colleague's that came since is asked about anew."""
    flow = FLOWS[entity]
    review = reviews.open_review(connection, entity)
    if review is None:
        return redirect(flow.choose)
    if review.state == ReviewState.APPLYING and request.method == "POST":
        if reviews.call_off(review, request.member):
            messages.success(
                request, "Stopped before anything was linked. The review is open again, as it was."
            )
        else:
            messages.info(
                request, "It is linked already. Pausing, on Manage, stops what is still to be sent."
            )
        return redirect(flow.place(review.state))
    stake = review_together.at_stake(review) if review.state == ReviewState.READY else None
    if request.method == "GET" and stake is None:
        return redirect(flow.place(review.state))
    named = request.POST.get("lost", "0")
    if request.method == "GET" or (stake and stake.rows > (int(named) if named.isdecimal() else 0)):
        return render(
            request,
            "quickbooks/stop_review.html",
            {"connection": connection, "review": review, "flow": flow, "stake": stake},
        )
    reviews.cancel(review, request.member)
    messages.success(request, "Stopped. Nothing was written, here or in QuickBooks.")
    return redirect(flow.choose)
