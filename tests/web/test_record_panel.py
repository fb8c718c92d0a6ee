"""Shows the QuickBooks part of a client's page: linked to what, what differs, why, and that its buttons do what they say."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests.sync.rig import Rig
from tests.web.conftest import entered
from tieout.practice.isolation import every_firm_scope
from tieout.practice.models import Member, Role, User
from tieout.sync import repairs
from tieout.sync.match_tables import MatchDecision
from tieout.sync.models import Link

pytestmark = pytest.mark.django_db
RECORD = "/settings/integrations/quickbooks/record/client/"


def page_of(rig: Rig, client: str, member: Member | None = None) -> str:
    answer = entered(member or rig.member).get(f"/clients/{client}/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def press(rig: Rig, client: str, do: str, **more: str) -> str:
    browser: Client = entered(rig.member)
    sent = {"do": do, "back": f"/clients/{client}/", **more}
    answer = browser.post(f"{RECORD}{client}/", sent, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def linked() -> tuple[Rig, str]:
    rig = Rig()
    rig.set_up()
    client = rig.add_client("Ada Byrne", phone="1", email="ada@example.com")
    rig.settle()
    return rig, client


def test_without_quickbooks_there_is_no_panel() -> None:
    rig = Rig()
    assert 'id="quickbooks"' not in page_of(rig, rig.add_client("Ada"))


def test_a_linked_client_names_its_customer_and_compares_every_field() -> None:
    rig, client = linked()
    page = page_of(rig, client)
    assert "Linked to" in page
    assert "Compare the fields" in page
    assert "Differs" not in page
    assert "created in QuickBooks" in page
    rig.edit_client(client, phone="2")
    page = page_of(rig, client)
    assert 'class="differs"' in page
    assert page.count("Differs</span>") == 1


def test_a_conflict_is_decided_on_the_record_itself() -> None:
    rig, client = linked()
    rig.edit_client(client, phone="2")
    rig.edit_customer(rig.links()[client], PrimaryPhone={"FreeFormNumber": "3"})
    rig.until_the_change_feed_is_asked()
    page = page_of(rig, client)
    assert "Phone: Both sides changed it, differently." in page
    assert "Keep ours" in page
    assert "Keep QuickBooks" in page


def test_unlinking_can_be_taken_back_at_once() -> None:
    rig, client = linked()
    customer = rig.links()[client]
    browser = entered(rig.member)
    page = browser.post(f"{RECORD}{client}/", {"do": "unlink", "back": f"/clients/{client}/"}, follow=True)
    assert "Unlinked Ada Byrne" in page.content.decode()
    assert "Not linked to a record" in page.content.decode()
    assert rig.links() == {}
    browser.post("/settings/integrations/quickbooks/needs-you/undo/")
    assert rig.links() == {client: customer}


def test_one_that_is_not_there_says_why_and_offers_the_ways_on() -> None:
    rig = Rig()
    client = rig.add_client("Only Here")
    rig.set_up()
    page = page_of(rig, client)
    assert "Why is this not in QuickBooks?" in page
    assert "It stood under Unmatched at set-up and waits for your decision." in page
    assert "Create in QuickBooks" in page
    press(rig, client, "create")
    rig.settle()
    assert len(rig.customers_named("Only Here")) == 1


def test_left_out_and_taken_back_in() -> None:
    rig = Rig()
    client = rig.add_client("Only Here")
    rig.set_up()
    press(rig, client, "leave_out")
    rig.settle()
    page = page_of(rig, client)
    assert "Left out by Dana Reyes" in page
    press(rig, client, "restore")
    rig.settle()
    assert rig.issues() == [("unmatched", "Only Here")]


def test_why_it_is_left_out_is_typed_kept_changed_and_told() -> None:
    rig = Rig()
    client = rig.add_client("Only Here")
    rig.set_up()
    assert 'name="why"' in page_of(rig, client)
    press(rig, client, "leave_out", why="  Moved   to another firm. ")
    rig.settle()
    page = page_of(rig, client)
    assert "Left out by Dana Reyes: Moved to another firm." in page
    assert "Dana Reyes left Only Here out: Moved to another firm" in page
    assert 'value="Moved to another firm"' in page
    press(rig, client, "say_why", why="Retired")
    rig.settle()
    page = page_of(rig, client)
    assert "Left out by Dana Reyes: Retired." in page
    assert "Dana Reyes said why Only Here is left out: Retired" in page
    assert "It is so already" in press(rig, client, "say_why", why="Retired")


def test_what_may_not_be_done_is_a_sentence() -> None:
    rig, client = linked()
    with rig.here():
        Link.objects.all().delete()
    assert "It is not linked any more." in press(rig, client, "unlink")
    assert entered(rig.member).post(f"{RECORD}{client}/", {"do": "explode"}).status_code == 404
    assert entered(rig.member).post(f"{RECORD}999999/", {"do": "unlink"}).status_code == 404


def test_who_may_not_manage_the_integration_reads_the_panel_without_buttons() -> None:
    rig, client = linked()
    with every_firm_scope():
        role = Role.objects.create(
            firm=rig.firm, name="Reader", permissions=["view_clients", "view_all_clients"]
        )
        user = User.objects.create_user("reader@example.com", None, full_name="Ray Read")
        reader = Member.objects.create(firm=rig.firm, user=user, role=role)
    page = page_of(rig, client, reader)
    assert "Linked to" in page
    assert "Unlink" not in page
    assert "You need the permission" in page
    assert "Dana Reyes can help." in page
    assert entered(reader).post(f"{RECORD}{client}/", {"do": "unlink"}).status_code == 403


def test_a_conflict_stands_over_the_record_side_by_side_and_is_decided_there() -> None:
    rig, client = linked()
    assert "Both sides changed" not in page_of(rig, client)
    rig.edit_client(client, phone="2")
    rig.edit_customer(rig.links()[client], PrimaryPhone={"FreeFormNumber": "3"})
    rig.until_the_change_feed_is_asked()
    page = page_of(rig, client)
    ribbon = page.split('aria-labelledby="both-changed"', 1)[1].split("</section>", 1)[0]
    assert "Both sides changed 1 field" in ribbon
    assert [each.split("<", 1)[0] for each in ribbon.split('class="text-break">')[1:]] == ["2", "3"]
    values = [each.split('"', 1)[0] for each in ribbon.split('name="one" value="')[1:]]
    assert len(values) >= 2, "one button for each side"
    browser: Client = entered(rig.member)
    name, stamp = re.findall(r'name="(shown-\d+)" value="(\w+)"', ribbon)[0]
    sent = {"one": values[0], "back": f"/clients/{client}/", name: stamp}
    after = browser.post("/settings/integrations/quickbooks/needs-you/decide/", sent, follow=True)
    assert after.status_code == 200
    rig.settle()
    assert "Both sides changed" not in page_of(rig, client)


def test_the_history_of_a_client_is_that_of_both_systems_in_one() -> None:
    rig, client = linked()
    rig.edit_customer(rig.links()[client], PrimaryPhone={"FreeFormNumber": "3"})
    rig.until_the_change_feed_is_asked()
    rig.settle()
    rig.edit_client(client, email="new@example.com")
    rig.settle()
    page = page_of(rig, client)
    history = page.split('id="history"', 1)[1].split("</section>", 1)[0]
    assert "History here and in QuickBooks" in " ".join(history.split("</svg>")[1].split("<")[0].split())
    words = [
        each.rsplit("</svg>", 1)[-1].strip() for each in history.split("</span>") if 'class="chip"' in each
    ]
    assert sorted(words) == ["From QuickBooks", "Here", "Here", "To QuickBooks", "To QuickBooks"]
    assert "<strong>QuickBooks sync</strong> changed this client" in history
    assert history.count("updated here") == 0, "what the history tells is not told twice"


def test_unlinking_can_be_taken_back_for_thirty_days_from_the_record_itself() -> None:
    rig, client = linked()
    customer = rig.links()[client]
    press(rig, client, "unlink")
    rig.settle()
    page = page_of(rig, client)  # another session: nothing of the first one is left
    assert "It was linked with <strong>Ada Byrne</strong> until" in page
    assert "Ada Byrne is linked with Ada Byrne again" in press(rig, client, "link_again")
    assert rig.links() == {client: customer}
    assert "Link the two again" not in page_of(rig, client)
    press(rig, client, "unlink")
    with rig.here():
        MatchDecision.objects.update(decided_at=rig.clock.now() - timedelta(days=365))
    assert "Link the two again" not in page_of(rig, client)
    assert "gone, or linked with another" in press(rig, client, "link_again")


def test_a_former_partner_that_has_another_one_now_is_not_offered() -> None:
    rig, client = linked()
    customer = rig.links()[client]
    press(rig, client, "unlink")
    other = rig.add_client("Ada Byrne the younger")
    rig.settle()
    with rig.here():
        repairs.link_instead(rig.member, "client", other, customer, engine=rig.engine)
    assert "Link the two again" not in page_of(rig, client)
