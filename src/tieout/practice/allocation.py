"""Decides: how an amount is spread, over lines or over open invoices, without losing or making a cent. Pure.

The verbs on payments, credits and refunds bring in what is there and carry out what comes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from tieout.practice.money import ZERO, shown, total

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Part:
    """An amount that goes to, or comes back from, one invoice."""

    invoice_id: int
    amount: Decimal


def share_out(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Shares of ``amount`` in proportion to the weights, in whole cents, that add up to it exactly.

    Largest remainder: each share is within a cent of the exact one, ties go to the first. ``amount`` and the weights
    are not negative. When every weight is zero, so must the amount be. Raises ValueError.
    """
    whole = total(weights)
    if amount < 0 or any(weight < 0 for weight in weights):
        raise ValueError("Only amounts and weights that are not negative can be shared out.")
    if whole == 0:
        if amount != 0:
            raise ValueError("There is nothing to share the amount over.")
        return [ZERO for _ in weights]
    ideal = [amount * weight / whole for weight in weights]
    shares = [each.quantize(CENT, rounding=ROUND_DOWN) for each in ideal]
    missing = int((amount - total(shares)) / CENT)
    by_remainder = sorted(range(len(weights)), key=lambda i: (shares[i] - ideal[i], i))
    for i in by_remainder[:missing]:
        shares[i] += CENT
    return shares


def oldest_first(amount: Decimal, open_invoices: Sequence[Part]) -> list[Part]:
    """``amount`` over invoices given oldest first, each with what is owed on it; what is left over goes to none."""
    parts = []
    for invoice in open_invoices:
        part = min(amount, invoice.amount)
        if part > 0:
            parts.append(Part(invoice.invoice_id, part))
            amount -= part
    return parts


def problems_with(
    available: Decimal, wanted: Sequence[Part], owed: Mapping[int, Decimal], currency: str = "USD"
) -> dict[str, str]:
    """What stands against applying the parts: field -> sentence, empty when nothing does.

    ``owed``: the balance of each invoice that may be paid; another invoice is none of this client's open ones.
    ``currency``: in which the sentences say amounts.
    """
    problems: dict[str, str] = {}
    seen: set[int] = set()
    for index, part in enumerate(wanted):
        field = f"allocations.{index}"
        if part.invoice_id not in owed:
            problems[field] = "Choose an open invoice of this client."
        elif part.invoice_id in seen:
            problems[field] = "This invoice is listed twice; give it one amount."
        elif part.amount <= 0:
            problems[field] = "The amount for an invoice is more than zero."
        elif part.amount % CENT:
            problems[field] = "The amount has parts of a cent; round it to two places."
        elif part.amount > owed[part.invoice_id]:
            problems[field] = f"Only {shown(owed[part.invoice_id], currency)} is owed on this invoice."
        seen.add(part.invoice_id)
    together = total(part.amount for part in wanted)
    if not problems and together > available:
        problems["allocations"] = (
            f"{shown(together, currency)} is more than the {shown(available, currency)} there is to apply; lower one "
            "of the amounts."
        )
    return problems


def take_back(
    amount: Decimal, unapplied: Decimal, applied_newest_first: Sequence[Part]
) -> tuple[Decimal, list[Part]]:
    """Where returned money comes from: first what is on no invoice, then the invoices paid last.

    Returns (from the unapplied part, parts per invoice). Raises ValueError when there is not that much.
    """
    from_unapplied = min(amount, unapplied)
    parts = oldest_first(amount - from_unapplied, applied_newest_first)
    if from_unapplied + total(part.amount for part in parts) != amount:
        raise ValueError("More is to be taken back than there is.")
    return from_unapplied, parts
