"""Acts: reads the currency that the ledger keeps for whom a new document names. Part of ``observe``; says amounts' own too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieout.reconcile.currency import FACT
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Key, Present, Side
from tieout.reconcile.state import Observation as Seen
from tieout.sync.models import Connection, Observation

USUAL = "USD"


def told_in(facts: Mapping[str, Any]) -> str:
    """The currency in which a record's amounts are told to people."""
    return str(facts.get(FACT) or USUAL)


def of_named(connection: Connection, spec: EntitySpec, seen: Mapping[Key, Seen]) -> dict[Key, str]:
    """For each unlinked record of the practice that has a currency: the one of the ledger record it names, where that
    has one. ``seen``: with the ledger's ids in place of ours. One query when there is any."""
    named: dict[tuple[str, str], list[Key]] = {}
    for key, record in seen.items():
        if key.side is not Side.PRACTICE or not isinstance(record, Present) or not record.facts.get(FACT):
            continue
        for reference in spec.references:
            if not reference.part and (one := str(record.units.get(reference.unit) or "")):
                named.setdefault((reference.entity, one), []).append(key)
    if not named:
        return {}
    rows = Observation.objects.filter(
        connection=connection,
        side=Side.LEDGER,
        entity__in={entity for entity, _ in named},
        record_id__in={one for _, one in named},
    ).values_list("entity", "record_id", f"facts__{FACT}")
    return {key: str(told) for entity, one, told in rows if told for key in named.get((entity, one), ())}
