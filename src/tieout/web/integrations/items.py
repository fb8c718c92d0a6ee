"""Acts: the service items step of the set-up: start, the three lists with what fails in each row, and mending in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tieout.practice.access import helpers_for
from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.actions.service_items import change_service_item, used_by
from tieout.practice.billing_access import access_item
from tieout.practice.permissions import NotAllowed, NotYours, Permission
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
from tieout.web.integrations.item_rows import TABS, ItemRow, Mend, adopting_words
from tieout.web.integrations.needs_you import back
from tieout.web.integrations.review_page import ITEM_FILTERS, Asked, asked, drawn, page_of, row_template
from tieout.web.integrations.review_together import with_the_others

STEP = steps.BY_SLUG["service-items"]
UNPROCESSABLE = 422
MENDED = frozenset({"name", "rate", "sku"})
READABLE = (ReviewState.READY, ReviewState.DONE)


@connected
def choose(request: FirmRequest, connection: Connection) -> HttpResponse:
    """What this step does, and Start. Starting reads only; nothing is written anywhere."""
    helpers = helpers_for(connection.firm, Permission.MANAGE_TEAM)
    if locked := steps.why_locked(STEP, connection.sections, connection.firm, helpers):
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
    last = reviews.latest_review(connection, ITEMS.entity)
    return render(
        request,
        "quickbooks/items_choose.html",
        {
            "connection": connection,
            "flow": ITEMS,
            "under_way": under_way,
            "continue_to": ITEMS.place(under_way.state) if under_way else "",
            "chosen": last.activity if last else Activity.ACTIVE.value,
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
    return _shown(request, connection, found, asked(request, slug))


def _shown(
    request: FirmRequest,
    connection: Connection,
    found: Review,
    wanted: Asked,
    typed: tuple[int, Mend] | None = None,
) -> HttpResponse:
    """One list of the review. ``typed``: a row's id with what was typed there and could not be kept; it is shown again."""
    slug, path = wanted.slug, reverse(ITEMS.review, args=[wanted.slug])
    seen = review_decisions.last_decision(found)
    page = page_of(found, wanted)
    rows = drawn(connection, found, page.rows, request.member)
    if typed is not None:
        rows = [
            replace(row, mend=typed[1]) if isinstance(row, ItemRow) and row.row.pk == typed[0] else row
            for row in rows
        ]
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
            "rows": rows,
            "row_template": row_template(found, slug),
            "search": wanted.search,
            "show": wanted.show,
            "filters": ITEM_FILTERS.get(slug, ()),
            "keep": wanted.keep,
            "seen": seen.isoformat(),
            "back": f"{path}?{wanted.keep}page={page.page}",
            "forecast": review_lists.forecast(found),
            "new_total": counts["only-in-quickbooks"],
            "new_count": review_lists.undecided_new(found),
            "undo": review_undo.offered(request.session, found.pk) if is_open else "",
            "account": account,
            "adopt": _adopting(found) if slug == "unmatched" and is_open else "",
            **(with_the_others(request, found, wanted, TABS[slug].title, page) if is_open else {}),
        },
        status=200 if typed is None else UNPROCESSABLE,
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
@require_http_methods(["GET", "POST"])
def edit(request: FirmRequest, connection: Connection, row_id: int) -> HttpResponse:
    """Mend the item here, at once, and look at that one row again. What cannot be kept is shown again as it was typed.

    A page drawn so stands at this address; whoever reloads it, searches or turns the page from it is led to the list.
    """
    if request.method == "GET":
        return redirect(f"{reverse(ITEMS.review, args=['unmatched'])}?{request.GET.urlencode()}")
    found = reviews.open_review(connection, ITEMS.entity)
    row = review_lists.row_of(found, row_id) if found else None
    if found is None or row is None or not row.practice_id:
        raise NotYours("There is no such row.")
    name, rate, sku = (request.POST.get(one, "")[:1000] for one in ("name", "rate", "sku"))
    problems: Mapping[str, str] = {}
    try:
        item = access_item(request.member, row.practice_id, to_edit=True)
        change_service_item(**by(request.member), item_id=item.pk, name=name, rate=rate.strip(), sku=sku)
    except Invalid as refusal:
        problems = {one if one in MENDED else "": said for one, said in refusal.problems.items()}
    except (ChangedMeanwhile, NotAllowed) as refusal:
        problems = {"": str(refusal)}
    if problems and found.state == ReviewState.READY:
        return _shown(
            request, connection, found, _asked_before(request), (row_id, Mend(name, rate, sku, problems))
        )
    if problems:
        messages.error(request, " ".join(problems.values()))
    else:
        _look_again(request, found, row_id)
    return redirect(back(request))


def _asked_before(request: FirmRequest) -> Asked:
    """The place in the list from which something was posted: what it shows, its search and its page. Such rows stand in one list only."""
    before = QueryDict(urlsplit(back(request)).query)
    search, page = before.get("search", "").strip()[:200], before.get("page", "")
    show = before.get("show", "")
    return Asked(
        "unmatched",
        search,
        show if show in reviews.SHOWN else "",
        int(page) if page.isdecimal() and len(page) < 7 else 1,
    )


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
