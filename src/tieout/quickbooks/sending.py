"""Acts: several writes to one company on their way at the same time. Used by ``ledger``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context

from tieout.reconcile.ports import Answer, LedgerError, PreparedWrite

Came = tuple[PreparedWrite, Answer | LedgerError]


def send_many(
    send: Callable[[PreparedWrite], Answer],
    writes: Iterable[PreparedWrite],
    may_leave: Callable[[PreparedWrite], bool],
    at_once: int,
    take_turn: Callable[[], None],
) -> Iterator[Came]:
    """Send each once, up to ``at_once`` at a time, and give what came of each as it comes.

    ``writes``, ``may_leave`` and ``take_turn`` (waits until the pace allows a call) are only used in the caller's
    thread. With ``at_once`` of 1 there is no other thread at all.
    """
    if at_once <= 1:
        for write in writes:
            if may_leave(write):
                yield _came(send, write)
        return
    with ThreadPoolExecutor(at_once, thread_name_prefix="sending") as pool:
        under_way: set[Future[Came]] = set()
        for write in writes:
            take_turn()
            if not may_leave(write):
                continue
            under_way.add(pool.submit(copy_context().run, _came, send, write))
            done, under_way = wait(
                under_way, timeout=None if len(under_way) >= at_once else 0, return_when=FIRST_COMPLETED
            )
            for one in done:
                yield one.result()
        while under_way:
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for one in done:
                yield one.result()


def _came(send: Callable[[PreparedWrite], Answer], write: PreparedWrite) -> Came:
    try:
        return write, send(write)
    except LedgerError as error:
        return write, error
