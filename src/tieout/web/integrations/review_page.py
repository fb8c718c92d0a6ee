"""Acts: one list of a review as it was asked for: which page of its rows, and how each is drawn. Of clients and of items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.http import urlencode

from tieout.practice.actions.service_items import used_by
from tieout.practice.firms import Member
from tieout.practice.permissions import Permission
from tieout.sync import item_review, new_clients, review_activity, review_final, review_lists
from tieout.sync import review as reviews
from tieout.sync.models import Connection, Review, ReviewRow
from tieout.sync.review import RowPage
from tieout.sync.review_plan import Decision
from tieout.web.integrations.buckets import BUCKETS
from tieout.web.integrations.item_rows import ItemRow, item_row
from tieout.web.integrations.review_rows import Decidable, decidable
from tieout.web.integrations.rights import Rights
from tieout.web.paging import page_number

ROW_TEMPLATES: Mapping[str, str] = {
    "duplicates": "quickbooks/row_member.html",
    "unmatched": "quickbooks/row_single.html",
    "matches": "quickbooks/row_pair.html",
    "new-clients": "quickbooks/row_single.html",
}
"""List of the clients' review -> how a row of it is drawn; all lists of items share one."""
ANY = (("", "All"), ("open", "Not decided"), ("left_out", "Left out"))
OF_BOTH = (*ANY, ("here", "In Tieout"), ("there", "In QuickBooks"))
FILTERS: Mapping[str, Sequence[tuple[str, str]]] = {
    "duplicates": OF_BOTH,
    "unmatched": OF_BOTH,
    "matches": (("", "All that need a look"), ("check", "To check"), ("left_out", "Left out")),
    "new-clients": ANY,
}
"""List of the clients' review -> which rows can be shown alone: the word of the address, and how it is called."""
ITEM_FILTERS: Mapping[str, Sequence[tuple[str, str]]] = {"unmatched": ANY, "only-in-quickbooks": ANY}
ITEM_ROW = "quickbooks/row_item.html"
NO_MERGE = "Merging needs the permission to edit clients. An administrator of your firm can give it to you, or do it."


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks of a list."""

    slug: str
    search: str
    show: str
    """One of ``review.SHOWN``; of the matches, of ``review_lists.SHOWN``."""
    page: int

    @property
    def keep(self) -> str:
        """What a link to another page of the list carries on; ends in & when there is something."""
        given = {"search": self.search, "show": self.show}
        kept = {name: value for name, value in given.items() if value}
        return urlencode(kept) + "&" if kept else ""


def asked(request: HttpRequest, slug: str) -> Asked:
    search = request.GET.get("search", "").strip()[:200]
    show = request.GET.get("show", "")
    shows = show in (review_lists.SHOWN if slug == "matches" else reviews.SHOWN)
    return Asked(slug, search, show if shows else "", page_number(request))


def whole_list(review: Review, wanted: Asked, page: int, per_page: int) -> RowPage:
    """A list of the clients' review for a file: as it is searched and narrowed, with what the page folds away."""
    if wanted.slug == "matches" and wanted.show:
        return review_lists.matches(
            review, show=wanted.show, search=wanted.search, page=page, per_page=per_page
        )
    word = BUCKETS[wanted.slug].word
    return reviews.rows(review, word, show=wanted.show, search=wanted.search, page=page, per_page=per_page)


def page_of(review: Review, wanted: Asked) -> RowPage:
    if review.entity == item_review.ENTITY:
        return item_review.rows(review, wanted.slug, show=wanted.show, search=wanted.search, page=wanted.page)
    if wanted.slug == "matches":
        return review_lists.matches(review, show=wanted.show, search=wanted.search, page=wanted.page)
    word = BUCKETS[wanted.slug].word
    return reviews.rows(review, word, show=wanted.show, search=wanted.search, page=wanted.page)


def drawn(
    connection: Connection, review: Review, rows: Sequence[ReviewRow], member: Member
) -> Sequence[Decidable | ItemRow]:
    """The rows of a page with their state, buttons and sides to keep. A constant number of queries."""
    if review.entity == item_review.ENTITY:
        return _items(connection, review, rows, Rights(member).why_not(Permission.EDIT_SERVICE_ITEMS))
    differs = review_final.differences(connection, review.entity, _once(rows))
    twins = [row for row in rows if row.bucket == "duplicate"]
    lately = review_activity.lately(review, twins) if twins else {}
    becoming = new_clients.becoming(connection, review, rows)
    no_merge = "" if member.may(Permission.EDIT_CLIENTS) else NO_MERGE
    groups: dict[str, list[ReviewRow]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    return [
        decidable(
            row,
            create_new=review.create_new,
            differs=differs.get(row.pk, ()),
            group=groups[row.group] if row.bucket == "duplicate" else (),
            lately=lately.get(row.pk),
            becomes=becoming.get(row.pk),
            no_merge=no_merge,
        )
        for row in rows
    ]


def _once(rows: Sequence[ReviewRow]) -> list[ReviewRow]:
    """These rows, where both of a pair made by hand are among them only the practice's: its sides are chosen once."""
    here = {row.practice_id for row in rows if row.decision == Decision.LINK and row.practice_id}
    return [
        row
        for row in rows
        if row.practice_id or row.decision != Decision.LINK or row.choice.get("with") not in here
    ]


def row_template(review: Review, slug: str) -> str:
    return ITEM_ROW if review.entity == item_review.ENTITY else ROW_TEMPLATES[slug]


def _items(connection: Connection, review: Review, rows: Sequence[ReviewRow], no_mend: str) -> list[ItemRow]:
    ids = [int(row.practice_id) for row in rows if row.practice_id.isdigit()]
    uses = used_by(connection.firm_id, ids)
    return [
        item_row(row, create_new=review.create_new, drafts=uses[int(row.practice_id)].drafts, no_mend=no_mend)
        if row.practice_id.isdigit()
        else item_row(row, create_new=review.create_new)
        for row in rows
    ]
