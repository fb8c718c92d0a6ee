"""Acts: makes the environment the rivals run in, from ``requirements/bench.txt`` by hashes, and runs one there."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.environment import PIP

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".tieout" / "bench"
LOCK = ROOT / "requirements" / "bench.txt"


def python() -> Path:
    """The rivals' interpreter, after installing what is missing. Raises CalledProcessError when there is no index."""
    found = VENV / "bin" / "python"
    stamp = VENV / "installed"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(VENV)], check=True)
        subprocess.run(
            [
                *(str(found), str(PIP / "pip"), "install", "--quiet", "--disable-pip-version-check"),
                *("--require-hashes", "--only-binary=:all:", "--requirement", str(LOCK)),
            ],
            check=True,
        )
        stamp.write_text(wanted)
    return found


def run(what: str, given: Any) -> Any:
    """Give ``bench/rivals.py`` its input as JSON and return its answer."""
    done = subprocess.run(
        [str(python()), str(ROOT / "bench" / "rivals.py"), what],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])
