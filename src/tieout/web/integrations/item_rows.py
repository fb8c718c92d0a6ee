"""Decides: the lists of the service items' review, and how one row is shown: both items, what fails, its buttons. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from tieout.reconcile.match import Bucket
from tieout.reconcile.match_text import normalise
from tieout.sync.models import ReviewRow
from tieout.sync.review_plan import APART, Decision, fate
from tieout.web.integrations.remedies import Button
from tieout.web.integrations.review_rows import FATES

FIELDS = (("name", "Name"), ("rate", "Rate"), ("sku", "SKU"))
NONE = "none"


@dataclass(frozen=True, slots=True)
class Tab:
    title: str
    icon: str
    explains: str
    empty: str


TABS: Mapping[str, Tab] = {
    "unmatched": Tab(
        "Unmatched",
        "unlink",
        "Items here without an item in QuickBooks that has the same name, rate and SKU. The nearest one stands beside "
        "it, and what is not the same is marked. Use one side's values, map it to any other item, create it there, or "
        "leave it out. What you leave open is not synced.",
        "Every item here has its partner.",
    ),
    "only-in-quickbooks": Tab(
        "Only in QuickBooks",
        "plus",
        "Services in QuickBooks without an item here. Products, bundles and categories stay in QuickBooks.",
        "Every service in QuickBooks is an item here.",
    ),
    "matched": Tab(
        "Matched",
        "link",
        "Name, rate and SKU are the same, or you said that they belong together. From now on they are held together: "
        "a new price on either side is an ordinary change.",
        "Nothing is matched yet.",
    ),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """Name, rate or SKU on both sides."""

    label: str
    here: str
    there: str
    fails: bool


@dataclass(frozen=True, slots=True)
class Mend:
    """The form that mends the item here: its values, or what was typed and why it could not be kept."""

    name: str
    rate: str
    sku: str
    problems: Mapping[str, str] = field(default_factory=dict)
    """By field; under an empty word what is about none of them."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    row: ReviewRow
    name: str
    has_near: bool
    """Another item stands beside it, so that what fails can be told."""
    fields: Sequence[Compared]
    look: str
    words: str
    decided_by: str
    buttons: Sequence[Button]
    drafts: int
    """Open drafts the item is on; they keep the rate they were written with."""
    mend: Mend
    no_mend: str = ""
    """Why the item may not be changed here by this member; empty when it may."""

    @property
    def fails(self) -> str:
        """What is not the same, in words."""
        return " and ".join(one.label.lower() for one in self.fields if one.fails)


def adopting_words(items: int, drafts: Sequence[int]) -> str:
    """``drafts``: on how many open drafts each of the items is that are on any."""
    if not items:
        return ""
    said = f"{items:,} item{'' if items == 1 else 's'} differ{'s' if items == 1 else ''} from QuickBooks in the rate alone."
    if not drafts:
        return f"{said} None of them is on an open draft."
    on = f"{sum(drafts):,} open draft{'' if sum(drafts) == 1 else 's'}"
    which = "It is" if items == 1 else f"{len(drafts):,} of them {'is' if len(drafts) == 1 else 'are'}"
    return f"{said} {which} on {on}: lines that are written keep their rate, new lines get QuickBooks' one."


HEADER = (
    "Name here",
    "Name in QuickBooks",
    "Rate here",
    "Rate in QuickBooks",
    "SKU here",
    "SKU in QuickBooks",
    "Not the same",
    "Why",
    "Decision",
)


def cells(row: ItemRow) -> tuple[str, ...]:
    """One row for a file, in the order of ``HEADER``: what the page shows of it, the nearest item included."""
    shown = {one.label: one for one in row.fields}
    values = [
        "" if value == NONE else value
        for _, label in FIELDS
        for value in ((shown[label].here, shown[label].there) if label in shown else ("", ""))
    ]
    why = " ".join([*row.row.reasons, *(f"But: {one}" for one in row.row.against)])
    return (*values, row.fails, why, row.words)


def item_row(row: ReviewRow, *, create_new: bool, drafts: int = 0, no_mend: str = "") -> ItemRow:
    near = _near(row)
    here: Mapping[str, Any] = {"name": row.practice_name, **row.practice_details} if row.practice_id else near
    there: Mapping[str, Any] = {"name": row.ledger_name, **row.ledger_details} if row.ledger_id else near
    look, words = FATES[fate(row, create_new)]
    if row.decision == Decision.LINK:
        words = f"Will be linked with {row.choice.get('with_name') or 'the other item'}{_whose(row)}"
    elif row.decision == Decision.REJECT and APART not in row.choice:
        words = "Not the same; both wait for a decision"
    both = bool(here) and bool(there)
    compared = [_compared(key, label, here, there, both) for key, label in FIELDS]
    return ItemRow(
        row,
        row.practice_name or row.ledger_name,
        both and row.bucket != Bucket.MATCH,
        [one for one in compared if {one.here, one.there} - {NONE, ""}],
        look,
        words,
        row.decided_by.user.get_full_name() if row.decision and row.decided_by else "",
        list(_buttons(row, bool(near))),
        drafts,
        Mend(
            row.practice_name,
            str(row.practice_details.get("rate") or ""),
            str(row.practice_details.get("sku") or ""),
        ),
        no_mend,
    )


def _near(row: ReviewRow) -> dict[str, Any]:
    """The nearest item of the other side, as last seen."""
    if row.bucket == Bucket.MATCH or not row.suggestions:
        return {}
    first = row.suggestions[0]
    return {"name": first["name"], **first.get("details", {})}


def _compared(
    key: str, label: str, here: Mapping[str, Any], there: Mapping[str, Any], both: bool
) -> Compared:
    ours, theirs = str(here.get(key) or ""), str(there.get(key) or "")
    same = normalise(ours) == normalise(theirs) if key == "name" else ours.casefold() == theirs.casefold()
    return Compared(
        label, ours or (NONE if here else ""), theirs or (NONE if there else ""), both and not same
    )


def _whose(row: ReviewRow) -> str:
    side = row.choice.get("keep", {}).get("name", "")
    return {"practice": ", with our values", "ledger": ", with QuickBooks' values"}.get(side, "")


def _buttons(row: ReviewRow, has_near: bool) -> Iterator[Button]:
    name = row.practice_name or row.ledger_name

    def post(verb: str, label: str, icon: str, shortcut: str = "") -> Button:
        return Button(label, icon, name, value=f"{verb}:{row.pk}", shortcut=shortcut)

    if row.decision:
        yield post("clear", "Open again", "restore")
        return
    if row.bucket == Bucket.MATCH:
        yield post("reject", "Not the same", "unlink")
        yield post("exclude", "Leave out", "ban", "e")
        return
    if has_near:
        yield post("use_ledger", "Use QuickBooks' values", "arrow-left", "m")
        yield post("use_practice", "Use ours", "arrow-right")
    href = reverse("quickbooks-items-link", args=[row.pk])
    yield Button("Map to…", "search", name, href=href, shortcut="" if has_near else "m")
    if row.bucket != Bucket.NEW:
        yield post("create", f"Create in {'QuickBooks' if row.practice_id else 'Tieout'}", "plus", "n")
    yield post("exclude", "Leave out", "ban", "e")
