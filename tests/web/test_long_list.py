"""A long list is paged from both ends without being counted or walked; a short one knows its number of pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db.models import Sum
from django.http import QueryDict
from django.test import Client as Browser

from tieout.practice.clients import Client, Kind
from tieout.practice.firms import Firm
from tieout.web.long_list import LongPage, long_page

pytestmark = pytest.mark.usefixtures("sync")


@pytest.fixture
def many(in_firm: Firm) -> None:
    Client.objects.bulk_create(
        Client(firm=in_firm, name=f"Client {number:03}", kind=Kind.BUSINESS) for number in range(1, 126)
    )


def page(asked: str, most: int) -> LongPage[Client]:
    found = Client.objects.order_by("name", "id")
    return long_page(found, QueryDict(f"page={asked}"), most=most, versions=Sum("version"))


def names(shown: LongPage[Client]) -> tuple[str, str, int]:
    return shown.rows[0].name[-3:], shown.rows[-1].name[-3:], len(shown.rows)


@pytest.mark.usefixtures("many")
def test_a_short_list_is_counted_and_summed() -> None:
    first = page("1", most=125)
    assert (first.count, first.pages, first.place, first.sums) == (125, 3, "Page 1 of 3", {"versions": 125})
    assert (names(first), first.has_previous, first.has_next) == (("001", "050", 50), False, True)
    for asked in ("3", "last", "-1", "999"):
        last = page(asked, most=125)
        assert (last.number, names(last), last.has_next) == (3, ("101", "125", 25), False), asked
    assert page("-3", most=125).number == 1
    assert page("-99", most=125).number == 1


@pytest.mark.usefixtures("many")
def test_a_long_list_goes_on_from_both_ends_without_a_count() -> None:
    first = page("1", most=100)
    assert (first.count, first.total, first.place, first.sums) == (None, "more than 100", "Page 1", {})
    third = page("3", most=100)
    assert (names(third), third.has_next) == (("101", "125", 25), False)
    last = page("last", most=100)
    assert (last.place, names(last), last.has_next, last.previous) == (
        "Last page",
        ("076", "125", 50),
        False,
        -2,
    )
    before = page("-2", most=100)
    assert (before.place, names(before), before.next) == ("Page 2 from the end", ("026", "075", 50), -1)
    assert names(page("99", most=100)) == names(last)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("asked", ["1", "2", "3", "last", "-2", "99"])
def test_a_long_list_is_counted_and_summed_to_the_end_for_whoever_asks(asked: str) -> None:
    short, exact = page(asked, most=125), page(f"{asked}&count=all", most=100)
    assert [each.name for each in exact.rows] == [each.name for each in short.rows]
    assert (exact.count, exact.total, exact.sums, exact.place, exact.has_next) == (
        125,
        "125",
        {"versions": 125},
        short.place,
        short.has_next,
    )


@pytest.mark.usefixtures("many")
def test_the_exact_number_is_a_link_away(
    signed_in: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tieout.web.clients.MOST_COUNTED", 100)
    browser = signed_in("admin")
    shown = browser.get("/clients/?page=2&sort=-name").content.decode()
    assert "more than 100 clients" in shown
    link = "?sort=-name&amp;page=2&amp;count=all"
    assert f'href="{link}">Count all clients' in shown
    counted = browser.get("/clients/" + link.replace("&amp;", "&")).content.decode()
    assert "Page 2 of 3, 125 clients" in counted
    assert "Count all" not in counted


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("asked", ["", "0", "-0", "x", "1e3", "9999999", "--1", "-"])
def test_what_is_no_page_is_the_first(asked: str) -> None:
    assert page(asked, most=100).number == 1


@pytest.mark.usefixtures("many")
def test_the_list_of_clients_leads_to_its_ends(signed_in: Callable[[str], Browser]) -> None:
    shown = signed_in("admin").get("/clients/?page=2").content.decode()
    assert "Page 2 of 3, 125 clients" in shown
    assert "page=last" in shown
    assert "Client 125" in signed_in("admin").get("/clients/?page=last").content.decode()
