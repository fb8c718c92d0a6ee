"""Mails about the connection: on a change of state only, once, to those who can act; and a digest of what waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox

from tests.sync.rig import Rig
from tieout.sync import connections, notices
from tieout.sync.models import Connection

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mail(settings: Any) -> None:
    settings.MAIL_IS_SET_UP = True
    settings.DEFAULT_FROM_EMAIL = "tieout@example.com"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def rig() -> Rig:
    made = Rig()
    made.set_up()
    return made


def tell(rig: Rig) -> list[str]:
    """The subjects mailed now."""
    outbox.outbox.clear()
    notices.tell_all(rig.clock.now())
    return [one.subject for one in outbox.outbox]


def test_a_state_is_told_when_it_changes_and_not_again(rig: Rig) -> None:
    assert tell(rig) == []
    rig.add_client("Ada Byrne")
    with rig.here():
        Connection.objects.update(state="needs_reconnect", state_reason="QuickBooks signed us out.")
    (subject,) = tell(rig)
    assert subject.startswith("QuickBooks signed us out of ")
    assert "Nothing is lost" in outbox.outbox[0].body
    assert outbox.outbox[0].to == [rig.member.user.email]
    assert tell(rig) == []
    with rig.here():
        Connection.objects.update(state="active", state_reason="")
    assert [subject.endswith("is well again") for subject in tell(rig)] == [True]


def test_a_pause_that_a_person_asked_for_is_not_told_one_by_a_guard_is(rig: Rig) -> None:
    tell(rig)
    with rig.here():
        connections.pause(rig.member, engine=rig.engine)
    assert tell(rig) == []
    with rig.here():
        Connection.objects.update(state_reason="Nine tenths of all customers are gone at once.")
    assert [subject.endswith("stopped to ask") for subject in tell(rig)] == [True]


def test_what_waits_for_a_person_is_one_digest_a_week(rig: Rig) -> None:
    client = rig.add_client("Ada", phone="1")
    rig.settle()
    rig.edit_client(client, phone="2")
    rig.edit_customer(rig.links()[client], PrimaryPhone={"FreeFormNumber": "3"})
    rig.until_the_change_feed_is_asked()
    assert tell(rig) == ["1 record waits for you"]
    assert "Changed on both sides: 1" in outbox.outbox[0].body
    assert tell(rig) == []
    rig.advance(timedelta(days=7, seconds=1).total_seconds())
    assert tell(rig) == ["1 record waits for you"]


def test_without_a_mail_server_nothing_is_taken_for_told(rig: Rig, settings: Any) -> None:
    settings.MAIL_IS_SET_UP = False
    with rig.here():
        Connection.objects.update(state="needs_reconnect")
    assert tell(rig) == []
    settings.MAIL_IS_SET_UP = True
    assert len(tell(rig)) == 1
