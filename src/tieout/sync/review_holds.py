"""Acts: holds whatever a review leaves open or out, each with its sentence, and says in its history who left it out.

Called by ``review_jobs``. When a review is read, those whom a person left out before start as left out; while it is
applied, what is held is never written before a person decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from django.db.models import Q

from tieout.reconcile.match import Bucket
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Key, Side
from tieout.sync import review_plan
from tieout.sync.decisions import left_out_by
from tieout.sync.engine import Engine
from tieout.sync.listing import Line, say_all
from tieout.sync.models import Connection, Hold, Link, Review, ReviewRow
from tieout.sync.review_plan import LEFT_OUT_BEFORE, Decision, Fate, left_out_before
from tieout.sync.review_rows import OUTSIDE

HELD = {
    Bucket.DUPLICATE: "It stood under Duplicates at set-up and waits for your decision.",
    Bucket.UNMATCHED: "It stood under Unmatched at set-up and waits for your decision.",
    Bucket.MATCH: "It stood under Matches, to be checked, at set-up and waits for your decision.",
}
SWITCHED_OFF = "“Create new {plural}” was off at set-up."
NOT_ASKED_FOR = "It was not among the records in QuickBooks that were chosen at set-up."


def carry_over(connection: Connection, spec: EntitySpec, rows: Iterable[ReviewRow]) -> None:
    """Whom a person left out before stays left out, with the reason and by whom. Rows are not stored. One query.

    Who was only left out with many others, by a switch or a choice, is asked about anew by that switch.
    """
    before = {place: one for place, one in _before(connection, spec).items() if _by_a_person(one, spec)}
    for row in rows:
        for key in _keys(row, spec):
            was = before.get((key.side.value, key.id))
            if was is None:
                continue
            row.decision = Decision.EXCLUDE.value
            row.choice = {LEFT_OUT_BEFORE: True} | ({"reason": was.reason} if was.reason else {})
            row.decided_by, row.decided_at = was.held_by, was.held_at
            break


def hold(found: Review, connection: Connection, spec: EntitySpec, rows: Iterable[ReviewRow]) -> None:
    """The holds of the records of this review become exactly what was decided in it.

    Holds of others, and of those it only carries on, stay as they are, as far as the records are without a link.
    """
    before = _before(connection, spec)
    holds: dict[tuple[str, str], Hold] = {}
    settled: set[tuple[str, str]] = set()
    for row in rows:
        becomes = review_plan.fate(row, found.create_new)
        untouched = left_out_before(row) or (row.bucket == OUTSIDE and not row.decision)
        places = {(key.side.value, key.id): key for key in _keys(row, spec)}
        kept = {one for one in places if one in before and _by_a_person(before[one], spec)}
        if left_out_before(row) and not kept:
            continue  # somebody took it back in since the review was read: that is the newer word
        for place, key in places.items():
            if untouched and place in kept:
                continue
            settled.add(place)
            if becomes not in (Fate.WAIT, Fate.LEAVE_OUT):
                continue
            holds[place] = Hold(
                firm_id=connection.firm_id,
                connection=connection,
                entity=spec.practice,
                side=key.side.value,
                record_id=key.id,
                excluded=becomes is Fate.LEAVE_OUT,
                sentence=_why(row, spec)[:500],
                reason=review_plan.reason_of(row),
                held_by=row.decided_by or found.applied_by,
            )
    settled |= _linked(connection, spec, before)
    Hold.objects.filter(pk__in=[one.pk for place, one in before.items() if place in settled]).delete()
    Hold.objects.bulk_create(holds.values(), batch_size=1_000)


def _before(connection: Connection, spec: EntitySpec) -> dict[tuple[str, str], Hold]:
    """(side, id) -> the hold of each record that has one."""
    found = Hold.objects.filter(connection=connection, entity=spec.practice)
    return {(one.side, one.record_id): one for one in found.select_related("held_by__user")}


def _by_a_person(was: Hold, spec: EntitySpec) -> bool:
    """Whether somebody left out this very record, not all of its kind."""
    of_many = (NOT_ASKED_FOR, SWITCHED_OFF.format(plural=spec.plural.lower()))
    return was.excluded and was.sentence not in of_many


def _linked(
    connection: Connection, spec: EntitySpec, places: Collection[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Of these records, those that have a partner now. One query."""
    ours, theirs = (
        [one for side, one in places if side == each.value] for each in (Side.PRACTICE, Side.LEDGER)
    )
    links = Link.objects.filter(connection=connection, entity=spec.practice)
    found = links.filter(Q(practice_id__in=ours) | Q(ledger_id__in=theirs))
    pairs = found.values_list("practice_id", "ledger_id")
    return {
        place
        for practice_id, ledger_id in pairs
        for place in ((Side.PRACTICE.value, practice_id), (Side.LEDGER.value, ledger_id))
    }


def say_left_out(
    found: Review, connection: Connection, spec: EntitySpec, rows: Sequence[ReviewRow], engine: Engine
) -> None:
    """A line in the history of each record that somebody left out, with the reason if one was given."""
    lines = []
    for row in rows:
        if row.decision == Decision.EXCLUDE and not left_out_before(row):
            by = row.decided_by or found.applied_by
            who = by.user.get_full_name() if by else "Somebody"
            because = f": {reason}" if (reason := review_plan.reason_of(row)) else ""
            sentence = f"{who} left {row.practice_name or row.ledger_name} out at set-up{because}"
            lines += [Line(sentence, key, by) for key in _keys(row, spec)]
    say_all(connection, engine.now(), lines)


def _keys(row: ReviewRow, spec: EntitySpec) -> Iterator[Key]:
    for side, record_id in ((Side.PRACTICE, row.practice_id), (Side.LEDGER, row.ledger_id)):
        if record_id:
            yield Key(spec.practice, side, record_id)


def _why(row: ReviewRow, spec: EntitySpec) -> str:
    if row.decision == Decision.EXCLUDE:
        who = row.decided_by.user.get_full_name() if row.decided_by else "a colleague"
        return left_out_by(who, review_plan.reason_of(row), when=" at set-up")
    if row.bucket in HELD:
        return HELD[Bucket(row.bucket)]
    return NOT_ASKED_FOR if row.bucket == OUTSIDE else SWITCHED_OFF.format(plural=spec.plural.lower())
