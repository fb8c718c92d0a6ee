"""The door: clients as canonical units, read in a constant number of queries, written through the verbs."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tieout.practice import records
from tieout.practice.actions.clients import ChangedMeanwhile, archive_client, create_client
from tieout.practice.actor import Actor, ActorKind, ChangeRecord
from tieout.practice.clients import Client, Kind
from tieout.practice.firms import Firm
from tieout.practice.kinds import guess_kind
from tieout.practice.outbox import OutboxNote
from tieout.practice.permissions import NotYours
from tieout.practice.records import CLIENT_UNITS, RECORD_KINDS, ClientRecords
from tieout.practice.validation import Invalid

SYNC = Actor(ActorKind.SYNC, "QuickBooks")
DOOR = RECORD_KINDS["client"]
ADDRESS = {
    "line1": "1 Quay",
    "line2": "",
    "line3": "",
    "city": "Cork",
    "state": "",
    "postal_code": "T12",
    "country": "Ireland",
}
PERSON = {"title": "Dr", "given": "Ada", "middle": "", "family": "Byrne", "suffix": "II"}
UNITS: dict[str, Any] = {
    "name": "Ada Byrne",
    "company_name": "",
    "person": PERSON,
    "email": "ada@byrne.example",
    "phone": "555-0100",
    "mobile": "555-0101",
    "website": "https://byrne.example",
    "billing_address": ADDRESS,
    "mailing_address": {**ADDRESS, "line1": "2 Quay"},
    "active": True,
}


@pytest.mark.usefixtures("scope")
def test_what_is_created_reads_back_unit_for_unit(firm: Firm) -> None:
    facts = {"kind_of_relation": "prospect", "external_id": "QB-7"}
    record_id, created = DOOR.create(firm.pk, UNITS, SYNC, facts=facts)
    assert created.units == UNITS
    assert set(created.units) == set(CLIENT_UNITS)
    assert created.version == 1
    assert created.facts == {
        "updated_at": Client.objects.get(pk=record_id).updated_at.isoformat(),
        "kind": "individual",
        "kind_of_relation": "prospect",
        "external_id": "QB-7",
        "label": "Ada Byrne",
    }
    assert DOOR.read(firm.pk, [record_id, "0", "none"]) == {record_id: created}


@pytest.mark.usefixtures("scope")
def test_an_inactive_record_is_created_archived(firm: Firm) -> None:
    _, created = DOOR.create(firm.pk, {**UNITS, "active": False}, SYNC)
    assert created.units["active"] is False


@pytest.mark.usefixtures("scope")
def test_a_given_kind_wins_over_the_guess_and_an_individual_has_one_primary_contact(firm: Firm) -> None:
    record_id, created = DOOR.create(firm.pk, {"name": "Byrne Holdings"}, SYNC, facts={"kind": "individual"})
    assert created.facts["kind"] == "individual"
    from tieout.practice.access import client_to_change

    assert client_to_change(firm.pk, record_id).contacts.get().is_primary


@pytest.mark.usefixtures("scope")
def test_a_change_sets_only_the_given_units_through_the_verb(firm: Firm) -> None:
    record_id, _ = DOOR.create(firm.pk, UNITS, SYNC)
    changed = DOOR.change(
        firm.pk, record_id, {"person": {**PERSON, "given": "Adah"}, "active": False}, SYNC, expected_version=1
    )
    assert changed.units == {**UNITS, "person": {**PERSON, "given": "Adah"}, "active": False}
    assert changed.version == 2
    entry = ChangeRecord.objects.order_by("-id")[0]
    assert (entry.actor_kind, entry.actor_label) == ("sync", "QuickBooks")
    assert entry.changes == {"given": ["Ada", "Adah"], "is_active": [True, False]}
    assert OutboxNote.objects.count() == 2


@pytest.mark.usefixtures("scope")
def test_a_person_written_on_a_business_makes_its_primary_contact(firm: Firm) -> None:
    record_id, created = DOOR.create(firm.pk, {"name": "Acme LLC"}, SYNC)
    assert created.units["person"] == dict.fromkeys(PERSON, "")
    changed = DOOR.change(firm.pk, record_id, {"person": PERSON}, SYNC, expected_version=1)
    assert (changed.units["person"], changed.facts["kind"]) == (PERSON, "business")


@pytest.mark.usefixtures("scope")
def test_a_stale_version_is_refused_and_nothing_changes(firm: Firm) -> None:
    record_id, _ = DOOR.create(firm.pk, UNITS, SYNC)
    DOOR.change(firm.pk, record_id, {"phone": "555-0102"}, SYNC, expected_version=1)
    with pytest.raises(ChangedMeanwhile):
        DOOR.change(firm.pk, record_id, {"phone": "555-0103"}, SYNC, expected_version=1)
    assert DOOR.read(firm.pk, [record_id])[record_id].units["phone"] == "555-0102"


@pytest.mark.usefixtures("scope")
def test_problems_are_told_by_unit(firm: Firm) -> None:
    bad = {"name": "", "billing_address": {"city": "x" * 300}, "person": {"title": "x" * 41}, "email": "none"}
    with pytest.raises(Invalid) as refused:
        DOOR.create(firm.pk, bad, SYNC)
    assert set(refused.value.problems) == {"name", "billing_address", "person", "email"}


@pytest.mark.usefixtures("scope")
def test_line_breaks_of_a_ledger_become_spaces(firm: Firm) -> None:
    _, created = DOOR.create(
        firm.pk, {"name": "Ada\nByrne", "billing_address": {"line1": "1 Quay\r\nCork"}}, SYNC
    )
    assert created.units["name"] == "Ada Byrne"
    assert created.units["billing_address"]["line1"] == "1 Quay  Cork"


@pytest.mark.usefixtures("scope")
def test_an_unknown_unit_is_a_bug_and_an_unknown_id_is_not_found(firm: Firm) -> None:
    with pytest.raises(KeyError):
        DOOR.create(firm.pk, {"name": "Acme", "shoe_size": "44"}, SYNC)
    with pytest.raises(NotYours):
        DOOR.change(firm.pk, "0", {"name": "Acme"}, SYNC, expected_version=None)


@pytest.mark.usefixtures("scope")
def test_reading_many_takes_as_many_queries_as_reading_one(firm: Firm) -> None:
    ids = [DOOR.create(firm.pk, {**UNITS, "name": f"Client {each}"}, SYNC)[0] for each in range(30)]
    for wanted in (ids[:1], ids):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(DOOR.read(firm.pk, wanted)) == len(wanted)
        assert len(queries) == 2


@pytest.mark.usefixtures("scope")
def test_a_listing_pages_through_everything_and_filters_by_activity(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "PAGE", 2)
    clients = [
        create_client(firm_id=firm.pk, actor=SYNC, kind=Kind.BUSINESS, name=f"Client {each}")
        for each in range(5)
    ]
    archive_client(firm_id=firm.pk, client_id=clients[1].pk, actor=SYNC)
    ids = [str(each.pk) for each in clients]
    assert [record_id for record_id, _ in DOOR.list(firm.pk)] == ids
    assert DOOR.all_ids(firm.pk) == set(ids)
    assert [record_id for record_id, _ in DOOR.list(firm.pk, "inactive")] == [ids[1]]
    assert [record_id for record_id, _ in DOOR.list(firm.pk, "active")] == [ids[0], *ids[2:]]


@pytest.mark.parametrize(
    ("units", "kind"),
    [
        ({"name": "Ada Byrne", "person": {"given": "Ada", "family": "Byrne"}}, Kind.INDIVIDUAL),
        ({"name": "Byrne", "person": {"family": "Byrne"}}, Kind.INDIVIDUAL),
        ({"name": "Ada Co Byrne", "person": {"given": "Ada", "family": "Byrne"}}, Kind.INDIVIDUAL),
        ({"name": "Ada Byrne", "person": {"given": "Ada"}, "company_name": "Byrne Ltd"}, Kind.BUSINESS),
        ({"name": "Ada Byrne, LLC", "person": {"given": "Ada", "family": "Byrne"}}, Kind.BUSINESS),
        ({"name": "Byrne L.L.C. dba Quay", "person": {"given": "Ada"}}, Kind.BUSINESS),
        ({"name": "Byrne & Co.", "person": {"given": "Ada"}}, Kind.BUSINESS),
        ({"name": "Byrne Family Trust", "person": {"given": "Ada"}}, Kind.BUSINESS),
        ({"name": "Ada Byrne"}, Kind.BUSINESS),
        ({"name": "Ada Byrne", "person": {"given": " ", "family": ""}}, Kind.BUSINESS),
        ({}, Kind.BUSINESS),
    ],
)
def test_a_kind_is_guessed_from_company_legal_form_and_person(units: dict[str, Any], kind: Kind) -> None:
    assert guess_kind(units) is kind


@given(name=st.text(), company=st.text(min_size=1).filter(str.strip), given_name=st.text())
def test_a_company_name_always_means_business(name: str, company: str, given_name: str) -> None:
    units = {"name": name, "company_name": company, "person": {"given": given_name}}
    assert guess_kind(units) is Kind.BUSINESS


def test_the_door_serves_classes_that_keep_its_protocol() -> None:
    assert isinstance(RECORD_KINDS["client"], ClientRecords)
