"""Tags: the firm's own words for clients. Nobody but the practice hears of them, and no client gets one twice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.practice.billing_world import NOW
from tieout.practice.actions.bulk import carry_on, start_client_bulk
from tieout.practice.actions.clients import create_client
from tieout.practice.actions.merging import merge_clients, what_would_move
from tieout.practice.actions.recording import RecordChangedMeanwhile
from tieout.practice.actions.samples import SAMPLES, remove_samples
from tieout.practice.actions.tags import change_tag, create_tag, delete_tag, tag_client, untag_client
from tieout.practice.actor import Actor, ActorKind, ChangeRecord
from tieout.practice.bulk import BulkAct, BulkVerb
from tieout.practice.clients import Client
from tieout.practice.firms import Firm, Member
from tieout.practice.outbox import OutboxNote
from tieout.practice.permissions import NotAllowed, NotYours
from tieout.practice.tag_names import MOST_OF_A_CLIENT, from_a_cell, in_a_cell
from tieout.practice.tags import ClientTag, Tag, tagged, tagged_among, tags_of, uses_of
from tieout.practice.validation import Invalid

pytestmark = pytest.mark.usefixtures("scope")
ACTOR = Actor(ActorKind.SYSTEM, "Test")


@pytest.fixture
def where(firm: Firm) -> dict[str, Any]:
    return {"firm_id": firm.pk, "actor": ACTOR}


@pytest.fixture
def ada(where: dict[str, Any]) -> Client:
    return create_client(**where, kind="individual", name="Ada Byrne")


def names_of(client: Client) -> list[str]:
    return [tag.name for tag in tags_of([client]).get(client.pk, ())]


def test_a_tag_on_a_client_is_in_both_histories_and_in_no_note(where: dict[str, Any], ada: Client) -> None:
    OutboxNote.objects.all().delete()
    vip = create_tag(**where, name="  Very   important ", color="red")
    tag_client(**where, client_id=ada.pk, tag_id=vip.pk)
    tag_client(**where, client_id=ada.pk, tag_id=vip.pk)
    assert (vip.name, names_of(ada)) == ("Very important", ["Very important"])
    untag_client(**where, client_id=ada.pk, tag_id=vip.pk)
    untag_client(**where, client_id=ada.pk, tag_id=vip.pk)
    assert names_of(ada) == []
    told = ChangeRecord.objects.filter(kind="client", record_id=str(ada.pk)).exclude(verb="created")
    assert [(each.verb, each.changes["tag"]) for each in told] == [
        ("untagged", ["Very important", None]),
        ("tagged", [None, "Very important"]),
    ]
    assert ChangeRecord.objects.filter(kind="tag", record_id=str(vip.pk), verb="created").count() == 1
    ada.refresh_from_db()
    assert ada.version == 1, "the client itself did not change"
    assert not OutboxNote.objects.exists()


def test_a_tag_is_renamed_for_every_client_and_deleted_off_all_with_the_count(
    where: dict[str, Any], ada: Client
) -> None:
    tag = create_tag(**where, name="Monthly")
    ben = create_client(**where, kind="individual", name="Ben Cole")
    for each in (ada, ben):
        tag_client(**where, client_id=each.pk, tag_id=tag.pk)
    change_tag(**where, tag_id=tag.pk, name="Quarterly", color="blue")
    assert names_of(ada) == names_of(ben) == ["Quarterly"]
    with pytest.raises(RecordChangedMeanwhile, match="changed this tag"):
        delete_tag(**where, tag_id=tag.pk, expected_version=1)
    assert delete_tag(**where, tag_id=tag.pk) == 2
    assert names_of(ada) == names_of(ben) == []
    entry = ChangeRecord.objects.filter(kind="tag", verb="deleted").get()
    assert entry.changes == {"name": ["Quarterly", None], "clients": [2, None]}
    with pytest.raises(NotYours, match="no such tag"):
        tag_client(**where, client_id=ada.pk, tag_id=tag.pk)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 41}, "name"),
        ({"name": "a, b"}, "name"),
        ({"name": "a;b"}, "name"),
        ({"name": "line\nbreak\x00"}, "name"),
        ({"name": "MONTHLY"}, "name"),
        ({"name": "New", "color": "mauve"}, "color"),
    ],
)
def test_a_tag_that_cannot_be_names_the_field(
    where: dict[str, Any], fields: dict[str, str], field: str
) -> None:
    create_tag(**where, name="Monthly")
    with pytest.raises(Invalid) as refused:
        create_tag(**where, **fields)
    assert set(refused.value.problems) == {field}
    assert Tag.objects.count() == 1


def test_a_client_has_so_many_tags_and_no_more(where: dict[str, Any], ada: Client) -> None:
    tags = [create_tag(**where, name=f"Tag {number}") for number in range(MOST_OF_A_CLIENT + 1)]
    for tag in tags[:-1]:
        tag_client(**where, client_id=ada.pk, tag_id=tag.pk)
    with pytest.raises(Invalid, match="Take one off first"):
        tag_client(**where, client_id=ada.pk, tag_id=tags[-1].pk)


@pytest.mark.parametrize("most", [2, 50])
def test_a_list_is_narrowed_to_a_tag_or_to_those_without_one_few_or_many(
    where: dict[str, Any], firm: Firm, ada: Client, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tieout.practice.tags.MOST", most)
    tag, many = create_tag(**where, name="Rare"), create_tag(**where, name="Common")
    tag_client(**where, client_id=ada.pk, tag_id=tag.pk)
    crowd = Client.objects.bulk_create(
        Client(firm=firm, name=f"Client {number}", kind="business") for number in range(12)
    )
    ClientTag.objects.bulk_create(ClientTag(firm=firm, client=each, tag=many) for each in crowd[:-1])
    everyone = Client.objects.all()
    assert list(tagged(everyone, str(tag.pk))) == [ada]
    assert set(tagged(everyone, str(many.pk))) == set(crowd[:-1])
    assert list(tagged(everyone, "none")) == [crowd[-1]]
    assert not tagged(everyone, "999999").exists()
    assert uses_of(firm.pk) == {tag.pk: 1, many.pk: 11}
    ids = [ada.pk, *(each.pk for each in crowd)]
    assert tagged_among(ids, str(tag.pk)) == [ada.pk]
    assert set(tagged_among(ids[3:], str(many.pk))) == set(ids[3:-1])
    assert tagged_among(ids, "none") == [crowd[-1].pk]
    assert tagged_among([], str(many.pk)) == []


def test_when_two_clients_become_one_it_has_the_tags_of_both_each_once(
    where: dict[str, Any], ada: Client
) -> None:
    both, theirs = create_tag(**where, name="Both"), create_tag(**where, name="Theirs")
    twin = create_client(**where, kind="individual", name="A. Byrne")
    for client, tag in ((ada, both), (twin, both), (twin, theirs)):
        tag_client(**where, client_id=client.pk, tag_id=tag.pk)
    assert what_would_move(twin).tags == 2
    merge_clients(**where, stays_id=ada.pk, goes_id=twin.pk)
    assert (names_of(ada), names_of(twin)) == (["Both", "Theirs"], [])
    entry = ChangeRecord.objects.filter(record_id=str(ada.pk), verb="took in another client").get()
    assert entry.changes["tag"] == [None, "Theirs"]


def test_many_are_tagged_each_for_itself_and_what_is_refused_says_why(
    where: dict[str, Any], ada: Client, alice: Member
) -> None:
    tag = create_tag(**where, name="Monthly")
    old = create_client(**where, kind="individual", name="Old Byrne")
    act = start_client_bulk(
        member=alice, verb=BulkVerb.TAG, tag_id=tag.pk, client_ids=[ada.pk, old.pk, 10**9], now=NOW
    )
    merge_clients(**where, stays_id=ada.pk, goes_id=old.pk)
    act = carry_on(firm_id=alice.firm_id, act_id=act.pk, clock=lambda: NOW)
    assert [(row.client, row.state) for row in act.rows.all()] == [(ada, "done"), (old, "refused")]
    assert "was merged into another client" in act.rows.get(state="refused").problem
    assert act.finished_at == NOW
    assert names_of(ada) == ["Monthly"]
    entry = ChangeRecord.objects.filter(verb="tagged", record_id=str(ada.pk)).get()
    assert entry.actor_label == "Alice Byrne"
    again = start_client_bulk(member=alice, verb=BulkVerb.UNTAG, tag_id=tag.pk, client_ids=[ada.pk], now=NOW)
    delete_tag(**where, tag_id=tag.pk)
    again = carry_on(firm_id=alice.firm_id, act_id=again.pk, clock=lambda: NOW)
    assert again.rows.get().problem == "There is no such tag."


def test_who_may_no_longer_edit_clients_tags_none_of_what_they_started(
    where: dict[str, Any], ada: Client, alice: Member
) -> None:
    tag = create_tag(**where, name="Monthly")
    act = start_client_bulk(member=alice, verb=BulkVerb.TAG, tag_id=tag.pk, client_ids=[ada.pk], now=NOW)
    alice.role.permissions = ["view_clients"]
    alice.role.save()
    act = carry_on(firm_id=alice.firm_id, act_id=act.pk, clock=lambda: NOW)
    assert act.rows.get().problem == "Alice Byrne may no longer add, change, archive and restore clients."
    with pytest.raises(NotAllowed):
        start_client_bulk(
            member=Member.objects.get(pk=alice.pk),
            verb=BulkVerb.TAG,
            tag_id=tag.pk,
            client_ids=[ada.pk],
            now=NOW,
        )


@pytest.mark.parametrize("tag_id", ["", "x", "9" * 40, 10**9])
def test_without_a_tag_of_the_firm_nothing_is_started_and_the_field_is_named(
    ada: Client, alice: Member, tag_id: int | str
) -> None:
    with pytest.raises(Invalid) as refused:
        start_client_bulk(member=alice, verb=BulkVerb.TAG, tag_id=tag_id, client_ids=[ada.pk], now=NOW)
    assert list(refused.value.problems) == ["tag_id"]
    assert not BulkAct.objects.exists()


def test_sample_clients_go_with_their_tags(where: dict[str, Any], firm: Firm, alice: Member) -> None:
    sample = create_client(firm_id=firm.pk, actor=SAMPLES, kind="business", name="Sample LLC")
    tag_client(**where, client_id=sample.pk, tag_id=create_tag(**where, name="Demo").pk)
    assert remove_samples(by=alice).go == [sample]
    assert not ClientTag.objects.exists()


NAMES = some.lists(
    some.text(some.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=40)
    .map(lambda text: " ".join(text.replace(";", "").replace(",", "").split()))
    .filter(bool),
    max_size=MOST_OF_A_CLIENT,
    unique_by=str.lower,
)


@given(NAMES)
def test_what_stands_in_a_cell_reads_back_as_the_same_tags(names: list[str]) -> None:
    assert sorted(from_a_cell(in_a_cell(names))) == sorted(names)
