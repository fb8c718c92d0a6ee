"""Who works here, and whole lists as files: what the pages of them do, a program does."""

from __future__ import annotations

import csv
import io

import pytest

from tests.web.api.world import Program, Stock, fields, token_for
from tieout.practice.firms import Member

pytestmark = pytest.mark.django_db


def test_a_role_is_copied_changed_and_given_to_a_colleague_who_is_then_switched_off_and_on(
    program: Program, stock: Stock, members: dict[str, Member]
) -> None:
    preset, colleague = members["staff-all"].role_id, members["staff-all"].pk
    made = program.post(f"/roles/{preset}/copy", {"name": "Seniors"})
    assert (made["preset"], "view_billing" in made["permissions"]) == ("", True)
    assert fields(program.refused(422, "POST", f"/roles/{preset}/copy", {"name": "seniors"})).keys() == {
        "name"
    }
    where = f"/roles/{made['id']}"
    allowed = program.ok("PUT", f"{where}/permissions", {"permissions": ["view_clients"]})
    assert allowed["permissions"] == program.get(where)["permissions"] == ["view_clients"]
    told = program.refused(422, "PUT", f"/roles/{preset}/permissions", {"permissions": []})
    assert "preset role" in fields(told)["role"]
    program.refused(422, "PUT", f"{where}/permissions", {"permissions": ["rule_the_world"]})
    member = f"/members/{colleague}"
    assert program.ok("PUT", f"{member}/role", {"role_id": made["id"]})["role"]["name"] == "Seniors"
    assert not program.post(f"{member}/switch-off")["is_active"]
    again = program.post(f"{member}/switch-on")
    assert (again["is_active"], again["role"]["preset"]) == (True, "staff-assigned-no-billing")
    assert program.post(f"{member}/switch-on")["role"] == again["role"]


def test_a_role_of_ones_own_is_renamed_and_deleted(
    program: Program, stock: Stock, members: dict[str, Member]
) -> None:
    where = f"/roles/{stock.ids['role_id']}"
    assert program.patch(where, {"name": "Trainees"})["name"] == "Trainees"
    assert fields(program.refused(422, "PATCH", where, {"name": "x" * 81})).keys() == {"name"}
    assert "Somebody works under" in fields(program.refused(422, "DELETE", where))["role"]
    program.post(f"/members/{stock.ids['member_id']}/switch-off")
    assert program.ok("DELETE", where) is None
    program.refused(404, "GET", where)


def test_a_token_gives_no_more_than_its_scopes_and_its_member(
    program: Program, stock: Stock, members: dict[str, Member]
) -> None:
    asked = {"email": "new@x.example", "role_id": members["admin"].role_id}
    assert program.post("/invitations", asked)["link"]
    few = Program(token_for(members["admin"], ["manage_team"]))
    blind = Program(token_for(members["admin-no-billing"], ["manage_team", "view_clients"]))
    for other in (few, blind):
        assert [each["link"] for each in other.get("/invitations")["data"]] == [""]
        for method, path, body in (
            ("POST", "/invitations", {**asked, "email": "other@x.example"}),
            ("PUT", f"/members/{members['staff-assigned-no-billing'].pk}/role", asked),
        ):
            body = {name: body[name] for name in body if method == "POST" or name == "role_id"}
            refused = fields(other.refused(422, method, path, body))
            assert "You cannot give what you may not do yourself" in refused["role_id"]


def test_the_last_administrator_stays_and_others_may_not(
    program: Program, stock: Stock, members: dict[str, Member]
) -> None:
    others = [each for each in members.values() if each.pk != members["admin"].pk]
    for each in others:
        if each.role.preset.startswith("admin"):
            program.post(f"/members/{each.pk}/switch-off")
    told = program.refused(422, "POST", f"/members/{members['admin'].pk}/switch-off")
    assert "at least one active administrator" in fields(told)["member"]
    assert program.get(f"/members/{members['admin'].pk}")["is_active"]
    clerk = Program(token_for(members["admin"], ["view_clients"]))
    clerk.refused(403, "PUT", f"/members/{members['admin'].pk}/role", {"role_id": stock.ids["role_id"]})


@pytest.mark.parametrize("what", ["clients", "service-items", "invoices", "open-balances", "payments"])
def test_a_list_comes_as_the_file_its_page_exports(program: Program, stock: Stock, what: str) -> None:
    answer = program.call("GET", f"/files/{what}")
    assert answer["Content-Type"].startswith("text/csv")
    header, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert rows
    assert {len(row) for row in rows} == {len(header)}


def test_a_file_is_looked_at_then_brought_in_or_refused_row_by_row(program: Program, stock: Stock) -> None:
    text = "Name,Rate,Shoe size\nAudit,450,\nVAT return,x,44\n"
    looked = program.post("/files/service-items", {"content": text, "dry_run": True})
    assert (looked["ready"], looked["imported"], looked["ignored"]) == (1, 0, ["Shoe size"])
    assert [(each["line"], each["column"]) for each in looked["errors"]] == [(3, "Rate")]
    told = program.refused(422, "POST", "/files/service-items", {"content": text})
    assert fields(told).keys() == {"line 3, Rate"}
    assert "Audit" not in str(program.get("/service-items"))
    done = program.post("/files/service-items", {"content": text, "skip_errors": True})
    assert (done["imported"], len(done["errors"])) == (1, 1)
    assert "Audit" in str(program.get("/service-items"))
    told = program.refused(422, "POST", "/files/clients", {"content": "Phone\n1\n"})
    assert "no column called Name" in fields(told)["content"]
    assert program.post("/files/clients", {"content": "Name\nAda Byrne\n"})["imported"] == 1
