"""Acts: QuickBooks as one of the ledgers an installation can be configured for. Built by the configuration, once.

Everything above it speaks ``tieout.reconcile.ports.LedgerProvider``; nothing above it imports QuickBooks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tieout.quickbooks.api import oauth, webhooks
from tieout.quickbooks.api.client import Client
from tieout.quickbooks.api.config import AppKeys, Environment, known
from tieout.quickbooks.api.network import Deadlines, Network, Sockets
from tieout.quickbooks.api.pace import Pace, Turns
from tieout.quickbooks.api.sign_in import Discovery, SignIn
from tieout.quickbooks.api.transport import Transport
from tieout.quickbooks.company_rules import SETTINGS, Settings, lists_used
from tieout.quickbooks.entities import all_entities
from tieout.quickbooks.entity import QuickBooksEntity
from tieout.quickbooks.errors import in_ledger_words
from tieout.quickbooks.ledger import QuickBooksLedger
from tieout.reconcile.company import Setting
from tieout.reconcile.memory import Memory
from tieout.reconcile.ports import BadSignature, Callback, Notice, Tokens, TokenSource
from tieout.reconcile.spec import EntitySpec

SITES = {
    Environment.PRODUCTION: "https://qbo.intuit.com/",
    Environment.SANDBOX: "https://sandbox.qbo.intuit.com/",
}

REFRESH_WITHIN = Deadlines(connect=5, read=8, total=10)
"""A refresh is waited for by all who need the new pair; without an answer the old pair serves for the next try."""


@dataclass(frozen=True, slots=True)
class World:
    """What reaches the outside, in one place. Tests pass an in-process network and virtual time."""

    now: Callable[[], datetime]
    """Timezone-aware."""
    network: Network | None = None
    """None: the real one."""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class QuickBooksProvider:
    """One installation's way to QuickBooks: its keys, its environment, and one pace for each company."""

    name = "quickbooks"
    title = "QuickBooks Online"
    settings: Sequence[Setting] = SETTINGS

    def __init__(
        self,
        keys: AppKeys,
        world: World,
        base_url: str = "",
        entities: Sequence[QuickBooksEntity] | None = None,
    ) -> None:
        """``base_url``: where a ``custom`` environment serves everything. Raises ``ConfigurationError``."""
        self._entities = tuple(all_entities() if entities is None else entities)
        self.specs: Sequence[EntitySpec] = tuple(entity.spec for entity in self._entities)
        self._keys = keys
        self._known = known(keys.environment, base_url)
        self._world = world
        self._network = world.network or Sockets()
        self._discovery = Discovery(self._network, self._known, world.clock)
        self._paces: dict[str, Pace] = {}

    def authorize_url(self, *, state: str, verifier: str) -> str:
        with in_ledger_words():
            return self._sign_in().authorize_url(state=state, verifier=verifier)

    def read_callback(self, query: Mapping[str, str]) -> Callback:
        """The caller checks ``state`` before believing any of it."""
        found = oauth.read_callback(query)
        return Callback(
            found.state, found.code, found.company_id, found.problem.error if found.problem else ""
        )

    def exchange(self, code: str, *, verifier: str) -> Tokens:
        with in_ledger_words():
            return _tokens(self._sign_in().exchange(code, verifier=verifier))

    def refresh(self, tokens: Tokens) -> Tokens:
        with in_ledger_words():
            return _tokens(self._sign_in(REFRESH_WITHIN).refresh(tokens.refresh))

    def revoke(self, tokens: Tokens) -> None:
        with in_ledger_words():
            self._sign_in().revoke(tokens.refresh)

    def open(
        self,
        company_id: str,
        tokens: TokenSource,
        meter: Callable[[str], None] | None = None,
        settings: Settings | None = None,
        turns: Turns | None = None,
        memory: Memory | None = None,
    ) -> QuickBooksLedger:
        """``meter``: told ``core`` or ``coreplus`` for each call that succeeded. ``settings``: what the firm chose
        for this connection, see ``company_rules.SETTINGS``. ``turns``: see ``pace``. ``memory``: see ``company_told``."""
        pace = self._paces.get(company_id)
        if pace is None:
            # setdefault: two threads opening one company at once must end up with one allowance
            pace = self._paces.setdefault(company_id, Pace(clock=self._world.clock, sleep=self._world.sleep))
        transport = Transport(self._network, self._known, pace, clock=self._world.clock, turns=turns)
        return QuickBooksLedger(
            Client(company_id, transport, tokens, meter), self._entities, settings, memory
        )

    def notices(self, headers: Mapping[str, str], body: bytes) -> Sequence[Notice]:
        lowered = {name.lower(): value for name, value in headers.items()}
        given = lowered.get(webhooks.SIGNATURE_HEADER, "")
        if len(body) > webhooks.MAX_BYTES or not webhooks.is_genuine(body, given, self._keys.verifier_tokens):
            raise BadSignature(
                "This delivery does not prove that it comes from QuickBooks. Nothing of it was kept."
            )
        return [
            Notice(
                event_id=event_id,
                company_id=one.company_id,
                entity=word,
                record_id=one.record_id,
                operation=one.operation.value,
                at=one.at,
                other_id=one.deleted_id,
                by_the_second=one.by_the_second,
            )
            for one in webhooks.read_delivery(body).notices
            for event_id, word in self._words_for(one)
        ]

    def _words_for(self, notice: webhooks.Notice) -> Iterator[tuple[str, str]]:
        """The event once for each entity that QuickBooks keeps under its word: an Item may be a category."""
        words = [one.name for one in self._entities if one.resource == notice.entity] or [notice.entity]
        for place, word in enumerate(words):
            yield (f"{notice.event_id}/{word}" if place else notice.event_id), word.lower()

    def lists_used(self, told: Mapping[str, Any]) -> Mapping[str, bool]:
        return lists_used(told.get("preferences") or {})

    def record_url(self, entity: str, record_id: str) -> str:
        pages = {word: one.page for one in self._entities for word in (one.spec.ledger, one.spec.practice)}
        return self._site + pages[entity].format(id=record_id)

    def settings_url(self) -> str:
        """Account and settings, at Advanced: there are closing date, categories and automation."""
        return f"{self._site}app/settings?panel=advanced"

    def billing_url(self) -> str:
        """Account and settings, at the subscription. Of the panel's name Intuit writes nothing: with another one its
        page opens at the first panel."""
        return f"{self._site}app/settings?panel=billing"

    @property
    def _site(self) -> str:
        """The web app of this environment. Sandbox companies have a web app of their own."""
        return SITES.get(self._known.environment, f"{self._known.api}/")

    def _sign_in(self, patience: Deadlines | None = None) -> SignIn:
        endpoints = self._discovery.endpoints()
        transport = Transport(self._network, endpoints, deadlines=patience, clock=self._world.clock)
        return SignIn(self._keys, transport, self._world.now)


def _tokens(pair: oauth.TokenPair) -> Tokens:
    return Tokens(
        access=pair.access,
        refresh=pair.refresh,
        access_expires_at=pair.access_expires_at,
        refresh_expires_at=pair.refresh_expires_at,
        hard_expires_at=pair.hard_expires_at,
    )
