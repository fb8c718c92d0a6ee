"""Both sides' receivables compared: to the cent, and nothing is called explained that nobody explained."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tieout.reconcile.owing import OpenItem
from tieout.reconcile.tie_out import (
    Because,
    Document,
    Line,
    Owes,
    Reason,
    compare,
    explain,
    unexplained,
)

WORDS = {"Invoice": "invoice", "Payment": "payment", "CreditMemo": "credit"}
AMOUNTS = st.decimals(min_value=-999, max_value=999, places=2)


def there(entity: str, id: str, amount: str | Decimal) -> OpenItem:
    return OpenItem(
        entity, WORDS.get(entity, ""), id, "58", "Ada Byrne", "1043", "2026-03-02", Decimal(amount)
    )


def here(kind: str, id: str, amount: str | Decimal) -> Document:
    return Document(kind, id, f"{kind} {id}", "2026-03-02", Decimal(amount))


def explained(line, ours, theirs, links=None, reasons=None, still_open=()):  # type: ignore[no-untyped-def]
    return explain(line, ours, theirs, still_open, links or {}, reasons or {})


def line(owed_here: str | Decimal, owed_there: str | Decimal) -> Line:
    return Line("1", "58", "Ada Byrne", Decimal(owed_here), Decimal(owed_there))


def test_linked_clients_are_one_line_and_the_others_stay_apart() -> None:
    ours = [Owes("1", "Ada Byrne", Decimal(100)), Owes("2", "Only Here", Decimal(5))]
    theirs = [Owes("58", "Byrne, Ada", Decimal(100)), Owes("59", "Only There", Decimal(7))]
    lines = compare(ours, theirs, {"1": "58"})
    assert [(one.practice_id, one.ledger_id, one.difference) for one in lines] == [
        ("1", "58", Decimal(0)),
        ("2", "", Decimal(5)),
        ("", "59", Decimal(-7)),
    ]


def test_a_linked_client_who_owes_nothing_here_is_still_that_client() -> None:
    lines = compare([], [Owes("58", "Byrne, Ada", Decimal(3))], {"1": "58"})
    assert [(one.practice_id, one.ledger_id) for one in lines] == [("1", "58")]


def test_one_cent_between_two_linked_invoices_is_found_and_without_a_reason_is_unexplained() -> None:
    parts = explained(
        line("100.00", "100.01"),
        [here("invoice", "7", "100.00")],
        [there("Invoice", "130", "100.01")],
        {("invoice", "7"): "130"},
    )
    assert [(part.difference, part.cause) for part in parts] == [(Decimal("-0.01"), Because.UNEXPLAINED)]
    assert unexplained(parts) == Decimal("0.01")


def test_what_an_open_issue_says_explains_the_document() -> None:
    parts = explained(
        line("100.00", "0.00"),
        [here("invoice", "7", "100.00")],
        [],
        reasons={("invoice", "7"): Reason("waits_for", "Waits for its client.")},
    )
    assert [(part.cause, part.sentence) for part in parts] == [("waits_for", "Waits for its client.")]
    assert unexplained(parts) == 0


def test_what_was_made_in_quickbooks_is_named() -> None:
    parts = explained(line("0.00", "80.00"), [], [there("Invoice", "130", "80.00")])
    assert [(part.label, part.cause, part.difference) for part in parts] == [
        ("Invoice 1043", Because.MADE_THERE, Decimal("-80.00"))
    ]


def test_an_open_journal_entry_is_named_and_a_used_up_one_is_unexplained() -> None:
    entry = there("JournalEntry", "9", "-30.00")
    named = explained(line("0.00", "-30.00"), [], [], still_open=[entry])
    assert [part.label for part in named] == ["Journal entry 1043"]
    assert unexplained(named) == 0
    assert unexplained(explained(line("0.00", "-30.00"), [], [])) == Decimal("30.00")


def test_two_unexplained_differences_that_cancel_are_both_counted() -> None:
    parts = explained(
        line("100.00", "100.00"),
        [here("invoice", "7", "60.00"), here("invoice", "8", "40.00")],
        [there("Invoice", "130", "50.00"), there("Invoice", "131", "50.00")],
        {("invoice", "7"): "130", ("invoice", "8"): "131"},
    )
    assert unexplained(parts) == Decimal("20.00")


def test_a_client_without_a_partner_is_one_part_with_the_clients_own_reason() -> None:
    lone = Line("1", "", "Ada Byrne", Decimal(100), Decimal(0))
    (part,) = explained(lone, [], [], reasons={("client", "1"): Reason("unmatched", "It waits for you.")})
    assert (part.cause, part.difference) == ("unmatched", Decimal(100))


def test_a_refund_counts_here_only() -> None:
    (part,) = explained(line("40.00", "0.00"), [here("refund", "3", "40.00")], [])
    assert part.cause == Because.REFUND


@given(
    st.lists(st.tuples(AMOUNTS, AMOUNTS, st.booleans()), max_size=8),
    st.lists(AMOUNTS, max_size=4),
    AMOUNTS,
)
def test_the_parts_always_add_up_to_the_difference(
    pairs: list[tuple[Decimal, Decimal, bool]], only_there: list[Decimal], rest: Decimal
) -> None:
    ours = [here("invoice", str(n), amount) for n, (amount, _, _) in enumerate(pairs)]
    theirs = [there("Invoice", f"a{n}", amount) for n, (_, amount, _) in enumerate(pairs)]
    theirs += [there("Payment", f"b{n}", amount) for n, amount in enumerate(only_there)]
    links = {("invoice", str(n)): f"a{n}" for n, (_, _, linked) in enumerate(pairs) if linked}
    owed_here = sum((one.amount for one in ours), Decimal(0))
    owed_there = sum((one.amount for one in theirs), Decimal(0)) + rest
    compared = line(owed_here, owed_there)
    parts = explained(compared, ours, theirs, links)
    assert sum((part.difference for part in parts), Decimal(0)) == compared.difference
    if not parts:
        assert not compared.difference
