"""Acts: the service items step of the set-up: start, the three lists with what fails in each row, and mending in place."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.actions.service_items import change_service_item, used_by
from tieout.practice.billing_access import access_item
from tieout.practice.permissions import NotAllowed, NotYours
from tieout.practice.records import RECORD_KINDS
from tieout.practice.validation import Invalid
from tieout.reconcile.ports import Activity, LedgerError
from tieout.sync import chosen, item_review, review_decisions, review_lists, steps
from tieout.sync import review as reviews
from tieout.sync.decisions import CannotDecide
from tieout.sync.models import Connection, Review, ReviewState
from tieout.web.access import FirmRequest
from tieout.web.billing.acting import by
from tieout.web.integrations import review_undo
from tieout.web.integrations.flows import ITEMS
from tieout.web.integrations.gated import connected
from tieout.web.integrations.item_rows import TABS, adopting_words
from tieout.web.integrations.needs_you import back
from tieout.web.integrations.review_page import asked, drawn, page_of, row_template
from tieout.web.integrations.review_together import with_the_others

STEP = steps.BY_SLUG["service-items"]
READABLE = (ReviewState.READY, ReviewState.DONE)


@connected
def choose(request: FirmRequest, connection: Connection) -> HttpResponse:
    """What this step does, and Start. Starting reads only; nothing is written anywhere."""
    if locked := steps.why_locked(STEP, connection.sections, connection.firm):
        messages.info(request, f"Service items: {locked}")
        return redirect("quickbooks")
    under_way = reviews.open_review(connection, ITEMS.entity)
    if request.method == "POST" and under_way is None:
        activity = request.POST.get("activity", "")
        reviews.start(
            connection,
            ITEMS.entity,
            activity=activity if activity in set(Activity) else Activity.ACTIVE,
            actor_member=request.member,
        )
        return redirect(ITEMS.progress)
    if request.method == "POST":
        return redirect(ITEMS.place(under_way.state if under_way else ReviewState.CANCELLED))
    return render(
        request,
        "quickbooks/items_choose.html",
        {
            "connection": connection,
            "flow": ITEMS,
            "under_way": under_way,
            "continue_to": ITEMS.place(under_way.state) if under_way else "",
            "ours": len(RECORD_KINDS[ITEMS.entity].all_ids(connection.firm_id)),
        },
    )


@connected
@require_GET
def review(request: FirmRequest, connection: Connection, slug: str = "unmatched") -> HttpResponse:
    if slug not in TABS:
        raise NotYours("There is no such list.")
    found = reviews.latest_review(connection, ITEMS.entity)
    if found is None:
        return redirect(ITEMS.choose)
    if found.state not in READABLE:
        return redirect(ITEMS.place(found.state))
    wanted, seen = asked(request, slug), review_decisions.last_decision(found)
    page = page_of(found, wanted)
    counts = item_review.counts(found)
    is_open = found.state == ReviewState.READY
    account = next(iter(chosen.choices(connection, "income_account")))
    return render(
        request,
        "quickbooks/items_review.html",
        {
            "connection": connection,
            "flow": ITEMS,
            "review": found,
            "open": is_open,
            "slug": slug,
            "here": TABS[slug],
            "sections": [(each, tab, counts[each]) for each, tab in TABS.items()],
            "page": page,
            "rows": drawn(connection, found, page.rows, request.member),
            "row_template": row_template(found, slug),
            "search": wanted.search,
            "keep": wanted.keep,
            "seen": seen.isoformat(),
            "back": f"{request.path}?{wanted.keep}page={page.page}",
            "forecast": review_lists.forecast(found),
            "new_count": review_lists.undecided_new(found),
            "undo": review_undo.offered(request.session, found.pk) if is_open else "",
            "account": account,
            "adopt": _adopting(found) if slug == "unmatched" and is_open else "",
            **(with_the_others(request, found, wanted, TABS[slug].title, page) if is_open else {}),
        },
    )


@connected
@require_POST
def create_new(request: FirmRequest, connection: Connection) -> HttpResponse:
    """The switch "Create x service items in Tieout"."""
    found = reviews.open_review(connection, ITEMS.entity)
    if found is not None and found.state == ReviewState.READY:
        reviews.set_create_new(found, request.POST.get("create_new") == "on", request.member)
    return redirect(ITEMS.review, "only-in-quickbooks")


@connected
@require_POST
def recheck(request: FirmRequest, connection: Connection, row_id: int) -> HttpResponse:
    """Somebody mended it in QuickBooks: look at that one row again."""
    found = reviews.open_review(connection, ITEMS.entity)
    if found is not None:
        _look_again(request, found, row_id)
    return redirect(back(request))


@connected
@require_POST
def edit(request: FirmRequest, connection: Connection, row_id: int) -> HttpResponse:
    """Mend the item here, at once, and look at that one row again."""
    found = reviews.open_review(connection, ITEMS.entity)
    row = review_lists.row_of(found, row_id) if found else None
    if found is None or row is None or not row.practice_id:
        raise NotYours("There is no such row.")
    try:
        item = access_item(request.member, row.practice_id, to_edit=True)
        change_service_item(
            **by(request.member),
            item_id=item.pk,
            name=request.POST.get("name", ""),
            rate=request.POST.get("rate", "").strip(),
            sku=request.POST.get("sku", ""),
        )
    except (Invalid, ChangedMeanwhile, NotAllowed) as problem:
        messages.error(request, str(problem))
    else:
        _look_again(request, found, row_id)
    return redirect(back(request))


@connected
@require_POST
def account(request: FirmRequest, connection: Connection) -> HttpResponse:
    """The income account for items that have none of their own."""
    try:
        if chosen.choose(request.member, "income_account", request.POST.get("income_account", "")[:50]):
            messages.success(request, "Saved. Items without an income account of their own earn into it.")
    except CannotDecide as refusal:
        messages.warning(request, str(refusal))
    return redirect(back(request))


def _adopting(found: Review) -> str:
    """What adopting QuickBooks' rates in bulk would do, the open drafts included; empty when there are none to adopt."""
    rows = item_review.rate_only(found)
    uses = used_by(found.firm_id, [int(row.practice_id) for row in rows if row.practice_id.isdigit()])
    return adopting_words(len(rows), [one.drafts for one in uses.values() if one.drafts])


def _look_again(request: FirmRequest, found: Review, row_id: int) -> None:
    try:
        row = item_review.recheck(found, row_id)
    except (CannotDecide, LedgerError) as problem:
        messages.warning(request, str(problem))
        return
    name = row.practice_name or row.ledger_name
    if row.bucket == "match":
        messages.success(request, f"{name} matches now.")
    else:
        messages.info(request, f"{name} was looked at again; only this row. It still has no certain partner.")
