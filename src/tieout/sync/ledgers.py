"""Acts: opens the ledger behind a connection, and counts its calls. The only place where a connection meets its provider."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime

from django.db import InterfaceError, OperationalError, transaction
from django.db import connection as database

from tieout.reconcile.action import Create, Retire, Update
from tieout.reconcile.company import Company
from tieout.reconcile.owing import OpenItem, Owed
from tieout.reconcile.ports import (
    Activity,
    Answer,
    ChangeSet,
    Found,
    Glance,
    Ledger,
    LedgerError,
    PreparedWrite,
    Reconnect,
    Row,
)
from tieout.reconcile.state import Observation, Present
from tieout.sync.engine import Engine
from tieout.sync.kept_settings import KeptMemory
from tieout.sync.models import CallMeter, Connection
from tieout.sync.secrets import CannotOpen, open_sealed
from tieout.sync.throttle import SharedTurns
from tieout.sync.tokens import UNOPENED, StoredTokens

NO_DATABASE = (OperationalError, InterfaceError)


def company_place(firm_id: int) -> str:
    """What a stored company id is bound to."""
    return f"firm:{firm_id}/company"


def company_id(connection: Connection) -> str:
    """Raises ``Reconnect`` when no key opens it: a new sign-in seals it anew."""
    try:
        return open_sealed(connection.company_sealed, bound_to=company_place(connection.firm_id))
    except CannotOpen as error:
        raise Reconnect(UNOPENED) from error


def open_ledger(
    connection: Connection,
    engine: Engine,
    meter: Counter[str] | None = None,
    stands: Callable[[], object] = lambda: None,
) -> Ledger:
    """The connection's company, ready for calls. ``meter`` counts them by class; ``keep_calls`` stores what it counted.

    ``stands``: raises when the run that calls may call no more; asked where a call is made on the way to something else.
    """
    provider = engine.provider(connection.ledger)
    tokens = StoredTokens(connection, provider, engine, stands)
    counted: Counter[str] = Counter() if meter is None else meter

    def count(metered: str) -> None:
        counted[metered] += 1

    return provider.open(
        company_id(connection),
        tokens,
        count,
        connection.settings,
        SharedTurns(connection, engine),
        KeptMemory(connection, engine, stands),
    )


@contextmanager
def counted(
    connection: Connection, engine: Engine, stands: Callable[[], object] = lambda: None
) -> Iterator[Ledger]:
    """``open_ledger``, and its calls are stored at the end, also where that end is an error: Intuit counts them too."""
    meter: Counter[str] = Counter()
    try:
        yield open_ledger(connection, engine, meter, stands)
    finally:
        with suppress(*NO_DATABASE):  # what broke it off is what has to be heard of
            keep_calls(connection, meter, engine.now())


class Watched:
    """A ledger that is asked about before every call: whether the run that makes it may still make any.

    ``check`` raises when it may not. Writes are asked about by their sender, together with their switches.
    """

    def __init__(self, ledger: Ledger, check: Callable[[], object]) -> None:
        self._ledger, self._check = ledger, check
        self.specs = ledger.specs

    def company(self) -> Company:
        self._check()
        return self._ledger.company()

    def count(self, entity: str, activity: Activity) -> int:
        self._check()
        return self._ledger.count(entity, activity)

    def list(self, entity: str, activity: Activity) -> Iterator[Sequence[Row]]:
        self._check()
        for page in self._ledger.list(entity, activity):
            yield page
            self._check()

    def read(self, entity: str, ids: Collection[str]) -> Mapping[str, Observation]:
        self._check()
        return self._ledger.read(entity, ids)

    def changes(self, entities: Collection[str], since: datetime) -> ChangeSet:
        self._check()
        return self._ledger.changes(entities, since)

    def owed_on(self, day: date) -> Owed:
        self._check()
        return self._ledger.owed_on(day)

    def documents_of(self, customer_ids: Collection[str], day: date) -> Sequence[OpenItem]:
        self._check()
        return self._ledger.documents_of(customer_ids, day)

    def glance(
        self, entities: Collection[str], since: datetime, counted: Collection[str], listed: Collection[str]
    ) -> Glance:
        self._check()
        return self._ledger.glance(entities, since, counted, listed)

    def prepare(
        self, action: Create | Update | Retire, request_id: str, *, shown: Present | None = None
    ) -> PreparedWrite:
        return self._ledger.prepare(action, request_id, shown=shown)

    def preflight(self, action: Create | Update | Retire, *, shown: Present | None = None) -> None:
        self._ledger.preflight(action, shown=shown)

    def send(self, write: PreparedWrite) -> Answer:
        return self._ledger.send(write)

    def send_many(
        self, writes: Iterable[PreparedWrite], may_leave: Callable[[PreparedWrite], bool], at_once: int
    ) -> Iterator[tuple[PreparedWrite, Answer | LedgerError]]:
        return self._ledger.send_many(writes, may_leave, at_once)

    def look_for(
        self, write: PreparedWrite, *, sent_at: datetime | None = None, everywhere: bool = False
    ) -> Found:
        self._check()
        return self._ledger.look_for(write, sent_at=sent_at, everywhere=everywhere)


_ADD = """
INSERT INTO sync_callmeter (firm_id, connection_id, month, metered, calls) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (connection_id, month, metered) DO UPDATE SET calls = sync_callmeter.calls + excluded.calls
"""


def keep_calls(connection: Connection, meter: Counter[str], now: datetime) -> None:
    """Add what was counted to the month, and start counting anew."""
    month = now.date().replace(day=1)
    with (
        transaction.atomic(),
        database.cursor() as cursor,
    ):  # all or nothing: what fails is added by the next call
        for metered, calls in sorted(meter.items()):
            cursor.execute(_ADD, [connection.firm_id, connection.pk, month, metered, calls])
    meter.clear()


def calls_of_month(connection: Connection, now: datetime) -> dict[str, int]:
    """This month's calls by class."""
    rows = CallMeter.objects.filter(connection=connection, month=now.date().replace(day=1))
    return dict(rows.values_list("metered", "calls"))
