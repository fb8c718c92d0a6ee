"""Acts: one share of the seeds that ``./run test`` runs, and the demand that they came into every situation that matters."""

from __future__ import annotations

from tests.sim import campaign

EACH = 75
MET = (
    "created_there",
    "created_here",
    "updated_there",
    "updated_here",
    "in_doubt",
    "refused",
    "overtaken",
    "reconnected",
    "listed at rest",
    "all in step at rest",
    "balances compared",
    "document differs and is listed",
    "invoice linked at rest",
    "payment linked at rest",
    "custom numbers on",
    "custom numbers off",
    "died at after a commit",
    "died at journalled",
    *(
        f"fault F{number}"
        for number in (2, 3, 4, 6, 7, 10, 11, 17, 28, 29, 30, 36, 39, 45, 48, 51, 53, 60, 61)
    ),
)
"""Situations each share must have met: a generator that never comes into them proves nothing. Those that come a dozen
times in each; the long campaigns count all the others."""


def share(number: int) -> None:
    """Seeds ``EACH * number`` and on, in the database of the test that asks."""
    result = campaign.here(range(EACH * number, EACH * (number + 1)))
    assert not result.failures, next(iter(result.failures.values()))
    assert result.seeds == EACH
    missing = [probe for probe in MET if not result.probes[probe]]
    assert not missing, f"never met: {missing}; met: {dict(result.probes)}"
