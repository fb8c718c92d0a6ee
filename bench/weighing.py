"""Acts: weighs all pairs of a world as the product does, and says which are true."""

from __future__ import annotations

from dataclasses import dataclass

from bench.scoring import Scored
from bench.worlds.lists import World
from tieout.reconcile.match import Knowledge, weigh_pairs
from tieout.reconcile.match_evidence import Surroundings
from tieout.reconcile.match_findings import Findings
from tieout.reconcile.match_score import UNFITTED, ScoreModel
from tieout.sync.match_search import search
from tieout.sync.matching import FAST, read_all


@dataclass(frozen=True, slots=True)
class Weighed:
    """Of every pair, in one order."""

    scored: list[Scored]
    """Log odds and both ids."""
    found: list[Findings]
    labels: list[bool]
    """Whether it is a true link."""


def weigh(world: World, model: ScoreModel = UNFITTED) -> Weighed:
    left, right = read_all(world.practice), read_all(world.ledger)
    knowledge = Knowledge(
        partners=search(left, right).of,
        measures=FAST,
        model=model,
        profiles=(left, right),
        around=Surroundings.of(left, right),
    )
    weighing = weigh_pairs(world.practice, world.ledger, knowledge)
    scored = [
        (weighing.log_odds(pair), world.practice[pair.ours].key.id, world.ledger[pair.theirs].key.id)
        for pair in weighing.pairs
    ]
    found = [weighing.found(pair) for pair in weighing.pairs]
    return Weighed(scored, found, [(ours, theirs) in world.truth for _, ours, theirs in scored])
