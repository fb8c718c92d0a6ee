"""The sample firm: everybody can sign in, and its clients meet the emulator's customers in every way they should."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth import authenticate

from quickbooks_emulator.worlds import sample
from tieout.demo import client_list, people
from tieout.demo.sample_firm import open_sample_firm
from tieout.practice.actor import ChangeRecord
from tieout.practice.clients import Client
from tieout.practice.firms import Firm, Member
from tieout.practice.isolation import firm_scope
from tieout.practice.permissions import Permission

TODAY = date(2026, 3, 2)
THERE = {str(fields["DisplayName"]) for kind, fields in sample.rows(TODAY) if kind == "Customer"}


def folded(name: str) -> str:
    return " ".join(name.split()).casefold()


@pytest.mark.parametrize(
    "entry", [*client_list.SAME_NAME, *client_list.SAME_NAME_OTHER_FACTS], ids=lambda each: each.name
)
def test_the_same_names_are_the_same_to_the_letter(entry: client_list.SampleClient) -> None:
    assert entry.name in THERE


@pytest.mark.parametrize("entry", client_list.SAME_AFTER_CASE_AND_SPACING, ids=lambda each: each.name)
def test_the_names_that_differ_in_case_differ_in_nothing_else(entry: client_list.SampleClient) -> None:
    assert entry.name not in THERE
    assert folded(entry.name) in {folded(each) for each in THERE}


@pytest.mark.parametrize(
    "entry",
    [*client_list.NEAR_NAMES, *client_list.LOOK_ALIKES, *client_list.ONLY_HERE, *client_list.PROSPECTS],
    ids=lambda each: each.name,
)
def test_the_other_names_are_not_there(entry: client_list.SampleClient) -> None:
    assert folded(entry.name) not in {folded(each) for each in THERE}


def test_the_names_that_are_taken_are_a_vendors_and_an_employees() -> None:
    taken = {
        str(fields.get("DisplayName") or f"{fields['GivenName']} {fields['FamilyName']}")
        for kind, fields in sample.rows(TODAY)
        if kind in ("Vendor", "Employee")
    }
    assert {each.name for each in client_list.NAMES_TAKEN_THERE} <= taken


@pytest.mark.django_db
def test_the_sample_firm_is_opened_once() -> None:
    assert open_sample_firm()
    assert not open_sample_firm()
    firm = Firm.objects.get(name=people.FIRM)
    with firm_scope(firm.pk):
        assert Client.objects.count() == len(client_list.EVERYBODY)
        archived = {each.name for each in client_list.EVERYBODY if not each.is_active}
        assert set(Client.objects.filter(is_active=False).values_list("name", flat=True)) == archived
        added = ChangeRecord.objects.filter(kind="member", verb="added").values_list("record_id", flat=True)
        assert sorted(added) == sorted(str(each.pk) for each in Member.objects.all())


@pytest.mark.django_db
def test_two_may_manage_integrations_one_may_not_and_all_can_sign_in(rf: pytest.FixtureRequest) -> None:
    open_sample_firm()
    request = rf.post("/sign-in/")  # type: ignore[attr-defined]
    with firm_scope(Firm.objects.get(name=people.FIRM).pk):
        may = []
        for person in people.PEOPLE:
            user = authenticate(request, username=person.email, email=person.email, password=people.PASSWORD)
            assert user is not None, person.email
            member = Member.objects.get(user=user)
            may.append(member.may(Permission.MANAGE_INTEGRATIONS))
    assert may == [True, True, False]
