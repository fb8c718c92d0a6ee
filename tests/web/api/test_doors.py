"""Shows the door of every operation: who gets in, who does not and why; generated from the declarations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.urls import URLResolver, get_resolver

from tests.practice.billing_world import NOW
from tests.web.api.bodies import good_bodies
from tests.web.api.world import EVERYTHING, Program, Stock, fields, filled, problem, token_for
from tieout.practice.actions.api_tokens import revoke_token
from tieout.practice.api_tokens import ApiToken, secret_hash
from tieout.practice.firms import Member
from tieout.practice.isolation import firm_scope
from tieout.practice.permissions import PRESET_ROLES, Module, Permission
from tieout.web.api.operations import OFFERS

pytestmark = pytest.mark.django_db
NOWHERE = 999_999_999
ASKS_FOR_MORE = {
    "add_late_fees": Permission.VIEW_ALL_CLIENTS,
    **dict.fromkeys(("create_tag", "change_tag", "delete_tag"), Permission.VIEW_ALL_CLIENTS),
    "save_view": Permission.VIEW_CLIENTS,
    "write_due_invoices": Permission.VIEW_ALL_CLIENTS,
}
"""Operations whose funnel asks for a further right than the address declares."""


class Nowhere(dict[str, int]):
    """An id that is nowhere, for every name."""

    def __missing__(self, name: str) -> int:
        return NOWHERE


def row_for(member: Member, scopes: tuple[str, ...] = EVERYTHING) -> Program:
    """A token past the verb, which only administrators get through: roles change after a token was made."""
    secret = f"tieout_{member.pk}"
    with firm_scope(member.firm_id):
        ApiToken.objects.create(
            firm_id=member.firm_id,
            member=member,
            name="Robot",
            scopes=list(scopes),
            secret_hash=secret_hash(secret),
            hint="tieout",
            created_at=NOW,
        )
    return Program(secret)


def test_every_address_of_the_api_is_behind_the_door_and_declared() -> None:
    def walk(patterns: list[object], prefix: str = "") -> Iterator[tuple[str, object]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
            else:
                yield prefix + str(pattern.pattern), pattern.callback  # type: ignore[attr-defined]

    doors = {
        (method, "/" + route.removeprefix("api/v1/"))
        for route, view in walk(get_resolver().url_patterns)
        for method in getattr(view, "offers", ())
    }
    assert doors == {(each.method, each.path.replace("{", "<").replace("}", ">")) for each in OFFERS}


def test_only_the_firm_itself_and_views_are_for_any_token() -> None:
    """Another operation without a permission is a decision, made here. A view asks for what its list asks for."""
    views = {"list_views", "get_view", "save_view", "change_view", "delete_view"}
    assert {each.name for each in OFFERS if each.permission is None} == {"get_firm"} | views


@pytest.mark.parametrize("secret", ["", "tieout_wrong", "Zm9vOmJhcg==", "tieout_" + "x" * 500])
def test_without_a_token_that_holds_nothing_opens(secret: str) -> None:
    for offer in OFFERS if not secret else OFFERS[:3]:
        answer = Program(secret).call(offer.method, filled(offer.path, Nowhere()))
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="Tieout"'), offer.name
        problem(answer)


def test_a_session_is_no_token(signed_in: object) -> None:
    browser = signed_in("admin")  # type: ignore[operator]
    assert browser.get("/api/v1/clients").status_code == 401
    assert browser.post("/api/v1/clients", "{}", content_type="application/json").status_code == 401


@pytest.mark.parametrize("role", [preset.slug for preset in PRESET_ROLES])
def test_a_role_gets_in_where_its_permissions_say_and_nowhere_else(
    role: str, members: dict[str, Member]
) -> None:
    member = members[role]
    program = row_for(member)
    bodies = good_bodies(Nowhere(), NOWHERE)
    for offer in OFFERS:
        answer = program.call(offer.method, filled(offer.path, Nowhere()), bodies.get(offer.name))
        rights = [offer.permission, ASKS_FOR_MORE.get(offer.name)]
        allowed = all(each is None or member.may(each) for each in rights)
        assert (answer.status_code != 403) is allowed, offer.name
        assert answer.status_code < 500, offer.name
        if "{" in offer.path and allowed:
            assert answer.status_code == 404, offer.name


def test_a_token_gets_in_only_by_the_scope_of_the_address(members: dict[str, Member]) -> None:
    programs = {
        missing: Program(token_for(members["admin"], [each for each in EVERYTHING if each != missing]))
        for missing in {each.permission for each in OFFERS if each.permission is not None}
    }
    bodies = good_bodies(Nowhere(), NOWHERE)
    for offer in OFFERS:
        if offer.permission is not None:
            told = programs[offer.permission].refused(
                403, offer.method, filled(offer.path, Nowhere()), bodies.get(offer.name)
            )
            assert f"lacks the scope {offer.permission.value}" in told["detail"], offer.name


def test_a_funnel_that_asks_for_more_names_the_scope_too(members: dict[str, Member], stock: Stock) -> None:
    program = Program(token_for(members["admin"], ["view_billing"]))
    told = program.refused(403, "GET", "/invoices")
    assert "lacks the scope view_clients" in told["detail"]


def test_why_an_invoice_stands_as_it_does_with_quickbooks_is_told_to_who_may_see_billing(
    members: dict[str, Member],
) -> None:
    program = row_for(members["admin-no-billing"])
    told = program.refused(403, "POST", "/sync/records", {"kind": "invoice", "ids": [NOWHERE]})
    assert "View Billing" in told["detail"]
    assert program.post("/sync/records", {"kind": "client", "ids": [NOWHERE]}) == {"data": []}


def test_without_all_clients_a_token_sees_those_assigned_to_its_member(
    members: dict[str, Member], stock: Stock, program: Program
) -> None:
    scopes = ["view_clients", "view_billing", "edit_clients", "edit_invoices", "record_payments"]
    narrow = Program(token_for(members["admin"], scopes))
    assert narrow.get("/clients")["data"] == []
    assert narrow.get("/invoices")["data"] == []
    assert narrow.get("/client-groups")["data"] == []
    bill = {"client_id": stock.ids["client_id"], "lines": []}
    assert "client_id" in fields(narrow.refused(422, "POST", "/invoices", bill))
    group = {"group_id": stock.ids["group_id"], "lines": []}
    assert "group_id" in fields(narrow.refused(422, "POST", "/invoices", group))
    nested = {"frequency": "daily", "first_date": "2027-01-01", "content": bill}
    assert "content.client_id" in fields(narrow.refused(422, "POST", "/recurring-invoices", nested))
    paid = {"client_id": stock.ids["client_id"], "amount": "1", "method": "cash"}
    assert "client_id" in fields(narrow.refused(422, "POST", "/payments", paid))
    results = narrow.post("/invoices/finalize", {"invoice_ids": [stock.ids["draft_id"]]})["data"]
    assert results[0]["problems"] == {"": "There is no such invoice."}
    program.patch(f"/clients/{stock.ids['client_id']}", {"assigned_to_id": members["admin"].pk})
    assert len(narrow.get("/invoices")["data"]) == 2
    assert narrow.post("/invoices", bill)["client_id"] == stock.ids["client_id"]


def test_a_module_the_firm_does_not_have_opens_nothing(members: dict[str, Member]) -> None:
    program = row_for(members["admin"])
    firm = members["admin"].firm
    firm.modules = [Module.TRANSCRIPTS_AND_NOTICES.value]
    firm.save()
    program.refused(403, "GET", "/invoices")
    program.refused(403, "POST", "/service-items", {"name": "x"})
    assert program.get("/clients")["data"] == []


def test_revoked_expired_or_switched_off_a_token_opens_nothing(members: dict[str, Member]) -> None:
    admin = members["admin"]
    program = Program(token_for(admin, ["view_clients"], days=1))
    assert program.get("/firm")["token"]["permissions"] == ["view_clients"]
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        program.refused(401, "GET", "/firm")
    with firm_scope(admin.firm_id):
        Member.objects.filter(pk=admin.pk).update(is_active=False)
    program.refused(401, "GET", "/firm")
    with firm_scope(admin.firm_id):
        Member.objects.filter(pk=admin.pk).update(is_active=True)
        program.get("/firm")
        revoke_token(by=admin, token_id=ApiToken.objects.get().pk, now=NOW)
    program.refused(401, "GET", "/firm")


def test_a_token_has_no_right_its_member_has_lost(members: dict[str, Member]) -> None:
    program = Program(token_for(members["admin"]))
    with firm_scope(members["admin"].firm_id):
        Member.objects.filter(pk=members["admin"].pk).update(role=members["staff-assigned"].role)
    told = program.refused(403, "GET", "/members")
    assert "You need the permission “Manage Team”" in told["detail"]


def test_who_calls_too_often_waits(program: Program, settings: object, members: dict[str, Member]) -> None:
    settings.API_CALLS_A_MINUTE = 3  # type: ignore[attr-defined]
    for _ in range(3):
        program.get("/firm")
    answer = program.call("GET", "/firm")
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    problem(answer)
    Program(token_for(members["admin"])).get("/firm")  # another token is counted by itself
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        program.get("/firm")
    with firm_scope(members["admin"].firm_id):
        assert ApiToken.objects.earliest("id").last_used_at == NOW + timedelta(minutes=1)


def test_an_answer_says_which_call_it_is_of(program: Program) -> None:
    assert program.call("GET", "/firm", **{"X-Request-ID": "job-17"})["X-Request-ID"] == "job-17"
    made_up = program.call("GET", "/firm", **{"X-Request-ID": "a b\x7f"})["X-Request-ID"]
    assert len(made_up) == 16


def test_no_answer_lets_another_origin_read_it(program: Program) -> None:
    for method in ("GET", "OPTIONS"):
        answer = program.call(method, "/firm", Origin="https://evil.example")
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_a_method_an_address_does_not_know_is_refused_with_those_it_knows(program: Program) -> None:
    for method in ("PUT", "OPTIONS", "HEAD", "BREW"):
        answer = program.call(method, "/clients")
        assert (answer.status_code, answer["Allow"]) == (405, "GET, POST")
