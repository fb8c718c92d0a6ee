"""The client pages keep the promises of all pages, in each of their states."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from tests.web.test_pages import Reading
from tieout.practice.actions.clients import archive_client, change_client, create_client
from tieout.practice.actions.contacts import add_contact
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.clients import Client, Kind
from tieout.practice.firms import Firm

pytestmark = pytest.mark.usefixtures("sync")
SYNC = Actor(ActorKind.SYNC, "QuickBooks")
PAGES = {
    "list": "/clients/",
    "filtered to none": "/clients/?search=nobody",
    "sorted": "/clients/?sort=-updated&show=all",
    "new individual": "/clients/new/",
    "new business": "/clients/new/?kind=business",
    "record": "/clients/{ada}/",
    "record of an archived client": "/clients/{old}/",
    "edit individual": "/clients/{ada}/edit/",
    "edit business": "/clients/{old}/edit/",
    "archive": "/clients/{ada}/archive/",
    "archive again": "/clients/{old}/archive/",
    "restore": "/clients/{old}/restore/",
    "new contact": "/clients/{ada}/contacts/new/",
    "edit contact": "/clients/{ada}/contacts/{contact}/edit/",
    "remove contact": "/clients/{ada}/contacts/{contact}/remove/",
    "upload": "/clients/import/",
}
REFUSED: dict[str, tuple[str, dict[str, str]]] = {
    "new, refused": ("/clients/new/?kind=business", {"email": "none", "phone": "5" * 50, "relation": "x"}),
    "new, a likely duplicate": ("/clients/new/", {"given": "Ada", "relation": "client"}),
    "edit, stale": (
        "/clients/{ada}/edit/",
        {"name": "Ada B", "phone": "1", "relation": "client", "version": "1"},
    ),
    "contact, refused": ("/clients/{ada}/contacts/new/", {"email": "none"}),
    "upload, nothing": ("/clients/import/", {}),
}


@pytest.fixture(autouse=True)
def silent_bell(settings: Any) -> None:
    settings.OUTBOX_BELL = ""


@pytest.fixture
def parts(in_firm: Firm) -> dict[str, int]:
    where: dict[str, Any] = {"firm_id": in_firm.pk, "actor": SYNC}
    ada: Client = create_client(
        **where, kind=Kind.INDIVIDUAL, name="Ada Byrne", given="Ada", email="a@b.example"
    )
    contact = add_contact(**where, client_id=ada.pk, given="Ben")
    change_client(**where, client_id=ada.pk, phone="555-0100", website="byrne.example", notes="one\ntwo")
    old = create_client(**where, kind=Kind.BUSINESS, name="Quay LLC")
    archive_client(**where, client_id=old.pk)
    return {"ada": ada.pk, "old": old.pk, "contact": contact.pk}


def problems(content: bytes) -> list[str]:
    reading = Reading()
    reading.feed(content.decode())
    return reading.problems()


@pytest.mark.parametrize("name", PAGES)
def test_a_client_page_keeps_the_promises(
    name: str, parts: dict[str, int], signed_in: Callable[[str], Browser]
) -> None:
    answer = signed_in("admin").get(PAGES[name].format(**parts))
    assert answer.status_code == 200
    assert problems(answer.content) == []


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_form_keeps_the_promises(
    name: str, parts: dict[str, int], signed_in: Callable[[str], Browser]
) -> None:
    address, typed = REFUSED[name]
    answer = signed_in("admin").post(address.format(**parts), typed)
    assert answer.status_code in (200, 409, 422)
    assert problems(answer.content) == []


def test_an_import_keeps_the_promises_from_preview_to_done(
    parts: dict[str, int], signed_in: Callable[[str], Browser]
) -> None:
    browser = signed_in("admin")
    file = SimpleUploadedFile("c.csv", b"Name,E-mail,X\nAda Byrne,,1\nBen,none,\nCleo,,\n", "text/csv")
    address = browser.post("/clients/import/", {"file": file})["Location"]
    for answer in (
        browser.get(address),
        browser.post(address),
        browser.post(address, {"skip_errors": 1}, follow=True),
    ):
        assert problems(answer.content) == []


def test_an_empty_list_keeps_the_promises(in_firm: Firm, signed_in: Callable[[str], Browser]) -> None:
    assert problems(signed_in("admin").get("/clients/").content) == []
