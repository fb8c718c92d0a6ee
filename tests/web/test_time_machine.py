"""The past of a record: each change is a step, with who made it and what both sides showed then."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from quickbooks_emulator import VirtualClock
from tests.sync.rig import Rig
from tests.sync.test_documents import Books
from tests.web.conftest import entered
from tieout.practice.actions.team import add_member
from tieout.practice.actor import ChangeRecord
from tieout.practice.isolation import every_firm_scope
from tieout.practice.models import User
from tieout.reconcile.state import Side
from tieout.sync import decisions
from tieout.sync.models import Conflict

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The history's clock is the rig's: in the product both are the machine's."""
    at = ChangeRecord._meta.get_field("at")
    monkeypatch.setattr(Rig, "__init__", _noting(Rig.__init__))
    monkeypatch.setitem(at.__dict__, "_get_default", lambda: RIGS[-1].clock.now())


RIGS: list[Rig] = []


def _noting(init: Callable[..., None]) -> Callable[..., None]:
    def noted(self: Rig, *args: object, **more: object) -> None:
        self.clock = VirtualClock()
        RIGS.append(self)
        init(self, *args, **more)

    return noted


RECORD = "/settings/integrations/quickbooks/record/"


def at(browser: Client, path: str, step: int | None = None) -> str:
    answer = browser.get(path + (f"?step={step}" if step else ""))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def row(page: str, label: str) -> tuple[str, str]:
    """What both sides show of one field."""
    found = re.search(
        rf'<th scope="row">{label}.*?data-label="Here"[^>]*>(.*?)</td>.*?data-label="In QuickBooks"[^>]*>(.*?)</td>',
        page,
    )
    assert found, label
    here, there = (re.sub(r"<[^>]*>", "", one).replace("Changed", "").strip() for one in found.groups())
    return here, there


def steps(page: str) -> int:
    found = re.search(r"Step \d+ of (\d+)", page)
    assert found
    return int(found[1])


def test_each_change_of_a_client_is_a_step_with_both_sides_as_they_were() -> None:
    rig = Rig()
    rig.set_up()
    client = rig.add_client("Ada Byrne", phone="1")
    rig.settle()
    rig.advance(60)
    rig.edit_client(client, phone="2")
    rig.settle()
    rig.advance(60)
    rig.edit_customer(rig.links()[client], PrimaryPhone={"FreeFormNumber": "3"})
    rig.until_the_change_feed_is_asked()
    browser, path = entered(rig.member), f"{RECORD}client/{client}/past/"
    page = at(browser, path)
    assert row(page, "Phone") == ("3", "3")
    assert "This is how it is now" in page
    told = [at(browser, path, step) for step in range(1, steps(page) + 1)]
    assert "This is the first thing known" in told[0]
    assert "Created here" in told[0]
    said = [row(one, "Phone") for one in told]
    assert said[0][0] == "1"
    assert ("1", "1") in said, "created here, then sent"
    assert ("2", "1") in said, "changed here, not sent yet"
    assert said.index(("2", "1")) < said.index(("2", "2")), "then sent"
    assert said[-1] == ("3", "3")
    sent = told[said.index(("2", "2"))]
    assert "Sent to QuickBooks" in sent
    assert "by The sync" in sent
    assert any("by Somebody in QuickBooks" in one for one in told)
    assert f'href="?step={steps(page) - 1}"' in page, "without JavaScript, by links"
    assert 'type="range"' in page


def test_what_was_changed_there_and_not_taken_is_a_step_too_and_so_is_who_chose() -> None:
    rig = Rig()
    client = rig.in_conflict("Ada Byrne")
    rig.until_the_change_feed_is_asked()
    with rig.here():
        ids = list(Conflict.objects.values_list("id", flat=True))
        decisions.answer_conflicts(rig.member, ids, Side.PRACTICE, engine=rig.engine)
    rig.settle()
    browser, path = entered(rig.member), f"{RECORD}client/{client}/past/"
    page = at(browser, path)
    told = [at(browser, path, step) for step in range(1, steps(page) + 1)]
    there = next(one for one in told if "not taken until somebody chose" in one)
    assert row(there, "Phone")[1] == "3"
    assert row(page, "Phone") == ("2", "2")


def test_a_documents_past_has_its_amounts_and_another_firm_finds_none() -> None:
    books = Books()
    books.review_items()
    books.send("invoice")
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    invoice = books.invoice(client, item, rate="120.50")
    books.settle()
    path = f"{RECORD}invoice/{invoice.pk}/past/"
    page = at(entered(books.member), path)
    assert row(page, "Total") == ("$120.50", "$120.50")
    assert any(
        "Created in QuickBooks" in at(entered(books.member), path, step) for step in range(1, steps(page) + 1)
    )
    other = Rig(seed=7, emulator=books.emulator)
    other.connect()
    assert entered(other.member).get(path).status_code == 404
    with every_firm_scope():
        user = User.objects.create_user("no@example.com", None, full_name="No Billing")
        colleague = add_member(firm_id=books.firm.pk, user=user, preset="admin-no-billing")
    assert entered(colleague).get(path).status_code == 403


def test_its_panel_leads_there_and_no_number_of_steps_costs_more_queries(
    django_assert_max_num_queries: object,
) -> None:
    rig = Rig()
    rig.set_up()
    client = rig.add_client("Ada Byrne", phone="1")
    rig.settle()
    browser, path = entered(rig.member), f"{RECORD}client/{client}/past/"
    assert path in at(browser, f"/clients/{client}/")
    with django_assert_max_num_queries(60) as few:  # type: ignore[operator]
        at(browser, path)
    for number in range(5):
        rig.edit_client(client, phone=str(number + 5))
        rig.settle()
    with django_assert_max_num_queries(len(few)) as many:  # type: ignore[operator]
        at(browser, path)
    assert len(many) <= len(few)
