"""Shows the reports of the set-up and rolling back from them; and that every way connecting can fail leads on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from tests.web.fake_sync import FakeSync
from tests.web.test_items_step import stored, text
from tieout.practice.firms import Firm, Member
from tieout.practice.isolation import firm_scope
from tieout.sync import report_mail
from tieout.sync.models import ActivityLine, Connection, Review, ReviewRow, ReviewState
from tieout.sync.sign_in_ends import FAILURES
from tieout.web.integrations.connect import TITLES
from tieout.web.integrations.ways_back import WAYS

SignedIn = Callable[[str], Client]
BASE = "/settings/integrations/quickbooks/"


@pytest.fixture
def done(firm: Firm, members: dict[str, Member]) -> Iterator[Review]:
    with firm_scope(firm.pk):
        connection = stored(firm, members["admin"], {"client": "on"})
        now = timezone.now()
        found = Review.objects.create(
            firm=firm,
            connection=connection,
            entity="client",
            state=ReviewState.DONE,
            activity="active",
            applied_by=members["admin"],
            finished_at=now,
            summary={
                "done": {"linked": 1120, "created_here": 53},
                "applied_at": (now - timedelta(minutes=2)).isoformat(),
            },
        )
        ReviewRow.objects.create(
            firm=firm,
            review=found,
            bucket="duplicate",
            group="Dan Low",
            practice_id="1",
            practice_name="Dan Low",
        )
        yield found


def test_the_report_names_what_was_left_and_stands_on_the_pages(signed_in: SignedIn, done: Review) -> None:
    browser = signed_in("admin")
    assert f'href="{BASE}reports/"' in text(browser.get(BASE))
    assert f"{BASE}reports/{done.pk}/" in text(browser.get(BASE + "reports/"))
    page = text(browser.get(f"{BASE}reports/{done.pk}/"))
    assert "1,120" in page
    assert "Duplicates, left as they are" in page
    assert "<li>Dan Low</li>" in page
    rows = browser.get(f"{BASE}reports/{done.pk}/export.csv").content.decode("utf-8-sig")
    assert "Dan Low" in rows


def test_the_report_is_mailed_to_whoever_pressed_sync(
    done: Review, members: dict[str, Member], settings: Any
) -> None:
    settings.MAIL_IS_SET_UP, settings.EMAIL_BACKEND = True, "django.core.mail.backends.locmem.EmailBackend"
    report_mail.send(done.pk)
    (sent,) = mail.outbox
    assert sent.to == [members["admin"].user.email]
    assert sent.subject == "QuickBooks set-up of clients: the report"
    assert "Dan Low" in sent.body
    assert f"{BASE}reports/{done.pk}/" in sent.body


def test_a_report_that_cannot_be_mailed_is_said_in_the_activity(done: Review, settings: Any) -> None:
    settings.MAIL_IS_SET_UP = False
    report_mail.send(done.pk)
    with firm_scope(done.firm_id):
        (line,) = ActivityLine.objects.values_list("sentence", flat=True)
    assert "could not be mailed" in line
    assert "TIEOUT_EMAIL_URL" in line


def test_a_report_that_is_not_taken_is_mailed_later_and_only_once(
    done: Review, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAIL_IS_SET_UP, settings.EMAIL_BACKEND = True, "django.core.mail.backends.locmem.EmailBackend"
    asked: list[timedelta] = []
    monkeypatch.setattr(report_mail.tasks, "mail_report_soon", lambda _, *, after: asked.append(after))
    with monkeypatch.context() as away:
        away.setattr(mail.EmailMessage, "send", refuse)
        report_mail.send(done.pk)
        report_mail.send(done.pk)
    assert asked == list(report_mail.AGAIN_AFTER[:2])
    report_mail.send(done.pk)
    report_mail.send(done.pk)  # a job that is repeated
    assert len(mail.outbox) == 1
    with firm_scope(done.firm_id):
        lines = list(ActivityLine.objects.order_by("pk").values_list("sentence", flat=True))
    assert ["It is tried again by itself" in lines[0], "was mailed to" in lines[1], len(lines)] == [
        True,
        True,
        2,
    ]


def test_a_mail_server_that_never_takes_the_report_is_asked_a_few_times_and_that_is_said(
    done: Review, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAIL_IS_SET_UP = True
    asked: list[timedelta] = []
    monkeypatch.setattr(report_mail.tasks, "mail_report_soon", lambda _, *, after: asked.append(after))
    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    for _ in range(len(report_mail.AGAIN_AFTER) + 1):
        report_mail.send(done.pk)
    assert asked == list(report_mail.AGAIN_AFTER)
    with firm_scope(done.firm_id):
        last = ActivityLine.objects.latest("pk").sentence
    assert "It stays under Set-up reports." in last


def refuse(self: mail.EmailMessage, *given: object, **named: object) -> int:
    raise SMTPServerDisconnected("gone")


def test_rolling_back_asks_first_and_then_nothing_travels(signed_in: SignedIn, done: Review) -> None:
    browser = signed_in("admin")
    asked = f"{BASE}reports/{done.pk}/roll-back/"
    assert "What is put back" in text(browser.get(asked))
    browser.post(asked)
    with firm_scope(done.firm_id):
        connection = Connection.objects.get()
        assert connection.sections["client"] == "in_review"
        assert connection.switches["client"]["rolling_back"] == done.pk
    assert "Being rolled back" in text(browser.get(f"{BASE}reports/{done.pk}/"))
    assert "is being rolled back now" in text(browser.get(asked, follow=True))


def test_after_thirty_days_the_button_says_why_it_is_grey(signed_in: SignedIn, done: Review) -> None:
    with firm_scope(done.firm_id):
        Review.objects.update(finished_at=timezone.now() - timedelta(days=31))
    page = text(signed_in("admin").get(f"{BASE}reports/{done.pk}/"))
    assert 'disabled aria-describedby="why-not"' in page
    assert "this one is older" in page


def test_a_run_that_others_build_on_is_not_rolled_back(signed_in: SignedIn, done: Review) -> None:
    with firm_scope(done.firm_id):
        Connection.objects.update(sections={"client": "on", "service_item": "on"})
    page = text(signed_in("admin").get(f"{BASE}reports/{done.pk}/roll-back/", follow=True))
    assert "Service items are on and build on it" in page


def test_after_a_rollback_no_page_says_that_the_set_up_holds(signed_in: SignedIn, done: Review) -> None:
    browser = signed_in("admin")
    assert "From now on" in text(browser.get(f"{BASE}clients/done/"))
    with firm_scope(done.firm_id):
        undone = {"by": "Dana Reyes", "unlinked": 3, "left": []}
        Review.objects.update(summary={**done.summary, "rolled_back": undone})
    assert browser.get(f"{BASE}clients/done/")["Location"] == f"{BASE}reports/{done.pk}/"
    choosing = text(browser.get(f"{BASE}clients/"))
    assert "Dana Reyes rolled it back" in choosing
    assert "What is linked stays linked" not in choosing
    assert "Dana Reyes rolled it back" in text(browser.get(f"{BASE}clients/review/matches/"))


def test_another_firms_report_is_not_there(done: Review) -> None:
    from tests.web.conftest import entered, make_firm, make_members

    other = make_members(make_firm("Another firm"))["admin"]
    with firm_scope(other.firm_id):
        Connection.objects.create(
            firm=other.firm, company_sealed="x", company_digest="e" * 64, company_name="Another"
        )
    browser = entered(other)
    for path in ("", "export.csv", "roll-back/"):
        assert browser.get(f"{BASE}reports/{done.pk}/{path}").status_code == 404


@pytest.mark.parametrize("kind", sorted(FAILURES))
def test_every_way_connecting_can_fail_has_its_page_and_a_way_on(
    kind: str, signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.outcome = kind
    browser = signed_in("admin")
    page = text(browser.get("/integrations/quickbooks/callback?state=s1", follow=True))
    assert TITLES[kind] in page
    assert WAYS[kind].buttons
    for label, _ in WAYS[kind].buttons:
        assert f">{label}</a>" in page
    for step in WAYS[kind].steps:
        assert step.split(",")[0].split("'")[0].split(">")[0].strip() in page
