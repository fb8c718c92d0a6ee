"""The emulator as a process and on sockets: start, broken connections, webhooks, a kill, a restart."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import httpx2
import pytest

from quickbooks_emulator import Emulator, SqliteJournal
from quickbooks_emulator.messages import Request
from quickbooks_emulator.server import NotLoopback, Server
from quickbooks_emulator.webhooks.documents import WebhookSettings
from tests.emulator.books import whole
from tests.emulator.client import SAMPLE

SOURCES = Path(__file__).resolve().parents[2] / "src"
READY = re.compile(r"ready at (http://\S+)")


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server(Emulator())
    running.start()
    yield running
    running.stop()


def headers(server: Server) -> dict[str, str]:
    token = server.emulator.control.connect(SAMPLE).access_token
    return {"Authorization": f"Bearer {token}", "Accept": "application/json"}


def test_a_rule_that_drops_the_connection_breaks_the_socket(server: Server) -> None:
    server.emulator.control.add_fault(operation="create", effect="drop_after", times=1)
    url, known = f"{server.base_url}/v3/company/{SAMPLE}", headers(server)
    with pytest.raises(httpx2.TransportError):
        httpx2.post(f"{url}/customer?requestid=r-1", json={"DisplayName": "New"}, headers=known)
    again = httpx2.post(f"{url}/customer?requestid=r-1", json={"DisplayName": "New"}, headers=known)
    assert again.json()["Customer"]["Id"] == "56"
    server.emulator.control.add_fault(operation="read", effect="reset", bytes=20, times=1)
    with pytest.raises(httpx2.TransportError):
        httpx2.get(f"{url}/customer/1", headers=known)


def test_a_page_that_points_its_own_name_at_this_machine_is_refused(server: Server) -> None:
    answer = httpx2.get(f"{server.base_url}/_control/health", headers={"Host": "evil.test"})
    assert answer.status_code == 421


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.10", "example.com", "::"])
def test_it_listens_on_loopback_only(host: str) -> None:
    with pytest.raises(NotLoopback):
        Server(Emulator("empty"), host)


def test_many_threads_at_once_lose_no_write_and_share_no_id(server: Server) -> None:
    known, url = headers(server), f"{server.base_url}/v3/company/{SAMPLE}"
    server.emulator.control.set_webhooks(WebhookSettings(url="http://127.0.0.1:9/nobody", hold=True))

    def work(worker: int) -> list[str]:
        with httpx2.Client(headers=known) as http:
            ids = []
            for number in range(15):
                made = http.post(f"{url}/customer", json={"DisplayName": f"W {worker} {number}"}).json()
                ids.append(made["Customer"]["Id"])
                edit = {"Id": ids[-1], "SyncToken": "0", "sparse": True, "Notes": "n"}
                assert http.post(f"{url}/customer", json=edit).status_code == 200
                assert http.get(f"{url}/query?query=select * from Customer").status_code == 200
            return ids

    with ThreadPoolExecutor(8) as pool:
        ids = [made for batch in pool.map(work, range(8)) for made in batch]
    assert sorted(ids, key=int) == [str(number) for number in range(56, 56 + 120)]
    assert len(server.emulator.webhooks.pending()) == 240


class Hook(BaseHTTPRequestHandler):
    """Notes each delivery and acknowledges it."""

    received: Queue[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.put((dict(self.headers), body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


def test_a_served_emulator_posts_its_webhooks_by_itself(server: Server) -> None:
    Hook.received = Queue()
    receiver = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{receiver.server_port}/hook"
        httpx2.post(f"{server.base_url}/_control/webhooks", json={"url": url})
        server.emulator.control.edit(SAMPLE, "Customer", "5", {"Notes": "n"})
        sent, body = Hook.received.get(timeout=10)
    finally:
        receiver.shutdown()
        receiver.server_close()
    assert json.loads(body)[0]["intuitentityid"] == "5"
    assert sent["Intuit-Signature" if "Intuit-Signature" in sent else "intuit-signature"]


def start(state: Path, *more: str) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "quickbooks_emulator", "--port", "0", "--state", str(state), *more],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(SOURCES), "PATH": ""},
    )
    assert process.stdout is not None
    ready = READY.search(process.stdout.readline())
    assert ready
    return process, ready.group(1)


def test_a_killed_process_starts_again_with_everything_it_had_answered(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite"
    process, base = start(state)
    try:
        credentials = httpx2.get(f"{base}/_control/credentials").json()["companies"][0]
        known = {"Authorization": f"Bearer {credentials['access_token']}", "Accept": "application/json"}
        path = f"/v3/company/{SAMPLE}/customer"
        edit = {"Id": "8", "SyncToken": "0", "sparse": True, "Notes": "kept"}
        assert httpx2.post(f"{base}{path}?requestid=r-1", json=edit, headers=known).status_code == 200
        before = httpx2.get(f"{base}{path}/8", headers=known).json()["Customer"]
        httpx2.post(f"{base}/_control/clock", json={"advance": 600})
    finally:
        process.kill()
        process.wait()
    process, base = start(state, "--world", "empty")
    try:
        assert httpx2.get(f"{base}{path}/8", headers=known).json()["Customer"] == before
        replayed = httpx2.post(f"{base}{path}?requestid=r-1", json=edit, headers=known).json()["Customer"]
        assert replayed == before
        assert httpx2.get(f"{base}/_control/health").json()["world"] == "sample"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_a_kill_in_the_middle_of_many_writes_leaves_whole_books_and_everything_answered(
    tmp_path: Path,
) -> None:
    state = tmp_path / "state.sqlite"
    process, base = start(state, "--no-limits")
    answered: Queue[str] = Queue()

    def keep_paying(known: dict[str, str]) -> None:
        """An invoice and its payment, over and over, until the process is gone: a dozen documents each time."""
        line = {
            "Amount": 7,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
        }
        with httpx2.Client(base_url=f"{base}/v3/company/{SAMPLE}", headers=known) as client:
            try:
                while True:
                    body = {"CustomerRef": {"value": "3"}, "Line": [line]}
                    sold = client.post("/invoice", json=body).json()["Invoice"]["Id"]
                    answered.put(f"/invoice/{sold}")
                    link = {"Amount": 7, "LinkedTxn": [{"TxnId": sold, "TxnType": "Invoice"}]}
                    paid = {"CustomerRef": {"value": "3"}, "TotalAmt": 7, "Line": [link]}
                    answered.put("/payment/" + client.post("/payment", json=paid).json()["Payment"]["Id"])
            except httpx2.TransportError:
                return

    try:
        token = httpx2.get(f"{base}/_control/credentials").json()["companies"][0]["access_token"]
        known = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        with ThreadPoolExecutor(3) as pool:
            work = [pool.submit(keep_paying, known) for _ in range(3)]
            paths = [answered.get(timeout=60) for _ in range(60)]
            process.kill()
        assert [one.result() for one in work] == [None] * 3
    finally:
        process.kill()
        process.wait()
    paths += [answered.get() for _ in range(answered.qsize())]
    emulator = Emulator(journal=SqliteJournal(str(state)))
    try:
        assert whole(emulator)
        for path in paths:
            request = Request(
                "GET", f"/v3/company/{SAMPLE}{path}", "", {"authorization": known["Authorization"]}
            )
            assert emulator.handle(request).status == 200, path
        invoices, payments = (len(emulator.control.records(SAMPLE, one)) for one in ("Invoice", "Payment"))
        assert invoices + payments - len(paths) in range(46, 50), (
            "at most one call of each client was under way"
        )
    finally:
        emulator.close()


def test_the_command_line_refuses_a_public_host() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "quickbooks_emulator", "--host", "0.0.0.0", "--port", "0"],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(SOURCES), "PATH": ""},
        check=False,
    )
    assert done.returncode == 2
    assert "not a loopback address" in done.stderr
