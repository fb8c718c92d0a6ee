"""Decides: what a posting and a transaction's entry in the ledger are."""

from __future__ import annotations

from decimal import Decimal

import msgspec


class Posting(msgspec.Struct, frozen=True, array_like=True):
    """One side of an entry. `amount`: in home currency, a debit positive, a credit negative.

    `name`: id of the customer or vendor (they share one sequence). `foreign`: the amount in the transaction's
    own currency, when that is not the home currency. `item`, `quantity`: stock that moves along.
    """

    account: str
    amount: Decimal
    name: str = ""
    foreign: Decimal | None = None
    item: str = ""
    quantity: Decimal = Decimal(0)

    @property
    def own(self) -> Decimal:
        """The amount in the transaction's currency."""
        return self.amount if self.foreign is None else self.foreign


class Entry(msgspec.Struct, frozen=True):
    """All postings of one transaction; their amounts add up to zero. `date`: yyyy-mm-dd."""

    txn: str
    entity: str
    date: str
    postings: tuple[Posting, ...]


class Unbalanced(AssertionError):
    """A transaction's debits are not its credits: a mistake in its posting rule."""
