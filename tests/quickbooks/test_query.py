"""The text of questions, and that a name cannot change a question's meaning."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tieout.quickbooks.api import query


def literals(text):
    """A tiny reader of its own: the values of all quoted literals, by the documented rule (backslash escapes)."""
    values, value, inside, escaped = [], "", False, False
    for character in text:
        if not inside:
            inside = character == "'"
            value = ""
        elif escaped:
            value, escaped = value + character, False
        elif character == "\\":
            escaped = True
        elif character == "'":
            values.append(value)
            inside = False
        else:
            value += character
    assert not inside, "a literal is left open"
    return values


@given(st.text(max_size=60))
@example("Amy's Bird Sanctuary")
@example("\\")
@example("\\'")
@example("' or Active = false --")
@example("trailing\\")
def test_what_is_quoted_is_read_back_unchanged(name):
    assert literals(query.select("Customer", query.where("DisplayName", "=", name))) == [name]


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_lists_of_values_are_read_back_unchanged(names):
    assert literals(query.select("Customer", query.one_of("DisplayName", names), query.ANY_ACTIVITY)) == names


def test_a_page_is_ordered_by_id_and_says_where_it_starts():
    assert (
        query.select("Customer", query.ANY_ACTIVITY, query.where("DisplayName", "=", "x"), start=1001)
        == "select * from Customer where Active IN (true, false) and DisplayName = 'x' "
        "orderby Id startposition 1001 maxresults 1000"
    )


def test_a_count_has_no_paging():
    assert query.count("Customer") == "select count(*) from Customer"
    assert (
        query.count("Customer", query.ONLY_INACTIVE) == "select count(*) from Customer where Active = false"
    )


@pytest.mark.parametrize("word", ["Customer where 1=1", "", "Cust'omer", "Display-Name", "a.b."])
def test_names_of_the_language_are_never_taken_from_data(word):
    with pytest.raises(ValueError, match="not a name"):
        query.select(word)
    with pytest.raises(ValueError, match="not a name"):
        query.where(word, "=", "x")


def test_only_known_operators_are_written():
    with pytest.raises(ValueError, match="not an operator"):
        query.where("Id", "= '1' or Id =", "x")


def test_an_empty_list_of_values_is_refused_rather_than_answered_with_everything():
    with pytest.raises(ValueError, match="no values"):
        query.one_of("Id", [])


def test_instants_carry_their_offset():
    assert query.instant(datetime(2026, 1, 31, 10, 0, 0, 999, UTC)) == "2026-01-31T10:00:00+00:00"
    pacific = timezone(timedelta(hours=-8))
    assert query.instant(datetime(2026, 1, 31, 10, tzinfo=pacific)) == "2026-01-31T10:00:00-08:00"
    with pytest.raises(ValueError, match="time zone"):
        query.instant(datetime(2026, 1, 31, 10))  # noqa: DTZ001
