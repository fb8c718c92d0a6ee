"""What a record waits for is on its way, or it is said why not: the words and the rule, without a database."""

from __future__ import annotations

import pytest

from tieout.reconcile.state import Key, Side
from tieout.sync.awaited import GONE, SECTION_OFF, Awaited, Open, as_key, as_text, held_up, waits

INVOICE = Key("invoice", Side.PRACTICE, "7")
CATEGORY = Key("category", Side.LEDGER, "55")
OLD = Open("not_eligible", "left_out", "It is dated before 2026-01-01, the start date.")


@pytest.mark.parametrize("key", [INVOICE, CATEGORY])
def test_a_key_is_read_back_as_it_was_written(key: Key) -> None:
    assert as_key(as_text(key)) == key
    assert as_text(INVOICE) == "invoice:7"


@pytest.mark.parametrize(
    ("awaited", "reason", "sentence"),
    [
        (
            Awaited(INVOICE, "1042", (OLD,)),
            "not_eligible",
            "It waits for invoice 1042, which is left out: it is dated before 2026-01-01, the start date.",
        ),
        (
            Awaited(INVOICE, "1042", (Open("excluded", "left_out", "Left out by Dana Reyes: ours alone."),)),
            "excluded",
            "It waits for invoice 1042, which is left out by Dana Reyes: ours alone.",
        ),
        (
            Awaited(INVOICE, "1042", (Open("unmatched", "needs_you", "Dana Reyes unlinked it."),)),
            "unmatched",
            "It waits for invoice 1042, which needs you first: Dana Reyes unlinked it.",
        ),
        (
            Awaited(
                INVOICE, "1042", (Open("held_up", "needs_you", "It waits for client Ada, which is gone."),)
            ),
            "held_up",
            "It waits for invoice 1042, which waits for client Ada, which is gone.",
        ),
        (
            Awaited(INVOICE, "1042", (OLD,), section_off="Invoices"),
            SECTION_OFF,
            "It waits for invoice 1042, and Invoices is not turned on.",
        ),
        (
            Awaited(CATEGORY, gone="it is another kind of record there"),
            GONE,
            "It waits for its category, which is not in QuickBooks (it is another kind of record there).",
        ),
    ],
)
def test_one_that_is_not_on_its_way_is_named_with_its_reason(
    awaited: Awaited, reason: str, sentence: str
) -> None:
    assert awaited.stopped_by == reason
    assert held_up([awaited]) == sentence


def test_what_clears_by_itself_or_has_nothing_open_is_on_its_way() -> None:
    flying = Open("in_flight", "clearing", "Its arrival is being checked.")
    long_text = Open("does_not_fit", "needs_you", "Memo is too long.", "memo")
    assert not Awaited(INVOICE, "1042").stopped_by
    assert not Awaited(INVOICE, "1042", (flying, long_text)).stopped_by
    assert Awaited(INVOICE, "1042", (long_text,)).stopped_by == "does_not_fit"
    assert (
        waits([Awaited(INVOICE, "1042"), Awaited(CATEGORY, "Tax")])
        == "Waits for invoice 1042 and category Tax."
    )


def test_of_many_two_are_named_and_the_others_counted() -> None:
    many = [Awaited(Key("invoice", Side.PRACTICE, one), one, (OLD,)) for one in ("1", "2", "3", "4")]
    said = held_up(many)
    assert "invoice 1, which" in said
    assert "; and for invoice 2, which" in said
    assert said.endswith("; and for 2 more.")
