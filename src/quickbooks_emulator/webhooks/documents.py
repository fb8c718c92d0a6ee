"""Decides: the documents of the webhook side, and its settings."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from quickbooks_emulator.store.documents import PRODUCTION, SANDBOX, Event

RETRY_SECONDS = (0, 10, 20, 30, 300, 1200, 7200, 14400, 21600)
"""Seconds to wait before each attempt, the last one for ever (documented)."""

OLD_RETRY_SECONDS = (0, 1200, 1800, 3000)
"""The older documented schedule; after it, or after a status not in OLD_RETRIED, the message is dropped."""

OLD_RETRIED = (408, 500, 502, 503, 504)


class WebhookSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`url` is where changes of sandbox companies go, `production_url` where those of production go: an app subscribes in
    each environment apart (documented). Empty: nobody subscribed, no event is kept. `format`: cloudevents or legacy. `schedule`: current or old.

    The weather: `delay` seconds (a number or "a..b") before an event is sent, `repeat` more deliveries of the
    same, `reorder` shuffles, `drop` is the share of events lost, `hold` keeps everything back until let go.
    """

    url: str = ""
    production_url: str = ""
    format: str = "cloudevents"
    schedule: str = "current"
    delay: int | float | str = 0
    repeat: int = 0
    reorder: bool = False
    drop: float = 0.0
    hold: bool = False
    seed: int = 0

    def address(self, environment: str) -> str:
        return self.production_url if environment == PRODUCTION else self.url


class Delivery(msgspec.Struct, frozen=True):
    """Events of one environment on their way in one request. `due_ms`: when the next attempt may start; `attempts` made
    so far."""

    number: int
    events: tuple[Event, ...]
    due_ms: int
    attempts: int = 0
    environment: str = SANDBOX

    @property
    def key(self) -> str:
        return str(self.number)


@dataclass(frozen=True, slots=True)
class Posting:
    """One HTTP POST to make: what `Webhooks.due` lists and a sender sends."""

    delivery: int
    attempt: int
    url: str
    headers: dict[str, str]
    body: bytes


class Sent(msgspec.Struct, frozen=True):
    """One line of the outgoing log. `status` None: no answer."""

    delivery: int
    attempt: int
    at: str
    url: str
    status: int | None
    events: tuple[str, ...]
    body: str
