"""Acts: the only file that speaks HTTP. ``client`` and ``sign_in`` hand it a ``Call``, it hands back a ``Reply``.

It tells apart the two ways of getting no answer, because only one of them is safe to repeat: ``NotSent`` (nothing
reached the other side) and ``NoAnswer`` (the call left; whether it took effect is unknown).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import quote, urlencode, urlsplit

import httpx2

from tieout.quickbooks.api.config import MINOR_VERSION, Endpoints, origin
from tieout.quickbooks.api.pace import Pace, Turns
from tieout.quickbooks.api.reading import Reply, read_reply

log = logging.getLogger("tieout.quickbooks.calls")

# The HTTP library logs whole addresses at INFO: company ids and, in queries, names. Ours is the only log of calls.
logging.getLogger("httpx2").setLevel(logging.WARNING)

MAX_ANSWER_BYTES = 64 * 1024 * 1024
_ALWAYS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "Connection": "keep-alive",
    "User-Agent": "Tieout",
}
_BEFORE_SENDING = (
    httpx2.ConnectError,  # refused, no such host, TLS handshake
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
)


class TransportFailure(Exception):
    """No answer was read. ``str()`` names the technical reason, without address or data."""


class NotSent(TransportFailure):
    """Certainly nothing reached the other side: repeating is safe."""


class NoAnswer(TransportFailure):
    """The call left and no whole answer came back: it may or may not have taken effect."""


class ForbiddenHost(Exception):
    """A call to a host that is not one of the environment's own. A programming error or an attack; never sent."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds. ``total`` ends a call even if bytes keep dripping; Intuit itself cuts at 120 seconds."""

    connect: float = 10
    read: float = 60
    total: float = 90


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``data_service`` calls get the minor version and obey the company's pace."""

    method: str
    url: str
    query: tuple[tuple[str, str], ...] = ()
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    data_service: bool = True
    batch: bool = False
    label: str = ""
    """What the log calls it, such as ``read Customer``: never an id, a name or a query."""


def http_client(transport: httpx2.BaseTransport | None = None) -> httpx2.Client:
    """An HTTP client as ``Transport`` wants it: keeps connections, no cookies (a session is never ours to carry)."""
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx2.Client(transport=transport, cookies=no_cookies, follow_redirects=False)


class Transport:
    """One company's way out (or, with no ``pace``, the way to Intuit's sign-in services)."""

    def __init__(
        self,
        http: httpx2.Client,
        endpoints: Endpoints,
        pace: Pace | None = None,
        deadlines: Deadlines | None = None,
        clock: Callable[[], float] = time.monotonic,
        turns: Turns | None = None,
    ) -> None:
        self._turns = turns
        self.endpoints = endpoints
        self._http = http
        self._pace = pace
        self._deadlines = deadlines or Deadlines()
        self._timeout = httpx2.Timeout(
            self._deadlines.read, connect=self._deadlines.connect, pool=self._deadlines.connect
        ).as_dict()
        self._clock = clock

    def send(self, call: Call) -> Reply:
        """Send once; never repeats, never follows a redirect. Raises ``NotSent``, ``NoAnswer``, ``ForbiddenHost``."""
        if origin(call.url) not in self.endpoints.origins:
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

    def _exchange(self, call: Call, started: float) -> Reply:
        query = call.query + ((("minorversion", MINOR_VERSION),) if call.data_service else ())
        # Made whole here: the client would take the address apart three times for each call.
        request = httpx2.Request(
            call.method,
            f"{call.url}?{urlencode(query, quote_via=quote)}" if query else call.url,
            content=call.content or None,
            headers={**_ALWAYS, **call.headers},
            extensions={"timeout": self._timeout},
        )
        try:
            answer = self._http.send(request, stream=True, follow_redirects=False)
        except _BEFORE_SENDING as failure:
            raise NotSent(type(failure).__name__) from failure
        except (
            httpx2.HTTPError,
            OSError,
        ) as failure:  # OSError: an in-process transport breaks off like this
            raise NoAnswer(type(failure).__name__) from failure
        try:
            # From the bytes: the client would guess at the encoding of each header anew, by way of all the others.
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in answer.headers.raw}
            return read_reply(answer.status_code, headers, self._body(answer, started))
        except (httpx2.HTTPError, OSError) as failure:
            raise NoAnswer(type(failure).__name__) from failure
        finally:
            answer.close()

    def _body(self, answer: httpx2.Response, started: float) -> bytes:
        body = bytearray()
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > MAX_ANSWER_BYTES:
                raise NoAnswer("answer too large")
            if self._clock() - started > self._deadlines.total:
                raise NoAnswer("total deadline passed")
        return bytes(body)

    def _log(self, call: Call, started: float, **what: object) -> None:
        took = int((self._clock() - started) * 1000)
        log.info("quickbooks call", extra={"call": call.label or call.method, "took_ms": took, **what})
