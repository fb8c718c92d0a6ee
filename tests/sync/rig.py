"""A whole installation in one process: a firm, the real engine, and the emulator as QuickBooks, in virtual time."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import httpx2

from quickbooks_emulator import ConnectionDropped, Emulator, VirtualClock
from quickbooks_emulator.webhooks.documents import WebhookSettings
from quickbooks_emulator.webhooks.queue import Posting
from tests.over_httpx import OverHttpx
from tieout.practice.actions.clients import change_client, create_client
from tieout.practice.actions.team import create_firm
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.firms import Plan
from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.practice.models import Firm, Member, OutboxNote, User
from tieout.practice.permissions import Module
from tieout.practice.records import RECORD_KINDS
from tieout.quickbooks.api.config import AppKeys, Environment
from tieout.quickbooks.entities import customer
from tieout.quickbooks.entity import QuickBooksEntity
from tieout.quickbooks.provider import QuickBooksProvider, World
from tieout.reconcile.ports import LedgerProvider
from tieout.sync import connections, inbox, review, review_jobs, runner
from tieout.sync.engine import Engine
from tieout.sync.models import UNRESOLVED, Attempt, Connection, Dirty, InboxEvent, Issue, Link, Review
from tieout.sync.sign_in_ends import Outcome

BASE = "http://127.0.0.1:8399"
REDIRECT = "http://127.0.0.1:8000/integrations/quickbooks/callback"
SOMEBODY = Actor(ActorKind.SYSTEM, "a test")


CLIENTS = (customer.ENTITY,)
"""Most tests speak of clients: reading QuickBooks' lists beside them would only cost time."""


class Crash(BaseException):
    """Stands for a killed process: nothing in the product may catch it."""


class InProcess(httpx2.BaseTransport):
    """Calls the emulator without a socket; a dropped connection looks as it does on one."""

    def __init__(self, emulator: Emulator) -> None:
        self._wsgi = httpx2.WSGITransport(app=emulator.wsgi)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        try:
            return self._wsgi.handle_request(request)
        except ConnectionDropped as dropped:
            raise httpx2.ReadError(str(dropped), request=request) from dropped


class Rig:
    """Build one inside a test that has the database. ``with rig.here():`` gives the firm's scope."""

    def __init__(
        self,
        world: str = "empty",
        seed: int = 0,
        entities: Sequence[QuickBooksEntity] = CLIENTS,
        emulator: Emulator | None = None,
        **engine: Any,
    ) -> None:
        """``emulator``: one that is there already; this firm is then of its second company."""
        self.rng = random.Random(seed)
        self.clock = emulator.clock if emulator else VirtualClock()
        self.emulator = emulator or Emulator(world, clock=self.clock, seed=seed, redirect_uris=[REDIRECT])
        self.realm = self.emulator.companies()[1 if emulator else 0].realm
        keys = AppKeys(
            "EMULATOR-CLIENT-ID",
            "EMULATOR-CLIENT-SECRET",
            REDIRECT,
            Environment.CUSTOM,
            ("emulator-verifier-token",),
        )
        seconds = lambda: self.clock.milliseconds() / 1000  # noqa: E731 - the virtual monotonic clock
        surroundings = World(self.clock.now, OverHttpx(self._wire()), clock=seconds, sleep=self.clock.advance)
        self.make_provider = partial(QuickBooksProvider, keys, surroundings, BASE)
        self.provider: LedgerProvider = self.make_provider(entities)
        self.crash_at: str | None = None
        self.points: list[str] = []
        numbers = itertools.count(1)
        self.engine = Engine(
            provider=lambda name: self.provider,
            now=self.clock.now,
            new_id=lambda: f"{seed:x}-{next(numbers):08d}",
            at_point=self._at_point,
            **{"at_once": 1, **engine},  # one thread: virtual time and the test's transaction are its alone
        )
        self.firm, self.member = self._firm(seed)

    def _firm(self, seed: int) -> tuple[Firm, Member]:
        with every_firm_scope():
            user = User.objects.create_user(f"dana{seed}@example.com", None, full_name="Dana Reyes")
            made = create_firm(
                name="Reyes & Ito", plan=Plan.PAID, modules=[Module.TIME_AND_BILLING], admin_user=user
            )
            firm = made if isinstance(made, Firm) else made.firm
            return firm, Member.objects.select_related("firm", "role", "user").get(firm=firm, user=user)

    def _wire(self) -> httpx2.BaseTransport:
        """The way to the emulator; a simulation puts its own in between."""
        return InProcess(self.emulator)

    def _at_point(self, name: str) -> None:
        self.points.append(name)
        if name == self.crash_at:
            self.crash_at = None
            raise Crash(name)

    @contextmanager
    def here(self) -> Iterator[None]:
        with firm_scope(self.firm.pk):
            yield

    # -- signing in, setting up ------------------------------------------------------------------------

    def sign_in(self, realm: str | None = None, decision: str = "connect") -> dict[str, str]:
        """Walk through the consent page; returns what comes back with the browser."""
        self.session: dict[str, Any] = getattr(self, "session", {})
        with self.here():
            address = connections.begin(self.member, self.session, engine=self.engine)
        asked = httpx2.URL(address)
        browser = httpx2.Client(transport=InProcess(self.emulator))
        form = {**dict(asked.params), "realm": realm or self.realm, "decision": decision}
        answer = browser.post(str(asked.copy_with(query=None)), data=form)
        return dict(httpx2.URL(answer.headers["location"]).params)

    def connect(self, realm: str | None = None) -> Outcome:
        query = self.sign_in(realm)
        with self.here():
            return connections.finish(self.member, self.session, query, engine=self.engine)

    @property
    def connection(self) -> Connection:
        with self.here():
            found = connections.connection_of(self.firm.pk)
        assert found is not None
        return found

    def set_up(self, activity: str = "active", *, create_new: bool = True) -> None:
        """Connect, review and sync the clients, all switches as given."""
        outcome = self.connect()
        assert outcome.ok, outcome
        with self.here():
            found = review.start(self.connection, "client", activity=activity, actor_member=self.member)
            review_jobs.collect(found.pk, self.engine)
            found.refresh_from_db()
            assert found.state == "ready", found.problem
            review.set_create_new(found, create_new, self.member)
            review.apply(found, self.member)
            review_jobs.apply_now(found.pk, self.engine)
        self.settle()

    def review_clients(self) -> Review:
        """Review the clients of a connection that is there and sync what is proposed, as far as the press itself does."""
        with self.here():
            found = review.start(self.connection, "client", activity="active", actor_member=self.member)
            review_jobs.collect(found.pk, self.engine)
            found.refresh_from_db()
            review.apply(found, self.member)
            review_jobs.apply_now(found.pk, self.engine)
        return found

    # -- time passes -------------------------------------------------------------------------------------

    def run(self) -> runner.Pass | None:
        return runner.run_once(self.connection.pk, self.engine)

    def settle(self, most: int = 30) -> None:
        """Let time pass until nothing is waiting any more; every due time is honored, none is skipped."""
        for _ in range(most):
            self.run()
            with self.here():
                connection = self.connection
                if connection.state != "active":
                    return
                rung = OutboxNote.objects.exists() or InboxEvent.objects.filter(handled_at=None).exists()
                waiting = Dirty.objects.exists() or Attempt.objects.filter(state__in=UNRESOLVED).exists()
            if rung:
                continue  # the bell wakes the next run at once
            if not waiting:
                return
            self.advance(max(1, (connection.due_at - self.clock.now()).total_seconds()))
        raise AssertionError("the sync did not come to rest")

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def until_the_change_feed_is_asked(self) -> None:
        """The net under lost webhooks: time passes until it is due."""
        wait = (self.connection.changes_due_at - self.clock.now()).total_seconds()
        self.advance(max(wait, 0) + 1)
        self.settle()

    # -- webhooks ----------------------------------------------------------------------------------------

    def subscribe(self, **weather: Any) -> None:
        self.emulator.control.set_webhooks(WebhookSettings(url="http://tieout.test/webhooks", **weather))

    def deliver(self) -> int:
        """Deliver the webhooks that are due, as a server would."""

        def post(posting: Posting) -> int:
            return inbox.receive(posting.body, posting.headers, engine=self.engine)

        return self.emulator.webhooks.pump(post)

    # -- what people do ------------------------------------------------------------------------------------

    def add_client(self, name: str, **fields: Any) -> str:
        with self.here():
            kind = fields.pop("kind", "business")
            return str(create_client(firm_id=self.firm.pk, actor=SOMEBODY, kind=kind, name=name, **fields).pk)

    def edit_client(self, client_id: str, **fields: Any) -> None:
        with self.here():
            change_client(firm_id=self.firm.pk, client_id=client_id, actor=SOMEBODY, **fields)

    def add_customer(self, name: str, **fields: Any) -> str:
        made = self.emulator.control.edit(
            self.realm, "Customer", None, {"DisplayName": name, **fields}, "create"
        )
        return str(made["Id"])

    def edit_customer(self, record_id: str, **fields: Any) -> None:
        self.emulator.control.edit(self.realm, "Customer", record_id, fields)

    def in_conflict(self, name: str) -> str:
        """Set up, with one client of that name whose phone was changed to 2 here and to 3 there. Returns its id."""
        self.set_up()
        client = self.add_client(name, phone="1")
        self.settle()
        self.edit_client(client, phone="2")
        self.edit_customer(self.links()[client], PrimaryPhone={"FreeFormNumber": "3"})
        self.settle()
        return client

    def fault(self, effect: str, **rule: Any) -> None:
        self.emulator.control.add_fault(effect=effect, **rule)

    # -- what both sides show ------------------------------------------------------------------------------

    def clients(self) -> dict[str, Mapping[str, Any]]:
        with self.here():
            return {one: view.units for one, view in RECORD_KINDS["client"].list(self.firm.pk, "all")}

    def customers(self) -> dict[str, Any]:
        return {str(one["Id"]): one for one in self.emulator.control.records(self.realm, "Customer")}

    def customers_named(self, name: str) -> list[Any]:
        return [one for one in self.customers().values() if one["DisplayName"] == name]

    def links(self) -> dict[str, str]:
        with self.here():
            links = Link.objects.filter(entity="client")
            return dict(links.values_list("practice_id", "ledger_id"))

    def issues(self) -> list[tuple[str, str]]:
        """(cause, record name) of every open issue."""
        with self.here():
            return sorted(Issue.objects.filter(closed_at=None).values_list("cause", "name"))

    def later(self, **by: float) -> datetime:
        return self.clock.now() + timedelta(**by)
