"""Acts: several writes to one company on their way at the same time. Used by ``ledger``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from queue import SimpleQueue

from tieout.reconcile.ports import Answer, LedgerError, PreparedWrite

Came = tuple[PreparedWrite, Answer | LedgerError]


def send_many(
    send: Callable[[PreparedWrite], Answer],
    writes: Iterable[PreparedWrite],
    may_leave: Callable[[PreparedWrite], bool],
    at_once: int,
    take_turn: Callable[[int], None],
) -> Iterator[Came]:
    """Send each once, up to ``at_once`` at a time, and give what came of each as it comes.

    ``writes``, ``may_leave`` and ``take_turn`` (waits until the pace allows a call, see ``pace``) are only used in the caller's
    thread. With ``at_once`` of 1 there is no other thread at all.
    """
    if at_once <= 1:
        for write in writes:
            if may_leave(write):
                yield _came(send, write)
        return
    leaving: SimpleQueue[PreparedWrite | None] = SimpleQueue()
    came: SimpleQueue[Came | BaseException] = SimpleQueue()
    helpers = under_way = 0
    with ThreadPoolExecutor(at_once, thread_name_prefix="sending") as pool:
        try:
            for number, write in enumerate(writes):
                take_turn(number)  # as many as there were so far are likely to follow
                if not may_leave(write):
                    continue
                if under_way == helpers:
                    pool.submit(copy_context().run, _deliver, send, leaving, came)
                    helpers += 1
                leaving.put(write)
                under_way += 1
                while under_way >= at_once or not came.empty():
                    under_way -= 1
                    yield _next(came)
            for _ in range(under_way):
                yield _next(came)
        finally:
            for _ in range(helpers):
                leaving.put(None)


def _deliver(
    send: Callable[[PreparedWrite], Answer],
    leaving: SimpleQueue[PreparedWrite | None],
    came: SimpleQueue[Came | BaseException],
) -> None:
    """In a helper thread, one write after another. Whatever happens is delivered: the caller waits for it."""
    while (write := leaving.get()) is not None:
        try:
            came.put(_came(send, write))
        except BaseException as error:  # noqa: BLE001 - raised again where it is taken up
            came.put(error)


def _next(came: SimpleQueue[Came | BaseException]) -> Came:
    found = came.get()
    if isinstance(found, BaseException):
        raise found
    return found


def _came(send: Callable[[PreparedWrite], Answer], write: PreparedWrite) -> Came:
    try:
        return write, send(write)
    except LedgerError as error:
        return write, error
