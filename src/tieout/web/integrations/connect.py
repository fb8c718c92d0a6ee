"""Acts: the way to QuickBooks' own sign-in and back. No page of ours ever shows a code, a state or a company id.

The way back has two steps: ``callback`` redeems and answers with a redirect to a clean address, whatever happened;
``landing`` is what a person sees there, in the pop-up or in the tab.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from tieout.sync import connections, partners
from tieout.web.access import FirmRequest, freshly, public, requires
from tieout.web.integrations.gated import managed
from tieout.web.integrations.ways_back import way_back

OUTCOME = "quickbooks_outcome"
"""Where the session keeps how the last connecting went, for the landing page."""

TITLES = {
    "connected": "Connected to QuickBooks",
    "reconnected": "QuickBooks is connected again",
    "denied": "Cancelled, or access was not given",
    "expired": "That took too long",
    "state_mismatch": "That sign-in did not start here",
    "reused": "That sign-in was already used",
    "wrong_company": "That is another company",
    "linked_elsewhere": "That company is already connected",
    "not_admin": "An administrator of the company has to do this",
    "subscription": "QuickBooks does not let this company be connected",
    "unavailable": "QuickBooks did not answer",
    "misconfigured": "Tieout is not set up for QuickBooks yet",
}
INTUIT = {
    "scopes": "https://developer.intuit.com/app/developer/qbo/docs/learn/scopes",
    "apps": "https://quickbooks.intuit.com/learn-support/en-us/help-article/manage-users/transfer-app-ownership-disconnect-apps/L73ZAy899_US_en_US",
}
"""Intuit's own pages about what an app may do in a company."""
UNFINISHED = {
    "ok": False,
    "kind": "expired",
    "sentence": "The sign-in at QuickBooks was not finished. Nothing was connected or changed.",
    "next_step": "Start again when you are ready.",
    "company_name": "",
}


def in_popup(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page the pop-up passes through. It gives up the opener policy of all other pages, or the browser would cut
    the tie between the pop-up and the page that opened it."""

    @wraps(view)
    def passed(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
        return response

    return passed


@managed
@require_GET
@freshly
def before(request: FirmRequest) -> HttpResponse:
    """What we read, what we write, what we never touch, and who has to sign in."""
    firm_id = request.member.firm_id
    connection = connections.connection_of(firm_id)
    if connection is None and "change" not in request.GET:
        connection = connections.kept_of(firm_id)
    return render(
        request,
        "quickbooks/connect.html",
        {
            "connection": connection,
            "again": connection is not None,
            "intuit": INTUIT,
            "after": reverse("quickbooks" if connection else "quickbooks-clients"),
        },
    )


@managed
@require_GET
@in_popup
@freshly
def start(request: FirmRequest) -> HttpResponse:
    request.session.pop(OUTCOME, None)
    mode = "popup" if request.GET.get("mode") == "popup" else "tab"
    return redirect(connections.begin(request.member, request.session, mode=mode))


@public
@require_GET
@in_popup
def callback(request: HttpRequest) -> HttpResponse:
    """Public, because its address holds a code: sending it through sign-in would write the code into more addresses."""
    member = getattr(request, "member", None)
    kind = "expired"
    if member is not None and connections.gate(member).open:
        outcome = connections.finish(member, request.session, request.GET.dict())
        request.session[OUTCOME] = asdict(outcome)
        kind = outcome.kind
    else:
        request.session.pop(OUTCOME, None)  # what an earlier one came to is not how this one ended
    return redirect(f"{reverse('quickbooks-connected')}?{urlencode({'outcome': kind})}")


@requires(None)
@require_GET
@in_popup
def landing(request: FirmRequest) -> HttpResponse:
    outcome = request.session.get(OUTCOME, UNFINISHED)
    way = way_back(outcome["kind"])
    next_page = "quickbooks-clients" if outcome["kind"] == "connected" else "quickbooks"
    return render(
        request,
        "quickbooks/landing.html",
        {
            "outcome": outcome,
            "heading": TITLES[outcome["kind"]],
            "continue_to": reverse(next_page),
            "way": way,
            "billing_url": partners.billing_link(connections.LEDGER) if way.billing else "",
        },
    )


@public
@require_GET
def disconnected(request: HttpRequest) -> HttpResponse:
    """After disconnecting, here or in QuickBooks, which adds the company's id to the address: never kept there."""
    if request.GET:
        return redirect("quickbooks-disconnected")
    return render(request, "quickbooks/disconnected.html")


@managed
@require_GET
def reconnect(request: FirmRequest) -> HttpResponse:
    """Where QuickBooks sends someone who pressed Reconnect there."""
    return redirect("quickbooks-connect")
