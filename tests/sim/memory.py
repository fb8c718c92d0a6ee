"""Decides: what people have edited, and whether it is still somewhere. The oracle of field-level merging.

Independent of the engine: it only knows who typed what, and what both sides show. Whenever two linked records show the
same in a unit, that must be what somebody typed last, and two different things typed since they last agreed must not
have become one without a person's answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tieout.practice.records import RECORD_KINDS
from tieout.sync.models import Link

if TYPE_CHECKING:
    from tests.sim.storm import Storm

PRACTICE, LEDGER = "practice", "ledger"
DOCUMENTS: Mapping[str, str] = {
    "invoice": "Invoice",
    "payment": "Payment",
    "credit": "CreditMemo",
    "credit_application": "Payment",
    "refund": "RefundReceipt",
}
"""The practice's documents and QuickBooks' words for them."""
MARK = re.compile(r"Tieout (\S+)\s*$")
"""Ours in a document's note; the group is the request id it was made under."""
Document = Mapping[str, Any]


def _alike(one: Any, other: Any) -> bool:
    """Whether two texts say the same apart from spacing, case and punctuation; empty ones say nothing."""
    said = [re.sub(r"[\W_]", "", text).casefold() if isinstance(text, str) else "" for text in (one, other)]
    return said[0] == said[1] != ""


_MARK = re.compile(r" \(deleted\)( \d+)?$")
"""What QuickBooks appends to the name of an inactive record; it numbers a second one of that name."""


def typed_name(document: Document, member: str = "Name") -> Any:
    """The name as a person gave it."""
    return document[member] if document["Active"] else _MARK.sub("", document[member])


def _name(member: str) -> Callable[[Document], Any]:
    return lambda document: typed_name(document, member)


def _rate(document: Document) -> Any:
    return document.get("UnitPrice") or None  # QuickBooks has no empty price


SHOWN_THERE: Mapping[str, tuple[str, Mapping[str, Callable[[Document], Any]]]] = {
    "client": (
        "Customer",
        {
            "name": _name("DisplayName"),
            "phone": lambda one: one.get("PrimaryPhone", {}).get("FreeFormNumber", ""),
            "email": lambda one: one.get("PrimaryEmailAddr", {}).get("Address", ""),
            "active": lambda one: one["Active"],
        },
    ),
    "service_item": (
        "Item",
        {
            "name": _name("Name"),
            "rate": _rate,
            "sku": lambda one: one.get("Sku", ""),
            "description": lambda one: one.get("Description", ""),
            "active": lambda one: one["Active"],
        },
    ),
}
"""Entity -> QuickBooks' word, and how each unit reads in its document: written anew, not taken from the product."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A document in QuickBooks that a person has deleted or voided there."""

    how: str
    mark: str
    """Our request id in its note; empty when it carried none."""
    record: tuple[str, str] | None
    """(entity, practice id) of the record it was linked with then; None while nobody knew of it."""


class Memory:
    """Who typed what, for one storm."""

    def __init__(self, storm: Storm) -> None:
        self.storm = storm
        self.typed: dict[tuple[str, str, str, str], Any] = {}
        """(entity, side, id, unit) -> the last value typed since both sides last showed the same."""
        self.stood: dict[tuple[str, str, str, str], list[Any]] = {}
        """The same -> what was typed there before that, since both sides last showed the same."""
        self.agreed: dict[tuple[str, str, str], list[Any]] = {}
        """(entity, practice id, unit) -> every value both have shown."""
        self.created: dict[tuple[str, str, str], list[Any]] = {}
        """(entity, ledger id, unit) -> what a record there that was not linked showed when somebody edited it.

        It may be of our making, and its answer lost: what was typed here before is in it then, and both showed it.
        """
        self.answered: set[tuple[str, str, str]] = set()
        self.accepted: set[tuple[str, str]] = set()
        """(entity, practice id) of documents where a person has accepted what QuickBooks shows instead."""
        self.remembered: dict[tuple[str, str], tuple[int, int]] = {}
        """(entity, practice id) -> the cents of the totals, here and there, whose difference a person has accepted.

        A total is only compared: whichever side is kept, neither document changes, for as long as it stays at these two.
        """
        self.declared: dict[tuple[str, str], Mapping[str, tuple[Any, Any]]] = {}
        """(entity, practice id) linked by hand -> what each side showed of a unit then that is called the same since."""
        self.removed: dict[tuple[str, str], Removed] = {}
        """(QuickBooks' word, id) of what a person has deleted or voided there, with what it was then."""
        self.again: Counter[tuple[str, str]] = Counter()
        """(entity, practice id) -> how often a person has chosen to have it created."""
        self.asked: set[int] = set()
        """Entries about a void that would undo something, as far as anybody has looked at them."""
        self.lost: list[str] = []
        self.there: dict[tuple[str, str, str], Any] = {}
        """(QuickBooks' word, id, member) -> what a person put there in a document that only goes the other way."""

    def was_removed(self, word: str, document: Document, how: str) -> None:
        """A person has just deleted or voided this in QuickBooks. No run has taken place since."""
        ledger_id = str(document["Id"])
        kinds = [entity for entity, there in DOCUMENTS.items() if there == word]
        with self.storm.town.here():
            links = Link.objects.filter(entity__in=kinds, ledger_id=ledger_id)
            record = links.values_list("entity", "practice_id").first()
        mark = MARK.search(document.get("PrivateNote") or "")
        # What was deleted after it had been voided was removed once.
        self.removed.setdefault((word, ledger_id), Removed(how, mark.group(1) if mark else "", record))
        if how == "delete":
            self.removed[(word, ledger_id)] = replace(self.removed[(word, ledger_id)], how=how)

    def began_anew(self) -> None:
        """Somebody has had all links forgotten: nothing is known any more of what was removed there before."""
        for key in [key for key, what in self.removed.items() if what.record]:
            record = self.removed.pop(key).record
            assert record is not None
            self.again[record] += 1

    def was_typed(self, entity: str, side: str, record_id: str, values: Mapping[str, Any]) -> None:
        """What was typed just now. Look before the edit as well: then what both showed until it is known.

        It takes the place of what was typed there before: whoever types what the other side shows has made them agree.
        """
        if entity in SHOWN_THERE:
            for unit, value in values.items():
                key = (entity, side, record_id, unit)
                if key in self.typed:
                    self.stood.setdefault(key, []).append(self.typed[key])
                self.typed[key] = value
        self.look()

    def about_to_edit_there(self, entity: str, record_id: str) -> None:
        """Look before a person's edit in QuickBooks, also where nobody can know yet which of our records it is."""
        self.look(entity)
        with self.storm.town.here():
            if Link.objects.filter(entity=entity, ledger_id=record_id).exists():
                return
        document = self._document(entity, record_id)
        for unit, read in SHOWN_THERE[entity][1].items():
            self.created.setdefault((entity, record_id, unit), []).append(read(document))

    def _document(self, entity: str, record_id: str) -> Document:
        (found,) = (one for one in self._documents(SHOWN_THERE[entity][0]) if str(one["Id"]) == record_id)
        return found

    def _documents(self, word: str) -> list[Document]:
        town = self.storm.town
        return list(town.emulator.control.records(town.realm, word))

    def forget(self, entity: str, *record_ids: str) -> None:
        """A decision about these records has changed what belongs together."""
        for key in [key for key in self.typed if key[0] == entity and key[2] in record_ids]:
            del self.typed[key]
            self.stood.pop(key, None)

    def was_linked(self, entity: str, practice_id: str, ledger_id: str) -> None:
        """A person declared these two to be one: their names are agreed as each side has them, whatever they are.

        The one there may be gone already, merged away, and nobody know it here.
        """
        word, shown = SHOWN_THERE.get(entity, ("", {}))
        if not word or not any(str(one["Id"]) == ledger_id for one in self._documents(word)):
            return
        document = self._document(entity, ledger_id)
        here = RECORD_KINDS[entity].read(self.storm.town.firm.pk, [practice_id])[practice_id].units
        seen = {unit: (here[unit], read(document)) for unit, read in shown.items()}
        self.declared[(entity, practice_id)] = {
            unit: both for unit, both in seen.items() if unit == "name" or _alike(*both)
        }

    def _met(self, here: tuple[str, str, str, str], there: tuple[str, str, str, str]) -> list[Any]:
        """What was typed on one side and had stood on the other since they last agreed.

        Whoever looks between the two edits sees both sides show the same: it counts as agreed, and what was typed on the
        other side since takes its place.
        """
        pairs = ((here, there), (there, here))
        return [
            self.typed[one]
            for one, other in pairs
            if one in self.typed and self.typed[one] in self.stood.get(other, ())
        ]

    def look(self, *entities: str) -> None:
        """Compare both sides wherever something was typed, and in these entities."""
        for entity in {key[0] for key in self.typed} | set(entities):
            self._look_at(entity)

    def _look_at(self, entity: str) -> None:
        word, shown = SHOWN_THERE[entity]
        town = self.storm.town
        there = {str(one["Id"]): one for one in town.emulator.control.records(town.realm, word)}
        with town.here():
            pairs = list(Link.objects.filter(entity=entity).values_list("practice_id", "ledger_id"))
            views = RECORD_KINDS[entity].read(town.firm.pk, [practice_id for practice_id, _ in pairs])
        for practice_id, ledger_id in pairs:
            if practice_id not in views or ledger_id not in there:
                continue
            for unit, read in shown.items():
                keys = ((entity, PRACTICE, practice_id, unit), (entity, LEDGER, ledger_id, unit))
                typed = [self.typed[key] for key in keys if key in self.typed]
                ours, theirs = views[practice_id].units[unit], read(there[ledger_id])
                if ours != theirs:
                    continue
                made_as = [*self.created.get((entity, ledger_id, unit), ()), *self._met(*keys)]
                self._agreed((entity, practice_id, unit), typed, ours, made_as)
                for key in keys:
                    self.typed.pop(key, None)
                    self.stood.pop(key, None)

    def _agreed(
        self, pair: tuple[str, str, str], typed: list[Any], shown: Any, made_as: Sequence[Any] = ()
    ) -> None:
        history = self.agreed.setdefault(pair, [])
        if not typed:
            if shown not in history:  # typing it again where it stands is no change at all either
                history.append(shown)
            return
        if pair in self.answered:
            self.answered.discard(pair)
        else:
            # Going back to what both showed before may rightly be taken for no change at all.
            wanted = [value for value in typed if value not in history and value not in made_as] or typed
            if shown not in wanted or len(set(map(str, wanted))) > 1:
                self.lost.append(f"{pair}: typed {typed}, and now both show {shown!r}")
        history.append(shown)
