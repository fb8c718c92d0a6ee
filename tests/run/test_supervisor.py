"""The demonstration's supervisor, with stand-ins for its programs: nothing is left running, and failures are told."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tieout.demo import programs, readiness, supervisor
from tieout.demo.ports import HOST, PortInUse, require_free
from tieout.demo.processes import Children, Program, ProgramFailed

STAYS = "import signal; signal.pause()"
STUBBORN = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()"
)
HAS_A_CHILD = (
    "import subprocess, sys, signal;"
    f"child = subprocess.Popen([sys.executable, '-c', {STAYS!r}]);"
    "print(child.pid, flush=True); signal.pause()"
)


def program(name: str, source: str, **facts: object) -> Program:
    return Program(name, (sys.executable, "-c", source), dict(os.environ), **facts)  # type: ignore[arg-type]


def has_ended(pid: int) -> bool:
    """Gone, or only its record is left (a zombie that its new parent has not collected yet)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_for_end(pid: int) -> None:
    """Block until the process has ended, or fail after ten seconds."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([descriptor], [], [], 10)[0], f"process {pid} still runs"
    finally:
        os.close(descriptor)


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind((HOST, 0))
        holder.listen()
        yield holder.getsockname()[1]


def log_says(path: Path) -> bool:
    return path.exists() and path.read_text().endswith("\n")


def test_leaving_the_context_ends_every_program_and_what_it_had_started(tmp_path: Path) -> None:
    log = tmp_path / "parent.log"
    with Children(tmp_path) as children:
        children.start(program("parent", HAS_A_CHILD, ready=lambda: log_says(log)))
        children.wait_until_ready()
        grandchild = int(log.read_text())
        assert not has_ended(grandchild)
    wait_for_end(grandchild)
    assert has_ended(grandchild)


def test_a_program_that_will_not_go_is_ended_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tieout.demo.processes.STOPPED_WITHIN", 0.2)
    log = tmp_path / "stubborn.log"
    with Children(tmp_path) as children:
        children.start(program("stubborn", STUBBORN, ready=lambda: log_says(log)))
        children.wait_until_ready()
        (process,) = [running for _, running in children._running.values()]
    assert process.returncode == -signal.SIGKILL


def test_a_program_that_ends_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        children.start(program("other", STAYS))
        children.start(program("worker", "import sys; print('cannot go on'); sys.exit(3)"))
        with pytest.raises(ProgramFailed, match=r"(?s)worker ended with code 3.*worker\.log.*cannot go on"):
            children.watch()


def test_a_step_that_fails_is_told_and_one_that_succeeds_is_not(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        children.run(program("fine", "print('done')"))
        with pytest.raises(ProgramFailed, match="step ended with code 1"):
            children.run(program("step", "raise SystemExit(1)"))


def test_a_program_that_dies_during_a_step_stops_the_step(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        children.start(program("emulator", "raise SystemExit('no state file')"))
        with pytest.raises(ProgramFailed, match=r"(?s)emulator ended with code 1.*no state file"):
            children.run(program("prepare", STAYS))


def test_a_program_killed_by_a_signal_is_named_by_it(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        children.start(program("web", "import os; os.kill(os.getpid(), 9)"))
        with pytest.raises(ProgramFailed, match="web was ended by SIGKILL"):
            children.watch()


def test_a_program_that_never_becomes_ready_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tieout.demo.processes.READY_WITHIN", 0.1)
    with Children(tmp_path) as children:
        children.start(program("web", STAYS, ready=lambda: False))
        with pytest.raises(ProgramFailed, match="web was not ready"):
            children.wait_until_ready()


def test_a_port_in_use_names_the_option_that_changes_it() -> None:
    with (
        taken_port() as port,
        pytest.raises(PortInUse, match=rf"Port {port}, for the app.*--port {port + 1}"),
    ):
        require_free(port, "--port", "the app")


def test_nothing_is_started_when_a_port_is_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TIEOUT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(supervisor, "stop_on_signals", lambda: None)
    with taken_port() as port:
        assert supervisor.main(["--emulator-port", str(port), "--port", "0"]) == 2
    assert "--emulator-port" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()


def test_a_port_answers_once_a_page_comes_back() -> None:
    with taken_port() as port:
        free = port
    assert not readiness.answers(free)()


def test_the_programs_meet_the_emulator_whatever_the_caller_had_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUICKBOOKS_ENVIRONMENT", "production")
    monkeypatch.setenv("QUICKBOOKS_CLIENT_SECRET", "the real one")
    demo = programs.Demonstration(tmp_path, 8123, 8456, "postgresql://postgres@/tieout?host=/nowhere")
    for each in (programs.emulator(demo), programs.prepare(demo), programs.web(demo), programs.seed(demo)):
        assert each.environment["QUICKBOOKS_ENVIRONMENT"] == "custom"
        assert each.environment["QUICKBOOKS_BASE_URL"] == "http://127.0.0.1:8456"
        assert "the real one" not in each.environment.values()
    assert "http://127.0.0.1:8123/integrations/quickbooks/callback" in programs.emulator(demo).command


def test_only_the_preparing_step_owns_the_tables(tmp_path: Path) -> None:
    demo = programs.Demonstration(tmp_path, 8123, 8456, "postgresql://postgres@/tieout?host=/nowhere")
    owners = [
        each.name
        for each in (programs.emulator(demo), programs.prepare(demo), programs.web(demo), programs.seed(demo))
        if each.environment["TIEOUT_DATABASE_OWNER"] == "1"
    ]
    assert owners == ["prepare_database"]


STAND_IN = """
import sys
from pathlib import Path
from tieout.demo import supervisor
from tieout.demo.processes import Children, Program

supervisor.stop_on_signals()
logs = Path(sys.argv[1])
try:
    with Children(logs) as children:
        children.start(Program("one", (sys.executable, "-c", sys.argv[2]), {}))
        (process,) = [running for _, running in children._running.values()]
        print(process.pid, flush=True)
        children.watch()
except supervisor.StopRequested:
    print("stopped", flush=True)
"""


def supervised(tmp_path: Path) -> tuple[subprocess.Popen[str], int]:
    parent = subprocess.Popen(
        [sys.executable, "-c", STAND_IN, str(tmp_path), STAYS],
        env={**os.environ, "PYTHONPATH": "src"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    return parent, int(parent.stdout.readline())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_stops_the_programs_and_the_supervisor(tmp_path: Path, number: signal.Signals) -> None:
    parent, child = supervised(tmp_path)
    parent.send_signal(number)
    output, _ = parent.communicate(timeout=15)
    assert (parent.returncode, output) == (0, "stopped\n")
    assert has_ended(child)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's tie is Linux's")
def test_the_programs_end_with_a_supervisor_that_was_killed_hard(tmp_path: Path) -> None:
    parent, child = supervised(tmp_path)
    parent.kill()
    parent.communicate()
    wait_for_end(child)
    assert has_ended(child)
