"""Acts: one share of the seeds that ``./run test`` runs, and the demand that they came into every situation that matters.

The shares run in any order, and in processes of their own. Each leaves its counts in a folder of that run, and the one that
ends last judges all of them together: what comes about a few times in three hundred seeds cannot be demanded of each share.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tests.sim import campaign, found
from tests.sim.catalogue import FAULTS, STORMS
from tests.sim.kinds import BOUNDARIES, POINTS

EACH = 75
MET = (
    "created_there",
    "updated_there",
    "updated_here",
    "in_doubt",
    "refused",
    "listed at rest",
    "all in step at rest",
    "balances compared",
    "invoice linked at rest",
    "payment linked at rest",
    "custom numbers on",
    "custom numbers off",
    *(f"fault F{number}" for number in (3, 4, 7, 10, 11, 28, 29, 30, 36, 39, 45, 48, 60, 61)),
)
"""Situations each share must have met: a generator that never comes into them proves nothing."""
_BROUGHT = [fault for fault, shown in FAULTS.items() if STORMS in shown.by]
CORE = (
    *MET,
    "created_here",
    "conflict answered",
    "created again",
    "linked by hand",
    "overtaken",
    "disconnected",
    "reconnected",
    "switch turned",
    "withdrawn",
    "void asked about",
    "void confirmed",
    "voided over money as asked",
    "document differs and is listed",
    "credit linked at rest",
    "credit_application linked at rest",
    "refund linked at rest",
    "payment over 2 invoices",
    "reviewed again",
    "set-up rolled back",
    "links forgotten",
    "another company and back",
    "plan looked at",
    "dry run",
    "answered on an old page",
    *(f"died at {point}" for point in (*POINTS, *BOUNDARIES)),
    *(f"fault {fault}" for fault in _BROUGHT if f"fault {fault}" not in MET),
)
"""Situations a campaign of ``LONG`` seeds or more must have met: each named point, each fault of the catalogue."""
LONG = 1_000
SELDOM = (
    "answered on an old page",
    *(
        f"died at {point}"
        for point in ("journalled", "journalled again", "looked", "written here", "before writing here")
    ),
    *(f"fault F{number}" for number in (8, 54, 68)),
)
"""Of ``CORE``, what came about less than five times in three hundred seeds, as counted: of a campaign alone it is demanded."""
CORE_300 = tuple(probe for probe in CORE if probe not in SELDOM)
"""Situations the shares of ``./run test`` must have met together. Their seeds are fixed, so it holds or it does not."""


def core_of(seeds: int) -> tuple[str, ...]:
    """What so many seeds must have met."""
    if seeds >= LONG:
        return CORE
    return CORE_300 if seeds >= EACH * found.SHARES else ()


def missing(wanted: tuple[str, ...], probes: Mapping[str, int]) -> list[str]:
    return [probe for probe in wanted if not probes.get(probe)]


def share(number: int, together: Path) -> None:
    """Seeds ``EACH * number`` and on, and a part of those that ever failed, in the database of the test that asks.

    ``together``: a folder that all processes of this run share.
    """
    result, again = campaign.here(range(EACH * number, EACH * (number + 1)), found.part(number))
    failed = {**again.failures, **result.failures}
    what = {seed: found.FOUND[seed].what for seed in failed if seed in found.FOUND}
    assert not failed, f"{what or ''}\n{next(iter(failed.values()))}"
    assert (result.seeds, again.seeds) == (EACH, len(found.part(number)))
    lacks = missing(MET, result.probes)
    assert not lacks, f"never met: {lacks}; met: {dict(result.probes)}"
    if (met := met_together(together, number, result.probes)) is not None:
        lacks = missing(CORE_300, met)
        assert not lacks, f"never met by any share: {lacks}; met: {dict(sorted(met.items()))}"


def met_together(together: Path, number: int, probes: Mapping[str, int]) -> Counter[str] | None:
    """Leave a share's counts there. The sum of all once every share has left its own, else None."""
    half = together / f"{number}.half"
    half.write_text(json.dumps(probes))
    half.rename(together / f"{number}.json")
    left = [together / f"{each}.json" for each in range(found.SHARES)]
    if not all(one.exists() for one in left):
        return None
    return sum((Counter(json.loads(one.read_text())) for one in left), Counter())
