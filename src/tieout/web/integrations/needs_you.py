"""Acts: the place to work through what is not in step: by cause, with buttons for one and for many."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_GET, require_POST

from tieout.practice.access import members_to_assign
from tieout.practice.firms import Member
from tieout.practice.money import shown
from tieout.practice.permissions import Permission
from tieout.sync import decisions, partners, repairs, status, work_together, worklist
from tieout.sync.decisions import CannotDecide
from tieout.sync.issues import CAUSES
from tieout.sync.models import Connection
from tieout.sync.steps import STEPS
from tieout.sync.worklist import Group, WorkPage, WorkRow
from tieout.web.access import FirmRequest
from tieout.web.integrations import undoing
from tieout.web.integrations.activity_asked import KINDS
from tieout.web.integrations.acts import ACTS, PUT_OFF_DAYS, Ask, Done
from tieout.web.integrations.gated import connected
from tieout.web.integrations.listings import LISTINGS
from tieout.web.integrations.remedies import (
    REMEDIES,
    Button,
    Remedy,
    asks_why,
    bulk,
    buttons,
    for_all,
    offers,
    record_page,
)
from tieout.web.integrations.rights import Rights
from tieout.web.paging import page_number
from tieout.web.unit_values import said

GIVEN_BESIDE = {"assign": "colleague", "put_off": "days"}
"""Acts for any row, with the name of the field beside the button."""
ASKED = ("needs_you", worklist.PUT_OFF)
"""The tabs of what a person is asked."""
ABOUT: Mapping[str, tuple[Collection[str], str]] = {
    **{step.slug: (step.entities, step.title) for step in STEPS},
    **{word: ((word,), words) for word, words in KINDS.items() if word},
}
"""What an address may narrow the lists to: a section of the set-up, or one kind of record -> its entities, in words."""
FIRST_FEW = 20
"""Rows of each cause on the first page; the rest is one press away."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row as drawn."""

    row: WorkRow
    url: str
    ours: str
    theirs: str
    buttons: Sequence[Button]


@dataclass(frozen=True, slots=True)
class Card:
    """One cause as drawn."""

    group: Group
    lines: Sequence[Line]
    bulk: Sequence[Remedy]
    for_all: Remedy | None
    """The one button for every record of the cause."""
    page: WorkPage
    with_values: bool
    asks_why: bool
    """Whether a reason may be typed beside the buttons for many."""
    money: str
    """What its documents come to; empty when there are none."""

    @property
    def more(self) -> int:
        return self.page.total - len(self.lines)


@connected
@require_GET
def issues(request: FirmRequest, connection: Connection) -> HttpResponse:
    """One card per cause with its first rows; with ``cause``, that one alone, paged and searchable."""
    asked = request.GET.get("listing", "")
    here = asked if asked in LISTINGS else next(iter(LISTINGS))
    of = request.member if request.GET.get("mine") else None
    entity = request.GET.get("entity", "")
    about, about_words = ABOUT.get(entity, ((), ""))
    entity = entity if about else ""
    groups = worklist.groups(connection, here, of=of, about=about)
    money, rights = _money(request, connection, here, of, about), Rights(request.member)
    cause = request.GET.get("cause", "")
    search = request.GET.get("search", "").strip()[:200]
    alone = [group for group in groups if group.cause.slug == cause]
    cards = [
        _card(
            connection,
            here,
            group,
            money.get(group.cause.slug, ""),
            rights,
            search=search,
            of=of,
            about=about,
            page=page_number(request),
            per_page=worklist.PER_PAGE,
        )
        for group in alone
    ] or [
        _card(connection, here, group, money.get(group.cause.slug, ""), rights, of=of, about=about)
        for group in groups
    ]
    moving = [line.row.id for card in cards for line in card.lines if line.row.under_way]
    keep = {"listing": here} | ({"mine": "1"} if of else {}) | ({"entity": entity} if entity else {})
    keep |= {"cause": cause, "search": search} if alone else {}
    totals = worklist.totals(connection, about=about)
    return render(
        request,
        "quickbooks/issues.html",
        {
            "connection": connection,
            **_with_the_others(request, connection),
            "here": LISTINGS[here],
            "slug": here,
            "listings": [(slug, each, totals.get(slug, 0)) for slug, each in LISTINGS.items()],
            "cards": cards,
            "alone": bool(alone),
            "mine": bool(of),
            "entity": entity,
            "about": about_words,
            "colleagues": members_to_assign(request.member.firm_id) if here in ASKED else [],
            "put_off_days": PUT_OFF_DAYS.items() if here in ASKED else [],
            "search": search,
            "keep": urlencode(keep) + "&",
            "back": f"{request.path}?{urlencode(keep | {'page': page_number(request)})}",
            "undo": undoing.offered(request.session, timezone.now()),
            "left_out": undoing.left_out(request.session, timezone.now()),
            "moving": ",".join(map(str, moving)),
            "moving_count": len(moving),
            "agree": _in_step(connection) if here == "needs_you" and not cards and not about else 0,
        },
    )


@connected
@require_GET
def together(request: FirmRequest, connection: Connection) -> HttpResponse:
    """Asked every few seconds: who else looks at the list."""
    return render(request, "quickbooks/issues_together.html", _with_the_others(request, connection))


def _with_the_others(request: FirmRequest, connection: Connection) -> dict[str, object]:
    """Notes that this person is here, in words their colleagues read, and tells of the others."""
    here, cause = request.GET.get("listing", ""), request.GET.get("cause", "")
    title = LISTINGS[here if here in LISTINGS else next(iter(LISTINGS))].title
    place = CAUSES[cause].title if cause in CAUSES else title
    work_together.be_here(connection, request.member, place)
    said = urlencode({"listing": here, "cause": cause})
    return {
        "others": work_together.colleagues(connection, request.member),
        "together_from": f"{reverse('quickbooks-issues-together')}?{said}",
    }


@connected
@require_POST
def decide(request: FirmRequest, connection: Connection) -> HttpResponse:
    """One button: for the row it stands in (``one``), or for the ticked rows (``do``)."""
    verb, _, rest = request.POST.get("one", "").partition(":")
    given, _, other = rest.partition(":")
    ids = [given] if verb else request.POST.getlist("issue")
    verb = verb or request.POST.get("do", "")
    if verb == "retry_all":
        return _retry_all(request)
    if verb in GIVEN_BESIDE:
        other = request.POST.get(GIVEN_BESIDE[verb], "")
    rows = worklist.chosen(connection, {int(one) for one in ids if one.isascii() and one.isdigit()})
    rows = [row for row in rows if _offers(row, verb)]
    if verb not in ACTS or not ids:
        messages.warning(request, "Tick the rows first, then choose what to do with them.")
    elif not rows:
        messages.info(request, "That was settled meanwhile. Nothing had to be done.")
    elif reason := Rights(request.member).why_not_act(verb, rows):
        messages.warning(request, f"{reason} Nothing was changed.")
    else:
        try:
            done = ACTS[verb](
                Ask(request.member, rows, other, request.POST.get("why", ""), _shown(request, rows))
            )
        except CannotDecide as refusal:
            messages.warning(request, str(refusal))
        else:
            tell(request, done)
    return redirect(back(request))


def _shown(request: FirmRequest, rows: Sequence[WorkRow]) -> dict[int, str]:
    """By issue, the stamp of what stood on the page."""
    return {row.id: request.POST.get(f"shown-{row.id}", "") for row in rows}


def _retry_all(request: FirmRequest) -> HttpResponse:
    """Every record of one cause, also those no page shows; narrowed as the list was that the button stood in."""
    cause, listing = request.POST.get("cause", ""), request.POST.get("listing", "")
    about, _ = ABOUT.get(request.POST.get("entity", ""), ((), ""))
    if for_all(cause) is not None:
        found = repairs.retry_cause(
            request.member,
            cause,
            listing=listing if listing in LISTINGS else "",
            of=request.member if request.POST.get("mine") else None,
            about=about,
        )
        messages.success(request, f"{found:,} looked at again now. Those that go through leave the list.")
    return redirect(back(request))


@connected
@require_POST
def undo(request: FirmRequest, connection: Connection) -> HttpResponse:
    try:
        if undoing.take_back(request.session, request.member):
            messages.success(request, "Taken back.")
    except CannotDecide as refusal:
        messages.warning(request, f"It cannot be taken back any more. {refusal}")
    return redirect(back(request))


@connected
@require_POST
def say_why(request: FirmRequest, connection: Connection) -> HttpResponse:
    """Why what was just left out is left out: asked afterwards, so that leaving out stays one press."""
    keys = undoing.left_out(request.session, timezone.now())
    try:
        if decisions.say_why(request.member, keys, request.POST.get("why", "")):
            messages.success(request, "Kept, and shown under Left out.")
        else:
            messages.info(request, "Nothing to add it to: type a reason, or find the record under Left out.")
    except CannotDecide as refusal:
        messages.warning(request, str(refusal))
    return redirect(back(request))


@connected
@require_GET
def moving(request: FirmRequest, connection: Connection) -> HttpResponse:
    """Asked every few seconds while something is on its way: which rows may go, and whether any is left."""
    ids = [int(one) for one in request.GET.get("ids", "").split(",") if one.isascii() and one.isdigit()]
    left = {row.id: row for row in worklist.chosen(connection, ids[: worklist.PER_PAGE * 2])}
    still = [one for one, row in left.items() if row.under_way]
    return render(
        request,
        "quickbooks/moving.html",
        {
            "gone": [one for one in ids if one not in left],
            "moving": ",".join(map(str, still)),
            "moving_count": len(still),
            "stay": len(left) - len(still),
            "slug": request.GET.get("listing", ""),
        },
    )


def tell(request: FirmRequest, done: Done) -> None:
    """Say what was done: beside its Undo, where there is one."""
    undoing.keep(request.session, done.undo, done.sentence, timezone.now())
    if done.undo is None:
        messages.success(request, done.sentence)


def back(request: FirmRequest) -> str:
    """Where the form came from, when that is one of our own pages."""
    given = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(given, allowed_hosts=None) and given.startswith("/")
    return given if ours else reverse("quickbooks-issues")


def _offers(row: WorkRow, verb: str) -> bool:
    """Only what the row's cause offers; a linking to one of its options is offered with them."""
    if verb in ("link_to", "reactivate"):
        return bool(row.options)
    if verb in GIVEN_BESIDE:
        return True
    return any(remedy.verb == verb and offers(row, remedy) for remedy in REMEDIES.get(row.cause.slug, ()))


def _in_step(connection: Connection) -> int:
    return sum(section.in_step for section in status.section_statuses(connection))


def _money(
    request: FirmRequest, connection: Connection, listing: str, of: Member | None, about: Collection[str]
) -> dict[str, str]:
    """Cause -> what its documents come to, for whoever may see amounts."""
    if not request.member.may(Permission.VIEW_BILLING):
        return {}
    found = worklist.money(connection, listing, of=of, about=about)
    return {cause: " and ".join(shown(amount, one) for one, amount in sums) for cause, sums in found.items()}


def _card(
    connection: Connection, listing: str, group: Group, money: str, rights: Rights, **asked: object
) -> Card:
    page = worklist.page_of(
        connection,
        listing,
        group.cause.slug,
        **{"per_page": FIRST_FEW, **asked},  # type: ignore[arg-type]
    )
    lines = [_line(connection, row, rights) for row in page.rows]
    can = bulk(group.cause.slug) if group.cause.slug in CAUSES else []
    with_values = any(line.row.values for line in lines)
    why = asks_why(group.cause.slug)
    return Card(group, lines, can, for_all(group.cause.slug), page, with_values, why, money)


def _line(connection: Connection, whole: WorkRow, rights: Rights) -> Line:
    row = rights.seen(whole)
    link = partial(partners.deep_link, connection, row.key.entity)
    values = row.values
    return Line(
        row,
        record_page(row),
        said(values.practice) if values else "",
        said(values.ledger) if values else "",
        rights.greyed(row, buttons(row, link, partners.settings_link(connection))),
    )
