"""Acts: casts the nets under the webhooks when they are due. A stage of ``runner``; ``nets`` decides when that is.

The change feed finds what a lost webhook did not tell. The nightly look is one metered call: what changed since, how
many records there are, and the lists the feed does not carry; only what it cannot vouch for is compared whole.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db.models import Max

from tieout.reconcile.ports import Glance, Ledger, WindowTooOld
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Side
from tieout.sync import discover, nets, observations, settings_doctor, together
from tieout.sync.dirty import Mark, mark
from tieout.sync.lease import Lease
from tieout.sync.lists_used import tell_practice
from tieout.sync.merged_unseen import CONCLUDED
from tieout.sync.models import Attempt, AttemptState, Connection, Cursor, InboxEvent, Observation

TRANSIT = timedelta(minutes=5)
"""How long a webhook may be on its way before it counts as missing."""


def look(lease: Lease, ledger: Ledger, specs: Sequence[EntitySpec]) -> bool:
    """Ask the ledger what is due to be asked. False when nothing was."""
    engine, connection = lease.engine, lease.connection
    now, nightly = engine.now(), nets.is_due(connection.sweep_due_at, engine.nets.look, engine.now())
    if not nightly and not nets.is_due(connection.changes_due_at, engine.nets.quiet, now):
        return False
    before = _asked_at(connection)
    to_compare = _tonight(lease, ledger, specs) if nightly else discover.ask_changes(lease, ledger, specs)
    if to_compare:
        # The cursor after a listing is the ledger's own clock from before it began.
        told = [spec.ledger for spec in to_compare if spec.in_change_feed] or [specs[0].ledger]
        clock = ledger.changes(told, now - timedelta(hours=1)).until
        for spec in to_compare:
            discover.sweep(lease, ledger, spec, clock)
    missed = _missed(connection, specs, before, now)
    with lease.commit() as fresh:
        if missed:
            fresh.webhook_missed_at = now
        fresh.asked_at = now
        fresh.changes_due_at = nets.next_question(webhooks_of(fresh), fresh.moved_at, now, engine.nets)
        if nightly:
            fresh.sweep_due_at = now + engine.nets.look
        _keep(fresh, "webhook_missed_at", "asked_at", "changes_due_at", "sweep_due_at")
    return True


def note_move(lease: Lease) -> None:
    """Something happened: a webhook came, or we wrote to the ledger. It is asked soon whether that was all."""
    now = lease.engine.now()
    with lease.commit() as fresh:
        fresh.moved_at = now
        fresh.changes_due_at = nets.question_after_move(
            webhooks_of(fresh), fresh.changes_due_at, now, lease.engine.nets
        )
        _keep(fresh, "moved_at", "changes_due_at")


def _keep(connection: Connection, *columns: str) -> None:
    together.update(Connection, [{"id": connection.pk, **{one: getattr(connection, one) for one in columns}}])


def webhooks_of(connection: Connection) -> nets.Webhooks:
    return nets.Webhooks(connection.webhook_heard_at, connection.webhook_missed_at)


# -- the nightly look ----------------------------------------------------------------------------------------


def _tonight(lease: Lease, ledger: Ledger, specs: Sequence[EntitySpec]) -> list[EntitySpec]:
    """One call that tells what changed and how many there are. Returns what has to be compared whole all the same."""
    connection, engine = lease.connection, lease.engine
    compared = dict(Cursor.objects.filter(connection=connection).values_list("entity", "compared_at"))
    moved = dict(
        Observation.objects.filter(connection=connection, side=Side.LEDGER)
        .values_list("entity")
        .annotate(at=Max("observed_at"))
    )
    wanted = [
        spec
        for spec in specs
        if nets.compare_now(
            compared.get(spec.practice),
            moved.get(spec.practice),
            comes_here=spec.direction.flows_to(Side.PRACTICE),
            now=engine.now(),
            pace=engine.nets,
        )
    ]
    if len(wanted) == len(specs):
        return wanted
    since = discover.cursors(connection, specs)
    if not since:
        return list(specs)
    counted = [spec for spec in specs if spec.direction.flows_to(Side.PRACTICE) and spec not in wanted]
    whole = [spec for spec in counted if not spec.in_change_feed]
    try:
        glance = ledger.glance(
            [spec.ledger for spec in since],
            min(since.values()),
            [spec.ledger for spec in counted if spec.in_change_feed],
            [spec.ledger for spec in whole],
        )
    except WindowTooOld:
        return list(specs)
    if not glance.changes.complete:
        return list(specs)
    discover.take_changes(lease, list(since), glance.changes)
    tell_practice(connection, glance.told, engine)
    settings_doctor.note(connection, glance.told)
    _take_whole(lease, whole, glance)
    apart = [
        spec
        for spec in counted
        if spec.in_change_feed and glance.counts[spec.ledger] != _known(connection, spec)
    ]
    missing = [spec for spec in specs if spec.in_change_feed and spec not in since]
    return [spec for spec in specs if spec in {*wanted, *apart, *missing}]


def _known(connection: Connection, spec: EntitySpec) -> int:
    return Observation.objects.filter(
        connection=connection, entity=spec.practice, side=Side.LEDGER, absent=""
    ).count()


def _take_whole(lease: Lease, specs: Sequence[EntitySpec], glance: Glance) -> None:
    """Lists that came whole: what differs from what was last seen is the news."""
    with lease.commit() as connection:
        for spec in specs:
            rows = {row.id: row.record for row in glance.lists[spec.ledger]}
            news = observations.changed_ones(connection, spec, rows, lease.engine.trusted_after)
            observations.keep(connection, spec, Side.LEDGER, news, lease.engine)
            marks = [Mark(spec.practice, Side.LEDGER, one, "nightly look", must_read=False) for one in news]
            mark(connection, marks, lease.engine.now())


# -- were the webhooks told of it? ---------------------------------------------------------------------------


def _asked_at(connection: Connection) -> datetime:
    return connection.asked_at or connection.connected_at


def _missed(connection: Connection, specs: Sequence[EntitySpec], before: datetime, now: datetime) -> bool:
    """Whether a webhook that must have come since the last question is missing: of somebody's change, or our own."""
    if connection.webhook_heard_at is None:
        return False  # none has ever come: there is nothing to be said about one
    words = {spec.practice: spec.ledger.lower() for spec in specs}
    changed = Observation.objects.filter(
        connection=connection, side=Side.LEDGER, entity__in=words, observed_at__gte=now
    )
    found = {
        (words[entity], record_id)
        for entity, record_id, facts in changed.values_list("entity", "record_id", "facts")[:1000]
        if _long_enough_ago(str(facts.get("updated_at") or ""), before, now - TRANSIT)
    }
    ours = Attempt.objects.filter(
        connection=connection,
        entity__in=words,
        state=AttemptState.DONE,
        finished_at__gt=before - TRANSIT,
        finished_at__lte=now - TRANSIT,
    )
    found |= {(words[entity], one) for entity, one in ours.values_list("entity", "ledger_id")[:1000]}
    return bool(found - _heard(connection, found, before - 2 * TRANSIT))


def _long_enough_ago(updated_at: str, after: datetime, until: datetime) -> bool:
    try:
        moment = datetime.fromisoformat(updated_at)
    except ValueError:
        return False
    return after - TRANSIT < moment <= until


def _heard(
    connection: Connection, found: Collection[tuple[str, str]], since: datetime
) -> set[tuple[str, str]]:
    events = InboxEvent.objects.filter(
        connection=connection, received_at__gte=since, record_id__in={one for _, one in found}
    ).exclude(event_id__startswith=CONCLUDED)
    return set(events.values_list("entity", "record_id"))
