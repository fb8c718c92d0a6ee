"""The demonstration as its user meets it: started, signed in to, connected, stopped, and started again where it was."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest

from tieout.demo.people import PASSWORD, PEOPLE
from tieout.demo.ports import HOST

ADMINISTRATOR = PEOPLE[0]
LAST_LINE = "To start over"


class Form(HTMLParser):
    """The fields of the form with this address, with the first choice of every list."""

    def __init__(self, action: str, page: str) -> None:
        super().__init__()
        self._wanted = action
        self._inside = False
        self._list = ""
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = facts.get("action", "") == self._wanted
        elif self._inside and tag == "input" and "name" in facts:
            self.fields[facts["name"]] = facts.get("value", "")
        elif self._inside and tag == "select":
            self._list = facts["name"]
        elif self._inside and tag == "option":
            self.fields.setdefault(self._list, facts["value"])


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    base = Path("/tmp") / f"tieout-demo-{os.getpid()}"
    base.mkdir(mode=0o755)
    yield base
    shutil.rmtree(base)


@pytest.fixture(scope="module")
def ports() -> tuple[int, int]:
    """Two that are free now."""
    with socket.socket() as one, socket.socket() as two:
        for each in (one, two):
            each.bind((HOST, 0))
        return one.getsockname()[1], two.getsockname()[1]


@contextmanager
def demonstration(home: Path, ports: tuple[int, int]) -> Iterator[str]:
    """Yields what it printed, when it says that it is ready; stops it as Ctrl-C does."""
    ours = {"DATABASE_URL", "TIEOUT_MODE", "TIEOUT_DATABASE_OWNER", "TIEOUT_HOME"}
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tieout.demo",
            "--no-browser",
            f"--port={ports[0]}",
            f"--emulator-port={ports[1]}",
        ],
        env={name: value for name, value in os.environ.items() if name not in ours}
        | {"TIEOUT_HOME": str(home), "PYTHONPATH": "src"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    printed = []
    try:
        for line in process.stdout:
            printed.append(line)
            if LAST_LINE in line:
                break
        assert LAST_LINE in printed[-1], "".join(printed)
        yield "".join(printed)
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    assert (process.returncode, "Stopped" in rest) == (0, True), rest


@contextmanager
def signed_in(address: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=address, follow_redirects=True, timeout=30) as browser:
        page = browser.get("/sign-in/")
        fields = Form("", page.text).fields | {"login": ADMINISTRATOR.email, "password": PASSWORD}
        page = browser.post("/sign-in/", data=fields, headers={"Referer": str(page.url)})
        assert ADMINISTRATOR.name in page.text
        yield browser


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def test_it_starts_connects_stops_and_goes_on_where_it_was(home: Path, ports: tuple[int, int]) -> None:
    address = f"http://{HOST}:{ports[0]}"
    with demonstration(home, ports) as printed:
        assert all(each in printed for each in (address, ADMINISTRATOR.email, PASSWORD))
        with signed_in(address) as browser:
            consent = browser.get("/settings/integrations/quickbooks/connect/start/?mode=tab")
            assert consent.url.port == ports[1]
            answer = Form("/connect/oauth2", consent.text).fields | {"decision": "connect"}
            landed = browser.post(str(consent.url.join("/connect/oauth2")), data=answer)
            assert landed.url.port == ports[0]
            assert "Connected to QuickBooks" in landed.text
    assert not any(map(listening, ports))

    with demonstration(home, ports), signed_in(address) as browser:
        manage = browser.get("/settings/integrations/quickbooks/")
        assert "Connected" in manage.text
    assert not any(map(listening, ports))
