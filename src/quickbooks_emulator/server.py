"""Acts: serves one emulator over loopback sockets, with threads, and posts its webhooks. Used by the CLI and tests."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

import waitress
from waitress import wasyncore
from waitress.server import BaseWSGIServer

from quickbooks_emulator import wsgi
from quickbooks_emulator.addresses import is_loopback
from quickbooks_emulator.emulator import Emulator
from quickbooks_emulator.messages import ConnectionDropped, Request, Response, text_response
from quickbooks_emulator.webhooks.documents import Posting

THREADS = 16
ACKNOWLEDGE_SECONDS = 3
_POLL_SECONDS = 0.1
_LARGEST_BODY = 64 * 1024 * 1024


class NotLoopback(ValueError):
    """The emulator was asked to listen where others could reach it."""


class Server:
    """An emulator on a socket. `port` 0 takes a free one. Start it, use `base_url`, stop it."""

    def __init__(self, emulator: Emulator, host: str = "127.0.0.1", port: int = 0) -> None:
        """Raises NotLoopback for a host outside this machine."""
        if not is_loopback(host):
            raise NotLoopback(f"{host} is not a loopback address. The emulator serves only its own machine.")
        self.emulator = emulator
        application = _closing_connections(_only_loopback_hosts(emulator.handle))
        self._server: BaseWSGIServer = waitress.create_server(
            application,
            host="127.0.0.1" if host == "localhost" else host.strip("[]"),
            port=port,
            threads=THREADS,
            ident="emulator",
            max_request_body_size=_LARGEST_BODY,
            clear_untrusted_proxy_headers=True,
        )
        shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
        self.base_url = f"http://{shown}:{self._server.effective_port}"
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Serve in the background."""
        for name, work in (("serve", self._serve), ("webhooks", self._post_webhooks)):
            thread = threading.Thread(target=work, name=f"emulator-{name}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        self._stopping.set()
        self._server.pull_trigger()
        for thread in self._threads:
            thread.join(timeout=5)
        self._server.task_dispatcher.shutdown()
        for dispatcher in list(self._server._map.values()):
            dispatcher.close()
        self.emulator.close()

    def _serve(self) -> None:
        """The server's own loop, one round at a time, so that it can be left while its sockets are still open."""
        while not self._stopping.is_set():
            wasyncore.loop(timeout=1, map=self._server._map, count=1)

    def _post_webhooks(self) -> None:
        while not self._stopping.wait(_POLL_SECONDS):
            self.emulator.webhooks.pump(post)


def post(posting: Posting) -> int | None:
    """Send one delivery; the status, or None without an answer within three seconds. Redirects are not followed."""
    parts = urlsplit(posting.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=ACKNOWLEDGE_SECONDS)
    try:
        target = parts.path or "/"
        connection.request(
            "POST", target + (f"?{parts.query}" if parts.query else ""), posting.body, posting.headers
        )
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _only_loopback_hosts(handle: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """A page elsewhere cannot reach the emulator by pointing a name of its own at this machine."""

    def run(request: Request) -> Response:
        if not is_loopback(urlsplit(request.base_url).hostname or ""):
            return text_response(421, "The emulator answers only under a loopback host name.")
        return handle(request)

    return run


def _closing_connections(handle: Callable[[Request], Response]) -> Callable[..., Iterable[bytes]]:
    """A WSGI application that turns ConnectionDropped into a broken connection: it promises more bytes than it
    sends, and fails, so the server has to close the socket inside the answer."""
    application = wsgi.application(handle)

    def run(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            return application(environ, start_response)
        except ConnectionDropped as dropped:
            promised = len(dropped.partial) + 1_000_000
            start_response(
                "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(promised))]
            )
            return _broken_off(dropped.partial)

    return run


def _broken_off(partial: bytes) -> Iterator[bytes]:
    yield partial or b" "
    raise ConnectionAbortedError("a fault rule breaks this connection")
