"""Which records are suggested to one that has no partner: by name, and by an equal fact under any name."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.sync.rig import Rig
from tieout.reconcile.state import Key, Side
from tieout.sync import match_memory, partners
from tieout.sync.models import Verdict

pytestmark = pytest.mark.django_db
FILLER = 130
"""More records of a nearer name than are compared in full."""


def email(address: str) -> dict[str, object]:
    return {"PrimaryEmailAddr": {"Address": address}}


def phone(number: str) -> dict[str, object]:
    return {"PrimaryPhone": {"FreeFormNumber": number}}


def here(record_id: str) -> Key:
    return Key("client", Side.PRACTICE, record_id)


def there(record_id: str) -> Key:
    return Key("client", Side.LEDGER, record_id)


def read(rig: Rig) -> Rig:
    """Both sides are known, and nothing is linked or made."""
    rig.set_up(create_new=False)
    return rig


def offered(rig: Rig, key: Key) -> dict[str, tuple[str, ...]]:
    with rig.here():
        return {one.id: one.reasons for one in partners.suggested(rig.connection, key, engine=rig.engine)}


def test_a_record_that_shares_only_its_e_mail_is_suggested_among_many_of_nearer_names() -> None:
    rig = Rig()
    for number in range(FILLER):
        rig.add_customer(f"Byrne {number} Consulting")
    client = rig.add_client("Byrne Consulting", email="Books@Quite.example", phone="")
    other = rig.add_customer("Zweig und Partner", **email("books@quite.example"))
    read(rig)
    assert "The e-mail is the same." in offered(rig, here(client))[other]


def test_a_customer_finds_the_client_of_its_e_mail_or_phone_whatever_its_name() -> None:
    rig = Rig()
    for number in range(FILLER):
        rig.add_client(f"Zweig {number} Partner")
    mailed = rig.add_client("Quarrystone Masonry", email="books@quite.example")
    called = rig.add_client("Umber Roofing", phone="+1 (212) 555-0187")
    by_mail = rig.add_customer("Zweig Partner", **email("BOOKS@quite.example"))
    by_phone = rig.add_customer("Elm Street Partner", **phone("212.555.0187"))
    read(rig)
    assert "The e-mail is the same." in offered(rig, there(by_mail))[mailed]
    assert "The phone is the same." in offered(rig, there(by_phone))[called]


@pytest.mark.parametrize("written", ["(212) 555-0187", "+1 212 555 0187", "2125550187"])
@pytest.mark.parametrize("place", ["PrimaryPhone", "Mobile"])
def test_a_phone_is_found_however_it_is_written_and_in_either_place(written: str, place: str) -> None:
    rig = Rig()
    client = rig.add_client("Umber Roofing", phone="212-555-0187")
    customer = rig.add_customer("Elm Street Partner", **{place: {"FreeFormNumber": written}})
    read(rig)
    assert customer in offered(rig, here(client))


def test_a_slip_in_the_name_is_still_suggested_without_any_fact() -> None:
    rig = Rig()
    client = rig.add_client("Ifeoma Oyelarran")
    customer = rig.add_customer("Ifeoma Oyelaran")
    rig.add_customer("Quite Somebody Else")
    read(rig)
    with rig.here():
        match_memory.never_pairs(rig.connection, "client")
    assert list(offered(rig, here(client))) in ([customer], [])
    assert customer in rig.links().values() or customer in offered(rig, here(client))


def test_a_pair_that_was_declared_different_and_what_is_linked_are_not_suggested() -> None:
    rig = Rig()
    client = rig.add_client("Umber Roofing", email="books@quite.example")
    other = rig.add_customer("Elm Street Partner", **email("books@quite.example"))
    read(rig)
    assert other in offered(rig, here(client))
    with rig.here():
        match_memory.remember(
            rig.connection, "client", client, other, Verdict.REJECT, rig.member, rig.clock.now()
        )
    assert offered(rig, here(client)) == {}


def test_suggesting_asks_the_database_the_same_however_many_records_there_are() -> None:
    rig = Rig()

    def byrnes(numbers: range) -> None:
        for number in numbers:
            rig.add_customer(f"Byrne {number} Consulting")

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert offered(rig, here(client))
        return len(asked)

    client = rig.add_client("Byrne Consulting", email="books@quite.example", phone="212 555 0187")
    byrnes(range(2))
    read(rig)
    few = queries()
    byrnes(range(2, 40))
    rig.until_the_change_feed_is_asked()
    assert queries() <= few


def test_a_search_tells_namesakes_apart_by_what_each_shows() -> None:
    rig = Rig()
    client = rig.add_client("John Smith")
    first = rig.add_customer("John Smith", **email("john@one.example"))
    second = rig.add_customer("John Smith Jr", **phone("555-0102"))
    read(rig)
    with rig.here():
        found = partners.found(rig.connection, here(client), "john", engine=rig.engine)
    shown = {one.id: one.details for one in found}
    assert shown[first]["email"] == "john@one.example"
    assert shown[second]["phone"] == "555-0102"
