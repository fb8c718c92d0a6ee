"""A firm over real sockets: the emulator as a server process, tied to a firm in this process's database.

For what virtual time cannot show: workers that are killed, and how fast the road is. Whoever builds one has Django set
up and a migrated database.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
from django.db import connection as database
from django.utils import timezone

from tieout.config import ledgers as configured
from tieout.practice.actions.clients import create_client
from tieout.practice.actions.invoices import create_invoice, finalise_invoice
from tieout.practice.actions.service_items import create_service_item
from tieout.practice.actions.team import create_firm
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.firms import Plan
from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.practice.ledger_lists import ListEntry
from tieout.practice.models import Firm, Member, OutboxNote, User
from tieout.practice.permissions import Module
from tieout.sync import connections, review, review_jobs, runner, sections
from tieout.sync.engine import Engine
from tieout.sync.models import UNRESOLVED, Attempt, Connection, Dirty, InboxEvent

ROOT = Path(__file__).resolve().parents[2]
REDIRECT = "http://127.0.0.1:8000/integrations/quickbooks/callback"
SOMEBODY = Actor(ActorKind.SYSTEM, "a test")


def within(seconds: float, holds: Callable[[], bool], *, look_every: float = 0.05) -> bool:
    """Look again and again: what another process does is waited for, never slept for."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(look_every)
    return False


class EmulatorProcess:
    """The emulator as its own program, on a free port."""

    def __init__(self, world: str, *more: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "quickbooks_emulator", "--port", "0", "--world", world, *more],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.address = line.split(" at ", 1)[1].split(" ", 1)[0].rstrip("/")
        self.realm = self.control("GET", "/credentials")["companies"][0]["realm"]

    def control(self, method: str, path: str, document: object = None) -> Any:
        body = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(
            f"{self.address}/_control{path}", body, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"null", parse_float=Decimal)

    def refresh_token(self) -> str:
        """Of a fresh grant for the company, as another application would have."""
        return str(self.control("GET", "/credentials")["companies"][0]["refresh_token"])

    def records(self, entity: str) -> list[dict[str, Any]]:
        found = self.control("GET", f"/companies/{self.realm}/records/{entity}")
        return list(found if isinstance(found, list) else found["records"])

    def edit(self, entity: str, record_id: str | None, **fields: object) -> dict[str, Any]:
        document = {"entity": entity, "id": record_id, "fields": fields}
        return dict(self.control("POST", f"/companies/{self.realm}/edit", document))

    def environment(self) -> dict[str, str]:
        """What ties an installation to this emulator."""
        return {
            "QUICKBOOKS_ENVIRONMENT": "custom",
            "QUICKBOOKS_BASE_URL": self.address,
            "QUICKBOOKS_CLIENT_ID": "EMULATOR-CLIENT-ID",
            "QUICKBOOKS_CLIENT_SECRET": "EMULATOR-CLIENT-SECRET",
            "QUICKBOOKS_REDIRECT_URI": REDIRECT,
            "QUICKBOOKS_WEBHOOK_VERIFIER": "emulator-verifier-token",
        }

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


class Stand:
    """One firm, connected to one running emulator."""

    def __init__(self, emulator: EmulatorProcess, engine: Engine) -> None:
        os.environ |= emulator.environment()
        configured.provider.cache_clear()
        self.emulator, self.engine = emulator, engine
        with every_firm_scope():
            user = User.objects.create_user("dana@example.com", None, full_name="Dana Reyes")
            made = create_firm(
                name="Reyes & Ito", plan=Plan.PAID, modules=[Module.TIME_AND_BILLING], admin_user=user
            )
            self.firm: Firm = made if isinstance(made, Firm) else made.firm
            self.member = Member.objects.select_related("firm", "role", "user").get(firm=self.firm, user=user)
        self._connect()

    def here(self) -> Any:
        return firm_scope(self.firm.pk)

    def _connect(self) -> None:
        session: dict[str, Any] = {}
        with self.here():
            asked = httpx2.URL(connections.begin(self.member, session, engine=self.engine))
            form = {**dict(asked.params), "realm": self.emulator.realm, "decision": "connect"}
            answer = httpx2.post(str(asked.copy_with(query=None)), data=form, follow_redirects=False)
            query = dict(httpx2.URL(answer.headers["location"]).params)
            outcome = connections.finish(self.member, session, query, engine=self.engine)
        assert outcome.ok, outcome

    @property
    def connection(self) -> Connection:
        with self.here():
            found = connections.connection_of(self.firm.pk)
        assert found is not None
        return found

    def run(self) -> runner.Pass | None:
        return runner.run_once(self.connection.pk, self.engine)

    def review(self, *entities: str) -> None:
        for entity in entities:
            with self.here():
                found = review.start(self.connection, entity, activity="active", actor_member=self.member)
                review_jobs.collect(found.pk, self.engine)
                found.refresh_from_db()
                assert found.state == "ready", found.problem
                review.apply(found, self.member)
                review_jobs.apply_now(found.pk, self.engine)
            self.run()

    def send(self, *entities: str, since: date = date(2020, 1, 1)) -> None:
        with self.here():
            for entity in entities:
                sections.start_sending(self.member, entity, since=since, engine=self.engine)
        self.run()

    def at_rest(self) -> bool:
        """Nothing to tell, nothing to look at, nothing on its way."""
        with self.here():
            return not (
                OutboxNote.objects.exists()
                or InboxEvent.objects.filter(handled_at=None).exists()
                or Dirty.objects.exists()
                or Attempt.objects.filter(state__in=UNRESOLVED).exists()
            )

    # -- what people do ------------------------------------------------------------------------------------

    def client(self, name: str, **fields: Any) -> str:
        with self.here():
            made = create_client(firm_id=self.firm.pk, actor=SOMEBODY, kind="business", name=name, **fields)
        return str(made.pk)

    def item(self, name: str, rate: str = "100") -> Any:
        with self.here():
            income = ListEntry.objects.filter(list="account", account_type="Income").order_by("id").first()
            assert income is not None
            return create_service_item(
                firm_id=self.firm.pk,
                actor=SOMEBODY,
                name=name,
                rate=Decimal(rate),
                income_account_id=income.pk,
            )

    def invoice(self, client: str, item: Any, rate: Decimal, quantity: Decimal = Decimal(1)) -> Any:
        today = timezone.now().date()
        with self.here():
            made = create_invoice(
                firm_id=self.firm.pk,
                actor=SOMEBODY,
                today=today,
                client_id=client,
                date=today,
                lines=[{"item_id": item.pk, "quantity": quantity, "rate": rate}],
            )
            return finalise_invoice(
                firm_id=self.firm.pk, invoice_id=made.pk, actor=SOMEBODY, today=today, now=timezone.now()
            )


def forget_database() -> None:
    """The server was restarted: the next query opens a new connection."""
    database.close()
