"""Acts: makes ``.venv`` from the hash-locked requirements and keeps it in step. Standard library only.

Debian's Python comes without pip and without ``ensurepip`` unless two more packages are installed, which needs
root. So pip's own wheel lies beside this file and is run as it is: one path for every system, and the same
pip everywhere. It reads your pip configuration (index, certificates, proxy) as any pip does.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import Literal

Level = Literal["runtime", "dev"]
"""``runtime``: what the product needs. ``dev``: that, and what checking and testing need."""

PIP = Path(__file__).with_name("pip-26.3-py3-none-any.whl")
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
ABOUT = {"runtime": "about half a minute and 400 MB", "dev": "about a minute and 700 MB"}
OLDEST_PYTHON = (3, 11)


class SetupProblem(Exception):
    """The environment could not be made. The message says what to do."""


def ensure(root: Path, level: Level) -> Path:
    """The environment's Python, after bringing the environment up to date if it is not. Raises SetupProblem.

    A set-up that was interrupted is thrown away and made again; anything else is brought up to date in place.
    """
    venv = root / ".venv"
    python = venv / "bin" / "python"
    unfinished = venv / "unfinished"
    try:
        with _one_at_a_time(root):
            if _up_to_date(root, level) and _version(python) is not None:
                return python
            if unfinished.exists() or _version(python) is None:
                rmtree(venv, ignore_errors=True)
            venv.mkdir(exist_ok=True)
            unfinished.touch()
            if not python.exists():
                _command([sys.executable, "-m", "venv", "--without-pip", str(venv)])
            _install(root, python, level)
            _write_stamp(root, level)
            unfinished.unlink()
    except PermissionError as problem:
        raise SetupProblem(
            f"{problem.filename} belongs to another user. Run as that user, or use a checkout of your own."
        ) from problem
    return python


@contextmanager
def _one_at_a_time(root: Path) -> Iterator[None]:
    state = root / ".tieout"
    state.mkdir(exist_ok=True)
    with (state / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _version(python: Path) -> tuple[int, ...] | None:
    """The version this interpreter reports, or None when it does not run or its packages are another version's."""
    try:
        asked = subprocess.run(
            [python, "-c", "import sys; print(*sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    version = tuple(map(int, asked.stdout.split()))
    packages = python.parents[1] / "lib" / "python{}.{}".format(*version) / "site-packages"
    return version if version >= OLDEST_PYTHON and packages.is_dir() else None


def _stamp(root: Path) -> Path:
    return root / ".venv" / "installed.json"


def _fingerprint(root: Path, level: str) -> str:
    return hashlib.sha256((root / "requirements" / f"{level}.txt").read_bytes()).hexdigest()


def _up_to_date(root: Path, level: Level) -> bool:
    try:
        installed = json.loads(_stamp(root).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return False
    return bool(installed.get(level) == _fingerprint(root, level))


def _write_stamp(root: Path, level: Level) -> None:
    """``dev`` holds everything of ``runtime``; ``runtime`` over an existing ``dev`` may have moved it out of step."""
    levels = ["runtime", "dev"] if level == "dev" else ["runtime"]
    unfinished = _stamp(root).with_suffix(".new")
    unfinished.write_text(json.dumps({each: _fingerprint(root, each) for each in levels}))
    unfinished.replace(_stamp(root))


def _install(root: Path, python: Path, level: Level) -> None:
    if hashlib.sha256(PIP.read_bytes()).hexdigest() != PIP_SHA256:
        raise SetupProblem(
            f"{PIP.name} is not the file this project was published with. Restore it with git."
        )
    print(f"Installing the {level} requirements into .venv ({ABOUT[level]}, once) ...", flush=True)
    _stamp(root).unlink(missing_ok=True)
    _command(
        [
            str(python),
            str(PIP / "pip"),
            *("install", "--quiet", "--no-input", "--disable-pip-version-check"),
            *("--root-user-action=ignore", "--no-warn-script-location"),
            *("--require-hashes", "--only-binary=:all:"),  # nothing unlocked, nothing built here
            "--no-compile",  # compiling all of it takes longer than fetching it; most is never loaded
            *("--requirement", str(root / "requirements" / f"{level}.txt")),
        ]
    )
    packages = next((root / ".venv" / "lib").glob("python*/site-packages"))
    (packages / "tieout.pth").write_text(f"{root / 'src'}\n{root}\n")


def _command(arguments: list[str]) -> None:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")
    }
    done = subprocess.run(arguments, env=environment, check=False)
    if done.returncode != 0:
        raise SetupProblem(
            "The set-up stopped; the lines above say why. It needs a Python package index (set PIP_INDEX_URL if yours "
            "is not the public one) and the disk space named. Run the same command again: it starts over."
        )
