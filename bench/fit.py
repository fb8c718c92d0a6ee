"""Acts: fits the weights of the score to generated worlds and writes them into the package. ``./run bench fit``.

Only worlds of the ``build`` vocabulary and of low seeds are read here; ``bench.matching`` tries the result on others.
Weights of agreement are kept at or above zero and those of differences at or below it, so the score stays monotone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from bench.weighing import weigh
from bench.worlds.lists import USUAL, World, make
from tieout.reconcile.match_findings import Findings
from tieout.reconcile.match_score import ScoreModel, may_be_negative, traits
from tieout.sync.matching import MODEL

SIZE = 4_000
FITTING_SEEDS, CALIBRATION_SEEDS = (11, 12, 13, 14), (21, 22, 23)
RIDGE = 0.5
FEWER_SHARED = replace(USUAL, shares_phone=0.4, shares_email=0.3, shares_address=0.35)


def worlds(seeds: Sequence[int]) -> Iterator[World]:
    for number, seed in enumerate(seeds):
        yield make(seed, SIZE, rates=FEWER_SHARED if number % 4 == 3 else USUAL)


def fit() -> ScoreModel:
    """Bounded logistic regression on single pairs, then slope and shift on pairs beside their rivals."""
    rows: list[Findings] = []
    labels: list[bool] = []
    for world in worlds(FITTING_SEEDS):
        weighed = weigh(world)
        rows += [pair.found for pair in weighed.pairs]
        labels += weighed.labels
        print(f"  {world.name}: {len(weighed.pairs):,} pairs, {sum(weighed.labels):,} true", flush=True)
    weights = _logistic(rows, np.array(labels, dtype=float))
    model = ScoreModel(weights, name=f"additive, generated worlds {FITTING_SEEDS}")
    odds: list[float] = []
    right: list[bool] = []
    for world in worlds(CALIBRATION_SEEDS):
        weighed = weigh(world, model)
        odds += [pair.log_odds for pair in weighed.pairs]
        right += weighed.labels
    slope, shift = _platt(np.array(odds), np.array(right, dtype=float))
    return replace(model, slope=slope, shift=shift)


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

    bounds = [(None, None) if n == "start" else (None, 0) if may_be_negative(n) else (0, None) for n in names]
    found = minimize(
        loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2_000}
    )
    return {
        name: round(float(weight), 3)
        for name, weight in zip(names, found.x, strict=True)
        if abs(weight) >= 0.005
    }


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
        "weights": dict(sorted(model.weights.items())),
    }
    MODEL.parent.mkdir(exist_ok=True)
    MODEL.write_text(json.dumps(data, indent=1) + "\n")
    print(f"{len(model.weights)} weights written to {MODEL.name}.")
    return 0
