"""Shows the pages of API tokens: one is made and shown once, kept only as a hash, revoked, and all of it logged."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from tieout.practice.actor import ChangeRecord
from tieout.practice.api_tokens import ApiToken, secret_hash
from tieout.practice.firms import Firm, Member
from tieout.practice.permissions import Permission

pytestmark = pytest.mark.django_db
WHERE = "/settings/api-tokens/"
GOOD = {"name": "Payroll import", "days": "90", "scopes": ["view_clients", "edit_clients"]}


def made(browser: Client, **other: object) -> str:
    page = browser.post(f"{WHERE}new/", {**GOOD, **other}).content.decode()
    found = re.search(r'value="(tieout_[\w-]{43})"', page)
    assert found is not None
    return found[1]


def test_a_token_is_shown_once_and_kept_as_a_hash(signed_in: Callable[[str], Client], in_firm: Firm) -> None:
    browser = signed_in("admin")
    secret = made(browser)
    token = ApiToken.objects.get()
    assert token.secret_hash == secret_hash(secret)
    assert secret not in "".join(str(value) for value in vars(token).values())
    assert (token.scopes, (token.expires_at - token.created_at).days) == (
        ["edit_clients", "view_clients"],
        90,
    )
    listed = browser.get(WHERE).content.decode()
    assert secret not in listed
    assert "Payroll import" in listed
    assert f"{token.hint}…" in listed
    assert "Never" in listed
    assert Client().get("/api/v1/clients", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    assert "Never" not in browser.get(WHERE).content.decode()


def test_a_token_is_revoked_after_a_question_and_all_is_logged(
    signed_in: Callable[[str], Client], in_firm: Firm
) -> None:
    browser = signed_in("admin")
    secret = made(browser, days="")
    token = ApiToken.objects.get()
    assert token.expires_at is None
    assert b"Way back" in browser.get(f"{WHERE}{token.pk}/revoke/").content
    page = browser.post(f"{WHERE}{token.pk}/revoke/", follow=True).content.decode()
    assert "opens nothing any more" in page
    assert "Revoked" in page
    assert Client().get("/api/v1/firm", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    browser.post(f"{WHERE}{token.pk}/revoke/")
    log = ChangeRecord.objects.filter(kind="api_token").order_by("id")
    assert [(each.verb, each.actor_label) for each in log] == [
        ("created", "Dana Reyes"),
        ("revoked", "Dana Reyes"),
    ]
    assert secret not in str([each.changes for each in log])
    assert b"API token" in browser.get("/settings/audit-log/?of=api_token").content


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"scopes": []}, "Choose at least one scope"),
        ({"name": ""}, "This field is required"),
        ({"days": "100000"}, "Select a valid choice"),
        ({"scopes": ["everything"]}, "Select a valid choice"),
    ],
)
def test_what_makes_no_token_says_why(
    signed_in: Callable[[str], Client], in_firm: Firm, other: dict[str, object], sentence: str
) -> None:
    answer = signed_in("admin").post(f"{WHERE}new/", {**GOOD, **other})
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not ApiToken.objects.exists()


def test_nobody_makes_a_token_with_rights_they_lack(
    signed_in: Callable[[str], Client], members: dict[str, Member], in_firm: Firm
) -> None:
    browser = signed_in("admin-no-billing")
    page = browser.get(f"{WHERE}new/").content.decode()
    assert f'value="{Permission.VIEW_CLIENTS}"' in page
    assert f'value="{Permission.VIEW_BILLING}"' not in page
    assert browser.post(f"{WHERE}new/", {**GOOD, "scopes": ["view_billing"]}).status_code == 422
    assert not ApiToken.objects.exists()


def test_a_token_of_another_firm_is_not_found(signed_in: Callable[[str], Client], in_firm: Firm) -> None:
    made(signed_in("admin"))
    assert signed_in("admin").get(f"{WHERE}{ApiToken.objects.get().pk + 1}/revoke/").status_code == 404
