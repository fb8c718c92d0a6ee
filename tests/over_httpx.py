"""The product's network port over one of httpx2's transports: a program in this process, or a scripted other side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import httpx2

from tieout.quickbooks.api.network import Deadlines, NoAnswer, NotSent

_BEFORE_SENDING = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


class OverHttpx:
    """Breaks off as a socket would: a transport's errors of connecting mean that nothing was sent."""

    def __init__(self, transport: httpx2.BaseTransport) -> None:
        self._transport = transport

    def exchange(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes, deadlines: Deadlines
    ) -> _Came:
        request = httpx2.Request(method, url, headers=dict(headers), content=content or None)
        try:
            return _Came(self._transport.handle_request(request))
        except _BEFORE_SENDING as failure:
            raise NotSent(type(failure).__name__) from failure
        except (httpx2.HTTPError, OSError) as failure:
            raise NoAnswer(type(failure).__name__) from failure


class _Came:
    def __init__(self, response: httpx2.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.headers = response.headers.multi_items()

    def pieces(self) -> Iterator[bytes]:
        try:
            yield from self._response.iter_bytes()
        except (httpx2.HTTPError, OSError) as failure:
            raise NoAnswer(type(failure).__name__) from failure

    def close(self) -> None:
        self._response.close()
