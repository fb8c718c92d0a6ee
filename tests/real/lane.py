"""Acts: who has taken the lane last. Workers write it, each time they take one; whoever harms them reads it.

The table of connections says that a lane is taken, not by which process. One firm is one lane, so one line is enough.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path

_LINE = struct.Struct("qq")


@dataclass(frozen=True, slots=True)
class Taken:
    """``process``: the process id of the worker; ``epoch``: the connection's, which it raised by taking the lane."""

    process: int
    epoch: int


class LaneNote:
    """A file of one line that every worker of a nursery keeps open."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def write(self, epoch: int) -> None:
        os.pwrite(self._file, _LINE.pack(os.getpid(), epoch), 0)

    def read(self) -> Taken:
        line = os.pread(self._file, _LINE.size, 0)
        return Taken(*_LINE.unpack(line)) if line else Taken(0, 0)

    def close(self) -> None:
        os.close(self._file)
