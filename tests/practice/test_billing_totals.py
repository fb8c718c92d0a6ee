"""What an invoice comes to, when it is due and when it recurs: rules without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.practice.invoice_terms import Terms, date_problem, due_on, due_problem, label_of, today_at
from tieout.practice.invoice_totals import Discount, DiscountKind, LineInput, TooMuchOff, total_up
from tieout.practice.number_text import next_number, number_problem
from tieout.practice.recurrence import Frequency, Schedule

D = Decimal
HALF_A_CENT = Fraction(1, 200)
PERCENT, AMOUNT = DiscountKind.PERCENT, DiscountKind.AMOUNT

percents = st.decimals(0, 100, places=2)
discounts = st.one_of(st.just(Discount()), st.builds(Discount, st.just(PERCENT), percents))
on_the_edge = st.integers(0, 200_000).map(lambda number: D(2 * number + 1) / 200)
"""Amounts that end in half a cent."""
lines = st.builds(
    LineInput,
    quantity=st.one_of(st.just(D(1)), st.decimals(0, 500, places=4)),
    rate=st.one_of(on_the_edge, st.decimals(0, 2000, places=5)),
    discount=discounts,
    tax_rate_id=st.one_of(st.none(), st.just(1)),
    tax_percent=st.just(D("8.25")),
    discountable=st.booleans(),
)


@given(st.lists(lines, max_size=15), discounts)
def test_the_total_is_exactly_what_its_parts_say(rows: list[LineInput], discount: Discount) -> None:
    totals = total_up(rows, discount=discount)
    assert totals.total == totals.subtotal - totals.discount + totals.tax
    assert totals.total == sum((each.taxable for each in totals.lines), D(0)) + totals.tax
    assert all(each.taxable >= 0 for each in totals.lines)
    for line, amount in zip(rows, totals.lines, strict=True):
        up = Fraction(amount.gross) - Fraction(line.quantity) * Fraction(line.rate)
        assert -HALF_A_CENT < up <= HALF_A_CENT, "half a cent goes up, on each line by itself"
        if line.discount.kind is PERCENT:
            up = Fraction(amount.discount) - Fraction(amount.gross) * Fraction(line.discount.value) / 100
            assert -HALF_A_CENT < up <= HALF_A_CENT
        assert amount.share == 0 or line.discountable
    for tax in totals.taxes:
        up = Fraction(tax.tax) - Fraction(tax.base) * Fraction(tax.percent) / 100
        assert -HALF_A_CENT < up <= HALF_A_CENT
    for amount in (totals.subtotal, totals.discount, totals.tax, totals.total):
        assert amount == amount.quantize(D("0.01"))


def test_each_line_is_rounded_by_itself() -> None:
    rows = [LineInput(D("14.50"), D("128.350"))] * 2
    assert [each.gross for each in total_up(rows).lines] == [D("1861.08"), D("1861.08")]
    assert total_up(rows).total == D("3722.16")


def test_the_discount_of_the_invoice_comes_before_tax_and_spares_a_late_fee() -> None:
    totals = total_up(
        [
            LineInput(D(1), D(100), tax_rate_id=7, tax_percent=D(10)),
            LineInput(D(1), D(50), Discount(AMOUNT, D(10))),
            LineInput(D(1), D(20), discountable=False),
        ],
        discount=Discount(PERCENT, D(10)),
    )
    assert [each.share for each in totals.lines] == [D(10), D(4), D(0)]
    assert totals.taxes[0].base == D(90)
    assert (totals.subtotal, totals.discount, totals.tax, totals.total) == (D(170), D(24), D(9), D(155))


def test_two_rates_are_taxed_apart() -> None:
    totals = total_up(
        [
            LineInput(D(1), D("0.50"), tax_rate_id=1, tax_percent=D(5)),
            LineInput(D(1), D("0.50"), tax_rate_id=2, tax_percent=D(5)),
            LineInput(D(1), D("0.50"), tax_rate_id=1, tax_percent=D(5)),
        ]
    )
    assert [(each.tax_rate_id, each.base, each.tax) for each in totals.taxes] == [
        (1, D("1.00"), D("0.05")),
        (2, D("0.50"), D("0.03")),
    ]


@pytest.mark.parametrize(
    ("row", "discount", "write_off", "field"),
    [
        (LineInput(D(1), D(10), Discount(AMOUNT, D("10.01"))), Discount(), "0", "lines.0.discount_value"),
        (LineInput(D(1), D(10)), Discount(AMOUNT, D("10.01")), "0", "discount_value"),
        (LineInput(D(1), D(10)), Discount(), "10.01", "amount"),
    ],
)
def test_no_more_is_taken_off_than_there_is(
    row: LineInput, discount: Discount, write_off: str, field: str
) -> None:
    with pytest.raises(TooMuchOff) as refused:
        total_up([row], discount=discount, write_off=D(write_off))
    assert refused.value.field == field
    assert "$10.00" in str(refused.value)


@pytest.mark.parametrize(
    ("terms", "label", "due"),
    [
        (Terms.RECEIPT, "Due on receipt", date(2026, 1, 31)),
        (Terms.NET_10, "Net 10", date(2026, 2, 10)),
        (Terms.NET_15, "Net 15", date(2026, 2, 15)),
        (Terms.NET_30, "Net 30", date(2026, 3, 2)),
        (Terms.NET_45, "Net 45", date(2026, 3, 17)),
        (Terms.NET_60, "Net 60", date(2026, 4, 1)),
        (Terms.CUSTOM, "Custom", date(2026, 5, 5)),
    ],
)
def test_the_due_date_follows_the_terms(terms: Terms, label: str, due: date) -> None:
    assert label_of(terms) == label
    assert due_on(terms, date(2026, 1, 31), date(2026, 5, 5)) == due


def test_an_invoice_is_not_of_the_future_and_not_due_before_it_is_written() -> None:
    today = date(2026, 11, 22)
    assert date_problem(today, today, "The invoice date") == ""
    assert date_problem(today + timedelta(days=1), today, "The invoice date") == (
        "The invoice date cannot be in the future; today is November 22, 2026."
    )
    assert "1900" in date_problem(date(1899, 12, 31), today, "The invoice date")
    assert due_problem(today, today) == ""
    assert "before the invoice date" in due_problem(today - timedelta(days=1), today)
    assert "ten years" in due_problem(date(2037, 1, 1), today)


def test_the_firms_day_ends_in_its_own_time_zone() -> None:
    now = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    assert today_at(now, "America/New_York") == date(2026, 11, 21)
    assert today_at(now, "UTC") == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("number", "following"),
    [
        ("0009", "0010"),
        ("INV-9", "INV-10"),
        ("A", "A1"),
        ("2026-0099", "2026-0100"),
        ("9a", "10a"),
        ("", "1"),
    ],
)
def test_a_number_counts_on_in_its_last_digits(number: str, following: str) -> None:
    assert next_number(number) == following


def test_a_number_that_no_ledger_can_hold_is_refused() -> None:
    assert number_problem("9" * 21) == ""
    assert "at most 21" in number_problem("9" * 22)
    assert "invisible" in number_problem("1\n2")


def test_the_end_of_the_month_does_not_drift() -> None:
    schedule = Schedule(Frequency.MONTHLY, date(2026, 1, 31))
    assert [schedule.on(i) for i in range(4)] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]
    leap = Schedule(Frequency.YEARLY, date(2024, 2, 29))
    assert [leap.on(i) for i in (1, 4)] == [date(2025, 2, 28), date(2028, 2, 29)]


@given(
    st.sampled_from(Frequency),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.integers(1, 12),
    st.integers(0, 60),
)
def test_occurrences_only_move_forward(frequency: Frequency, first: date, every: int, number: int) -> None:
    schedule = Schedule(frequency, first, every)
    assert schedule.on(0) == first
    assert schedule.on(number) < schedule.on(number + 1)


def test_a_schedule_ends_by_count_or_on_a_date_and_catches_up_what_was_missed() -> None:
    first, today = date(2026, 1, 5), date(2026, 2, 2)
    weekly = Schedule(Frequency.WEEKLY, first)
    assert [number for number, _ in weekly.due(2, today)] == [2, 3, 4]
    assert [when for _, when in Schedule(Frequency.WEEKLY, first, last_count=2).due(0, today)] == [
        first,
        date(2026, 1, 12),
    ]
    by_date = Schedule(Frequency.WEEKLY, first, last_date=date(2026, 1, 19))
    assert [when for _, when in by_date.due(0, today)][-1] == date(2026, 1, 19)
    assert list(weekly.due(0, date(2026, 1, 4))) == []
