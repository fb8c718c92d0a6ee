"""Acts: a thin client of the accounting API for the emulator's own tests."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import httpx2

from quickbooks_emulator import Emulator

SAMPLE = "9341450000000001"
SECOND = "9341450000000002"
LIVE = "9341450000000003"  # of the production environment


class Refusal(AssertionError):
    """The service answered with a fault."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(f"{status} {error}")
        self.status = status
        self.code = error.get("code")
        self.message = error["Message"]
        self.detail = error["Detail"]
        self.element = error.get("element")


class Api:
    """One connected company. Methods raise Refusal on a fault."""

    def __init__(self, emulator: Emulator, realm: str = SAMPLE) -> None:
        self.emulator = emulator
        self.realm = realm
        self.http = httpx2.Client(
            transport=httpx2.WSGITransport(app=emulator.wsgi),
            base_url=f"http://quickbooks.test/v3/company/{realm}",
            headers={
                "Authorization": f"Bearer {emulator.control.connect(realm).access_token}",
                "Accept": "application/json",
            },
        )

    def __enter__(self) -> Api:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    def get(self, path: str, **params: str) -> dict[str, Any]:
        return _document(self.http.get(path, params=params))

    def post(self, path: str, body: Any, **params: str) -> dict[str, Any]:
        return _document(self.http.post(path, json=body, params=params))

    def read(self, entity: str, record_id: str) -> dict[str, Any]:
        return self.get(f"/{entity.lower()}/{record_id}")[entity]  # type: ignore[no-any-return]

    def create(self, entity: str, **fields: Any) -> dict[str, Any]:
        return self.post(f"/{entity.lower()}", fields)[entity]  # type: ignore[no-any-return]

    def sparse(self, entity: str, record_id: str, **fields: Any) -> dict[str, Any]:
        """A sparse update with the present token unless one is given."""
        token = fields.pop("SyncToken", None) or self.read(entity, record_id)["SyncToken"]
        body = {"Id": record_id, "SyncToken": token, "sparse": True, **fields}
        return self.post(f"/{entity.lower()}", body)[entity]  # type: ignore[no-any-return]

    def query(self, text: str) -> list[dict[str, Any]]:
        response = self.get("/query", query=text)["QueryResponse"]
        rows = [value for value in response.values() if isinstance(value, list)]
        return rows[0] if rows else []

    def count(self, text: str) -> int:
        return self.get("/query", query=text)["QueryResponse"]["totalCount"]  # type: ignore[no-any-return]


def _document(answer: httpx2.Response) -> dict[str, Any]:
    document: dict[str, Any] = answer.json()
    if "Fault" in document:
        raise Refusal(answer.status_code, document["Fault"]["Error"][0])
    assert answer.status_code == 200, answer.text
    return document
