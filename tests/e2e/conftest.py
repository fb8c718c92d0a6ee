"""Acts: the whole demonstration in real processes, and a real browser to use it with."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tools import browser

from tieout.config import postgres
from tieout.demo.people import PASSWORD, PEOPLE, Person

ROOT = Path(__file__).resolve().parents[2]
expect.set_options(timeout=30_000)
"""Milliseconds. A journey fails for what is shown, never for how busy the machine is."""


@dataclass(frozen=True)
class Demo:
    """The addresses of a running demonstration, and the emulator's control desk."""

    app: str
    emulator: str

    def control(self, path: str, body: object | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.emulator}/_control{path}", data=data)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    @property
    def realm(self) -> str:
        return str(self.control("/companies")["companies"][0]["realm"])

    def customers(self) -> dict[str, dict[str, Any]]:
        """Every customer by display name, as QuickBooks shows it."""
        found = self.control(f"/companies/{self.realm}/records/customer")["records"]
        return {one["DisplayName"]: one for one in found}

    def as_in_quickbooks(self, fields: dict[str, Any], record_id: str | None = None) -> dict[str, Any]:
        """A person's edit in QuickBooks: create, or update of ``record_id``."""
        operation = "create" if record_id is None else "update"
        body = {"entity": "Customer", "id": record_id, "fields": fields, "operation": operation}
        made: dict[str, Any] = self.control(f"/companies/{self.realm}/edit", body)
        return made


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """``./run demo`` in a home of its own, stopped as a person would: with SIGTERM.

    One for each file, so that no journey depends on what those of another file have done before.
    """
    home = ROOT / ".tieout" / f"e2e-{os.getpid()}"
    ours = {
        name: value for name, value in os.environ.items() if not name.startswith(("TIEOUT_", "DATABASE_"))
    }
    ports = free_port(), free_port()
    command = [sys.executable, "-m", "tieout.demo", "--no-browser", "--reset"]
    command += ["--port", str(ports[0]), "--emulator-port", str(ports[1])]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**ours, "TIEOUT_HOME": str(home), "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said: list[str] = []
    try:
        for line in process.stdout:
            said.append(line)
            if line.startswith("Logs are in"):
                break
        else:
            pytest.fail("the demonstration did not start:\n" + "".join(said))
        yield Demo(f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        postgres.erase(home)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, without any talk to the outside."""
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    quiet += ["--disable-background-networking", "--disable-component-update"]
    return {**browser_type_launch_args, "executable_path": browser.ensure(), "args": quiet}


def sign_in(page: Page, demo: Demo, person: Person) -> None:
    page.set_default_timeout(30_000)
    page.goto(demo.app)
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{demo.app}/")


@pytest.fixture
def signed_in(page: Page, demo: Demo) -> Page:
    """A page of the first administrator; anything the browser complains about fails the test."""
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, demo, PEOPLE[0])
    page.complaints = complaints  # type: ignore[attr-defined]
    return page
