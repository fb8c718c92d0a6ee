"""Outside witnesses: node-quickbooks and intuit-oauth for Node, unmodified from their packages.

The packages come from the package manager once, by `npm ci` into a folder of their own, and are kept there.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from quickbooks_emulator import Emulator
from quickbooks_emulator.server import Server
from tests.emulator.client import SAMPLE

HERE = Path(__file__).parent / "clients"
KEPT = Path(__file__).parents[2] / ".tieout" / "node"
SECONDS = 240


@pytest.fixture(scope="module")
def modules() -> Path:
    """A folder with the packages of the lock file. Skips where they are not there and cannot be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None:
        pytest.skip("Node is not installed: its QuickBooks clients are not tried.")
    lock = (HERE / "package-lock.json").read_bytes()
    folder = KEPT / hashlib.sha256(lock).hexdigest()[:16]
    if (folder / "complete").exists():
        return folder
    if npm is None:
        pytest.skip("npm is not installed: the Node clients cannot be brought here.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / name, folder / name)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev", "--prefer-offline"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm ci did not end within {SECONDS} seconds: the Node clients are not tried.")
    if done.returncode:
        pytest.skip(f"npm ci failed, the Node clients are not tried: {done.stderr.strip()[-300:]}")
    (folder / "complete").touch()
    return folder


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server(Emulator())
    running.start()
    yield running
    running.stop()


def test_node_quickbooks_and_intuit_oauth_do_their_whole_round_of_work(modules: Path, server: Server) -> None:
    done = subprocess.run(
        ["node", str(HERE / "round.js"), str(modules), server.base_url, SAMPLE],
        cwd=modules,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["company"] == "Craig's Design and Landscaping Services"
    assert seen["customers"] == seen["counted"] == 30
    assert seen["file"] == "hello"
    assert seen["changed"] == ["Customer", "Invoice", "Payment"]
    assert (seen["deleted"], seen["report"], seen["preferences"]) == (1, "AgedReceivables", "Accrual")
    assert seen["revoked"] == "invalid_grant"
    tids = [entry.tid for entry in server.emulator.log.entries(area="data")]
    assert len(tids) == len(set(tids)) > 35
