"""Decides: whether a figure reaches its bound, and how the two are shown beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEAD = ("figure", "measured", "to reach", "")


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of a table. Each has a bound: what has none is not a figure but a remark."""

    what: str
    measured: str
    bound: str
    reached: bool

    @property
    def verdict(self) -> str:
        return "reached" if self.reached else "**not reached**"

    def __str__(self) -> str:
        return f"{self.what}: {self.measured} ({self.bound}: {self.verdict})"


def at_most(what: str, measured: float, bound: float, shown: str = "{:,.0f}", whose: str = "") -> Figure:
    """``shown``: how either is written, as ``"{:.1f} s"``. ``whose``: of whom the bound is, as ``"the loop's"``."""
    return Figure(what, shown.format(measured), f"<= {_of(whose)}{shown.format(bound)}", measured <= bound)


def at_least(what: str, measured: float, bound: float, shown: str = "{:,.0f}", whose: str = "") -> Figure:
    return Figure(what, shown.format(measured), f">= {_of(whose)}{shown.format(bound)}", measured >= bound)


def _of(whose: str) -> str:
    return f"{whose} " if whose else ""


def table(figures: Sequence[Figure]) -> list[str]:
    """As lines of Markdown."""
    rows = [
        HEAD,
        ("---",) * len(HEAD),
        *((one.what, one.measured, one.bound, one.verdict) for one in figures),
    ]
    return ["| " + " | ".join(row) + " |" for row in rows]


def missed(figures: Sequence[Figure]) -> list[Figure]:
    return [one for one in figures if not one.reached]
