"""Client pages of one firm are nowhere for another, and the badge stands in the list."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from tests.web.conftest import entered, make_firm, make_members
from tieout.practice.access import access_client
from tieout.practice.actions.clients import create_client
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.clients import Client, Kind
from tieout.practice.firms import Firm, Member
from tieout.practice.isolation import firm_scope

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
SYNC = Actor(ActorKind.SYNC, "QuickBooks")


@pytest.fixture(autouse=True)
def silent_bell(settings: Any) -> None:
    settings.OUTBOX_BELL = ""


@pytest.fixture
def ada(in_firm: Firm, members: dict[str, Member]) -> Client:
    return create_client(
        firm_id=in_firm.pk,
        actor=Actor.of(members["admin"]),
        kind=Kind.INDIVIDUAL,
        name="Ada Byrne",
        given="Ada",
        family="Byrne",
        email="ada@byrne.example",
        phone="555-0100",
        external_id="C-7",
    )


@pytest.fixture
def quay(in_firm: Firm) -> Client:
    return create_client(
        firm_id=in_firm.pk, actor=SYNC, kind=Kind.BUSINESS, name="Quay Boats LLC", relation="prospect"
    )


def names(page: bytes) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*><a href="[^"]+">([^<]+)</a>', page.decode())


def test_reading_is_not_editing(
    ada: Client, members: dict[str, Member], signed_in: SignedIn, in_firm: Firm
) -> None:
    role = members["staff-all"].role
    role.permissions = ["view_clients", "view_all_clients"]
    role.save()
    browser = signed_in("staff-all")
    page = browser.get(f"/clients/{ada.pk}/")
    assert page.status_code == 200
    assert f"/clients/{ada.pk}/edit/".encode() not in page.content
    for address in (
        "new/",
        f"{ada.pk}/edit/",
        f"{ada.pk}/archive/",
        f"{ada.pk}/contacts/new/",
        "import/",
        "export.csv",
    ):
        assert browser.post(f"/clients/{address}").status_code in (403, 405), address
        assert browser.get(f"/clients/{address}").status_code == 403, address


@pytest.fixture
def twin(in_firm: Firm) -> Browser:
    """The administrator of another firm."""
    return entered(make_members(make_firm("Byrne & Cole CPA"))["admin"])


def test_every_address_of_a_client_is_nowhere_for_the_twin_firm(
    ada: Client, members: dict[str, Member], twin: Browser
) -> None:
    contact = ada.contacts.get()
    here = f"/clients/{ada.pk}"
    for address in ("", "edit/", "archive/", "restore/", "contacts/new/", f"contacts/{contact.pk}/edit/"):
        assert twin.get(f"{here}/{address}").status_code == 404, address
        assert twin.post(f"{here}/{address}", {"name": "x", "given": "x"}).status_code in (404, 405), address
    for address in ("primary/", "remove/"):
        assert twin.post(f"{here}/contacts/{contact.pk}/{address}").status_code == 404, address
    assert names(twin.get("/clients/?show=all").content) == []
    assert twin.get("/clients/lookalikes/?name=ada").content.strip() == b""
    assert b"Ada" not in twin.get("/clients/export.csv").content
    with firm_scope(ada.firm_id):
        assert access_client(members["admin"], ada.pk).version == 1


def test_the_badge_stands_in_the_list(
    ada: Client, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tieout.web import client_rows
    from tieout.web.badges import Badge

    monkeypatch.setattr(
        client_rows,
        "badges_for",
        lambda kind, ids: {each: Badge("In sync", "circle-check", "good") for each in ids},
    )
    browser = signed_in("admin")
    assert b"In sync" in browser.get("/clients/").content
