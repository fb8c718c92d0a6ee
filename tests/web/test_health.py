"""The health of a connection on its Manage page: what holds notices up, what runs out, how much waits, and the first agreement."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine

from quickbooks_emulator.webhooks.queue import Posting
from tests.sync.rig import Rig
from tests.web.conftest import entered
from tieout.sync.models import InboxEvent, TieOut, TokenSet

pytestmark = pytest.mark.django_db
MANAGE = "/settings/integrations/quickbooks/"


@pytest.fixture
def rig() -> Rig:
    made = Rig()
    made.set_up()
    return made


def manage(rig: Rig) -> str:
    """The words of the page, at the rig's own time."""
    with time_machine.travel(rig.clock.now(), tick=False):
        answer = entered(rig.member).get(MANAGE)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def failing(rig: Rig) -> None:
    """Our endpoint answers 500 to whatever is due: QuickBooks tries again later, and holds back what comes after."""

    def post(posting: Posting) -> int:
        return 500

    rig.emulator.webhooks.pump(post)


def test_notices_that_our_own_failure_holds_up_are_told_and_nothing_is_lost_by_it(rig: Rig) -> None:
    rig.subscribe()
    customer = rig.add_customer("Ada Byrne")
    rig.advance(5)
    rig.deliver()
    rig.settle()
    assert "do not reach us" not in manage(rig)
    rig.advance(3600)
    rig.until_the_change_feed_is_asked()
    rig.edit_customer(customer, PrimaryPhone={"FreeFormNumber": "7"})
    for _ in range(4):
        rig.advance(400)
        failing(rig)
    rig.until_the_change_feed_is_asked()
    page = manage(rig)
    assert "Notices from QuickBooks do not reach us" in page
    assert "Nothing is lost: changes are asked for every five minutes instead." in page
    assert [one["phone"] for one in rig.clients().values()] == ["7"]
    rig.advance(3600 * 7)
    assert rig.deliver()
    rig.settle()
    assert "do not reach us" not in manage(rig)


def test_notices_that_no_worker_takes_up_are_told(rig: Rig) -> None:
    rig.subscribe()
    rig.add_customer("Ada Byrne")
    rig.advance(5)
    rig.deliver()
    assert "wait to be taken up" not in manage(rig)
    rig.advance(360)
    assert "1 notice waits, the oldest for 6 minutes. They are kept." in manage(rig)
    rig.settle()
    with rig.here():
        assert not InboxEvent.objects.filter(handled_at=None).exists()
    assert "wait to be taken up" not in manage(rig)


def test_a_sign_in_that_runs_out_within_thirty_days_is_told_and_one_that_does_not_is_not(rig: Rig) -> None:
    assert "runs out" not in manage(rig)
    with rig.here():
        TokenSet.objects.update(refresh_expires_at=rig.clock.now() + timedelta(days=12, hours=1))
    assert "The sign-in to QuickBooks runs out in 12 days" in manage(rig)


def test_an_outage_says_how_many_changes_wait_and_when_it_is_tried_again(rig: Rig) -> None:
    rig.fault("down", seconds=7200)
    for name in ("Ada", "Bo", "Cy"):
        rig.add_client(name)
    rig.run()  # unanswered: in doubt, and looked for after the settle window
    rig.advance(rig.engine.settle.total_seconds() + 1)
    rig.run()
    page = manage(rig)
    assert "Waiting for QuickBooks" in page
    assert "3 changes wait safely; the next try is at" in page


def test_the_first_agreement_is_marked_once_and_quietly(rig: Rig) -> None:
    now = rig.clock.now()

    def compared(days: int, unexplained: str) -> None:
        at = now + timedelta(days=days)
        with rig.here():
            TieOut.objects.create(
                firm_id=rig.firm.pk,
                connection=rig.connection,
                day=at.date(),
                checked_at=at,
                clients=214,
                unexplained=unexplained,
            )

    compared(1, "5.00")
    assert "For the first time" not in manage(rig)
    compared(2, "0.00")
    page = manage(rig)
    assert "Books agree: $0.00 unexplained across 214 clients" in page
    assert "For the first time: from here on every difference is listed with its reason." in page
    compared(3, "0.00")
    page = manage(rig)
    assert "Books agree: $0.00 unexplained across 214 clients" in page
    assert "For the first time" not in page


def test_the_counts_are_live_while_something_waits_and_only_their_part_is_drawn_anew(rig: Rig) -> None:
    rig.add_client("Ada Byrne")
    with rig.here():
        rig.run()
    still = entered(rig.member).get(MANAGE).content.decode()
    assert 'hx-trigger="every 3s"' not in still, "at rest nobody asks"
    rig.fault("down", seconds=7200)
    rig.add_client("Bo Diaz")
    rig.run()
    page = entered(rig.member).get(MANAGE).content.decode()
    live = re.search(r'<div id="live">(.*?)</div>', page)
    assert live
    assert 'hx-trigger="every 3s"' in live[1]
    assert 'hx-select-oob="#live,#said,#sections"' in live[1]
    for part in ("live", "said", "sections"):
        assert len(re.findall(rf'id="{part}"', page)) == 1, "what is asked for is there, once"
    assert 'id="said" role="status" aria-live="polite"' in page
    waiting = re.search(r'<a id="clients-waiting"[^>]*>([\d,]+)</a>', page)
    assert waiting
    assert waiting[1] == "1"
    rig.advance(7300)
    rig.settle()
    page = entered(rig.member).get(MANAGE).content.decode()
    assert 'id="clients-waiting"' not in page
    assert re.search(r'<a id="clients-in-step"[^>]*>2</a>', page)
    assert 'hx-trigger="every 3s"' not in page
