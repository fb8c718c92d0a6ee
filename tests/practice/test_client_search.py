"""The search by index finds what looking at every client would, in this firm only."""

from __future__ import annotations

import pytest

from tieout.practice.client_search import FEW, found_ids, searched
from tieout.practice.clients import Client, Kind, found_by
from tieout.practice.firms import Firm
from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.practice.many_ids import any_of

NAMES = (
    "Ada Byrne",
    "BYRNE & Söhne GmbH",
    "100% Roofing_Co",
    "Ørsted 株式会社",
    "a",
    "O'Neil \\ Sons",
    "x" * 500,
    "Ab Ab Ab",
)


@pytest.fixture
def clients(firm: Firm, other_firm: Firm, scope: None) -> list[Client]:
    with firm_scope(other_firm.pk):
        Client.objects.create(firm=other_firm, name="Byrne of another firm", kind=Kind.BUSINESS)
    return Client.objects.bulk_create(
        Client(firm=firm, name=name, kind=Kind.BUSINESS, email=f"c{number}@firm.example", phone="555-0100")
        for number, name in enumerate(NAMES)
    )


@pytest.mark.usefixtures("clients")
@pytest.mark.parametrize(
    "search",
    ["byrne", "BYRNE", "b", "by", "söh", "株", "株式会社", "%", "_", "0%", "\\", "'", "n &", "xxxx", "ab ab", "c3@", "555", "zzz",
     "Ab Ab Ab Ab", "rne\nc", " "],
)  # fmt: skip
def test_a_search_finds_by_index_what_it_would_find_by_looking(search: str) -> None:
    looked = set(Client.objects.filter(found_by(search)).values_list("pk", flat=True))
    assert set(found_ids(search) or []) == looked
    assert set(searched(Client.objects.all(), search).values_list("pk", flat=True)) == looked
    assert set(Client.objects.filter(any_of("pk", list(looked))).values_list("pk", flat=True)) == looked


def test_a_search_finds_nobody_of_another_firm(clients: list[Client], firm: Firm, other_firm: Firm) -> None:
    ours = {clients[0].pk, clients[1].pk}
    assert set(found_ids("byrne") or []) == ours
    with firm_scope(other_firm.pk):
        theirs = found_ids("byrne")
        assert theirs is not None
        assert len(theirs) == 1
        assert not ours & set(theirs)
    with every_firm_scope():
        assert found_ids("byrne") == []


@pytest.mark.usefixtures("clients")
def test_more_than_was_asked_for_is_many(firm: Firm) -> None:
    assert found_ids("555", most=len(NAMES)) is not None
    assert found_ids("555", most=len(NAMES) - 1) is None
    Client.objects.bulk_create(
        Client(firm=firm, name=f"Many {number}", kind=Kind.BUSINESS) for number in range(FEW + 1)
    )
    assert searched(Client.objects.all(), "many").count() == FEW + 1
