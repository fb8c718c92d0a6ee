"""Shows that what is no valid call gets a clear problem with the field and the fix, and saves nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.web.api.world import Program, Stock, everything_of, fields, problem

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"not json",
        b"\xff\xfe",
        b'{"name": NaN}',
        b'{"a": Infinity}',
        b"[" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b"9" * 10_000,
    ],
    ids=["cut", "prose", "no utf-8", "NaN", "Infinity", "deep list", "deep object", "long number"],
)
def test_what_is_no_json_is_unreadable(program: Program, stock: Stock, raw: bytes) -> None:
    answer = program.call("POST", "/clients", raw=raw)
    assert (answer.status_code, problem(answer)["title"]) == (400, "The body cannot be read")


@pytest.mark.parametrize(
    "body", [[], None, 1, "x", True, {"kind": []}, {"name": {"a": 1}, "kind": "business"}]
)
def test_json_of_another_shape_names_what_is_wrong(program: Program, stock: Stock, body: Any) -> None:
    told = program.refused(422, "POST", "/clients", raw=json.dumps(body).encode())
    assert told["errors"]


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        ({"amount": 10.1}, "amount", 'Write the number as text with a point, such as "1250.00".'),
        ({"amount": 10}, "amount", 'Write the number as text with a point, such as "1250.00".'),
        ({"amount": "1e5"}, "amount", 'Write the number as text with a point, such as "1250.00".'),
        ({"amount": "1,000.00"}, "amount", 'Write the number as text with a point, such as "1250.00".'),
        ({"amount": "-5"}, "amount", 'Write the number as text with a point, such as "1250.00".'),
        ({"amount": "0.001"}, "amount", "The amount can have at most 2 decimal places."),
        ({"amount": "99999999999.00"}, "amount", "The amount can be at most 9,999,999,999.99."),
        ({"date": 1763596800}, "date", 'Write the date as text like "2026-01-31".'),
        ({"date": "2026-11-20T15:00:00Z"}, "date", 'Write the date as text like "2026-01-31".'),
        (
            {"date": "2026-11-21"},
            "date",
            "The payment date cannot be in the future; today is November 20, 2026.",
        ),
        ({"client_id": "7"}, "client_id", "Send a whole number."),
        ({"client_id": True}, "client_id", "Send a whole number."),
        ({"client_id": 0}, "client_id", "Send 1 or more."),
        ({"client_id": 10**30}, "client_id", "Send 999999999999999999 or less."),
        ({"method": "barter"}, "method", "Choose one of 'card', 'debit', 'ach', 'cash', 'check' or 'other'."),
        (
            {"memo": "a\x00b"},
            "memo",
            "There is a character in it that no database can keep; send it without.",
        ),
        (
            {"memo": "\ud800"},
            "memo",
            "There is a character in it that no database can keep; send it without.",
        ),
        ({"memo": None}, "memo", "Send a text."),
        ({"reference": "x" * 22}, "reference", "The reference can have at most 21 characters; this has 22."),
        ({"is_additional": "yes"}, "is_additional", "Send true or false."),
        ({"colour": "red"}, "colour", "There is no such field here; leave it out."),
        ({"firm_id": 1}, "firm_id", "There is no such field here; leave it out."),
        ({"allocations": [{"invoice_id": 1}]}, "allocations.0.amount", "This is needed."),
        ({"allocations": [{"invoice_id": 1, "amount": "1"}] * 501}, "allocations", "Send at most 500."),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_value_that_is_none_names_its_field_and_the_fix(
    program: Program, stock: Stock, body: dict[str, Any], field: str, sentence: str
) -> None:
    good = {"client_id": stock.ids["client_id"], "amount": "1.00", "method": "cash"}
    before = everything_of(stock.firm_id)
    told = program.refused(422, "POST", "/payments", {**good, **body})
    assert fields(told) == {field: sentence}
    after = everything_of(stock.firm_id)
    for changing in ("practice_apitoken",):
        before.pop(changing), after.pop(changing)
    assert after == before


def test_all_that_is_wrong_is_told_at_once(program: Program, stock: Stock) -> None:
    lines = [{"rate": "1"}, {"item_id": 1, "quantity": "1"}]
    told = program.refused(422, "POST", "/invoices", {"client_id": stock.ids["client_id"], "lines": lines})
    assert set(fields(told)) == {
        "lines.0.description",
        "lines.1.item_id",
        "lines.1.description",
        "lines.1.rate",
    }


def test_a_body_of_another_kind_is_refused(program: Program, stock: Stock) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = program.call("POST", "/clients", raw=b"{}", content_type=kind)
        assert (answer.status_code, problem(answer)["status"]) == (415, 415)


def test_a_body_that_is_too_large_is_refused(program: Program, settings: object, stock: Stock) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000  # type: ignore[attr-defined]
    answer = program.call("POST", "/clients", {"kind": "business", "name": "x", "notes": "x" * 2000})
    assert (answer.status_code, problem(answer)["title"]) == (413, "Too large")


@pytest.mark.parametrize(
    "path", ["/clients/0", "/clients/abc", "/clients/-1", f"/clients/{10**30}", "/clients/1.5"]
)
def test_an_id_that_is_none_is_named(program: Program, stock: Stock, path: str) -> None:
    assert "client_id" in fields(program.refused(422, "GET", path))


@pytest.mark.parametrize("if_match", ["3", '"x"', 'W/"3"', '"3", "4"', '"99999999999"', '""'])
def test_a_condition_that_is_none_is_refused_not_ignored(
    program: Program, stock: Stock, if_match: str
) -> None:
    where = f"/clients/{stock.ids['client_id']}"
    told = program.refused(400, "PATCH", where, {"phone": "1"}, if_match=if_match)
    assert "If-Match" in fields(told)
    assert program.get(where)["phone"] == ""


def test_a_condition_where_there_is_no_version_is_refused_not_ignored(program: Program, stock: Stock) -> None:
    for method, path in (("POST", "/client-groups"), ("GET", "/clients"), ("POST", "/invoices/finalize")):
        told = program.refused(400, method, path, {"name": "x"} if method == "POST" else None, if_match='"1"')
        assert "knows no If-Match" in told["detail"]


@pytest.mark.parametrize(
    "name",
    [
        "undo_write_off", "remove_late_fees", "send_invoice", "rename_client_group", "add_to_client_group",
        "set_billed_client", "archive_service_item", "change_tax_rate", "bounce_payment", "void_credit",
        "change_recurring_invoice", "change_billing_settings", "unapply_payment", "apply_credit", "unapply_credit",
        "set_primary_contact", "change_contact",
    ],
)  # fmt: skip
def test_an_old_version_is_refused_whether_or_not_the_verb_compares(
    program: Program, stock: Stock, members: Any, name: str
) -> None:
    from tests.web.api.bodies import good_bodies
    from tests.web.api.world import filled
    from tieout.web.api.operations import OFFERS

    offer = next(each for each in OFFERS if each.name == name)
    body = good_bodies(stock.ids, members["admin"].role_id).get(name)
    program.refused(412, offer.method, filled(offer.path, stock.ids), body, if_match='"77"')


def test_a_bug_is_told_as_one_with_its_reference_and_no_trace(
    program: Program, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, stock: Stock
) -> None:
    from tieout.web.api import door

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(door, "_run", broken)
    answer = program.call("POST", "/client-groups", {"name": "x"}, key="k")
    told = problem(answer)
    assert (answer.status_code, "secret" in answer.content.decode()) == (500, False)
    assert told["request_id"] in caplog.text
    monkeypatch.undo()
    assert len(program.get("/client-groups")["data"]) == 1
    assert program.post("/client-groups", {"name": "x"}, key="k")["name"] == "x"
