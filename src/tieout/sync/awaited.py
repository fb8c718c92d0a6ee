"""Decides: whether what a record waits for is on its way, and how it is said where it is not. Pure; asked by ``listing``.

A record that waits for one which nobody will send is not "clearing by itself": it is held up until a person has decided
about the other one, or leaves this one out as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tieout.reconcile.state import Key, Side
from tieout.sync.issues import HELD_UP, Listing

SECTION_OFF = "section_off"
GONE = "gone"
"""Reasons of an awaited record that are no cause of an issue of its own."""
TOLD = 2
"""So many of the records that hold one up are named; of the others it is said how many there are."""
SENTENCE_STARTS = frozenset({"It", "Its", "The", "A", "An", "Creating", "Left", "They", "This", "Waits"})
"""Words that begin a sentence of ours and are no names: written small inside of another sentence."""


@dataclass(frozen=True, slots=True)
class Open:
    """An open issue of an awaited record."""

    cause: str
    listing: str
    sentence: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Awaited:
    """One record that another one waits for, as it stands."""

    key: Key
    name: str = ""
    issues: tuple[Open, ...] = ()
    section_off: str = ""
    """The title of its section, while that is not turned on."""
    gone: str = ""
    """The evidence that it is not there."""

    @property
    def label(self) -> str:
        """Invoice 1042; its category, while nobody knows what it is called."""
        word = self.key.entity.replace("_", " ")
        if self.name:
            return f"{word} {self.name}"
        return f"its {word}" if self.key.side is Side.LEDGER else word

    @property
    def stop(self) -> Open | None:
        """The issue that keeps it from being sent; None while there is none, or while one of them clears by itself."""
        if any(one.listing == Listing.CLEARING for one in self.issues):
            return None
        listings = [Listing.NEEDS_YOU.value, Listing.LEFT_OUT.value]
        found = sorted(
            (one for one in self.issues if one.listing in listings),
            key=lambda one: (bool(one.unit), listings.index(one.listing), one.cause),
        )
        return found[0] if found else None

    @property
    def stopped_by(self) -> str:
        """Why it will not be sent by itself: ``SECTION_OFF``, ``GONE``, or the cause of its issue; empty when it is on its way."""
        if self.section_off:
            return SECTION_OFF
        if self.stop is not None:
            return self.stop.cause
        return GONE if self.gone else ""


def as_text(key: Key) -> str:
    """A key as an issue keeps it among its options. The practice's side goes without saying."""
    return ":".join((key.entity, *([key.side.value] if key.side is Side.LEDGER else []), key.id))


def as_key(text: str) -> Key:
    """The other way round."""
    entity, *side, record_id = text.split(":")
    return Key(entity, Side.LEDGER if side else Side.PRACTICE, record_id)


def waits(awaited: Sequence[Awaited]) -> str:
    """The sentence of a record whose awaited ones are all on their way."""
    return f"Waits for {' and '.join(one.label for one in awaited[:3])}."


def stopped(awaited: Iterable[Awaited]) -> list[Awaited]:
    """Of these, those that are not on their way. What is only held up itself is left away beside what is stopped by a reason
    of its own: the same one is next to always behind both."""
    found = [one for one in awaited if one.stopped_by]
    return [one for one in found if one.stopped_by != HELD_UP] or found


def held_up(awaited: Sequence[Awaited]) -> str:
    """The sentence of a record that waits for these, none of which is on its way: each with its reason."""
    told = [f"for {one.label}, {_why(one)}" for one in awaited[:TOLD]]
    if (more := len(awaited) - TOLD) > 0:
        told.append(f"for {more} more")
    return f"It waits {'; and '.join(told)}."


def _why(one: Awaited) -> str:
    stop = one.stop
    if one.section_off:
        return f"and {one.section_off} is not turned on"
    if stop is None:
        where = "not in QuickBooks" if one.key.side is Side.LEDGER else "not here any more"
        return f"which is {where} ({one.gone})"
    said = _inside(stop.sentence)
    if stop.cause == HELD_UP:
        return f"which {said.removeprefix('it ')}"
    if stop.listing == Listing.LEFT_OUT:
        return f"which is {said}" if said.startswith("left out") else f"which is left out: {said}"
    return f"which needs you first: {said}"


def _inside(sentence: str) -> str:
    """A sentence as it stands inside of another one."""
    said = sentence.strip().rstrip(".")
    first = said.partition(" ")[0]
    return said[:1].lower() + said[1:] if first in SENTENCE_STARTS else said
