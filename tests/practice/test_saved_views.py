"""Saved views: one's own or the firm's, at most one the list opens with, changed only by whom they belong to."""

from __future__ import annotations

import pytest

from tests.practice.conftest import make_member
from tieout.practice.actions.recording import RecordChangedMeanwhile
from tieout.practice.actions.saved_views import change_view, delete_view, save_view
from tieout.practice.actor import ChangeRecord
from tieout.practice.firms import Firm, Member
from tieout.practice.isolation import firm_scope
from tieout.practice.permissions import NotAllowed, NotYours
from tieout.practice.saved_views import MOST, ListName, SavedView, access_view, opens_with, views_of
from tieout.practice.validation import Invalid

pytestmark = pytest.mark.usefixtures("scope")


@pytest.fixture
def ben(firm: Firm) -> Member:
    return make_member(firm, "ben@byrne.example", "Ben Cole", "staff-all")


@pytest.fixture
def cleo(firm: Firm) -> Member:
    return make_member(firm, "cleo@byrne.example", "Cleo Ray", "staff-assigned")


def names(member: Member, of: ListName = ListName.INVOICES) -> list[str]:
    return [each.name for each in views_of(member, of)]


def opened(member: Member) -> str:
    view = opens_with(views_of(member, ListName.INVOICES))
    return view.name if view else ""


def test_a_view_is_ones_own_until_it_is_shared(alice: Member, ben: Member) -> None:
    save_view(by=alice, list="invoices", name="Late", query="status=overdue")
    theirs = save_view(by=ben, list="invoices", name="Late", query="age=90")
    assert (names(alice), names(ben)) == (["Late"], ["Late"])
    with pytest.raises(NotYours):
        access_view(alice, theirs.pk)
    change_view(by=ben, view_id=theirs.pk, is_shared=True, name="Very late")
    assert (names(alice), names(ben)) == (["Late", "Very late"], ["Very late"])
    assert names(alice, ListName.CLIENTS) == []


def test_a_shared_view_is_changed_by_its_maker_or_who_manages_the_team(
    alice: Member, ben: Member, cleo: Member, firm: Firm
) -> None:
    view = save_view(by=ben, list="invoices", name="Late", query="", is_shared=True)
    other = make_member(firm, "dan@byrne.example", "Dan Fox", "staff-all")
    for member in (other, cleo):
        with pytest.raises(NotAllowed):
            change_view(by=member, view_id=view.pk, name="Mine now")
        with pytest.raises(NotAllowed):
            delete_view(by=member, view_id=view.pk)
    assert change_view(by=alice, view_id=view.pk, name="Overdue").member == ben
    assert delete_view(by=ben, view_id=view.pk) == "Overdue"
    told = ChangeRecord.objects.filter(kind="saved_view").order_by("id")
    assert [(each.verb, each.actor_label) for each in told] == [
        ("created", "Ben Cole"),
        ("changed", "Alice Byrne"),
        ("deleted", "Ben Cole"),
    ]


def test_who_sees_only_some_clients_shares_nothing(cleo: Member) -> None:
    with pytest.raises(NotAllowed, match="View All Clients"):
        save_view(by=cleo, list="invoices", name="Late", query="", is_shared=True)
    view = save_view(by=cleo, list="invoices", name="Late", query="")
    with pytest.raises(NotAllowed):
        change_view(by=cleo, view_id=view.pk, is_shared=True)
    assert not SavedView.objects.get().is_shared


def test_a_list_opens_with_ones_own_default_before_the_firms(alice: Member, ben: Member) -> None:
    save_view(by=alice, list="invoices", name="All firm", query="", is_shared=True, is_default=True)
    assert (opened(alice), opened(ben)) == ("All firm", "All firm")
    mine = save_view(by=ben, list="invoices", name="Mine", query="", is_default=True)
    assert (opened(alice), opened(ben)) == ("All firm", "Mine")
    save_view(by=ben, list="invoices", name="Other", query="", is_default=True)
    assert opened(ben) == "Other"
    assert not SavedView.objects.get(pk=mine.pk).is_default
    save_view(by=ben, list="invoices", name="New firm", query="", is_shared=True, is_default=True)
    assert (opened(alice), opened(ben)) == ("New firm", "Other")
    change_view(by=ben, view_id=SavedView.objects.get(name="New firm").pk, is_default=False)
    assert opened(alice) == ""


def test_a_name_one_has_already_is_given_to_what_the_list_shows_now(alice: Member) -> None:
    first = save_view(by=alice, list="invoices", name="Late", query="status=overdue")
    again = save_view(by=alice, list="invoices", name="late", query="age=90")
    assert (again.pk, again.query, again.version) == (first.pk, "age=90", 2)
    save_view(by=alice, list="payments", name="Late", query="")
    assert SavedView.objects.count() == 2
    other = save_view(by=alice, list="invoices", name="Other", query="")
    with pytest.raises(Invalid, match="Another view of this list is called Late"):
        change_view(by=alice, view_id=other.pk, name="Late")
    with pytest.raises(RecordChangedMeanwhile):
        change_view(by=alice, view_id=first.pk, expected_version=1, name="x")


def test_there_is_room_for_so_many_and_no_more(alice: Member) -> None:
    for number in range(MOST):
        save_view(by=alice, list="clients", name=f"View {number}", query="")
    with pytest.raises(Invalid, match="Delete one"):
        save_view(by=alice, list="clients", name="One more", query="")
    assert save_view(by=alice, list="clients", name="View 3", query="show=all").query == "show=all"
    save_view(by=alice, list="clients", name="The firm's", query="", is_shared=True)


@pytest.mark.parametrize(
    "fields",
    [{"name": ""}, {"name": "x" * 61}, {"name": "a\x00"}, {"query": "x" * 1001}, {"list": "refunds"}],
)
def test_what_cannot_be_kept_names_the_field(alice: Member, fields: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        save_view(**{"by": alice, "list": "invoices", "name": "Late", "query": "", **fields})  # type: ignore[arg-type]
    assert set(refused.value.problems) == set(fields)
    assert not SavedView.objects.exists()


def test_a_list_one_may_not_see_has_no_views(alice: Member, firm: Firm) -> None:
    save_view(by=alice, list="invoices", name="Late", query="", is_shared=True)
    plain = make_member(firm, "eve@byrne.example", "Eve Poe", "staff-all-no-billing")
    with pytest.raises(NotAllowed):
        views_of(plain, ListName.INVOICES)
    with pytest.raises(NotYours):
        access_view(plain, SavedView.objects.get().pk)
    with pytest.raises(NotAllowed):
        save_view(by=plain, list="invoices", name="Late", query="")


def test_nothing_of_a_view_is_seen_or_changed_from_the_twin(alice: Member, mallory: Member) -> None:
    view = save_view(by=alice, list="invoices", name="Late", query="", is_shared=True)
    with firm_scope(mallory.firm_id):
        assert names(mallory) == []
        for verb in (change_view, delete_view):
            with pytest.raises(NotYours):
                verb(by=mallory, view_id=view.pk)
