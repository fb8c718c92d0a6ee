"""Acts: tells the practice which of the ledger's lists its company uses, whenever the company has told of its settings.

So classes and locations that were turned off there, or that the plan lacks, are not offered here, and are again once
they are turned on. What is chosen already stays: it is the person's to take off, and the write says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from tieout.practice.records import lists_used
from tieout.sync import tasks
from tieout.sync.engine import Engine
from tieout.sync.listing import say
from tieout.sync.models import Connection
from tieout.sync.waking import wake_siblings


def tell_practice(connection: Connection, told: Mapping[str, Any], engine: Engine) -> None:
    """``told``: what the company told of its settings. News is a line in the activity, and plans again what did not fit."""
    provider = engine.provider(connection.ledger)
    with transaction.atomic():
        changed = lists_used(connection.firm_id, provider.lists_used(told))
        names = {spec.practice: spec.plural for spec in provider.specs}
        for entity, is_used in changed.items():
            name = names.get(entity, entity)
            say(connection, engine.now(), _SAID[is_used].format(name), result="info", entity=entity)
        if changed:
            plan_what_waits(connection, {"does_not_fit"}, "a list was turned on or off there", engine)


_SAID = {
    False: "{} are not in use in QuickBooks. They are not offered here any more; what is chosen stays",
    True: "{} are in use in QuickBooks again, and are offered here",
}


def plan_what_waits(connection: Connection, causes: Collection[str], why: str, engine: Engine) -> None:
    """Records listed under these causes could not be said there as things stood, and may be able to now."""
    wake_siblings(connection, causes, engine.now(), why)
    tasks.wake(connection.pk)
