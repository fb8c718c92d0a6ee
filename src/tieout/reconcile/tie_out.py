"""Decides whether both sides agree on what clients owe, and by which documents they differ. Pure; to the cent.

Two steps, because the second costs reads: ``compare`` sets the sums side by side, client by client; ``explain`` breaks
one client's difference down to documents. The parts add up to the difference, always: what no document accounts for, or
a document accounts for without anybody having said why, is *unexplained*, and that is the figure to watch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tieout.reconcile.owing import OpenItem

ZERO = Decimal("0.00")


class Because(StrEnum):
    """Why a document counts differently on the two sides. Other values are causes of an open issue."""

    MADE_THERE = "made_there"
    """Made in the ledger; of one-way entities nothing comes back."""
    REFUND = "refund"
    """Money given back moves a client's debt here, and leaves it as it is there."""
    NOT_LINKED = "not_linked"
    """The client or customer has no partner."""
    UNEXPLAINED = "unexplained"
    """Nothing says why. Whoever sees this has found something."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a document or a client of the practice is not in step, as its open issue says."""

    cause: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Owes:
    """One client as one side knows it."""

    id: str
    name: str
    owed: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One client, or two that are linked, and what each side says is owed. An empty id: unknown on that side."""

    practice_id: str
    ledger_id: str
    name: str
    here: Decimal
    there: Decimal

    @property
    def difference(self) -> Decimal:
        return self.here - self.there


@dataclass(frozen=True, slots=True)
class Document:
    """One document of the practice: its kind, and what it adds to the debt."""

    kind: str
    id: str
    label: str
    day: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """One document's part of a difference. ``here - there`` over all parts is the client's difference."""

    kind: str
    practice_id: str
    ledger_id: str
    label: str
    day: str
    here: Decimal
    there: Decimal
    cause: str
    sentence: str

    @property
    def difference(self) -> Decimal:
        return self.here - self.there


def compare(here: Iterable[Owes], there: Iterable[Owes], links: Mapping[str, str]) -> list[Line]:
    """Every client of either side once, linked ones together, by name. ``links``: practice id -> ledger id."""
    theirs = {one.id: one for one in there}
    lines = []
    for ours in here:
        partner = theirs.pop(links.get(ours.id, ""), None)
        owed = partner.owed if partner else ZERO
        lines.append(Line(ours.id, links.get(ours.id, ""), ours.name, ours.owed, owed))
    linked = {ledger_id: practice_id for practice_id, ledger_id in links.items()}
    lines += [Line(linked.get(one.id, ""), one.id, one.name, ZERO, one.owed) for one in theirs.values()]
    return sorted(lines, key=lambda line: (line.name.casefold(), line.practice_id, line.ledger_id))


def explain(
    line: Line,
    here: Sequence[Document],
    there: Sequence[OpenItem],
    still_open: Sequence[OpenItem],
    links: Mapping[tuple[str, str], str],
    reasons: Mapping[tuple[str, str], Reason],
) -> list[Part]:
    """The documents by which one client's sums differ; empty when they agree.

    ``there``: the customer's sales documents, whole. ``still_open``: what the ledger's sum is made of, among it kinds
    that cannot be asked for by customer (journal entries). ``links``: (kind, practice id) -> ledger id. ``reasons``: (kind, practice id) -> why it is not in step; clients and documents alike.
    """
    if not line.practice_id or not line.ledger_id:
        return _unlinked(line, reasons)
    theirs = {(one.kind, one.id): one for one in there}
    parts = []
    for ours in here:
        partner = theirs.pop((ours.kind, links.get((ours.kind, ours.id), "")), None)
        if (owed := partner.amount if partner else ZERO) != ours.amount:
            ledger_id = links.get((ours.kind, ours.id), "")
            why = _why(ours, ledger_id, reasons)
            parts.append(_part(ours.kind, ours.id, ledger_id, ours.label, ours.day, ours.amount, owed, why))
    parts += [_made_there(one) for one in theirs.values() if one.amount]
    parts += [_made_there(one) for one in still_open if not one.kind and one.amount]
    if rest := line.difference - sum((part.difference for part in parts), ZERO):
        sentence = (
            "QuickBooks counts something that is none of the customer's invoices, payments or credits, such as a "
            "journal entry that has been used up. Look at the customer there."
        )
        parts.append(
            _part("", "", "", "Other", "", ZERO, -rest, Reason(Because.UNEXPLAINED, sentence)),
        )
    return sorted(parts, key=lambda part: (part.day, part.kind, part.label))


def unexplained(parts: Iterable[Part]) -> Decimal:
    """The cents nobody accounts for, each counted, whichever way it goes: two errors do not cancel."""
    return sum((abs(part.difference) for part in parts if part.cause == Because.UNEXPLAINED), ZERO)


def _unlinked(line: Line, reasons: Mapping[tuple[str, str], Reason]) -> list[Part]:
    if not line.difference:
        return []
    if line.practice_id:
        why = reasons.get(("client", line.practice_id)) or Reason(
            Because.NOT_LINKED, "This client has no partner in QuickBooks."
        )
    else:
        why = Reason(Because.NOT_LINKED, "This customer is linked to no client here.")
    return [_part("client", line.practice_id, line.ledger_id, line.name, "", line.here, line.there, why)]


def _why(ours: Document, ledger_id: str, reasons: Mapping[tuple[str, str], Reason]) -> Reason:
    if found := reasons.get((ours.kind, ours.id)):
        return found
    if ours.kind == "refund":
        return Reason(
            Because.REFUND,
            "Given back here. QuickBooks leaves the customer's balance as it is: the payment stays open there.",
        )
    if ledger_id:
        return Reason(Because.UNEXPLAINED, "The two sides show different amounts, and nothing says why.")
    return Reason(Because.UNEXPLAINED, "It is not in QuickBooks, and nothing says why.")


def _made_there(one: OpenItem) -> Part:
    label = f"{_spaced(one.entity)} {one.number}".strip()
    why = Reason(Because.MADE_THERE, "Made in QuickBooks. It does not come here.")
    return _part(one.kind, "", one.id, label, one.day, ZERO, one.amount, why)


def _part(
    kind: str, ours: str, theirs: str, label: str, day: str, here: Decimal, there: Decimal, why: Reason
) -> Part:
    return Part(kind, ours, theirs, label, day, here, there, why.cause, why.sentence)


def _spaced(word: str) -> str:
    """``CreditMemo`` as one reads it: Credit memo."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in word).strip()
    return spaced[:1].upper() + spaced[1:]
