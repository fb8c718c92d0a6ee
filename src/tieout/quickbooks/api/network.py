"""Acts: the sockets. ``transport`` hands it one request and reads one answer from it; tests give a network of their own.

A connection is made first and used afterwards, as two steps: so it is a fact, not a guess from the kind of an error,
whether anything of a call can have reached the other side. urllib3 makes connections (TLS, a proxy's tunnel), httptools
reads HTTP/1.1; in between there is nothing to be done but to write a few lines and wait. Connections that are still good
are kept for a moment, for the next call to the same place.
"""

from __future__ import annotations

import http.client
import logging
import os
import ssl
import threading
import time
import urllib.request
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser
from urllib3.connection import HTTPConnection, HTTPSConnection, ProxyConfig
from urllib3.exceptions import HTTPError
from urllib3.util import make_headers, parse_url

# It may name whole addresses, company ids in them. Ours is the only log of calls.
logging.getLogger("urllib3").setLevel(logging.ERROR)

PIECE = 64 * 1024
MOST_HEAD = 256 * 1024
"""Bytes that may come before an answer's head is whole."""
KEPT_SECONDS = 5
"""How long an idle connection is kept. What sits on the way forgets one sooner or later without a word, and a write
into such a one is in doubt."""
MOST_KEPT = 10
_NOT_CONNECTED = (OSError, http.client.HTTPException, HTTPError, ValueError)
"""OSError: TLS failures and timeouts too. ValueError: a name or a proxy that cannot be one."""
_BROKEN_OFF = (OSError, HttpParserError, HttpParserUpgrade)
_PORTS = {"http": 80, "https": 443}
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where systems keep whom they trust, for a Python that was built to look elsewhere."""


class TransportFailure(Exception):
    """No answer was read. ``str()`` names the technical reason, without address or data."""


class NotSent(TransportFailure):
    """Certainly nothing reached the other side: repeating is safe."""


class NoAnswer(TransportFailure):
    """The call left and no whole answer came back: it may or may not have taken effect."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds. ``total`` ends a call even if bytes keep dripping; Intuit itself cuts at 120 seconds."""

    connect: float = 10
    read: float = 60
    total: float = 90


class Incoming(Protocol):
    """An answer whose head has come. Whoever got it closes it."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Iterable[tuple[str, str]]: ...

    def pieces(self) -> Iterator[bytes]:
        """The body, unpacked, as it comes. Raises ``NoAnswer`` when it breaks off."""
        ...

    def close(self) -> None: ...


class Network(Protocol):
    """Safe to share between threads."""

    def exchange(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes, deadlines: Deadlines
    ) -> Incoming:
        """Send once: nothing is repeated, no redirect followed, no cookie kept. Raises ``NotSent``, ``NoAnswer``."""
        ...


class Sockets:
    """The real network."""

    def __init__(
        self,
        proxies: Callable[[], Mapping[str, str]] = urllib.request.getproxies,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``proxies``: scheme -> address of the proxy for it; by default what the environment says, as everywhere."""
        self._proxies = proxies
        self._clock = clock
        self._idle: dict[str, deque[tuple[HTTPConnection, float]]] = {}
        self._trust: ssl.SSLContext | None = None
        self._making_trust = threading.Lock()

    def exchange(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes, deadlines: Deadlines
    ) -> Incoming:
        started = self._clock()
        address, _, query = url.partition("?")
        parts = urlsplit(address)
        request = _request(method, parts, query, headers, content)
        place = f"{parts.scheme}://{parts.netloc}"
        connection = self._kept(place)
        if connection is None:
            try:
                connection = self._connected(parts, deadlines.connect)
            except _NOT_CONNECTED as failure:
                raise NotSent(type(failure).__name__) from failure

        def wait() -> float:
            """For how long the next piece may take: the last one no longer than the whole call."""
            left = deadlines.total - (self._clock() - started)
            if left <= 0:
                raise NoAnswer("total deadline passed")
            return min(deadlines.read, left)

        answer = _Incoming(connection, lambda: self._keep(place, connection), wait)
        try:
            connection.sock.settimeout(deadlines.read)
            connection.sock.sendall(request)
            while not answer.begun:
                answer.read_on()
        except BaseException:
            connection.close()
            raise
        return answer

    # -- connections ------------------------------------------------------------------------------------

    def _connected(self, parts: SplitResult, seconds: float) -> HTTPConnection:
        host = parts.hostname or ""
        if parts.scheme != "https":
            # Only allowed on this machine, where no proxy stands between.
            plain = HTTPConnection(host, parts.port or _PORTS["http"], timeout=seconds)
            plain.connect()
            return plain
        found = self._proxies()
        proxy = "" if urllib.request.proxy_bypass(host) else found.get("https") or found.get("all") or ""
        connection = self._through(proxy, host, parts.port or _PORTS["https"], seconds)
        try:
            connection.connect()
        except BaseException:
            connection.close()
            raise
        return connection

    def _through(self, proxy: str, host: str, port: int, seconds: float) -> HTTPSConnection:
        trust = self._trusted()
        if not proxy:
            return HTTPSConnection(host, port, timeout=seconds, ssl_context=trust)
        by = parse_url(proxy if "://" in proxy else f"http://{proxy}")
        if by.scheme not in ("http", "https") or not by.host:
            raise ValueError("a proxy that does not speak HTTP")
        connection = HTTPSConnection(
            by.host,
            by.port or _PORTS[by.scheme],
            timeout=seconds,
            ssl_context=trust,
            proxy=by,
            proxy_config=ProxyConfig(trust, False, None, None),
        )
        signed = make_headers(proxy_basic_auth=unquote(by.auth)) if by.auth else {}
        connection.set_tunnel(host, port, signed, scheme=by.scheme)
        return connection

    def _trusted(self) -> ssl.SSLContext:
        """Made when it is first wanted: reading the bundle takes longer than a call."""
        with self._making_trust:
            if self._trust is None:
                self._trust = trusted()
            return self._trust

    def _kept(self, place: str) -> HTTPConnection | None:
        idle = self._idle.get(place)
        while idle:
            try:
                connection, since = idle.pop()
            except IndexError:  # another thread was quicker
                return None
            if self._clock() - since < KEPT_SECONDS and connection.is_connected:
                return connection
            connection.close()
        return None

    def _keep(self, place: str, connection: HTTPConnection) -> None:
        idle = self._idle.setdefault(place, deque())
        idle.append((connection, self._clock()))
        if len(idle) > MOST_KEPT:
            idle.popleft()[0].close()


class _Incoming:
    """One answer on its way, and what httptools is told to do with its parts."""

    def __init__(
        self, connection: HTTPConnection, keep: Callable[[], None], wait: Callable[[], float]
    ) -> None:
        """``wait``: for how many seconds the next piece is waited for. Raises ``NoAnswer`` when the call has lasted too long."""
        self._connection, self._keep, self._wait = connection, keep, wait
        self._parser: HttpResponseParser | None = HttpResponseParser(self)
        self._came = 0
        self._body: list[bytes] = []
        self._packed: zlib._Decompress | None = None
        self._reusable = False
        self.headers: list[tuple[str, str]] = []
        self.status = 0
        self.begun = self.whole = False

    def read_on(self) -> None:
        """Take up what comes next. Raises ``NoAnswer`` when it breaks off."""
        assert self._parser is not None
        self._connection.sock.settimeout(self._wait())
        try:
            some = self._connection.sock.recv(PIECE)
            if some:
                self._parser.feed_data(some)
        except _BROKEN_OFF as failure:
            if not self.whole:  # else something came behind it, which is nobody's answer
                raise NoAnswer(type(failure).__name__) from failure
            self._reusable = False
        if not some:
            self._ended()
        self._came += len(some)
        if not self.begun and self._came > MOST_HEAD:
            raise NoAnswer("head too large")

    def _ended(self) -> None:
        """The other side has closed. Where no length was told, that is how a body ends."""
        told = {name.lower() for name, _ in self.headers} & {"content-length", "transfer-encoding"}
        if not self.begun or told:
            raise NoAnswer("broken off")
        self.whole = True

    def pieces(self) -> Iterator[bytes]:
        while True:
            parts, self._body = self._body, []
            for part in parts:
                yield from self._unpacked(part)
            if self.whole:
                break
            self.read_on()
        if self._packed is not None:
            yield self._packed.flush()
            if not self._packed.eof:
                raise NoAnswer("broken off")

    def _unpacked(self, part: bytes) -> Iterator[bytes]:
        """A little at a time: a small packet may unpack to more than there is room for."""
        if self._packed is None:
            yield part
            return
        try:
            while part:
                yield self._packed.decompress(part, PIECE)
                part = self._packed.unconsumed_tail
        except zlib.error as failure:
            raise NoAnswer(type(failure).__name__) from failure

    def close(self) -> None:
        """A connection is used again only after a whole answer, and if the other side leaves it open."""
        self._parser = None
        if self._reusable:
            self._reusable = False
            self._keep()
        else:
            self._connection.close()

    # -- told by httptools ------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        self._reusable = False  # after a whole one: something came behind it

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.begun:  # else a trailer
            self.headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        assert self._parser is not None
        if self.whole:
            return
        self.status = self._parser.get_status_code()
        self.begun = self.status >= 200
        for name, value in self.headers:
            if name.lower() == "content-encoding" and value.lower() == "gzip":
                self._packed = zlib.decompressobj(16 + zlib.MAX_WBITS)

    def on_body(self, body: bytes) -> None:
        if not self.whole:
            self._body.append(body)

    def on_message_complete(self) -> None:
        assert self._parser is not None
        if not self.begun:
            self.headers.clear()  # only word that the answer is coming (1xx)
        elif not self.whole:
            self.whole = True
            self._reusable = self._parser.should_keep_alive()


def _request(
    method: str, parts: SplitResult, query: str, headers: Mapping[str, str], content: bytes
) -> bytes:
    """A request's bytes. Raises ``NotSent`` for what would not be one header any more."""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    target = f"{parts.path or '/'}?{query}" if query else parts.path or "/"
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}{port}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if content or method == "POST":
        lines.append(f"Content-Length: {len(content)}")
    text = "\r\n".join(lines)
    if text.count("\r") != len(lines) - 1 or text.count("\n") != len(lines) - 1 or target.count(" "):
        raise NotSent("a line break within a line")
    try:
        return text.encode("ascii") + b"\r\n\r\n" + content
    except UnicodeEncodeError as failure:
        raise NotSent(type(failure).__name__) from failure


def trusted() -> ssl.SSLContext:
    """Whom this machine trusts: certificates and names are always checked. ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` count."""
    context = ssl.create_default_context()
    told = ssl.get_default_verify_paths()
    if not (context.get_ca_certs() or told.cafile or told.capath) and (
        bundle := next(filter(os.path.isfile, _BUNDLES), None)
    ):
        context.load_verify_locations(bundle)
    return context
