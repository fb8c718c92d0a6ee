"""Decides: how a record's state of agreement is shown. The same badge on every list and record page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Badge:
    """A word, an icon and a tone; ``detail`` is the sentence behind it, ``url`` where to do something about it."""

    word: str
    icon: str
    tone: str
    """``good``, ``wait``, ``warn``, ``bad`` or ``calm``; never the only carrier of meaning."""
    detail: str = ""
    url: str = ""


def badges_for(kind: str, ids: Iterable[str]) -> dict[str, Badge]:
    """Record id -> badge, for those of ``ids`` that have one. Empty while the firm has no connection."""
    return {}
