"""Acts: ``./run bench NAME``: ``matching`` measures, ``fit`` makes the weights of the score again,
``emulator`` times the emulator under a large company, ``engine`` the engine beside a plain loop."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = ("matching", "fit", "emulator", "practice", "engine")


def main(arguments: list[str]) -> int:
    name = arguments[0] if arguments else ""
    if name not in NAMES:
        print(f"Usage: ./run bench {{{'|'.join(NAMES)}}}", file=sys.stderr)
        return 2
    return int(
        import_module(f"bench.{name}").main(
            *([arguments[1:]] if name in ("matching", "emulator", "practice", "engine") else [])
        )
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
