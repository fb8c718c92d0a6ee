"""Changing to another QuickBooks company: the same ids stand for something else there, so nothing chosen before is sent."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from tests.sync.rig import Rig
from tests.sync.test_documents import Books
from tests.sync.test_tax_codes import CALIFORNIA, TUCSON, Taxed
from tieout.practice.billing_access import choices_in
from tieout.practice.ledger_lists import LedgerList, ListEntry
from tieout.practice.records import RECORD_KINDS
from tieout.sync import chosen, connections
from tieout.sync.models import Connection, Issue, Link

pytestmark = pytest.mark.django_db
DRAW = "Owner's Draw"


class TwoCompanies(Books):
    """A firm that has another company's books in view, too."""

    def change_company(self, realm: str) -> None:
        with self.here():
            connections.disconnect(self.member, engine=self.engine)
        self.realm = realm
        outcome = self.connect(realm)
        assert outcome.ok, outcome
        self.settle()

    @property
    def second(self) -> str:
        return self.emulator.companies()[1].realm

    def entry(self, of: LedgerList, **where: Any) -> ListEntry:
        with self.here():
            found = choices_in(self.firm.pk, of).filter(**where).order_by("id").first()
            assert found is not None, (of, where)
            return found


@pytest.fixture
def books() -> TwoCompanies:
    return TwoCompanies()


def namesake(books: TwoCompanies, entry: ListEntry) -> None:
    """The other company has something else under the very id."""
    there = {str(one["Id"]) for one in books.emulator.control.records(books.second, "Account")}
    assert entry.ledger_id in there, "the two companies number their accounts alike"
    books.emulator.control.edit(books.second, "Account", entry.ledger_id, {"Name": DRAW})


def test_entries_of_a_company_are_offered_and_kept_for_that_company(books: TwoCompanies) -> None:
    first, bank = books.realm, books.entry(LedgerList.ACCOUNT, account_type="Bank")
    with books.here():
        before = dict(ListEntry.objects.values_list("pk", "full_name"))
        offered = list(choices_in(books.firm.pk, LedgerList.ACCOUNT).values_list("pk", flat=True))
        assert chosen.choose(books.member, "deposit_account", bank.ledger_id, engine=books.engine)
    namesake(books, bank)
    books.change_company(books.second)
    with books.here():
        assert {
            one: name for one, name in ListEntry.objects.values_list("pk", "full_name") if one in before
        } == before
        now = choices_in(books.firm.pk, LedgerList.ACCOUNT)
        assert not {one.pk for one in now} & set(before), "nothing of the other company is offered"
        assert [one.full_name for one in now if one.ledger_id == bank.ledger_id] == [DRAW]
        assert not chosen.choices(books.connection, "deposit_account", engine=books.engine)[0].value
        told = RECORD_KINDS["account"].read(books.firm.pk, [str(bank.pk)])
        assert not told, "the door tells of the connected company's lists only"
    books.change_company(first)
    with books.here():
        again = list(choices_in(books.firm.pk, LedgerList.ACCOUNT).values_list("pk", flat=True))
        assert again == offered
        assert (
            chosen.choices(books.connection, "deposit_account", engine=books.engine)[0].chosen
            == bank.full_name
        )


def test_entries_from_before_they_knew_their_company_are_of_the_one_they_were_last_linked_in() -> None:
    rig = Rig()
    with rig.here():
        for name in ("first", "second"):
            Connection.objects.create(
                firm=rig.firm,
                company_sealed=name,
                company_digest=name,
                company_name=name,
                state="disconnected",
            )
        old, new, unknown = (
            ListEntry.objects.create(firm=rig.firm, list="account", ledger_id=one, name=one, full_name=one)
            for one in ("35", "36", "37")
        )
        linked = {"first": (old, new), "second": (new,)}
        for connection in Connection.objects.all():
            for entry in linked[connection.company_name]:
                Link.objects.create(
                    firm=rig.firm,
                    connection=connection,
                    entity="account",
                    practice_id=str(entry.pk),
                    ledger_id=entry.ledger_id,
                    linked_at=rig.clock.now(),
                )
        import_module("tieout.sync.migrations.0027_lists_of_a_company").fill(apps, None)
        found = ListEntry.objects.order_by("ledger_id").values_list("company", "is_current")
        assert list(found) == [("first", False), ("second", True), ("second", True)], unknown


def test_a_rate_that_stands_for_a_code_of_another_company_stops_new_invoices_and_rewrites_no_old_one() -> (
    None
):
    books = Taxed()
    books.map(TUCSON)
    old = books.taxed()
    with books.here():
        ListEntry.objects.filter(list="tax_code", ledger_id=TUCSON).update(
            company="another", is_current=False
        )
    books.look_at_all()
    assert not [one for one in books.issues() if one[1] == old.number]
    books.revise(old, lines=[books.line(quantity=2)])
    assert books.tax(old)[0] == TUCSON, "what stands there already is of this company"
    new = books.taxed()
    with books.here():
        issue = Issue.objects.get(entity="invoice", record_id=str(new.pk), closed_at=None)
    assert (issue.cause, issue.unit) == ("reference", "content")
    assert "the tax code of Tucson is of another QuickBooks company" in issue.sentence
    books.map(CALIFORNIA)
    assert books.tax(new)[0] == CALIFORNIA, "mapped anew, it goes by itself"
