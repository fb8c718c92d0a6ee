"""Decides which lists the final figures come from. Nothing was fitted to them or looked at while building."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bench.worlds.lists import USUAL, World, make
from bench.worlds.vocabulary import UNSEEN

SIZE = 10_000
HALF_SHARED = replace(USUAL, shares_phone=0.4, shares_email=0.3, shares_address=0.35)
MESSIER = replace(
    USUAL, dirty=(0.45, 0.70), shares_phone=0.85, shares_email=0.70, other_email=0.10, overlap=0.6
)
RATES = (USUAL, HALF_SHARED, MESSIER, USUAL)


def unseen(count: int) -> Iterator[World]:
    for number in range(count):
        yield make(9_001 + number, SIZE, UNSEEN, RATES[number % len(RATES)])
