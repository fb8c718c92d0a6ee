"""What counts as a law found broken, and what as a reason to have somebody sign in again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from quickbooks_emulator.log import Entry
from tests.sim.evidence import COMES_TO_REST, Broken, law_of, let_go

SIGNED_IN = ("oauth", "exchange", 200, ())


def test_only_a_law_and_a_sync_without_end_count_as_broken() -> None:
    assert law_of(Broken("equal or listed", "('client', '1')")) == "equal or listed"
    assert law_of(AssertionError(f"{COMES_TO_REST}: []")) == COMES_TO_REST
    assert law_of(AssertionError("something else")) == law_of(KeyError("equal or listed")) == ""


def storm_of(*calls: tuple[str, str, int, tuple[str, ...]]) -> Any:
    entries = [
        Entry(number, "", "", "", area, "1", "", operation, "", "", "", status, "", "", faults, False)
        for number, (area, operation, status, faults) in enumerate(calls)
    ]
    log = SimpleNamespace(entries=lambda: entries)
    return cast(Any, SimpleNamespace(town=SimpleNamespace(emulator=SimpleNamespace(log=log))))


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ([("oauth", "refresh", 200, ("drop_after",))], True),
        ([("oauth", "refresh", 401, ("status",))], True),
        ([("oauth", "refresh", 503, ("status",))], False),
        ([("oauth", "refresh", 0, ("drop_before",))], False),
        ([("oauth", "refresh", 400, ())], False),
        ([("data", "query", 401, ("status",))], False),
        ([("data", "query", 401, ("status",)), ("data", "query", 401, ("status",))], True),
        ([("data", "query", 403, ("body",))], True),
        ([("oauth", "refresh", 200, ("drop_after",)), SIGNED_IN], False),
    ],
)
def test_a_reason_to_sign_in_again_is_one_that_came_since_somebody_last_did(
    calls: list[tuple[str, str, int, tuple[str, ...]]], expected: bool
) -> None:
    assert let_go(storm_of(SIGNED_IN, *calls)) is expected
