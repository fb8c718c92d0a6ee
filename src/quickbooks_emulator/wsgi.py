"""Acts: the WSGI shell around `Emulator.handle`: environ in, bytes out, gzip both ways."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from quickbooks_emulator.messages import Request, Response

_GZIP_FROM = 2048
_HEADER_VARIABLES = {"CONTENT_TYPE": "content-type", "CONTENT_LENGTH": "content-length"}


def application(handle: Callable[[Request], Response]) -> Callable[..., Iterable[bytes]]:
    """A WSGI callable. A ConnectionDropped passes through to whoever called it."""

    def run(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = read_request(environ)
        response = handle(request)
        if "gzip" in request.header("accept-encoding"):
            response = _compressed(response)
        start_response(status_line(response.status), headers_of(response))
        return [response.body] if environ["REQUEST_METHOD"] != "HEAD" else []

    return run


def read_request(environ: dict[str, Any]) -> Request:
    """The request. A body that claims to be gzip and is not is left out, and the request says so."""
    headers = {
        key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")
    }
    headers.update({name: environ[key] for key, name in _HEADER_VARIABLES.items() if environ.get(key)})
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length) if length else b""
    unreadable = ""
    if headers.get("content-encoding", "").lower() == "gzip":
        try:
            body = gzip.decompress(body)
        except (OSError, EOFError, zlib.error):
            body, unreadable = b"", "the body is not valid gzip"
    host = (
        headers.get("host") or f"{environ.get('SERVER_NAME', '127.0.0.1')}:{environ.get('SERVER_PORT', '80')}"
    )
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace") or "/",
        query=environ.get("QUERY_STRING", ""),
        headers=headers,
        body=body,
        base_url=f"{environ.get('wsgi.url_scheme', 'http')}://{host}",
        unreadable=unreadable,
    )


def headers_of(response: Response) -> list[tuple[str, str]]:
    return [*response.headers.items(), ("Content-Length", str(len(response.body)))]


def status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Status"


def _compressed(response: Response) -> Response:
    if len(response.body) < _GZIP_FROM:
        return response
    body = gzip.compress(response.body, compresslevel=1, mtime=0)
    return Response(
        response.status, body, {**response.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    )
