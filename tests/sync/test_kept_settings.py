"""A company's preferences cost a metered read: they are asked for when they may have changed, and not with every run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.sync.test_documents import Books
from tieout.sync import settings_doctor
from tieout.sync.kept_settings import BELIEVED
from tieout.sync.models import KeptSettings

pytestmark = pytest.mark.django_db


class Sending(Books):
    """Sends one invoice at a time and counts what that asks of QuickBooks' settings."""

    def __init__(self) -> None:
        super().__init__()
        self.review_items()
        self.send("invoice")
        self.work, self.client = self.item("Bookkeeping"), self.add_client("Ada Byrne")
        self.one()

    def one(self) -> Any:
        made = self.invoice(self.client, self.work)
        self.settle()
        self.advance(10)
        self.deliver()  # what we wrote is told of too, once webhooks are on
        self.settle()
        return made

    def hear(self) -> None:
        """A webhook comes, so they are known to be healthy."""
        self.subscribe()
        self.edit_customer(self.links()[self.client], Notes="a change that is told of")
        self.advance(10)
        self.deliver()

    def reads(self) -> int:
        asked = self.emulator.log.entries(entity="preferences", operation="read")
        return len([one for one in asked if one.realm == self.realm])

    def close_books(self, day: str) -> None:
        self.emulator.control.set_preferences(self.realm, {"AccountingInfoPrefs": {"BookCloseDate": day}})


@pytest.fixture
def books() -> Sending:
    return Sending()


def test_without_webhooks_every_run_that_sends_a_document_reads_them_anew(books: Sending) -> None:
    before = books.reads()
    books.one()
    books.one()
    assert books.reads() == before + 2
    books.close_books("2026-12-31")
    held = books.one()
    assert ("closed_period", str(held.number)) in books.issues()


def test_one_read_serves_many_runs_until_it_is_old_or_the_firm_signs_in_anew(books: Sending) -> None:
    books.hear()
    books.one()
    before = books.reads()
    for _ in range(3):
        books.one()
        books.advance(60)
    assert books.reads() == before
    with books.here():
        settings_doctor.examine(books.connection, engine=books.engine)
    books.one()
    assert books.reads() == before + 1, "the settings doctor's own look is enough"
    with books.here():
        KeptSettings.objects.update(kept_at=books.clock.now() - BELIEVED)
    books.one()
    assert books.reads() == before + 2
    with books.here():
        KeptSettings.objects.update(kept_at=books.connection.connected_at - timedelta(seconds=1))
    books.one()
    assert books.reads() == before + 3


def test_while_webhooks_come_it_holds_for_hours_and_ends_with_a_notice_or_a_refusal(books: Sending) -> None:
    books.hear()
    books.one()
    before = books.reads()
    books.advance(3 * 3_600)
    books.one()
    assert books.reads() == before
    books.fault("fault", entity="invoice", operation="create", nth=1, times=1, code="6210")
    books.one()
    books.one()
    assert books.reads() == before + 1
    books.close_books("2026-12-31")
    books.advance(10)
    books.deliver()
    held = books.one()
    assert ("closed_period", str(held.number)) in books.issues()
