"""A dry run sends nothing, whatever happens meanwhile; it lists what it would send, and ended it sends just that."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import httpx2
import pytest

from tests.sync.rig import Crash, InProcess, Rig
from tests.sync.test_documents import Books
from tests.sync.test_switches import run_with, turn
from tieout.reconcile.state import Key, Side
from tieout.sync import decisions, dry_run_mode, review, rollback
from tieout.sync.decisions import CannotDecide
from tieout.sync.models import Attempt, Connection, Issue

pytestmark = pytest.mark.django_db
sent: list[str] = []
"""What went over the wire since ``begin`` that could change something in a company."""


@pytest.fixture(autouse=True)
def wire(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at every request itself, so that no path of the engine can hide one."""
    pass_on = InProcess.handle_request

    def looked_at(self: InProcess, request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST" and "/company/" in request.url.path:
            asks = request.url.path.endswith("/query")
            if request.url.path.endswith("/batch"):
                items = json.loads(request.read())["BatchItemRequest"]
                asks = all(set(one) <= {"bId", "Query", "CDCQuery"} for one in items)
            if not asks:
                sent.append(str(request.url))
        return pass_on(self, request)

    sent.clear()
    monkeypatch.setattr(InProcess, "handle_request", looked_at)


def begin(rig: Rig) -> None:
    with rig.here():
        assert dry_run_mode.begin(rig.member, engine=rig.engine)
    sent.clear()


def forecast(rig: Rig) -> dry_run_mode.Forecast:
    with rig.here():
        return dry_run_mode.forecast(rig.connection)


def end(rig: Rig) -> int:
    seen = forecast(rig).fingerprint
    with rig.here():
        return dry_run_mode.end(rig.member, seen, engine=rig.engine)


def pass_time(rig: Rig, runs: int = 4) -> None:
    """Runs with time between them; a dry run does not come to rest as ``settle`` means it while doubts are open."""
    for _ in range(runs):
        rig.run()
        rig.advance(rig.engine.settle.total_seconds() + 1)


def test_what_would_be_sent_is_listed_and_goes_when_the_dry_run_is_ended(rig: Rig) -> None:
    old = rig.add_client("Old Client", phone="1")
    rig.settle()
    begin(rig)
    rig.edit_client(old, phone="2", email="old@example.com")
    rig.add_client("Ada Byrne")
    rig.settle()
    assert not sent
    with rig.here():
        rows = Issue.objects.filter(closed_at=None).order_by("name")
        assert [(row.cause, row.sentence) for row in rows] == [
            ("dry_run", "Would be created in QuickBooks: client Ada Byrne."),
            ("dry_run", "Would be changed in QuickBooks: E-mail, Phone of Old Client."),
        ]
    assert forecast(rig).counts == {("client", "create"): 1, ("client", "change"): 1}
    assert end(rig) == 2
    rig.settle()
    assert not rig.issues()
    assert len(rig.customers_named("Ada Byrne")) == 1
    assert rig.customers_named("Old Client")[0]["PrimaryPhone"]["FreeFormNumber"] == "2"


def test_what_comes_from_quickbooks_still_comes(rig: Rig) -> None:
    begin(rig)
    rig.add_customer("Made There")
    rig.until_the_change_feed_is_asked()
    assert "Made There" in {one["name"] for one in rig.clients().values()}
    assert not sent


def test_a_write_that_is_journalled_or_left_without_an_answer_does_not_leave_again(rig: Rig) -> None:
    rig.add_client("Ada Byrne")
    run_with(rig, "journalled", lambda: begin(rig))
    assert not sent
    rig.settle()
    assert rig.issues() == [("dry_run", "Ada Byrne")]
    end(rig)
    rig.fault("drop_before", entity="customer", operation="create", nth=1, times=1)
    rig.run()
    begin(rig)
    pass_time(rig, 8)
    assert not sent, "what is in doubt is looked for, and not sent again"
    end(rig)
    rig.settle(60)
    assert len(rig.customers_named("Ada Byrne")) == 1


def test_it_never_ends_by_itself_and_asks_when_its_week_is_over(rig: Rig) -> None:
    begin(rig)
    rig.add_client("Ada Byrne")
    rig.settle()
    for _ in range(5):
        rig.advance(timedelta(days=6).total_seconds())
        rig.run()
    assert not sent
    with rig.here():
        assert dry_run_mode.is_over(rig.connection, rig.clock.now())
        assert dry_run_mode.go_on(rig.member, engine=rig.engine)
        assert not dry_run_mode.is_over(rig.connection, rig.clock.now())


def test_only_what_was_shown_is_sent(rig: Rig) -> None:
    begin(rig)
    rig.add_client("Ada Byrne")
    rig.settle()
    seen = forecast(rig).fingerprint
    rig.add_client("Bo Diaz")
    rig.settle()
    with rig.here(), pytest.raises(CannotDecide, match="changed since you looked"):
        dry_run_mode.end(rig.member, seen, engine=rig.engine)
    rig.settle()
    assert not sent
    assert end(rig) == 2


def test_a_plan_that_the_end_of_the_dry_run_overtook_is_made_anew(rig: Rig) -> None:
    begin(rig)
    rig.add_client("Ada Byrne")
    rig.fault(
        "delay", entity="customer", seconds=0
    )  # nothing of it matters: the run is looked in at its first point
    planned = dry_run_mode.planned_only

    def end_meanwhile(*args: object) -> object:
        Connection.objects.update(dry_run_until=None)
        return planned(*args)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dry_run_mode, "planned_only", end_meanwhile)
        rig.run()
    rig.settle()
    assert len(rig.customers_named("Ada Byrne")) == 1
    assert not rig.issues()


def test_the_money_of_the_documents_is_told_and_those_behind_follow() -> None:
    books = Books()
    books.review_items()
    books.send("invoice")
    item, known = books.item("Bookkeeping"), books.add_client("Known Client")
    books.settle()
    begin(books)
    books.invoice(known, item, rate="120.50")
    new = books.add_client("New Client")
    books.settle()
    books.invoice(new, item, rate="80")
    books.settle()
    assert not sent
    found = forecast(books)
    assert found.counts == {("client", "create"): 1, ("invoice", "create"): 1}
    assert found.money == [("USD", Decimal("120.50"))]
    assert found.behind == 1
    before = list(books.of("Invoice"))
    end(books)
    books.settle()
    amounts = [one["TotalAmt"] for pk, one in books.of("Invoice").items() if pk not in before]
    assert sorted(amounts) == [Decimal("80"), Decimal("120.50")]
    assert not [cause for cause, _ in books.issues() if cause in ("dry_run", "waits_for")]


def test_a_run_of_the_set_up_is_not_taken_back_meanwhile() -> None:
    rig = Rig()
    rig.add_customer("Made There")
    rig.set_up()
    with rig.here():
        found = review.latest_review(rig.connection, "client")
        assert found is not None
        assert not rollback.why_not(rig.connection, found, rig.clock.now())
    begin(rig)
    with rig.here():
        assert "dry run" in rollback.why_not(rig.connection, found, rig.clock.now())
        Connection.objects.update(dry_run_until=None, switches={"client": {"rolling_back": found.pk}})
        with pytest.raises(CannotDecide, match="taken back"):
            dry_run_mode.begin(rig.member, engine=rig.engine)


ACTS: list[Callable[[Rig, random.Random, int], object]] = [
    lambda rig, rng, n: rig.add_client(f"Client {n}", phone=str(n)),
    lambda rig, rng, n: rig.edit_client(rng.choice(sorted(rig.clients())), phone=str(rng.randrange(9))),
    lambda rig, rng, n: rig.edit_client(rng.choice(sorted(rig.clients())), email=f"{n}@example.com"),
    lambda rig, rng, n: rig.edit_customer(
        rng.choice(sorted(rig.customers())), PrimaryPhone={"FreeFormNumber": str(rng.randrange(9))}
    ),
    lambda rig, rng, n: rig.add_customer(f"Customer {n}"),
    lambda rig, rng, n: turn(rig, rng.choice(["create", "edit", "archive"]), Side.LEDGER, rng.random() < 0.7),
    lambda rig, rng, n: rig.fault(
        rng.choice(["drop_before", "drop_after"]), entity="customer", nth=1, times=1
    ),
    lambda rig, rng, n: decide(rig, rng),
    lambda rig, rng, n: pass_time(rig),
    lambda rig, rng, n: crash(rig, rng),
    lambda rig, rng, n: rig.advance(rng.choice([1, 60, 3600, 86400])),
]


def decide(rig: Rig, rng: random.Random) -> None:
    key = Key("client", Side.PRACTICE, rng.choice(sorted(rig.clients())))
    with rig.here():
        rng.choice([decisions.create_on_other_side, decisions.exclude, decisions.restore])(
            rig.member, [key], engine=rig.engine
        )


def crash(rig: Rig, rng: random.Random) -> None:
    rig.crash_at = rng.choice(["journalled", "answered", "concluded", "before writing here", "written here"])
    try:
        rig.run()
    except Crash:
        rig.advance(3600)
    rig.crash_at = None


@pytest.mark.parametrize("seed", range(6))
def test_whatever_people_and_the_network_do_no_write_leaves_and_nothing_is_lost(seed: int) -> None:
    rng, rig = random.Random(seed), Rig(seed=seed)
    rig.set_up()
    rig.add_client("First")
    rig.add_customer("Second")
    rig.until_the_change_feed_is_asked()
    rig.add_client("On its way")
    crash(rig, rng)
    begin(rig)
    for number in range(25):
        rng.choice(ACTS)(rig, rng, number)
        rig.run()
        assert not sent, number
    for kind in ("create", "edit"):
        turn(rig, kind, Side.LEDGER, True)
    rig.emulator.control.clear_faults()
    pass_time(rig, 6)
    assert not sent
    planned = forecast(rig)
    with rig.here():
        doubts = Attempt.objects.filter(state="in_doubt").count()
        unplanned = planned.unplanned
    assert end(rig) == planned.writes
    rig.settle(80)
    # What was in doubt is sent once more, and what was edited behind it follows.
    assert planned.writes <= len(sent) <= planned.writes + 2 * doubts + unplanned
    names = [one["DisplayName"] for one in rig.customers().values()]
    assert len(names) == len(set(names)), "nothing was made twice"
    assert not [cause for cause, _ in rig.issues() if cause == "dry_run"]
