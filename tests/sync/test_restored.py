"""A database that was put back from an older backup, beside a QuickBooks that has gone on; and programs of two versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.db import transaction
from django.db.migrations.recorder import MigrationRecorder

from tests.sync.rig import Crash, Rig
from tests.sync.test_documents import Books
from tieout.quickbooks import entities
from tieout.reconcile.spec import EntitySpec
from tieout.sync import decisions, tasks, versions, worker
from tieout.sync.models import ActivityLine

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    made = Books()
    made.review_items()
    made.send("invoice")
    made.until_the_change_feed_is_asked()
    return made


@contextmanager
def forgotten(rig: Rig) -> Iterator[None]:
    """What happens within is forgotten here afterwards, and not in QuickBooks; an hour has passed, and workers start."""
    here = transaction.savepoint()
    yield
    transaction.savepoint_rollback(here)
    rig.advance(3_600)
    rig.provider = rig.make_provider(entities.READY)
    assert tasks.ask_first_after_a_standstill(rig.clock.now()) == 1


def ours(books: Books) -> list[str]:
    return sorted(
        one for one, shown in books.of("Invoice").items() if "Tieout" in shown.get("PrivateNote", "")
    )


@pytest.mark.parametrize("own_numbers", [True, False])
def test_what_was_sent_in_the_hour_that_is_lost_is_asked_about_and_not_sent_again(
    books: Books, own_numbers: bool
) -> None:
    books.emulator.control.set_preferences(
        books.realm, {"SalesFormsPrefs": {"CustomTxnNumbers": own_numbers}}
    )
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    books.subscribe()  # healthy webhooks: left alone, it would not ask for half a day
    invoice = books.invoice(client, item)
    with forgotten(books):
        books.settle()
        books.deliver()
        there = books.partner("invoice", invoice.pk)
        books.invoice(client, item, rate="50")
        books.settle()
    sent = ours(books)
    assert len(sent) == 2
    books.settle()
    assert ours(books) == sent
    assert ("lookalike", invoice.number) in books.issues()
    with books.here():
        said = ActivityLine.objects.filter(sentence__contains="put back from an older backup")
        assert sorted(said.values_list("record_id", flat=True)) == sent
        decisions.link(books.member, "invoice", str(invoice.pk), there, engine=books.engine)
    books.settle()
    assert ours(books) == sent
    assert invoice.number not in [name for _, name in books.issues()]


def test_a_new_document_that_is_like_none_of_the_forgotten_ones_goes_as_ever(books: Books) -> None:
    item, ada, bo = books.item("Bookkeeping"), books.add_client("Ada Byrne"), books.add_client("Bo Diaz")
    books.settle()
    with forgotten(books):
        books.invoice(ada, item)
        books.settle()
    other = books.invoice(bo, item, rate="75")
    books.settle()
    assert books.partner("invoice", other.pk)


def test_a_worker_that_starts_soon_after_another_run_asks_nothing_more(books: Books) -> None:
    books.run()
    before = books.connection.changes_due_at
    assert tasks.ask_first_after_a_standstill(books.clock.now()) == 0
    assert books.connection.changes_due_at == before


# -- two versions ----------------------------------------------------------------------------------------------


def test_what_an_older_version_has_journalled_is_sent_as_it_wrote_it(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    invoice = books.invoice(client, item)
    books.crash_at = "journalled"
    with pytest.raises(Crash):
        books.run()
    write: Callable[..., Any] = EntitySpec.write

    def newer(self: EntitySpec, units: Any) -> Any:
        return {**write(self, units), "CustomerMemo": {"value": "as the new version writes it"}}

    monkeypatch.setattr(EntitySpec, "write", newer)
    books.advance(books.engine.lease.total_seconds() + 1)
    books.settle()
    shown = books.of("Invoice")[books.partner("invoice", invoice.pk)]
    assert shown.get("CustomerMemo", {}).get("value", "") == ""
    assert len(ours(books)) == 1


def note_migration(app: str, name: str) -> None:
    MigrationRecorder(database).record_applied(app, name)


def begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start a worker that would have nothing to do."""
    monkeypatch.setattr(worker, "_tick_until", lambda stop, at_work: None)
    monkeypatch.setattr(worker.asyncio, "run", lambda work: work.close())
    worker.run_worker(1)


def test_a_worker_ends_when_the_tables_have_moved_past_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert versions.mismatch() == ""
    ended: list[str] = []
    rounds = worker.Rounds(end=lambda: ended.append("ended"))
    note_migration("sync", "9999_of_tomorrow")
    assert versions.mismatch() == versions.NEWER.format("sync.9999_of_tomorrow")
    rounds.make(Rig().clock.now() + timedelta(days=1))
    assert ended == ["ended"]
    with pytest.raises(SystemExit, match="Start the new version"):
        begin(monkeypatch)


def test_a_worker_does_not_begin_on_tables_that_are_older_than_it(monkeypatch: pytest.MonkeyPatch) -> None:
    MigrationRecorder(database).record_unapplied("sync", "0001_tables")
    with pytest.raises(SystemExit, match="prepare_database"):
        begin(monkeypatch)


def test_a_migration_that_was_squashed_away_is_no_newer_version() -> None:
    note_migration("sync", "0001_before_it_was_squashed")
    assert versions.mismatch() == ""
