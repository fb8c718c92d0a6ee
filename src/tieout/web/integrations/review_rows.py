"""Decides: how one row of a review is shown with its state, its buttons and the sides to keep. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse

from tieout.reconcile.match import Bucket
from tieout.sync.models import ReviewRow
from tieout.sync.new_clients import Becomes
from tieout.sync.review_activity import Lately
from tieout.sync.review_plan import APART, Decision, Fate, fate, reason_of
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
    Fate.ELSEWHERE: ("info", "Not the same; each is decided by itself"),
}
"""Fate -> look and words."""
MOST_OFFERED = 3
NOT_ENOUGH = "What speaks for it is not enough to be sure."


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
class Near:
    """A record that nearly fits, and why it was not taken."""

    name: str
    sure: str
    """How sure matching is, in words."""
    reasons: str
    but: str
    """Empty among duplicates when nothing speaks against it but that there are several."""


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
    near: Sequence[Near] = ()
    lately: Lately | None = None
    """Of a member of a duplicate group."""
    becomes: Becomes | None = None
    """Of a customer that may become a client."""

    @property
    def decided(self) -> bool:
        return bool(self.row.decision)

    @property
    def how_sure(self) -> str:
        """Of a pair that no rule confirms: how sure matching is, in words."""
        to_weigh = self.row.bucket == Bucket.MATCH and not self.row.confirmed
        return sure(self.row.certainty) if to_weigh else ""

    @property
    def left_out(self) -> bool:
        """A person left it out, and may say why."""
        return self.row.decision == Decision.EXCLUDE

    @property
    def reason(self) -> str:
        return reason_of(self.row)


def decidable(
    row: ReviewRow,
    *,
    create_new: bool,
    differs: Sequence[Compared] = (),
    group: Sequence[ReviewRow] = (),
    lately: Lately | None = None,
    becomes: Becomes | None = None,
    no_merge: str = "",
) -> Decidable:
    """``group``: the members of its duplicate group. ``no_merge``: why this person may not merge two of them."""
    look, words = FATES[fate(row, create_new)]
    if row.decision == Decision.LINK:
        words = f"Will be linked with {row.choice.get('with_name') or 'the other record'}"
    elif row.decision == Decision.DIFFERENT:
        words = "Like no other; waits for a decision"
    elif row.decision == Decision.REJECT and APART not in row.choice:
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
        list(_undo(row) if row.decision else _buttons(row, group, no_merge)),
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
        [] if row.decision else near(row),
        lately,
        becomes,
    )


def near(row: ReviewRow) -> list[Near]:
    """The records that fit best, the best first, each with what speaks for it and why that was not enough."""
    return [
        Near(
            str(one.get("name") or "A record without a name"),
            sure(one.get("certainty")),
            " ".join(one.get("reasons", ())),
            " ".join(one.get("against", ())) or ("" if row.bucket == Bucket.DUPLICATE else NOT_ENOUGH),
        )
        for one in row.suggestions[:MOST_OFFERED]
    ]


def sure(certainty: object) -> str:
    """A calibrated certainty in words; empty when there is none."""
    return f"{int(Decimal(str(certainty)) * 100)} % sure" if certainty else ""


def _undo(row: ReviewRow) -> Iterator[Button]:
    yield Button("Open again", "restore", _name(row), value=f"clear:{row.pk}")


def _buttons(row: ReviewRow, group: Sequence[ReviewRow], no_merge: str) -> Iterator[Button]:
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
    offers = list(_offers(row, group))
    best = row.bucket == Bucket.DUPLICATE and _stands_out([one.certainty for one in offers])
    for place, one in enumerate(offers):
        how_sure = f" ({sure(one.certainty)})" if row.bucket == Bucket.DUPLICATE and one.certainty else ""
        yield post(
            "link_to", f"Link with {one.label}{how_sure}", "link", "m" if best and not place else "", one.id
        )
    yield Button(
        "Link to…",
        "search",
        name,
        href=reverse("quickbooks-review-link", args=[row.pk]),
        shortcut="" if best else "m",
    )
    if row.bucket == Bucket.DUPLICATE:
        yield post("different", "Different", "unlink")
        yield from _merges(row, group, no_merge)
    if row.bucket != Bucket.NEW:
        where = "QuickBooks" if row.practice_id else "Tieout"
        yield post("create", f"Create in {where}", "plus", "n")
    yield post("exclude", "Leave out", "ban", "e")


@dataclass(frozen=True, slots=True)
class _Offer:
    id: str
    label: str
    certainty: str = ""


def _offers(row: ReviewRow, group: Sequence[ReviewRow]) -> list[_Offer]:
    """The likeliest partners: the other side's members of its group, the surest first, then the suggestions."""
    mine, other = ("practice_id", "ledger_id") if row.practice_id else ("ledger_id", "practice_id")
    certain = {str(each["id"]): str(each.get("certainty") or "") for each in row.suggestions}
    offered = [
        _Offer(getattr(each, other), _told_apart(each), certain.get(getattr(each, other), ""))
        for each in group
        if getattr(each, other) and not getattr(each, mine) and not each.decision
    ]
    offered.sort(key=lambda one: Decimal(one.certainty or 0), reverse=True)
    known = {one.id for one in offered}
    offered += [
        _Offer(str(each["id"]), str(each["name"]), certain[str(each["id"])])
        for each in row.suggestions
        if str(each["id"]) not in known
    ]
    return offered[:MOST_OFFERED]


def _stands_out(certainties: Sequence[str]) -> bool:
    """Whether one key may take the first of them: it is surer than every other."""
    first, *rest = [Decimal(one or 0) for one in certainties] or [Decimal(0)]
    return first > max(rest, default=Decimal(0))


def _merges(row: ReviewRow, group: Sequence[ReviewRow], no_merge: str) -> Iterator[Button]:
    """With each other client of the group: the practice's own merge, with its preview."""
    others = [one for one in group if one.practice_id and one.pk != row.pk and not one.decision]
    if not row.practice_id:
        return
    for one in others[:MOST_OFFERED]:
        yield Button(
            f"Merge with {_told_apart(one)}…",
            "arrows-exchange",
            _name(row),
            href=""
            if no_merge
            else f"{reverse('client_merge', args=[row.practice_id])}?with={one.practice_id}",
            why_not=no_merge,
        )


def _told_apart(row: ReviewRow) -> str:
    """Members of a group share their name; the first detail that is not the name tells them apart."""
    name = _name(row)
    details = [one.here or one.there for one in shown(row).details]
    telling = next((one for one in details if one.casefold() != name.casefold()), "")
    return f"{name}, {telling}" if telling else name


def _name(row: ReviewRow) -> str:
    return row.practice_name or row.ledger_name
