"""What was last seen of a record: an older version from a listing that lags does not take its place."""

from __future__ import annotations

import pytest

from tests.sync.rig import Rig
from tests.sync.test_documents import Books
from tieout.reconcile.state import Absent, Observation, Present, Side, Unknown
from tieout.sync import dirty, observations, review
from tieout.sync.dirty import Mark

pytestmark = pytest.mark.django_db


def then_kept(rig: Rig, first: Observation, after: float, second: Observation) -> Observation | None:
    """What is known of a customer that showed ``first``, and ``second`` so many seconds later."""
    spec = review.spec_of(rig.connection, "client", rig.engine)
    with rig.here():
        observations.keep(rig.connection, spec, Side.LEDGER, {"7": first}, rig.engine)
        rig.advance(after)
        observations.keep(rig.connection, spec, Side.LEDGER, {"7": second}, rig.engine)
        return observations.of_ledger(rig.connection, spec, ["7"]).get("7")


def version(token: str, name: str = "Ada") -> Present:
    return Present({"name": name}, token)


@pytest.mark.parametrize(
    ("first", "after", "second", "second_is_kept"),
    [
        pytest.param(version("3"), 60, version("2"), False, id="an older version within the longest lag"),
        pytest.param(version("10"), 60, version("9"), False, id="versions are numbers, not texts"),
        pytest.param(version("3"), 60, version("4"), True, id="a newer version"),
        pytest.param(version("3"), 60, version("3", "Eva"), True, id="the same version said more fully"),
        pytest.param(version("3"), 600, version("2"), True, id="a company put back from a backup"),
        pytest.param(version("3"), 60, version("b"), True, id="versions that are no counters"),
        pytest.param(version("3"), 60, version(""), True, id="no version at all"),
        pytest.param(version("3"), 60, Absent("deleted there"), True, id="gone"),
        pytest.param(Absent("deleted there"), 60, version("3"), False, id="gone, and a listing that lags"),
        pytest.param(Absent("deleted there"), 60, Absent("not found"), True, id="gone, said again"),
        pytest.param(Absent("deleted there"), 600, version("3"), True, id="back again"),
        pytest.param(version("3"), 60, Unknown("no answer"), False, id="no knowledge"),
    ],
)
def test_an_older_version_is_believed_only_when_listings_cannot_lag_so_long(
    first: Observation, after: float, second: Observation, second_is_kept: bool
) -> None:
    rig = Rig()
    rig.connect()
    assert then_kept(rig, first, after, second) == (second if second_is_kept else first)


# -- gone, and a listing that lags ------------------------------------------------------------------------------


@pytest.fixture
def sent() -> tuple[Books, str]:
    """An invoice that is in step, and its id in QuickBooks."""
    books = Books()
    books.review_items()
    books.send("invoice")
    item, client = books.item("Bookkeeping"), books.add_client("Ada Byrne")
    books.settle()
    invoice = books.invoice(client, item)
    books.settle()
    books.subscribe()
    books.advance(600)
    return books, books.partner("invoice", invoice.pk)


def heard(books: Books) -> None:
    """The webhooks that are due arrive, and are worked through."""
    books.advance(5)
    books.deliver()
    books.run()


def is_gone(books: Books) -> bool:
    return "gone_there" in [cause for cause, _ in books.issues()]


def test_a_deletion_that_was_seen_is_not_taken_back_by_a_listing_that_lags(sent: tuple[Books, str]) -> None:
    books, there = sent
    before = books.emulator.store.save()
    books.emulator.control.edit(books.realm, "Invoice", there, {}, "delete")
    heard(books)
    assert is_gone(books)
    now = books.emulator.store.save()
    books.emulator.store.restore(before)  # what a lagging listing shows: the books as they were
    with books.here():
        dirty.mark(books.connection, [Mark("invoice", Side.LEDGER, there, "webhook")], books.clock.now())
    books.run()
    assert [cause for cause, name in books.issues() if name == "0001"] == ["unknown"], "it is not in step"
    books.emulator.store.restore(now)
    books.settle()
    assert is_gone(books)


def test_a_document_that_was_put_back_in_quickbooks_is_seen_once_listings_can_be_trusted(
    sent: tuple[Books, str],
) -> None:
    books, there = sent
    kept = books.emulator.store.save()
    books.emulator.control.edit(books.realm, "Invoice", there, {}, "delete")
    heard(books)
    assert is_gone(books)
    books.emulator.store.restore(kept)
    books.emulator.control.edit(books.realm, "Invoice", there, {"CustomerMemo": {"value": "back"}})
    books.until_the_change_feed_is_asked()
    assert not is_gone(books)
