"""Acts: finds a Chromium for the browser tests, and installs Debian's when it may."""

from __future__ import annotations

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-liberation")
"""Without a font a page has no text to click on, and a minimal Debian has none."""


class NoBrowser(Exception):
    """There is no Chromium and we may not install one. The message is the command to run."""


def find() -> str | None:
    """The path of a Chromium; TIEOUT_CHROMIUM names one that is not on the PATH."""
    named = os.environ.get("TIEOUT_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def ensure() -> str:
    """The path of a Chromium, installed by apt when we are root. Raises NoBrowser."""
    if found := find():
        return found
    install = f"apt-get install --yes --no-install-recommends {' '.join(PACKAGES)}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise NoBrowser(
            f"The browser tests need Chromium: run `sudo {install}`, or leave them out with "
            "`./run test --no-browser`."
        )
    print("Installing Debian's Chromium for the browser tests (about 350 MB, once) ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ("apt-get update", install):
        arguments = command.split()
        done = subprocess.run(
            [arguments[0], "-qq", "-o=Dpkg::Use-Pty=0", *arguments[1:]],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise NoBrowser(f"{done.stdout}\n`{command}` failed; the lines above say why.")
    if found := find():
        return found
    raise NoBrowser(f"`{install}` went well, yet there is no {' or '.join(NAMES)} on the PATH.")
