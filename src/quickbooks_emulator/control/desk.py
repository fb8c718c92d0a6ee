"""Acts: worlds, time, people's edits, faults, webhooks and credentials, for tests and for the JSON control API."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from quickbooks_emulator.addresses import is_loopback
from quickbooks_emulator.clock import ClockState
from quickbooks_emulator.control import company
from quickbooks_emulator.control.diff import diff
from quickbooks_emulator.entities import BY_PATH, ENTITIES
from quickbooks_emulator.entities.declaration import Body, Entity, Family
from quickbooks_emulator.entities.render import render
from quickbooks_emulator.knobs import Knobs, Limits
from quickbooks_emulator.oauth.documents import App, Grant
from quickbooks_emulator.oauth.grants import ACCOUNTING, Grants, Tokens
from quickbooks_emulator.service import writes
from quickbooks_emulator.store import Transaction
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.collection import Saved
from quickbooks_emulator.store.documents import ENVIRONMENTS, PRODUCTION, SANDBOX, Company
from quickbooks_emulator.trouble.rules import Rule, read_rule, span
from quickbooks_emulator.webhooks.documents import WebhookSettings
from quickbooks_emulator.worlds import fill

if TYPE_CHECKING:
    from quickbooks_emulator.emulator import Emulator

_COMPANY_KINDS = (
    "answers",
    "companies",
    "counters",
    "deleted",
    "earlier",
    "events",
    "deliveries",
    "files",
    "numbers",
    "postings",
    "records",
    "rules",
)
_KEPT = ("counters/oauth", "counters/webhooks")


class ControlError(ValueError):
    """A control call that cannot be done; the message is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole state at one moment: documents and clock."""

    documents: Saved
    clock: ClockState


_ADDRESS = re.compile(r"https?://[\w.\-\[\]:]+(/|$)")


class Control:
    """The desk of one emulator. Every method is one action; all are safe between threads."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self._snapshots: dict[str, Snapshot] = {}

    # worlds and time

    def reset(self, world: str) -> None:
        """Begin a named world anew. Apps, connections and their tokens stay. Raises ControlError."""
        emulator = self.emulator
        with emulator.store.transaction() as transaction:
            for kind in _COMPANY_KINDS:
                for name in emulator.store.names(kind):
                    if name not in _KEPT:
                        for key in list(emulator.store.collection(name).rows):
                            transaction.remove(name, key)
            try:
                fill(
                    emulator.store,
                    transaction,
                    world,
                    emulator.clock.milliseconds(),
                    emulator.knobs,
                    emulator.seed,
                )
            except LookupError as error:
                raise ControlError(str(error.args[0])) from error
            transaction.put("settings", "world", world)
        emulator.log.clear()
        emulator.webhooks.log.clear()
        emulator.throttle.clear()

    def clock_changed(self) -> None:
        """Keep the clock over a restart."""
        self._put("clock", self.emulator.clock.state())

    def snapshot(self, name: str = "default") -> Snapshot:
        """The state as of now, also kept under `name` for `restore`."""
        taken = Snapshot(self.emulator.store.save(), self.emulator.clock.state())
        self._snapshots[name] = taken
        return taken

    def snapshots(self) -> list[str]:
        """The names of the snapshots that are kept."""
        return list(self._snapshots)

    def restore(self, snapshot: Snapshot | str = "default") -> None:
        snapshot = self._snapshot(snapshot)
        self.emulator.store.restore(snapshot.documents)
        self.emulator.clock.restore(snapshot.clock)
        self.emulator.throttle.clear()

    def diff(self, before: Snapshot | str = "default", after: Snapshot | str | None = None) -> Body:
        """What came, went and changed since a snapshot, up to now or to another one. Raises ControlError."""
        end = self.emulator.store.save() if after is None else self._snapshot(after).documents
        return diff(self._snapshot(before).documents, end)

    def _snapshot(self, snapshot: Snapshot | str) -> Snapshot:
        if isinstance(snapshot, Snapshot):
            return snapshot
        if snapshot not in self._snapshots:
            raise ControlError(f"There is no snapshot named {snapshot!r}.")
        return self._snapshots[snapshot]

    # as if in QuickBooks

    def edit(
        self,
        realm: str,
        entity: str,
        record_id: str | None = None,
        fields: Mapping[str, Any] | None = None,
        operation: str = "update",
    ) -> Body:
        """A person's edit: create, update, deactivate, reactivate, void, delete. Returns the record as printed.
        Raises Fault as the API would, and ControlError."""
        found = self.entity(entity)
        with self.emulator.store.transaction() as transaction:
            books = self._books(realm, transaction)
            if operation == "create":
                record = writes.change_as_person(books, found, None, fields or {})
            elif record_id is None:
                raise ControlError(f"To {operation} a {found.name}, give its id.")
            elif operation == "void":
                token = writes.existing(books, found, record_id).token
                record = writes.void(books, found, {"Id": record_id, "SyncToken": token})
            elif operation == "delete":
                payload = {"Id": record_id, "SyncToken": writes.existing(books, found, record_id).token}
                return {"Id": writes.delete(books, found, payload), "status": "Deleted"}
            elif operation in ("update", "deactivate", "reactivate"):
                forced = {"deactivate": {"Active": False}, "reactivate": {"Active": True}}.get(operation, {})
                record = writes.change_as_person(books, found, record_id, {**(fields or {}), **forced})
            else:
                raise ControlError(
                    f"There is no operation {operation!r}: create, update, deactivate, reactivate, void, delete."
                )
            return render(books, found, record)

    def merge(self, realm: str, entity: str, loser: str, survivor: str) -> Body:
        """Merge `loser` into `survivor`, as a person does in QuickBooks; returns the survivor."""
        found = self.entity(entity)
        with self.emulator.store.transaction() as transaction:
            books = self._books(realm, transaction)
            return render(books, found, writes.merge(books, found, loser, survivor))

    def set_preferences(self, realm: str, groups: Mapping[str, Mapping[str, Any]]) -> Body:
        """Turn switches: {"SalesFormsPrefs": {"CustomTxnNumbers": True}}."""
        return self.edit(realm, "Preferences", "1", groups)

    def ledger(self, realm: str) -> Body:
        """The trial balance of a company, and a sentence for each thing in its books that does not agree."""
        with self.emulator.store.transaction() as transaction:
            return company.ledger_of(self._books(realm, transaction))

    def set_plan(self, realm: str, sku: str = "", status: str = "") -> Body:
        """Change the subscription, e.g. "QuickBooks Online Essentials", or end it with a status such as EXPIRED.
        Raises ControlError."""
        changed = {"OfferingSku": sku.strip(), "SubscriptionStatus": status.strip()}
        changed = {name: value for name, value in changed.items() if value}
        if not changed:
            raise ControlError("Give the plan's sku, such as QuickBooks Online Plus, or a status.")
        with self.emulator.store.transaction() as transaction:
            return company.change_plan(self._books(realm, transaction), changed)

    def mark(self, realm: str, entity: str, record_id: str, marks: Mapping[str, bool]) -> Body:
        """Say what the bank knows of a transaction: matched, settled. Raises ControlError and Fault."""
        found = self.entity(entity)
        if found.family is not Family.TRANSACTION or not marks:
            raise ControlError("Give a transaction's entity and id, and matched or settled: true or false.")
        if not all(isinstance(value, bool) for value in marks.values()):
            raise ControlError("The marks matched and settled are true or false.")
        with self.emulator.store.transaction() as transaction:
            return company.mark(self._books(realm, transaction), found, record_id, marks)

    def records(self, realm: str, entity: str) -> list[Body]:
        """Every record of an entity, active or not, by id."""
        found = self.entity(entity)
        with self.emulator.store.transaction() as transaction:
            books = self._books(realm, transaction)
            table = books.table(found.name)
            index: Any = table.indexes["id"]
            return [render(books, found, table.rows[key]) for key in index.in_order()]

    def entity(self, name: str) -> Entity:
        found = BY_PATH.get(name.lower())
        if found is None:
            raise ControlError(f"There is no entity {name!r} here; there are {', '.join(sorted(ENTITIES))}.")
        return found

    def company(self, realm: str) -> Company:
        found: Company | None = self.emulator.store.collection("companies").get(realm)
        if found is None:
            raise ControlError(f"There is no company {realm!r}.")
        return found

    # faults

    def add_fault(self, **rule: Any) -> Rule:
        """Add a fault rule, e.g. add_fault(entity="customer", effect="drop_after", nth=1). Raises BadRule."""
        read = read_rule(rule)
        with self.emulator.store.transaction() as transaction:
            numbers = [int(key) for key in self.emulator.store.collection("rules").rows]
            kept = msgspec.structs.replace(read, id=str(max(numbers, default=0) + 1), seen=0, applied=0)
            transaction.put("rules", kept.id, kept)
        return kept

    def faults(self) -> list[Rule]:
        return sorted(self.emulator.store.collection("rules").values(), key=lambda rule: int(rule.id))

    def clear_faults(self, rule_id: str | None = None) -> None:
        """Remove one rule, or all."""
        with self.emulator.store.transaction() as transaction:
            for key in [rule_id] if rule_id else list(self.emulator.store.collection("rules").rows):
                transaction.remove("rules", key)

    # apps and connections

    def app(self, environment: str = SANDBOX) -> App:
        """The app's keys and addresses in an environment. Raises ControlError for one that is none."""
        for app in self.emulator.store.collection("apps").values():
            if app.environment == environment:
                return app  # type: ignore[no-any-return]
        raise ControlError(f"The environments are {' and '.join(ENVIRONMENTS)}, not {environment!r}.")

    def add_redirect_uris(self, uris: Iterable[str], environment: str = SANDBOX) -> App:
        """Register redirect addresses. Those of production keys start with https and are not on this machine
        (documented; a switch). Raises ControlError."""
        app, given = self.app(environment), tuple(uris)
        if environment == PRODUCTION and self.emulator.knobs.production_redirects_need_https:
            for uri in given:
                parts = urlsplit(uri)
                if parts.scheme != "https" or not parts.hostname or is_loopback(parts.hostname):
                    raise ControlError(
                        f"Production keys need a redirect address with https and a real host, unlike {uri}."
                    )
        merged = tuple(dict.fromkeys([*app.redirect_uris, *given]))
        return self._put_app(msgspec.structs.replace(app, redirect_uris=merged))

    def set_verifier_token(self, token: str, environment: str = SANDBOX) -> App:
        return self._put_app(msgspec.structs.replace(self.app(environment), verifier_token=token))

    def set_addresses(self, addresses: Mapping[str, str], environment: str = SANDBOX) -> App:
        """Register reconnect_url or disconnect_url of the app. Raises ControlError."""
        for address in addresses.values():
            if address and not _ADDRESS.match(address):
                raise ControlError(f"The address {address!r} is not an http address.")
        return self._put_app(msgspec.structs.replace(self.app(environment), **addresses))

    def connect(self, realm: str, scopes: tuple[str, ...] = (ACCOUNTING,)) -> Tokens:
        """A fresh token pair for a company, for the keys of its environment, as if the consent page had been
        answered."""
        app = self.app(self.company(realm).environment)
        with self.emulator.store.transaction() as transaction:
            grants = self._grants(transaction)
            return grants.tokens_for(grants.consent(app, realm, scopes))

    def grants(self, realm: str) -> list[Grant]:
        """The consents given for a company, the latest first, those that are revoked included."""
        found = [one for one in self.emulator.store.collection("grants").values() if one.realm == realm]
        return sorted(found, key=lambda one: -int(one.id))

    def revoke(self, realm: str) -> int:
        """Disconnect from the QuickBooks side: kill every grant of a company; returns how many."""
        living = [grant for grant in self.grants(realm) if not grant.revoked]
        with self.emulator.store.transaction() as transaction:
            for grant in living:
                self._grants(transaction).revoke_grant(grant.id)
        return len(living)

    def end_consents(self, realm: str, days: int) -> int:
        """Have every living consent of a company end in so many days; returns how many. One given later is not meant."""
        living = [grant for grant in self.grants(realm) if not grant.revoked]
        with self.emulator.store.transaction() as transaction:
            for grant in living:
                self._grants(transaction).end_in(grant.id, days * 86_400)
        return len(living)

    # settings

    def set_webhooks(self, settings: WebhookSettings) -> None:
        """Subscribe, unsubscribe (an empty url) or change the weather. Raises ControlError or BadRule."""
        for url in (settings.url, settings.production_url):
            if url and not _ADDRESS.match(url):
                raise ControlError(f"The webhook address {url!r} is not an http address.")
        if settings.format not in ("cloudevents", "legacy") or settings.schedule not in ("current", "old"):
            raise ControlError("The format is cloudevents or legacy, the schedule current or old.")
        span(settings.delay)
        self._put("webhooks", settings)

    def set_knobs(self, knobs: Knobs) -> None:
        self.emulator.knobs = knobs
        self._put("knobs", knobs)

    def set_limits(self, limits: Limits) -> None:
        self.emulator.throttle.limits = limits
        self._put("limits", limits)

    def restore_settings(self) -> None:
        """Take up what a kept state says of clock, knobs and limits."""
        settings = self.emulator.store.collection("settings")
        if settings.get("clock"):
            self.emulator.clock.restore(msgspec.convert(settings.get("clock"), ClockState))
        if settings.get("knobs"):
            self.emulator.knobs = msgspec.convert(settings.get("knobs"), Knobs)
        if settings.get("limits"):
            self.emulator.throttle.limits = msgspec.convert(settings.get("limits"), Limits)

    def _books(self, realm: str, transaction: Transaction) -> Books:
        emulator = self.emulator
        return Books(
            emulator.store,
            transaction,
            self.company(realm),
            ENTITIES,
            emulator.clock.milliseconds(),
            emulator.knobs,
            person=True,
        )

    def _grants(self, transaction: Transaction) -> Grants:
        emulator = self.emulator
        return Grants(
            emulator.store, transaction, emulator.knobs, emulator.clock.seconds(), emulator.token_seed
        )

    def _put(self, name: str, settings: msgspec.Struct) -> None:
        with self.emulator.store.transaction() as transaction:
            transaction.put("settings", name, msgspec.to_builtins(settings))

    def _put_app(self, app: App) -> App:
        with self.emulator.store.transaction() as transaction:
            transaction.put("apps", app.client_id, app)
        return app
