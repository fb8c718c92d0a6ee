"""Decides whether a connection that has stopped by itself did so for what its guards look for. Part of ``laws``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.sim.memory import SHOWN_THERE

if TYPE_CHECKING:
    from tests.sim.evidence import Rest

FEW = 5
"""So many records may go out of use at once without a question."""
_OUT_OF_USE = re.compile(r"This run would .+, of [\d,]+ that are linked\. Nothing (more|of it) was written")
_EMPTY = re.compile(r"QuickBooks listed no (.+), although \d+ are linked")


def a_guard_had_a_cause(rest: Rest) -> None:
    """What has stopped by itself says which guard it was, and both sides show what that guard looks for."""
    with rest.town.here():
        found = rest.town.connection
    said = (found.state, found.state_reason)
    pairs = {
        entity: [
            (rest.here(entity)[link.practice_id]["active"], rest.there(word)[link.ledger_id]["Active"])
            for (kind, _), link in rest.links.items()
            if kind == entity and link.practice_id in rest.here(entity) and link.ledger_id in rest.there(word)
        ]
        for entity, (word, _) in SHOWN_THERE.items()
        if entity in rest.words
    }
    differ = max((sum(here != there for here, there in linked) for linked in pairs.values()), default=0)
    some_are_gone = any(not rest.there(word) for word, _ in SHOWN_THERE.values())
    retired = _OUT_OF_USE.match(found.state_reason)
    caused = differ > (0 if retired.group(1) == "more" else FEW) if retired else some_are_gone
    known = retired or _EMPTY.match(found.state_reason)
    rest.demand("a guard had a cause", found.state == "paused" and known and caused, said)
