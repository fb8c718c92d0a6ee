"""Acts: everything that goes wrong by itself: calls, processes, workers, webhooks, clocks, sign-ins, a company's settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum

from django.db import OperationalError

from quickbooks_emulator.webhooks.queue import Posting
from tests.sim.acts import client_there, edit_client, ids_here, item_there
from tests.sim.calls import call_fails, outage
from tests.sim.evidence import demand, let_go
from tests.sim.kinds import BOUNDARIES, POINTS
from tests.sim.people import decide, switch
from tests.sim.storm import Act, Storm
from tieout.sync import connections, inbox, runner

DAY = 86_400


def climate(storm: Storm) -> None:
    """What holds for the whole seed: webhooks, lag, memory of ids, numbering, feed caps, clocks."""
    town, rng = storm.town, storm.rng
    drop = rng.choice([0.0, 0.2, 1.0])
    style = rng.choice(["cloudevents", "cloudevents", "legacy"])
    repeat = rng.choice([0, 0, 2])
    town.subscribe(
        drop=drop,
        repeat=repeat,
        reorder=True,
        seed=storm.seed,
        format=style,
        delay=rng.choice([0, "0..7200"]),
    )
    for fault, on in (
        ("F28", drop > 0),
        ("F35", style == "legacy"),
    ):
        if on:
            storm.hit(fault)
    if rng.random() < 0.3:
        storm.arm("F7", effect="forget_ids")
        storm.tell("request ids are forgotten")
    if rng.random() < 0.3:
        storm.arm("F10", effect="lag", seconds="0..60", seed=storm.seed)
        storm.tell("listings lag")
    if rng.random() < 0.15:
        storm.arm("F11", effect="throttle", per_minute=rng.choice([5, 20]))
        storm.tell("few calls are let through")
    if rng.random() < 0.25:
        storm.cut_change_feed(rng.choice([1, 3]))
        storm.tell("the change feed is cut early")
    if rng.random() < 0.5:
        storm.company(SalesFormsPrefs={"CustomTxnNumbers": True})
        storm.probes["custom numbers on"] += 1
    else:
        storm.probes["custom numbers off"] += 1
    if rng.random() < 0.1:
        storm.hit("F40")
        town.skew = timedelta(hours=rng.choice([-24, -1, 1, 24]))
        storm.tell(f"our clock is {town.skew} off")


def process_dies(storm: Storm) -> None:
    rng = storm.rng
    way = rng.random()
    if way < 0.4:
        where = rng.choice(POINTS)
        storm.at[where] = lambda: storm.die(where)
        storm.tell(f"the process will die at {where!r}")
        if where == "tokens refreshed":
            storm.town.advance(3_700)  # else it would rarely come there
    elif way < 0.7:
        storm.dies_in = (rng.choice(BOUNDARIES), rng.randrange(1, 12))
        storm.tell(f"the process will die at {storm.dies_in}")
    else:
        _dies_after_an_answer(storm, rng.choice(["write", "write", "changes", "read"]))


def _dies_after_an_answer(storm: Storm, kind: str) -> None:
    """In one of the first commits after it: where what was told is being recorded."""
    storm.dies_after = (kind, (storm.rng.choice(BOUNDARIES[:2]), storm.rng.choice([1, 1, 2])))
    storm.tell(f"the process will die after the next {kind}, {storm.dies_after[1]}")


def told_by_the_feed_alone(storm: Storm) -> None:
    """Somebody edits there; longer ago than the cursor's overlap, the change feed is asked, and the process dies."""
    edit_there = next(act for name, act in ACTS_THERE.items() if name in storm.kind.acts)
    for _ in range(2):
        storm.do(edit_there)
    storm.town.advance(storm.rng.choice([310, 400, 1_000]))
    _dies_after_an_answer(storm, "changes")
    storm.run_once()


def database_breaks(storm: Storm) -> None:
    """It takes back one of a run's transactions (a deadlock), or goes away in the middle of one."""
    storm.breaks_in = (storm.rng.randrange(1, 10), storm.rng.random() < 0.5)
    storm.tell(f"the database will break in {storm.breaks_in}")


def overtaken(storm: Storm) -> None:
    """A worker is frozen at a named point past its lease; another works meanwhile; then the first wakes up."""
    where = storm.rng.choice(POINTS)
    storm.tell(f"the worker will be overtaken at {where!r}")

    def another_works() -> None:
        town = storm.town
        town.advance(town.engine.lease.total_seconds() + 1)
        try:
            passed = runner.run_once(town.connection.pk, town.engine)
        except OperationalError as broken:
            storm.tell(f"overtaken at {where!r} by one that was broken off: {broken}")
            return
        storm.tell(f"overtaken at {where!r}: {passed and passed.outcome}")
        if passed is not None and where != "tokens refreshed":  # there a call that was allowed goes on
            storm.woken = where
        storm.probes["overtaken"] += 1
        storm.hit("F63")
        storm.hit("F65")

    storm.at[where] = another_works


def edited_in_flight(storm: Storm) -> None:
    """Somebody edits a record while its write is on the way."""
    clients = ids_here(storm, "client")
    one = storm.rng.choice(clients)
    edit_client(storm, one, {"phone": storm.word()})

    def again(them: Storm) -> None:
        edit_client(them, one, {"phone": them.word()})
        them.hit("F68")

    what = storm.rng.choice([again, switch])
    storm.at[storm.rng.choice(["journalled", "answered"])] = lambda: storm.do(what)
    if storm.later.random() < 0.7:
        storm.run_once()


class _Unheard(Enum):
    """How our side can fail to acknowledge a delivery: it is not there, or it answers too late."""

    LOST = "lost"
    LATE = "late"


def webhooks(storm: Storm) -> None:
    town = storm.town
    town.advance(5)
    trouble = storm.rng.choice([None] * 8 + [_Unheard.LOST, _Unheard.LATE])

    def post(posting: Posting) -> int | None:
        """Our side of it. What is not acknowledged in time is repeated, and holds up all that comes after it."""
        storm.old_posting = posting
        if trouble is not None:
            storm.hit("F31")
        if trouble is _Unheard.LOST:
            return 503
        status = storm.receive(posting)
        return status if trouble is None else None

    storm.tell(f"{town.emulator.webhooks.pump(post)} webhook deliveries")
    if storm.old_posting is not None and storm.rng.random() < 0.2:
        storm.hit("F33")
        inbox.receive(storm.old_posting.body, storm.old_posting.headers, engine=town.engine)
    if storm.old_posting is not None and storm.rng.random() < 0.1:
        storm.hit("F32")
        forged = storm.old_posting.body[:-1] + b" "
        status = inbox.receive(forged, storm.old_posting.headers, engine=town.engine)
        demand(storm, "a forged delivery is refused", status == 401, status)


def run(storm: Storm) -> None:
    storm.run_once()
    if storm.rng.random() < 0.5:
        decide(storm)


def time(storm: Storm) -> None:
    rng = storm.rng
    seconds = rng.choice([1, 130, 400, 400, 1_000, 4_000, 90_000, 35 * DAY])
    if seconds == 35 * DAY:
        if rng.random() < 0.6:
            return
        storm.hit("F37")
        if storm.later.random() < 0.5:
            _longer_than_a_sign_in_lasts(storm)
            return
    storm.tell(f"{seconds} s pass")
    storm.town.advance(seconds)


def _longer_than_a_sign_in_lasts(storm: Storm) -> None:
    """Nothing of ours ran for 102 days: an unused refresh token ends after 100 by Intuit's pages, after 101 as recorded."""
    storm.tell("102 days pass")
    storm.town.advance(102 * DAY)
    storm.signed_out_rightly = True
    storm.run_once()
    with storm.town.here():
        found = connections.connection_of(storm.town.firm.pk)
    if found is not None and found.state == "needs_reconnect":
        storm.hit("F27")


def company(storm: Storm) -> None:
    """The company itself changes: settings, access, the tie to it."""
    rng = storm.rng
    rng.choice(
        [
            _numbers_flip,
            _closing_date,
            _auto_apply,
            _classes_off,
            _plan_changes,
            _revoked,
            _refresh_fails,
            _user_lost_access,
            _disconnected,
            _paused,
            _wrong_company,
            outage,
            edited_in_flight,
            decide,
            decide,
            decide,
        ]
    )(storm)


def _numbers_flip(storm: Storm) -> None:
    storm.hit("F53")
    on = storm.rng.random() < 0.5
    storm.company(SalesFormsPrefs={"CustomTxnNumbers": on})
    storm.tell(f"custom transaction numbers: {on}")


def _closing_date(storm: Storm) -> None:
    storm.hit("F52")
    day = storm.rng.choice(["2026-01-31", "2026-02-28", "2020-12-31"])
    storm.company(AccountingInfoPrefs={"BookCloseDate": day})
    storm.tell(f"books closed to {day}")


def _auto_apply(storm: Storm) -> None:
    storm.hit("F55")
    on = storm.rng.random() < 0.6
    storm.company(SalesFormsPrefs={"AutoApplyCredit": on})
    storm.auto_applied |= on
    storm.tell(f"QuickBooks applies credits by itself: {on}")


def _classes_off(storm: Storm) -> None:
    storm.hit("F57")
    off = {"ClassTrackingPerTxn": False, "ClassTrackingPerTxnLine": False, "TrackDepartments": False}
    storm.company(AccountingInfoPrefs=off)
    storm.tell("classes and locations are turned off")


def _plan_changes(storm: Storm) -> None:
    storm.hit("F58")
    sku = storm.rng.choice(["QuickBooks Online Essentials", "QuickBooks Online Plus"])
    storm.town.emulator.control.set_plan(storm.town.realm, sku)
    storm.tell(f"the plan is {sku}")


def _revoked(storm: Storm) -> None:
    storm.hit("F22")
    storm.tell("the grant is revoked")
    storm.signed_out_rightly = True
    storm.town.emulator.control.revoke(storm.town.realm)
    storm.town.advance(3_700)


def _refresh_fails(storm: Storm) -> None:
    storm.tell("the token service fails")
    rule = storm.rng.choice([{"effect": "status", "status": 503}, {"effect": "drop_after"}])
    faults = ("F20",) if rule["effect"] != "drop_after" else ("F20", "F19")
    storm.arm(*faults, **rule, operation="refresh", times=1)
    storm.town.advance(3_700)


def _user_lost_access(storm: Storm) -> None:
    fault = '{"Fault":{"Error":[{"Message":"Misuse","Detail":"AuthorizationFailed","code":"120"}],"type":"AuthorizationFault"}}'
    storm.arm("F23", effect="body", status=403, body=fault, operation="read", nth=1, times=1)
    storm.tell("the person who connected is no administrator any more")


def _disconnected(storm: Storm) -> None:
    town = storm.town
    with town.here():
        if connections.connection_of(town.firm.pk) is None:
            return
        connections.disconnect(town.member, engine=town.engine)
    storm.tell("disconnected, links kept")
    storm.probes["disconnected"] += 1
    calls = _data_calls(storm)
    with town.here():
        pk = storm.connection_pk
    assert runner.run_once(pk, town.engine) is None, storm.told()
    assert _data_calls(storm) == calls, f"a call left after the disconnect\n{storm.told()}"
    town.advance(storm.rng.choice([1, 400, 90_000]))
    if not town.connect().ok:  # a fault met the sign-in: somebody tries once more later
        storm.tell("the sign-in failed")
        return
    storm.signed_out_rightly = False
    storm.tell("connected again")


def _wrong_company(storm: Storm) -> None:
    town = storm.town
    wrong = next(one.realm for one in town.emulator.companies() if one.realm != town.realm)
    storm.signed_out_rightly |= let_go(storm)  # this sign-in ends no reason to sign in to ours
    outcome = town.connect(wrong)
    # A fault may meet the sign-in first; a 401 there is how Intuit answers wrong keys.
    refused = ("unavailable", "expired", "misconfigured", "not_admin", "subscription")
    kinds = ("wrong_company", "linked_elsewhere", *refused)
    assert outcome.kind in kinds, f"{outcome}\n{storm.told()}"
    if outcome.kind in kinds[:2]:
        storm.hit("F26")
    storm.tell("somebody signed in to another company")


def _paused(storm: Storm) -> None:
    town = storm.town
    with town.here():
        if connections.connection_of(town.firm.pk) is None:
            return
        connections.pause(town.member, engine=town.engine)
    calls = _data_calls(storm)
    runner.run_once(storm.connection_pk, town.engine)
    assert _data_calls(storm) == calls, f"a call left while paused\n{storm.told()}"
    with town.here():
        connections.resume(town.member, engine=town.engine)
    storm.tell("paused and resumed")


def _data_calls(storm: Storm) -> int:
    town = storm.town
    return len(town.emulator.log.entries(area="data", realm=town.realm))


ACTS_THERE: Mapping[str, Act] = {"client there": client_there, "item there": item_there}
ACTS: Mapping[str, Act] = {
    "fed": told_by_the_feed_alone,
    "call fails": call_fails,
    "process dies": process_dies,
    "overtaken": overtaken,
    "webhooks": webhooks,
    "run": run,
    "time": time,
    "company": company,
    "database": database_breaks,
}
