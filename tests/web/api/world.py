"""Acts: a firm with one row of everything, and a program that calls the API with a token of it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.test import Client as Browser

from tests.practice.billing_world import NOW, TODAY, Desk
from tieout.practice.actions.api_tokens import create_token
from tieout.practice.actions.contacts import add_contact
from tieout.practice.actions.credits import apply_credit
from tieout.practice.actions.groups import add_to_group, create_group
from tieout.practice.actions.ledger_lists import keep_list_entry
from tieout.practice.actions.recurring import create_recurring
from tieout.practice.actions.refunds import refund_payment
from tieout.practice.actions.saved_views import save_view
from tieout.practice.actions.tags import create_tag, tag_client
from tieout.practice.firms import Member, Role, User
from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.practice.ledger_lists import LedgerList
from tieout.practice.permissions import Permission

ROOT = "/api/v1"
EVERYTHING = tuple(each.value for each in Permission)


def token_for(member: Member, scopes: Collection[str] = EVERYTHING, *, days: int | None = 30) -> str:
    """A secret for a token of this member, made by an administrator's own verb where the member may do that."""
    with firm_scope(member.firm_id):
        made = create_token(by=member, name="Robot", scopes=scopes, days=days, now=NOW)
    return made.secret


@dataclass
class Program:
    """Calls the API as a program would, and keeps what it needs to know of the last answer."""

    secret: str

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        if_match: str | None = None,
        raw: bytes | None = None,
        content_type: str = "application/json",
        **headers: str,
    ) -> HttpResponse:
        told = {"Authorization": f"Bearer {self.secret}", **headers} if self.secret else dict(headers)
        if key is not None:
            told["Idempotency-Key"] = key
        if if_match is not None:
            told["If-Match"] = if_match
        sent = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        browser = Browser(headers=told, raise_request_exception=False)
        # "/" + without it, generic() would read //host
        return browser.generic(method, ROOT + path, sent, content_type=content_type)  # type: ignore[return-value]

    def get(self, path: str, **parameters: Any) -> Any:
        return self.ok("GET", path + query(parameters))

    def post(self, path: str, body: Any = None, **told: Any) -> Any:
        return self.ok("POST", path, body, **told)

    def patch(self, path: str, body: Any = None, **told: Any) -> Any:
        return self.ok("PATCH", path, body, **told)

    def ok(self, method: str, path: str, body: Any = None, **told: Any) -> Any:
        answer = self.call(method, path, body, **told)
        assert answer.status_code < 300, answer.content.decode()
        return json.loads(answer.content) if answer.content else None

    def refused(self, status: int, method: str, path: str, body: Any = None, **told: Any) -> dict[str, Any]:
        """The problem, checked for its shape: it names itself, and every field has a sentence."""
        answer = self.call(method, path, body, **told)
        assert answer.status_code == status, answer.content.decode()
        return problem(answer)


def problem(answer: HttpResponse) -> dict[str, Any]:
    assert answer["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = json.loads(answer.content)
    assert told["status"] == answer.status_code
    assert told["detail"].endswith((".", "?")) or told["errors"], told
    assert told["request_id"]
    return told


def fields(told: Mapping[str, Any]) -> dict[str, str]:
    return {each["field"]: each["message"] for each in told.get("errors", ())}


def query(parameters: Mapping[str, Any]) -> str:
    from urllib.parse import urlencode

    return f"?{urlencode(parameters)}" if parameters else ""


@dataclass
class Stock:
    """Ids of one row of everything, by the name they have in addresses; ``mark`` is in every name and text."""

    firm_id: int
    mark: str
    ids: dict[str, int]
    desk: Desk


def stocked(firm_id: int, mark: str) -> Stock:
    with firm_scope(firm_id):
        desk = Desk.open(firm_id)
        told: dict[str, Any] = {"firm_id": firm_id, "actor": desk.actor}
        type(desk.client).objects.filter(pk=desk.client.pk).update(name=f"{mark} LLC", notes=mark)
        contact = add_contact(**told, client_id=desk.client.pk, given=mark, family="Roe")
        group = create_group(**told, name=f"{mark} group")
        add_to_group(**told, group_id=group.pk, client_id=desk.client.pk)
        draft = desk.draft(memo=mark)
        invoice = desk.invoice(200, memo=mark)
        payment = desk.pay(50, (invoice, 20), memo=mark, reference=mark[:20])
        refund = refund_payment(**told, payment_id=payment.pk, today=TODAY, amount="5", reason=mark)
        credit = desk.credit(30)
        application = apply_credit(
            **told, credit_id=credit.pk, today=TODAY, allocations=[(invoice.pk, "10")]
        )[0]
        entry = keep_list_entry(
            **told,
            of=LedgerList.CATEGORY,
            ledger_id="1",
            name=mark,
            full_name=mark,
            parent="",
            is_active=True,
        )
        content = {"client_id": desk.client.pk, "lines": [{"item_id": desk.item.pk}], "memo": mark}
        recurring = create_recurring(
            **told,
            today=TODAY,
            name=mark,
            frequency="monthly",
            first_date=date(2027, 1, 31),
            content=content,  # type: ignore[typeddict-item]
        )
        role = Role.objects.create(firm_id=firm_id, name=f"{mark} role", permissions=["view_clients"])
        user = User.objects.create_user(f"{mark.lower()}@firm.example", full_name=f"{mark} Roe")
        member = Member.objects.create(firm_id=firm_id, user=user, role=role)
        tag = create_tag(**told, name=f"{mark} tag")
        tag_client(**told, client_id=desk.client.pk, tag_id=tag.pk)
        caller = Member.objects.filter(firm_id=firm_id).order_by("pk").first()
        assert caller is not None
        view = save_view(by=caller, list="clients", name=f"{mark} view", query=f"search={mark}")
    return Stock(
        firm_id,
        mark,
        {
            "member_id": member.pk,
            "role_id": role.pk,
            "tag_id": tag.pk,
            "view_id": view.pk,
            "client_id": desk.client.pk,
            "goes_id": desk.client.pk,
            "contact_id": contact.pk,
            "group_id": group.pk,
            "item_id": desk.item.pk,
            "tax_rate_id": desk.rate.pk,
            "draft_id": draft.pk,
            "invoice_id": invoice.pk,
            "recurring_id": recurring.pk,
            "payment_id": payment.pk,
            "refund_id": refund.pk,
            "credit_id": credit.pk,
            "application_id": application.pk,
            "entry_id": entry.pk,
        },
        desk,
    )


def filled(path: str, ids: Mapping[str, int]) -> str:
    return re.sub(r"{(\w+)}", lambda found: str(ids[found[1]]), path)


def everything_of(firm_id: int) -> dict[str, list[Any]]:
    """Every row of every table of the firm, to see that a call changed none."""
    from django.apps import apps
    from django.db import connection

    from tieout.practice.isolation import scoped_tables

    mine = {model._meta.db_table for model in apps.get_app_config("practice").get_models()}
    found: dict[str, list[Any]] = {}
    with every_firm_scope(), connection.cursor() as cursor:
        for table in sorted(mine & set(scoped_tables())):
            cursor.execute(f'SELECT * FROM "{table}" WHERE firm_id = %s ORDER BY 1', [firm_id])
            found[table] = cursor.fetchall()
    return found
