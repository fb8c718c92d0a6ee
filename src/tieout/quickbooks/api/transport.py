"""Acts: one call to QuickBooks, whole: who may be called, when, with what, and what came. ``client`` and ``sign_in`` hand it
a ``Call``, it hands back a ``Reply``; the bytes go through ``network``.

It tells apart the two ways of getting no answer, because only one of them is safe to repeat: ``NotSent`` (nothing
reached the other side) and ``NoAnswer`` (the call left; whether it took effect is unknown).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

from tieout.quickbooks.api.config import MINOR_VERSION, Endpoints, origin
from tieout.quickbooks.api.network import Deadlines, Incoming, Network, NoAnswer, TransportFailure
from tieout.quickbooks.api.pace import Pace, Turns
from tieout.quickbooks.api.reading import Reply, read_reply

log = logging.getLogger("tieout.quickbooks.calls")

MAX_ANSWER_BYTES = 64 * 1024 * 1024
_MINOR_VERSION = f"minorversion={MINOR_VERSION}"
_ALWAYS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "Connection": "keep-alive",
    "User-Agent": "Tieout",
}


class ForbiddenHost(Exception):
    """A call to a host that is not one of the environment's own. A programming error or an attack; never sent."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``data_service`` calls get the minor version and obey the company's pace.

    ``url`` may have a query of its own, which leaves as it is; ``query`` is added to it, quoted.
    """

    method: str
    url: str
    query: tuple[tuple[str, str], ...] = ()
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    data_service: bool = True
    batch: bool = False
    label: str = ""
    """What the log calls it, such as ``read Customer``: never an id, a name or a query."""


class Transport:
    """One company's way out (or, with no ``pace``, the way to Intuit's sign-in services)."""

    def __init__(
        self,
        network: Network,
        endpoints: Endpoints,
        pace: Pace | None = None,
        deadlines: Deadlines | None = None,
        clock: Callable[[], float] = time.monotonic,
        turns: Turns | None = None,
    ) -> None:
        self._turns = turns
        self.endpoints = endpoints
        self._allowed = endpoints.origins
        self._network = network
        self._pace = pace
        self._deadlines = deadlines or Deadlines()
        self._clock = clock

    def send(self, call: Call) -> Reply:
        """Send once; never repeats, never follows a redirect. Raises ``NotSent``, ``NoAnswer``, ``ForbiddenHost``."""
        if origin(call.url.partition("?")[0]) not in self._allowed:
            raise ForbiddenHost(
                f"{urlsplit(call.url).hostname!r} is not a QuickBooks host of this environment"
            )
        with (
            self._pace.one_call(self._turns, batch=call.batch)
            if self._pace and call.data_service
            else nullcontext()
        ):
            started = self._clock()
            try:
                reply = self._exchange(call, started)
            except TransportFailure as failure:
                self._log(call, started, outcome=type(failure).__name__, reason=str(failure))
                raise
        self._log(call, started, outcome="answered", status=reply.status, intuit_tid=reply.reference)
        return reply

    def take_turn(self, following: int = 0) -> None:
        """Wait until the pace lets one call leave, for a thread that then need not wait itself."""
        if self._pace is not None:
            self._pace.take_turn(self._turns, following)

    def drop_turn(self) -> None:
        """That call does not leave after all."""
        if self._pace is not None:
            self._pace.drop_turn()

    def _exchange(self, call: Call, started: float) -> Reply:
        asked = [urlencode(call.query, quote_via=quote)] if call.query else []
        asked += [_MINOR_VERSION] if call.data_service else []
        url = f"{call.url}{'&' if '?' in call.url else '?'}{'&'.join(asked)}" if asked else call.url
        answer = self._network.exchange(
            call.method, url, {**_ALWAYS, **call.headers}, call.content, self._deadlines
        )
        try:
            return read_reply(answer.status, dict(answer.headers), self._body(answer, started))
        finally:
            answer.close()

    def _body(self, answer: Incoming, started: float) -> bytes:
        body = bytearray()
        for piece in answer.pieces():
            body += piece
            if len(body) > MAX_ANSWER_BYTES:
                raise NoAnswer("answer too large")
            if self._clock() - started > self._deadlines.total:
                raise NoAnswer("total deadline passed")
        return bytes(body)

    def _log(self, call: Call, started: float, **what: object) -> None:
        took = int((self._clock() - started) * 1000)
        log.info("quickbooks call", extra={"call": call.label or call.method, "took_ms": took, **what})
