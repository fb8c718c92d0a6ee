"""Acts: the clients step of the set-up, up to the review: choose what to read, watch it being read."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from tieout.practice.access import clients_of
from tieout.reconcile.ports import Activity, LedgerError
from tieout.sync import likely, ready_mail, review_together, set_up_report, settings_doctor, standing
from tieout.sync import review as reviews
from tieout.sync.models import Connection, Review, ReviewState
from tieout.sync.review_waits import SIGNED_OUT, TRYING_AGAIN, WAITING
from tieout.web.access import FirmRequest
from tieout.web.integrations.flows import CLIENTS, FLOWS
from tieout.web.integrations.gated import connected

ENTITY = "client"
A_MINUTE = 5_000
"""Customers that are read and compared in about a minute, where nothing is known of how fast they are read."""


class StartForm(forms.Form):
    activity = forms.ChoiceField(
        choices=[(each.value, each.value) for each in Activity], initial=Activity.ACTIVE
    )
    include_subcustomers = forms.BooleanField(required=False)


@connected
def choose(request: FirmRequest, connection: Connection) -> HttpResponse:
    """The recommended steps, and which customers to read. Starting reads only; nothing is written anywhere."""
    under_way = reviews.open_review(connection, ENTITY)
    form = StartForm(request.POST or None, initial=_chosen_before(connection))
    problem = ""
    if request.method == "POST" and under_way is not None:
        return redirect(CLIENTS.place(under_way.state))
    if request.method == "POST" and form.is_valid():
        try:
            reviews.start(
                connection,
                ENTITY,
                activity=form.cleaned_data["activity"],
                include_subcustomers=form.cleaned_data["include_subcustomers"],
                actor_member=request.member,
            )
        except LedgerError as error:
            problem = error.sentence
        else:
            return redirect("quickbooks-clients-progress")
    return render(
        request,
        "quickbooks/choose.html",
        {
            "connection": connection,
            "flow": CLIENTS,
            "review": under_way,
            "under_way": under_way,
            "continue_to": CLIENTS.place(under_way.state) if under_way else "",
            "company": settings_doctor.introduced(connection),
            "problem": problem,
            "chosen": form["activity"].value(),
            "with_subcustomers": bool(form["include_subcustomers"].value()),
            "ours": clients_of(request.member.firm_id).count(),
            "before": next(iter(set_up_report.finished(connection, ENTITY)), None),
        },
    )


def _chosen_before(connection: Connection) -> dict[str, object]:
    """What was chosen the last time, however that ended: nobody is asked twice for the same."""
    last = reviews.latest_review(connection, ENTITY)
    return {"activity": last.activity, "include_subcustomers": last.include_subcustomers} if last else {}


@connected
@require_GET
def counts(request: FirmRequest, connection: Connection) -> HttpResponse:
    """The live numbers beside the choices, and what the review is likely to find, asked of QuickBooks after the page is there."""
    context: dict[str, object] = {}
    try:
        found = reviews.counts_before_start(connection)
        context = {"counts": found, "minutes": found["all"] // A_MINUTE}
        if found["active"]:
            context["likely"] = seen = likely.look(connection, found["active"])
            context["minutes"] = round(seen.read.whole(found["all"]).total_seconds() / 60)
    except LedgerError as error:
        context["problem"] = error.sentence
    return render(request, "quickbooks/counts.html", context)


@connected
@require_GET
def progress(request: FirmRequest, connection: Connection, entity: str = ENTITY) -> HttpResponse:
    """How far it is. May be left at any time; the page goes on by itself when there is something to do."""
    flow = FLOWS[entity]
    review = reviews.latest_review(connection, entity)
    if review is None:
        return redirect(flow.choose)
    place = flow.place(review.state)
    if place == flow.review and review.summary.get("reopened"):
        place = flow.confirm  # the plan is another one by now: that is what is to be looked at
    if place != flow.progress:
        return (
            HttpResponseClientRedirect(reverse(place))
            if request.headers.get("HX-Request")
            else redirect(place)
        )
    if review.state == ReviewState.FAILED:
        review_together.look_in(review, request.member, "The comparison")  # who sees it here needs no mail
    template = "quickbooks/progress.html" + ("#bar" if request.headers.get("HX-Request") else "")
    return render(
        request,
        template,
        {
            "connection": connection,
            "review": review,
            "flow": flow,
            "told": request.member.pk in review.tell,
            **_how_far(review),
            "may_stop": review.state == ReviewState.COLLECTING or _not_applied(review),
            "standings": _standings(connection, review),
        },
    )


@connected
@require_POST
def tell(request: FirmRequest, connection: Connection, entity: str = ENTITY) -> HttpResponse:
    """Mail me when it is ready, whether I stay or leave."""
    review = reviews.open_review(connection, entity)
    if review is not None and ready_mail.ask(review, request.member):
        messages.success(request, f"You are mailed at {request.member.user.email} when it is ready.")
    return redirect(FLOWS[entity].progress)


def _not_applied(review: Review) -> bool:
    """Sync was pressed, and nothing is linked yet."""
    return review.state == ReviewState.APPLYING and "applied" not in review.summary


def _standings(connection: Connection, review: Review) -> list[standing.Standing]:
    """What keeps the syncing waiting, or the reading until somebody signs in. All else the reading says in its phase."""
    if review.state != ReviewState.APPLYING and review.phase != SIGNED_OUT:
        return []
    return standing.whole(connection, timezone.now())


def _how_far(review: Review) -> dict[str, object]:
    """Percent, and the quarter that is said aloud: a voice for every row would be noise."""
    if not review.progress_total:
        waits = review.summary.get("waits", {}) if review.phase == WAITING else {}
        until = datetime.fromisoformat(waits["until"]) if waits else None
        again = review.phase == TRYING_AGAIN
        return {"percent": None, "said": review.phase, "waits": waits, "until": until, "again": again}
    percent = min(100, review.progress_done * 100 // review.progress_total)
    return {"percent": percent, "said": f"{review.phase}, {percent // 25 * 25} percent"}
