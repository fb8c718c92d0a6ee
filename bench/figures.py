"""Decides: whether a figure reaches its bound, and how the two are shown beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEAD = ("figure", "measured", "to reach", "")


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of a table. Without a bound it is a remark, and there is nothing it could miss."""

    what: str
    measured: str
    bound: str
    reached: bool

    @property
    def verdict(self) -> str:
        return "" if not self.bound else "reached" if self.reached else "**not reached**"

    def __str__(self) -> str:
        return f"{self.what}: {self.measured} ({self.bound}: {self.verdict})"


def at_most(what: str, measured: float, bound: float, shown: str = "{:,.0f}", whose: str = "") -> Figure:
    """``shown``: how either is written, as ``"{:.1f} s"``. ``whose``: of whom the bound is, as ``"the loop's"``."""
    return Figure(what, shown.format(measured), f"<= {_of(whose)}{shown.format(bound)}", measured <= bound)


def at_least(what: str, measured: float, bound: float, shown: str = "{:,.0f}", whose: str = "") -> Figure:
    return Figure(what, shown.format(measured), f">= {_of(whose)}{shown.format(bound)}", measured >= bound)


def remark(what: str, measured: str) -> Figure:
    return Figure(what, measured, "", reached=True)


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


def closing(figures: Sequence[Figure]) -> tuple[str, int]:
    """The last lines of a bench, which name what is not reached, and what its command ends with: 1 when something is not."""
    short = missed(figures)
    told = "".join(f"Not reached: {one}\n" for one in short)
    return told or f"All {sum(bool(one.bound) for one in figures)} figures are reached.\n", 1 if short else 0
