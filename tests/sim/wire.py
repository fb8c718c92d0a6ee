"""Acts: the way from a town to QuickBooks: all that passes goes into its trace, and is looked at by more than one eye."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import httpx2

from quickbooks_emulator import Emulator
from tests.sync.rig import InProcess
from tieout.quickbooks import ledger
from tieout.sync import sending
from tieout.sync.engine import Engine

if TYPE_CHECKING:
    from tests.sim.town import Town

SETTLED = Engine().settle - sending.STALE
"""How long after a sending without an answer at least nothing of it is sent again."""

MISCOUNTED = b'"code":"6070"'


class Wire(InProcess):
    """The way to QuickBooks: everything that passes goes into the trace, and a process may die on either end of it."""

    def __init__(self, emulator: Emulator, town: Town) -> None:
        super().__init__(emulator)
        self._town = town

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        town, content = self._town, request.read()
        town.boundary("before a call")
        about = kind_of_call(request)
        if about == "write":
            town.sendings.leaves(town, request.url.params["requestid"])
        said = f"{request.method} {request.url.path} ".encode()
        if "/v3/" in request.url.path:  # a sign-in is random on purpose
            said = f"{request.method} {request.url} ".encode() + content
        sent_before = False
        if request_id := dict(request.url.params).get("requestid"):
            sent_before = request_id in town.bodies
            town.bodies.setdefault(request_id, set()).add(hashlib.sha256(content).hexdigest())
        if "/v3/" in request.url.path and (
            b'"TxnId":""' in content or b'"CustomerRef":{"value":""}' in content
        ):
            town.nameless.append(content.decode()[:300])
        try:
            with town.witness.beside(request, about):
                response = super().handle_request(request)
        except httpx2.HTTPError as broken:
            town.trace.update(said + repr(broken).encode())
            raise
        answer = response.read() if "/v3/" in request.url.path else b""
        town.trace.update(said + f" -> {response.status_code}".encode() + answer)
        if MISCOUNTED in answer:
            town.miscounted.append(content.decode()[:300])
        town.witness.answered(request, answer)
        if sent_before and response.status_code == 200:
            town.look_at_repeated(answer)
        if about == "changes":
            town.came_about.fed(answer, ledger.CHANGE_CAP)
        town.answered(about)
        town.boundary("after a call")
        if about == "write" and response.status_code < 500:
            town.sendings.answered(request.url.params["requestid"])
        elif about == "read" and response.status_code in (200, 400):  # 400: told that it is not there
            town.sendings.looked(town)
        return response


def kind_of_call(request: httpx2.Request) -> str:
    """``write``, ``read``, ``changes`` (what changed since), or ``sign-in``."""
    path = request.url.path
    if "/v3/" not in path:
        return "sign-in"
    if path.endswith(("/cdc", "/batch")):
        return "changes"
    return "write" if request.method == "POST" and "requestid" in request.url.params else "read"


class Sendings:
    """Which writes were sent when, and what was read since: the eye for writes that are sent again too soon."""

    def __init__(self) -> None:
        self._open: dict[str, int] = {}
        """Request id -> the millisecond of its last sending, while that has no answer."""
        self._looked_at = -1
        self.hasty: list[str] = []

    def leaves(self, town: Town, request_id: str) -> None:
        now = town.clock.milliseconds()
        if (before := self._open.get(request_id)) is not None:
            quiet = before + round(SETTLED.total_seconds() * 1000)
            if now < quiet:
                self.hasty.append(f"{request_id} again after {(now - before) / 1000} s")
            elif self._looked_at < quiet:
                self.hasty.append(f"{request_id} again, and nobody has looked for it")
        self._open[request_id] = now

    def answered(self, request_id: str) -> None:
        """Yes or no, it has been told; what a process makes of an answer it cannot read is its own affair."""
        del self._open[request_id]

    def looked(self, town: Town) -> None:
        self._looked_at = town.clock.milliseconds()
