"""Tags and saved views by the API: as on the pages, with versions, keys and the same refusals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.api.world import Program, Stock, fields, token_for
from tieout.practice.firms import Member
from tieout.practice.isolation import firm_scope
from tieout.practice.tags import ClientTag

pytestmark = pytest.mark.django_db


def test_a_tag_lives_on_clients_until_it_is_deleted(program: Program, stock: Stock) -> None:
    client = stock.ids["client_id"]
    answer = program.call("POST", "/tags", {"name": "Monthly", "color": "blue"}, key="k1")
    assert (
        program.call("POST", "/tags", {"name": "Monthly", "color": "blue"}, key="k1").content
        == answer.content
    )
    tag = program.get("/tags", search="monthly")["data"][0]
    assert answer["Location"] == f"/api/v1/tags/{tag['id']}"
    tagged = program.ok("PUT", f"/clients/{client}/tags/{tag['id']}")
    assert sorted(tagged["tag_ids"]) == sorted([stock.ids["tag_id"], tag["id"]])
    assert program.get(f"/tags/{tag['id']}")["clients"] == 1
    assert [each["id"] for each in program.get("/clients", tag=tag["id"])["data"]] == [client]
    assert program.get("/clients", tag=tag["id"])["data"][0]["tag_ids"] == tagged["tag_ids"]
    assert fields(program.refused(422, "POST", "/tags", {"name": "MONTHLY"})) == {
        "name": "Another tag is called MONTHLY. Choose another name."
    }
    renamed = program.patch(f"/tags/{tag['id']}", {"name": "Each month"}, if_match='"1"')
    assert (renamed["name"], renamed["color"], renamed["version"]) == ("Each month", "blue", 2)
    program.refused(412, "DELETE", f"/tags/{tag['id']}", if_match='"1"')
    assert program.ok("DELETE", f"/clients/{client}/tags/{tag['id']}")["tag_ids"] == [stock.ids["tag_id"]]
    program.ok("DELETE", f"/tags/{tag['id']}")
    program.refused(404, "GET", f"/tags/{tag['id']}")


def test_many_clients_are_tagged_each_with_its_result(program: Program, stock: Stock) -> None:
    others = [program.post("/clients", {"kind": "business", "name": f"Co {each}"})["id"] for each in range(3)]
    asked: dict[str, Any] = {"verb": "tag", "tag_id": stock.ids["tag_id"], "client_ids": [*others, 10**9]}
    done = program.post("/bulk-clients", asked)
    assert [(row["client_id"], row["state"]) for row in done["rows"]] == [(each, "done") for each in others]
    assert program.get(f"/bulk-clients/{done['id']}") == done
    program.refused(404, "GET", f"/bulk-invoices/{done['id']}")
    program.refused(404, "GET", "/bulk-clients/none")
    given = {"verb": "assign", "client_ids": others}
    assert "assigned_to_id" in fields(program.refused(422, "POST", "/bulk-clients", given))
    assert "tag_id" in fields(program.refused(422, "POST", "/bulk-clients", {**asked, "verb": "assign"}))
    both = {**asked, "assigned_to_id": None}
    assert "assigned_to_id" in fields(program.refused(422, "POST", "/bulk-clients", both))
    taken = program.post("/bulk-clients", {**given, "assigned_to_id": None})
    assert (taken["counts"]["done"], taken["tag_id"], taken["assigned_to_id"]) == (len(others), None, None)
    assert "tag_id" in fields(program.refused(422, "POST", "/bulk-clients", {**asked, "tag_id": 10**9}))
    program.post("/bulk-clients", {**asked, "verb": "untag"})
    with firm_scope(stock.firm_id):
        assert ClientTag.objects.filter(client__in=others).count() == 0


def test_a_client_comes_in_from_a_file_with_its_tags(program: Program, stock: Stock) -> None:
    told = program.post("/files/clients", {"content": 'Name,Tags\nAda Byrne,"Monthly; VIP"\n'})
    assert (told["imported"], told["errors"]) == (1, [])
    assert {each["name"] for each in program.get("/tags")["data"]} >= {"Monthly", "VIP"}
    assert b"Ada Byrne" in (sent := program.call("GET", "/files/clients").content)
    assert b"Monthly; VIP" in sent


def test_a_view_is_saved_as_the_list_reads_it_and_changed_under_its_version(program: Program) -> None:
    asked = {"list": "invoices", "name": "Late", "query": "status=overdue&nonsense=1&sort=-due"}
    view = program.post("/views", asked)
    assert (view["query"], view["is_shared"], view["is_default"]) == (
        "status=overdue&sort=-due",
        False,
        False,
    )
    assert program.get("/views", list="invoices")["data"] == [view]
    assert program.call("GET", f"/invoices?{view['query']}").status_code == 200
    changed = program.patch(
        f"/views/{view['id']}", {"query": "age=90&x=1", "is_default": True}, if_match='"1"'
    )
    assert (changed["query"], changed["is_default"], changed["version"]) == ("", True, 2)
    program.refused(412, "PATCH", f"/views/{view['id']}", {"name": "x"}, if_match='"1"')
    assert "name" in fields(program.refused(422, "POST", "/views", {**asked, "name": ""}))
    program.ok("DELETE", f"/views/{view['id']}")
    program.refused(404, "GET", f"/views/{view['id']}")


def test_a_token_without_billing_sees_no_view_of_a_billing_list(
    program: Program, members: dict[str, Member]
) -> None:
    view = program.post("/views", {"list": "invoices", "name": "Late", "is_shared": True})
    clients_only = Program(token_for(members["admin"], ["view_clients"]))
    assert view["id"] not in {each["id"] for each in clients_only.get("/views")["data"]}
    clients_only.refused(404, "GET", f"/views/{view['id']}")
    clients_only.refused(403, "POST", "/views", {"list": "invoices", "name": "x"})
    told = clients_only.refused(403, "POST", "/views", {"list": "clients", "name": "x", "is_shared": True})
    assert "view_all_clients" in told["detail"]
