"""Twin firms: no operation shows or changes anything of the other, by the address, by the body or by a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import pytest

from tests.web.api.bodies import good_bodies
from tests.web.api.conftest import MINE, THEIRS
from tests.web.api.world import Program, Stock, everything_of, filled
from tieout.practice.firms import Member
from tieout.web.api.operations import OFFERS, description

pytestmark = pytest.mark.django_db
NOT_STOCKED = {"invitation_id": 1, "bulk": 1}
NOT_REFERENCES = {"finalize_invoices", "send_invoices", "get_sync_of_records", "start_bulk"}
"""They take many ids and answer for each; the last test is about them."""


def test_an_id_of_the_other_firm_in_an_address_is_not_found(
    program: Program, stock: Stock, twin_stock: Stock, members: dict[str, Member]
) -> None:
    before = everything_of(twin_stock.firm_id)
    bodies = good_bodies(stock.ids, members["admin"].role_id)
    for offer in OFFERS:
        if "{" not in offer.path or any(name in offer.path for name in NOT_STOCKED):
            continue
        ids = twin_stock.ids
        if "{" in offer.path.split("}", 1)[1]:  # below a record of mine, too
            answer = program.call(
                offer.method,
                filled(offer.path, {**twin_stock.ids, **_first(offer.path, stock)}),
                bodies.get(offer.name),
            )
            assert answer.status_code == 404, offer.name
        answer = program.call(offer.method, filled(offer.path, ids), bodies.get(offer.name))
        assert answer.status_code == 404, (offer.name, answer.content)
        assert THEIRS.encode() not in answer.content, offer.name
    assert everything_of(twin_stock.firm_id) == before


def _first(path: str, stock: Stock) -> dict[str, int]:
    name = path.split("{", 1)[1].split("}", 1)[0]
    return {name: stock.ids[name]}


def test_no_list_has_a_row_of_the_other_firm(program: Program, stock: Stock, twin_stock: Stock) -> None:
    seen = 0
    for offer in OFFERS:
        if offer.method != "GET":
            continue
        answer = program.call("GET", filled(offer.path, {**stock.ids, **NOT_STOCKED}))
        assert THEIRS.encode() not in answer.content, offer.name
        seen += MINE.encode() in answer.content
    assert seen > 20, "lists of one's own are not empty, or this shows nothing"


def test_an_id_of_the_other_firm_in_a_body_is_refused(
    program: Program,
    stock: Stock,
    twin_stock: Stock,
    members: dict[str, Member],
    twin_members: dict[str, Member],
) -> None:
    """Generated from the description: every field that names a row, at any depth."""
    before = everything_of(twin_stock.firm_id)
    theirs = {
        **twin_stock.ids,
        "assigned_to_id": twin_members["admin"].pk,
        "role_id": twin_members["admin"].role_id,
        "late_fee_item_id": twin_stock.ids["item_id"],
        "income_account_id": twin_stock.ids["entry_id"],
        "category_id": twin_stock.ids["entry_id"],
        "location_id": twin_stock.ids["entry_id"],
        "tracking_class_id": twin_stock.ids["entry_id"],
        "deposit_to_id": twin_stock.ids["entry_id"],
        "tax_code_id": twin_stock.ids["entry_id"],
    }
    bodies = good_bodies(stock.ids, members["admin"].role_id)
    tried = 0
    for offer in OFFERS:
        body = bodies.get(offer.name)
        if body is None or offer.name in NOT_REFERENCES:
            continue
        ids = (
            {**stock.ids, "invoice_id": stock.ids["draft_id"]} if offer.name == "change_draft" else stock.ids
        )
        for place in references(description()["paths"][offer.path][offer.method.lower()]):
            planted = plant(body, place, theirs[place[-1]])
            if planted is None:
                continue
            tried += 1
            answer = program.call(offer.method, filled(offer.path, ids), planted)
            assert answer.status_code in (404, 422), (offer.name, place, answer.content)
            assert THEIRS.encode() not in answer.content
    assert tried > 40
    assert everything_of(twin_stock.firm_id) == before


def references(operation: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    yield from _references(schema, ())


def _references(schema: Mapping[str, Any], place: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        yield from _references(description()["components"]["schemas"][name], place)
    for each in schema.get("anyOf", ()):
        yield from _references(each, place)
    if schema.get("type") == "array":
        yield from _references(schema["items"], (*place, "0"))
    for name, inner in schema.get("properties", {}).items():
        if name.endswith("_id") and name != "external_id":
            yield (*place, name)
        else:
            yield from _references(inner, (*place, name))


def plant(body: dict[str, Any], place: tuple[str, ...], value: int) -> dict[str, Any] | None:
    """The body with the value there; None where the body does not go that deep."""
    planted = deepcopy(body)
    at: Any = planted
    for step in place[:-1]:
        try:
            at = at[int(step)] if step == "0" else at[step]
        except (KeyError, IndexError):
            return None
    if place[-1] == "group_id":  # either the one or the other is billed
        at.pop("client_id", None)
    at[place[-1]] = value
    return planted


def test_of_many_ids_those_of_the_other_firm_are_not_there(
    program: Program, stock: Stock, twin_stock: Stock
) -> None:
    theirs = twin_stock.ids["draft_id"]
    for verb in ("finalize", "send"):
        results = program.post(f"/invoices/{verb}", {"invoice_ids": [theirs]})["data"]
        assert results == [
            {
                "invoice_id": theirs,
                "done": False,
                "number": "",
                "status": "",
                "problems": {"": "There is no such invoice."},
            }
        ]
    assert (
        program.post("/sync/records", {"kind": "client", "ids": [twin_stock.ids["client_id"]]})["data"] == []
    )
    started = program.post("/bulk-invoices", {"verb": "finalise", "invoice_ids": [theirs]})
    assert (started["rows"], started["finished_at"] is not None) == ([], True)
