"""Acts: keeps which records are held or left out. Part of ``decisions``, in its transactions, with the connection's row held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import F

from tieout.practice.models import Member
from tieout.reconcile.state import Key, Side
from tieout.sync.models import Connection, Hold


def hold(
    connection: Connection,
    held: Mapping[Key, str],
    member: Member,
    *,
    excluded: bool,
    reasons: Mapping[Key, str] | None = None,
) -> None:
    """Key -> the sentence it is listed with. Without ``reasons`` the last ones stay, for a restoring that is taken back.
    Two statements, however many."""
    Hold.objects.bulk_create(
        [
            Hold(
                firm_id=connection.firm_id,
                connection=connection,
                entity=key.entity,
                side=key.side.value,
                record_id=key.id,
                sentence=sentence[:500],
                excluded=excluded,
                held_by=member,
                reason=reasons[key] if reasons is not None else "",
            )
            for key, sentence in held.items()
        ],
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["connection", "entity", "side", "record_id"],
        update_fields=["sentence", "excluded", "held_by"] + (["reason"] if reasons is not None else []),
    )
    Connection.objects.filter(pk=connection.pk).update(holds_epoch=F("holds_epoch") + 1)


def holds(connection: Connection, keys: Sequence[Key]) -> dict[Key, Hold]:
    """Of these records, those that are held. One query."""
    rows = Hold.objects.filter(connection=connection, record_id__in=[key.id for key in keys])
    found = {Key(row.entity, Side(row.side), row.record_id): row for row in rows}
    return {key: found[key] for key in keys if key in found}


def release(connection: Connection, *keys: Key) -> int:
    kinds: dict[tuple[str, Side], list[str]] = {}
    for key in keys:
        kinds.setdefault((key.entity, key.side), []).append(key.id)
    return sum(
        Hold.objects.filter(connection=connection, entity=entity, side=side, record_id__in=ids).delete()[0]
        for (entity, side), ids in kinds.items()
    )
