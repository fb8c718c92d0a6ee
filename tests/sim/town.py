"""Acts: the installation a storm rages over, built once in a process and put back before every seed.

Building it (a firm that has connected, reviewed and turned everything on) costs seconds, a seed only parts of one. So
the database is rolled back to a savepoint, its sequences are set back, and the emulator is restored from a snapshot:
the same seed then finds the same ids, tokens and instants, in this process and in any other.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2
from django.apps import apps
from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.test.utils import override_settings

from quickbooks_emulator import Emulator
from quickbooks_emulator.knobs import NO_LIMITS, Knobs
from tests.sim.came_about import CameAbout, written
from tests.sim.wire import Sendings, Wire
from tests.sim.witness import Witness
from tests.sync.rig import SOMEBODY, Rig
from tieout.practice.actions.service_items import create_service_item
from tieout.practice.ledger_lists import ListEntry
from tieout.quickbooks import entities
from tieout.quickbooks.entity import QuickBooksEntity
from tieout.reconcile.state import Key, Side
from tieout.sync import decisions, lease, review, review_jobs, runner, sections
from tieout.sync.models import UNRESOLVED, Attempt, Connection, Dirty, Hold, Link
from tieout.sync.sign_in_ends import Outcome

EVERYTHING: tuple[QuickBooksEntity, ...] = tuple(entities.all_entities())
DOCUMENTS = ("invoice", "payment", "credit", "credit_application", "refund")
SINCE = date(2026, 1, 1)
FIRST_ID = 1_000
"""Where every table's ids begin: three more digits never come together in a seed, so ids sort as they were made."""

Boundary = Callable[[str], None]


def _nowhere(name: str) -> None:
    return None


def chosen(*practice_words: str) -> tuple[QuickBooksEntity, ...]:
    return tuple(one for one in EVERYTHING if one.spec.practice in practice_words)


class Town(Rig):
    """One firm and its company. ``begin`` puts everything back to how it was built, for one seed."""

    boundary: Boundary = staticmethod(_nowhere)
    answered: Boundary = staticmethod(_nowhere)
    """Called with the kind of each call that QuickBooks has answered."""

    def __init__(self, emulator: Emulator | None = None, seed: int = 0) -> None:
        self.trace = hashlib.sha256()
        self.bodies: dict[str, set[str]] = {}
        """Request id -> the hashes of the bodies it was sent with: never more than one."""
        self.sendings, self.witness = Sendings(), Witness(self)
        self.came_about = CameAbout()
        self.nameless: list[str] = []
        """Bodies that were sent with an empty place where another record is named."""
        self.miscounted: list[str] = []
        """Bodies in which QuickBooks found an amount that is not quantity times rate."""
        self.skew = timedelta()
        """How far this installation's clock is from QuickBooks'."""
        self.on_point: Boundary = _nowhere
        super().__init__("empty", seed, EVERYTHING, emulator)
        self._surroundings = self.engine = replace(self.engine, now=self.our_time)

    def _wire(self) -> httpx2.BaseTransport:
        return Wire(self.emulator, self)

    def _at_point(self, name: str) -> None:
        self.on_point(name)

    def look_at_repeated(self, answer: bytes) -> None:
        """Whether QuickBooks' log says that this call, the last one, was answered from memory; and as of when."""
        if not self.emulator.log.entries()[-1].replayed or not (found := written(answer)):
            return
        word, document = found
        tokens = {str(one["Id"]): one["SyncToken"] for one in self.emulator.control.records(self.realm, word)}
        self.came_about.repeated(answer, tokens.get(str(document["Id"])))

    def our_time(self) -> Any:
        return self.clock.now() + self.skew

    # -- building -----------------------------------------------------------------------------------------

    def build(self) -> None:
        """Connect, review clients and items, turn the documents on, and choose what they need."""
        for name in ("Ada Byrne", "Bo Diaz", "Cleo O'Hara"):
            self.add_client(name, phone="100")
        self.add_customer("Dag Núñez", PrimaryPhone={"FreeFormNumber": "200"})
        self.set_up()
        self._let_waiting_be_created()
        self._review("service_item")
        with self.here():
            income = ListEntry.objects.filter(list="account", account_type="Income").order_by("ledger_id")
            bank = ListEntry.objects.filter(list="account", account_type="Bank").order_by("ledger_id")
            first, money = income.first(), bank.first()
            assert first is not None
            assert money is not None
            for name, rate in (("Bookkeeping", "33.33"), ("Tax return", "350")):
                create_service_item(
                    firm_id=self.firm.pk,
                    actor=SOMEBODY,
                    name=name,
                    rate=Decimal(rate),
                    income_account_id=first.pk,
                )
        self.settle()
        with self.here():
            item = Link.objects.filter(entity="service_item", origin="created there").order_by("id").first()
            assert item is not None
            chosen_ids = dict.fromkeys(("credit_item", "refund_item", "write_off_item"), item.ledger_id)
            chosen_ids |= {"income_account": first.ledger_id, "refund_account": money.ledger_id}
            Connection.objects.update(settings=chosen_ids)
            for kind in DOCUMENTS:
                sections.start_sending(self.member, kind, since=SINCE, engine=self.engine)
        self.settle()

    def connect(self, realm: str | None = None) -> Outcome:
        """As a rig's; when the consent page itself does not answer, or breaks off, nobody comes back from it."""
        try:
            return super().connect(realm)
        except (KeyError, httpx2.ReadError):
            return Outcome(False, "unavailable", "QuickBooks' page did not open.", "Try again.")

    def _let_waiting_be_created(self) -> None:
        with self.here():
            held = Hold.objects.filter(side=Side.PRACTICE, excluded=False)
            keys = [Key(one.entity, Side.PRACTICE, one.record_id) for one in held.order_by("id")]
            decisions.create_on_other_side(self.member, keys, engine=self.engine)
        self.settle()

    def set_up(self, activity: str = "active", *, create_new: bool = True) -> None:
        assert self.connect().ok
        self._review("client")

    def _review(self, entity: str) -> None:
        with self.here():
            found = review.start(self.connection, entity, activity="active", actor_member=self.member)
            review_jobs.collect(found.pk, self.engine)
            found.refresh_from_db()
            assert found.state == "ready", found.problem
            review.apply(found, self.member)
            review_jobs.apply_now(found.pk, self.engine)
        self.settle()

    def begin(self, seed: int, kinds: Sequence[QuickBooksEntity]) -> None:
        """After everything was put back: what is this seed's own."""
        self.rng.seed(seed)
        self.trace = hashlib.sha256()
        self.bodies, self.nameless, self.skew, self.on_point = {}, [], timedelta(), _nowhere
        self.sendings, self.miscounted, self.came_about = Sendings(), [], CameAbout()
        self.witness = Witness(self)
        self.provider = self.make_provider(kinds)
        numbers = itertools.count(1)
        self.engine = replace(
            self._surroundings, new_id=lambda: f"{self.firm.pk}-{seed:x}-{next(numbers):06d}"
        )

    def run(self) -> runner.Pass | None:
        """A run of the tie there was, also when it has been cut: then nothing may happen."""
        with self.here(), database.cursor() as cursor:
            cursor.execute(f"SELECT id FROM sync_connection c {_LAST_MADE}")
            (pk,) = cursor.fetchone()
        return runner.run_once(pk, self.engine)

    # -- time passes ----------------------------------------------------------------------------------------

    def settle(self, most: int = 60) -> None:
        """As a rig's, in fewer questions: let time pass until nothing waits that may go on by itself."""
        for _ in range(most):
            self.run()
            state, due_at, rung, waiting = self._left()
            if state != "active" or not (rung or waiting):
                return
            if not rung:
                self.advance(max(1, (due_at - self.our_time()).total_seconds()))
        with self.here():
            waits = list(
                Dirty.objects.values_list("entity", "side", "record_id", "reason", "not_before", "tries")
            )
            flies = list(
                Attempt.objects.filter(state__in=UNRESOLVED).values_list("entity", "state", "problem")
            )
        raise AssertionError(f"the sync did not come to rest: {waits} {flies} {self.connection.due_at}")

    def _left(self) -> tuple[str, datetime, bool, bool]:
        """The tie's state and when it is due; whether the bell has rung; whether anything waits for its time."""
        with self.here(), database.cursor() as cursor:
            cursor.execute(_LEFT, [self.words, [one.value for one in UNRESOLVED]])
            found: tuple[str, datetime, bool, bool] = cursor.fetchone()
        return found

    def until_the_change_feed_is_asked(self) -> None:
        with self.here():
            due = Connection.objects.order_by("-connected_at", "-id")[0].changes_due_at
        wait = (due - self.our_time()).total_seconds()
        self.advance(min(max(wait, 0), self.engine.nets.quiet.total_seconds()) + 1)
        self.settle()

    @property
    def words(self) -> list[str]:
        return [spec.practice for spec in self.provider.specs]


_LAST_MADE = "ORDER BY c.connected_at DESC, c.id DESC LIMIT 1"
"""The tie there is, or was last: a company that is come back to keeps its own."""
_LEFT = (
    """
SELECT state, due_at,
    EXISTS (SELECT FROM practice_outboxnote) OR EXISTS (SELECT FROM sync_inboxevent WHERE handled_at IS NULL),
    EXISTS (SELECT FROM sync_dirty WHERE connection_id = c.id AND entity = ANY(%s))
    OR EXISTS (SELECT FROM sync_attempt WHERE connection_id = c.id AND state = ANY(%s))
FROM sync_connection c """
    + _LAST_MADE
)


class Towns:
    """The towns of a process, and the way back to how they were built."""

    def __init__(self) -> None:
        self._sequences = _empty_sequences()
        self._set_back()
        self.main = Town()
        self.main.build()
        self.other = Town(self.main.emulator, 1)
        self.other.build()
        self.main.emulator.log.clear()
        self._snapshot = self.main.emulator.control.snapshot()
        with _as_owner() as cursor:
            cursor.execute("ANALYZE")
        self._built = _values_of(self._sequences)

    @contextmanager
    def one_seed(self) -> Iterator[tuple[Town, Town]]:
        """Both towns as they were built; whatever happens inside is undone."""
        emulator = self.main.emulator
        with transaction.atomic():
            _set_sequences(self._built)
            emulator.control.restore(self._snapshot)
            emulator.control.set_knobs(Knobs())
            emulator.control.set_limits(NO_LIMITS)
            emulator.log.clear()
            emulator._numbers, emulator._traces = itertools.count(1), itertools.count(1)
            with fenced(self.main), override_settings(OUTBOX_BELL=""):
                yield self.main, self.other
            transaction.set_rollback(True)

    def _set_back(self) -> None:
        _set_sequences(dict.fromkeys(self._sequences, FIRST_ID))


@contextmanager
def fenced(town: Town) -> Iterator[None]:
    """Within: each side of every commit of the engine is a place to die at, as each side of a call is."""
    original = lease.Lease.commit

    @contextmanager
    def commit(self: lease.Lease, *, to_send: bool = False) -> Iterator[Connection]:
        town.boundary("before a commit")
        with original(self, to_send=to_send) as fresh:
            yield fresh
            town.boundary("in a commit")
        town.boundary("after a commit")

    lease.Lease.commit = commit  # type: ignore[method-assign]
    try:
        yield
    finally:
        lease.Lease.commit = original  # type: ignore[method-assign]


@contextmanager
def _as_owner() -> Iterator[Any]:
    """Sequences and statistics are not the product's role's to touch."""
    with database.cursor() as cursor:
        cursor.execute("SELECT current_user")
        role = cursor.fetchone()[0]
        cursor.execute("RESET ROLE")
        yield cursor
        cursor.execute(f'SET ROLE "{role}"')


def _empty_sequences() -> list[str]:
    """The sequences of our own tables that hold nothing yet."""
    found = []
    with _as_owner() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if not model.__module__.startswith("tieout.") and model is not _user():
                continue
            cursor.execute(
                f'SELECT NOT EXISTS (SELECT 1 FROM "{table}"), pg_get_serial_sequence(%s, %s)',
                [f'"{table}"', model._meta.pk.column],
            )
            empty, sequence = cursor.fetchone()
            if empty and sequence:
                found.append(sequence)
    return sorted(found)


def _user() -> Any:
    return apps.get_model(settings.AUTH_USER_MODEL)


def _values_of(sequences: Sequence[str]) -> dict[str, int]:
    with _as_owner() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{one}', last_value FROM {one}" for one in sequences))
        return dict(cursor.fetchall())


def _set_sequences(values: dict[str, int]) -> None:
    with _as_owner() as cursor:
        cursor.execute("SELECT " + ", ".join(f"setval('{one}', {value})" for one, value in values.items()))
