"""Acts: records what came of writes to the ledger. Last step of ``sending``; always inside the transaction of its caller.

However many are recorded together, it is the same number of statements: the processor time of a large push goes here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tieout.reconcile import room
from tieout.reconcile.ports import Answer, LedgerError, Replan, UnknownOutcome
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Baseline, Key, Present, Side, Units, same
from tieout.sync import dirty, observations, straight, together, write_log
from tieout.sync.dirty import Mark
from tieout.sync.engine import Engine
from tieout.sync.listing import Problem, run_of
from tieout.sync.models import ActivityLine, Attempt, AttemptState, Connection, Link
from tieout.sync.packing import pack_units, unpack_units
from tieout.sync.waking import wake_waiting_for

MOST_WAIT = 15
"""Settle windows at the most between two looks for a write in doubt."""
LINKED_ELSEWHERE = "QuickBooks answered with a record that is linked to another one here."


@dataclass(frozen=True, slots=True)
class Came:
    """One attempt, and what came back for it."""

    attempt: Attempt
    found: Answer | LedgerError
    name: str


@dataclass(slots=True)
class Recorded:
    """By practice id: the links that were made, and the problems met in making them."""

    made: dict[str, Link] = field(default_factory=dict)
    problems: dict[str, list[Problem]] = field(default_factory=dict)


def record(connection: Connection, spec: EntitySpec, engine: Engine, came: Sequence[Came]) -> Recorded:
    """Attempts, links, baseline pairs, observations, write log and activity, as they follow from these outcomes."""
    now, recorded = engine.now(), Recorded()
    answered = [(one.attempt, one.found) for one in came if isinstance(one.found, Answer)]
    _attempts(came, now, engine)
    _links(connection, spec, answered, now, recorded)
    created = [attempt for attempt, _ in answered if attempt.operation == "create"]
    left_out = _left_out_too_late(connection, spec, list(recorded.made))
    wake_waiting_for(connection, [Key(one.entity, Side.PRACTICE, one.practice_id) for one in created], now)
    seen = {answer.row.id: answer.row.record for _, answer in answered}
    more = _showing_more(connection, spec, answered) + _come_otherwise(spec, answered)
    observations.keep(connection, spec, Side.LEDGER, seen, engine)
    moved = more + [
        Mark(one.attempt.entity, Side.LEDGER, one.attempt.ledger_id, "moved on there")
        for one in came
        if isinstance(one.found, Replan) and one.attempt.ledger_id
    ]
    dirty.mark(connection, moved, now)
    write_log.append_all([_entry(one) for one in came], now)
    together.insert(ActivityLine, [line for one in came if (line := _line(connection, spec, one, now))])
    late = [one for one in came if one.attempt.practice_id in left_out]
    together.insert(ActivityLine, [_late_line(connection, spec, one, now) for one in late])
    return recorded


def room_made(spec: EntitySpec, came: Sequence[Came]) -> set[room.Document]:
    """The documents on which these writes may have made room: those they let go of, and what they changed themselves."""
    found: set[room.Document] = set()
    for one in came:
        attempt = one.attempt
        if isinstance(one.found, Answer) and attempt.operation != "create":
            found |= room.lets_go(spec, unpack_units(attempt.before), unpack_units(attempt.units))
            found.add((attempt.entity, one.found.row.id))
    return found


def _showing_more(
    connection: Connection, spec: EntitySpec, answered: Sequence[tuple[Attempt, Answer]]
) -> list[Mark]:
    """Records whose update was answered with a change that is not ours, to be planned again with what was stored.

    The token we expected does not rule that out: a merge gives a document to another customer and leaves its token.
    """
    updates = {
        answer.row.id: (attempt, answer) for attempt, answer in answered if attempt.operation == "update"
    }
    if not updates:
        return []
    marks = []
    for record_id, before in observations.of_ledger(connection, spec, list(updates)).items():
        attempt, answer = updates[record_id]
        ours = {*unpack_units(attempt.units), *spec.verified}
        shown = answer.row.record.units
        if isinstance(before, Present) and any(
            not same(value, before.units.get(unit)) for unit, value in shown.items() if unit not in ours
        ):
            marks.append(Mark(attempt.entity, Side.LEDGER, record_id, "changed there as well", False))
    return marks


def _come_otherwise(spec: EntitySpec, answered: Sequence[tuple[Attempt, Answer]]) -> list[Mark]:
    """Records that were answered with another amount than was sent: planned again with what was stored, and so listed."""
    marks = []
    for attempt, answer in answered:
        sent, shown = unpack_units(attempt.units), answer.row.record.units
        checked = (spec.verified | spec.worked_out_there) & sent.keys()
        if any(not same(sent[unit], shown.get(unit)) for unit in checked):
            marks.append(Mark(attempt.entity, Side.LEDGER, answer.row.id, "came back otherwise", False))
    return marks


# -- attempts ------------------------------------------------------------------------------------------------


def _attempts(came: Sequence[Came], now: datetime, engine: Engine) -> None:
    rows = []
    for one in came:
        attempt, found = one.attempt, one.found
        if isinstance(found, Answer):
            state, problem = AttemptState.DONE, ""
            attempt.ledger_id = found.row.id
        else:
            doubtful = isinstance(found, UnknownOutcome)
            state, problem = (
                (AttemptState.IN_DOUBT if doubtful else AttemptState.REFUSED),
                found.sentence[:1000],
            )
        attempt.state, attempt.reference = state.value, found.reference or attempt.reference
        in_doubt = state is AttemptState.IN_DOUBT
        rows.append(
            {
                "id": attempt.pk,
                "state": attempt.state,
                "ledger_id": attempt.ledger_id,
                "finished_at": None if in_doubt else now,
                "next_look_at": next_look(attempt, now, engine) if in_doubt else None,
                "reference": attempt.reference,
                "problem": problem,
            }
        )
    together.update(Attempt, rows)


def next_look(attempt: Attempt, now: datetime, engine: Engine) -> datetime:
    """When a write in doubt is looked for next: less and less often, because each look costs a read."""
    return now + engine.settle * min(attempt.looks + 1, MOST_WAIT)


# -- links ---------------------------------------------------------------------------------------------------

_AGREED = """
UPDATE sync_link l SET baseline_practice = l.baseline_practice || t.practice,
    baseline_ledger = l.baseline_ledger || t.ledger
FROM jsonb_to_recordset(%s::jsonb) AS t(id bigint, practice jsonb, ledger jsonb) WHERE l.id = t.id
"""


def agree_all(agreed: Sequence[tuple[int, Baseline]]) -> None:
    """Record in these links (by primary key) that both sides agree on these units, as each shows them."""
    if not agreed:
        return
    rows = [
        {"id": pk, "practice": pack_units(baseline.practice), "ledger": pack_units(baseline.ledger)}
        for pk, baseline in agreed
    ]
    straight.run(_AGREED, together.encoded(rows))


def _links(
    connection: Connection,
    spec: EntitySpec,
    answered: Sequence[tuple[Attempt, Answer]],
    now: datetime,
    recorded: Recorded,
) -> None:
    if not answered:
        return
    by_ledger, by_practice = _links_there(connection, spec, answered)
    new: list[together.Row] = []
    agreed: list[tuple[int, Baseline]] = []
    alone: list[Mark] = []
    for attempt, answer in answered:
        baseline = _agreed(spec, attempt, answer)
        link = by_ledger.get(answer.row.id)
        if attempt.operation != "create":
            if link is not None and link.practice_id == attempt.practice_id:
                agreed.append((link.pk, baseline))
            else:  # it was one too many, or was taken apart by a person meanwhile: it says nothing of another pair
                alone.append(
                    Mark(attempt.entity, Side.PRACTICE, attempt.practice_id, "its other one changed")
                )
                if link is not None:
                    alone.append(Mark(attempt.entity, Side.LEDGER, answer.row.id, "changed there", False))
            continue
        if link is None and attempt.practice_id not in by_practice:
            new.append(_new_link(connection, attempt, answer, baseline, now))
            link = together.made(Link, new[-1])
            by_ledger[answer.row.id] = by_practice[attempt.practice_id] = link
            recorded.made[attempt.practice_id] = link
        elif link is not None and link.practice_id == attempt.practice_id:
            agreed.append((link.pk, baseline))  # a replayed answer, or a person was quicker
        else:
            problem = Problem("name_taken", LINKED_ELSEWHERE, options=(answer.row.id,))
            recorded.problems.setdefault(attempt.practice_id, []).append(problem)
    for practice_id, pk in together.insert(Link, new, key="practice_id").items():
        recorded.made[practice_id].pk = pk
    agree_all(agreed)
    dirty.mark(connection, alone, now)


_THERE = """
SELECT id, practice_id, ledger_id FROM sync_link
WHERE connection_id = %s AND entity = %s AND (ledger_id = ANY(%s) OR practice_id = ANY(%s))
"""


def _links_there(
    connection: Connection, spec: EntitySpec, answered: Sequence[tuple[Attempt, Answer]]
) -> tuple[dict[str, Link], dict[str, Link]]:
    """The links that these are about, by their record there and by their record here: no more of them than their ids."""
    there = [answer.row.id for _, answer in answered]
    creating = [attempt.practice_id for attempt, _ in answered if attempt.operation == "create"]
    found = straight.texts(_THERE, connection.pk, spec.practice, there, creating)
    links = [Link(id=int(pk), practice_id=ours, ledger_id=theirs) for pk, ours, theirs in found]
    return {link.ledger_id: link for link in links}, {link.practice_id: link for link in links}


def _new_link(
    connection: Connection, attempt: Attempt, answer: Answer, baseline: Baseline, now: datetime
) -> together.Row:
    return {
        "firm_id": connection.firm_id,
        "connection_id": connection.pk,
        "entity": attempt.entity,
        "practice_id": attempt.practice_id,
        "ledger_id": answer.row.id,
        "baseline_practice": pack_units(baseline.practice),
        "baseline_ledger": pack_units(baseline.ledger),
        "origin": "created there",
        "linked_at": now,
        "agreed_at": None,
        "became": "",
        "reactivate_token": "",
    }


def _agreed(spec: EntitySpec, attempt: Attempt, answer: Answer) -> Baseline:
    """What a clear answer settles: all that was sent, except an amount that came back different.

    A record that somebody has changed since may show a person's values: only what reads as sent is agreed then.
    """
    sent: Units = unpack_units(attempt.units)
    if attempt.operation == "create" and not spec.direction.flows_to(Side.PRACTICE):
        # What the ledger fills in by itself is no difference: nothing was said of it.
        rest = {unit.name: None for unit in spec.units if unit.name not in attempt.left_out}
        sent = {**rest, **sent}
    shown = answer.row.record.units
    doubtful = set(sent) if answer.changed_since else spec.verified | spec.worked_out_there
    kept = [unit for unit in sent if unit not in doubtful or same(sent[unit], shown.get(unit))]
    return Baseline({unit: sent[unit] for unit in kept}, {unit: shown.get(unit) for unit in kept})


_LEFT_OUT = """
DELETE FROM sync_hold
WHERE connection_id = %s AND entity = %s AND side = %s AND record_id = ANY(%s)
RETURNING record_id, excluded
"""


def _left_out_too_late(connection: Connection, spec: EntitySpec, linked: Sequence[str]) -> set[str]:
    """Of the records that are there and linked now, those that a person left out after they had left.

    What is held of them is held no more: nothing may be called left out while it is kept in step with its partner.
    """
    if not linked:
        return set()
    found = straight.texts(_LEFT_OUT, connection.pk, spec.practice, Side.PRACTICE.value, list(linked))
    return {record_id for record_id, excluded in found if excluded == "t"}


# -- what is kept for people ---------------------------------------------------------------------------------


def _result(one: Came) -> str:
    if isinstance(one.found, Answer):
        return "done"
    return "in_doubt" if isinstance(one.found, UnknownOutcome) else "refused"


def _entry(one: Came) -> write_log.Entry:
    return write_log.Entry(one.attempt, _result(one), one.attempt.ledger_id, one.found.reference)


def _line(connection: Connection, spec: EntitySpec, one: Came, now: datetime) -> together.Row | None:
    """One line of activity; a refusal has none of its own: it stands in the list of problems."""
    attempt, found = one.attempt, one.found
    if isinstance(found, Answer):
        verb = "created in" if attempt.operation == "create" else "updated in"
        sentence, result = f"{spec.label} {one.name} {verb} QuickBooks", "done"
        details: dict[str, object] = {"before": attempt.before, "after": attempt.units}
    elif isinstance(found, UnknownOutcome):
        sentence, result, details = f"No answer from QuickBooks: {found.sentence}", "waiting", {}
    else:
        return None
    reference = found.reference if isinstance(found, Answer) else ""
    return _said(connection, attempt, now, sentence, result, reference, details)


def _late_line(connection: Connection, spec: EntitySpec, one: Came, now: datetime) -> together.Row:
    sentence = (
        f"{spec.label} {one.name} was left out when it was on its way to QuickBooks already: it is there now, and linked. "
        "To leave it out all the same, unlink it first"
    )
    return _said(connection, one.attempt, now, sentence, "problem", "", {})


def _said(
    connection: Connection,
    attempt: Attempt,
    now: datetime,
    sentence: str,
    result: str,
    reference: str,
    details: dict[str, object],
) -> together.Row:
    return {
        "firm_id": connection.firm_id,
        "connection_id": connection.pk,
        "entity": attempt.entity,
        "side": Side.PRACTICE.value,
        "record_id": attempt.practice_id,
        "at": now,
        "sentence": sentence[:1200],
        "result": result,
        "reference": reference,
        "details": details,
        "run_epoch": run_of(connection),
    }
