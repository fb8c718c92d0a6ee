"""Decides: which kinds of storm there are, how often each comes, and the places between two durable steps in all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.sim.town import EVERYTHING, chosen

BOUNDARIES = ("before a commit", "after a commit", "before a call", "after a call")
POINTS = (
    "journalled",
    "answered",
    "concluded",
    "before writing here",
    "written here",
    "looked",
    "journalled again",
    "tokens refreshed",
)
"""Every named point of the engine (a test compares this with the source); with BOUNDARIES, all places to die at."""

BILLING = ("client", "service_item", "invoice", "payment", "credit", "credit_application", "refund")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of storm: which entities are in step, and how often each act comes."""

    entities: tuple[Any, ...]
    acts: Mapping[str, float]
    steps: tuple[int, int] = (12, 20)


WEATHER = {
    "call fails": 4,
    "process dies": 3,
    "overtaken": 1.5,
    "webhooks": 3,
    "run": 9,
    "time": 4,
    "company": 2,
    "database": 0.7,
}
PEOPLE = {"client here": 8, "client there": 7}
SWITCHES = {"switch": 1, "switch in flight": 1}
KINDS: Mapping[str, Kind] = {
    "clients": Kind(chosen("client"), {**WEATHER, **PEOPLE, "merge": 1, "twice": 4, **SWITCHES, "fed": 1.5}),
    "items": Kind(
        chosen("client", "account", "category", "service_item"),
        {**WEATHER, "item here": 9, "item there": 8, "list there": 3, **SWITCHES, "fed": 1},
    ),
    "invoices": Kind(
        chosen("client", "service_item", "invoice"),
        {**WEATHER, "invoice": 14, "invoice there": 3, "client here": 2, "client there": 1, "item there": 2},
    ),
    "money": Kind(chosen(*BILLING), {**WEATHER, "invoice": 8, "money": 16, "money there": 2}),
    "everything": Kind(
        EVERYTHING,
        {
            **WEATHER,
            **PEOPLE,
            "item here": 2,
            "item there": 2,
            "list there": 2,
            "invoice": 6,
            "invoice there": 1,
            "money": 6,
            "money there": 1,
            "merge": 1,
            **SWITCHES,
            "people": 1,
        },
    ),
    "two firms": Kind(chosen("client"), {**WEATHER, **PEOPLE, "other firm": 8}),
}
CHANCES = {"clients": 24, "items": 16, "invoices": 20, "money": 24, "everything": 8, "two firms": 8}
"""How often a seed is of each kind, in a hundred."""
