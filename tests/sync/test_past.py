"""Laws of stepping back: from the end of any series of changes every state in between is found again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tieout.reconcile.state import Side
from tieout.sync.past import Shift, Turn, moments

START = datetime(2026, 3, 2, tzinfo=UTC)
values = st.one_of(st.none(), st.text(max_size=4), st.booleans(), st.integers(0, 9))
edits = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(list(Side)),
            st.sampled_from(["name", "phone", "address.city", "address.zip"]),
            values,
        ),
        max_size=3,
    ),
    max_size=12,
)


@given(edits)
def test_every_state_in_between_is_found_again(history: list[list[tuple[Side, str, Any]]]) -> None:
    now: dict[Side, dict[str, Any]] = {
        side: {"name": "A", "phone": None, "address": {"city": "x", "zip": None}} for side in Side
    }
    turns, seen = [], []
    for number, edit in enumerate(history):
        shifts = []
        for side, place, value in edit:
            unit, _, part = place.partition(".")
            before = now[side][unit][part] if part else now[side][unit]
            shifts.append(Shift(side, unit, before, value, part))
            now[side] = {**now[side], unit: {**now[side][unit], part: value} if part else value}
        turns.append(Turn(START + timedelta(minutes=number), "Dana", "Changed", tuple(shifts)))
        seen.append((now[Side.PRACTICE], now[Side.LEDGER]))
    found = moments(turns, now[Side.PRACTICE], now[Side.LEDGER])
    assert [(one.practice, one.ledger) for one in found] == seen
    assert [one.turn for one in found] == turns
