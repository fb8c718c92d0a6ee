"""Acts: ``./run bench [NAME]``: ``engine`` (which also runs without a name) the engine beside a plain loop, ``matching``
measures matching, ``fit`` makes the weights of its score again, ``emulator`` times the emulator under a large company,
``practice`` the lists of a large firm."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = ("engine", "matching", "fit", "emulator", "practice")
"""The first is what runs without a name."""


def main(arguments: list[str]) -> int:
    name, *rest = arguments or NAMES[:1]
    if name not in NAMES:
        print(f"Usage: ./run bench [{'|'.join(NAMES)}] [...]; without a name: {NAMES[0]}", file=sys.stderr)
        return 2
    return int(import_module(f"bench.{name}").main(*([] if name == "fit" else [rest])))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
