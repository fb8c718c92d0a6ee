"""Acts: fetches both sides of the dirty keys and lays them out as the planner's records. Second stage of a run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tieout.practice.records import RECORD_KINDS
from tieout.reconcile.plan import Linked, Record, Unlinked
from tieout.reconcile.ports import Ledger
from tieout.reconcile.spec import EntitySpec, unless_alike
from tieout.reconcile.state import Absent, Baseline, Key, Present, Side, Unknown, same
from tieout.reconcile.state import Observation as Seen
from tieout.sync import (
    absorbed,
    currencies,
    lookalikes,
    merged_there,
    merged_unseen,
    observations,
    settling,
    strays,
    together,
)
from tieout.sync.lease import Lease
from tieout.sync.models import UNRESOLVED, Attempt, Conflict, Connection, Dirty, Hold, Link, Observation
from tieout.sync.newest import winners
from tieout.sync.packing import unpack, unpack_units
from tieout.sync.preferences import preferred
from tieout.sync.references import with_references
from tieout.sync.waking import wake_for_room_on

LATE = "QuickBooks' listings do not show its latest version yet."


@dataclass(slots=True)
class Work:
    """One record to plan, with what has to be tidied up when it is done."""

    record: Record
    dirties: list[Dirty]
    link: Link | None
    name: str
    kept_units: Mapping[str, object] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        return self.record.practice_key if isinstance(self.record, Linked) else self.record.key


def gather(lease: Lease, ledger: Ledger, spec: EntitySpec, rows: Sequence[Dirty]) -> list[Work]:
    """Read what has to be read and return one ``Work`` per record named by the dirty rows.

    The ledger is only read for keys that say so, and in as few calls as possible: reads cost money.
    """
    dirty_ids = {side: [row.record_id for row in rows if row.side == side] for side in Side}
    absorbed.pass_links_on(lease, spec, dirty_ids[Side.PRACTICE])
    links = _links(lease.connection, spec, dirty_ids)
    ledger_ids = {*dirty_ids[Side.LEDGER], *(link.ledger_id for link in links)}
    must_read = {row.record_id for row in rows if row.side == Side.LEDGER and row.must_read}
    linked = {link.ledger_id for link in links}
    there = _observe_ledger(lease, ledger, spec, ledger_ids, must_read, linked)
    merged_unseen.conclude(lease, ledger, spec, links, there)
    merged_unseen.conclude_from_documents(lease, ledger, spec, links, there)
    practice_ids = {*dirty_ids[Side.PRACTICE], *(link.practice_id for link in links)}
    shown_there = {link.practice_id: there.get(link.ledger_id) for link in links}
    here, waits = with_references(
        lease.connection, spec, _observe_practice(lease, spec, practice_ids), shown_there
    )
    unresolved = together.select(Attempt, _UNRESOLVED, [lease.connection.pk, spec.practice, _STATES])
    under_way = {one.practice_id for one in unresolved}
    at_rest = [link for link in links if link.practice_id not in under_way]
    to_void = settling.pending(spec, at_rest, here, there)
    if old := settling.paid(to_void) - must_read:
        # What pays it may have gone since it was seen: one call for all of them, before a person is asked.
        there = {**there, **_observe_ledger(lease, ledger, spec, old, old, linked)}
        to_void = settling.pending(spec, at_rest, here, there)
    voids = settling.voids_of(lease, ledger, spec, links, to_void)
    laid_out = _LaidOut(lease.connection, spec, here, there, links, waits, unresolved, voids)
    merged_there.remember(lease, spec, links, laid_out.became)
    return laid_out.works(rows)


def _links(connection: Connection, spec: EntitySpec, ids: Mapping[Side, Collection[str]]) -> list[Link]:
    here, there = (list(ids[side]) for side in (Side.PRACTICE, Side.LEDGER))
    return together.select(Link, _LINKED, [connection.pk, spec.practice, here, there])


_LINKED = "connection_id = %s AND entity = %s AND (practice_id = ANY(%s) OR ledger_id = ANY(%s)) ORDER BY id"


def _observe_ledger(
    lease: Lease,
    ledger: Ledger,
    spec: EntitySpec,
    ids: Collection[str],
    must_read: Collection[str],
    linked: Collection[str],
) -> dict[str, Seen]:
    known = observations.of_ledger(lease.connection, spec, ids)
    to_read = sorted({*must_read, *(one for one in ids if one not in known)})
    if to_read:
        read = dict(ledger.read(spec.ledger, to_read))
        with lease.commit() as connection:
            for one in observations.late(connection, spec, read, lease.engine.trusted_after):
                read[one] = Unknown(LATE)  # it is read again once listings show it
            alone = {one: row for one, row in read.items() if one not in linked}
            noted = strays.notice(
                lease,
                connection,
                spec,
                {one: row for one, row in alone.items() if isinstance(row, Present)},
                [one for one, row in alone.items() if isinstance(row, Absent)],
            )
            rest = {one: row for one, row in read.items() if one not in noted}
            observations.keep(connection, spec, Side.LEDGER, rest, lease.engine)
            changed = [one for one, row in rest.items() if row != known.get(one)]
            wake_for_room_on(connection, spec, changed, lease.engine.now())
        known |= read
    return known


def _observe_practice(lease: Lease, spec: EntitySpec, ids: Collection[str]) -> dict[str, Seen]:
    door = RECORD_KINDS[spec.practice]
    views = door.read(lease.connection.firm_id, ids)
    seen: dict[str, Seen] = {one: Absent("it no longer exists here") for one in ids if one not in views}
    seen |= {one: Present(view.units, str(view.version), view.facts) for one, view in views.items()}
    with lease.commit() as connection:
        observations.keep(connection, spec, Side.PRACTICE, seen, lease.engine)
    return seen


_UNRESOLVED = "connection_id = %s AND entity = %s AND state = ANY(%s) ORDER BY id"
_STATES = [state.value for state in UNRESOLVED]
_ASKED = "link_id = ANY(%s) AND closed_at IS NULL ORDER BY id"


class _LaidOut:
    """Joins observations, links, holds, attempts and answers into planner records. Constant number of queries."""

    def __init__(
        self,
        connection: Connection,
        spec: EntitySpec,
        here: Mapping[str, Seen],
        there: Mapping[str, Seen],
        links: Sequence[Link],
        waits: Mapping[str, tuple[Key, ...]],
        unresolved: Sequence[Attempt],
        voids: settling.Voids,
    ) -> None:
        self.connection, self.spec, self.here, self.there = connection, spec, here, there
        self.waits, self.unresolved, self.voids = waits, unresolved, voids
        self.by_side = {
            Side.PRACTICE: {link.practice_id: link for link in links},
            Side.LEDGER: {link.ledger_id: link for link in links},
        }
        self.preferred = preferred(connection, spec)
        self.answers, self.asked = self._conflicts(links)
        self.copies = strays.copies(connection, spec, links)
        self.became = merged_there.survivors(connection, spec, self.by_side[Side.LEDGER])
        self.merged = merged_there.sentences(connection, spec, self.became)

    def _conflicts(self, links: Sequence[Link]) -> tuple[dict[int, list[Conflict]], dict[int, set[str]]]:
        """By link: those that a person has answered, and the units that one is being asked about."""
        answered: dict[int, list[Conflict]] = {}
        asked: dict[int, set[str]] = {}
        if not links:
            return answered, asked
        for conflict in together.select(Conflict, _ASKED, [[link.pk for link in links]]):
            if conflict.keep:
                answered.setdefault(conflict.link_id, []).append(conflict)
            else:
                asked.setdefault(conflict.link_id, set()).add(conflict.unit)
        return answered, asked

    def works(self, rows: Sequence[Dirty]) -> list[Work]:
        linked: dict[int, Work] = {}
        lone: list[tuple[Key, Dirty]] = []
        for row in rows:
            link = self.by_side[Side(row.side)].get(row.record_id)
            if link is None:
                lone.append((Key(self.spec.practice, Side(row.side), row.record_id), row))
            elif link.pk in linked:
                linked[link.pk].dirties.append(row)
            else:
                linked[link.pk] = self._linked(link, row)
        return [*linked.values(), *self._unlinked(lone)]

    def _linked(self, link: Link, row: Dirty) -> Work:
        here = self.here.get(link.practice_id, Unknown())
        there = self.there.get(link.ledger_id, Unknown())
        record = Linked(
            Key(self.spec.practice, Side.PRACTICE, link.practice_id),
            Key(self.spec.practice, Side.LEDGER, link.ledger_id),
            here,
            there,
            Baseline(unpack_units(link.baseline_practice), unpack_units(link.baseline_ledger)),
            answers={
                **winners(self.preferred, here, there, self.asked.get(link.pk, ())),
                **self._valid_answers(link, here, there),
            },
            in_flight=any(one.practice_id == link.practice_id for one in self.unresolved),
            waits_for=self.waits.get(link.practice_id, ()),
            absorbed=absorbed.told_of(here),
            merged_there=self.merged.get(link.ledger_id, ""),
            merged_into=(
                Key(self.spec.practice, Side.LEDGER, self.became[link.ledger_id])
                if link.ledger_id in self.became
                else None
            ),
            to_reactivate=isinstance(there, Present) and there.token == (link.reactivate_token or None),
            copies=self.copies.get(link.practice_id, ()),
            settled_by_us=self.voids.by_us.get(link.ledger_id, Decimal(0)),
            settled_unsure=link.ledger_id in self.voids.unsure,
            void_confirmed=isinstance(there, Present)
            and self.voids.confirmed.get(link.ledger_id) == there.token,
        )
        return Work(record, [row], link, self._name(here) or self._name(there))

    def _valid_answers(self, link: Link, here: Seen, there: Seen) -> dict[str, Side]:
        """An answer holds for the two values it was given on; a newer edit on either side asks again."""
        if not (isinstance(here, Present) and isinstance(there, Present)):
            return {}
        return {
            one.unit: Side(one.keep)
            for one in self.answers.get(link.pk, [])
            if self._as_answered(one, here) and same(unpack(one.ledger_value), there.units.get(one.unit))
        }

    def _as_answered(self, one: Conflict, here: Present) -> bool:
        ours, then = here.units.get(one.unit), unpack(one.practice_value)
        return same(then, unless_alike(self.spec.unit(one.unit), ours, then))

    def _unlinked(self, lone: Sequence[tuple[Key, Dirty]]) -> list[Work]:
        seen = {key: self._seen(key) for key, _ in lone}
        names = {key: self._name(one) for key, one in seen.items()}
        alike = lookalikes.of_unlinked(self.connection, self.spec, seen, names)
        holds = {
            (hold.side, hold.record_id): hold
            for hold in Hold.objects.filter(
                connection=self.connection,
                entity=self.spec.practice,
                record_id__in=[key.id for key, _ in lone],
            )
        }
        currencies_there = currencies.of_named(self.connection, self.spec, seen)
        works = []
        for key, row in lone:
            hold = holds.get((key.side.value, key.id))
            record = Unlinked(
                key,
                seen[key],
                lookalikes=_may_be(key, alike.get(key, ()), hold),
                held=hold.sentence if hold else "",
                excluded=bool(hold and hold.excluded),
                in_flight=self._may_be_ours(key),
                waits_for=self.waits.get(key.id, ()) if key.side is Side.PRACTICE else (),
                currency_there=currencies_there.get(key, ""),
            )
            works.append(Work(record, [row], None, names[key]))
        return works

    def _seen(self, key: Key) -> Seen:
        side = self.here if key.side is Side.PRACTICE else self.there
        return side.get(key.id, Unknown())

    def _may_be_ours(self, key: Key) -> bool:
        """An unanswered create may be this very ledger record, renamed since: wait until that is known."""
        if key.side is Side.PRACTICE:
            return any(one.practice_id == key.id for one in self.unresolved)
        return any(one.operation == "create" for one in self.unresolved)

    def _name(self, seen: Seen) -> str:
        return str(seen.units.get(self.spec.name_unit) or "") if isinstance(seen, Present) else ""


def _may_be(key: Key, lookalikes: tuple[Key, ...], hold: Hold | None) -> tuple[Key, ...]:
    """What it is alike; of one that is held because its answer was lost, also what was found in its place."""
    found = (Key(key.entity, key.side.other, one) for one in (hold.candidates if hold else ()))
    return tuple(dict.fromkeys([*lookalikes, *found]))


def names_of(connection: Connection, spec: EntitySpec, keys: Collection[Key]) -> dict[Key, str]:
    """The names of records as last seen, for sentences and lists."""
    rows = Observation.objects.filter(
        connection=connection, entity=spec.practice, record_id__in=[key.id for key in keys]
    )
    found = {(row.side, row.record_id): row.name for row in rows}
    return {key: found.get((key.side.value, key.id), "") for key in keys}
