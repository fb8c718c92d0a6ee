"""Shows the list to work through: what stands beside each cause, that a press does it, and that it can be taken back."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.sync.rig import Rig
from tests.web.conftest import entered
from tieout.practice.actions.team import add_member
from tieout.practice.isolation import every_firm_scope
from tieout.practice.models import Member, User
from tieout.reconcile.state import Key, Side
from tieout.sync import decisions, worklist
from tieout.sync.issues import CAUSES, Listing
from tieout.sync.models import Conflict, Hold, Issue
from tieout.web.integrations.acts import ACTS
from tieout.web.integrations.remedies import REMEDIES

pytestmark = pytest.mark.django_db
LIST = "/settings/integrations/quickbooks/needs-you/"


def browser_of(rig: Rig) -> Client:
    return entered(rig.member)


def text(browser: Client, path: str = LIST, **headers: str) -> str:
    answer = browser.get(path, headers=headers)
    assert answer.status_code == 200, answer
    return " ".join(answer.content.decode().split())


def issue_ids(rig: Rig, cause: str) -> list[int]:
    """By the name of their record: in which order a run met them is nobody's promise."""
    with rig.here():
        return list(
            Issue.objects.filter(closed_at=None, cause=cause)
            .order_by("name", "id")
            .values_list("id", flat=True)
        )


def press(browser: Client, verb: str, issue: int, **more: object) -> str:
    form = {"one": f"{verb}:{issue}", **stamps(browser), **more}
    answer = browser.post(LIST + "decide/", form, follow=True)
    return " ".join(answer.content.decode().split())


def stamps(browser: Client) -> dict[str, str]:
    """What the list posts with every choice: which two values it showed, for each conflict."""
    page = browser.get(LIST).content.decode()
    return dict(re.findall(r'name="(shown-\d+)"[^>]* value="(\w+)"', page))


def with_conflicts(*names: str) -> Rig:
    """Each of these was given one phone here and another one in QuickBooks."""
    rig = Rig()
    rig.set_up()
    clients = [rig.add_client(name, phone="1") for name in names]
    rig.settle()
    for client in clients:
        rig.edit_client(client, phone="2")
        rig.edit_customer(rig.links()[client], PrimaryPhone={"FreeFormNumber": "3"})
    rig.until_the_change_feed_is_asked()
    return rig


def unmatched(*names: str) -> Rig:
    rig = Rig()
    for name in names:
        rig.add_client(name)
    rig.set_up()
    return rig


def test_every_cause_that_needs_a_person_has_a_button() -> None:
    causes = {slug for slug, cause in CAUSES.items() if cause.listing is Listing.NEEDS_YOU}
    assert causes <= set(REMEDIES)


def test_every_button_posts_an_act_or_leads_to_a_page() -> None:
    pages = {"link", "edit", "archive", "open", "settings", "ask", "report", "reconnect"}
    pages |= {"switches", "choices"}
    for cause, remedies in REMEDIES.items():
        for remedy in remedies:
            assert (remedy.verb in ACTS) is (remedy.verb not in pages), (cause, remedy)
            assert not (remedy.bulk and remedy.verb in pages), "a page is for one record"


def test_a_conflict_shows_its_field_both_values_and_the_two_ways_out() -> None:
    rig = with_conflicts("Ada Byrne")
    page = text(browser_of(rig))
    assert '<span class="unit">Phone of</span>' in page
    assert '<td data-label="Here"><span class="value">2</span>' in page
    assert '<td data-label="In QuickBooks"><span class="value">3</span>' in page
    (issue,) = issue_ids(rig, "conflict")
    page = press(browser_of(rig), "keep_ledger", issue)
    assert "what QuickBooks shows is kept on both sides" in page
    assert "On its way" in page
    rig.settle()
    assert not rig.issues()
    assert [one["phone"] for one in rig.clients().values()] == ["3"]


def test_many_conflicts_are_answered_with_one_press() -> None:
    rig = with_conflicts("Ada", "Bo", "Cy")
    browser = browser_of(rig)
    ids = issue_ids(rig, "conflict")
    browser.post(LIST + "decide/", {"do": "keep_practice", "issue": ids[:2], **stamps(browser)})
    rig.settle()
    assert sorted(one["PrimaryPhone"]["FreeFormNumber"] for one in rig.customers().values()) == [
        "2",
        "2",
        "3",
    ]
    assert issue_ids(rig, "conflict") == ids[2:]


def test_unmatched_ones_are_created_or_left_out_and_leaving_out_can_be_taken_back() -> None:
    rig = unmatched("Ada", "Bo", "Cy")
    browser = browser_of(rig)
    ids = issue_ids(rig, "unmatched")
    browser.post(LIST + "decide/", {"do": "create", "issue": ids[:1]})
    page = press(browser, "leave_out", ids[1])
    assert "data-key-undo" in page
    rig.settle()
    assert {one["DisplayName"] for one in rig.customers().values()} == {"Ada"}
    assert rig.issues() == [("excluded", "Bo"), ("unmatched", "Cy")]
    page = text(browser, LIST + "?listing=left_out")
    assert "Restore" in page
    browser.post(LIST + "undo/")
    rig.settle()
    assert rig.issues() == [("unmatched", "Bo"), ("unmatched", "Cy")]
    page = text(browser)
    assert "data-key-undo" not in page


def test_restoring_brings_a_record_back_to_those_that_wait_for_a_decision() -> None:
    rig = unmatched("Ada")
    with rig.here():
        (client,) = rig.clients()
        decisions.exclude(rig.member, [Key("client", Side.PRACTICE, client)], engine=rig.engine)
    rig.settle()
    (issue,) = issue_ids(rig, "excluded")
    press(browser_of(rig), "restore", issue, back=LIST + "?listing=left_out")
    rig.settle()
    assert rig.issues() == [("unmatched", "Ada")]


def test_linking_is_done_from_suggestions_or_a_search_and_can_be_taken_back() -> None:
    rig = Rig()
    client = rig.add_client("Bob Byrne", email="bob@example.com")
    customer = rig.add_customer("Robert Byrne", PrimaryEmailAddr={"Address": "rob@example.com"})
    rig.set_up(create_new=False)
    with rig.here():
        Hold.objects.all().update(excluded=False)
    browser = browser_of(rig)
    link = reverse("quickbooks-link", args=["client", "practice", client])
    assert link in text(browser)
    page = text(browser, link + "?search=robert")
    assert f'name="with" value="{customer}"' in page
    part = text(browser, link, **{"HX-Request": "true"})
    assert "<html" not in part
    answer = browser.post(link + "save/", {"with": customer, "back": LIST}, follow=True)
    assert "data-key-undo" in answer.content.decode()
    assert rig.links() == {client: customer}
    browser.post(LIST + "undo/")
    assert rig.links() == {}


def test_one_that_is_linked_already_cannot_be_chosen() -> None:
    rig = unmatched("Ada")
    other = rig.add_client("Bo")
    rig.settle()
    (ada,) = [one for one, units in rig.clients().items() if units["name"] == "Ada"]
    page = text(browser_of(rig), reverse("quickbooks-link", args=["client", "practice", ada]) + "?search=Bo")
    assert "Linked with Bo" in page
    assert f'value="{rig.links()[other]}"' not in page
    answer = browser_of(rig).post(
        reverse("quickbooks-link-save", args=["client", "practice", ada]),
        {"with": rig.links()[other]},
        follow=True,
    )
    assert "Unlink that first" in answer.content.decode()


def test_lookalikes_are_linked_or_told_apart() -> None:
    rig = Rig()
    rig.set_up()
    customer = rig.add_customer("Ada Byrne")
    client = rig.add_client("ADA Byrne")
    rig.until_the_change_feed_is_asked()
    browser = browser_of(rig)
    ours = issue_ids(rig, "lookalike")[0]
    page = text(browser)
    assert "Link with Ada Byrne" in page or "Link with ADA Byrne" in page
    assert "They are different" in page
    with rig.here():
        row = worklist.chosen(rig.connection, [ours], engine=rig.engine)[0]
    press(browser, "link_to", f"{ours}:{row.options[0].id}")  # type: ignore[arg-type]
    rig.settle()
    assert rig.links() == {client: customer}


def test_a_decision_about_something_settled_meanwhile_says_so() -> None:
    rig = with_conflicts("Ada")
    (issue,) = issue_ids(rig, "conflict")
    with rig.here():
        Issue.objects.update(closed_at=rig.clock.now())
        Conflict.objects.update(closed_at=rig.clock.now())
    assert "settled meanwhile" in press(browser_of(rig), "keep_practice", issue)


@pytest.mark.parametrize(
    "form", [{}, {"do": "create"}, {"one": "explode:1"}, {"one": "create:x"}, {"do": "retry", "issue": "²"}]
)
def test_a_form_that_makes_no_sense_changes_nothing(form: dict[str, str]) -> None:
    rig = unmatched("Ada")
    before = rig.issues()
    answer = browser_of(rig).post(LIST + "decide/", form, follow=True)
    assert answer.status_code == 200
    rig.settle()
    assert rig.issues() == before


def test_an_act_that_a_cause_does_not_offer_is_not_done() -> None:
    rig = unmatched("Ada")
    press(browser_of(rig), "restore", issue_ids(rig, "unmatched")[0])
    press(browser_of(rig), "unlink", issue_ids(rig, "unmatched")[0])
    rig.settle()
    assert rig.issues() == [("unmatched", "Ada")]


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_a_form_never_leads_out_of_the_product(target: str) -> None:
    rig = unmatched("Ada")
    answer = browser_of(rig).post(LIST + "decide/", {"back": target})
    assert answer["Location"] == LIST


def test_what_is_on_its_way_goes_from_the_list_by_itself() -> None:
    rig = with_conflicts("Ada")
    browser = browser_of(rig)
    (issue,) = issue_ids(rig, "conflict")
    press(browser, "keep_ledger", issue)
    asked = LIST + f"moving/?ids={issue}"
    assert "every 2s" in text(browser, asked)
    rig.settle()
    part = text(browser, asked)
    assert f'<tr id="issue-{issue}" hx-swap-oob="delete">' in part
    assert "every 2s" not in part


def test_a_long_cause_shows_its_first_rows_and_a_way_to_all_of_them() -> None:
    rig = unmatched(*[f"Client {n:02}" for n in range(25)])
    browser = browser_of(rig)
    page = text(browser)
    assert page.count("data-row>") == 20
    assert "Show all 25" in page
    page = text(browser, LIST + "?cause=unmatched")
    assert page.count("data-row>") == 25
    page = text(browser, LIST + "?cause=unmatched&search=client+24")
    assert page.count("data-row>") == 1
    assert "Nothing called “zz” here" in text(browser, LIST + "?cause=unmatched&search=zz")


def test_the_file_names_the_field_and_both_values() -> None:
    rig = with_conflicts("Ada Byrne")
    content = b"".join(browser_of(rig).get(LIST + "export.csv")).decode()  # type: ignore[arg-type]
    assert re.search(r"Ada Byrne,Phone,.*,2,3,", content)


def a_colleague(rig: Rig, preset: str = "staff-all") -> Member:
    with every_firm_scope():
        user = User.objects.create_user("sam@example.com", None, full_name="Sam Ito")
        return add_member(firm_id=rig.firm.pk, user=user, preset=preset)


def test_the_ticked_rows_are_given_to_a_colleague_who_finds_them_under_their_own() -> None:
    rig = unmatched("Ada", "Bo", "Cy")
    sam = a_colleague(rig, "admin")
    browser = browser_of(rig)
    ids = issue_ids(rig, "unmatched")
    assert f'<option value="{sam.pk}">Sam Ito</option>' in text(browser)
    given = {"do": "assign", "issue": ids[:2], "colleague": str(sam.pk)}
    page = browser.post(LIST + "decide/", given, follow=True).content.decode()
    assert "2 records: assigned to Sam Ito." in page
    assert page.count("chip chip-calm") == 2
    mine = text(entered(sam), LIST + "?mine=1")
    assert "Ada" in mine
    assert "Bo" in mine
    assert ">Cy<" not in mine
    assert "Nothing is assigned to you." in text(browser, LIST + "?mine=1")
    browser.post(LIST + "decide/", {"do": "assign", "issue": ids[:2], "colleague": ""})
    assert "Nothing is assigned to you." in text(entered(sam), LIST + "?mine=1")


def test_only_somebody_of_the_firm_can_be_given_a_row() -> None:
    rig = unmatched("Ada")
    other = Rig(seed=1)
    (issue,) = issue_ids(rig, "unmatched")
    for colleague in (str(other.member.pk), "0", "x", "²"):
        given = {"do": "assign", "issue": [issue], "colleague": colleague}
        page = browser_of(rig).post(LIST + "decide/", given, follow=True).content.decode()
        assert "There is no such colleague. Nothing was changed." in page
    with rig.here():
        assert Issue.objects.get(pk=issue).assigned_to_id is None


def put_off(browser: Client, issues: list[int], days: str, tab: str = "needs_you") -> str:
    form = {"do": "put_off", "issue": issues, "days": days, "back": f"{LIST}?listing={tab}"}
    return " ".join(browser.post(LIST + "decide/", form, follow=True).content.decode().split())


def test_a_question_put_off_stands_in_a_tab_of_its_own_until_its_day() -> None:
    rig = unmatched("Ada Byrne", "Bo Lee")
    browser, (ada, bo) = browser_of(rig), issue_ids(rig, "unmatched")
    page = put_off(browser, [ada], "7")
    assert "put off until" in page
    assert f'id="issue-{bo}"' in page
    assert f'id="issue-{ada}"' not in page
    later = text(browser, LIST + "?listing=put_off")
    assert f'id="issue-{ada}"' in later
    assert "Asked again" in later
    with rig.here():
        assert worklist.totals(rig.connection) == {"needs_you": 1, "put_off": 1}
        its_day = Issue.objects.get(pk=ada).put_off_until
        assert its_day is not None
        assert worklist.totals(rig.connection, now=its_day) == {"needs_you": 2}
    # asked again at once, when somebody says so
    put_off(browser, [ada], "", "put_off")
    assert f'id="issue-{ada}"' in text(browser)


def test_a_question_put_off_is_brought_back_by_undo_and_is_never_left_from_the_file() -> None:
    rig = unmatched("Ada Byrne")
    browser, (ada,) = browser_of(rig), issue_ids(rig, "unmatched")
    page = put_off(browser, [ada], "30")
    assert "Nothing needs you" in page
    assert "put off by a person" in page
    answer = browser.get(LIST + "export.csv")
    assert "Put off,Waits for your decision,Ada Byrne" in answer.content.decode("utf-8-sig")
    browser.post(LIST + "undo/")
    assert f'id="issue-{ada}"' in text(browser)


def test_only_what_needs_a_person_is_put_off() -> None:
    rig = unmatched("Ada Byrne")
    browser, (ada,) = browser_of(rig), issue_ids(rig, "unmatched")
    press(browser, "leave_out", ada)
    rig.settle()
    assert "Only what needs a person can be put off" in put_off(browser, issue_ids(rig, "excluded"), "7")


def test_show_all_of_what_is_assigned_to_me_stays_mine() -> None:
    rig = unmatched(*[f"Client {n:02}" for n in range(25)], "Somebody else's")
    browser = browser_of(rig)
    ids = issue_ids(rig, "unmatched")
    browser.post(LIST + "decide/", {"do": "assign", "colleague": str(rig.member.pk), "issue": ids[:25]})
    page = text(browser, LIST + "?mine=1")
    address = re.findall(r'href="(\?[^"]*)">Show all 25<', page)[0].replace("&amp;", "&")
    page = text(browser, LIST + address)
    assert page.count("data-row>") == 25
    assert "Somebody else" not in page


def test_a_section_or_a_kind_narrows_every_tab_and_stays_while_one_works() -> None:
    rig = unmatched("Ada", "Bo")
    browser = browser_of(rig)
    page = text(browser, LIST + "?entity=clients")
    assert page.count("data-row>") == 2
    assert "Only of Clients." in page
    assert (
        'name="back" value="/settings/integrations/quickbooks/needs-you/?listing=needs_you&amp;entity=clients'
        in page
    )
    assert '?listing=left_out&amp;entity=clients"' in page
    page = text(browser, LIST + "?entity=invoices")
    assert "Nothing of Invoices is listed here." in page
    assert "data-row>" not in page
    assert text(browser, LIST + "?entity=client").count("data-row>") == 2
    assert text(browser, LIST + "?entity=nonsense").count("data-row>") == 2
    manage = text(browser, "/settings/integrations/quickbooks/")
    assert (
        'id="clients-needs-you" href="/settings/integrations/quickbooks/needs-you/?entity=clients">2<'
        in manage
    )
