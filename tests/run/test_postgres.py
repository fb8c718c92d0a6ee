"""The embedded PostgreSQL: who runs it, where, and that neither kill -9 nor haste loses or blocks anything."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tieout.config import postgres, postgres_place

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home that the server's user can reach, on a path short enough for the socket to lie in it."""
    base = Path("/tmp") / f"tieout-run-{os.getpid()}"
    base.mkdir(mode=0o755)
    yield base
    shutil.rmtree(base)


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def note(url: str, text: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (text text)")
        connection.execute("INSERT INTO note VALUES (%s)", [text])


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("SHOW timezone", "UTC"),
        ("SHOW server_encoding", "UTF8"),
        ("SHOW listen_addresses", ""),
        ("SHOW fsync", "on"),
        ("SELECT datlocale FROM pg_database WHERE datname = current_database()", "C.UTF-8"),
        ("SELECT current_database()::text", "tieout"),
        ("SELECT system_user", f"peer:{pwd.getpwuid(os.geteuid()).pw_name}"),
    ],
)
def test_the_server_is_set_up_as_promised(home: Path, question: str, answer: str) -> None:
    with postgres.running(home) as server:
        assert ask(server.url, question) == answer


def test_what_was_stored_is_there_after_a_stop_and_a_start(home: Path) -> None:
    with postgres.running(home) as server:
        note(server.url, "kept")
    with postgres.running(home) as server:
        assert ask(server.url, "SELECT count(*) FROM note WHERE text = 'kept'") == 1


def test_a_killed_server_recovers_at_the_next_start(home: Path) -> None:
    with postgres.running(home) as server:
        note(server.url, "before the crash")
        server.process.kill()
        server.process.wait()
    with postgres.running(home) as server:
        assert ask(server.url, "SELECT count(*) FROM note WHERE text = 'before the crash'") == 1


def test_a_second_start_is_refused_while_the_first_runs_and_harms_nothing(home: Path) -> None:
    with postgres.running(home) as server:
        with pytest.raises(postgres.DatabaseInUse, match=f"in use by process {os.getpid()}"):
            postgres.start(home)
        assert ask(server.url, "SELECT 1") == 1


STARTER = """
import sys, pathlib
from tieout.config import postgres
server = postgres.start(pathlib.Path(sys.argv[1]))
print(server.process.pid, flush=True)
sys.stdin.read()
"""


def test_the_server_ends_with_a_starter_that_was_killed_hard(home: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(home)],
        env={**os.environ, "PYTHONPATH": "src"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starter.stdout is not None
    orphan = int(starter.stdout.readline())
    starter.send_signal(signal.SIGKILL)
    starter.communicate()
    with postgres.running(home) as server:  # waits for the orphan, never meets it
        assert ask(server.url, "SELECT 1") == 1
        assert not postgres._alive(orphan)


def test_a_data_folder_left_half_made_is_made_again(home: Path) -> None:
    fresh = home / "interrupted"
    half = fresh / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with postgres.running(fresh, durable=False) as server:
        assert ask(server.url, "SHOW fsync") == "off"
    assert not half.exists()


def test_a_home_too_deep_for_a_socket_gets_a_short_private_one(home: Path) -> None:
    who = postgres_place.account()
    deep = home.joinpath(*["a-folder-with-a-long-name"] * 4)
    sockets = postgres_place.place(deep, who).sockets
    try:
        assert len(os.fsencode(sockets / postgres_place.SOCKET_NAME)) <= 107
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert sockets.stat().st_uid == who.uid
    finally:
        sockets.rmdir()


def test_a_socket_folder_that_others_may_enter_is_refused(home: Path) -> None:
    planted = home / "planted"
    planted.mkdir(mode=0o777)
    with pytest.raises(postgres.PostgresProblem, match="others may enter it"):
        postgres_place.private_folder(planted, postgres_place.account())


def test_the_data_and_the_socket_are_closed_to_everybody_else(home: Path) -> None:
    with postgres.running(home) as server:
        who = postgres_place.account()
        for folder in (server.place.data, server.place.sockets):
            assert (folder.stat().st_mode & 0o777, folder.stat().st_uid) == (0o700, who.uid)


@as_root
def test_root_runs_the_server_as_nobody(home: Path) -> None:
    with postgres.running(home) as server:
        status = Path(f"/proc/{server.process.pid}/status").read_text()
    nobody = pwd.getpwnam("nobody")
    assert f"Uid:\t{nobody.pw_uid}\t{nobody.pw_uid}\t{nobody.pw_uid}\t{nobody.pw_uid}" in status
    assert "Groups:\t \n" in status


@as_root
def test_nobody_itself_is_not_let_into_the_database(home: Path) -> None:
    with postgres.running(home) as server:
        refused = subprocess.run(
            [server.place.programs / "psql", server.url, "-c", "SELECT 1"],
            user="nobody",
            cwd="/",
            capture_output=True,
            text=True,
        )
    assert 'Peer authentication failed for user "postgres"' in refused.stderr


@as_root
def test_a_closed_folder_stays_closed_and_the_data_goes_elsewhere(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(postgres_place, "SHARED_PLACES", (home / "shared",))
    with postgres.running(closed / "checkout", durable=False) as server:
        assert server.place.root.parent == home / "shared"
    assert closed.stat().st_mode & 0o777 == 0o700


@as_root
def test_programs_in_a_closed_folder_are_copied_once_and_run(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = postgres_place.account()
    reachable = postgres_place._programs(who)
    monkeypatch.setattr(postgres_place, "SHARED_PLACES", (home / "programs",))
    copied = postgres_place._copied(reachable.parents[1], who) / postgres_place.INSTALL / "bin"
    made_at = copied.stat().st_mtime_ns
    answers = subprocess.run(
        [copied / "initdb", "--version"], user="nobody", cwd="/", capture_output=True, text=True
    )
    assert answers.stdout.startswith("initdb (PostgreSQL) 18")
    postgres_place._copied(reachable.parents[1], who)
    assert copied.stat().st_mtime_ns == made_at
