"""Acts: turns everything that says "this key may have changed" into dirty keys. First stage of a run.

Four sources, none of which carries facts: our outbox, the webhooks' inbox, the change feed and the sweep.
A source is consumed, or its cursor moved, in the transaction that stored its keys; an error moves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection as database

from tieout.practice.ledger_lists import TAX_RATE
from tieout.reconcile.guard import empty_side
from tieout.reconcile.ports import Activity, ChangeSet, Ledger, WindowTooOld
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Absent, Present, Side
from tieout.reconcile.state import Observation as Seen
from tieout.sync import dirty, merged_there, observations, strays, together
from tieout.sync.dirty import Mark
from tieout.sync.issues import WAITS_FOR_A_CHOICE
from tieout.sync.lease import Lease
from tieout.sync.models import Connection, Cursor, InboxEvent, Link, Observation
from tieout.sync.waking import wake_for_room_on, wake_siblings

CHUNK = 1_000
WAITS_FOR_A_CODE = WAITS_FOR_A_CHOICE | {"does_not_fit"}
"""Causes of documents that may go once a tax rate of the practice stands for another code of the ledger's."""


class Halted(Exception):
    """A guard stopped the run. ``str()`` is the sentence for a person."""


def take_outbox(lease: Lease, specs: Sequence[EntitySpec]) -> int:
    """Our own changes. Notes are deleted as they are taken up: one that commits late is simply taken next time."""
    words = {spec.practice for spec in specs}
    taken = 0
    while True:
        with lease.commit() as connection:
            notes = _take_notes(connection)
            marks = [
                Mark(kind, Side.PRACTICE, record_id, "edited here")
                for kind, record_id in notes
                if kind in words
            ]
            dirty.mark(connection, marks, lease.engine.now())
            if any(kind == TAX_RATE for kind, _ in notes):
                wake_siblings(connection, WAITS_FOR_A_CODE, lease.engine.now(), "a tax rate was mapped")
        taken += len(notes)
        if len(notes) < CHUNK:
            return taken


def notes_of(connection: Connection, kind: str) -> list[str]:
    """The records of one kind that our own notes name. They are deleted: whoever calls marks the records, in the same
    transaction."""
    with database.cursor() as cursor:
        cursor.execute(_NOTES_OF, [connection.firm_id, kind])
        return sorted({record_id for (record_id,) in cursor.fetchall()})


_NOTES_OF = """
DELETE FROM practice_outboxnote WHERE id IN
    (SELECT id FROM practice_outboxnote WHERE firm_id = %s AND kind = %s ORDER BY id FOR UPDATE SKIP LOCKED)
RETURNING record_id
"""


_NOTES = """
DELETE FROM practice_outboxnote WHERE id IN
    (SELECT id FROM practice_outboxnote WHERE firm_id = %s ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id, kind, record_id
"""


def _take_notes(connection: Connection) -> list[tuple[str, str]]:
    """The kind and id of what our own notes name, in their order; nobody else takes them up any more."""
    with database.cursor() as cursor:
        cursor.execute(_NOTES, [connection.firm_id, CHUNK])
        return [(kind, record_id) for _, kind, record_id in sorted(cursor.fetchall())]


def take_inbox(lease: Lease, specs: Sequence[EntitySpec]) -> int:
    """What webhooks named. Unknown entities are marked handled: they are none of our business."""
    by_ledger_word = {spec.ledger.lower(): spec for spec in specs}
    unhandled = InboxEvent.objects.filter(connection=lease.connection, handled_at=None).order_by("id")
    taken = 0
    while events := list(unhandled[:CHUNK]):
        _take_events(lease, specs, by_ledger_word, events)
        taken += len(events)
        if len(events) < CHUNK:
            break
    return taken


def _take_events(
    lease: Lease,
    specs: Sequence[EntitySpec],
    by_ledger_word: Mapping[str, EntitySpec],
    events: Sequence[InboxEvent],
) -> None:
    with lease.commit() as connection:
        marks = []
        for spec in specs:
            of_spec = [event for event in events if by_ledger_word.get(event.entity) is spec]
            ids = {one for event in of_spec for one in (event.record_id, event.other_id)} - {""}
            ours = _ours(connection, spec, ids)
            marks += [Mark(spec.practice, Side.LEDGER, record_id, "webhook") for record_id in ours]
            gone = {event.other_id for event in of_spec if event.operation == merged_there.MERGED} - {""}
            marks += merged_there.documents_moved(connection, spec, specs, gone)
        dirty.mark(connection, marks, lease.engine.now())
        InboxEvent.objects.filter(pk__in=[event.pk for event in events]).update(handled_at=lease.engine.now())
        heard = [connection.webhook_heard_at] if connection.webhook_heard_at else []
        heard_at = max([*heard, *(event.received_at for event in events)])
        together.update(Connection, [{"id": connection.pk, "webhook_heard_at": heard_at}])


def ask_changes(lease: Lease, ledger: Ledger, specs: Sequence[EntitySpec]) -> list[EntitySpec]:
    """Ask the change feed once for all entities. Returns those it could not tell everything about: sweep them."""
    asked = cursors(lease.connection, specs)
    unseen = [spec for spec in specs if spec.in_change_feed and spec not in asked]
    if not asked:
        return unseen
    try:
        answer = ledger.changes([spec.ledger for spec in asked], min(asked.values()))
    except WindowTooOld:
        return list(specs)
    take_changes(lease, list(asked), answer)
    return unseen if answer.complete else list(specs)


def cursors(connection: Connection, specs: Sequence[EntitySpec]) -> dict[EntitySpec, datetime]:
    """How far the change feed was read for each of these that it carries; those never read are missing."""
    with database.cursor() as cursor:
        cursor.execute("SELECT entity, read_until FROM sync_cursor WHERE connection_id = %s", [connection.pk])
        known = dict(cursor.fetchall())
    return {spec: known[spec.practice] for spec in specs if spec.in_change_feed and spec.practice in known}


def take_changes(lease: Lease, specs: Sequence[EntitySpec], answer: ChangeSet) -> None:
    """Store what the change feed said about these; the cursors move with it, unless it was cut."""
    with lease.commit() as connection:
        for spec in specs:
            _take_changes(lease, connection, spec, answer)
        if answer.complete:
            _move_cursors(connection, specs, answer.until - lease.engine.overlap)


def _take_changes(lease: Lease, connection: Connection, spec: EntitySpec, answer: ChangeSet) -> None:
    now = lease.engine.now()
    ours = _ours(connection, spec, {key.id for key in answer.keys if key.entity == spec.ledger})
    told = {key.id: row for key, row in answer.rows.items() if key.entity == spec.ledger}
    gone = {key.id: why for key, why in answer.absent.items() if key.entity == spec.ledger}
    alone = {one: row for one, row in told.items() if one not in ours}
    strays.notice(lease, connection, spec, alone, [one for one in gone if one not in ours])
    rows = {one: row for one, row in told.items() if one in ours}
    news: dict[str, Seen] = dict(
        observations.changed_ones(connection, spec, rows, lease.engine.trusted_after)
    )
    news |= {one: Absent(why) for one, why in gone.items() if one in ours}
    observations.keep(connection, spec, Side.LEDGER, news, lease.engine)
    marks = [
        Mark(spec.practice, Side.LEDGER, record_id, "change feed", must_read=False) for record_id in news
    ]
    back = observations.gone_lately(connection, spec, set(rows) - set(news), lease.engine.trusted_after)
    wake_for_room_on(connection, spec, news, now)
    bare = (ours - set(rows) - set(news)) | back
    marks += [Mark(spec.practice, Side.LEDGER, record_id, "change feed") for record_id in bare]
    dirty.mark(connection, marks, now)


def _ours(connection: Connection, spec: EntitySpec, ids: set[str]) -> set[str]:
    """Of these ledger ids, those that concern us: of a one-way entity only what is linked. The rest is QuickBooks' own."""
    if spec.direction.flows_to(Side.PRACTICE):
        return ids
    linked = Link.objects.filter(connection=connection, entity=spec.practice, ledger_id__in=ids)
    return set(linked.values_list("ledger_id", flat=True))


def sweep(lease: Lease, ledger: Ledger, spec: EntitySpec, started: datetime | None = None) -> int:
    """Compare everything: list the ledger whole, mark what differs from what was last seen.

    A record that is missing from the listing is only marked to be read: missing is not gone.
    ``started`` is the ledger's own clock from before the listing, if known: the next change-feed cursor.
    Raises ``Halted`` when the ledger lists nothing although records are linked.
    """
    if not spec.direction.flows_to(Side.PRACTICE):
        return _sweep_linked(lease, spec, started)
    seen_at = lease.engine.now()
    listed: set[str] = set()
    news_total = 0
    for page in ledger.list(spec.ledger, Activity.ALL):
        rows: dict[str, Present] = {row.id: row.record for row in page}
        listed |= set(rows)
        with lease.commit() as connection:
            news = observations.changed_ones(connection, spec, rows, lease.engine.trusted_after)
            observations.keep(connection, spec, Side.LEDGER, news, lease.engine)
            back = observations.gone_lately(
                connection, spec, set(rows) - set(news), lease.engine.trusted_after
            )
            marks = [Mark(spec.practice, Side.LEDGER, one, "sweep", must_read=False) for one in news]
            marks += [Mark(spec.practice, Side.LEDGER, one, "sweep") for one in sorted(back)]
            dirty.mark(connection, marks, lease.engine.now())
        news_total += len(news)
    linked = Link.objects.filter(connection=lease.connection, entity=spec.practice).count()
    if halt := empty_side(spec, len(listed), linked):
        raise Halted(halt.sentence)
    with lease.commit() as connection:
        known = Observation.objects.filter(
            connection=connection, entity=spec.practice, side=Side.LEDGER, absent="", observed_at__lt=seen_at
        ).values_list("record_id", flat=True)
        missing = [one for one in known if one not in listed]
        marks = [Mark(spec.practice, Side.LEDGER, one, "sweep: not listed") for one in missing]
        dirty.mark(connection, marks, lease.engine.now())
        _compared(lease, connection, spec, started, seen_at)
    return news_total + len(missing)


def _sweep_linked(lease: Lease, spec: EntitySpec, started: datetime | None) -> int:
    """Have every linked record of a one-way entity read anew; what QuickBooks has beside them is its own."""
    with lease.commit() as connection:
        linked = Link.objects.filter(connection=connection, entity=spec.practice)
        marks = [
            Mark(spec.practice, Side.LEDGER, one, "sweep")
            for one in linked.values_list("ledger_id", flat=True)
        ]
        dirty.mark(connection, marks, lease.engine.now())
        _compared(lease, connection, spec, started, lease.engine.now())
    return len(marks)


def _compared(
    lease: Lease, connection: Connection, spec: EntitySpec, started: datetime | None, at: datetime
) -> None:
    if started is not None:
        _move_cursors(connection, [spec], started - lease.engine.overlap)
    Cursor.objects.filter(connection=connection, entity=spec.practice).update(compared_at=at)


def _move_cursors(connection: Connection, specs: Sequence[EntitySpec], until: datetime) -> None:
    """The change feed has been read until then for these, and is told so in the transaction that stored what it said."""
    of = {"firm_id": connection.firm_id, "connection_id": connection.pk, "read_until": until}
    together.insert(
        Cursor, [{**of, "entity": spec.practice} for spec in specs], or_update=("connection_id", "entity")
    )
