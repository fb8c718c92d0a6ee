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
    drop_turn: Callable[[], None],
) -> Iterator[Came]:
    """Send each once, up to ``at_once`` at a time, and give what came of each as it comes.

    ``writes``, ``may_leave``, ``take_turn`` (waits until the pace allows a call, see ``pace``) and ``drop_turn`` (gives that
    up again) are only used in the caller's thread. Whether a write may leave is asked after the wait, which may be long.
    With ``at_once`` of 1 there is no other thread at all.
    """

    def leaves(write: PreparedWrite) -> bool:
        allowed = False
        try:
            allowed = may_leave(write)
        finally:
            if not allowed:
                drop_turn()
        return allowed

    if at_once <= 1:
        for write in writes:
            if (error := _waited(take_turn, 0)) is not None:
                yield write, error
            elif leaves(write):
                yield _came(send, write)
        return
    leaving: SimpleQueue[PreparedWrite | None] = SimpleQueue()
    came: SimpleQueue[Came | BaseException] = SimpleQueue()
    helpers = under_way = 0
    with ThreadPoolExecutor(at_once, thread_name_prefix="sending") as pool:
        try:
            for number, write in enumerate(writes):
                # As many as there were so far are likely to follow.
                if (error := _waited(take_turn, number)) is not None:
                    yield write, error
                    continue
                if not leaves(write):
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


def _waited(take_turn: Callable[[int], None], following: int) -> LedgerError | None:
    """Why the call may not leave, in particular no token: then that is what came of the write."""
    try:
        take_turn(following)
    except LedgerError as error:
        return error
    return None


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
