"""Mails about the connection: on a change of state only, once, to those who can act; and a digest of what waits."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail as outbox

from tests.sync.rig import Rig
from tieout.practice.isolation import every_firm_scope
from tieout.practice.models import Member, Role, User
from tieout.sync import connections, notices, settings_doctor
from tieout.sync.models import Connection, Dirty, Issue, TieOut, TokenSet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mail(settings: Any) -> None:
    settings.MAIL_IS_SET_UP = True
    settings.DEFAULT_FROM_EMAIL = "tieout@example.com"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


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


def signed_in_for(rig: Rig, **left: float) -> None:
    with rig.here():
        TokenSet.objects.update(refresh_expires_at=rig.clock.now() + timedelta(**left), hard_expires_at=None)


def test_a_sign_in_that_runs_out_is_told_thirty_seven_and_one_day_before_and_not_in_between(rig: Rig) -> None:
    assert tell(rig) == []
    told = []
    for days in (29, 20, 6, 3, 1, 0.5):
        signed_in_for(rig, days=days)
        told += tell(rig)
    assert [subject.partition("runs out in ")[2] for subject in told] == [
        "30 days or less",
        "7 days or less",
        "1 day or less",
    ]
    signed_in_for(rig, days=100)
    assert tell(rig) == [], "signing in again is a person's own doing"
    signed_in_for(rig, days=29)
    assert len(tell(rig)) == 1


@pytest.mark.parametrize(
    ("cause", "subject"),
    [
        ("subscription", "The QuickBooks subscription of"),
        ("no_permission", "QuickBooks no longer lets us write to"),
    ],
)
def test_a_lost_subscription_or_right_is_told_once_and_again_when_it_is_lost_again(
    rig: Rig, cause: str, subject: str
) -> None:
    def stop(name: str) -> None:
        with rig.here():
            Issue.objects.create(
                firm=rig.firm, connection=rig.connection, entity="client", side="practice", record_id=name,
                cause=cause, listing="needs_you", name=name, sentence="QuickBooks refused it.",
                opened_at=rig.clock.now(),
            )  # fmt: skip

    tell(rig)
    stop("1")
    assert [one for one in tell(rig) if one.startswith(subject)]
    stop("2")
    assert not [one for one in tell(rig) if one.startswith(subject)]
    with rig.here():
        Issue.objects.update(closed_at=rig.clock.now())
    assert tell(rig) == []
    stop("3")
    assert [one for one in tell(rig) if one.startswith(subject)]


def test_a_queue_that_nobody_sends_is_told_after_an_hour_once_and_what_waits_for_its_time_is_no_such_queue(
    rig: Rig,
) -> None:
    tell(rig)
    rig.add_client("Ada Byrne")
    with rig.here():
        discovered = Dirty.objects.create(
            firm=rig.firm, connection=rig.connection, entity="client", side="practice", record_id="1",
            reason="made", noted_at=rig.clock.now(), marks=1,
        )  # fmt: skip
    rig.advance(3500)
    assert tell(rig) == []
    rig.advance(200)
    assert [one.endswith("have waited for more than an hour") for one in tell(rig)] == [True]
    assert "1 change waits, the oldest since" in outbox.outbox[0].body
    assert tell(rig) == []
    with rig.here():
        Dirty.objects.filter(pk=discovered.pk).update(not_before=rig.clock.now() + timedelta(minutes=30))
    assert tell(rig) == []
    rig.advance(60)
    assert tell(rig) == []
    with rig.here():
        connections.pause(rig.member, engine=rig.engine)
        Dirty.objects.update(not_before=None)
    assert tell(rig) == [], "a pause is a person's own doing"


def test_an_amount_is_mailed_only_to_those_who_may_see_billing(rig: Rig) -> None:
    with every_firm_scope():
        role = Role.objects.create(
            firm=rig.firm, name="Only integrations", permissions=["manage_integrations"]
        )
        user = User.objects.create_user("ray@example.com", None, full_name="Ray Read")
        Member.objects.create(firm=rig.firm, user=user, role=role)
    tell(rig)
    with rig.here():
        TieOut.objects.create(
            firm=rig.firm,
            connection=rig.connection,
            day=rig.clock.now().date(),
            checked_at=rig.clock.now(),
            here=Decimal("12.50"),
            there=Decimal(0),
            unexplained=Decimal("12.50"),
        )
    assert tell(rig) == ["The books differ by $12.50", "The books differ"]
    theirs, discreet = outbox.outbox
    assert theirs.to == [rig.member.user.email]
    assert "$12.50 between Tieout and" in theirs.body
    assert discreet.to == ["ray@example.com"]
    assert "12.50" not in discreet.body
    assert "/tie-out/" in discreet.body


def test_credits_that_quickbooks_begins_to_spend_by_itself_are_told_once_payments_are_on(rig: Rig) -> None:
    tell(rig)

    def spends_by_itself(on: bool) -> list[str]:
        with rig.here():
            settings_doctor.note(
                rig.connection, {"preferences": {"SalesFormsPrefs": {"AutoApplyCredit": on}}}
            )
        return tell(rig)

    assert spends_by_itself(True) == [], "whoever turns payments on is stopped by it"
    assert spends_by_itself(False) == []
    with rig.here():
        Connection.objects.update(sections={**rig.connection.sections, "payment": "on"})
    assert tell(rig) == []
    (subject,) = spends_by_itself(True)
    assert subject.startswith("QuickBooks spends credits in ")
    assert "Advanced > Automation" in outbox.outbox[0].body
    assert spends_by_itself(True) == []
    assert spends_by_itself(False) == []
    assert len(spends_by_itself(True)) == 1
