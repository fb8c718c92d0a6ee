"""Acts: runs every check that needs no running program, two at a time, and prints one line for each that is well."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"

CHECKS: dict[str, list[str]] = {
    "format": ["-m", "ruff", "format", "--check", "--output-format=concise", "."],
    "lint": ["-m", "ruff", "check", "--output-format=concise", "."],
    "house rules": ["-m", "tools.house_rules"],
    "requirements in step": ["-m", "tools.requirements", "--check"],
    "types": ["-m", "mypy", "src", "tools"],
    "import contracts": ["-c", LINT_IMPORTS, "--no-cache"],
    "migrations in step": [
        "-W",
        "ignore::RuntimeWarning",
        "-m",
        "tieout",
        "makemigrations",
        "--check",
        "--dry-run",
    ],
}


def environment() -> dict[str, str]:
    """Settings must load; no database is asked, so the address leads nowhere."""
    return {
        **os.environ,
        "TIEOUT_MODE": "test",
        "TIEOUT_HOME": str(ROOT / ".tieout" / "check"),
        "TIEOUT_DATABASE_OWNER": "1",
        "DATABASE_URL": "postgresql://127.0.0.1:1/nowhere",
        "PYTHONPATH": str(ROOT / "src"),
    }


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PYTHON, *arguments],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def main(wanted: list[str]) -> int:
    """``wanted``: names of checks, all without any. Returns how many failed, as the exit code."""
    if unknown := set(wanted) - set(CHECKS):
        print(f"There is no check named {', '.join(sorted(unknown))}; there are: {', '.join(CHECKS)}.")
        return 2
    chosen = {name: CHECKS[name] for name in CHECKS if not wanted or name in wanted}
    failed = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        for name, done in zip(chosen, pool.map(run, chosen.values()), strict=True):
            if done.returncode == 0:
                print(f"{name}: well", flush=True)
            else:
                failed += 1
                print(f"{name}: NOT WELL\n{done.stdout.rstrip()}\n", flush=True)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
