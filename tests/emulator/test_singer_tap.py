"""An outside witness: singer's tap-quickbooks, unmodified, in an environment of its own. Not part of ./run test:
it needs packages whose pins clash with ours. Start it with `-m long`."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from quickbooks_emulator import Emulator
from quickbooks_emulator.clock import VirtualClock
from quickbooks_emulator.server import Server
from tests.emulator.books import gone, invoice, pay
from tests.emulator.client import SAMPLE, Api

HERE = Path(__file__).parent / "clients"
KEPT = Path(__file__).parents[2] / ".tieout" / "singer"
SECONDS = 300
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def python() -> Path:
    """The interpreter of an environment with the tap. Skips where it cannot be made."""
    lock = (HERE / "requirements.txt").read_bytes()
    folder = KEPT / hashlib.sha256(lock).hexdigest()[:16]
    interpreter = folder / "bin" / "python"
    if (folder / "complete").exists():
        return interpreter
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [str(interpreter), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(HERE / "requirements.txt")],
    )  # fmt: skip
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, timeout=SECONDS)
        if done.returncode:
            pytest.skip(f"The tap cannot be installed: {done.stderr.strip()[-300:]}")
    (folder / "complete").touch()
    return interpreter


@pytest.fixture
def server() -> Iterator[Server]:
    emulator = Emulator(clock=VirtualClock(datetime.now(UTC).replace(microsecond=0)))
    with Api(emulator) as api:
        today = emulator.clock.now().date().isoformat()
        one = invoice(api, 100, TxnDate=today)
        pay(api, 40, one["Id"])
        gone(api, "Invoice", invoice(api, 7))
        emulator.control.edit(SAMPLE, "Customer", "6", operation="deactivate")
    running = Server(emulator)
    running.start()
    yield running
    running.stop()


def tap(python: Path, base: str, *arguments: str) -> str:
    done = subprocess.run(
        [str(python), str(HERE / "tap.py"), base, *arguments],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env={"OAUTHLIB_INSECURE_TRANSPORT": "1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_tap_quickbooks_discovers_and_reads_every_stream_to_the_end(
    python: Path, server: Server, tmp_path: Path
) -> None:
    emulator = server.emulator
    config = tmp_path / "config.json"
    since = emulator.clock.now().timestamp() - 20 * 86_400
    document: dict[str, Any] = {
        "client_id": "EMULATOR-CLIENT-ID",
        "client_secret": "EMULATOR-CLIENT-SECRET",
        "refresh_token": emulator.control.connect(SAMPLE).refresh_token,
        "realm_id": SAMPLE,
        "user_agent": "emulator tests",
        "start_date": datetime.fromtimestamp(since, UTC).isoformat(timespec="seconds"),
        "sandbox": "true",
    }
    config.write_text(json.dumps(document))
    catalog = json.loads(tap(python, server.base_url, "--config", str(config), "--discover"))
    for stream in catalog["streams"]:
        for one in stream["metadata"]:
            one["metadata"]["selected"] = True
    chosen = tmp_path / "catalog.json"
    chosen.write_text(json.dumps(catalog))
    lines = tap(python, server.base_url, "--config", str(config), "--catalog", str(chosen)).splitlines()
    messages = [json.loads(line) for line in lines]
    records = Counter(one["stream"] for one in messages if one["type"] == "RECORD")
    assert {one["stream"] for one in messages if one["type"] == "SCHEMA"} == {
        one["tap_stream_id"] for one in catalog["streams"]
    }
    assert records["invoices"] == records["payments"] == records["deleted_objects"] == 1
    assert records["customers"] == 2, "the billed one and the deactivated one"
    assert records["profit_loss_report"] == 21
    refreshed = json.loads(config.read_text())
    assert refreshed["access_token"]
    assert all(entry.status == 200 for entry in emulator.log.entries(area="data"))
