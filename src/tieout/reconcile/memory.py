"""Decides nothing: the port by which a ledger has what its company told of itself kept from one run to the next.

Reads cost money, and a company's settings change a few times a year: asking for them with every run would be the
dearest read there is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol


class Memory(Protocol):
    """Of one company. Used in the thread that opened the ledger, by nobody else."""

    def recall(self, told_by: Collection[str]) -> Mapping[str, Any] | None:
        """What was kept; None when there is nothing, or it may be out of date.

        ``told_by``: the ledger's words, lower case, whose webhook notices say that it is.
        """
        ...

    def about_to_ask(self) -> None:
        """Said before the company is asked for what is not known. Raises when the run that asks may make no call any more."""
        ...

    def keep(self, told: Mapping[str, Any]) -> None: ...

    def forget(self) -> None: ...


class NoMemory:
    """For a ledger that is opened for one question."""

    def recall(self, told_by: Collection[str]) -> Mapping[str, Any] | None:
        return None

    def about_to_ask(self) -> None:
        return None

    def keep(self, told: Mapping[str, Any]) -> None:
        return None

    def forget(self) -> None:
        return None
