"""Every write to QuickBooks leaves an entry that nobody can change unseen."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from tests.sync.rig import Crash, Rig
from tieout.sync import decisions, repairs, write_log
from tieout.sync.models import WriteEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def rig() -> Rig:
    made = Rig()
    made.set_up()
    client = made.add_client("Ada Byrne", phone="1")
    made.settle()
    made.fault("drop_before", entity="customer", operation="update", nth=1, times=1)
    made.edit_client(client, phone="2")
    made.settle()
    return made


def test_each_sending_has_its_outcome_with_before_and_after(rig: Rig) -> None:
    with rig.here():
        entries = list(WriteEntry.objects.order_by("number"))
    assert [(one.number, one.operation, one.result) for one in entries] == [
        (1, "create", "done"),
        (2, "update", "in_doubt"),
        (3, "update", "done"),
    ]
    assert (entries[2].before, entries[2].after) == ({"phone": "1"}, {"phone": "2"})
    assert entries[0].before == {}, "before it was created nothing was there"
    assert entries[0].after["phone"] == "1"
    assert entries[0].reference.startswith("1-")
    causes = [one.cause.partition("; run ") for one in entries]
    assert [cause for cause, _, _ in causes] == ["edited here"] * 3
    assert causes[1] == causes[2], "what is sent again is sent for what it was sent for first"
    assert int(causes[0][2]) < int(causes[1][2])


def test_what_a_run_that_died_may_have_sent_is_in_the_log_before_it_is_known_what_became_of_it(
    rig: Rig,
) -> None:
    """Seed 61171: it had arrived, a person took our mark off it, and was asked about it; the log did not know of it."""
    (client,) = rig.links()
    rig.edit_client(client, phone="3")
    rig.crash_at = "answered"
    with pytest.raises(Crash):
        rig.run()
    rig.advance(rig.engine.lease.total_seconds() + 1)
    rig.run()
    with rig.here():
        entries = list(WriteEntry.objects.filter(number__gt=3).values_list("result", "after"))
    assert entries[0] == ("in_doubt", {"phone": "3"})


def test_an_entry_from_before_its_cause_was_kept_still_fits_its_chain(rig: Rig) -> None:
    with rig.here():
        entry = WriteEntry.objects.get(number=1)
        said = {**vars(entry), "connection_id": entry.connection_id}
        older = {name: value for name, value in said.items() if name != "cause"}
        kept = [older[column] for column in write_log._SAID]
        first = [older["previous_hash"], older["connection_id"], 1, older["at"].isoformat()]
        as_before = hashlib.sha256(write_log._ENCODER.encode([*first, *kept]).encode()).hexdigest()
    assert write_log.hash_of({**older, "cause": ""}) == as_before
    assert write_log.hash_of(said) not in (as_before, write_log.hash_of({**said, "cause": "somebody else"}))


def test_the_database_refuses_to_change_or_remove_an_entry(rig: Rig) -> None:
    with rig.here():
        for act in (
            lambda: WriteEntry.objects.update(result="done"),
            lambda: WriteEntry.objects.filter(number=2).delete(),
        ):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                act()


@pytest.mark.parametrize(
    "tampering, first_wrong",
    [
        ("UPDATE sync_writeentry SET result = 'done' WHERE number = 2", 2),
        ("DELETE FROM sync_writeentry WHERE number = 2", 2),
        ("UPDATE sync_writeentry SET before = '{}' WHERE number = 3", 3),
        ("UPDATE sync_writeentry SET cause = 'webhook' WHERE number = 3", 3),
        ("UPDATE sync_writeentry SET at = at + interval '1 second' WHERE number = 1", 1),
        (
            "UPDATE sync_writeentry SET number = number + 100;"
            "UPDATE sync_writeentry SET number = CASE number WHEN 101 THEN 2 WHEN 102 THEN 1 ELSE 3 END",
            1,
        ),
        ("DELETE FROM sync_writeentry WHERE number = 3", 3),
        ("DELETE FROM sync_writeentry WHERE number > 1", 2),
        ("DELETE FROM sync_writeentry", 1),
    ],
)
def test_whoever_gets_round_the_database_breaks_the_chain(rig: Rig, tampering: str, first_wrong: int) -> None:
    with rig.here():
        assert write_log.broken_at(rig.connection) is None
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE; SET LOCAL session_replication_role = replica")  # no trigger fires
            cursor.execute(tampering)
        assert write_log.broken_at(rig.connection) == first_wrong
        told = io.StringIO()
        with pytest.raises(CommandError, match="1 log is not whole"):
            call_command("verify_logs", stdout=told)
    (line,) = [each for each in told.getvalue().splitlines() if each.startswith("Sent through connection")]
    assert line.endswith(f"BROKEN at entry {first_wrong}")


def test_a_whole_log_is_said_to_be_whole_and_what_was_printed_of_it_finds_another_end(
    rig: Rig, tmp_path: Path
) -> None:
    told, kept = io.StringIO(), tmp_path / "last-week.txt"
    with rig.here():
        call_command("verify_logs", stdout=told)
        assert told.getvalue().count("whole") == 2
        assert "(3 entries, last hash" in told.getvalue()
        kept.write_text(told.getvalue().replace("(3 entries", "(4 entries"))
        with pytest.raises(CommandError, match="1 log is not whole"):
            call_command("verify_logs", stdout=told, kept=kept)
    assert "BROKEN at entry 4" in told.getvalue()


def test_an_inactive_twin_made_active_again_is_in_the_log_with_what_it_was() -> None:
    rig = Rig()
    twin = rig.add_customer("Cleo Dent")
    rig.set_up()
    rig.emulator.control.edit(rig.realm, "Customer", twin, {}, "deactivate")
    rig.until_the_change_feed_is_asked()
    with rig.here():
        (old,) = [one for one, there in rig.links().items() if there == twin]
        decisions.unlink(rig.member, "client", old, engine=rig.engine)
        repairs.reactivate_and_link(rig.member, "client", old, twin, engine=rig.engine)
    rig.settle()
    there = rig.customers()[twin]
    assert (there["Active"], there["DisplayName"]) == (True, "Cleo Dent")
    with rig.here():
        entry = WriteEntry.objects.order_by("number").last()
    assert entry is not None
    assert (entry.ledger_id, entry.operation, entry.result) == (twin, "update", "done")
    assert (entry.before["active"], entry.after["active"]) == (False, True)
    assert entry.reference.startswith("1-")
