"""Decides: the four lists of a review, their words, and how one row of them is shown. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tieout.sync.duplicates import Preview
from tieout.sync.models import ReviewRow


@dataclass(frozen=True, slots=True)
class Bucket:
    word: str
    """As the review rows name it."""
    title: str
    icon: str
    explains: str
    empty_title: str
    empty_text: str


BUCKETS: Mapping[str, Bucket] = {
    "duplicates": Bucket(
        "duplicate",
        "Duplicates",
        "copy",
        "Each group holds records that look like the same client, here or in QuickBooks. Link the two that belong "
        "together, or say who is different. What you leave open stays exactly as it is; nothing is merged for you.",
        "No duplicates. Nice books.",
        "Every name stands for one client, on both sides.",
    ),
    "unmatched": Bucket(
        "unmatched",
        "Unmatched",
        "unlink",
        "Records that no record on the other side clearly matches. Link each one, create it on the other side, or leave "
        "it out. What you leave open stays as it is.",
        "Every client here has a partner.",
        "There is no client without a customer in QuickBooks.",
    ),
    "matches": Bucket(
        "match",
        "Matches",
        "link",
        "These pairs belong together. Where only one side has a value, the other gets it. Where both have one and they "
        "differ, keep one side here, or be asked afterwards: neither is overwritten until then.",
        "No matches yet.",
        "No client here and customer in QuickBooks share a name.",
    ),
    "new-clients": Bucket(
        "new",
        "New clients",
        "user-plus",
        "Customers in QuickBooks that have no client here.",
        "No new clients.",
        "Everyone in QuickBooks is already a client here.",
    ),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One list in the navigation of a review."""

    slug: str
    bucket: Bucket
    count: int
    decided: int
    waiting: int
    visited: bool

    @property
    def done(self) -> bool:
        """Nothing in it waits for a decision, and somebody has seen it or there is nothing to see."""
        return not self.waiting and (self.visited or not self.count)


def recency_words(preview: Preview) -> str:
    """What keeping the most recently active ones would do, before it is done."""
    groups = len(preview.kept)
    said = [
        f"Of {groups:,} group{_s(groups)} the record with the latest invoice, payment or credit is kept on each side"
    ]
    if preview.linked:
        said.append(f"{preview.linked:,} pair{_s(preview.linked)} linked")
    if preview.created:
        said.append(f"{preview.created:,} created on the other side, because there is none")
    said.append(f"{preview.left_out:,} other{_s(preview.left_out)} left out")
    ties = ""
    if preview.ties:
        stay = "group stays" if preview.ties == 1 else "groups stay"
        ties = f" {preview.ties:,} {stay} open: two records of one side are equally recent."
    return f"{said[0]}: {', '.join(said[1:])}.{ties} Nothing is merged or deleted, and Undo takes it back."


def _s(number: int) -> str:
    return "" if number == 1 else "s"


LABELS: Mapping[str, str] = {
    "company_name": "Company",
    "email": "E-mail",
    "phone": "Phone",
    "mobile": "Mobile",
    "address": "Address",
    "active": "Active",
}
"""In the order shown. That a record is active goes without saying; that it is not, is said."""


ADDRESS = ("street", "city", "state", "postal code")


@dataclass(frozen=True, slots=True)
class Detail:
    label: str
    here: str
    there: str
    differs: bool
    """Both sides show something, and not the same."""


@dataclass(frozen=True, slots=True)
class Shown:
    group: str
    practice_id: str
    ledger_id: str
    practice_name: str
    ledger_name: str
    details: Sequence[Detail]
    reasons: Sequence[str]
    decision: str

    @property
    def name(self) -> str:
        return self.practice_name or self.ledger_name

    @property
    def side(self) -> str:
        return "Tieout" if self.practice_id else "QuickBooks"


def shown(row: ReviewRow) -> Shown:
    """One row with the details that say something, in the order of ``LABELS``."""
    pairs = [
        (label, _of(row.practice_details, key), _of(row.ledger_details, key)) for key, label in LABELS.items()
    ]
    return Shown(
        group=row.group,
        practice_id=row.practice_id,
        ledger_id=row.ledger_id,
        practice_name=row.practice_name,
        ledger_name=row.ledger_name,
        details=[
            Detail(label, here, there, bool(here and there and here.casefold() != there.casefold()))
            for label, here, there in pairs
            if here or there
        ],
        reasons=row.reasons,
        decision=row.decision,
    )


def _of(details: Mapping[str, object], key: str) -> str:
    if key == "address":
        return ", ".join(filter(None, (_text(details.get(part)) for part in ADDRESS)))
    return _text(details.get(key))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "" if value else "No"
    return str(value or "").strip()
