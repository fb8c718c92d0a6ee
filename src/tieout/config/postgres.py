"""Acts: starts and stops the embedded PostgreSQL. The only part of Tieout that runs a database server.

The programs come from a wheel; its own start-up is never used (it adds a system user and opens parent folders).
One server belongs to one TIEOUT_HOME and to the process that started it: a lock that the server inherits is held
as long as either lives, and the server is told to stop when its starter dies. The data survives both being
killed: PostgreSQL replays its log at the next start.

Only the Unix socket is served, in a folder nobody else may enter, and only the operating-system user who
started it is let in (``peer``), so there is no password to keep.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg

from tieout.config.lifeline import dies_with_parent
from tieout.config.postgres_place import Account, Place, PostgresProblem, account, place, private_folder

__all__ = ["DatabaseInUse", "PostgresProblem", "Server", "erase", "running", "start"]

OWNER = "postgres"
DATABASE = "tieout"
READY_WITHIN = 60.0
"""Seconds. Recovery after a crash replays the log first, which takes a few."""
STOPPED_WITHIN = 30.0
POLL = 0.05


class DatabaseInUse(PostgresProblem):
    """Another process is using this TIEOUT_HOME's database. Stop that one first."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. ``url`` is a DATABASE_URL with the rights of the owner."""

    url: str
    process: subprocess.Popen[bytes]
    place: Place
    _lock: IO[str]

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, everything committed is on disk. Idempotent."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOPPED_WITHIN)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)  # at once; the next start replays the log
                self.process.wait(STOPPED_WITHIN)
        self._lock.close()


def erase(home: Path) -> None:
    """Remove the database of this home for good. Raises DatabaseInUse while it runs."""
    where = place(home, account())
    with _take(where):
        shutil.rmtree(where.root)


@contextmanager
def running(home: Path, *, durable: bool = True, log: Path | None = None) -> Iterator[Server]:
    """``start`` for the length of a block."""
    server = start(home, durable=durable, log=log)
    try:
        yield server
    finally:
        server.stop()


def start(home: Path, *, durable: bool = True, log: Path | None = None) -> Server:
    """Start the server of this home, making its data folder the first time, and return when it answers.

    ``durable=False`` does not wait for the disk: for tests only, a power cut may lose the data.
    Call it from the main thread: the server is tied to the calling thread's life.
    Raises DatabaseInUse, or PostgresProblem with the last lines of the server's log.
    """
    who = account()
    where = place(home, who)
    log = log or where.root / "log"
    log.parent.mkdir(parents=True, exist_ok=True)
    lock = _take(where)
    try:
        if not where.data.exists():
            _make_data(where, who, log, lock, durable=durable)
        _write_access_rules(where, who)
        process = _launch(where, who, log, lock, durable=durable)
        try:
            url = _answering(where, process, log)
        except BaseException:
            process.kill()
            process.wait()
            raise
    except BaseException:
        lock.close()
        raise
    return Server(url, process, where, lock)


def _take(where: Place) -> IO[str]:
    """Hold the lock of this place. A live holder is refused; a server whose starter died is told to stop first."""
    lock = where.lock.open("a+")
    deadline = time.monotonic() + STOPPED_WITHIN
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = int(lock.read().strip() or 0)
            if _alive(holder) or time.monotonic() > deadline:
                lock.close()
                raise DatabaseInUse(
                    f"The database in {where.root} is in use by process {holder}. Stop that one first, "
                    "or set TIEOUT_HOME to another folder."
                ) from None
            _ask_orphan_to_stop(where)
            time.sleep(POLL)
        else:
            lock.seek(0)
            lock.truncate()
            lock.write(str(os.getpid()))
            lock.flush()
            return lock


def _alive(pid: int) -> bool:
    """Whether the process still runs. One that ended and was never waited for (a zombie) does not."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:  # no /proc here, or it ended this instant: the next look will tell
        return True


def _ask_orphan_to_stop(where: Place) -> None:
    """Its starter is gone, yet the lock is held, so this pid file speaks of a live server of ours."""
    try:
        pid = int((where.data / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, signal.SIGINT)
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return  # it stopped meanwhile, or is about to write the file


def _make_data(where: Place, who: Account, log: Path, lock: IO[str], *, durable: bool) -> None:
    """``initdb`` into a folder beside, renamed when whole: an interrupted one is thrown away by the next start."""
    if where.unfinished_data.exists():
        shutil.rmtree(where.unfinished_data)
    private_folder(where.unfinished_data, who)
    command = [
        where.programs / "initdb",
        *("--pgdata", where.unfinished_data),
        *("--username", OWNER),
        *("--encoding", "UTF8"),
        *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
        "--auth=reject",  # the rules that count are ours, see _write_access_rules
        *([] if durable else ["--no-sync"]),
    ]
    with log.open("ab") as output:
        made = subprocess.run(  # type: ignore[call-overload]  # noqa: S603
            command,
            cwd="/",
            env=_environment(),
            stdout=output,
            stderr=output,
            check=False,
            pass_fds=[lock.fileno()],
            preexec_fn=dies_with_parent(signal.SIGTERM),
            **who.switch,
        )
    if made.returncode != 0:
        raise PostgresProblem(f"The database could not be created. {_last_lines(log)}")
    where.unfinished_data.rename(where.data)


def _write_access_rules(where: Place, who: Account) -> None:
    """The user who started the server, and nobody else, may be the owner; through the socket only."""
    where.hba.write_text("local all all peer map=tieout\n")
    where.ident.write_text(f'tieout "{who.client}" {OWNER}\n')


def _launch(
    where: Place, who: Account, log: Path, lock: IO[str], *, durable: bool
) -> subprocess.Popen[bytes]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(where.sockets),
        "unix_socket_permissions": "0700",
        "hba_file": str(where.hba),
        "ident_file": str(where.ident),
        "timezone": "UTC",
        "log_timezone": "UTC",
        "max_connections": "100",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    command = [str(where.programs / "postgres"), "-D", str(where.data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with log.open("ab") as output:
        process: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603
            command,
            cwd="/",
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=[lock.fileno()],
            start_new_session=True,  # Ctrl-C is for its starter, who stops it last
            preexec_fn=dies_with_parent(signal.SIGINT),
            **who.switch,
        )
    return process


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _answering(where: Place, process: subprocess.Popen[bytes], log: Path) -> str:
    """Poll until a query is answered; make our database if it is not there. Returns its address."""
    deadline = time.monotonic() + READY_WITHIN
    while True:
        try:
            connection = psycopg.connect(
                host=str(where.sockets), user=OWNER, dbname="postgres", autocommit=True, connect_timeout=5
            )
        except psycopg.OperationalError as problem:
            if process.poll() is not None:
                raise PostgresProblem(f"PostgreSQL stopped while starting. {_last_lines(log)}") from problem
            if time.monotonic() > deadline:
                raise PostgresProblem(
                    f"PostgreSQL does not answer: {problem}. {_last_lines(log)}"
                ) from problem
            time.sleep(POLL)
        else:
            break
    with connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if found is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")
    return f"postgresql://{OWNER}@/{DATABASE}?host={where.sockets}"


def _last_lines(log: Path, count: int = 8) -> str:
    return "The end of its log:\n" + "\n".join(log.read_text(errors="replace").splitlines()[-count:])
