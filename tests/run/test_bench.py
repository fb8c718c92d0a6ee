"""What ``./run bench`` says of a figure and ends with; the figures themselves are never asserted."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest
from bench import __main__ as bench
from bench import processor
from bench.engine_worker import flat
from bench.figures import at_least, at_most, closing, remark, table


def test_a_figure_is_compared_with_its_bound_and_says_whether_it_is_reached() -> None:
    reached = at_most("reads", 4, 4)
    short = at_least("a second", 461.2, 473, whose="the loop's")
    assert (reached.reached, short.reached) == (True, False)
    assert table([reached, short])[2:] == [
        "| reads | 4 | <= 4 | reached |",
        "| a second | 461 | >= the loop's 473 | **not reached** |",
    ]


def test_a_bench_ends_with_one_when_a_figure_is_not_reached_and_names_it() -> None:
    reached, short, said = at_most("reads", 4, 4), at_most("seconds", 3, 2), remark("rows", "17")
    assert closing([reached, said]) == ("All 1 figures are reached.\n", 0)
    assert closing([reached, short, said]) == ("Not reached: seconds: 3 (<= 2: **not reached**)\n", 1)
    assert table([said])[2:] == ["| rows | 17 |  |  |"]


def test_memory_is_flat_when_no_later_day_needs_a_twentieth_more_than_the_second() -> None:
    assert flat("memory", [150, 200, 209, 210]).reached
    assert not flat("memory", [150, 200, 211, 200]).reached


@pytest.mark.parametrize(
    ("arguments", "name", "passed"),
    [([], "engine", [[]]), (["engine", "push"], "engine", [["push"]]), (["fit"], "fit", [])],
)
def test_bench_alone_runs_the_engine(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], name: str, passed: list[list[str]]
) -> None:
    called: list[tuple[str, object]] = []

    def imported(module: str) -> SimpleNamespace:
        return SimpleNamespace(main=lambda *given: called.append((module, list(given))) or 1)

    monkeypatch.setattr(bench, "import_module", imported)
    assert bench.main(arguments) == 1
    assert called == [(f"bench.{name}", passed)]


def test_a_bench_that_there_is_not_shows_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["nonsense"]) == 2
    assert "without a name: engine" in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_what_the_database_does_is_counted_beside_what_we_do() -> None:
    from django.db import connection

    with processor.timed() as spent, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM generate_series(1, 1000000)")
    assert spent.database is not None
    assert spent.database > 0
    assert spent.together == spent.own + spent.database
    assert processor.of_process(os.getpid()) > 0
