"""Shows that pages of a list together are the list: in every order, while rows come, and with no query more per row."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.web.api.world import Program, Stock, fields, filled
from tieout.practice.isolation import firm_scope
from tieout.web.api.ledger_lists import SLUGS
from tieout.web.api.operations import OFFERS, description

pytestmark = pytest.mark.django_db
SAME_AS_CATEGORIES = {f"/lists/{slug}" for slug in SLUGS if slug != "categories"}
"""One operation by other names."""
LISTS = tuple(
    each
    for each in OFFERS
    if each.query
    and not each.media
    and not each.path.startswith("/figures/")
    and each.path not in SAME_AS_CATEGORIES
)


def all_pages(program: Program, path: str, limit: int = 2, **parameters: Any) -> list[int]:
    found: list[int] = []
    cursor = None
    for _ in range(100):
        page = program.get(path, limit=limit, **parameters, **({"cursor": cursor} if cursor else {}))
        assert len(page["data"]) <= limit
        found += [each.get("id", each.get("number")) for each in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found
    raise AssertionError("it does not end")


def many(stock: Stock) -> None:
    """Several of everything that has columns to sort by, some of them empty or equal."""
    with firm_scope(stock.firm_id):
        from tieout.practice.actions.clients import create_client
        from tieout.practice.actions.service_items import create_service_item

        told: dict[str, Any] = {"firm_id": stock.firm_id, "actor": stock.desk.actor}
        for name, rate in (("Éclair", None), ("eclair", 3), ("Zeta", None), ("apple", "2.5")):
            create_service_item(**told, name=name, rate=rate)
            create_client(**told, kind="business", name=name)
        for amount in (10, 10, 30):
            stock.desk.draft(lines=[{"item_id": stock.desk.item.pk, "rate": amount}])
            stock.desk.pay(amount)
            stock.desk.credit(amount)


def parameters_of(offer: Any) -> dict[str, dict[str, Any]]:
    told = description()["paths"][offer.path]["get"]["parameters"]
    return {each["name"]: each["schema"] for each in told}


def test_the_pages_of_a_list_are_the_list_in_every_order(program: Program, stock: Stock) -> None:
    many(stock)
    ids = {**stock.ids, "invitation_id": 1}
    for offer in LISTS:
        path = filled(offer.path, ids)
        ascending: list[int] = []
        for sort in parameters_of(offer)["sort"]["enum"]:  # each followed by its opposite
            whole = program.get(path, limit=300, sort=sort)["data"]
            wanted = [each.get("id", each.get("number")) for each in whole]
            if len(wanted) > 1:
                assert all_pages(program, path, sort=sort, limit=3) == wanted, (offer.name, sort)
            if sort.startswith("-"):
                assert wanted == ascending[::-1], (offer.name, sort)
            ascending = wanted


def test_every_filter_answers_and_an_unknown_value_names_the_choices(program: Program, stock: Stock) -> None:
    for offer in LISTS:
        path = filled(offer.path, stock.ids)
        for name, schema in parameters_of(offer).items():
            for value in schema.get("enum", ()) if name != "sort" else ():
                program.get(path, **{name: value})
            if "enum" in schema:
                told = program.refused(422, "GET", f"{path}?{name}=nonsense")
                assert fields(told)[name].startswith("Choose one of"), offer.name


def test_rows_that_come_between_two_pages_shift_nothing(program: Program, stock: Stock) -> None:
    many(stock)
    first = program.get("/invoices", limit=2, sort="-total")
    with firm_scope(stock.firm_id):
        for amount in (900, 1):  # one before what was seen, one after it
            stock.desk.draft(lines=[{"item_id": stock.desk.item.pk, "rate": amount}])
    seen = [each["id"] for each in first["data"]]
    cursor = first["next_cursor"]
    rest = program.get("/invoices", limit=300, sort="-total", cursor=cursor)["data"]
    assert not set(seen) & {each["id"] for each in rest}
    assert [each["total"] for each in rest] == ["30.00", "10.00", "10.00", "1.00"]


@pytest.mark.parametrize("cursor", ["x", "eyJhIjoxfQ:1:2", "a" * 2000, "%00", "WyJhIl0:1uMPbZ:abc"])
def test_what_is_no_cursor_is_refused(program: Program, stock: Stock, cursor: str) -> None:
    assert "cursor" in fields(program.refused(422, "GET", f"/clients?cursor={cursor}"))


def test_a_cursor_of_another_list_or_filter_is_refused(program: Program, stock: Stock) -> None:
    many(stock)
    cursor = program.get("/clients", limit=1)["next_cursor"]
    for other in ("/service-items?", "/clients?sort=-name&", "/clients?show=all&", "/clients?search=a&"):
        told = program.refused(422, "GET", f"{other}cursor={cursor}")
        assert "none of this list" in fields(told)["cursor"]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ("limit=0", "limit"),
        ("limit=301", "limit"),
        ("limit=ten", "limit"),
        ("sort=memo", "sort"),
        ("since=yesterday", "since"),
        ("since=2026-02-30", "since"),
        ("client=0", "client"),
        ("client=99999999999999999999", "client"),
        ("search=%00", "search"),
        ("search=" + "x" * 201, "search"),
        ("page=2", "page"),
        ("__proto__=1", "__proto__"),
    ],
)
def test_a_parameter_that_is_none_is_named(
    program: Program, stock: Stock, parameters: str, field: str
) -> None:
    assert field in fields(program.refused(422, "GET", f"/invoices?{parameters}"))


def test_the_guides_filters_are_those_of_the_pages() -> None:
    from tieout.web.api.paging import query_for
    from tieout.web.billing.invoice_list import INVOICES

    made = query_for("Invoices", INVOICES)
    values = {value for value, _ in INVOICES.filters[0].choices}
    assert set(get_args(made.model_fields["status"].annotation)) == values


def test_no_query_count_grows_with_the_rows(program: Program, stock: Stock) -> None:
    def counts() -> dict[str, int]:
        found = {}
        for offer in LISTS:
            with CaptureQueriesContext(connection) as captured:
                program.get(filled(offer.path, stock.ids), limit=300)
            found[offer.name] = len(captured)
        return found

    program.get("/firm")  # the first call of a minute begins the count of its calls
    before = counts()
    many(stock)
    assert counts() == before
    assert max(before.values()) < 20
