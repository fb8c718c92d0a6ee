"""The client pages as a person meets them: list, record, new, edit, archive, contacts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from tests.practice.billing_world import Desk
from tests.web.test_billing_invoices import form_of, problems
from tieout.practice.access import visible_clients
from tieout.practice.actions.clients import archive_client, change_client, create_client
from tieout.practice.actions.contacts import add_contact
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.clients import Client, Kind
from tieout.practice.firms import Firm, Member
from tieout.web.client_facts import facts_of
from tieout.web.templatetags.page import breakable

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


def test_an_empty_firm_is_told_how_to_begin(signed_in: SignedIn) -> None:
    page = signed_in("admin").get("/clients/").content.decode()
    assert "No clients yet" in page
    assert 'href="/clients/new/"' in page
    assert 'href="/clients/import/"' in page


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", ["Ada Byrne", "Quay Boats LLC"]),
        ("?sort=-name", ["Quay Boats LLC", "Ada Byrne"]),
        ("?sort=-updated", ["Quay Boats LLC", "Ada Byrne"]),
        ("?sort=relation", ["Ada Byrne", "Quay Boats LLC"]),
        ("?search=BYRNE", ["Ada Byrne"]),
        ("?search=555-01", ["Ada Byrne"]),
        ("?search=c-7", ["Ada Byrne"]),
        ("?search=%00", ["Ada Byrne", "Quay Boats LLC"]),
        ("?kind=business", ["Quay Boats LLC"]),
        ("?relation=client", ["Ada Byrne"]),
        ("?show=inactive", ["Zed (old)"]),
        ("?show=all&sort=name", ["Ada Byrne", "Quay Boats LLC", "Zed (old)"]),
        ("?show=no&kind=no&sort=-no&page=99", ["Ada Byrne", "Quay Boats LLC"]),
        ("?search=nobody", []),
    ],
)
def test_the_list_searches_filters_and_sorts(
    address: str, expected: list[str], firm: Firm, ada: Client, quay: Client, signed_in: SignedIn
) -> None:
    old = create_client(firm_id=firm.pk, actor=SYNC, kind=Kind.BUSINESS, name="Zed (old)")
    archive_client(firm_id=firm.pk, client_id=old.pk, actor=SYNC)
    page = signed_in("admin").get(f"/clients/{address}").content
    assert names(page) == expected
    assert (b"No client is like that" in page) is (expected == [])


def test_the_sorted_column_says_so_and_a_second_click_turns_it(ada: Client, signed_in: SignedIn) -> None:
    page = signed_in("admin").get("/clients/?sort=email&kind=individual").content.decode()
    assert re.findall(r'aria-sort="(\w+)"><a href="([^"]+)">E-mail', page) == [
        ("ascending", "?kind=individual&amp;sort=-email&amp;")
    ]


def test_a_long_list_comes_in_pages_that_keep_the_question(
    firm: Firm, in_firm: Firm, signed_in: SignedIn
) -> None:
    for number in range(51):
        create_client(firm_id=firm.pk, actor=SYNC, kind=Kind.BUSINESS, name=f"Client {number:02}")
    page = signed_in("admin").get("/clients/?search=client&page=2").content
    assert names(page) == ["Client 50"]
    assert b'href="?search=client&amp;page=1"' in page


def test_a_page_of_the_list_takes_a_constant_number_of_queries(
    firm: Firm, ada: Client, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        create_client(firm_id=firm.pk, actor=SYNC, kind=Kind.BUSINESS, name=f"Client {number:02}")
    browser = signed_in("admin")
    with django_assert_max_num_queries(21):
        browser.get("/clients/")


def test_assigned_staff_see_their_clients_only_and_keep_the_one_they_add(
    ada: Client, quay: Client, members: dict[str, Member], firm: Firm, signed_in: SignedIn
) -> None:
    sam = members["staff-assigned"]
    change_client(firm_id=firm.pk, client_id=quay.pk, actor=SYNC, assigned_to_id=sam.pk)
    browser = signed_in("staff-assigned")
    assert names(browser.get("/clients/").content) == ["Quay Boats LLC"]
    assert browser.get(f"/clients/{ada.pk}/").status_code == 404
    assert b"Assigned to</label>" not in browser.get("/clients/new/").content
    browser.post("/clients/new/?kind=business", {"name": "Mine", "relation": "client", "assigned_to_id": "1"})
    assert visible_clients(sam).get(name="Mine").assigned_to_id == sam.pk


def test_the_record_shows_details_contacts_and_history(
    ada: Client, firm: Firm, members: dict[str, Member], signed_in: SignedIn
) -> None:
    add_contact(firm_id=firm.pk, client_id=ada.pk, actor=SYNC, given="Ben", relation_to_client="Spouse")
    change_client(firm_id=firm.pk, client_id=ada.pk, actor=SYNC, phone="555-0199")
    page = signed_in("admin").get(f"/clients/{ada.pk}/").content.decode()
    for piece in ("ada@byrne.example", "Ben", "Spouse", "Primary", "<del>555-0100</del> <ins>555-0199</ins>"):
        assert piece in page
    assert "Dana Reyes</strong> created this client" in page
    assert "QuickBooks</strong> changed this client" in page


@pytest.mark.parametrize(
    ("website", "href"),
    [
        ("byrne.example", "https://byrne.example"),
        ("http://byrne.example/a?b", "http://byrne.example/a?b"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("javascript://byrne.example/%0aalert(1)", ""),
    ],
)
def test_only_a_web_address_becomes_a_link(website: str, href: str) -> None:
    facts = {fact.label: fact for fact in facts_of(Client(kind=Kind.BUSINESS, website=website))}
    assert facts["Website"].href == href


def test_hostile_names_are_text_wherever_they_show(firm: Firm, in_firm: Firm, signed_in: SignedIn) -> None:
    evil = "<script>alert(1)</script>"
    client = create_client(
        firm_id=firm.pk,
        actor=SYNC,
        kind=Kind.INDIVIDUAL,
        name=evil,
        given=evil,
        notes=evil,
        website=evil.replace(" ", ""),
    )
    browser = signed_in("admin")
    for address in (
        "",
        f"{client.pk}/",
        f"{client.pk}/edit/",
        f"{client.pk}/archive/",
        "lookalikes/?name=alert",
    ):
        page = browser.get(f"/clients/{address}").content.decode()
        assert "alert(1)" in page
        assert "<script>alert" not in page


def test_a_new_individual_is_saved_with_its_person(
    signed_in: SignedIn, members: dict[str, Member], in_firm: Firm
) -> None:
    answer = signed_in("admin").post(
        "/clients/new/?kind=individual",
        {"given": "Ada", "family": "Byrne", "email": "ada@byrne.example", "relation": "client"},
    )
    (client,) = visible_clients(members["admin"])
    assert answer["Location"] == f"/clients/{client.pk}/"
    assert (client.name, client.kind, client.contacts.get().family) == ("Ada Byrne", "individual", "Byrne")


def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(
    signed_in: SignedIn, members: dict[str, Member], in_firm: Firm
) -> None:
    answer = signed_in("admin").post(
        "/clients/new/?kind=business",
        {"name": "", "email": "none", "phone": "555-0100", "relation": "client"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "2 fields need a change" in page
    email = re.search(r'<input[^>]*name="email"[^>]*>', page)
    assert email is not None
    assert 'aria-invalid="true"' in email[0]
    described = re.search(r'aria-describedby="([^"]+)"', email[0])
    assert described is not None
    assert all(f'id="{each}"' in page for each in described[1].split())
    assert 'value="555-0100"' in page
    assert not visible_clients(members["admin"]).exists()


def test_a_likely_duplicate_is_told_before_it_is_saved_and_saved_when_meant(
    ada: Client, members: dict[str, Member], signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    typed = {"given": "Ada", "family": "Byrne", "relation": "client"}
    warned = browser.post("/clients/new/?kind=individual", typed)
    assert b"You may have this client already" in warned.content
    assert visible_clients(members["admin"]).count() == 1
    browser.post("/clients/new/?kind=individual", typed | {"lookalikes_seen": "1"})
    assert visible_clients(members["admin"]).filter(name="Ada Byrne").count() == 2


def test_lookalikes_are_named_while_typing_but_never_the_client_itself(
    ada: Client, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    assert b"ada@byrne.example" in browser.get("/clients/lookalikes/?name=byrne ada").content
    assert b"ada@byrne.example" in browser.get("/clients/lookalikes/?given=Ada&family=By").content
    assert browser.get(f"/clients/lookalikes/?name=byrne ada&client_id={ada.pk}").content.strip() == b""
    assert browser.get("/clients/lookalikes/?name=%00&client_id=99999999999999999999").content.strip() == b""


def edit_form(browser: Browser, client: Client) -> dict[str, str]:
    """What a browser would send back unchanged."""
    page = browser.get(f"/clients/{client.pk}/edit/").content.decode()
    form = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*?value="([^"]*)"', page))
    form.pop("csrfmiddlewaretoken", None)
    return {"relation": "client", **form}


def test_an_edit_saves_what_changed(ada: Client, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    answer = browser.post(
        f"/clients/{ada.pk}/edit/", edit_form(browser, ada) | {"phone": "555-0199", "given": "Adah"}
    )
    assert answer["Location"] == f"/clients/{ada.pk}/"
    ada.refresh_from_db()
    assert (ada.version, ada.phone, ada.name, ada.contacts.get().given) == (
        2,
        "555-0199",
        "Ada Byrne",
        "Adah",
    )


def test_saving_without_a_change_is_no_change(ada: Client, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    page = browser.post(f"/clients/{ada.pk}/edit/", edit_form(browser, ada), follow=True).content
    ada.refresh_from_db()
    assert ada.version == 1
    assert b"Nothing was changed." in page


def test_two_edits_of_different_fields_are_merged_after_a_look(
    ada: Client, firm: Firm, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    form = edit_form(browser, ada) | {"phone": "555-0199"}
    change_client(firm_id=firm.pk, client_id=ada.pk, actor=SYNC, email="new@byrne.example")
    stale = browser.post(f"/clients/{ada.pk}/edit/", form)
    assert stale.status_code == 409
    assert b"You changed different fields" in stale.content
    assert b'value="555-0199"' in stale.content
    assert b'value="new@byrne.example"' in stale.content
    browser.post(f"/clients/{ada.pk}/edit/", form | {"email": "new@byrne.example", "version": "2"})
    ada.refresh_from_db()
    assert (ada.version, ada.phone, ada.email) == (3, "555-0199", "new@byrne.example")


def test_two_edits_of_one_field_are_shown_and_not_saved(ada: Client, firm: Firm, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    form = edit_form(browser, ada) | {"phone": "555-0199"}
    for phone in ("555-0150", "555-0160"):
        change_client(firm_id=firm.pk, client_id=ada.pk, actor=SYNC, phone=phone)
    page = browser.post(f"/clients/{ada.pk}/edit/", form).content.decode()
    assert "Phone: they wrote “555-0160”, you wrote “555-0199”" in page
    ada.refresh_from_db()
    assert (ada.version, ada.phone) == (3, "555-0160")


def test_fields_the_form_does_not_have_are_ignored(ada: Client, firm: Firm, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    sly = {
        "firm_id": "1",
        "firm": "1",
        "id": "1",
        "kind": "business",
        "is_active": "",
        "pk": "1",
        "phone": "555-0199",
    }
    browser.post(f"/clients/{ada.pk}/edit/", edit_form(browser, ada) | sly)
    ada.refresh_from_db()
    assert (ada.phone, ada.firm_id, ada.kind, ada.is_active) == ("555-0199", firm.pk, "individual", True)


def test_archiving_asks_first_says_what_stays_and_can_be_undone(ada: Client, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    asked = browser.get(f"/clients/{ada.pk}/archive/").content
    assert b"Stays:" in asked
    ada.refresh_from_db()
    assert ada.is_active
    assert b"is archived" in browser.post(f"/clients/{ada.pk}/archive/", follow=True).content
    ada.refresh_from_db()
    assert not ada.is_active
    browser.post(f"/clients/{ada.pk}/restore/")
    ada.refresh_from_db()
    assert ada.is_active


def test_archiving_somebody_with_whom_something_is_open_takes_a_tick(
    ada: Client, signed_in: SignedIn, firm: Firm
) -> None:
    desk = Desk.open(firm.pk)
    desk.invoice(120, client_id=ada.pk)
    desk.draft(client_id=ada.pk)
    browser, where = signed_in("admin"), f"/clients/{ada.pk}/archive/"
    page = browser.get(where).content.decode()
    assert "$120.00 is owed</a>" in page
    assert "1 draft</a>" in page
    refused = browser.post(where)
    assert refused.status_code == 422
    assert "Something is still open with Ada Byrne" in refused.content.decode()
    assert not problems(refused.content)
    blind = signed_in("admin-no-billing").get(where).content.decode()
    assert "A colleague who may see billing can say what" in blind
    assert "120" not in blind.split("<main", 1)[1]
    browser.post(where, {"although_open": "on"})
    ada.refresh_from_db()
    assert not ada.is_active
    assert "client limit" not in page + browser.get(f"/clients/{ada.pk}/restore/").content.decode()


def test_an_empty_list_leads_to_quickbooks(signed_in: SignedIn) -> None:
    page = " ".join(signed_in("admin").get("/clients/").content.decode().split())
    assert re.search(r'href="/settings/integrations/">(?:(?!</a>).)*Connect QuickBooks</a>', page)


def test_a_client_stays_assigned_to_a_colleague_who_was_switched_off(
    ada: Client, signed_in: SignedIn, members: dict[str, Member]
) -> None:
    left = members["staff-all"]
    Client.objects.filter(pk=ada.pk).update(assigned_to=left)
    Member.objects.filter(pk=left.pk).update(is_active=False)
    ada.refresh_from_db()
    browser = signed_in("admin")
    form = form_of(browser.get(f"/clients/{ada.pk}/edit/").content)
    assert form["assigned_to_id"] == str(left.pk)
    browser.post(f"/clients/{ada.pk}/edit/", form | {"phone": "555-0177"})
    ada.refresh_from_db()
    assert (ada.phone, ada.assigned_to_id) == ("555-0177", left.pk)


def test_contacts_are_added_changed_made_primary_and_removed(ada: Client, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    where = f"/clients/{ada.pk}/contacts"
    assert browser.post(f"{where}/new/", {"email": "x@y.example"}).status_code == 422
    browser.post(f"{where}/new/", {"given": "Ben", "relation_to_client": "Spouse"})
    ben = ada.contacts.get(given="Ben")
    browser.post(f"{where}/{ben.pk}/edit/", {"given": "Benjamin"})
    browser.post(f"{where}/{ben.pk}/primary/")
    first = ada.contacts.get(given="Ada")
    assert b"Remove Ada Byrne" in browser.get(f"{where}/{first.pk}/remove/").content
    browser.post(f"{where}/{first.pk}/remove/")
    last = ada.contacts.get()
    assert (last.given, last.is_primary) == ("Benjamin", True)
    kept = browser.post(f"{where}/{last.pk}/remove/", follow=True).content
    assert b"Make another contact primary first" in kept
    assert ada.contacts.count() == 1


def test_an_address_in_a_list_breaks_at_its_signs_and_stays_text(in_firm: Firm, signed_in: SignedIn) -> None:
    create_client(
        firm_id=in_firm.pk, actor=SYNC, kind=Kind.BUSINESS, name="Long", email="accounts.payable@quay.example"
    )
    page = signed_in("admin").get("/clients/").content.decode()
    assert "accounts<wbr>.payable<wbr>@quay<wbr>.example" in page
    assert breakable("<b>@x.example") == "&lt;b&gt;<wbr>@x<wbr>.example"
