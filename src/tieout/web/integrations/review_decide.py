"""Acts: takes the decisions of a review: one row, many, all that are to be checked, the side to keep, a partner, undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_POST

from tieout.practice.clients import Kind
from tieout.practice.permissions import NotYours
from tieout.reconcile.state import Key, Side
from tieout.sync import (
    item_review,
    partners,
    review_decisions,
    review_duplicates,
    review_final,
    review_linking,
    review_lists,
)
from tieout.sync import review as reviews
from tieout.sync.decisions import CannotDecide
from tieout.sync.engine import Engine
from tieout.sync.models import Connection, Review, ReviewRow, ReviewState
from tieout.sync.review_linking import Wanted
from tieout.sync.review_plan import Decision
from tieout.sync.review_sheet import Before, too_late
from tieout.web.access import FirmRequest
from tieout.web.integrations import review_undo
from tieout.web.integrations.flows import FLOWS
from tieout.web.integrations.gated import connected
from tieout.web.integrations.linking import details_of
from tieout.web.integrations.needs_you import back

SAID: Mapping[str, tuple[Decision, str]] = {
    "accept": (Decision.ACCEPT, "Taken for the same: {what}."),
    "reject": (Decision.REJECT, "Not the same: {what}."),
    "create": (Decision.CREATE, "To be created: {what}."),
    "exclude": (Decision.EXCLUDE, "Left out: {what}."),
    "different": (Decision.DIFFERENT, "Kept apart: {what}."),
    "clear": (Decision.NONE, "Open again: {what}."),
}
"""The verb a button posts -> the decision, and how it is told."""
DECIDE = {"client": "quickbooks-review-decide", "service_item": "quickbooks-items-decide"}
USE: Mapping[str, Side] = {"use_practice": Side.PRACTICE, "use_ledger": Side.LEDGER}
"""Of two records that are nearly the same: link them with this side's values."""
SUREST = "link_surest"
"""Link each with the partner that fits best; where they differ, it is asked about as always."""
NOTED: Mapping[str, str] = {"reason": "Reason kept: {what}.", "kind": "Kind of client chosen: {what}."}
COLUMN: Mapping[str, str] = {
    "practice": "{what}: ours is kept in {pairs}.",
    "ledger": "{what}: QuickBooks' is kept in {pairs}.",
    "ask": "{what}: asked about afterwards in {pairs}.",
}
KEEP: Mapping[str, str] = {"keep_practice": "practice", "keep_ledger": "ledger", "keep_ask": ""}


@dataclass(frozen=True, slots=True)
class Posted:
    """What a form of the review asks for."""

    verb: str
    ids: Sequence[int]
    other: str = ""
    fields: tuple[tuple[int, str, str], ...] = ()
    """Row, unit and side, for the fields of pairs."""
    seen: datetime | None = None
    """The last decision that the page showed."""
    reason: str = ""
    """Why what is left out now is left out."""
    noted: Mapping[int, str] = field(default_factory=dict)
    """Row -> what is said about it beside its decision: a reason, or a kind."""


def read(request: HttpRequest) -> Posted:
    """``one``: the button of a row. ``do``: a button for the ticked rows. ``column``: a field's side, for all pairs.
    ``keep-row-unit``: a field's side; ``reason-row``, ``kind-row``: what is said about a row."""
    fields = tuple(
        (int(parts[1]), parts[2], str(side))
        for name, side in request.POST.items()
        if (parts := name.split("-", 2))[0] == "keep" and len(parts) == 3 and parts[1].isdecimal()
    )
    verb, _, rest = request.POST.get("one", "").partition(":")
    given, _, other = rest.partition(":")
    if column := request.POST.get("column", ""):
        verb, other = "column", column
    do = verb or request.POST.get("do", "")
    noted = {
        int(number): str(text).strip()
        for name, text in request.POST.items()
        if (number := name.removeprefix(f"{do}-")) != name and number.isascii() and number.isdigit()
    }
    ids = [given] if given else request.POST.getlist("row")
    numbers = [int(one) for one in ids if one.isascii() and one.isdigit()]
    seen = instant(request.POST.get("seen", ""))
    return Posted(do, numbers, other[:60], fields, seen, request.POST.get("why", ""), noted)


def instant(given: str) -> datetime | None:
    """The moment that a page sent back; None for what is none."""
    try:
        found = parse_datetime(given)
    except ValueError:
        return None
    return found if found and found.tzinfo else None


@connected
@require_POST
def decide(request: FirmRequest, connection: Connection, entity: str = "client") -> HttpResponse:
    review = reviews.open_review(connection, entity)
    if review is None or review.state != ReviewState.READY:
        messages.info(request, "This review is not open for decisions any more. Nothing was changed.")
        return redirect(FLOWS[entity].choose)
    posted = read(request)
    try:
        before, sentence = _carry_out(connection, review, request, posted)
    except CannotDecide as refusal:
        messages.warning(request, str(refusal))
    else:
        if no_undo := review_undo.keep(request.session, review.pk, before, sentence):
            messages.info(request, no_undo)
        done = {one.row_id for one in before}
        missed = [one for one in posted.ids if one not in done]
        if late := review_decisions.decided_since(review, request.member, missed, posted.seen):
            messages.warning(request, too_late(late))
        elif not before and posted.verb not in ("keep", *review_decisions.NOTED):
            messages.info(request, "Nothing had to be changed. Tick rows first to decide about many.")
    return redirect(back(request))


@connected
@require_POST
def undo(request: FirmRequest, connection: Connection, entity: str = "client") -> HttpResponse:
    review = reviews.open_review(connection, entity)
    if review is not None:
        try:
            taken = review_undo.take_back(request.session, review, request.member)
            if taken is None:
                messages.info(request, "There is nothing left to take back. Open again changes a decision.")
            elif not taken:
                messages.info(request, "A colleague has decided about that since. It stays as it is.")
        except CannotDecide as refusal:
            messages.warning(request, str(refusal))
    return redirect(back(request))


@connected
@require_GET
def choose(request: FirmRequest, connection: Connection, row_id: int, entity: str = "client") -> HttpResponse:
    """The partner of a row, from its suggestions or from a search. The same page as outside the review."""
    review = reviews.open_review(connection, entity)
    row = review_lists.row_of(review, row_id) if review else None
    if row is None:
        raise NotYours("There is no such row.")
    key = key_of(row, entity)
    search = request.GET.get("search", "").strip()[:200]
    found = partners.found(connection, key, search) if search else _suggested(row)
    name = row.practice_name or row.ledger_name
    own = row.practice_details if row.practice_id else row.ledger_details
    record = partners.Partner(key.id, name, own)
    inside = bool(request.headers.get("HX-Request"))
    return render(
        request,
        "quickbooks/link.html" + ("#choice" if inside else ""),
        {
            "connection": connection,
            "key": key,
            "record": record,
            "details": details_of(record),
            "where": "QuickBooks" if key.side is Side.PRACTICE else "Tieout",
            "search": search,
            "found": [(one, details_of(one)) for one in found],
            "back": request.GET.get("back", ""),
            "inside": inside,
            "seen": request.GET.get("seen", "")[:40],
            "find_url": request.path,
            "save_url": reverse(DECIDE[entity]),
            "save_name": "one",
            "save_prefix": f"link_to:{row.pk}:",
        },
    )


def key_of(row: ReviewRow, entity: str) -> Key:
    side = Side.PRACTICE if row.practice_id else Side.LEDGER
    return Key(entity, side, row.practice_id or row.ledger_id)


def _suggested(row: ReviewRow) -> list[partners.Partner]:
    return [
        partners.Partner(
            str(each["id"]),
            str(each["name"]),
            each.get("details", {}),
            reasons=tuple(each.get("reasons", ())),
            against=tuple(each.get("against", ())),
        )
        for each in row.suggestions
    ]


def _carry_out(
    connection: Connection, review: Review, request: FirmRequest, posted: Posted
) -> tuple[list[Before], str]:
    member = request.member
    if posted.verb == "keep":
        return _keep_fields(review, request, posted), "Side chosen."
    if posted.verb == "column":
        return _keep_column(connection, review, request, posted)
    if posted.verb == "adopt_rates":
        rows = item_review.rate_only(review)
        before = _use(review, request, replace(posted, verb="use_ledger", ids=[row.pk for row in rows]))
        items = {row.pk for row in rows}
        adopted = sum(one.row_id in items for one in before)
        return before, f"QuickBooks' rate adopted: {adopted:,} item{'' if adopted == 1 else 's'}."
    if posted.verb == "keep_recent":
        before = review_duplicates.keep_most_recently_active(review, member)
        return before, f"Kept the most recently active: {_what(review, before)} decided."
    if posted.verb in review_decisions.NOTED:
        known = posted.noted if posted.verb != "kind" else _kinds(posted.noted)
        before = review_decisions.note(review, member, known, posted.verb)
        return before, NOTED[posted.verb].format(what=_what(review, before))
    if posted.verb in Kind.values:
        said = dict.fromkeys(posted.ids, posted.verb)
        before = review_decisions.note(review, member, said, "kind")
        return before, NOTED["kind"].format(what=_what(review, before))
    if posted.verb in KEEP:
        return _keep_all(connection, review, request, posted), "Sides chosen where they differ."
    if posted.verb == "link_to":
        row_id = posted.ids[0] if posted.ids else 0
        before = review_linking.link(review, member, row_id, posted.other, seen=posted.seen)
        return before, "To be linked."
    if posted.verb in USE:
        before = _use(review, request, posted)
        return before, f"Linked with one side's values: {_what(review, before)}."
    if posted.verb == SUREST:
        before = _use(review, request, posted)
        if posted.ids and not before:
            raise CannotDecide(
                "None of these rows has a partner that nearly fits. Link each to one you choose."
            )
        return before, f"To be linked with the surest partner: {_what(review, before)}."
    if posted.verb == "accept_all":
        ids: Sequence[int] = review_lists.waiting_ids(review, "match", to_check_only=True)
        before = review_decisions.decide(review, member, ids, Decision.ACCEPT)
        return before, SAID["accept"][1].format(what=_what(review, before))
    if posted.verb not in SAID:
        raise CannotDecide("Tick the rows first, then choose what to do with them.")
    decision, sentence = SAID[posted.verb]
    before = review_decisions.decide(
        review, member, posted.ids, decision, reason=posted.reason, seen=posted.seen
    )
    return before, sentence.format(what=_what(review, before))


def _kinds(given: Mapping[int, str]) -> dict[int, str]:
    """An empty one is the guess again; what is no kind is not said."""
    return {row: kind for row, kind in given.items() if kind in ("", *Kind.values)}


def _keep_column(
    connection: Connection, review: Review, request: FirmRequest, posted: Posted
) -> tuple[list[Before], str]:
    """One side's value of one field, for every pair that differs in it and may be linked."""
    unit, _, side = posted.other.partition(":")
    labels = {one.name: one.label for one in reviews.spec_of(connection, review.entity, Engine()).units}
    if unit not in labels or side not in ("ask", *Side):
        raise CannotDecide("There is no such field. Nothing was changed.")
    ids = review_lists.column_ids(review, unit)
    before = review_decisions.keep_sides(review, request.member, ids, [unit], "" if side == "ask" else side)
    pairs = f"{len(before):,} pair{'' if len(before) == 1 else 's'}"
    return before, COLUMN[side].format(what=labels[unit], pairs=pairs)


def _use(review: Review, request: FirmRequest, posted: Posted) -> list[Before]:
    """Link each row with the record it is nearest to. An empty value gives way to the other side's all the same."""
    side = USE.get(posted.verb)
    asked = [
        _nearest(row, side)
        for row in review_lists.rows_of(review, posted.ids)
        if not row.decision and row.suggestions
    ]
    done = review_linking.link_each(review, request.member, asked, seen=posted.seen)
    if done.refused and not done.before:
        raise CannotDecide(done.refused[0])
    if done.refused:
        stay = (
            "1 row stays as it is"
            if len(done.refused) == 1
            else f"{len(done.refused):,} rows stay as they are"
        )
        messages.warning(request, f"{stay}. {done.refused[0]}")
    return done.before


def _nearest(row: ReviewRow, side: Side | None) -> Wanted:
    near = row.suggestions[0]
    if side is None:
        return Wanted(row.pk, str(near["id"]))
    mine = (row.practice_id != "") is (side is Side.PRACTICE)
    own = row.practice_details if row.practice_id else row.ledger_details
    shown = own if mine else near.get("details", {})
    keep = {"name": side.value} | {unit: side.value for unit in ("rate", "sku") if shown.get(unit)}
    return Wanted(row.pk, str(near["id"]), keep)


def _keep_fields(review: Review, request: FirmRequest, posted: Posted) -> list[Before]:
    chosen: dict[int, dict[str, str]] = {}
    for row_id, unit, side in posted.fields:
        if side in ("", *Side):
            chosen.setdefault(row_id, {})[unit] = side
    return review_decisions.keep_each(review, request.member, chosen)


def _keep_all(connection: Connection, review: Review, request: FirmRequest, posted: Posted) -> list[Before]:
    """The same side for every field in which a ticked pair differs."""
    rows = review_lists.rows_of(review, posted.ids)
    chosen = {
        row_id: dict.fromkeys((one.unit for one in differs), KEEP[posted.verb])
        for row_id, differs in review_final.differences(connection, review.entity, rows).items()
    }
    return review_decisions.keep_each(review, request.member, chosen)


def _what(review: Review, before: Sequence[Before]) -> str:
    """What was decided about, by its name where it is one record, or a pair with its two records."""
    if len(before) > 3:
        return f"{len(before):,} rows"
    rows = review_lists.rows_of(review, [one.row_id for one in before])
    told = [row for row in rows if row.half_of_id is None] or rows
    if len(told) != 1:
        return f"{len(before):,} rows"
    return told[0].practice_name or told[0].ledger_name
