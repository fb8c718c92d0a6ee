"""Decides nothing, writes nothing: practice records as the ledger would name what they refer to, for comparing and sending.

Between the practice's own view of a record, which names others by our ids, and the planner, which compares the two sides.
"""

from __future__ import annotations

from collections.abc import Mapping

from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Key, Present, Side
from tieout.reconcile.state import Observation as Seen
from tieout.sync import absorbed, merged_there
from tieout.sync.models import Connection, Link


def with_references(
    connection: Connection,
    spec: EntitySpec,
    here: Mapping[str, Seen],
    there: Mapping[str, Seen | None] | None = None,
) -> tuple[Mapping[str, Seen], Mapping[str, tuple[Key, ...]]]:
    """The practice's records with the ledger's ids where they name other records, and whom each still waits for.

    ``there``: what the linked ones show in the ledger, by practice id. A few queries for each entity named, however
    many records there are.
    """
    if not spec.references:
        return here, {}
    present = {one: record for one, record in here.items() if isinstance(record, Present)}
    named: dict[str, set[str]] = {}
    for record in present.values():
        for entity, practice_id in spec.named_in(record.units):
            named.setdefault(entity, set()).add(practice_id)
    partners = {
        (entity, practice_id): became or ledger_id
        for entity, ids in named.items()
        for practice_id, ledger_id, became in Link.objects.filter(
            connection=connection, entity=entity, practice_id__in=ids
        ).values_list("practice_id", "ledger_id", "became")
    }
    for pair in merged_there.undecided(connection, named):
        partners.pop(pair, None)  # its partner there is no more: what names it waits for a person
    others = absorbed.Others.of(connection, named)
    translated: dict[str, Seen] = dict(here)
    waits: dict[str, tuple[Key, ...]] = {}
    for one, record in present.items():
        missing = {
            Key(entity, Side.PRACTICE, practice_id)
            for entity, practice_id in spec.named_in(record.units)
            if (entity, practice_id) not in partners
        }
        if missing:
            waits[one] = tuple(sorted(missing, key=lambda key: (key.entity, key.id)))
        units = spec.with_ledger_ids(record.units, lambda entity, id: partners.get((entity, id), ""))
        if others.by_record:
            shown = (there or {}).get(one)
            there_units = shown.units if isinstance(shown, Present) else None
            places = absorbed.where_it_is(connection, spec, record.units, others, there_units, partners)
            units = {**units, **places}
        translated[one] = Present(units, record.token, record.facts)
    return translated, waits
