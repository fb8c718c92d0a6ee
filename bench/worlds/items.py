"""Acts: makes two lists of a practice's service items from a seed, with the true pairs."""

from __future__ import annotations

from random import Random

from bench.worlds.lists import World
from bench.worlds.noise import typo
from tieout.reconcile.match import Candidate
from tieout.reconcile.match_items import RATE, SKU
from tieout.reconcile.state import Key, Side

FORMS = (
    "1040",
    "1040 Schedule C",
    "1120",
    "1120-S",
    "1065",
    "1041",
    "990",
    "990-EZ",
    "706",
    "709",
    "940",
    "941",
    "1099",
    "W-2",
)
PERIODS = ("Monthly", "Quarterly", "Annual", "Weekly")
TIERS = ("Basic", "Standard", "Premium")
STATES = ("CA", "NY", "TX", "IL", "OH", "WA", "NJ", "GA", "PA", "MI")
ROLES = ("Partner", "Manager", "Senior", "Staff", "Admin")
WORK = ("Bookkeeping", "Payroll Processing", "Sales Tax Filing", "Financial Statement Review", "Bank Reconciliation",
        "CFO Advisory", "Budget Consulting", "Accounts Payable", "Inventory Review", "Cleanup")  # fmt: skip
SHORT = {"Preparation": "Prep", "Monthly": "Mo", "Quarterly": "Qtrly", "Annual": "Yearly", "Consulting": "Consult",
         "Bookkeeping": "Bkkp", "Reconciliation": "Recon", "Financial": "Fin", "Statement": "Stmt", "Return": "Ret",
         "Processing": "Proc", "Manager": "Mgr", "Senior": "Sr", "Premium": "Prem", "Standard": "Std"}  # fmt: skip


def make_items(seed: int, size: int = 120) -> World:
    """Two lists of about ``size`` items, 85 % of them in both; one in two written otherwise in QuickBooks."""
    rng = Random(seed)
    names = _names(rng)
    rng.shuffle(names)
    names = names[: int(size * 1.15)]
    both, only_here = names[: int(size * 0.85)], names[int(size * 0.85) : size]
    only_there = names[size:]
    rates = {
        name: str(rng.choice([50, 75, 100, 125, 150, 175, 200, 250, 300, 400, 500, 750, 1000]))
        for name in names
    }
    skus = {name: f"{name[:2].upper()}-{rng.randint(100, 999)}" for name in names}
    practice, ledger = [], []
    truth = set()
    for number, name in enumerate([*both, *only_here]):
        practice.append(
            _item(Side.PRACTICE, f"p{number}", name, rates[name], skus[name] if rng.random() < 0.5 else "")
        )
    order = [*both, *only_there]
    rng.shuffle(order)
    for number, name in enumerate(order):
        rate = rates[name] if rng.random() < 0.8 else str(int(rates[name]) + 25)
        sku = skus[name] if rng.random() < 0.4 else ""
        if sku and rng.random() < 0.03:
            sku = rng.choice(sorted(skus.values()))
        shown = _rewritten(name, rng) if rng.random() < 0.5 else name
        ledger.append(_item(Side.LEDGER, f"q{number}", shown, rate, sku))
        if name in both:
            truth.add((f"p{both.index(name)}", f"q{number}"))
    return World(practice, ledger, frozenset(truth), f"items seed {seed}")


def _names(rng: Random) -> list[str]:
    names = [f"Form {form} Preparation" for form in FORMS]
    names += [f"{state} State Return Preparation" for state in STATES]
    names += [f"Form {rng.choice(FORMS)} Preparation {state}" for state in STATES]
    names += [f"{period} {work}" for period in PERIODS for work in WORK]
    names += [f"{tier} {work}" for tier in TIERS for work in WORK]
    names += [f"{work} - {tier} {period}" for work in WORK[:4] for tier in TIERS for period in PERIODS[:2]]
    names += [f"{role} Consulting" for role in ROLES] + [f"{role} Tax Research" for role in ROLES]
    return list(dict.fromkeys(names))


def _rewritten(name: str, rng: Random) -> str:
    way = rng.random()
    if way < 0.45:
        return " ".join(SHORT.get(word, word) for word in name.split())
    if way < 0.6:
        words = name.replace(" - ", " ").split()
        rng.shuffle(words)
        return " ".join(words)
    if way < 0.75:
        return name.upper() if rng.random() < 0.5 else f"{name} Fee"
    if way < 0.9:
        return f"Services:{name}"
    words = name.split()
    long = [
        word
        for word in words
        if len(word) > 6
        and word.isalpha()
        and word not in ("Monthly", "Quarterly", "Standard", "Premium", "Manager")
    ]
    return name.replace(word := rng.choice(long), typo(word, rng)) if long else name


def _item(side: Side, number: str, name: str, rate: str, sku: str) -> Candidate:
    return Candidate(
        Key("service_item", side, number), name, True, {RATE: rate, **({SKU: sku} if sku else {})}
    )
