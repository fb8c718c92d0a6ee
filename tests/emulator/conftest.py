"""Acts: an emulator in process and a small client for it. No socket, no Django, no real clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from quickbooks_emulator import Emulator
from tests.emulator.client import Api


@pytest.fixture
def emulator() -> Emulator:
    return Emulator(world="sample")


@pytest.fixture
def api(emulator: Emulator) -> Iterator[Api]:
    with Api(emulator) as client:
        yield client


@pytest.fixture
def web(emulator: Emulator) -> Iterator[httpx2.Client]:
    """A browser-like client without a token."""
    with httpx2.Client(
        transport=httpx2.WSGITransport(app=emulator.wsgi), base_url="http://quickbooks.test"
    ) as client:
        yield client


@pytest.fixture
def control(web: httpx2.Client) -> Any:
    """Call the JSON control API: control("POST", "/clock", {"advance": 60})."""

    def call(method: str, path: str, document: Any = None, status: int = 200) -> Any:
        answer = web.request(method, f"/_control{path}", json=document)
        assert answer.status_code == status, answer.text
        return answer.json()

    return call
