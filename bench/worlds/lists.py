"""Acts: makes the two lists of one world from its seed, with the true links between them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from bench.worlds.noise import clean_name, dirty_name, typo
from bench.worlds.population import Entity, Population, Rates
from bench.worlds.vocabulary import BUILD, Vocabulary
from tieout.reconcile.match import Candidate
from tieout.reconcile.state import Key, Side

USUAL = Rates()


@dataclass(frozen=True, slots=True)
class World:
    practice: list[Candidate]
    ledger: list[Candidate]
    truth: frozenset[tuple[str, str]]
    """(practice id, ledger id) of every true pair, all members of a repeated client included."""
    name: str


def make(seed: int, size: int, vocabulary: Vocabulary = BUILD, rates: Rates = USUAL) -> World:
    """Two lists of about ``size``. Ids are shuffled: they tell nothing."""
    rng = Random(seed)
    clients = Population(rng, vocabulary, rates).grow(int(size * (2 - rates.overlap)))
    rng.shuffle(clients)
    both = int(size * rates.overlap)
    here, there = clients[:size], clients[:both] + clients[size:]
    rows_here = [*here, *rng.sample(here, int(size * rates.repeated))]
    rows_there = [*there, *rng.sample(there, int(size * rates.repeated))]
    rng.shuffle(rows_here)
    rng.shuffle(rows_there)
    taken: set[str] = set()
    practice = [
        _row(entity, place, Side.PRACTICE, rng, rates, set()) for place, entity in enumerate(rows_here)
    ]
    ledger = [_row(entity, place, Side.LEDGER, rng, rates, taken) for place, entity in enumerate(rows_there)]
    by_client: dict[int, list[str]] = {}
    for entity, row in zip(rows_there, ledger, strict=True):
        by_client.setdefault(entity.number, []).append(row.key.id)
    truth = frozenset(
        (row.key.id, other)
        for entity, row in zip(rows_here, practice, strict=True)
        for other in by_client.get(entity.number, ())
    )
    return World(practice, ledger, truth, f"{vocabulary.name} {size} seed {seed}")


def _row(entity: Entity, place: int, side: Side, rng: Random, rates: Rates, taken: set[str]) -> Candidate:
    at = 0 if side is Side.PRACTICE else 1
    name = dirty_name(entity, rng) if rng.random() < rates.dirty[at] else clean_name(entity, rng)
    evidence = _evidence(entity, at, rng, rates)
    if entity.kind == "company":
        if at == 1 and entity.owner and rng.random() < 0.02:
            evidence["company"] = name
            name = f"{entity.owner.given} {entity.owner.surname}"
        elif rng.random() < 0.35:
            evidence["company"] = clean_name(entity, rng)
    active = rng.random() >= rates.inactive
    if not active and at == 1:
        name += " (deleted)"
    number = 2
    shown = name
    while at == 1 and shown.casefold() in taken:  # QuickBooks wants names that no other customer has
        shown = f"{name} {number}" if rng.random() < 0.5 else f"{name} ({number})"
        number += 1
    taken.add(shown.casefold())
    return Candidate(Key("client", side, f"{'p' if at == 0 else 'q'}{place}"), shown, active, evidence)


def _evidence(entity: Entity, at: int, rng: Random, rates: Rates) -> dict[str, str]:
    """What this side knows; the ledger now and then knows another genuine fact."""
    facts, other = entity.facts, entity.other
    found: dict[str, str] = {}
    if rng.random() < rates.email[at]:
        changed = at == 1 and other and rng.random() < 2 * rates.other_email
        found["e-mail"] = _slipped((other if changed and other else facts).email, rng, rates)
    if rng.random() < rates.phone[at]:
        changed = at == 1 and other and rng.random() < 2 * rates.other_phone
        found["phone"] = _phone((other if changed and other else facts).phone, rng, rates)
    if rng.random() < rates.street[at]:
        where = other if at == 1 and other and rng.random() < 2 * rates.moved else facts
        kind = where.kind_of_street
        if rng.random() < 0.4:
            kind = {
                "Street": "St.",
                "Avenue": "Ave",
                "Road": "Rd",
                "Drive": "Dr.",
                "Lane": "Ln",
                "Court": "Ct",
            }[kind]
        street = typo(where.street, rng) if rng.random() < rates.typo_in_fact else where.street
        found["street"] = f"{where.number} {street} {kind}"
        found |= {"city": where.city, "state": where.state, "postal code": where.postal_code}
    return found


def _slipped(text: str, rng: Random, rates: Rates) -> str:
    text = text.upper() if rng.random() < 0.05 else text
    return typo(text, rng) if rng.random() < rates.typo_in_fact else text


def _phone(digits: str, rng: Random, rates: Rates) -> str:
    if rng.random() < rates.typo_in_fact:
        at = rng.randrange(10)
        digits = digits[:at] + str(rng.randrange(10)) + digits[at + 1 :]
    a, b, c = digits[:3], digits[3:6], digits[6:]
    return rng.choice(
        [f"({a}) {b}-{c}", f"{a}-{b}-{c}", f"{a}.{b}.{c}", digits, f"+1 {a} {b} {c}", f"{a}/{b}-{c}"]
    )
