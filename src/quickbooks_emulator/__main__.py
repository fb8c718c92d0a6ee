"""Acts: the command line: `python -m quickbooks_emulator --port 8399 --world sample`."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
import time
from types import FrameType

from quickbooks_emulator import coverage
from quickbooks_emulator.clock import VirtualClock
from quickbooks_emulator.control.desk import ControlError
from quickbooks_emulator.emulator import Emulator
from quickbooks_emulator.knobs import NO_LIMITS, Limits
from quickbooks_emulator.server import NotLoopback, Server
from quickbooks_emulator.store import SqliteJournal


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="quickbooks_emulator",
        description="An offline stand-in for the QuickBooks Online Accounting API and Intuit's OAuth server.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address; anything else is refused")
    parser.add_argument("--port", type=int, default=8399, help="0 takes a free port (default 8399)")
    parser.add_argument(
        "--world",
        default="sample",
        help="sample, empty, canada, uk, large or large:N:M; fills an empty state only",
    )
    parser.add_argument("--state", metavar="FILE", help="keep the state in this SQLite file over restarts")
    parser.add_argument("--webhook-url", default="", help="where webhooks are posted to")
    parser.add_argument(
        "--redirect-uri", action="append", default=[], help="one more registered redirect address"
    )
    parser.add_argument(
        "--seed", help="makes tokens repeatable (random without it) and large worlds different"
    )
    parser.add_argument(
        "--no-limits", action="store_true", help="switch the 500 calls a minute and the like off"
    )
    parser.add_argument("--coverage", action="store_true", help="print what is covered, as a table, and stop")
    parser.add_argument("--switches", action="store_true", help="print the switches, as a table, and stop")
    return parser


def main(given: list[str] | None = None) -> int:
    options = arguments().parse_args(given)
    if options.coverage or options.switches:
        print(coverage.table() if options.coverage else coverage.switches())
        return 0
    logging.getLogger("waitress").setLevel(
        logging.CRITICAL
    )  # a broken connection is what a fault rule asked for
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    try:
        emulator = Emulator(
            options.world,
            clock=VirtualClock(source=time.time),
            seed=options.seed or 0,
            secret="" if options.seed is not None else os.urandom(16).hex(),
            journal=SqliteJournal(options.state) if options.state else None,
            webhook_url=options.webhook_url,
            redirect_uris=options.redirect_uri,
            limits=NO_LIMITS if options.no_limits else Limits(),
            sleep=time.sleep,
        )
        server = Server(emulator, options.host, options.port)
    except (NotLoopback, ControlError, OSError) as error:
        print(f"quickbooks_emulator: {error}", file=sys.stderr)
        return 2
    server.start()
    print(f"QuickBooks emulator ready at {server.base_url} (world {options.world})", flush=True)
    stop.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
