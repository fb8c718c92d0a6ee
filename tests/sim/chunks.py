"""Acts: one share of the seeds that ``./run test`` runs, and the demand that they came into every situation that matters."""

from __future__ import annotations

from tests.sim import campaign
from tests.sim.catalogue import BY_THEMSELVES, FAULTS, STORMS
from tests.sim.storm import BOUNDARIES, POINTS

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
    *(f"fault F{number}" for number in (3, 4, 7, 10, 11, 17, 28, 29, 30, 36, 39, 45, 48, 60, 61)),
)
"""Situations each share must have met: a generator that never comes into them proves nothing."""
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
    "document differs and is listed",
    "credit linked at rest",
    "credit_application linked at rest",
    "refund linked at rest",
    "payment over 2 invoices",
    *(f"died at {point}" for point in (*POINTS, *BOUNDARIES)),
    *(
        f"fault {fault}"
        for fault, shown in FAULTS.items()
        if STORMS in shown.by and fault not in BY_THEMSELVES
    ),
)
"""Situations a campaign of ``LONG`` seeds or more must have met: each named point, each fault of the catalogue."""
LONG = 1_000


def share(number: int) -> None:
    """Seeds ``EACH * number`` and on, in the database of the test that asks."""
    result = campaign.here(range(EACH * number, EACH * (number + 1)))
    assert not result.failures, next(iter(result.failures.values()))
    assert result.seeds == EACH
    missing = [probe for probe in MET if not result.probes[probe]]
    assert not missing, f"never met: {missing}; met: {dict(result.probes)}"
