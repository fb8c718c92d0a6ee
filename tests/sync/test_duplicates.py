"""Which members of a duplicate group are kept: laws of the pure decision."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tieout.reconcile.state import Side
from tieout.sync.duplicates import Recency, Twin, keep_most_recent

DAYS = st.sampled_from(["", "2024-01-31", "2025-02-28", "2025-03-01"])
RECENCIES = st.builds(Recency, st.booleans(), DAYS, DAYS)


@st.composite
def groups(draw: st.DrawFn) -> dict[str, list[Twin]]:
    made: dict[str, list[Twin]] = {}
    number = 0
    for name in draw(st.lists(st.sampled_from("abcd"), unique=True)):
        made[name] = []
        for _ in range(draw(st.integers(2, 5))):
            number += 1
            made[name].append(Twin(number, draw(st.sampled_from(list(Side))), str(number), draw(RECENCIES)))
    return made


@given(groups(), st.randoms(use_true_random=False))
def test_every_member_of_a_decided_group_has_one_fate_whatever_the_order(
    given_groups: dict[str, list[Twin]], order: object
) -> None:
    found = keep_most_recent(given_groups)
    assert len(found.kept) + found.ties == len(given_groups)
    for name, kept in found.kept.items():
        said = [one for one in (kept.ours, kept.theirs, *kept.rest) if one is not None]
        assert sorted(one.row_id for one in said) == sorted(one.row_id for one in given_groups[name])
        for best in (kept.ours, kept.theirs):
            if best is not None:
                rivals = [one for one in kept.rest if one.side is best.side]
                assert all(one.recency.rank < best.recency.rank for one in rivals)
    for members in given_groups.values():
        order.shuffle(members)  # type: ignore[attr-defined]
    again = keep_most_recent(given_groups)
    assert {name: (one.ours, one.theirs) for name, one in again.kept.items()} == {
        name: (one.ours, one.theirs) for name, one in found.kept.items()
    }


def twin(number: int, side: Side = Side.PRACTICE, **recency: object) -> Twin:
    return Twin(number, side, str(number), Recency(**recency))  # type: ignore[arg-type]


def test_an_active_record_is_kept_before_an_archived_one_with_a_later_invoice() -> None:
    old = twin(1, last_document="2024-01-31")
    archived = twin(2, active=False, last_document="2025-02-28")
    assert keep_most_recent({"a": [old, archived]}).kept["a"].ours == old


def test_a_document_counts_for_more_than_a_change_and_a_change_only_without_documents() -> None:
    billed = twin(1, last_document="2024-01-31", changed_at="2024-02-01")
    edited = twin(2, changed_at="2025-02-28")
    assert keep_most_recent({"a": [edited, billed]}).kept["a"].ours == billed
    assert keep_most_recent({"a": [edited, twin(3, changed_at="2024-01-01")]}).kept["a"].ours == edited


def test_two_that_are_equally_recent_are_left_to_a_person() -> None:
    same = [twin(1, last_document="2025-02-28", changed_at="x"), twin(2, last_document="2025-02-28")]
    found = keep_most_recent({"a": [*same, twin(3, Side.LEDGER)]})
    assert (found.kept, found.ties) == ({}, 1)


def test_a_group_of_one_side_keeps_one_to_be_created_on_the_other() -> None:
    found = keep_most_recent({"a": [twin(1, last_document="2025-02-28"), twin(2)]})
    assert (found.linked, found.created, found.left_out) == (0, 1, 1)
