"""Acts: ties a child process to the life of its parent, so that nothing outlives a parent that was killed hard."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
"""Linux, ``prctl(2)``. Cleared when a process changes its user, so it must be set after that and before exec."""


def dies_with_parent(with_signal: signal.Signals) -> Callable[[], None] | None:
    """For ``subprocess.Popen(preexec_fn=...)``: the kernel sends the child this signal when its parent ends.

    The tie is to the thread that started the child: start children from a thread that lives as long as they do.
    None on systems without it (macOS); there an orphan is stopped by the next start.
    """
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def tie() -> None:
        libc.prctl(PR_SET_PDEATHSIG, with_signal)
        if os.getppid() != parent:  # it ended before the tie was made
            os.kill(os.getpid(), with_signal)

    return tie
