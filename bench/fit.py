"""Acts: fits the weights of the score to generated worlds and writes them into the package. ``./run bench fit``.

Only worlds of the ``build`` vocabulary and of low seeds are read here; ``bench.matching`` tries the result on others.
Weights of agreement are kept at or above zero and those of differences at or below it, so the score stays monotone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from bench.weighing import weigh
from bench.worlds.lists import USUAL, World, make
from tieout.reconcile.match_findings import Findings
from tieout.reconcile.match_habits import Habits, is_sure
from tieout.reconcile.match_score import LIKENESS_TRAITS, ScoreModel, may_be_negative, traits
from tieout.sync.matching import MODEL, read_all

SIZE = 8_000
FITTING_SEEDS, CALIBRATION_SEEDS = (11, 12, 13, 14), (21, 22, 23)
RIDGE = 0.2
FOR_LIKENESS = 0.3
"""Nats added to each step of likeness after fitting: generated names differ in fewer ways than real ones, so the fit
finds less in likeness than there is."""
FOR_ANOTHER_MIDDLE = -1.5
"""Nats for a middle name that differs, by hand: a dozen pairs in twenty thousand generated records have one, too few to
fit, while in real lists cousins and fathers of the same name are common."""
FEWER_SHARED = replace(USUAL, shares_phone=0.4, shares_email=0.3, shares_address=0.35)
FEWER_FACTS = replace(USUAL, email=(0.3, 0.2), phone=(0.3, 0.2), street=(0.3, 0.2))
VARIANTS = (USUAL, USUAL, FEWER_FACTS, FEWER_SHARED)
"""So that names have to carry weight of their own, too."""


def worlds(seeds: Sequence[int]) -> Iterator[World]:
    for number, seed in enumerate(seeds):
        yield make(seed, SIZE, rates=VARIANTS[number % len(VARIANTS)])


def fit() -> ScoreModel:
    """Bounded logistic regression on single pairs, then slope and shift on pairs beside their rivals."""
    rows: list[Findings] = []
    labels: list[bool] = []
    usual = Habits.of([], [])
    for number, world in enumerate(worlds(FITTING_SEEDS)):
        weighed = weigh(world)
        if not number:
            usual = habits(world, weighed.found)
        rows += weighed.found
        labels += weighed.labels
        print(f"  {world.name}: {len(weighed.found):,} pairs, {sum(weighed.labels):,} true", flush=True)
    weights = _logistic(rows, np.array(labels, dtype=float))
    for trait in LIKENESS_TRAITS:
        weights[trait] = round(weights.get(trait, 0.0) + FOR_LIKENESS, 3)
    weights["start"] = round(weights["start"] - FOR_LIKENESS * len(LIKENESS_TRAITS), 3)
    weights["veto middle"] = round(weights.get("veto middle", 0.0) + FOR_ANOTHER_MIDDLE, 3)
    model = ScoreModel(weights, name=f"additive, generated worlds {FITTING_SEEDS}", usual=usual)
    odds: list[float] = []
    right: list[bool] = []
    for world in worlds(CALIBRATION_SEEDS):
        weighed = weigh(world, model)
        odds += [log_odds for log_odds, _, _ in weighed.scored]
        right += weighed.labels
    slope, shift = _platt(np.array(odds), np.array(right, dtype=float))
    return replace(model, slope=slope, shift=shift)


def habits(world: World, pairs: Sequence[Findings]) -> Habits:
    """What is usual in a world of the usual rates."""
    sure = (found for found in pairs if is_sure(found))
    found = Habits.of(sure, (read_all(world.practice), read_all(world.ledger)))
    return Habits(_rounded(found.differs), _rounded(found.shared))


def _rounded(shares: Mapping[str, float]) -> dict[str, float]:
    return {name: round(share, 4) for name, share in shares.items()}


def _logistic(rows: Sequence[Findings], labels: np.ndarray) -> dict[str, float]:
    names: dict[str, int] = {"start": 0}
    at: list[int] = []
    starts = [0]
    for found in rows:
        at += [0, *(names.setdefault(trait, len(names)) for trait in traits(found))]
        starts.append(len(at))
    matrix = csr_matrix((np.ones(len(at)), at, starts), shape=(len(rows), len(names)))
    penalty = np.full(len(names), RIDGE)
    penalty[0] = 0

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        odds = matrix @ weights
        value = np.logaddexp(0, odds).sum() - labels @ odds + (penalty * weights**2).sum() / 2
        slope = matrix.T @ (1 / (1 + np.exp(-odds)) - labels) + penalty * weights
        return float(value), slope

    bounds = [_bounds(name) for name in names]
    found = minimize(
        loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2_000}
    )
    return {
        name: round(float(weight), 3)
        for name, weight in zip(names, found.x, strict=True)
        if abs(weight) >= 0.005
    }


def _bounds(trait: str) -> tuple[float | None, float | None]:
    if trait == "start":
        return None, None
    if may_be_negative(trait):
        return None, 0.0
    return 0.0, None


def _platt(odds: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    odds = np.clip(odds, -40, 40)

    def loss(at: np.ndarray) -> float:
        values = at[0] * odds + at[1]
        return float(np.logaddexp(0, values).sum() - labels @ values)

    found = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead")
    return round(float(found.x[0]), 4), round(float(found.x[1]), 4)


def main() -> int:
    model = fit()
    data = {
        "name": model.name,
        "slope": model.slope,
        "shift": model.shift,
        "usual": {"differs": dict(model.usual.differs), "shared": dict(model.usual.shared)},
        "weights": dict(sorted(model.weights.items())),
    }
    MODEL.parent.mkdir(exist_ok=True)
    MODEL.write_text(json.dumps(data, indent=1) + "\n")
    print(f"{len(model.weights)} weights written to {MODEL.name}.")
    return 0
