"""Decides: what one HTTP request and one answer are, inside the emulator.

Stands between the WSGI shell (`wsgi.py`) and the core (`emulator.py`). Neither knows a socket.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from quickbooks_emulator import formats

JSON_TYPE = "application/json;charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. Header names are lower case; `query` is the raw query string.

    `unreadable` says why there is no `body` although one was sent.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    base_url: str = "http://127.0.0.1:8399"
    unreadable: str = ""

    @property
    def params(self) -> dict[str, str]:
        """The query parameters, names in lower case, the first of a repeated name kept."""
        found: dict[str, str] = {}
        for name, value in parse_qsl(self.query, keep_blank_values=True):
            found.setdefault(name.lower(), value)
        return found

    @property
    def form(self) -> dict[str, str]:
        """The members of an urlencoded body, the first of a repeated name kept."""
        found: dict[str, str] = {}
        for name, value in parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True):
            found.setdefault(name, value)
        return found

    def header(self, name: str, default: str = "") -> str:
        return self.headers.get(name.lower(), default)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer. `headers` never holds Content-Length: the shell counts the bytes it sends."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def plus(self, **headers: str) -> Response:
        """The same answer with more headers; an underscore in a name reads as a dash."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return Response(self.status, self.body, {**self.headers, **more})


class ConnectionDropped(ConnectionResetError):
    """The connection broke before a whole answer was sent, because a fault rule said so.

    In process it reaches the caller of the WSGI application; the server closes the socket.
    `partial` holds the bytes that still got out before the break.
    """

    def __init__(self, reason: str, partial: bytes = b"") -> None:
        super().__init__(reason)
        self.partial = partial


def json_response(status: int, document: object, **headers: str) -> Response:
    return Response(status, formats.to_json(document), {"Content-Type": JSON_TYPE}).plus(**headers)


def text_response(status: int, text: str, content_type: str = "text/plain;charset=utf-8") -> Response:
    return Response(status, text.encode(), {"Content-Type": content_type})


def html_response(status: int, text: str, **headers: str) -> Response:
    return Response(status, text.encode(), {"Content-Type": "text/html;charset=utf-8"}).plus(**headers)


def redirect(location: str) -> Response:
    page = f'<!doctype html><html lang="en"><title>Moved</title><p><a href="{html.escape(location)}">Go on</a></p></html>'
    return html_response(302, page).plus(Location=location)
