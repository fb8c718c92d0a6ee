"""Acts: the emulator itself: takes a request to the part that answers it, under faults, limits and the log.

    emulator = Emulator(world="sample")
    client = httpx2.Client(transport=httpx2.WSGITransport(app=emulator.wsgi), base_url="http://quickbooks.test")

It owns no thread and no socket; `server.py` adds those.
"""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import msgspec

from quickbooks_emulator import gateway, wsgi
from quickbooks_emulator.attachments import files
from quickbooks_emulator.attachments.documents import File
from quickbooks_emulator.calls import Call, classify, split_environment
from quickbooks_emulator.clock import VirtualClock
from quickbooks_emulator.console.pages import Console
from quickbooks_emulator.control.api import ControlApi
from quickbooks_emulator.control.desk import Control
from quickbooks_emulator.entities import indexes
from quickbooks_emulator.knobs import NO_LIMITS, Knobs, Limits
from quickbooks_emulator.ledger import documents as ledger
from quickbooks_emulator.log import Entry, RequestLog
from quickbooks_emulator.messages import ConnectionDropped, Request, Response
from quickbooks_emulator.oauth.documents import AccessToken, App, Code, Grant, RefreshToken
from quickbooks_emulator.oauth.endpoints import OAuthServer, is_served
from quickbooks_emulator.service.data import DataService
from quickbooks_emulator.service.replay import Answer
from quickbooks_emulator.service.throttle import Throttle
from quickbooks_emulator.store import Store
from quickbooks_emulator.store.collection import Journal
from quickbooks_emulator.store.documents import (
    ENVIRONMENTS,
    PRODUCTION,
    Company,
    Counter,
    Event,
    Record,
    Tombstone,
)
from quickbooks_emulator.trouble import effects, rules
from quickbooks_emulator.webhooks.documents import Delivery, WebhookSettings
from quickbooks_emulator.webhooks.queue import Webhooks

CLIENT_ID = "EMULATOR-CLIENT-ID"  # the keys of development: they open sandbox companies
CLIENT_SECRET = "EMULATOR-CLIENT-SECRET"  # noqa: S105 - the public credentials of a simulator
VERIFIER_TOKEN = "emulator-verifier-token"  # noqa: S105
REDIRECT_URIS = (
    "http://127.0.0.1:8000/integrations/quickbooks/callback",
    "http://localhost:8000/integrations/quickbooks/callback",
)
PRODUCTION_CLIENT_ID = "EMULATOR-PRODUCTION-CLIENT-ID"
PRODUCTION_CLIENT_SECRET = "EMULATOR-PRODUCTION-CLIENT-SECRET"  # noqa: S105
PRODUCTION_VERIFIER_TOKEN = "emulator-production-verifier-token"  # noqa: S105
PRODUCTION_REDIRECT_URIS = ("https://practice.example.com/integrations/quickbooks/callback",)
KINDS: dict[str, type] = {
    "access": AccessToken,
    "answers": Answer,
    "apps": App,
    "codes": Code,
    "companies": Company,
    "counters": Counter,
    "deleted": Tombstone,
    "deliveries": Delivery,
    "earlier": Record,
    "events": Event,
    "files": File,
    "grants": Grant,
    "numbers": str,
    "postings": ledger.Entry,
    "records": Record,
    "refresh": RefreshToken,
    "rules": rules.Rule,
    "settings": Any,  # texts and plain objects
}
VOLATILE = frozenset({"earlier"})


class Emulator:
    """A QuickBooks Online of one's own: companies, OAuth, the accounting API, webhooks, a control desk.

    `world` fills an empty state: sample, empty, large or large:N. `clock` defaults to a frozen one. `seed` makes
    tokens, ids and large worlds repeatable; a `secret` makes tokens that nobody can guess from it. `journal` makes the state durable. `sleep` carries out the `delay` fault; in
    process it moves the virtual clock.
    """

    def __init__(
        self,
        world: str = "sample",
        *,
        clock: VirtualClock | None = None,
        seed: int | str = 0,
        secret: str = "",
        journal: Journal | None = None,
        webhook_url: str = "",
        redirect_uris: Iterable[str] = (),
        limits: Limits = NO_LIMITS,
        knobs: Knobs | None = None,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self.clock = clock or VirtualClock()
        self.seed, self._secret = str(seed), secret
        self.store = Store(KINDS, indexes, journal, VOLATILE)
        self.log = RequestLog()
        self.throttle = Throttle(limits)
        self.knobs = knobs or Knobs()
        self.webhooks = Webhooks(self.store, self.clock.milliseconds, lambda: self.knobs)
        self.oauth = OAuthServer(self.store, lambda: self.token_seed)
        self.data = DataService(self.store)
        self.control = Control(self)
        self.wsgi = wsgi.application(self.handle)
        self._control_api = ControlApi(self.control)
        self._console = Console(self.control)
        self._sleep = sleep or self.clock.advance
        self._numbers = itertools.count(1)
        self._traces = itertools.count(1)
        self._run = os.urandom(4).hex() if journal is not None else "0"
        self._prepare(world, webhook_url, tuple(redirect_uris))

    def handle(self, request: Request) -> Response:
        """One request, one answer. Raises ConnectionDropped when a fault rule breaks the connection."""
        call = classify(request)
        if call.area == "control":
            return self._control_api.answer(request)
        if call.area == "files":
            return files.serve(self.store, request, self.clock.seconds())
        if call.area == "console":  # the pages are the same for both environments
            return self._console.answer(replace(request, path=split_environment(request.path)[1]))
        with self.store.transaction() as transaction:
            met = rules.meet(self.store, transaction, call, request.method, self.clock.milliseconds())
        self.throttle.enter(call.realm)
        tid = self._trace()
        status, replayed = 0, False
        try:
            instead = effects.before(met, call, self.throttle, self.clock.milliseconds())
            if instead is None:
                applied, replayed = self._perform(call, request, met)
                status = applied.status
                response = effects.after(met, applied, self.clock.milliseconds(), self._sleep)
            else:
                response = instead
            status = response.status
            return self._with_headers(call, response, tid)
        finally:
            self.throttle.leave(call.realm)
            self._note(call, request, status, tid, met, replayed)

    @property
    def token_seed(self) -> str:
        """What tokens are made from."""
        return self.seed + self._secret

    def companies(self) -> list[Company]:
        return sorted(self.store.collection("companies").values(), key=lambda company: company.realm)

    def close(self) -> None:
        self.store.close()

    def _perform(self, call: Call, request: Request, met: list[rules.Rule]) -> tuple[Response, bool]:
        now_ms = self.clock.milliseconds()
        if call.area == "oauth":
            return self.oauth.answer(call, request, self.knobs, now_ms // 1000), False
        accept = request.header("accept")
        xml = "xml" in accept and "json" not in accept
        company = self.oauth.company_of(request, self.knobs, now_ms // 1000)
        if company is None:
            bearer = request.header("authorization").lower().startswith("bearer ")
            detail = "Token expired" if bearer else "Malformed bearer token: too short or too long"
            return gateway.unauthorized(detail, now_ms, xml=xml), False
        if company.realm != call.realm or not is_served(company.environment, call.environment, self.knobs):
            return gateway.forbidden(now_ms, xml=xml), False
        if not self.throttle.allows(call, now_ms):
            as_json = self.knobs.throttle_body == "json"
            return gateway.throttled(
                self.knobs.throttle_retry_after, json_at=now_ms if as_json else None
            ), False
        return self.data.answer(call, request, company, self.knobs, now_ms, effects.conditions(met))

    def _with_headers(self, call: Call, response: Response, tid: str) -> Response:
        headers = {"intuit_tid": tid, "Server": "emulator"}
        if call.area == "data":
            headers |= {
                "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
                "Expires": "0",
                "Strict-Transport-Security": "max-age=15552000",
                "X-Amzn-Trace-Id": f"Root={tid}",
                "X-Spanid": hashlib.sha256(tid.encode()).hexdigest()[:16],
            }
            if response.status not in (401, 403, 429):  # the gateway's answers lack these (recorded)
                headers |= {"QBO-Version": "emulator", "Service-Time": "total=1, db=1"}
        return Response(response.status, response.body, {**headers, **response.headers})

    def _note(
        self, call: Call, request: Request, status: int, tid: str, met: list[rules.Rule], replayed: bool
    ) -> None:
        self.log.add(
            Entry(
                number=next(self._numbers),
                at=self.clock.now().isoformat(timespec="milliseconds"),
                method=request.method,
                path=request.path + (f"?{request.query}" if request.query else ""),
                area=call.area,
                realm=call.realm,
                entity=call.entity,
                operation=call.operation,
                record=call.record or _record_of(call),
                request_id=call.request_id,
                minor_version=call.minor_version,
                status=status,
                tid=tid,
                metered=call.metered if self._is_metered(call.realm) else "",
                faults=tuple(rule.effect for rule in met),
                replayed=replayed,
                units=_items(call) if self.knobs.batch_meters_items else 1,
            )
        )

    def _is_metered(self, realm: str) -> bool:
        company: Company | None = self.store.collection("companies").get(realm)
        is_production = company is not None and company.environment == PRODUCTION
        return is_production or self.knobs.sandbox_is_metered

    def _trace(self) -> str:
        """An intuit_tid in the recorded form."""
        text = f"{self.seed}/{self._run}/{next(self._traces)}"
        return f"1-{self.clock.seconds():08x}-{hashlib.sha256(text.encode()).hexdigest()[:24]}"

    def _prepare(self, world: str, webhook_url: str, redirect_uris: tuple[str, ...]) -> None:
        """Fill an empty state; take the settings out of one that was kept."""
        settings = self.store.collection("settings")
        if settings.get("world") is None:  # set last: a start that was killed half-way begins anew
            self.control.set_webhooks(WebhookSettings(url=webhook_url))
            with self.store.transaction() as transaction:
                app = App(CLIENT_ID, CLIENT_SECRET, REDIRECT_URIS, VERIFIER_TOKEN)
                transaction.put("apps", app.client_id, app)
            self._add_production_app()
            self.control.reset(world)
        else:
            if len(self.store.collection("apps").rows) < len(ENVIRONMENTS):  # kept by an earlier release
                self._add_production_app()
            self.control.restore_settings()
            if webhook_url:
                current = msgspec.convert(settings.get("webhooks") or {}, WebhookSettings)
                self.control.set_webhooks(msgspec.structs.replace(current, url=webhook_url))
        if redirect_uris:
            self.control.add_redirect_uris(redirect_uris)

    def _add_production_app(self) -> None:
        app = App(
            PRODUCTION_CLIENT_ID,
            PRODUCTION_CLIENT_SECRET,
            PRODUCTION_REDIRECT_URIS,
            PRODUCTION_VERIFIER_TOKEN,
            environment=PRODUCTION,
        )
        with self.store.transaction() as transaction:
            transaction.put("apps", app.client_id, app)


def _items(call: Call) -> int:
    """How many items a batch has; 1 for any other call."""
    items = call.payload.get("BatchItemRequest") if isinstance(call.payload, dict) else None
    return len(items) if call.operation == "batch" and isinstance(items, list) else 1


def _record_of(call: Call) -> str:
    return str(call.payload.get("Id", "")) if isinstance(call.payload, dict) else ""


__all__ = ["ConnectionDropped", "Emulator"]
