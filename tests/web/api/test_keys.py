"""Shows that a call with an idempotency key happens once: repeated, changed, refused, and fifty at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse

from tests.practice.billing_world import NOW
from tests.web.api.conftest import MINE
from tests.web.api.world import Program, Stock, fields, stocked, token_for
from tests.web.conftest import make_firm, make_members
from tieout.practice.actions.api_tokens import forget_answers
from tieout.practice.api_tokens import KeptAnswer
from tieout.practice.invoices import Invoice
from tieout.practice.isolation import ROLE, firm_scope
from tieout.practice.payments import Payment

MANY = 50


@pytest.mark.django_db
def test_a_repeat_is_answered_as_the_first_time(program: Program, stock: Stock) -> None:
    body = {"client_id": stock.ids["client_id"], "amount": "5.00", "method": "cash"}
    first = program.call("POST", "/payments", body, key="abc")
    again = program.call("POST", "/payments", body, key="abc")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert (again["Location"], again["ETag"]) == (first["Location"], first["ETag"])
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    other = program.post("/payments", body, key="abd")
    assert other["id"] != first.json()["id"]  # type: ignore[attr-defined]


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["body", "address", "condition"])
def test_the_key_of_another_call_is_refused(program: Program, stock: Stock, change: str) -> None:
    where = f"/clients/{stock.ids['client_id']}"
    seen, other = (f'"{program.get(where)["version"] + more}"' for more in (0, 1))
    program.patch(where, {"phone": "1"}, key="k", if_match=seen)
    others = {
        "body": ("PATCH", where, {"phone": "2"}, seen),
        "address": ("POST", f"{where}/archive", {"phone": "1"}, seen),
        "condition": ("PATCH", where, {"phone": "1"}, other),
    }
    method, path, body, if_match = others[change]
    told = program.refused(422, method, path, body, key="k", if_match=if_match)
    assert told["title"] == "Idempotency key used before"
    assert program.get(where)["phone"] == "1"


@pytest.mark.django_db
def test_a_refused_call_saved_nothing_so_its_key_is_still_free(program: Program, stock: Stock) -> None:
    body = {"client_id": stock.ids["client_id"], "amount": "0", "method": "cash"}
    program.refused(422, "POST", "/payments", body, key="abc")
    assert program.post("/payments", {**body, "amount": "1"}, key="abc")["amount"] == "1.00"


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 81, "tab\there", "é"])
def test_what_is_no_key_is_refused(program: Program, key: str) -> None:
    answer = program.call("POST", "/client-groups", {"name": "x"}, key=key)
    if key:
        assert answer.status_code == 400
        assert program.get("/client-groups")["data"] == []
    else:
        assert answer.status_code == 201, "an empty header is none"


@pytest.mark.django_db
def test_two_tokens_and_two_firms_may_use_one_key(
    program: Program, stock: Stock, members: Any, twin_members: Any
) -> None:
    ids = {
        each.post("/client-groups", {"name": name}, key="same")["id"]
        for each, name in (
            (program, "a"),
            (Program(token_for(members["admin"])), "b"),
            (Program(token_for(twin_members["admin"])), "a"),
        )
    }
    assert len(ids) == 3


@pytest.mark.django_db
def test_many_at_once_with_a_key_are_answered_again_too(program: Program, stock: Stock) -> None:
    body = {"invoice_ids": [stock.ids["draft_id"]]}
    first = program.call("POST", "/invoices/finalize", body, key="k")
    assert program.call("POST", "/invoices/finalize", body, key="k").content == first.content
    assert "invoice_ids" in fields(
        program.refused(422, "POST", "/invoices/finalize", {"invoice_ids": []}, key="l")
    )


@pytest.mark.django_db
def test_answers_are_forgotten_after_a_day(program: Program, stock: Stock) -> None:
    program.post("/client-groups", {"name": "x"}, key="k")
    with firm_scope(stock.firm_id):
        assert forget_answers(stock.firm_id, NOW + timedelta(hours=24)) == 0
        assert forget_answers(stock.firm_id, NOW + timedelta(hours=24, seconds=1)) == 1
        assert not KeptAnswer.objects.exists()


def at_once(*acts: Callable[[], HttpResponse]) -> list[HttpResponse]:
    """What each was answered, all started together, each on a connection of its own."""
    answers: list[Any] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(number: int, act: Callable[[], HttpResponse]) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET ROLE {ROLE}")
            gate.wait(timeout=30)
            answers[number] = act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return answers


@pytest.fixture
def raced(transactional_db: None) -> tuple[Program, Stock]:
    firm = make_firm("Byrne & Cole CPA")
    admin = make_members(firm)["admin"]
    return Program(token_for(admin)), stocked(firm.pk, MINE)


@pytest.mark.django_db(transaction=True)
def test_of_fifty_calls_with_one_key_one_pays_and_all_are_answered_alike(
    raced: tuple[Program, Stock],
) -> None:
    program, stock = raced
    body = {
        "client_id": stock.ids["client_id"],
        "amount": "3.00",
        "method": "cash",
        "allocations": [{"invoice_id": stock.ids["invoice_id"], "amount": "3.00"}],
    }
    answers = at_once(*(lambda: program.call("POST", "/payments", body, key="k") for _ in range(MANY)))
    assert {each.status_code for each in answers} == {201}
    assert len({each.content for each in answers}) == 1
    with firm_scope(stock.firm_id):
        assert Payment.objects.filter(amount=3).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_fifty_calls_with_one_key_and_two_bodies_one_body_wins(raced: tuple[Program, Stock]) -> None:
    program, _ = raced
    bodies = [{"name": f"Fresh {number % 2}"} for number in range(MANY)]
    answers = at_once(
        *(lambda body=body: program.call("POST", "/client-groups", body, key="k") for body in bodies)
    )
    assert sorted(each.status_code for each in answers) == [201] * 25 + [422] * 25
    assert len(program.get("/client-groups", search="fresh")["data"]) == 1


@pytest.mark.django_db(transaction=True)
def test_of_fifty_updates_of_one_version_one_gets_through(raced: tuple[Program, Stock]) -> None:
    program, stock = raced
    where = f"/clients/{stock.ids['client_id']}"
    version = program.get(where)["version"]
    answers = at_once(
        *(
            lambda number=number: program.call(
                "PATCH", where, {"phone": str(number)}, if_match=f'"{version}"'
            )
            for number in range(MANY)
        )
    )
    assert sorted(each.status_code for each in answers) == [200] + [412] * (MANY - 1)
    assert program.get(where)["version"] == version + 1


@pytest.mark.django_db(transaction=True)
def test_bulk_calls_in_opposite_order_never_wait_for_each_other(raced: tuple[Program, Stock]) -> None:
    """Each invoice is a transaction of its own: two calls hold no lock while they wait for another."""
    program, stock = raced
    with firm_scope(stock.firm_id):
        ids = [stock.desk.draft().pk for _ in range(10)]
    answers = at_once(
        *(
            lambda order=order: program.call(
                "POST", "/invoices/finalize", {"invoice_ids": order}, key=str(order)
            )
            for order in (ids, ids[::-1], ids[5:] + ids[:5])
        )
    )
    assert {each.status_code for each in answers} == {200}
    with firm_scope(stock.firm_id):
        numbers = Invoice.objects.filter(pk__in=ids).values_list("number", flat=True)
        assert len(set(numbers)) == 10
