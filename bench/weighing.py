"""Acts: weighs all pairs of a world as the product does, and says which are true."""

from __future__ import annotations

from dataclasses import dataclass

from bench.worlds.lists import World
from tieout.reconcile.match import Knowledge, WeighedPair, weigh_pairs
from tieout.reconcile.match_evidence import Surroundings
from tieout.reconcile.match_findings import Findings
from tieout.reconcile.match_score import UNFITTED, ScoreModel
from tieout.sync.match_search import search
from tieout.sync.matching import FAST, read_all


@dataclass(frozen=True, slots=True)
class Weighed:
    pairs: list[WeighedPair]
    found: list[Findings]
    labels: list[bool]


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
    labels = [
        (world.practice[pair.ours].key.id, world.ledger[pair.theirs].key.id) in world.truth
        for pair in weighing.pairs
    ]
    return Weighed(weighing.pairs, [weighing.found(pair) for pair in weighing.pairs], labels)
