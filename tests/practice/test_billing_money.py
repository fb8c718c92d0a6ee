"""Amounts: exact, half up, never a float; shares and allocations that neither lose nor make a cent."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tieout.practice.allocation import CENT, Part, oldest_first, problems_with, share_out, take_back
from tieout.practice.money import NotAnAmount, exact, percent_of, plain, read_number, rounded, shown, total

amounts = st.decimals(0, 100_000, places=2)
positive = st.decimals("0.01", 100_000, places=2)


@pytest.mark.parametrize(
    ("raw", "cents"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("0.004", "0.00"), ("1861.075", "1861.08"), ("2.5", "2.50")],
)
def test_half_a_cent_is_rounded_away_from_zero(raw: str, cents: str) -> None:
    assert str(rounded(Decimal(raw))) == cents


def test_a_float_is_refused_whatever_its_value() -> None:
    with pytest.raises(TypeError, match="never a float"):
        exact(1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="never a bool"):
        exact(True)


@pytest.mark.parametrize(
    "text", ["", "-", "$", ".", "1,25", "1.2.3", "1e5", "NaN", "12,34,567", "9" * 40, "٣"]
)
def test_what_is_no_amount_is_told_so(text: str) -> None:
    with pytest.raises(NotAnAmount):
        read_number(text)


@pytest.mark.parametrize("not_finite", ["NaN", "Infinity", "-Infinity"])
def test_nothing_is_infinite(not_finite: str) -> None:
    with pytest.raises(NotAnAmount):
        exact(Decimal(not_finite))


@pytest.mark.parametrize(
    ("text", "number"), [("1,250.00", "1250"), (" $1250 ", "1250"), (".5", "0.5"), ("-3", "-3")]
)
def test_an_amount_is_read_as_people_type_it(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


@given(st.decimals(-1_000_000, 1_000_000, places=2))
def test_what_is_shown_reads_back_the_same(amount: Decimal) -> None:
    assert read_number(shown(amount)) == amount


@given(st.decimals(-100_000, 100_000, places=5))
def test_rounding_is_the_nearest_cent_and_plain_changes_nothing(number: Decimal) -> None:
    assert abs(Fraction(rounded(number)) - Fraction(number)) <= Fraction(1, 200)
    assert plain(number) == number
    assert "E" not in str(plain(number))


def test_a_percentage_is_rounded_once() -> None:
    assert percent_of(Decimal("19.99"), Decimal("8.25")) == Decimal("1.65")


@given(amounts, st.lists(amounts, min_size=1, max_size=30))
def test_shares_add_up_exactly_and_each_is_within_a_cent_of_fair(
    amount: Decimal, weights: list[Decimal]
) -> None:
    assume(sum(weights))
    shares = share_out(amount, weights)
    assert total(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        fair = Fraction(amount) * Fraction(weight) / Fraction(sum(weights))
        assert abs(Fraction(share) - fair) < Fraction(CENT)
        assert share >= 0
        assert not share % CENT


@given(st.lists(positive, min_size=1, max_size=20))
def test_a_share_of_everything_is_everything(weights: list[Decimal]) -> None:
    """A hundred percent off leaves every line at zero, none below."""
    assert share_out(total(weights), weights) == weights


def test_nothing_is_shared_over_nothing() -> None:
    assert share_out(Decimal(0), [Decimal(0)]) == [Decimal(0)]
    with pytest.raises(ValueError, match="nothing to share"):
        share_out(Decimal(1), [Decimal(0)])
    with pytest.raises(ValueError, match="not negative"):
        share_out(Decimal(1), [Decimal(2), Decimal(-1)])


@given(amounts, st.lists(positive, max_size=12))
def test_the_oldest_invoices_are_paid_first_and_nothing_is_lost(amount: Decimal, owed: list[Decimal]) -> None:
    invoices = [Part(i, each) for i, each in enumerate(owed)]
    parts = oldest_first(amount, invoices)
    assert total(part.amount for part in parts) == min(amount, total(owed))
    assert all(part.amount == owed[part.invoice_id] for part in parts[:-1])
    assert problems_with(amount, parts, dict(enumerate(owed))) == {}


@given(st.data(), amounts, st.lists(positive, max_size=12))
def test_what_is_taken_back_is_there_and_the_unapplied_part_goes_first(
    data: st.DataObject, unapplied: Decimal, applied: list[Decimal]
) -> None:
    there = unapplied + total(applied)
    amount = data.draw(st.decimals(0, there, places=2))
    from_unapplied, parts = take_back(amount, unapplied, [Part(i, each) for i, each in enumerate(applied)])
    assert from_unapplied + total(part.amount for part in parts) == amount
    assert from_unapplied == min(amount, unapplied)
    assert all(0 < part.amount <= applied[part.invoice_id] for part in parts)
    with pytest.raises(ValueError, match="More is to be taken back"):
        take_back(there + CENT, unapplied, [Part(i, each) for i, each in enumerate(applied)])


OWED = {1: Decimal("50.00"), 2: Decimal("30.00")}


@pytest.mark.parametrize(
    ("parts", "problems"),
    [
        ([(1, "50.00"), (2, "30.00")], {}),
        ([], {}),
        ([(1, "50.01")], {"allocations.0": "Only $50.00 is owed on this invoice."}),
        ([(3, "1.00")], {"allocations.0": "Choose an open invoice of this client."}),
        ([(1, "0")], {"allocations.0": "The amount for an invoice is more than zero."}),
        ([(1, "-5")], {"allocations.0": "The amount for an invoice is more than zero."}),
        ([(1, "0.001")], {"allocations.0": "The amount has parts of a cent; round it to two places."}),
        ([(1, "1"), (1, "2")], {"allocations.1": "This invoice is listed twice; give it one amount."}),
    ],
)
def test_what_stands_against_an_allocation_is_told_per_row(
    parts: list[tuple[int, str]], problems: dict[str, str]
) -> None:
    assert problems_with(Decimal(80), [Part(i, Decimal(amount)) for i, amount in parts], OWED) == problems


def test_more_than_there_is_cannot_be_applied() -> None:
    parts = [Part(1, Decimal("50.00")), Part(2, Decimal("30.00"))]
    found = problems_with(Decimal("79.99"), parts, OWED)
    assert found == {
        "allocations": "$80.00 is more than the $79.99 there is to apply; lower one of the amounts."
    }
