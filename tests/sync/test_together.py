"""Many rows in one statement: what is kept is what the ORM would have kept."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import (
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import CaptureQueriesContext

from tests.sync.rig import Crash, Rig
from tieout.sync import straight, together
from tieout.sync.models import Attempt, Observation

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 5, 6, 7, 891234, tzinfo=UTC)
ODD = 'Łukasz "O\'Neill" \\ {a,b} %s \n\t  , NULL ?| 😀 $decimal'
ONCE = ("connection_id", "entity", "side", "record_id")


@pytest.fixture
def rig() -> Rig:
    built = Rig()
    built.connect()
    return built


def observation(rig: Rig, record_id: str, **changed: Any) -> dict[str, Any]:
    row = {
        "firm_id": rig.connection.firm_id,
        "connection_id": rig.connection.pk,
        "entity": "client",
        "side": "ledger",
        "record_id": record_id,
        "name": ODD,
        "name_key": "",
        "units": {"name": ODD, "lines": [{"rate": {"$decimal": "1.50"}}], "none": None, "yes": True},
        "facts": {},
        "token": "7",
        "absent": "",
        "observed_at": NOW,
    }
    return {**row, **changed}


def test_every_kind_of_column_comes_back_as_it_was_given(rig: Rig) -> None:
    with rig.here():
        given = Attempt(
            firm_id=rig.connection.firm_id,
            connection=rig.connection,
            entity="client",
            practice_id="1",
            operation="create",
            request_id="r1",
            path=ODD,
            body=bytes(range(256)),
            body_hash="h",
            units={ODD: [None, True, 3, ODD]},
            left_out=["phone"],
            epoch=2**40,
            first_sent_at=NOW,
            sent_at=NOW,
        )
        fields = [field for field in Attempt._meta.concrete_fields if not field.primary_key]
        row = {field.attname: getattr(given, field.attname) for field in fields}
        ids = together.insert(Attempt, [{**row, "body": together.bytes_in(given.body)}], key="request_id")
        kept = Attempt.objects.get(pk=ids["r1"])
        made = together.made(Attempt, row)
        assert {name: value for name, value in vars(made).items() if name in row} == row
        for field in Attempt._meta.concrete_fields:
            if not field.primary_key:
                wanted, found = getattr(given, field.attname), getattr(kept, field.attname)
                assert (bytes(found) if isinstance(found, memoryview) else found) == wanted, field.name


def test_a_row_that_is_there_is_updated_and_the_others_are_left(rig: Rig) -> None:
    with rig.here():
        together.insert(Observation, [observation(rig, "1"), observation(rig, "2")], or_update=ONCE)
        together.insert(
            Observation, [observation(rig, "1", token="8", units={}), observation(rig, "3")], or_update=ONCE
        )
        kept = dict(Observation.objects.filter(entity="client").values_list("record_id", "token"))
        assert kept == {"1": "8", "2": "7", "3": "7"}
        one = Observation.objects.get(record_id="2")
        assert (one.name, one.units["name"], one.observed_at) == (ODD, ODD, NOW)


def test_many_rows_are_set_by_their_ids(rig: Rig) -> None:
    with rig.here():
        ids = together.insert(
            Observation, [observation(rig, "1"), observation(rig, "2")], key="record_id", or_update=ONCE
        )
        together.update(Observation, [{"id": ids["2"], "token": "9", "facts": {"a": [1]}}])
        kept = {
            one.record_id: (one.token, one.facts) for one in Observation.objects.filter(pk__in=ids.values())
        }
        assert kept == {"1": ("7", {}), "2": ("9", {"a": [1]})}


def test_what_does_not_fit_its_column_is_refused_and_not_cut(rig: Rig) -> None:
    with rig.here(), pytest.raises(DataError), transaction.atomic():
        together.insert(Observation, [observation(rig, "1", token="x" * 61)])


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_belongs_to_the_transaction_around_it_also_as_its_first_statement() -> None:
    rig = Rig()
    rig.connect()
    row = observation(rig, "9")
    with rig.here():
        with suppress(Crash), transaction.atomic():
            together.insert(Observation, [row])
            raise Crash("before it is committed")
        assert not Observation.objects.filter(record_id="9").exists()
        with transaction.atomic():
            together.insert(Observation, [row])
        assert Observation.objects.filter(record_id="9").exists()


def test_a_statement_that_the_database_refuses_raises_what_a_cursor_would(rig: Rig) -> None:
    with rig.here():
        row = observation(rig, "9")
        together.insert(Observation, [row])
        with pytest.raises(IntegrityError), transaction.atomic():
            together.insert(Observation, [row])
        with pytest.raises(ProgrammingError), transaction.atomic():
            straight.run("SELECT nothing FROM nowhere")
        assert straight.run("SELECT %s::int + 1, NULL", 41) == [(b"42", None)]


def test_lists_arrive_as_they_were_given() -> None:
    asked = [ODD, "", "NULL", "{}", '"', "\\", "a,b"]
    found = straight.texts(
        "SELECT one FROM unnest(%s::text[]) WITH ORDINALITY AS t(one, at) ORDER BY at", asked
    )
    assert [one for (one,) in found] == asked
    assert straight.run("SELECT 1 WHERE 3 = ANY(%s)", [1, 2, 3]) == [(b"1",)]
    assert straight.run("SELECT 1 WHERE 3 = ANY(%s::int[])", []) == []


def test_a_statement_is_prepared_once_and_outlives_what_is_rolled_back() -> None:
    text = "SELECT %s::int * 2"
    with suppress(Crash), transaction.atomic():
        assert straight.run(text, 21) == [(b"42",)]
        raise Crash("before it is committed")
    assert straight.run(text, 4) == [(b"8",)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement = %s", [text.replace("%s", "$1")]
        )
        assert cursor.fetchone() == (1,)


def test_a_table_that_changes_is_asked_anew() -> None:
    """As when a new version is migrated while a worker of the old one still runs."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE moves (a int)")
        straight.run("INSERT INTO moves (a) VALUES (%s)", 1)
        assert straight.run("SELECT a FROM moves") == [(b"1",)]
        cursor.execute("ALTER TABLE moves ADD COLUMN b text DEFAULT 'new'")
        assert straight.run("SELECT a FROM moves") == [(b"1",)]
        straight.run("INSERT INTO moves (a) VALUES (%s)", 2)
        cursor.execute("SELECT a, b FROM moves ORDER BY a")
        assert cursor.fetchall() == [(1, "new"), (2, "new")]


def test_straight_statements_are_counted_with_the_others(rig: Rig) -> None:
    with rig.here(), CaptureQueriesContext(connection) as seen:
        straight.run("SELECT 1")
    assert [one["sql"] for one in seen.captured_queries].count("SELECT 1") == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["told", "without a word"])
def test_a_database_that_goes_away_is_what_it_is_for_a_cursor(how: str) -> None:
    connection.ensure_connection()
    driver = connection.connection
    if how == "told":
        with new_connection() as other, other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [driver.info.backend_pid])
    else:
        with socket.socket(fileno=os.dup(driver.pgconn.socket)) as wire:
            wire.shutdown(socket.SHUT_RDWR)
    try:
        for _ in range(2):
            with pytest.raises((OperationalError, InterfaceError)):
                straight.run("SELECT 1")
    finally:
        connection.close()
    assert straight.run("SELECT 1") == [(b"1",)]


@contextmanager
def new_connection() -> Iterator[BaseDatabaseWrapper]:
    made = connection.copy()
    try:
        yield made
    finally:
        made.close()
