"""Acts: keeps what was read of the ledger outside a run's own stages, and marks what of it is news. Used by the review and ``rollback``.

Feed, sweep and nightly look all compare with what was last seen. Whoever keeps a newer version without saying so hides the
edit from all three: so both are done here, in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Absent, Present, Side
from tieout.reconcile.state import Observation as Seen
from tieout.sync import dirty, observations, tasks
from tieout.sync.dirty import Mark
from tieout.sync.engine import Engine
from tieout.sync.models import Connection, Link, SectionState


def take(
    connection: Connection, spec: EntitySpec, seen: Mapping[str, Seen], engine: Engine, reason: str
) -> set[str]:
    """Store what these ledger records show; mark those that show something new, and ring. Returns the marked ids.

    Of a section that is not on only linked records are marked: turning it on has all others planned.
    """
    with transaction.atomic():
        news = _news(connection, spec, seen, engine)
        observations.keep(connection, spec, Side.LEDGER, seen, engine)
        if news and connection.section(spec.practice) is not SectionState.ON:
            linked = Link.objects.filter(connection=connection, entity=spec.practice, ledger_id__in=news)
            news = set(linked.values_list("ledger_id", flat=True))
        marks = [Mark(spec.practice, Side.LEDGER, one, reason, must_read=False) for one in news]
        if dirty.mark(connection, marks, engine.now()):
            tasks.wake(connection.pk)
    return news


def _news(connection: Connection, spec: EntitySpec, seen: Mapping[str, Seen], engine: Engine) -> set[str]:
    there = {one: record for one, record in seen.items() if isinstance(record, Present)}
    news = set(observations.changed_ones(connection, spec, there, engine.trusted_after))
    gone = [one for one, record in seen.items() if isinstance(record, Absent)]
    known = observations.of_ledger(connection, spec, gone)
    return news | {one for one in gone if isinstance(known.get(one), Present)}
