"""Classes and locations that are turned off in QuickBooks are not offered here, and are again once they are on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sync.rig import SOMEBODY, Rig
from tests.sync.test_documents import TODAY, Books
from tieout.practice.actions.invoices import change_draft, create_invoice, finalise_invoice
from tieout.practice.billing_access import choices_in, lists_in_use
from tieout.practice.ledger_lists import LedgerList, ListEntry
from tieout.practice.validation import Invalid
from tieout.quickbooks import entities
from tieout.quickbooks.company_rules import lists_used
from tieout.sync import settings_doctor
from tieout.sync.models import ActivityLine, Issue

pytestmark = pytest.mark.django_db
CLASSES, LOCATIONS = LedgerList.TRACKING_CLASS, LedgerList.LOCATION
OFF = {"ClassTrackingPerTxn": False, "ClassTrackingPerTxnLine": False}


class Chosen(Books):
    """A firm whose company keeps classes and locations."""

    def __init__(self) -> None:
        super().__init__()
        self.review_items()
        self.send("invoice")
        self.work, self.client = self.item("Bookkeeping"), self.add_client("Ada Byrne")
        for entity in ("Class", "Department"):
            self.emulator.control.edit(self.realm, entity, None, {"Name": "Audit"}, "create")
        self.until_the_change_feed_is_asked()
        self.audit = self.first(CLASSES)

    def first(self, of: LedgerList) -> ListEntry:
        with self.here():
            found = choices_in(self.firm.pk, of).first()
            assert found is not None
            return found

    def turn(self, **switches: Any) -> None:
        """Set there; told when the day's look is made."""
        self.emulator.control.set_preferences(self.realm, {"AccountingInfoPrefs": switches})

    def look(self) -> None:
        with self.here():
            settings_doctor.examine(self.connection, engine=self.engine)
        self.settle()

    def in_use(self) -> set[LedgerList]:
        with self.here():
            return lists_in_use(self.firm.pk) & {CLASSES, LOCATIONS}

    def with_class(self) -> Any:
        with self.here():
            return create_invoice(
                firm_id=self.firm.pk,
                actor=SOMEBODY,
                today=TODAY,
                client_id=self.client,
                date=TODAY,
                lines=[{"item_id": self.work.pk, "rate": 100, "tracking_class_id": self.audit.pk}],
            )

    def finalised(self, invoice: Any) -> None:
        with self.here():
            finalise_invoice(
                firm_id=self.firm.pk,
                invoice_id=invoice.pk,
                actor=SOMEBODY,
                today=TODAY,
                now=self.clock.now(),
            )
        self.settle()


@pytest.fixture
def books() -> Chosen:
    return Chosen()


def test_turned_off_there_nothing_new_is_chosen_and_what_is_chosen_stays_and_says_why_it_waits(
    books: Chosen,
) -> None:
    assert books.in_use() == {CLASSES, LOCATIONS}
    before = books.with_class()
    books.turn(**OFF)
    books.look()
    assert books.in_use() == {LOCATIONS}
    with pytest.raises(Invalid, match="offered now"):
        books.with_class()
    with books.here():
        changed = change_draft(
            firm_id=books.firm.pk,
            invoice_id=before.pk,
            actor=SOMEBODY,
            today=TODAY,
            lines=[{"item_id": books.work.pk, "rate": 120, "tracking_class_id": books.audit.pk}],
        )
        assert changed.lines.get().tracking_class == books.audit
        assert ListEntry.objects.get(pk=books.audit.pk).is_active
        said = ActivityLine.objects.filter(sentence__contains="are not in use in QuickBooks")
        assert [one.sentence.split(" are ")[0] for one in said] == ["Classes"]
    books.finalised(before)
    with books.here():
        issue = Issue.objects.get(entity="invoice", record_id=str(before.pk), closed_at=None)
    assert "classes are turned off in QuickBooks" in issue.sentence
    assert "take the class off" in issue.sentence
    books.turn(ClassTrackingPerTxnLine=True)
    books.look()
    assert books.in_use() == {CLASSES, LOCATIONS}
    assert books.partner("invoice", before.pk), "what waited goes once classes are on again"
    books.with_class()


def test_a_document_that_is_sent_tells_too_for_it_needs_the_companys_settings(books: Chosen) -> None:
    invoice = books.with_class()
    books.turn(**OFF, TrackDepartments=False)
    assert books.in_use() == {CLASSES, LOCATIONS}
    books.finalised(invoice)
    assert books.in_use() == set()


def test_the_nightly_look_tells_without_a_call_of_its_own(books: Chosen) -> None:
    books.advance(26 * 3600)
    books.settle()
    books.turn(**OFF)
    asked = len(books.emulator.log.entries(entity="preferences", operation="read"))
    books.advance(26 * 3600)
    books.settle()
    assert books.in_use() == {LOCATIONS}
    assert len(books.emulator.log.entries(entity="preferences", operation="read")) == asked


def test_a_firm_that_connects_to_a_company_without_classes_is_not_asked_for_any() -> None:
    rig = Rig("sample", entities=entities.READY)
    rig.emulator.control.edit(rig.realm, "Class", None, {"Name": "Audit"}, "create")
    rig.emulator.control.set_preferences(rig.realm, {"AccountingInfoPrefs": OFF})
    rig.set_up()
    with rig.here():
        assert CLASSES not in lists_in_use(rig.firm.pk)
        assert ListEntry.objects.filter(list=CLASSES, is_active=True).exists()


@pytest.mark.parametrize(
    "told, used",
    [
        ({"ClassTrackingPerTxn": False, "ClassTrackingPerTxnLine": True}, {"tracking_class": True}),
        ({"ClassTrackingPerTxn": True}, {"tracking_class": True}),
        (OFF, {"tracking_class": False}),
        ({"ClassTrackingPerTxn": False}, {}),
        ({"TrackDepartments": False}, {"location": False}),
        ({"TrackDepartments": True}, {"location": True}),
        ({}, {}),
    ],
)
def test_what_a_company_does_not_tell_is_unknown_and_hides_nothing(
    told: dict[str, bool], used: dict[str, bool]
) -> None:
    assert lists_used({"AccountingInfoPrefs": told}) == used
