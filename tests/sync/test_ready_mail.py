"""When reading and comparing is over, who left and who asked is mailed once; who sits before it is not."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail as outbox
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.sync.rig import Rig
from tests.web.conftest import entered
from tieout.practice.actions.team import add_member
from tieout.practice.isolation import every_firm_scope
from tieout.practice.models import Member, User
from tieout.sync import ready_mail, review, review_jobs, review_together
from tieout.sync.models import Review

pytestmark = pytest.mark.django_db
PROGRESS = "/settings/integrations/quickbooks/clients/progress/"
TELL = "/settings/integrations/quickbooks/clients/tell/"


@pytest.fixture(autouse=True)
def mail(settings: Any) -> None:
    settings.MAIL_IS_SET_UP = True
    settings.DEFAULT_FROM_EMAIL = "tieout@example.com"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def started() -> tuple[Rig, Review]:
    rig = Rig()
    rig.add_client("Bob Byrne")
    rig.add_customer("Bob Byrne")
    rig.add_customer("Ned New")
    assert rig.connect().ok
    with rig.here():
        return rig, review.start(rig.connection, "client", activity="active", actor_member=rig.member)


def read(rig: Rig, found: Review) -> None:
    with rig.here():
        review_jobs.collect(found.pk, rig.engine)
        found.refresh_from_db()


def mailed(rig: Rig, found: Review) -> list[str]:
    """Addresses mailed by the job that was queued, a minute later."""
    ended_at = rig.clock.now()
    rig.advance(60)
    outbox.outbox.clear()
    ready_mail.send(found.pk, ended_at, engine=rig.engine)
    return [one.to[0] for one in outbox.outbox]


def colleague(rig: Rig) -> Member:
    with every_firm_scope():
        user = User.objects.create_user("sam@example.com", None, full_name="Sam Ito")
        return add_member(firm_id=rig.firm.pk, user=user, preset="admin")


def test_who_started_it_and_left_is_mailed_once_with_what_was_found() -> None:
    rig, found = started()
    read(rig, found)
    assert ProcrastinateJob.objects.filter(task_name="mail_ready", args__review_id=found.pk).count() == 1
    assert mailed(rig, found) == [rig.member.user.email]
    body = outbox.outbox[0].body
    assert "Matches: 1." in body
    assert "Only in QuickBooks: 1." in body
    assert "/settings/integrations/quickbooks/clients/review/" in body
    assert mailed(rig, found) == []


def test_who_looks_at_the_review_already_is_not_mailed() -> None:
    rig, found = started()
    read(rig, found)
    with rig.here():
        review_together.look_in(found, rig.member, "Matches", engine=rig.engine)
    assert mailed(rig, found) == []


def test_who_asked_is_mailed_whether_they_stayed_or_not() -> None:
    rig, found = started()
    sam = colleague(rig)
    browser = entered(sam)
    assert "Mail me when it is ready" in browser.get(PROGRESS).content.decode()
    page = browser.post(TELL, follow=True).content.decode()
    assert "You are mailed when it is ready." in page
    assert "Mail me when it is ready" not in page
    read(rig, found)
    with rig.here():
        for member in (rig.member, sam):
            review_together.look_in(found, member, "Matches", engine=rig.engine)
        assert not ready_mail.ask(found, rig.member), "it is ready: there is nothing to wait for"
    assert mailed(rig, found) == [sam.user.email]


def test_one_that_stopped_is_told_too_and_one_that_went_on_is_not() -> None:
    rig, found = started()
    with rig.here():
        Review.objects.filter(pk=found.pk).update(state="failed", problem="QuickBooks did not answer.")
    assert mailed(rig, found) == [rig.member.user.email]
    assert outbox.outbox[0].subject == "The comparison of clients stopped"
    rig, found = started_anew(rig)
    read(rig, found)
    with rig.here():
        review.cancel(found, rig.member)
    assert mailed(rig, found) == []


def started_anew(rig: Rig) -> tuple[Rig, Review]:
    rig.emulator.control.clear_faults()
    with rig.here():
        return rig, review.start(rig.connection, "client", activity="active", actor_member=rig.member)


def test_a_mail_server_that_does_not_answer_is_tried_again_and_then_left(settings: Any) -> None:
    rig, found = started()
    read(rig, found)
    settings.EMAIL_BACKEND = "tieout.practice.mail.NotSetUpBackend"
    before = ProcrastinateJob.objects.filter(task_name="mail_ready").count()
    assert mailed(rig, found) == []
    assert ProcrastinateJob.objects.filter(task_name="mail_ready").count() == before + 1
    with rig.here():
        assert ready_mail.send(found.pk, rig.clock.now(), tries=3, engine=rig.engine) == 0
        found.refresh_from_db()
    assert found.told_at is not None
    assert ProcrastinateJob.objects.filter(task_name="mail_ready").count() == before + 1
