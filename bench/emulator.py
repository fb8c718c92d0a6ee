"""Acts: measures the emulator as a server of its own: loading a large company, pages, small reads, memory.

    ./run bench emulator [customers] [invoices]

Every figure is taken through a loopback socket from another process, so it is what a client of the emulator sees.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import quote, unquote, urlsplit

from bench.processor import of_process

PAGES = 15
READS = 3_000
CLIENTS = 4


@dataclass(frozen=True, slots=True)
class Target:
    """A running emulator: its host and port, one company and a token for it."""

    host: str
    port: int
    realm: str
    token: str

    def get(self, connection: http.client.HTTPConnection, path: str) -> bytes:
        connection.request(
            "GET",
            f"/v3/company/{self.realm}{path}",
            headers={"Authorization": f"Bearer {self.token}", "Accept": "application/json"},
        )
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:200]!r}")
        return body

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port)


@contextmanager
def started(world: str) -> Iterator[tuple[subprocess.Popen[str], str, float]]:
    """The server process, its address, and the seconds it took to be ready."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "quickbooks_emulator", "--port", "0", "--world", world, "--no-limits"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield process, line.split(" at ", 1)[1].split(" ", 1)[0], time.perf_counter() - begun
    finally:
        process.terminate()
        process.wait(timeout=30)


def target_of(address: str) -> Target:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    connection.request("GET", "/_control/credentials")
    company = json.loads(connection.getresponse().read())["companies"][0]
    return Target(parts.hostname or "", parts.port or 80, company["realm"], company["access_token"])


def memory(process: subprocess.Popen[str]) -> tuple[float, float]:
    """Resident and highest resident memory of a process in MiB; zeros where the system does not say."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return 0.0, 0.0
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return tuple(int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))  # type: ignore[return-value]


def cpu(process: subprocess.Popen[str]) -> float:
    """Milliseconds of processor time a process has used: what a page costs on a machine that does nothing else."""
    return of_process(process.pid) * 1000


def timed(work: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each of so many runs, sorted; one run before them does not count."""
    work()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return sorted(taken)


def page(target: Target, process: subprocess.Popen[str], path: str, times: int = PAGES) -> str:
    connection = target.connect()
    size = len(target.get(connection, path)) // 1024
    before = cpu(process)
    taken = timed(lambda: target.get(connection, path), times)
    used = (cpu(process) - before) / (times + 1)
    return f"{median(taken):6.0f} ms median {taken[-1]:6.0f} ms worst {used:6.0f} ms of CPU {size:5} KiB   {unquote(path)}"


def reads(target: Target, customers: int) -> str:
    """Small reads a second from one server process, by a few clients with a kept connection each."""

    def work(client: int) -> None:
        connection = target.connect()
        for number in range(READS // CLIENTS):
            target.get(connection, f"/customer/{(number * 7 + client) % customers + 1}")

    begun = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(work, range(CLIENTS)))
    return f"{READS / (time.perf_counter() - begun):6.0f} small reads a second by {CLIENTS} clients"


def main(arguments: list[str]) -> int:
    customers, invoices = (int(one) for one in (*arguments, *("10000", "50000")[len(arguments) :])[:2])
    with started(f"large:{customers}:{invoices}") as (process, address, seconds):
        target = target_of(address)
        print(
            f"{seconds:6.1f} s ({cpu(process) / 1000:.1f} s of CPU) to be ready with {customers:,} customers and {invoices:,} invoices"
        )
        print(f"{memory(process)[0]:6.0f} MiB resident then")
        for text in (
            "select * from Customer maxresults 1000",
            "select * from Invoice maxresults 1000",
            f"select * from Invoice startposition {max(invoices - 999, 1)} maxresults 1000",  # noqa: S608 - QuickBooks' own language
            "select * from Invoice where CustomerRef = '5' maxresults 1000",
            "select * from Invoice where MetaData.LastUpdatedTime >= '2020-01-01' orderby MetaData.LastUpdatedTime maxresults 1000",
            "select count(*) from Invoice",
        ):
            print(page(target, process, f"/query?query={quote(text)}"))
        for name in ("AgedReceivables", "ProfitAndLoss", "BalanceSheet"):
            print(page(target, process, f"/reports/{name}", 3))
        print(reads(target, customers))
        print(f"{memory(process)[1]:6.0f} MiB at most")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
