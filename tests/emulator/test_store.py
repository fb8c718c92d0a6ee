"""How the emulator keeps its state: all or nothing, indexed, and the same after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quickbooks_emulator import Emulator, SqliteJournal
from quickbooks_emulator.store import HashIndex, OrderIndex, Store
from tests.emulator.client import SAMPLE, Api


class Interrupted(Exception):
    """Something went wrong in the middle."""


def test_an_exception_undoes_every_change_and_its_indexes() -> None:
    by_value = HashIndex(lambda value: (value,))
    in_order = OrderIndex(lambda value: value)
    store = Store({"words": str}, lambda name: {"value": by_value, "order": in_order})
    with store.transaction() as transaction:
        transaction.put("words", "1", "old")
    with pytest.raises(Interrupted):
        change_and_fail(store)
    assert store.collection("words").rows == {"1": "old"}
    assert by_value.find("old") == ["1"]
    assert by_value.find("new") == []
    assert list(in_order.in_order()) == ["1"]


def change_and_fail(store: Store) -> None:
    with store.transaction() as transaction:
        transaction.put("words", "1", "new")
        transaction.put("words", "2", "more")
        raise Interrupted


def test_a_transaction_rolls_back_to_a_mark() -> None:
    store = Store({"words": str})
    with store.transaction() as transaction:
        transaction.put("words", "1", "kept")
        mark = transaction.mark()
        transaction.put("words", "1", "undone")
        transaction.remove("words", "1")
        transaction.roll_back(mark)
    assert store.collection("words").rows == {"1": "kept"}


def test_a_restarted_emulator_answers_alike(tmp_path: Path) -> None:
    path = str(tmp_path / "state.sqlite")
    first = Emulator("sample", journal=SqliteJournal(path), webhook_url="http://practice.test/hook")
    with Api(first) as api:
        api.sparse("Customer", "7", DisplayName="Freeman Sports")
        token = api.http.headers["Authorization"]
        before = api.query("select * from Customer orderby MetaData.LastUpdatedTime desc maxresults 1000")
        changed = api.get("/cdc", entities="Customer", changedSince="2026-03-01T00:00:00Z")
    pending, world = first.webhooks.pending(), first.store.save()
    first.close()
    second = Emulator("empty", journal=SqliteJournal(path))
    with Api(second) as api:
        api.http.headers["Authorization"] = token
        assert (
            api.query("select * from Customer orderby MetaData.LastUpdatedTime desc maxresults 1000")
            == before
        )
        assert api.get("/cdc", entities="Customer", changedSince="2026-03-01T00:00:00Z") == changed
        assert second.webhooks.pending() == pending
        kept = {name: rows for name, rows in second.store.save().items() if name.startswith("records/")}
        assert kept == {name: rows for name, rows in world.items() if name.startswith("records/") and rows}
        assert api.create("Customer", DisplayName="Next")["Id"] == "56"
    second.close()


def test_a_refused_write_leaves_nothing_in_the_file(tmp_path: Path) -> None:
    path = str(tmp_path / "state.sqlite")
    first = Emulator("sample", journal=SqliteJournal(path))
    with Api(first) as api:
        answer = api.http.post("/customer", json={"DisplayName": "Cool Cars", "BillAddr": {"Line1": "x"}})
        assert answer.status_code == 400
    saved = first.store.save()
    first.close()
    second = Emulator("empty", journal=SqliteJournal(path))
    assert second.store.save()[f"counters/{SAMPLE}"] == saved[f"counters/{SAMPLE}"]
    second.close()


def test_ten_thousand_customers_are_found_by_key_without_a_scan() -> None:
    emulator = Emulator("large:10000:0")
    with Api(emulator) as api:
        assert api.count("select count(*) from Customer") == 10_000
        wanted = api.read("Customer", "9000")
        table = emulator.store.collection(f"records/{SAMPLE}/Customer")
        table.indexes["order"] = table.indexes["id"] = Unscannable(lambda record: record.id)
        name = wanted["DisplayName"]
        for condition in (
            f"DisplayName = '{name}'",
            "Id in ('9000')",
            f"PrimaryEmailAddr = '{wanted['PrimaryEmailAddr']['Address']}'",
        ):
            assert [row["Id"] for row in api.query(f"select * from Customer where {condition}")] == ["9000"]
        assert (
            api.query("select * from Customer where MetaData.LastUpdatedTime > '2026-02-01T00:00:00Z'") == []
        )


class Unscannable(OrderIndex):
    """An index that must not be walked."""

    def in_order(self, skip: int = 0) -> Iterator[str]:
        raise AssertionError("the query walked over every record")


def test_the_last_page_of_a_large_table_steps_over_what_is_before_it() -> None:
    emulator = Emulator("large:20:3000")
    with Api(emulator) as api:
        newest_first = [row["Id"] for start in (1, 1001, 2001) for row in page_of_invoices(api, start)]
        assert len(set(newest_first)) == 3000
        table = emulator.store.collection(f"records/{SAMPLE}/Invoice")
        counted = Counted(lambda record: (record.updated, record.seq))
        for key, record in table.rows.items():
            counted.add(key, record)
        table.indexes["updated"] = counted
        assert [row["Id"] for row in page_of_invoices(api, 2901)] == newest_first[2900:]
        assert counted.read == 100
        by_time = "where MetaData.LastUpdatedTime >= '2020-01-01' orderby MetaData.LastUpdatedTime"
        oldest_first = page_of_invoices(api, 2901, by_time)
        assert [row["Id"] for row in oldest_first] == newest_first[99::-1]


def page_of_invoices(api: Api, start: int, conditions: str = "") -> list[dict[str, Any]]:
    return api.query(f"select * from Invoice {conditions} startposition {start} maxresults 1000")


class Counted(OrderIndex):
    """An index that counts how many of its keys were looked at."""

    read = 0

    def in_reverse(self, skip: int = 0) -> Iterator[str]:
        for key in super().in_reverse(skip):
            self.read += 1
            yield key


def test_a_start_killed_before_its_world_was_whole_begins_anew(tmp_path: Path) -> None:
    path = str(tmp_path / "state.sqlite")
    first = Emulator("sample", journal=SqliteJournal(path))
    with first.store.transaction() as transaction:
        transaction.remove("settings", "world")
    first.close()
    second = Emulator("empty", journal=SqliteJournal(path))
    assert second.control.records(SAMPLE, "Customer") == []
    second.close()
