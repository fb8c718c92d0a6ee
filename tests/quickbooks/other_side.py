"""The other side of a socket, doing what a test tells it to, connection by connection."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tieout.quickbooks.api.network import Deadlines, Sockets

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
BRIEF = Deadlines(connect=5, read=5)
HEADERS = {"Accept-Encoding": "gzip", "X-Ours": "1"}
Behaviour = Callable[["Connected"], None]


class Connected:
    """The other side of one connection."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._file = sock.makefile("rb")

    def request(self) -> bytes:
        """The next request, head and body; empty when the caller has gone."""
        head = b""
        while line := self._file.readline():
            head += line
            if line == b"\r\n":
                break
        length = next(
            (int(one[15:]) for one in head.lower().split(b"\r\n") if one[:15] == b"content-length:"), 0
        )
        return head + self._file.read(length)

    def answer(self, raw: bytes = OK) -> None:
        self.sock.sendall(raw)

    def close(self) -> None:
        self._file.close()
        self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()


class Other:
    """A server whose nth connection does what the nth behaviour says; further ones do as the last."""

    def __init__(self, *behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self._behaviours, self._tls = behaviours, tls
        self.requests: list[bytes] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._threads[0].start()

    def url(self, path: str = "/v3/x?requestid=1") -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}{path}"

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            behaviour = self._behaviours[min(self.connections, len(self._behaviours) - 1)]
            self.connections += 1
            self._threads.append(threading.Thread(target=self._one, args=(sock, behaviour), daemon=True))
            self._threads[-1].start()

    def _one(self, sock: socket.socket, behaviour: Behaviour) -> None:
        try:
            connected = Connected(self._tls.wrap_socket(sock, server_side=True) if self._tls else sock)
            take, connected.request = connected.request, lambda: self._noted(take())  # type: ignore[method-assign]
            behaviour(connected)
            connected.close()
        except OSError:
            sock.close()

    def _noted(self, request: bytes) -> bytes:
        if request:
            self.requests.append(request)
        return request

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # else who waits in accept would take one more
        self._threads[0].join()
        self._listener.close()


def answering(raw: bytes = OK) -> Behaviour:
    def behave(other: Connected) -> None:
        while other.request():
            other.answer(raw)

    return behave


def answering_once(raw: bytes = OK) -> Behaviour:
    def behave(other: Connected) -> None:
        if other.request():
            other.answer(raw)

    return behave


@contextmanager
def other_side(*behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Other]:
    other = Other(*behaviours, tls=tls)
    try:
        yield other
    finally:
        other.stop()


def sockets(proxies: dict[str, str] | None = None, clock: Callable[[], float] = lambda: 0.0) -> Sockets:
    return Sockets(lambda: proxies or {}, clock)


def ask(network: Sockets, url: str, content: bytes = b"", deadlines: Deadlines = BRIEF) -> tuple[int, bytes]:
    answer = network.exchange("POST" if content else "GET", url, HEADERS, content, deadlines)
    try:
        return answer.status, b"".join(answer.pieces())
    finally:
        answer.close()
