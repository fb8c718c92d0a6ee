"""Acts: turns events into deliveries under the weather, and keeps track of what was acknowledged.

Deliveries go out in order; while the first of an environment is not acknowledged, later ones of it wait (head-of-line
blocking). The environments have addresses and verifier tokens of their own and do not wait for each other.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import Any

import msgspec

from quickbooks_emulator.knobs import Knobs
from quickbooks_emulator.oauth.documents import App
from quickbooks_emulator.store import Store, Transaction
from quickbooks_emulator.store.documents import ENVIRONMENTS, Company, Counter, Event
from quickbooks_emulator.trouble.rules import span
from quickbooks_emulator.webhooks import envelope
from quickbooks_emulator.webhooks.documents import (
    OLD_RETRIED,
    OLD_RETRY_SECONDS,
    RETRY_SECONDS,
    Delivery,
    Posting,
    Sent,
    WebhookSettings,
)

ACKNOWLEDGED = 200
_LOG_LENGTH = 5000


class Webhooks:
    """The outgoing side. `now_ms` and `knobs` are asked for at each step, so the clock stays the emulator's."""

    def __init__(self, store: Store, now_ms: Callable[[], int], knobs: Callable[[], Knobs]) -> None:
        self._store, self._now_ms, self._knobs = store, now_ms, knobs
        self.log: deque[Sent] = deque(maxlen=_LOG_LENGTH)

    @property
    def settings(self) -> WebhookSettings:
        return webhook_settings(self._store)

    def due(self) -> list[Posting]:
        """What would be sent now, in order. Only the first of an address may be tried until it is acknowledged."""
        return [posting for environment in ENVIRONMENTS for posting in self._due(environment)]

    def _due(self, environment: str) -> list[Posting]:
        now, settings = self._now_ms(), self.settings
        with self._store.transaction() as transaction:
            self._gather(transaction, settings, now)
        waiting = [one for one in self._waiting() if one.environment == environment]
        if settings.hold or not settings.address(environment) or not waiting or waiting[0].due_ms > now:
            return []
        return [self._posting(one, settings, now) for one in waiting if one.due_ms <= now]

    def pump(self, send: Callable[[Posting], int | None]) -> int:
        """Send what is due until nothing is left or one stays unacknowledged; returns how many were sent.

        `send` gives back the HTTP status, or None when no answer came in time."""
        sent = 0
        for environment in ENVIRONMENTS:
            while due := self._due(environment):
                status = send(due[0])
                sent += 1
                self.note(due[0], status)
                if status != ACKNOWLEDGED:
                    break
        return sent

    def note(self, posting: Posting, status: int | None) -> None:
        """Record the outcome of one attempt: done, or tried again by the schedule."""
        now, settings = self._now_ms(), self.settings
        with self._store.transaction() as transaction:
            delivery: Delivery | None = self._store.collection("deliveries").get(str(posting.delivery))
            if delivery is None:
                return
            self.log.append(
                Sent(
                    delivery=delivery.number,
                    attempt=posting.attempt,
                    at=envelope.instant(now),
                    url=posting.url,
                    status=status,
                    events=tuple(event.id for event in delivery.events),
                    body=posting.body.decode(),
                )
            )
            wait = None if status == ACKNOWLEDGED else _next_wait(settings, delivery.attempts + 1, status)
            if wait is None:
                transaction.remove("deliveries", delivery.key)
            else:
                again = msgspec.structs.replace(
                    delivery, attempts=delivery.attempts + 1, due_ms=now + wait * 1000
                )
                transaction.put("deliveries", delivery.key, again)

    def pending(self) -> list[dict[str, Any]]:
        """Events and deliveries not yet acknowledged, for people and tests to look at."""
        events = [msgspec.to_builtins(event) for event in self._events()]
        return [
            *({"state": "waiting", **event} for event in events),
            *({"state": "sending", **msgspec.to_builtins(one)} for one in self._waiting()),
        ]

    def clear(self) -> None:
        with self._store.transaction() as transaction:
            for name in ("events", "deliveries"):
                for key in list(self._store.collection(name).rows):
                    transaction.remove(name, key)
        self.log.clear()

    def _gather(self, transaction: Transaction, settings: WebhookSettings, now: int) -> None:
        """Group events that are due into deliveries, over all companies of an environment."""
        if settings.hold:
            return
        ready = [event for event in self._events() if event.at_ms + _delay_ms(settings, event) <= now]
        if not ready:
            return
        for event in ready:
            transaction.remove("events", event.id)
        ready = [event for event in ready if _chance(settings, event, "drop") >= settings.drop]
        if settings.reorder:
            random.Random(f"{settings.seed}/{now}").shuffle(ready)  # noqa: S311 - a simulation
        for environment in ENVIRONMENTS:
            rest = (event for event in ready if self._environment(event) == environment)
            while group := tuple(islice(rest, self._knobs().webhook_batch)):
                for _ in range(1 + settings.repeat):
                    number = self._next_number(transaction)
                    delivery = Delivery(number, group, now, environment=environment)
                    transaction.put("deliveries", delivery.key, delivery)

    def _posting(self, delivery: Delivery, settings: WebhookSettings, now: int) -> Posting:
        write = envelope.legacy if settings.format == "legacy" else envelope.cloud_events
        body = write(delivery.events)
        trace = f"emulator-{delivery.number}-{delivery.attempts + 1}"
        token = self._verifier_token(delivery.environment)
        headers = envelope.headers(settings.format, token, body, now, trace)
        url = settings.address(delivery.environment)
        return Posting(delivery.number, delivery.attempts + 1, url, headers, body)

    def _verifier_token(self, environment: str) -> str:
        apps: list[App] = list(self._store.collection("apps").values())
        return next(app.verifier_token for app in apps if app.environment == environment)

    def _environment(self, event: Event) -> str:
        company: Company = self._store.collection("companies").get(event.realm)
        return company.environment

    def _events(self) -> list[Event]:
        return sorted(
            self._store.collection("events").values(), key=lambda one: (one.at_ms, one.realm, one.seq)
        )

    def _waiting(self) -> list[Delivery]:
        return sorted(self._store.collection("deliveries").values(), key=lambda one: one.number)

    def _next_number(self, transaction: Transaction) -> int:
        counter: Counter | None = self._store.collection("counters/webhooks").get("deliveries")
        number = (counter.last if counter else 0) + 1
        transaction.put("counters/webhooks", "deliveries", Counter(number))
        return number


def webhook_settings(store: Store) -> WebhookSettings:
    return msgspec.convert(store.collection("settings").get("webhooks") or {}, WebhookSettings)


def _delay_ms(settings: WebhookSettings, event: Event) -> int:
    least, most = span(settings.delay)
    return round((least + (most - least) * _chance(settings, event, "delay")) * 1000)


def _chance(settings: WebhookSettings, event: Event, purpose: str) -> float:
    return random.Random(f"{settings.seed}/{purpose}/{event.id}").random()  # noqa: S311 - a simulation


def _next_wait(settings: WebhookSettings, attempts: int, status: int | None) -> int | None:
    """Seconds until the next attempt; None when the message is given up (old schedule only)."""
    if settings.schedule == "old":
        retried = status is None or status in OLD_RETRIED
        return OLD_RETRY_SECONDS[attempts] if retried and attempts < len(OLD_RETRY_SECONDS) else None
    return RETRY_SECONDS[min(attempts, len(RETRY_SECONDS) - 1)]
