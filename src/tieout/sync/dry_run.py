"""Acts: plans what is waiting of one connection, as ``runner`` would, and carries nothing out. For ``show_plan``.

What has to be known is read from QuickBooks and kept, as in any run; neither side is written to, and every key stays
dirty for the run that will work on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tieout.practice.isolation import firm_scope
from tieout.reconcile.action import Action
from tieout.reconcile.order import in_order
from tieout.reconcile.outcome import Outcome
from tieout.reconcile.plan import plan
from tieout.reconcile.ports import Ledger
from tieout.reconcile.spec import EntitySpec
from tieout.sync import discover, lease, ledgers
from tieout.sync.engine import Engine
from tieout.sync.lease import Lease
from tieout.sync.listing import problem_of
from tieout.sync.models import Connection, Dirty, SectionState
from tieout.sync.observe import gather
from tieout.sync.policy import switches_of

LEFT_ALONE = "!"
"""The mark of what a plan does not write, beside the glyphs of its actions."""


class LaneTaken(Exception):
    """A run is under way on this connection, or it is paused: wait for it, or resume it, and ask again."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One outcome of a plan: ``glyph`` says its kind, ``sentence`` what it does, or why nothing is done."""

    entity: str
    glyph: str
    sentence: str


def planned(connection: Connection, engine: Engine | None = None) -> Iterator[Planned]:
    """Everything the next run would do, in its order. Raises ``LaneTaken``, and what the ledger raises."""
    with firm_scope(connection.firm_id):
        held = lease.take(connection.pk, engine or Engine())
        if held is None:
            raise LaneTaken
        try:
            yield from _planned(held)
        finally:
            lease.give_back(held, due_at=held.engine.now())


def _planned(held: Lease) -> Iterator[Planned]:
    provider = held.engine.provider(held.connection.ledger)
    with ledgers.counted(held.connection, held.engine, held.check) as opened:
        yield from _planned_by(held, ledgers.Watched(opened, held.check), provider.specs)


def _planned_by(held: Lease, ledger: Ledger, specs: Sequence[EntitySpec]) -> Iterator[Planned]:
    discover.take_outbox(held, specs)
    discover.take_inbox(held, specs)
    for spec in in_order(specs):
        if held.connection.section(spec.practice) is not SectionState.ON:
            continue
        last_id = 0
        waiting = Dirty.objects.filter(connection=held.connection, entity=spec.practice).order_by("id")
        while rows := list(waiting.filter(id__gt=last_id)[: held.engine.batch]):
            last_id = rows[-1].pk
            works = gather(held, ledger, spec, rows)
            names = {work.key: work.name or work.key.id for work in works}
            decided = plan(spec, [work.record for work in works], switches_of(held.connection, spec))
            for key, outcomes in decided.outcomes.items():
                for outcome in outcomes:
                    yield Planned(spec.practice, *_words(outcome, names[key], spec.verified))


def _words(outcome: Outcome, name: str, verified: frozenset[str]) -> tuple[str, str]:
    if isinstance(outcome, Action):
        return outcome.glyph(), outcome.describe(name)
    problem = problem_of(outcome, verified)
    said = f"{problem.sentence or problem.cause.replace('_', ' ')}" if problem else ""
    return LEFT_ALONE, f"{name}: {said}"
