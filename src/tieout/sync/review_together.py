"""Acts: keeps who is looking at a review, and tells each reviewer about the others: who is here, and what they just decided.

Being here is noted whenever a page of the review is drawn or asks for news; nothing is promised by it, and who is
late with a decision is told by ``review_decisions`` all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Count, Max

from tieout.practice.models import Member
from tieout.sync.engine import Engine
from tieout.sync.models import Review, ReviewRow, ReviewVisit
from tieout.sync.review_plan import LEFT_OUT_BEFORE

HERE = timedelta(seconds=30)
"""Who was seen since then is here now: an open page asks every few seconds."""
LATELY = timedelta(minutes=10)
"""For how long who was here, and what was decided, is told."""
MOST_NAMED = 3
LOOKED_AT = 60
"""The latest decisions among which the names to tell are looked for."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody else who reviews."""

    name: str
    place: str
    """The list they look at, in the words of its page."""
    seen_at: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """What one colleague decided about lately."""

    name: str
    rows: int
    last_at: datetime
    names: tuple[str, ...]
    """The latest of these records, as far as they are named."""


@dataclass(frozen=True, slots=True)
class Together:
    """The others, as one reviewer is told of them."""

    colleagues: Sequence[Colleague]
    decided: Sequence[Decided]
    fingerprint: str
    """Changes when there is something new to tell."""


def look_in(review: Review, member: Member, place: str, *, engine: Engine | None = None) -> None:
    """Note that this person looks at that part of the review now."""
    ReviewVisit.objects.bulk_create(
        [
            ReviewVisit(
                firm_id=member.firm_id,
                review=review,
                member=member,
                place=place[:60],
                seen_at=(engine or Engine()).now(),
            )
        ],
        update_conflicts=True,
        unique_fields=["review", "member"],
        update_fields=["place", "seen_at"],
    )


def others(review: Review, member: Member, *, engine: Engine | None = None) -> Together:
    """What to tell this person about the others. Three queries, whatever the number of rows."""
    now = (engine or Engine()).now()
    colleagues = _colleagues(review, member, now)
    decided = _decided(review, member, now)
    said = [f"{one.name}|{one.place}|{one.here}" for one in colleagues]
    said += [f"{one.name}|{one.rows}|{one.last_at.isoformat()}" for one in decided]
    return Together(colleagues, decided, sha256("\n".join(said).encode()).hexdigest()[:16])


def just_decided(
    rows: Sequence[ReviewRow], member: Member, *, engine: Engine | None = None
) -> frozenset[int]:
    """Of these rows, those that somebody else decided about lately."""
    return decided_since(rows, member, (engine or Engine()).now() - LATELY)


def decided_since(rows: Sequence[ReviewRow], member: Member, since: datetime) -> frozenset[int]:
    """Of these rows, those that somebody else decided about after ``since``."""
    return frozenset(
        row.pk
        for row in rows
        if row.decided_at is not None and row.decided_at > since and row.decided_by_id != member.pk
    )


def _colleagues(review: Review, member: Member, now: datetime) -> list[Colleague]:
    visits = ReviewVisit.objects.filter(review=review, seen_at__gte=now - LATELY).exclude(member=member)
    return [
        Colleague(one.member.user.get_full_name(), one.place, one.seen_at, here=one.seen_at >= now - HERE)
        for one in visits.select_related("member__user").order_by("member__user__full_name", "pk")
    ]


def _decided(review: Review, member: Member, now: datetime) -> list[Decided]:
    recent = review.rows.filter(decided_at__gte=now - LATELY).exclude(decided_by=member)
    recent = recent.exclude(decided_by=None)
    counted = list(
        recent.values("decided_by", "decided_by__user__full_name", "decided_by__user__email")
        .annotate(rows=Count("id"), last=Max("decided_at"))
        .order_by("-last")
    )
    if not counted:
        return []
    latest = list(recent.order_by("-decided_at", "sort_name", "id")[:LOOKED_AT])
    return [
        Decided(
            one["decided_by__user__full_name"] or one["decided_by__user__email"],
            one["rows"],
            one["last"],
            tuple(_name(row) for row in latest if row.decided_by_id == one["decided_by"])[:MOST_NAMED],
        )
        for one in counted
    ]


def _name(row: ReviewRow) -> str:
    return row.practice_name or row.ledger_name


@dataclass(frozen=True, slots=True)
class AtStake:
    """What is lost with a review that is stopped."""

    rows: int
    """Rows about which somebody has said anything."""
    who: str
    """Dana and Sam; empty when nobody is known any more."""


def at_stake(review: Review) -> AtStake:
    """Two queries, however many rows. Who was left out before it stays so without it: that is not lost."""
    said = review.rows.exclude(decision="", choice={}).exclude(choice__has_key=LEFT_OUT_BEFORE)
    names = [
        one.user.get_full_name()
        for one in Member.objects.filter(pk__in=said.values("decided_by"))
        .select_related("user")
        .order_by("id")
    ]
    who = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return AtStake(said.count(), who)
