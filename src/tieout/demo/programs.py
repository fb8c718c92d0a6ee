"""Decides which programs the demonstration consists of, and with which settings."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from tieout.demo.ports import HOST
from tieout.demo.processes import Program
from tieout.demo.readiness import answers, worker_reports

CLIENT_ID = "EMULATOR-CLIENT-ID"
CLIENT_SECRET = "EMULATOR-CLIENT-SECRET"  # noqa: S105 - the emulator's, known to everybody
VERIFIER = "emulator-verifier-token"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """The choices of one demonstration. Everything listens on this machine only."""

    home: Path
    port: int
    emulator_port: int
    database_url: str

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def emulator_address(self) -> str:
        return f"http://{HOST}:{self.emulator_port}"

    @property
    def outbox(self) -> Path:
        """Where mails land instead of going out."""
        return self.home / "outbox"

    @property
    def emulator_state(self) -> Path:
        return self.home / "emulator.sqlite"


def environment(demo: Demonstration) -> dict[str, str]:
    """What the app, the worker and the steps read. Ours win over the caller's, so no real QuickBooks is touched."""
    return {
        **os.environ,
        "TIEOUT_HOME": str(demo.home),
        "TIEOUT_MODE": "demo",
        "TIEOUT_BASE_URL": demo.address,
        "TIEOUT_DATABASE_OWNER": "0",
        "DATABASE_URL": demo.database_url,
        "QUICKBOOKS_ENVIRONMENT": "custom",
        "QUICKBOOKS_BASE_URL": demo.emulator_address,
        "QUICKBOOKS_CLIENT_ID": CLIENT_ID,
        "QUICKBOOKS_CLIENT_SECRET": CLIENT_SECRET,
        "QUICKBOOKS_REDIRECT_URI": redirect_uri(demo),
        "QUICKBOOKS_WEBHOOK_VERIFIER": VERIFIER,
        "TIEOUT_EMAIL_URL": demo.outbox.as_uri(),
        "TIEOUT_EMAIL_FROM": "Tieout <tieout@reyes-ito.example>",
        "PYTHONUNBUFFERED": "1",
    }


def redirect_uri(demo: Demonstration) -> str:
    return f"{demo.address}/integrations/quickbooks/callback"


def emulator(demo: Demonstration) -> Program:
    return Program(
        "emulator",
        (
            *(sys.executable, "-m", "quickbooks_emulator"),
            *("--port", str(demo.emulator_port), "--world", "sample", "--state", str(demo.emulator_state)),
            *("--webhook-url", f"{demo.address}/webhooks/quickbooks", "--redirect-uri", redirect_uri(demo)),
        ),
        environment(demo),
        ready=answers(demo.emulator_port),
    )


def prepare(demo: Demonstration) -> Program:
    """The one step that acts as the owner of the tables."""
    owner = {**environment(demo), "TIEOUT_DATABASE_OWNER": "1"}
    return Program("prepare_database", (sys.executable, "-m", "tieout", "prepare_database"), owner)


def web(demo: Demonstration) -> Program:
    return Program(
        "web",
        (
            *(sys.executable, "-m", "uvicorn", "tieout.config.asgi:application"),
            *("--host", HOST, "--port", str(demo.port), "--no-access-log"),
            *("--timeout-graceful-shutdown", "3"),  # open event streams do not end by themselves
        ),
        environment(demo),
        ready=answers(demo.port),
    )


def worker(demo: Demonstration) -> Program:
    """To be called just before it is started: its sign of life must be newer than this."""
    return Program(
        "worker",
        (sys.executable, "-m", "tieout", "run_worker"),
        environment(demo),
        ready=worker_reports(demo.database_url),
    )


def seed(demo: Demonstration) -> Program:
    return Program("seed", (sys.executable, "-m", "tieout.demo.seed"), environment(demo))
