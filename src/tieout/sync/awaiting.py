"""Decides nothing, writes nothing: how the records stand that others wait for. Read by ``listing`` and ``worklist``.

Two queries, however many wait for however many.
"""

from __future__ import annotations

from collections.abc import Collection

from tieout.reconcile.state import Key, Side
from tieout.sync.awaited import Awaited, Open, as_key
from tieout.sync.models import Connection, Issue, Observation, SectionState
from tieout.sync.steps import STEP_OF


def look(connection: Connection, waited: Collection[str]) -> dict[str, Awaited]:
    """As an issue names them (``awaited.as_text``) -> how each of them stands now."""
    if not waited:
        return {}
    keys = {text: as_key(text) for text in waited}
    of = {
        "connection": connection,
        "entity__in": {key.entity for key in keys.values()},
        "record_id__in": {key.id for key in keys.values()},
    }
    columns = ("entity", "side", "record_id")
    seen = {
        Key(entity, Side(side), one): (name, absent)
        for entity, side, one, name, absent in Observation.objects.filter(**of).values_list(
            *columns, "name", "absent"
        )
    }
    issues: dict[Key, list[Open]] = {}
    rows = Issue.objects.filter(**of, closed_at=None).order_by("id")
    for entity, side, one, *told in rows.values_list(*columns, "cause", "listing", "sentence", "unit"):
        issues.setdefault(Key(entity, Side(side), one), []).append(Open(*told))
    off = {key.entity for key in keys.values() if connection.section(key.entity) is not SectionState.ON}
    found: dict[str, Awaited] = {}
    for text, key in keys.items():
        name, absent = seen.get(key, ("", ""))
        section_off = STEP_OF[key.entity].title if key.entity in off else ""
        found[text] = Awaited(key, name, tuple(issues.get(key, ())), section_off, absent)
    return found
