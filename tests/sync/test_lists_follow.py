"""Lists that only come from QuickBooks follow it by themselves: made inactive, renamed, merged, deleted, changed, made active."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from quickbooks_emulator.service import writes
from tests.sync.rig import Rig
from tests.sync.test_documents import Books
from tieout.practice.billing_access import choices_in
from tieout.practice.ledger_lists import LedgerList, ListEntry
from tieout.quickbooks import entities
from tieout.sync import chosen
from tieout.sync.models import Issue

pytestmark = pytest.mark.django_db
NIGHT = 26 * 3600
THERE: Mapping[LedgerList, tuple[str, Mapping[str, Any]]] = {
    LedgerList.ACCOUNT: ("Account", {"Name": "Audit fees", "AccountType": "Income"}),
    LedgerList.CATEGORY: ("Item", {"Name": "Audits", "Type": "Category"}),
    LedgerList.TRACKING_CLASS: ("Class", {"Name": "Audit"}),
    LedgerList.LOCATION: ("Department", {"Name": "Reno"}),
    LedgerList.TERM: ("Term", {"Name": "Net 45", "DueDays": 45}),
    LedgerList.PAYMENT_METHOD: ("PaymentMethod", {"Name": "Barter"}),
    LedgerList.TAX_CODE: ("TaxCode", {"Name": "Reno", "Taxable": True, "TaxGroup": True}),
}
"""Each list -> QuickBooks' word, and an entry of it."""
TRACKED = {"ClassTrackingPerTxnLine": True, "TrackDepartments": True}
MERGED_ON_PAGES = ("Account", "Class", "Department")


class Lists(Books):
    """A firm whose company has one more entry in each of its lists."""

    def __init__(self) -> None:
        Rig.__init__(self, "empty", entities=entities.READY)
        self.emulator.control.set_preferences(self.realm, {"AccountingInfoPrefs": TRACKED})
        self.set_up()
        self.made = {of: self.make(of) for of in THERE}
        self.look()

    def make(self, of: LedgerList, **fields: Any) -> str:
        word, own = THERE[of]
        if of == LedgerList.TAX_CODE:  # which has pages of its own in QuickBooks
            return self.in_store(
                lambda books, kind: books.insert(kind, {**own, "Active": True, **fields}), word
            ).id
        return str(self.emulator.control.edit(self.realm, word, None, {**own, **fields}, "create")["Id"])

    def set(self, of: LedgerList, **fields: Any) -> None:
        """What a person does with this entry in QuickBooks."""
        word, one = THERE[of][0], self.made[of]
        if of == LedgerList.TAX_CODE:

            def put(books: Any, kind: Any) -> Any:
                kept = books.get(word, one)
                return books.update(kind, kept, {**kept.body, **fields})

            self.in_store(put, word)
        else:
            self.emulator.control.edit(self.realm, word, one, fields)

    def in_store(self, act: Any, word: str) -> Any:
        control = self.emulator.control
        with self.emulator.store.transaction() as transaction:
            books = control._books(self.realm, transaction)
            return act(books, books.entities[word])

    def look(self) -> None:
        """The change feed is asked, and the night after it for what the feed does not carry."""
        self.until_the_change_feed_is_asked()
        self.advance(NIGHT)
        self.settle()

    def entry(self, of: LedgerList, ledger_id: str = "") -> ListEntry:
        with self.here():
            return ListEntry.objects.get(list=of, ledger_id=ledger_id or self.made[of])

    def offered(self) -> set[LedgerList]:
        """The lists in which a new record may choose the entry."""
        with self.here():
            return {
                of
                for of, one in self.made.items()
                if choices_in(self.firm.pk, of).filter(ledger_id=one).exists()
            }

    def asked_about(self) -> list[tuple[str, str]]:
        """(Cause, name) of what is open about any linked entry of a list."""
        with self.here():
            rows = Issue.objects.filter(closed_at=None, entity__in=list(LedgerList), side="practice")
            return sorted(rows.values_list("cause", "name"))


@pytest.fixture
def books() -> Lists:
    return Lists()


def test_what_is_made_inactive_there_is_offered_no_more_here_and_is_again_once_it_is_active(
    books: Lists,
) -> None:
    assert books.offered() == set(THERE)
    for of in THERE:
        books.set(of, Active=False)
    books.until_the_change_feed_is_asked()
    assert books.offered() == {LedgerList.TAX_CODE}, "the feed does not carry these: a night may pass"
    books.advance(NIGHT)
    books.settle()
    assert books.offered() == set()
    assert not any(books.entry(of).is_active for of in THERE)
    assert books.entry(LedgerList.TERM).name == "Net 45", "without what QuickBooks adds to the name"
    assert books.asked_about() == []
    for of in THERE:
        books.set(of, Active=True)
    books.look()
    assert books.offered() == set(THERE)
    assert books.asked_about() == []


def test_what_is_renamed_or_new_there_or_of_another_type_is_so_here(books: Lists) -> None:
    def earns() -> bool:
        with books.here():
            offered = choices_in(books.firm.pk, account, types=("Income", "Other Income"))
            return offered.filter(ledger_id=books.made[account]).exists()

    account, code = LedgerList.ACCOUNT, LedgerList.TAX_CODE
    assert earns()
    for of in THERE:
        books.set(of, Name=f"New {of.label}")
    books.set(account, AccountType="Bank", AccountSubType="Checking")
    new_code = books.make(code, Name="Sparks")
    books.until_the_change_feed_is_asked()
    assert not earns(), "it is offered where such accounts are, and nowhere else"
    assert books.entry(account).account_type == "Bank"
    with books.here():
        assert not ListEntry.objects.filter(list=code, ledger_id=new_code).exists()
    books.advance(NIGHT)
    books.settle()
    assert books.entry(code, new_code).name == "Sparks"
    assert {of: books.entry(of).full_name for of in THERE} == {of: f"New {of.label}" for of in THERE}
    assert books.asked_about() == []


def test_what_is_merged_there_is_out_of_use_here_and_nobody_is_asked(books: Lists) -> None:
    books.subscribe()
    goes = {of: one for of, one in books.made.items() if THERE[of][0] in MERGED_ON_PAGES}
    stays = {of: books.make(of, Name=f"Other {of.label}") for of in goes}
    books.look()
    for of, one in goes.items():
        books.emulator.control.merge(books.realm, THERE[of][0], one, stays[of])
    books.advance(60)
    books.deliver()
    books.settle()
    assert not books.offered() & set(goes)
    assert all(books.entry(of, one).is_active for of, one in stays.items())
    assert books.asked_about() == []


def test_what_is_deleted_there_is_out_of_use_here_and_what_was_chosen_of_it_asks_for_another(
    books: Lists,
) -> None:
    account = LedgerList.ACCOUNT
    books.set(account, AccountType="Bank", AccountSubType="Checking")
    books.look()
    with books.here():
        assert chosen.choose(books.member, "deposit_account", books.made[account], engine=books.engine)
    for of in set(THERE) - {LedgerList.TAX_CODE}:  # which QuickBooks deletes none of
        books.in_store(
            lambda held, kind, of=of: writes.remove(held, kind, held.get(kind.name, books.made[of])),
            THERE[of][0],
        )
    books.look()
    assert books.offered() == {LedgerList.TAX_CODE}
    assert books.asked_about() == []
    with books.here():
        (choice,) = chosen.choices(books.connection, "deposit_account", engine=books.engine)
    assert choice.gone
