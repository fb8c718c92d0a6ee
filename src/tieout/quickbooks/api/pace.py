"""Decides when the next call to one company may leave. Used by ``transport``; time comes in as arguments.

Intuit allows 500 requests a minute and 10 at once per company and app, 10 a second, and 40 batch calls a minute.
We stay below. Each process keeps its own count; ``turns``, where it is given, is one that all processes share.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from pyrate_limiter import InMemoryBucket, Rate, RateItem

Turns = Callable[[int], float]
"""Takes the turn of one call among all processes; gives the seconds to wait for it. It is told how many more calls are to
be expected at once, and may take their turns too."""
_MINUTE_MS = 60_000
_SECOND_MS = 1_000


class Pace:
    """One company's allowance in this process. Safe to share between threads.

    ``clock`` gives seconds that never go back; ``sleep`` waits that many seconds.
    """

    def __init__(
        self,
        *,
        per_minute: int = 450,
        per_second: int = 9,
        batches_per_minute: int = 40,
        in_flight: int = 8,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._slots = threading.BoundedSemaphore(in_flight)
        self._turns = threading.Semaphore(0)
        self._turn = threading.Lock()
        self._batches = InMemoryBucket([Rate(batches_per_minute, _MINUTE_MS)])
        self._minute = InMemoryBucket([Rate(per_minute, _MINUTE_MS)])
        self._second = InMemoryBucket([Rate(per_second, _SECOND_MS)])

    @contextmanager
    def one_call(self, turns: Turns | None = None, *, batch: bool = False) -> Iterator[None]:
        """Hold one of the slots; enter only when the minute and the second have room."""
        with self._slots:
            if batch:
                self._wait_for(self._batches)
            if not self._turns.acquire(blocking=False):
                self._wait(turns)
            yield

    def take_turn(self, turns: Turns | None = None, following: int = 0) -> None:
        """Wait for room now, for a call that another thread is about to make."""
        self._wait(turns, following)
        self._turns.release()

    def drop_turn(self) -> None:
        """A call that has taken its turn does not leave after all. Kept, the turn would let a later one leave at once."""
        self._turns.acquire(blocking=False)

    def _wait(self, turns: Turns | None, following: int = 0) -> None:
        if turns is not None and (ahead := turns(following)) > 0:
            self._sleep(ahead)
        self._wait_for(self._minute)
        self._wait_for(self._second)

    def _wait_for(self, bucket: InMemoryBucket) -> None:
        with self._turn:  # first come, first served: who waits for room keeps the others behind it
            while True:
                now = int(self._clock() * 1000)
                item = RateItem("call", now)
                bucket.leak(now)
                if bucket.put(item):
                    return
                wait_ms = cast(int, bucket.waiting(item))  # awaitable only for asynchronous buckets
                self._sleep(max(wait_ms, 1) / 1000)
