"""The page of the dry run: begun with a press, what would be sent is shown before anything is, and it asks to be ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client

from tests.sync.rig import Rig
from tests.web.conftest import entered
from tieout.sync import notices
from tieout.sync.models import Connection

pytestmark = pytest.mark.django_db
PAGE = "/settings/integrations/quickbooks/dry-run/"
MANAGE = "/settings/integrations/quickbooks/"


@pytest.fixture
def rig() -> Rig:
    made = Rig()
    made.set_up()
    return made


def text(browser: Client, path: str = PAGE) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def press(browser: Client, what: str, **sent: str) -> str:
    return " ".join(browser.post(PAGE + what, sent, follow=True).content.decode().split())


def seen_on(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def test_it_is_begun_looked_at_and_ended_with_what_was_shown(rig: Rig) -> None:
    browser = entered(rig.member)
    assert "Begin a dry run" in text(browser)
    assert "From now on nothing is sent to QuickBooks." in press(browser, "begin/")
    rig.add_client("Ada Byrne")
    rig.settle()
    page = text(browser)
    assert "QuickBooks would receive <strong>1 write</strong>." in page
    assert "Clients: 1 created" in page
    assert "Would be created in QuickBooks: client Ada Byrne." in page
    assert not rig.customers()
    manage = text(browser, MANAGE)
    assert "Dry run: nothing is sent to QuickBooks" in manage
    assert "1 write is planned and listed." in manage
    assert "Planned only" in manage
    assert 'hx-trigger="every 3s"' not in manage, "nothing moves for a week"
    assert "Dry run" in text(browser, "/settings/integrations/")
    assert "1 planned write is sent now" in press(browser, "end/", seen=seen_on(page))
    rig.settle()
    assert len(rig.customers_named("Ada Byrne")) == 1
    assert "nothing is sent" not in text(browser, MANAGE)


def test_what_changed_since_it_was_looked_at_is_shown_before_anything_goes(rig: Rig) -> None:
    browser = entered(rig.member)
    press(browser, "begin/")
    old = seen_on(text(browser))
    rig.add_client("Ada Byrne")
    rig.settle()
    assert "has changed since you looked" in press(browser, "end/", seen=old)
    rig.settle()
    assert not rig.customers()


def test_after_its_week_it_asks_on_the_pages_and_once_by_mail(rig: Rig, settings: Any) -> None:
    settings.MAIL_IS_SET_UP, settings.DEFAULT_FROM_EMAIL = True, "tieout@example.com"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    browser = entered(rig.member)
    press(browser, "begin/")
    rig.add_client("Ada Byrne")
    rig.settle()
    with rig.here():
        over = Connection.objects.get().dry_run_until
        assert over is not None
        Connection.objects.update(dry_run_until=over - timedelta(days=8))
    assert "It does not end by itself" in text(browser)
    assert "The dry run has had its week" in text(browser, MANAGE)
    for _ in range(2):
        notices.tell_all(over)
    (mail,) = [one for one in outbox.outbox if "has had its week" in one.subject]
    assert "1 write is planned" in mail.body
    assert "goes on for another week" in press(browser, "go-on/")
    notices.tell_all(over - timedelta(days=9))
    assert not [one for one in outbox.outbox if "is well again" in one.subject]
    assert "It does not end by itself" not in text(browser)
    assert not rig.customers()
