"""Decides whether the documents on both sides tie out: each once, each equal to the cent, or listed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.sim.memory import DOCUMENTS, MARK
from tieout.practice.client_balances import ClientBalance
from tieout.practice.invoices import Invoice, Status
from tieout.practice.payments import Refund
from tieout.sync.models import Issue

if TYPE_CHECKING:
    from tests.sim.evidence import Rest

Document = Mapping[str, Any]
LISTS: Mapping[str, tuple[str, Callable[[Document], bool]]] = {
    "account": ("Account", lambda one: True),
    "category": ("Item", lambda one: one["Type"] == "Category"),
    "tracking_class": ("Class", lambda one: True),
    "location": ("Department", lambda one: True),
    "term": ("Term", lambda one: True),
    "payment_method": ("PaymentMethod", lambda one: True),
}


def cents(value: object) -> int:
    return round(Decimal(str(value or 0)) * 100)


def linked_to(document: Document, kind: str) -> dict[str, int]:
    """Id of a linked document of that kind -> the cents on it."""
    found: dict[str, int] = defaultdict(int)
    for line in document.get("Line") or ():
        for link in line.get("LinkedTxn") or ():
            if link["TxnType"] == kind:
                found[str(link["TxnId"])] += cents(line["Amount"])
    return dict(found)


class Books:
    """The documents of one storm at rest."""

    KINDS = DOCUMENTS

    def __init__(self, rest: Rest) -> None:
        self.rest = rest
        self.words = [word for word in rest.words if word in self.KINDS]
        self.remembered: set[tuple[str, str]] = set()
        """Documents whose totals differ as a person has accepted."""
        self.there = (
            {word: rest.there(word) for word in sorted(set(self.KINDS.values()))} if self.words else {}
        )

    def check(self) -> None:
        if not self.words:
            return
        for entity in self.words:
            for practice_id, units in self.rest.here(entity).items():
                self._document(entity, practice_id, units)
        self._no_ghosts()
        self._nothing_is_said_to_be_twice()
        self._nobody_is_accused()
        self._balances()
        self._emulator_adds_up()

    # -- one document ---------------------------------------------------------------------------------------

    def _document(self, entity: str, practice_id: str, units: Mapping[str, Any]) -> None:
        rest = self.rest
        link = rest.links.get((entity, practice_id))
        document = self.there[self.KINDS[entity]].get(link.ledger_id) if link else None
        if document is None:
            rest.demand("sent once or listed", rest.is_listed(entity, practice_id), (entity, practice_id))
            return
        rest.storm.probes[f"{entity} linked at rest"] += 1
        if (entity, practice_id) in rest.storm.memory.accepted:
            return
        for unit, ours, theirs in self._figures(entity, units, document):
            if ours != theirs:
                seen = rest.storm.memory.remembered.get((entity, practice_id))
                if unit == "total" and seen == (ours, theirs):
                    self.remembered.add((entity, practice_id))
                    rest.storm.probes["difference in a total remembered"] += 1
                    continue
                what = (entity, practice_id, unit, ours, theirs)
                rest.demand("equal to the cent or listed", rest.is_listed(entity, practice_id, unit), what)
                said = rest.statuses[entity].get(practice_id)
                rest.demand("no false green", said is None or said.state != "in_step", what)
                rest.storm.probes["document differs and is listed"] += 1

    def _figures(
        self, entity: str, units: Mapping[str, Any], document: Document
    ) -> list[tuple[str, Any, Any]]:
        """(unit, here, there) of what has to be equal."""
        if units.get("state") == "void" or document.get("PrivateNote", "").startswith("Voided"):
            return [
                ("state", units.get("state") == "void", document.get("PrivateNote", "").startswith("Voided"))
            ]
        client = self.rest.links.get(("client", units["client"]))
        found: list[tuple[str, Any, Any]] = [
            ("client", client.ledger_id if client else "", document["CustomerRef"]["value"]),
            ("date", units["date"], document["TxnDate"]),
        ]
        if entity == "invoice":
            rows = [cents(row["amount"]) for row in units["content"] if row["kind"] == "item"]
            sales = [line for line in document["Line"] if line["DetailType"] == "SalesItemLineDetail"]
            found += [
                ("total", cents(units["total"]), cents(document["TotalAmt"])),
                ("due_date", units["due_date"], document["DueDate"]),
                ("memo", units["memo"], document.get("CustomerMemo", {}).get("value", "")),
                ("content", rows, [cents(line["Amount"]) for line in sales][: len(rows)]),
            ]
        elif entity == "payment":
            ours = {
                self._ledger_id("invoice", row["invoice"]): cents(row["amount"])
                for row in units["allocations"]
            }
            found += [
                ("amount", cents(units["amount"]), cents(document["TotalAmt"])),
                ("allocations", ours, linked_to(document, "Invoice")),
                ("reference", units["reference"], document.get("PaymentRefNum", "")),
            ]
        elif entity == "credit_application":
            wanted = {self._ledger_id("invoice", units["invoice"]): cents(units["amount"])}
            credit = {self._ledger_id("credit", units["credit"]): cents(units["amount"])}
            found += [
                ("invoice", wanted, linked_to(document, "Invoice")),
                ("credit", credit, linked_to(document, "CreditMemo")),
            ]
        else:
            found.append(("amount", cents(units["amount"]), cents(document["TotalAmt"])))
        return found

    def _ledger_id(self, entity: str, practice_id: str) -> str:
        link = self.rest.links.get((entity, practice_id))
        return link.ledger_id if link else f"unlinked {practice_id}"

    # -- all documents ----------------------------------------------------------------------------------------

    def _no_ghosts(self) -> None:
        """No record of ours is there twice, and nothing with our marker is without its record."""
        rest = self.rest
        for (entity, practice_id), ledger_id in self.marked_once().items():
            link = rest.links.get((entity, practice_id))
            linked = link is not None and link.ledger_id == ledger_id
            rest.demand(
                "what is there is linked",
                linked or rest.is_listed(entity, practice_id),
                (entity, practice_id),
            )

    def _nothing_is_said_to_be_twice(self) -> None:
        """Of what is there once, as ``marked_once`` has just shown, nobody is asked which of two is to stay."""
        rest = self.rest
        with rest.town.here():
            asked = Issue.objects.filter(closed_at=None, cause="twice_there", entity__in=self.words)
            told = sorted(asked.values_list("entity", "record_id"))
        rest.demand("nothing is said to be twice", not told, told)

    def marked_once(self) -> dict[tuple[str, str], str]:
        """(entity, practice id) -> the one document there that carries its mark and stands."""
        rest = self.rest
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for word, documents in self.there.items():
            for ledger_id, document in documents.items():
                if mark := MARK.search(document.get("PrivateNote") or ""):
                    record = rest.record_of.get(mark.group(1))
                    rest.demand("no ghost", record is not None, (word, ledger_id, mark.group(1)))
                    assert record is not None
                    if not document["PrivateNote"].startswith("Voided"):
                        found[record].append(ledger_id)
        twice = {record: ids for record, ids in found.items() if len(ids) > 1}
        rest.demand("exactly once", not twice, twice)
        return {record: ledger_id for record, (ledger_id,) in found.items()}

    def _nobody_is_accused(self) -> None:
        """That a document was changed in QuickBooks is only said where somebody there has changed something."""
        rest, storm = self.rest, self.rest.storm
        for entity, practice_id, unit in rest.drifted:
            link = rest.links.get((entity, practice_id))
            document = (
                self.there[self.KINDS[entity]].get(link.ledger_id) if link and entity in self.words else None
            )
            if document is None or storm.auto_applied:
                continue
            customer = document["CustomerRef"]["value"]
            touched = customer in storm.meddled | storm.by_hand
            rest.demand("only what was changed there is said to be", touched, (entity, practice_id, unit))
            storm.probes["drift listed at rest"] += 1

    def _balances(self) -> None:
        """What a client owes is the same on both sides wherever nothing is listed and nobody has meddled there."""
        rest, storm = self.rest, self.rest.storm
        if len(self.words) < len(self.KINDS):
            return
        busy = self._clients_with_differences()
        with rest.town.here():
            owed = {str(one.client_id): one for one in ClientBalance.objects.all()}
            back: dict[str, Decimal] = defaultdict(Decimal)
            for refund in Refund.objects.filter(status="done"):
                back[str(refund.client_id)] += refund.amount
            bad = Invoice.objects.exclude(status__in=[Status.DRAFT, Status.VOID]).filter(balance__lt=0)
            rest.demand("nothing is overpaid here", not bad.exists(), list(bad))
        customers = rest.there("Customer")
        for practice_id, balance in owed.items():
            link = rest.links.get(("client", practice_id))
            if link is None or link.ledger_id not in customers or practice_id in busy:
                continue
            if link.ledger_id in storm.by_hand or self._born_there(link.ledger_id):
                continue
            # A refund receipt leaves the customer's balance as it is (Intuit's reference).
            ours, theirs = cents(balance.net - back[practice_id]), cents(customers[link.ledger_id]["Balance"])
            rest.demand("clients owe the same on both sides", ours == theirs, (practice_id, ours, theirs))
            storm.probes["balances compared"] += 1

    def _clients_with_differences(self) -> set[str]:
        rest, found = self.rest, set()
        for entity in self.words:
            for practice_id, units in rest.here(entity).items():
                accepted = (entity, practice_id) in rest.storm.memory.accepted
                if (
                    accepted
                    or (entity, practice_id) in self.remembered
                    or rest.is_listed(entity, practice_id)
                ):
                    found.add(units["client"])
        return found

    def _born_there(self, ledger_id: str) -> bool:
        linked = {
            (self.KINDS[e], one.ledger_id) for (e, _), one in self.rest.links.items() if e in self.KINDS
        }
        return any(
            document["CustomerRef"]["value"] == ledger_id and (word, one) not in linked
            for word, documents in self.there.items()
            for one, document in documents.items()
        )

    def _emulator_adds_up(self) -> None:
        wrong = self.rest.town.emulator.control.ledger(self.rest.town.realm)["discrepancies"]
        self.rest.demand("QuickBooks' own books agree", not wrong, wrong)
