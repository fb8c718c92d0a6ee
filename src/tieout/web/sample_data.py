"""Acts: sample data put into an empty firm and taken away again, in one click each; both say first what happens."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from tieout.practice.actions.adding_samples import NOT_EMPTY, add_samples
from tieout.practice.actions.samples import Samples, remove_samples, samples_of
from tieout.practice.clients import CLIENT
from tieout.practice.firms import Member
from tieout.practice.invoices import INVOICE
from tieout.practice.payments import PAYMENT
from tieout.practice.permissions import Permission
from tieout.practice.service_items import SERVICE_ITEM
from tieout.practice.validation import Invalid
from tieout.sync.absorbed import partners_there
from tieout.sync.connections import connection_of
from tieout.web.access import FirmRequest, requires

CONNECTED = (
    "QuickBooks is connected, and sample data must never get into real books. It is for a firm that is not."
)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_TEAM, lately=True)
def sample_data(request: FirmRequest) -> HttpResponse:
    firm_id = request.member.firm_id
    found = samples_of(firm_id)
    linked = linked_of(firm_id, found)
    if request.method == "POST":
        gone = remove_samples(by=request.member, keep=linked)
        messages.success(request, said(gone))
        return redirect("clients")
    in_step = [each for each in found.go if each.pk in linked[CLIENT]]
    shown = samples_of(firm_id, linked) if any(linked.values()) else found
    stay = [each for each in shown.stay if each.pk not in linked[CLIENT]]
    return render(
        request,
        "pages/sample_data.html",
        {
            "samples": shown,
            "stay": stay,
            "linked": in_step,
            "why_not": not shown and refusal(request.member),
            "kinds": counted(shown),
        },
    )


@requires(Permission.MANAGE_TEAM)
@require_POST
def add(request: FirmRequest) -> HttpResponse:
    if why_not := refusal(request.member):
        messages.error(request, why_not)
        return redirect("dashboard")
    try:
        add_samples(by=request.member, now=timezone.now())
    except Invalid:
        messages.error(request, NOT_EMPTY)
        return redirect("dashboard")
    messages.success(
        request,
        "Sample data is here. Settings, Sample data takes all of it away again that you do not work with.",
    )
    return redirect("dashboard")


def refusal(member: Member) -> str:
    """Why sample data cannot be added now; empty when it can, as far as the ledger is concerned."""
    return CONNECTED if connection_of(member.firm_id) is not None else ""


def linked_of(firm_id: int, found: Samples) -> dict[str, list[int]]:
    """What of it has a partner in QuickBooks, by kind: it stays until its link is gone."""
    asked: Mapping[str, list[int]] = {
        CLIENT: [each.pk for each in found.go],
        SERVICE_ITEM: [each.pk for each in found.items],
        INVOICE: [each.pk for each in found.invoices],
        PAYMENT: [each.pk for each in found.payments],
    }
    return {
        kind: [int(each) for each in partners_there(firm_id, kind, [str(one) for one in ids])] if ids else []
        for kind, ids in asked.items()
    }


def counted(samples: Samples) -> list[str]:
    """ "6 invoices", for each kind of which something goes."""
    many = (
        ("sample client", len(samples.go)),
        ("invoice", len(samples.invoices)),
        ("payment", len(samples.payments)),
        ("service item", len(samples.items)),
    )
    return [f"{number} {word}{'' if number == 1 else 's'}" for word, number in many if number]


def said(gone: Samples) -> str:
    """What went, as a sentence."""
    kinds = counted(gone) or ["0 sample clients"]
    told = kinds[0] if len(kinds) == 1 else f"{', '.join(kinds[:-1])} and {kinds[-1]}"
    one = len(kinds) == 1 and told.startswith("1 ")
    return f"{told} {'is' if one else 'are'} gone."
