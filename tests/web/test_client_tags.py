"""Tags on the pages: made, put on and taken off one client or many, found by, exported, imported, shown as a word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from tests.practice.billing_world import Desk
from tests.web.test_billing_invoice_lists import numbers, problems, queries, text
from tieout.practice.actions.clients import create_client
from tieout.practice.actions.tags import create_tag, tag_client
from tieout.practice.actor import ChangeRecord
from tieout.practice.bulk import BulkAct
from tieout.practice.clients import Client
from tieout.practice.csv_text import decode, read_lines
from tieout.practice.firms import Firm, Member
from tieout.practice.tags import ClientTag, Tag

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
CLIENTS = "/clients/"
TAGS = "/clients/tags/"


@pytest.fixture
def desk(in_firm: Firm, settings: Any) -> Desk:
    settings.BULK_BELL = settings.OUTBOX_BELL = ""
    desk = Desk.open(in_firm.pk)
    for name in ("Ada", "Ben", "Cleo"):
        create_client(firm_id=in_firm.pk, actor=desk.actor, kind="business", name=name)
    return desk


def client(name: str) -> Client:
    return Client.objects.get(name=name)


def held() -> set[tuple[str, str]]:
    return set(ClientTag.objects.values_list("client__name", "tag__name"))


def test_a_tag_is_made_renamed_and_deleted_with_the_count_of_its_clients(
    desk: Desk, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    assert "No tags yet" in text(browser.get(TAGS).content)
    assert "The tag is there" in text(
        browser.post(f"{TAGS}new/", {"name": "Monthly", "color": "blue"}, follow=True).content
    )
    assert "Tag is needed." in text(browser.post(f"{TAGS}new/", {"name": ""}, follow=True).content)
    tag = Tag.objects.get()
    for name in ("Ada", "Ben"):
        tag_client(firm_id=desk.firm_id, actor=desk.actor, client_id=client(name).pk, tag_id=tag.pk)
    page = browser.get(TAGS).content
    assert problems(page) == []
    assert f'href="/clients/?tag={tag.pk}&amp;show=all">2' in page.decode()
    browser.post(f"{TAGS}{tag.pk}/", {"name": "Each month", "color": "red", "version": tag.version})
    tag.refresh_from_db()
    assert (tag.name, tag.color) == ("Each month", "red")
    stale = browser.post(f"{TAGS}{tag.pk}/", {"name": "x", "color": "red", "version": 1}, follow=True)
    assert "Someone changed this tag" in text(stale.content)
    asked = browser.get(f"{TAGS}{tag.pk}/delete/").content
    assert "taken off 2 clients" in text(asked)
    assert problems(asked) == []
    browser.post(f"{TAGS}{tag.pk}/delete/")
    assert (Tag.objects.count(), ClientTag.objects.count()) == (0, 0)
    log = text(browser.get("/settings/audit-log/?of=tag").content)
    assert "Deleted" in log
    assert "Each month" in log


def test_a_client_gets_a_tag_on_its_page_a_new_one_too_and_loses_it_there(
    desk: Desk, signed_in: SignedIn
) -> None:
    browser, ada = signed_in("admin"), client("Ada")
    for name in ("Monthly", "monthly"):
        browser.post(f"{CLIENTS}{ada.pk}/tags/", {"tag": name})
    assert held() == {("Ada", "Monthly")}
    page = browser.get(f"{CLIENTS}{ada.pk}/").content
    assert problems(page) == []
    assert "tagged this client" in text(page)
    browser.post(f"{CLIENTS}{ada.pk}/tags/", {"remove": Tag.objects.get().pk})
    assert held() == set()
    for form in (
        {},
        {"tag": ""},
        {"tag": "a\x00"},
        {"tag": "x" * 50},
        {"tag": "a;b"},
        {"remove": "x"},
        {"remove": "9" * 40},
    ):
        answer = browser.post(f"{CLIENTS}{ada.pk}/tags/", form)
        assert answer.status_code in (302, 404), form
    assert held() == set()


def test_who_sees_only_some_clients_chooses_among_tags_and_makes_none(
    desk: Desk, members: dict[str, Member], signed_in: SignedIn
) -> None:
    Client.objects.filter(name="Ada").update(assigned_to=members["staff-assigned"])
    create_tag(firm_id=desk.firm_id, actor=desk.actor, name="Monthly")
    browser, ada, ben = signed_in("staff-assigned"), client("Ada"), client("Ben")
    refused = browser.post(f"{CLIENTS}{ada.pk}/tags/", {"tag": "Mine"}, follow=True)
    assert "There is no tag called Mine" in text(refused.content)
    browser.post(f"{CLIENTS}{ada.pk}/tags/", {"tag": "Monthly"})
    assert browser.post(f"{CLIENTS}{ben.pk}/tags/", {"tag": "Monthly"}).status_code == 404
    for address in (f"{TAGS}new/", f"{TAGS}{Tag.objects.get().pk}/", f"{TAGS}{Tag.objects.get().pk}/delete/"):
        assert browser.post(address, {"name": "Mine", "color": "red"}).status_code in (403, 404)
    assert held() == {("Ada", "Monthly")}
    form = {"do": "tag", "tag_id": Tag.objects.get().pk, "pick": [ben.pk]}
    answer = browser.post(f"{CLIENTS}many/", form, follow=True)
    assert "No client was selected" in text(answer.content)
    assert held() == {("Ada", "Monthly")}


def test_ticked_clients_get_a_tag_with_a_result_each_and_a_double_click_does_it_once(
    desk: Desk, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    tag = create_tag(firm_id=desk.firm_id, actor=desk.actor, name="Monthly")
    form = {
        "do": "tag", "tag_id": tag.pk, "pick": [client("Ada").pk, client("Cleo").pk], "found": "", "form_token": "t1",
    }  # fmt: skip
    first = browser.post(f"{CLIENTS}many/", form)
    assert browser.post(f"{CLIENTS}many/", form)["Location"] == first["Location"]
    assert BulkAct.objects.count() == 1
    page = browser.get(first["Location"]).content
    assert "2 done." in text(page)
    assert problems(page) == []
    assert held() == {("Ada", "Monthly"), ("Cleo", "Monthly")}
    assert numbers(browser.get(f"{CLIENTS}?tag={tag.pk}").content) == ["Ada", "Cleo"]
    assert numbers(browser.get(f"{CLIENTS}?tag=none").content) == ["Acme LLC", "Ben"]
    assert (
        browser.get(first["Location"].replace("/clients/many/", "/billing/invoices/many/")).status_code == 404
    )
    browser.post(
        f"{CLIENTS}many/",
        {**form, "do": "untag", "all": "1", "pick": [], "found": f"tag={tag.pk}", "form_token": "t2"},
    )
    assert held() == set()
    entry = ChangeRecord.objects.filter(verb="untagged", record_id=str(client("Ada").pk)).get()
    assert entry.actor_label == "Dana Reyes"


@pytest.mark.parametrize("tag_id", ["", "0", "x", "9" * 40, "\u0663", "1\x00"])
def test_many_without_a_tag_of_the_firm_is_refused_in_words(
    desk: Desk, signed_in: SignedIn, tag_id: str
) -> None:
    answer = signed_in("admin").post(
        f"{CLIENTS}many/", {"do": "tag", "tag_id": tag_id, "pick": [client("Ada").pk], "found": "sort=-name"}
    )
    assert answer["Location"] == f"{CLIENTS}?sort=-name&"
    assert not BulkAct.objects.exists()


def test_the_list_shows_tags_as_words_and_asks_no_more_often_for_more_of_them(
    desk: Desk, signed_in: SignedIn
) -> None:
    browser = signed_in("admin")
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor}
    tags = [create_tag(**where, name=name, color=color) for name, color in (("One", "red"), ("Two", "gray"))]
    tag_client(**where, client_id=client("Ada").pk, tag_id=tags[0].pk)
    before = queries(browser, CLIENTS)
    for each in Client.objects.all():
        for tag in tags:
            tag_client(**where, client_id=each.pk, tag_id=tag.pk)
    assert queries(browser, CLIENTS) == before
    page = browser.get(CLIENTS).content
    assert text(page).count("One Two Business") == 4, "each word beside its client"
    assert problems(page) == []


def test_a_tag_that_is_gone_hides_no_more_than_it_says(desk: Desk, signed_in: SignedIn) -> None:
    page = signed_in("admin").get(f"{CLIENTS}?tag=987654").content
    assert "No client is like that" in text(page)
    assert "One that was deleted" in text(page)
    for odd in ("x", "-1", "9" * 40, "\u0663"):
        assert len(numbers(signed_in("admin").get(f"{CLIENTS}?tag={odd}").content)) == 4


def test_tags_go_out_in_a_file_and_come_back_in_one_new_ones_too(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    where: dict[str, Any] = {"firm_id": desk.firm_id, "actor": desk.actor}
    for name in ("Monthly", "VIP"):
        tag = create_tag(**where, name=name)
        tag_client(**where, client_id=client("Ada").pk, tag_id=tag.pk)
    header, *lines = read_lines(decode(browser.get(f"{CLIENTS}export.csv").content), {"name"})
    column = header.cells.index("Tags")
    assert {line.cells[0]: line.cells[column] for line in lines}["Ada"] == "Monthly; VIP"
    content = 'Name,Tags\nDan,"vip; Quarterly"\nEve,\nFay,"a' + "x" * 60 + '"\n'
    uploaded = browser.post(
        f"{CLIENTS}import/", {"file": SimpleUploadedFile("c.csv", content.encode(), "text/csv")}
    )
    preview = browser.get(uploaded["Location"]).content
    assert "“Quarterly”: the import makes it" in text(preview)
    assert "Tag can have at most 40 characters" in text(preview)
    browser.post(uploaded["Location"], {"skip_errors": "1"})
    assert {each for each in held() if each[0] in ("Dan", "Eve", "Fay")} == {
        ("Dan", "VIP"),
        ("Dan", "Quarterly"),
    }
    assert "Tag: Quarterly" not in text(browser.get(f"{CLIENTS}{client('Dan').pk}/").content)
    made = ChangeRecord.objects.get(kind="client", record_id=str(client("Dan").pk))
    assert made.changes["tag"] == [None, "vip, Quarterly"]


def test_a_tag_and_a_search_together_show_who_answers_to_both(desk: Desk, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    tag = create_tag(firm_id=desk.firm_id, actor=desk.actor, name="Monthly")
    create_client(firm_id=desk.firm_id, actor=desk.actor, kind="business", name="Adam")
    for name in ("Ada", "Ben"):
        tag_client(firm_id=desk.firm_id, actor=desk.actor, client_id=client(name).pk, tag_id=tag.pk)

    def shown(question: str) -> list[str]:
        page = browser.get(f"{CLIENTS}?{question}").content.decode()
        return [name for name in ("Ada", "Adam", "Ben", "Cleo") if f">{name}</a>" in page]

    assert shown("search=ada") == ["Ada", "Adam"]
    assert shown(f"tag={tag.pk}&search=ada") == ["Ada"]
    assert shown("tag=none&search=ada") == ["Adam"]
    assert shown(f"tag={tag.pk}&search=cleo") == []
