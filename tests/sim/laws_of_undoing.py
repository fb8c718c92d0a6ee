"""Decides whether what a person undid in QuickBooks stays undone, and whether nothing of a person's is undone by us unasked.

Part of ``laws``. Judged by what was made and voided at the time (``witness``), not by what is left of it at rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sim.evidence import Instant, Rest
    from tests.sim.memory import Removed

Named = tuple[str, str]
"""(entity, practice id)."""


def nothing_paid_there_is_voided_unasked(now: Instant) -> None:
    """An invoice on which somebody received money in QuickBooks is voided there once a person has said so, seeing it."""
    over = now.storm.town.witness.voided_over
    now.demand("nothing paid there is voided unasked", not over, over)


def every_document_is_made_once(rest: Rest) -> None:
    """Of each record QuickBooks has made one document, and one more each time a person chose to have it created.

    One that a person removed before anybody could know that it had arrived was never there for us: it is sent again.
    """
    made: Counter[Named] = Counter()
    for request_id, documents in rest.town.witness.made.items():
        if (record := rest.record_of.get(request_id)) is not None:
            made[record] += len(documents)
    removed = list(_removed(rest))
    allowed = rest.storm.memory.again + Counter(record for record, what in removed if what.record is None)
    twice = {record: times for record, times in made.items() if times > 1 + allowed[record]}
    again = {record: times for record, times in twice.items() if record in dict(removed)}
    rest.demand("what was removed there is not made again unasked", not again, again)
    rest.demand("every document is made once", not twice, twice)
    rest.storm.probes["documents made once"] += len(made) - len(twice)


def what_was_removed_there_is_listed(rest: Rest) -> None:
    """A record whose document a person deleted or voided in QuickBooks waits for a person, was left out, was chosen to be
    created again, or is void here as well."""
    memory = rest.storm.memory
    for (entity, practice_id), what in _removed(rest):
        shown = rest.here(entity).get(practice_id)
        if (
            shown is None or what.record is None
        ):  # nobody knew of it: it was never there for us, and is sent again
            continue
        agreed = what.how == "void" and (
            shown.get("state") == "void" or (entity, practice_id) in memory.accepted
        )
        settled = agreed or (entity, practice_id) in memory.again or rest.is_listed(entity, practice_id)
        rest.demand("what was removed there is listed", settled, (entity, practice_id, what))
        rest.storm.probes["removed there and listed"] += not agreed


def _removed(rest: Rest) -> Iterator[tuple[Named, Removed]]:
    """Each document that a person removed, with the record of ours it belonged to; QuickBooks' own belong to none."""
    for what in rest.storm.memory.removed.values():
        record = what.record or rest.record_of.get(what.mark)
        if record is not None and record[0] in rest.words:
            yield record, what


UNDOING: tuple[Callable[[Rest], None], ...] = (
    every_document_is_made_once,
    what_was_removed_there_is_listed,
)
