"""Acts: the demonstration as a whole. Starts everything in order, says where to look, and leaves nothing running."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import webbrowser
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from tieout.config import postgres
from tieout.config.environment import home as configured_home
from tieout.demo import programs
from tieout.demo.people import PASSWORD, PEOPLE
from tieout.demo.ports import PortInUse, require_free
from tieout.demo.prepared import fingerprint, is_prepared, mark_prepared
from tieout.demo.processes import Children, ProgramFailed, StopRequested, request_stop
from tieout.demo.programs import Demonstration

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stop_on_signals() -> None:
    """Have a stop signal end the waiting, wherever the program is by then; more of them change nothing."""

    def ask(number: int, frame: FrameType | None) -> None:
        request_stop()

    for each in STOP_SIGNALS:
        signal.signal(each, ask)


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run demo",
        description="Tieout with its own database, a worker and an emulated QuickBooks Online, on this machine only.",
    )
    parser.add_argument("--port", type=int, default=8000, help="the app's (default: 8000)")
    parser.add_argument("--emulator-port", type=int, default=8399, help="the emulator's (default: 8399)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.add_argument("--reset", action="store_true", help="forget everything and start over")
    parser.add_argument("--database-url", help="an empty PostgreSQL of yours instead of the embedded one")
    return parser.parse_args(arguments)


def demonstrate(chosen: argparse.Namespace, home: Path) -> None:
    """Runs until a signal raises StopRequested. Raises PortInUse, PostgresProblem, ProgramFailed."""
    require_free(chosen.port, "--port", "the app")
    require_free(chosen.emulator_port, "--emulator-port", "the QuickBooks emulator")
    with ExitStack() as stack:
        if chosen.reset:
            forget(home)
        say("Starting the database ...")
        url = chosen.database_url
        if not url:
            server = stack.enter_context(postgres.running(home, log=home / "logs" / "postgres.log"))
            url = server.url
        demo = Demonstration(home, chosen.port, chosen.emulator_port, url)
        children = stack.enter_context(Children(home / "logs"))
        say("Starting the QuickBooks emulator, the app and the worker ...")
        children.start(programs.emulator(demo))
        children.start(
            programs.web(demo)
        )  # asks the database nothing before the first page, so it may load now
        source = fingerprint()
        if not is_prepared(url, source):
            children.run(programs.prepare(demo))
            children.run(programs.seed(demo))
            mark_prepared(url, source)
        children.start(programs.worker(demo))
        children.wait_until_ready()
        say(welcome(demo))
        if not chosen.no_browser and _has_screen():
            webbrowser.open(demo.address)
        children.watch()


def forget(home: Path) -> None:
    """Remove the demonstration's database, its mails and the emulator's books; keys and the environment stay."""
    postgres.erase(home)
    for mail in (home / "outbox").glob("*.eml"):
        mail.unlink()
    for leftover in home.glob("emulator.sqlite*"):
        leftover.unlink()


def welcome(demo: Demonstration) -> str:
    administrator = PEOPLE[0]
    return f"""
Tieout is ready:  {demo.address}
  sign in as      {administrator.email}
  password        {PASSWORD}
  QuickBooks      {demo.emulator_address}  (an emulator: nothing leaves this machine)
  e-mail          {demo.address}/outbox/  (mails land here instead of going out)

What to click: Settings > Integrations > Manage, and connect. The page that asks for consent is the
emulator's. Then bring the active clients, look at the review, and press "Sync clients".

Logs are in {demo.home / "logs"}. Ctrl-C stops everything; the next start goes on where you left.
To start over: ./run demo --reset"""


def _has_screen() -> bool:
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def say(text: str) -> None:
    print(text, flush=True)


def main(arguments: list[str]) -> int:
    """Exit code: 0 when asked to stop, 1 when something failed, 2 when a choice cannot be met."""
    chosen = options(arguments)
    home = configured_home().absolute()
    stop_on_signals()
    try:
        demonstrate(chosen, home)
    except StopRequested:
        say("\nStopped. Everything you did is kept.")
    except PortInUse as problem:
        print(problem, file=sys.stderr)
        return 2
    except (ProgramFailed, postgres.PostgresProblem) as problem:
        print(f"\n{problem}\n\nEverything else was stopped; what was stored is kept.", file=sys.stderr)
        return 1
    return 0
