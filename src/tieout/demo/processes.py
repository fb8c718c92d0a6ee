"""Acts: starts programs, waits until they answer, watches them, and stops all of them whatever happens.

A program that ends on its own is a failure of the whole, reported with the end of its log. When this process is
killed hard the kernel tells its children (``config.lifeline``), so nothing is left running.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from tieout.config.lifeline import dies_with_parent

POLL = 0.05
READY_WITHIN = 90.0
"""Seconds, on a slow disk with nothing in its cache."""
STOPPED_WITHIN = 10.0
LAST_LINES = 15


@dataclass(frozen=True, slots=True)
class Program:
    """A command under a name, which is also its log file's. ``ready`` tells whether it does its work by now."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None


class StopRequested(BaseException):
    """Ctrl-C, or a signal that asks for the same. Not an Exception: nothing on the way may take it for a failure."""


_asked_to_stop = threading.Event()
"""Signals are the process's own, hence this one flag. A handler that raised instead could leave a lock of
``subprocess`` taken for ever, wherever it happened to strike; the waiting loop looks here between two polls."""


def request_stop() -> None:
    """Have the next look of a waiting ``Children`` raise ``StopRequested``. Safe in a signal handler."""
    _asked_to_stop.set()


class ProgramFailed(Exception):
    """A program ended that should have gone on, or a step did not succeed."""

    def __init__(self, name: str, happened: str, log: Path) -> None:
        lines = log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        shown = "\n".join(f"    {line}" for line in lines) or "    (it wrote nothing)"
        super().__init__(f"{name} {happened}. The end of {log}:\n{shown}")


class Children:
    """The programs started so far, as a context: on leaving it none of them runs."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, tuple[Program, subprocess.Popen[bytes]]] = {}
        logs.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Children:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, program: Program) -> None:
        """Start it and return at once."""
        self._running[program.name] = (program, self._launch(program))

    def run(self, program: Program) -> None:
        """Run it to its end, watching the others meanwhile. Raises ProgramFailed if it, or another, fails."""
        process = self._launch(program)
        try:
            self._until(lambda: process.poll() is not None, program)
        finally:
            _stop([process])
        if process.returncode != 0:
            raise ProgramFailed(program.name, _ending(process.returncode), self._log(program))

    def wait_until_ready(self) -> None:
        """Return when every program that can tell says it is ready. Raises ProgramFailed."""
        for program, _ in list(self._running.values()):
            if program.ready is not None:
                self._until(program.ready, program)

    def watch(self) -> None:
        """Never returns: raises ProgramFailed when one ends, StopRequested when that was asked for."""
        self._until(lambda: False, None)

    def stop(self) -> None:
        """Ask all to end, wait, then end them and whatever they had started."""
        _stop([process for _, process in self._running.values()])
        self._running.clear()

    def _launch(self, program: Program) -> subprocess.Popen[bytes]:
        with self._log(program).open("wb") as log:
            return subprocess.Popen(
                program.command,
                env=dict(program.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a group of its own: Ctrl-C reaches it through us, in order
                preexec_fn=dies_with_parent(signal.SIGTERM),
            )

    def _log(self, program: Program) -> Path:
        return self._logs / f"{program.name}.log"

    def _until(self, reached: Callable[[], bool], waited_for: Program | None) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while not reached():
            if _asked_to_stop.is_set():
                raise StopRequested
            for program, process in self._running.values():
                if process.poll() is not None:
                    raise ProgramFailed(program.name, _ending(process.returncode), self._log(program))
            if waited_for is not None and time.monotonic() > deadline:
                late = f"was not ready after {READY_WITHIN:.0f} seconds"
                raise ProgramFailed(waited_for.name, late, self._log(waited_for))
            time.sleep(POLL)


def _ending(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOPPED_WITHIN
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        with suppress(ProcessLookupError):  # its group: what it started, or itself if it would not go
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
