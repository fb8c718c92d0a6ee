"""Decides: how one row of a review is shown with its state, its buttons and the sides to keep. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from tieout.reconcile.match import Bucket
from tieout.sync.models import ReviewRow
from tieout.sync.review_plan import Decision, Fate, fate
from tieout.sync.story import Compared
from tieout.web.integrations.buckets import Shown, shown
from tieout.web.integrations.remedies import Button
from tieout.web.unit_values import said

FATES: Mapping[Fate, tuple[str, str]] = {
    Fate.LINK: ("done", "Will be linked"),
    Fate.CREATE_HERE: ("done", "Will be created in Tieout"),
    Fate.CREATE_THERE: ("done", "Will be created in QuickBooks"),
    Fate.LEAVE_OUT: ("info", "Left out"),
    Fate.WAIT: ("waiting", "Waits for a decision"),
}
"""Fate -> look and words."""
MOST_OFFERED = 3


@dataclass(frozen=True, slots=True)
class Choosable:
    """One field in which a pair differs, and the side chosen for it."""

    name: str
    """Of the form field: row and unit."""
    label: str
    here: str
    there: str
    keep: str


@dataclass(frozen=True, slots=True)
class Decidable:
    """One row as drawn."""

    row: ReviewRow
    shown: Shown
    look: str
    words: str
    decided_by: str
    buttons: Sequence[Button]
    fields: Sequence[Choosable]

    @property
    def decided(self) -> bool:
        return bool(self.row.decision)


def decidable(
    row: ReviewRow, *, create_new: bool, differs: Sequence[Compared] = (), group: Sequence[ReviewRow] = ()
) -> Decidable:
    """``group``: the other members of its duplicate group."""
    look, words = FATES[fate(row, create_new)]
    if row.decision == Decision.LINK:
        words = f"Will be linked with {row.choice.get('with_name') or 'the other record'}"
    elif row.decision == Decision.DIFFERENT:
        words = "Like no other; waits for a decision"
    elif row.decision == Decision.REJECT:
        words = "Not the same; both wait for a decision"
    elif row.bucket == Bucket.MATCH and not row.confirmed and not row.decision:
        look, words = "in_review", "To check"
    keep = row.choice.get("keep", {})
    return Decidable(
        row,
        shown(row),
        look,
        words,
        row.decided_by.user.get_full_name() if row.decision and row.decided_by else "",
        list(_undo(row) if row.decision else _buttons(row, group)),
        [
            Choosable(
                f"keep-{row.pk}-{one.unit}",
                one.label,
                said(one.practice),
                said(one.ledger),
                keep.get(one.unit, ""),
            )
            for one in differs
        ],
    )


def _undo(row: ReviewRow) -> Iterator[Button]:
    yield Button("Open again", "restore", _name(row), value=f"clear:{row.pk}")


def _buttons(row: ReviewRow, group: Sequence[ReviewRow]) -> Iterator[Button]:
    name = _name(row)

    def post(verb: str, label: str, icon: str, shortcut: str = "", other: str = "") -> Button:
        value = f"{verb}:{row.pk}:{other}" if other else f"{verb}:{row.pk}"
        return Button(label, icon, name, value=value, shortcut=shortcut)

    if row.bucket == Bucket.MATCH:
        if not row.confirmed:
            yield post("accept", "The same", "check", "m")
        yield post("reject", "Not the same", "unlink")
        yield post("exclude", "Leave out", "ban", "e")
        return
    for other, label in _offers(row, group):
        yield post("link_to", f"Link with {label}", "link", "", other)
    yield Button(
        "Link to…", "search", name, href=reverse("quickbooks-review-link", args=[row.pk]), shortcut="m"
    )
    if row.bucket == Bucket.DUPLICATE:
        yield post("different", "Different", "unlink")
    if row.bucket != Bucket.NEW:
        where = "QuickBooks" if row.practice_id else "Tieout"
        yield post("create", f"Create in {where}", "plus", "n")
    yield post("exclude", "Leave out", "ban", "e")


def _offers(row: ReviewRow, group: Sequence[ReviewRow]) -> Iterator[tuple[str, str]]:
    """(id, label) of the likeliest partners: the other side's members of its group, then the suggestions."""
    mine, other = ("practice_id", "ledger_id") if row.practice_id else ("ledger_id", "practice_id")
    offered = [
        (getattr(each, other), _told_apart(each))
        for each in group
        if getattr(each, other) and not getattr(each, mine) and not each.decision
    ]
    known = dict(offered)
    offered += [(str(each["id"]), str(each["name"])) for each in row.suggestions if each["id"] not in known]
    yield from offered[:MOST_OFFERED]


def _told_apart(row: ReviewRow) -> str:
    """Members of a group share their name; the first detail that is not the name tells them apart."""
    name = _name(row)
    details = [one.here or one.there for one in shown(row).details]
    telling = next((one for one in details if one.casefold() != name.casefold()), "")
    return f"{name}, {telling}" if telling else name


def _name(row: ReviewRow) -> str:
    return row.practice_name or row.ledger_name
