"""Shows that no page is open by accident: every address declares who may open it, and the door holds for each role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.web.fake_sync import FakeSync
from tieout.practice.firms import Member
from tieout.practice.permissions import PRESET_ROLES, Permission
from tieout.web.access import declared


def walk(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern), pattern


ROUTES = dict(walk(get_resolver().url_patterns))


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_a_route_declares_who_may_open_it(route: str) -> None:
    access = declared(ROUTES[route].callback)
    assert access in ("public", "member", "token") or isinstance(access, Permission)


PROGRAMS = {route for route, pattern in ROUTES.items() if declared(pattern.callback) == "token"}
"""Opened by tokens, not by people: tests/web/api walks them, method by method."""


def test_only_the_api_is_opened_by_tokens() -> None:
    assert PROGRAMS
    assert {route.split("/")[0] for route in PROGRAMS} == {"api"}


PUBLIC = {
    "api/docs",
    "api/v1/openapi.json",
    "api/<path:path>",
    "sign-in/",
    "sign-in/code/",
    "sign-in/passkey/",
    "forgot-password/",
    "forgot-password/sent/",
    "forgot-password/done/",
    "forgot-password/<str:uidb36>/<str:key>/",
    "sign-out/",
    "account-off/",
    "join/<str:token>/",
    "integrations/quickbooks/callback",
    "integrations/quickbooks/disconnected",
    "webhooks/quickbooks",
    "outbox/",
    "outbox/<str:name>/",
    "outbox/<str:name>/<int:number>/",
}


def test_only_the_known_few_are_public() -> None:
    """A new public page is a decision: it is added here on purpose."""
    assert {route for route, pattern in ROUTES.items() if declared(pattern.callback) == "public"} == PUBLIC


STAND_INS = {"int": "999999", "uuid": "00000000-0000-0000-0000-000000000000"}


def address(route: str) -> str:
    """An address of the route; ids that exist nowhere, so that the door alone decides between 403 and 404."""
    return "/" + "".join(
        STAND_INS.get(part.split(":")[0], "none") if opened else part for opened, part in _parts(route)
    )


def _parts(route: str) -> Iterator[tuple[bool, str]]:
    for piece in route.split("<"):
        if ">" in piece:
            inside, rest = piece.split(">", 1)
            yield True, inside
            yield False, rest
        else:
            yield False, piece


@pytest.mark.parametrize("route", sorted(set(ROUTES) - PUBLIC - PROGRAMS))
def test_a_visitor_gets_nowhere(route: str, client: Client, db: None) -> None:
    for ask in (client.get, client.post):
        answer = ask(address(route))
        assert (answer.status_code, answer.get("Location", "").split("?")[0]) in (
            (302, "/sign-in/"),
            (405, ""),
        )


@pytest.mark.parametrize("role", [preset.slug for preset in PRESET_ROLES])
def test_a_role_opens_what_its_permissions_say_and_nothing_else(
    role: str, members: dict[str, Member], signed_in: Callable[[str], Client], sync: FakeSync
) -> None:
    browser = signed_in(role)
    for route, pattern in ROUTES.items():
        access = declared(pattern.callback)
        if not isinstance(access, Permission):
            continue
        answer = browser.get(address(route))
        refused = answer.status_code == 403 and b"This page is not open to you" in answer.content
        assert refused is not members[role].may(access), route
