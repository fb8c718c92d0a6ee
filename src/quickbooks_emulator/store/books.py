"""Acts: one company's records as one request sees and changes them. Between the rules and the store."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from quickbooks_emulator.entities.declaration import Body, Entity
from quickbooks_emulator.knobs import Knobs
from quickbooks_emulator.store.collection import Collection, Store, Transaction
from quickbooks_emulator.store.documents import PRODUCTION, Company, Counter, Event, Record, Tombstone


class Books:
    """A company in one transaction.

    `now_ms`: virtual milliseconds since 1970. `person`: True when somebody edits in QuickBooks itself, who may
    do a few things the API refuses.
    """

    def __init__(
        self,
        store: Store,
        transaction: Transaction,
        company: Company,
        entities: dict[str, Entity],
        now_ms: int,
        knobs: Knobs,
        *,
        person: bool = False,
    ) -> None:
        self._store, self.transaction, self.company = store, transaction, company
        self.entities, self.now_ms, self.knobs, self.person = entities, now_ms, knobs, person
        self.options: frozenset[str] = (
            frozenset()
        )  # what the call asked for beside its body: allowduplicatedocnum
        self._tables: dict[str, Collection] = {}
        self.retotal = Decimal(0)  # what a fault rule adds to the tax of a sale
        self.base_url = ""  # where the caller reached the service: for links to files
        self.loading = False  # True while a world is filled: balances are brought in step once, at the end

    @property
    def now(self) -> int:
        return self.now_ms // 1000

    def collection(self, kind: str) -> Collection:
        """The company's one collection of a kind."""
        return self._store.collection(f"{kind}/{self.company.realm}")

    def table(self, entity: str) -> Collection:
        found = self._tables.get(entity)
        if found is None:
            found = self._tables[entity] = self._store.collection(f"records/{self.company.realm}/{entity}")
        return found

    def tombstones(self, entity: str) -> Collection:
        return self._store.collection(f"deleted/{self.company.realm}/{entity}")

    def get(self, entity: str, record_id: str) -> Record | None:
        found: Record | None = self.table(entity).get(record_id)
        return found

    def named(self, entity: str, field: str, folded: str) -> list[Record]:
        """Records whose indexed text field equals `folded` (already trimmed and case-folded)."""
        table = self.table(entity)
        return [table.rows[key] for key in table.indexes[field].find(folded)]  # type: ignore[attr-defined]

    def children(self, entity: str, parent: str) -> list[Record]:
        table = self.table(entity)
        return [table.rows[key] for key in sorted_ids(table.indexes["parent"].find(parent))]  # type: ignore[attr-defined]

    def descendants(self, entity: str, parent: str) -> Iterator[Record]:
        for child in self.children(entity, parent):
            yield child
            yield from self.descendants(entity, child.id)

    def next_number(self, sequence: str) -> int:
        collection = f"counters/{self.company.realm}"
        counter: Counter | None = self._store.collection(collection).get(sequence)
        number = (counter.last if counter else 0) + 1
        self.transaction.put(collection, sequence, Counter(number))
        return number

    def insert(
        self, entity: Entity, body: Body, record_id: str | None = None, created: int | None = None
    ) -> Record:
        record = Record(
            id=record_id or str(entity.first_id + self.next_number(entity.sequence)),
            token=0,
            created=self.now if created is None else created,
            updated=self.now if created is None else created,
            seq=self.next_number("changes"),
            body=body,
        )
        self.transaction.put(self.table(entity.name).name, record.id, record)
        return record

    def update(self, entity: Entity, old: Record, body: Body, *, bump: bool = True) -> Record:
        """Store a changed record. `bump` False is a ripple: a new time, the same token."""
        record = Record(
            id=old.id,
            token=old.token + 1 if bump else old.token,
            created=old.created,
            updated=self.now,
            seq=self.next_number("changes"),
            body=body,
        )
        self._remember(entity.name, old)
        self.transaction.put(self.table(entity.name).name, record.id, record)
        if not bump and self.knobs.ripples_send_events:
            self.tell(entity, "Update", record.id)
        return record

    def amend(self, entity: Entity, record: Record, body: Body) -> Record:
        """Change what a record says without a new token or time: part of the same write, or a silent ripple."""
        changed = Record(
            id=record.id,
            token=record.token,
            created=record.created,
            updated=record.updated,
            seq=record.seq,
            body=body,
        )
        self.transaction.put(self.table(entity.name).name, record.id, changed)
        return changed

    def delete(self, entity: Entity, record: Record) -> Tombstone:
        tombstone = Tombstone(record.id, self.now, self.next_number("changes"))
        self.transaction.remove(self.table(entity.name).name, record.id)
        self.transaction.put(self.tombstones(entity.name).name, record.id, tombstone)
        return tombstone

    def tell(self, entity: Entity, operation: str, record_id: str, deleted: str | None = None) -> None:
        """Note an event for the webhooks, unless the entity has no such event or nobody subscribed."""
        settings = self._store.collection("settings").get("webhooks") or {}
        subscribed = settings.get("production_url" if self.company.environment == PRODUCTION else "url")
        if operation not in entity.events or not subscribed:
            return
        seq = self.next_number("events")
        event = Event(
            id=f"{self.company.realm}-{seq}",
            seq=seq,
            realm=self.company.realm,
            entity=entity.name,
            record=record_id,
            operation=operation,
            at_ms=self.now_ms,
            deleted=deleted,
        )
        self.transaction.put("events", event.id, event)

    def currency_name(self, code: str) -> str:
        """The name of a currency the company uses."""
        if code == self.company.currency:
            return self.company.currency_name
        found = self.named("CompanyCurrency", "Code", code.casefold())
        return str(found[0].body["Name"]) if found else code

    def earlier(self, entity: str, record_id: str) -> Record | None:
        """The version before the present one, as long as this process remembers it (for the `lag` fault)."""
        found: Record | None = self._store.collection(f"earlier/{self.company.realm}/{entity}").get(record_id)
        return found

    def _remember(self, entity: str, old: Record) -> None:
        self.transaction.put(f"earlier/{self.company.realm}/{entity}", old.id, old)


def sorted_ids(ids: list[str]) -> list[str]:
    """Ids in numeric order (they are digit strings of any length)."""
    return sorted(ids, key=id_order)


def id_order(record_id: str) -> tuple[int, str]:
    return (len(record_id), record_id)
