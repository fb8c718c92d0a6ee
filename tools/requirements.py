"""Decides whether the locked requirements are in step with what was asked for; as a command, locks them again."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FOLDER = Path(__file__).resolve().parents[1] / "requirements"
NAMES = ("runtime", "dev")
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)[^\\]*?(?P<hashed>\\)?$")


def asked(folder: Path, name: str) -> list[Requirement]:
    """The requirements of ``name``.in and of those it includes with ``-r``."""
    found: list[Requirement] = []
    for line in (folder / f"{name}.in").read_text().splitlines():
        if included := re.match(r"-r (\w+)\.in", line):
            found += asked(folder, included.group(1))
        elif line.strip() and not line.startswith("#"):
            found.append(Requirement(line))
    return found


def locked(folder: Path, name: str) -> dict[str, tuple[str, bool]]:
    """Version of every package in ``name``.txt, and whether it has a hash."""
    pins = map(PINNED.match, (folder / f"{name}.txt").read_text().splitlines())
    return {
        canonicalize_name(pin["name"]): (pin["version"], pin["hashed"] is not None) for pin in pins if pin
    }


def problems(folder: Path) -> list[str]:
    """What is out of step, one sentence each."""
    found = []
    locks = {name: locked(folder, name) for name in NAMES}
    for name, pins in locks.items():
        for requirement in asked(folder, name):
            version = pins.get(canonicalize_name(requirement.name), (None, False))[0]
            if version is None:
                found.append(f"{name}.txt lacks {requirement.name}.")
            elif not requirement.specifier.contains(version, prereleases=True):
                found.append(
                    f"{name}.txt has {requirement.name} {version}, asked is {requirement.specifier}."
                )
        found += [
            f"{name}.txt has no hash for {package}." for package, (_, hashed) in pins.items() if not hashed
        ]
    for package, (version, _) in locks["runtime"].items():
        if (in_dev := locks["dev"].get(package, ("nothing", False))[0]) != version:
            found.append(f"{package} is {version} in runtime.txt and {in_dev} in dev.txt.")
    return found


def check() -> int:
    found = problems(FOLDER)
    print("\n".join([*found, "Run ./run lock."] if found else []), end="")
    return 1 if found else 0


def lock() -> int:
    """Resolve again with uv: hashes, every system, no index address in the file."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")
    if uv is None:
        print(
            "Locking needs uv (https://docs.astral.sh/uv/). Install it and run this again.", file=sys.stderr
        )
        return 1
    for name in NAMES:
        constraint = ["--constraint", str(FOLDER / "runtime.txt")] if name == "dev" else []
        command = [
            *(uv, "pip", "compile", str(FOLDER / f"{name}.in"), "--output-file", str(FOLDER / f"{name}.txt")),
            *("--generate-hashes", "--universal", "--python-version", "3.11", "--no-header", "--no-annotate"),
            *("--no-emit-index-url", "--no-emit-find-links", "--quiet", *constraint, *sys.argv[1:]),
        ]
        subprocess.run(command, check=True)
    return check()


if __name__ == "__main__":
    sys.exit(check() if sys.argv[1:] == ["--check"] else lock())
