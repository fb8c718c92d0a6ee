"""Acts: the rivals, each giving scored pairs for a world, with time and memory."""

from __future__ import annotations

import resource
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.fuzz import WRatio, token_sort_ratio

from bench.rivals_environment import run
from bench.scoring import Scored
from bench.worlds.lists import World
from tieout.reconcile.match import Candidate, normalise
from tieout.sync.match_search import search
from tieout.sync.matching import read_all


@dataclass(frozen=True, slots=True)
class Outcome:
    scored: list[Scored]
    seconds: float
    megabytes: int


def exact_names(world: World) -> Outcome:
    """Equal normalised names, each unique on its side: what the rival does, after folding."""
    began = time.perf_counter()
    sides = []
    for records in (world.practice, world.ledger):
        names: dict[str, list[str]] = defaultdict(list)
        for one in records:
            names[normalise(one.name)].append(one.key.id)
        sides.append({name: ids[0] for name, ids in names.items() if len(ids) == 1 and name})
    scored = [(1.0, one, sides[1][name]) for name, one in sides[0].items() if name in sides[1]]
    return Outcome(scored, time.perf_counter() - began, peak())


def rapidfuzz_names(world: World, *, weighted: bool = False) -> Outcome:
    """RapidFuzz's token_sort_ratio or WRatio on the same candidate pairs as ours."""
    began = time.perf_counter()
    measure = WRatio if weighted else token_sort_ratio
    left, right = read_all(world.practice), read_all(world.ledger)
    scored = [
        (measure(left[i].name.plain, right[j].name.plain), world.practice[i].key.id, world.ledger[j].key.id)
        for i, j in search(left, right)
    ]
    return Outcome(scored, time.perf_counter() - began, peak())


def elsewhere(world: World, what: str) -> Outcome:
    """``ecm`` (recordlinkage) or ``splink``, in their own environment."""
    answer = run(what, {"ours": _rows(world.practice), "theirs": _rows(world.ledger)})
    return Outcome([(s, a, b) for s, a, b in answer["pairs"]], answer["seconds"], answer["megabytes"])


def _rows(records: Sequence[Candidate]) -> list[dict[str, str]]:
    """Parsed as ours are: the rivals get normalised phones, streets and names without legal form, in order."""
    rows = []
    for record, profile in zip(records, read_all(records), strict=True):
        contacts = profile.contacts
        rows.append(
            {
                "id": record.key.id,
                "name_key": " ".join(sorted((*profile.name.words, *profile.name.numbers))),
                "email": contacts.email,
                "phone": contacts.phones[0] if contacts.phones else "",
                "street_key": contacts.place_key,
                "city": contacts.city,
            }
        )
    return rows


def peak() -> int:
    """This process's largest memory so far, in MB. Linux tells it without what a parent had before."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) // 1024
