"""Records are counted by the database, each once, under the most pressing of its states; what was put off is not asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.sync.rig import Rig
from tieout.sync import record_counts, status, worklist
from tieout.sync.models import Connection, Dirty, Issue, Link

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def listed(
    connection: Connection, record: str, listing: str, cause: str, *, side: str = "practice", off: int = 0
) -> None:
    Issue.objects.create(
        firm_id=connection.firm_id,
        connection=connection,
        entity="client",
        side=side,
        record_id=record,
        cause=cause,
        listing=listing,
        sentence="Because.",
        next_step="Look.",
        opened_at=NOW,
        put_off_until=NOW + timedelta(days=off) if off else None,
    )


def dirty(connection: Connection, side: str, record: str) -> None:
    Dirty.objects.create(
        firm_id=connection.firm_id,
        connection=connection,
        entity="client",
        side=side,
        record_id=record,
        reason="test",
        noted_at=NOW,
    )


def test_each_record_counts_once_and_a_pair_as_one() -> None:
    rig = Rig()
    rig.set_up()
    with rig.here():
        connection = rig.connection
        Issue.objects.all().delete()
        Dirty.objects.all().delete()
        for one in range(1, 9):
            Link.objects.create(
                firm=rig.firm,
                connection=connection,
                entity="client",
                practice_id=f"p{one}",
                ledger_id=f"l{one}",
            )
        listed(connection, "p1", "needs_you", "conflict")
        listed(connection, "p1", "left_out", "excluded")  # both: the more pressing counts
        listed(connection, "p2", "needs_you", "conflict", off=3)
        listed(connection, "p3", "needs_you", "conflict", off=-3)  # to be asked again since
        listed(connection, "p4", "needs_you", "conflict", off=3)
        listed(connection, "p4", "needs_you", "drift")
        listed(connection, "alone", "left_out", "excluded", side="ledger")
        listed(connection, "p5", "clearing", "retry_later")
        dirty(connection, "practice", "p6")
        dirty(connection, "ledger", "l6")
        dirty(connection, "ledger", "l1")
        dirty(connection, "ledger", "unknown")
        counts = record_counts.by_entity(connection, NOW)["client"]
        assert dict(counts) == {"needs_you": 3, "put_off": 1, "left_out": 1, "waiting": 3, "in_step": 2}


def test_what_was_put_off_is_counted_apart_from_what_needs_you_as_the_list_does() -> None:
    rig = Rig()
    rig.in_conflict("Ada Byrne")
    with rig.here():

        def told() -> tuple[int, int, str]:
            clients = status.section_statuses(rig.connection, engine=rig.engine)[0]
            return clients.needs_you, clients.put_off, clients.state

        assert told() == (1, 0, "needs_you")
        Issue.objects.filter(closed_at=None).update(put_off_until=rig.clock.now() + timedelta(days=7))
        assert told() == (0, 1, "on")
        assert worklist.totals(rig.connection, now=rig.clock.now()) == {"put_off": 1}


def test_the_counts_of_all_sections_are_one_query(django_assert_num_queries: object) -> None:
    rig = Rig()
    rig.set_up()
    with rig.here():
        connection = rig.connection
        assert connection.firm.pk == rig.firm.pk  # read before it counts
        with django_assert_num_queries(1):  # type: ignore[operator]
            status.section_statuses(connection, engine=rig.engine)
