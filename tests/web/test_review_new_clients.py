"""Shows which kind of client a customer becomes: guessed with a reason, changed by row and in bulk, and made so."""

from __future__ import annotations

import pytest

from tests.sync.rig import Rig
from tests.web.test_review_decide import CLIENTS, Reviewing
from tieout.practice.clients import Client, Contact

pytestmark = pytest.mark.django_db
NEW = CLIENTS + "review/new-clients/"


def customers() -> Rig:
    rig = Rig()
    rig.add_customer("Ada Byrne", GivenName="Ada", FamilyName="Byrne")
    rig.add_customer("Acme Plumbing LLC", CompanyName="Acme Plumbing LLC")
    rig.add_customer("Zeno")
    return rig


def kinds(rig: Rig) -> dict[str, str]:
    with rig.here():
        return dict(Client.objects.values_list("name", "kind"))


def test_each_new_client_shows_its_kind_why_and_the_contact_that_is_made() -> None:
    here = Reviewing(customers())
    page = here.page("review/new-clients/")

    def of(name: str) -> str:
        return page.split(f'id="row-{here.row(name).pk}"')[1].split("</tr>")[0]

    assert '"individual" selected' in of("Ada Byrne")
    assert "Primary contact: Ada Byrne." in of("Ada Byrne")
    assert "It has a company name." in of("Acme Plumbing LLC")
    assert "No contact is made: nobody is named." in of("Acme Plumbing LLC")
    assert '"business" selected' in of("Zeno")
    assert "It has no given or family name." in of("Zeno")


def test_the_chosen_kind_is_the_one_that_is_made_with_its_contact() -> None:
    here = Reviewing(customers())
    zeno = here.row("Zeno").pk
    page = here.post(do="kind", **{f"kind-{zeno}": "individual"}, back=NEW)
    assert "Kind of client chosen: Zeno." in page
    assert "Primary contact: one without a name yet." in page
    assert "Create 3 new clients in Tieout" in page, "choosing a kind is not deciding"
    here.sync()
    assert kinds(here.rig) == {
        "Ada Byrne": "individual",
        "Acme Plumbing LLC": "business",
        "Zeno": "individual",
    }
    with here.rig.here():
        assert sorted(Contact.objects.values_list("client__name", "family")) == [
            ("Ada Byrne", "Byrne"),
            ("Zeno", ""),
        ]


def test_many_are_said_to_be_businesses_at_once_and_undo_is_the_guess_again() -> None:
    here = Reviewing(customers())
    ids = [here.row(name).pk for name in ("Ada Byrne", "Zeno")]
    here.post(do="business", row=ids, back=NEW)
    assert here.row("Ada Byrne").choice == {"kind": "business"}
    here.post("undo/", back=NEW)
    assert here.row("Ada Byrne").choice == {}
    here.post(do="kind", **{f"kind-{ids[0]}": "robot"})
    assert here.row("Ada Byrne").choice == {}


def test_a_chosen_kind_survives_leaving_out_and_taking_back_and_belongs_to_new_clients_only() -> None:
    rig = customers()
    rig.add_client("Bob Byrne")
    here = Reviewing(rig)
    ada = here.row("Ada Byrne").pk
    here.post(do="kind", **{f"kind-{ada}": "business"})
    here.press("exclude", "Ada Byrne")
    here.press("clear", "Ada Byrne")
    assert here.row("Ada Byrne").choice == {"kind": "business"}
    here.post(do="business", row=[here.row("Bob Byrne").pk])
    assert here.row("Bob Byrne").choice == {}


def test_the_number_beside_the_switch_is_said_aloud_when_it_changes() -> None:
    here = Reviewing(customers())
    page = here.page("review/new-clients/")
    assert '<strong id="how-many" role="status">Create 3 new clients in Tieout' in page
    assert "#how-many" in page.split('id="decide-rows"')[1].split(">")[0], "it follows each decision"
