"""Everything that can go wrong between the two sides, one thing at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from quickbooks_emulator.webhooks.queue import Posting
from tests.sync.rig import Crash, Rig
from tieout.sync import connections, inbox
from tieout.sync.models import ActivityLine, Attempt, Connection, Cursor, InboxEvent, Run, TokenSet

pytestmark = pytest.mark.django_db


# -- signing in ----------------------------------------------------------------------------------------------


def test_consent_denied_connects_nothing_and_says_so() -> None:
    rig = Rig()
    query = rig.sign_in(decision="cancel")
    with rig.here():
        outcome = connections.finish(rig.member, rig.session, query, engine=rig.engine)
        assert (outcome.ok, outcome.kind) == (False, "denied")
        assert not Connection.objects.exists()


def test_a_wrong_state_is_refused_without_redeeming_the_code() -> None:
    rig = Rig()
    query = rig.sign_in()
    with rig.here():
        outcome = connections.finish(rig.member, rig.session, {**query, "state": "forged"}, engine=rig.engine)
    assert outcome.kind == "state_mismatch"
    assert not [one for one in rig.emulator.log.entries() if one.path.endswith("/tokens/bearer")]


def test_a_state_is_good_once() -> None:
    rig = Rig()
    query = rig.sign_in()
    with rig.here():
        first = connections.finish(rig.member, rig.session, query, engine=rig.engine)
        second = connections.finish(rig.member, rig.session, query, engine=rig.engine)
    assert (first.kind, second.kind) == ("connected", "reused")
    rig.connection  # noqa: B018 - still there
    assert rig.run() is not None


def test_a_state_of_another_session_is_refused() -> None:
    rig = Rig()
    query = rig.sign_in()
    with rig.here():
        outcome = connections.finish(rig.member, {}, query, engine=rig.engine)
    assert outcome.kind == "state_mismatch"


def test_an_expired_code_is_refused() -> None:
    rig = Rig()
    query = rig.sign_in()
    rig.advance(601)
    rig.session[connections.SIGN_IN]["at"] = rig.clock.now().isoformat()  # our own limit aside
    with rig.here():
        outcome = connections.finish(rig.member, rig.session, query, engine=rig.engine)
    assert outcome.kind == "expired"


def test_a_sign_in_that_took_too_long_is_refused() -> None:
    rig = Rig()
    query = rig.sign_in()
    rig.advance(601)
    with rig.here():
        outcome = connections.finish(rig.member, rig.session, query, engine=rig.engine)
    assert outcome.kind == "expired"


def test_another_company_is_refused_and_the_link_stays() -> None:
    rig = Rig("sample")
    rig.set_up()
    linked = rig.connection.company_name
    other = next(one.realm for one in rig.emulator.companies() if one.realm != rig.realm)
    outcome = rig.connect(other)
    assert outcome.kind == "wrong_company"
    assert linked in outcome.sentence
    assert outcome.company_name in outcome.sentence
    assert rig.connection.company_name == linked
    assert rig.run() is not None


def test_a_company_linked_to_another_firm_is_refused(rig: Rig) -> None:
    other = Rig(seed=1)
    assert other.connect().kind == "linked_elsewhere"
    given_back = [one for one in other.emulator.log.entries() if one.operation == "revoke"]
    assert not given_back, "it may end the other firm's sign-in"


def test_tokens_are_stored_encrypted_and_bound_to_their_row(rig: Rig) -> None:
    with rig.here():
        stored = TokenSet.objects.get()
        connection = Connection.objects.get()
    assert rig.realm not in connection.company_sealed + connection.company_digest
    assert "RT1" not in stored.sealed
    assert "eyJ" not in stored.sealed


def test_a_token_that_expires_in_mid_run_is_refreshed_once_and_the_call_repeated(rig: Rig) -> None:
    rig.add_client("Ada Byrne")
    rig.fault("status", status=401, entity="customer", operation="create", times=1)
    rig.emulator.log.clear()
    rig.settle()
    assert len(rig.customers_named("Ada Byrne")) == 1
    refreshes = [one for one in rig.emulator.log.entries() if one.path.endswith("/tokens/bearer")]
    assert len(refreshes) == 1


def test_a_revoked_grant_asks_for_a_reconnect_and_loses_nothing(rig: Rig) -> None:
    rig.emulator.control.revoke(rig.realm)
    rig.advance(3700)
    rig.add_client("Ada Byrne")
    rig.run()
    assert rig.connection.state == "needs_reconnect"
    assert rig.connect().kind == "reconnected"
    rig.settle()
    assert len(rig.customers_named("Ada Byrne")) == 1


# -- calls that fail -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "effect, extra",
    [
        ("drop_before", {}),
        ("drop_after", {}),
        ("apply_then", {"status": 500}),
        ("body", {"body": "<html>Bad gateway</html>", "status": 502}),
        ("cut", {"bytes": 40}),
        ("reset", {"bytes": 10}),
        ("status", {"status": 503}),
        ("status", {"status": 500}),
        ("status", {"status": 429}),
    ],
)
def test_a_create_that_got_no_clear_answer_ends_as_exactly_one_customer(rig: Rig, effect, extra) -> None:
    rig.fault(effect, entity="customer", operation="create", nth=1, times=1, **extra)
    rig.add_client("Ada Byrne", email="ada@example.com")
    rig.settle()
    (customer,) = rig.customers_named("Ada Byrne")
    assert rig.links() == {next(iter(rig.links())): customer["Id"]}
    assert not rig.issues()


def test_an_unanswered_write_is_repeated_with_the_same_bytes_and_id(rig: Rig) -> None:
    rig.fault("drop_before", entity="customer", operation="create", nth=1, times=1)
    rig.add_client("Ada Byrne")
    rig.settle()
    sent = [one for one in rig.emulator.log.entries() if one.operation == "create"]
    assert len(sent) == 2
    assert len({one.request_id for one in sent}) == 1
    with rig.here():
        assert Attempt.objects.get().sendings == 2


def test_a_second_edit_waits_while_the_first_is_in_doubt_and_then_goes(rig: Rig) -> None:
    client = rig.add_client("Ada Byrne", phone="1")
    rig.settle()
    rig.fault("drop_after", entity="customer", operation="update", nth=1, times=1)
    rig.edit_client(client, phone="2")
    rig.run()
    rig.edit_client(client, phone="3")
    rig.run()
    assert rig.customers()[rig.links()[client]]["PrimaryPhone"]["FreeFormNumber"] == "2"
    rig.settle()
    assert rig.customers()[rig.links()[client]]["PrimaryPhone"]["FreeFormNumber"] == "3"
    assert not rig.issues()


def test_throttling_slows_down_and_fails_no_record(rig: Rig) -> None:
    rig.fault("throttle", per_minute=5)
    for number in range(12):
        rig.add_client(f"Client {number}")
    rig.settle(most=60)
    assert len(rig.customers()) == 12
    assert not rig.issues()


def test_an_outage_of_six_hours_is_one_line_of_activity_at_a_time_and_drains_afterwards(rig: Rig) -> None:
    rig.fault("down", seconds=6 * 3600)
    rig.add_client("Ada Byrne")
    for _ in range(370):
        rig.run()
        rig.advance(60)
    rig.emulator.control.clear_faults()
    rig.settle()
    assert len(rig.customers_named("Ada Byrne")) == 1
    assert not rig.issues()


def test_a_stale_token_is_read_again_and_merged_without_a_card(rig: Rig) -> None:
    client = rig.add_client("Ada Byrne", phone="1", email="a@example.com")
    rig.settle()
    customer = rig.links()[client]
    rig.edit_customer(customer, PrimaryEmailAddr={"Address": "b@example.com"})
    rig.edit_client(client, phone="2")
    rig.settle()
    assert rig.customers()[customer]["PrimaryPhone"]["FreeFormNumber"] == "2"
    assert rig.customers()[customer]["PrimaryEmailAddr"]["Address"] == "b@example.com"
    assert rig.clients()[client]["email"] == "b@example.com"
    assert not rig.issues()


# -- names ---------------------------------------------------------------------------------------------------


def test_a_name_that_a_vendor_has_is_listed_with_a_next_step_and_others_flow(rig: Rig) -> None:
    rig.emulator.control.edit(rig.realm, "Vendor", None, {"DisplayName": "Ada Byrne"}, "create")
    rig.add_client("Ada Byrne")
    rig.add_client("Bo Diaz")
    rig.settle()
    assert rig.issues() == [("name_taken", "Ada Byrne")]
    assert len(rig.customers()) == 1


def test_the_issue_closes_by_itself_when_the_cause_is_gone(rig: Rig) -> None:
    rig.emulator.control.edit(rig.realm, "Vendor", None, {"DisplayName": "Ada Byrne"}, "create")
    client = rig.add_client("Ada Byrne")
    rig.settle()
    rig.edit_client(client, name="Ada Byrne (client)")
    rig.settle()
    assert not rig.issues()
    assert len(rig.customers_named("Ada Byrne (client)")) == 1


@pytest.mark.parametrize(
    "name", ["O'Hara & Söhne", "Zoë 🌻 Gardens", "x" * 101, "Byrne \\ Co", "100% Cotton", "名前"]
)
def test_unusual_names_arrive_as_they_are(rig: Rig, name: str) -> None:
    rig.add_client(name)
    rig.settle()
    assert len(rig.customers_named(name)) == 1
    assert not rig.issues()


def test_unusual_names_are_found_again_after_a_lost_answer(rig: Rig) -> None:
    rig.fault("drop_after", entity="customer", operation="create", nth=1, times=1)
    rig.fault("forget_ids")
    rig.add_client("O'Hara \\ Sons & 100%")
    rig.settle()
    assert len(rig.customers_named("O'Hara \\ Sons & 100%")) == 1


def test_a_name_with_a_colon_is_listed_and_never_sent(rig: Rig) -> None:
    rig.emulator.log.clear()
    rig.add_client("Byrne: Estate")
    rig.settle()
    assert rig.issues() == [("does_not_fit", "Byrne: Estate")]
    assert not [one for one in rig.emulator.log.entries() if one.operation == "create"]


# -- webhooks ------------------------------------------------------------------------------------------------


def test_a_webhook_with_a_bad_signature_is_refused_and_leaves_nothing(rig: Rig) -> None:
    rig.subscribe()
    rig.add_customer("Bo Diaz")
    rig.advance(10)
    (posting,) = rig.emulator.webhooks.due()
    forged = posting.body.replace(b"customer", b"Customer")
    assert inbox.receive(forged, posting.headers, engine=rig.engine) == 401
    assert inbox.receive(posting.body, {}, engine=rig.engine) == 401
    with rig.here():
        assert not InboxEvent.objects.exists()


def test_a_webhook_that_comes_fifty_times_is_read_once(rig: Rig) -> None:
    rig.until_the_change_feed_is_asked()
    rig.subscribe()
    rig.add_customer("Bo Diaz")
    rig.advance(10)
    (posting,) = rig.emulator.webhooks.due()
    for _ in range(50):
        assert inbox.receive(posting.body, posting.headers, engine=rig.engine) == 200
    rig.emulator.log.clear()
    rig.settle()
    assert len(rig.clients()) == 1
    reads = [one.path for one in rig.emulator.log.entries() if one.area == "data"]
    assert len(reads) == 1, reads


def test_a_late_webhook_changes_nothing_that_is_newer(rig: Rig) -> None:
    rig.subscribe()
    customer = rig.add_customer("Bo Diaz", PrimaryPhone={"FreeFormNumber": "1"})
    rig.advance(10)
    late: list[Posting] = list(rig.emulator.webhooks.due())
    rig.edit_customer(customer, PrimaryPhone={"FreeFormNumber": "2"})
    rig.until_the_change_feed_is_asked()
    for posting in late:
        inbox.receive(posting.body, posting.headers, engine=rig.engine)
    rig.settle()
    (client,) = rig.clients().values()
    assert client["phone"] == "2"


def test_lost_webhooks_are_made_good_by_the_change_feed(rig: Rig) -> None:
    rig.subscribe(drop=1.0)
    rig.add_customer("Bo Diaz")
    rig.advance(10)
    rig.deliver()
    rig.settle()
    assert not rig.clients()
    rig.until_the_change_feed_is_asked()
    assert len(rig.clients()) == 1


def test_a_gap_of_forty_days_is_closed_by_a_full_comparison(rig: Rig) -> None:
    rig.advance(40 * 86_400)
    rig.add_customer("Bo Diaz")
    rig.settle()
    rig.until_the_change_feed_is_asked()
    assert len(rig.clients()) == 1


def test_a_change_older_than_the_feed_reaches_is_found_by_a_full_comparison_before_one_is_due(
    rig: Rig,
) -> None:
    rig.add_customer("Bo Diaz")
    rig.advance(40 * 86_400)
    with rig.here():  # all was compared lately, and the nightly look is not due: the feed alone is asked
        now = rig.engine.now()
        Cursor.objects.update(compared_at=now)
        Connection.objects.update(sweep_due_at=now + timedelta(days=1), changes_due_at=now)
    rig.settle()
    assert [one["name"] for one in rig.clients().values()] == ["Bo Diaz"]


# -- processes that die ----------------------------------------------------------------------------------------

POINTS = [
    "journalled",
    "answered",
    "concluded",
    "before writing here",
    "written here",
    "looked",
    "journalled again",
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_at_any_point_leaves_one_record_on_each_side(point: str) -> None:
    rig = Rig()
    rig.set_up()
    if point in ("looked", "journalled again"):
        rig.fault("drop_before", entity="customer", operation="create", nth=1, times=1)
    rig.add_client("Ada Byrne")
    customer = rig.add_customer("Bo Diaz")
    rig.advance(rig.engine.nets.doubtful.total_seconds() + 1)
    rig.crash_at = point
    with pytest.raises(Crash):
        rig.settle()
    assert point in rig.points
    rig.advance(rig.engine.lease.total_seconds() + 1)
    rig.settle()
    assert len(rig.customers()) == 2
    assert len(rig.clients()) == 2
    assert len(rig.links()) == 2
    assert customer in rig.links().values()
    assert not rig.issues()


def test_a_run_that_lost_its_lease_writes_nothing_more(rig: Rig) -> None:
    rig.add_client("Ada Byrne")

    def overtaken(name: str) -> None:
        if name == "journalled":
            with rig.here():
                Connection.objects.update(epoch=99)

    from dataclasses import replace

    from tieout.sync import runner

    passed = runner.run_once(rig.connection.pk, replace(rig.engine, at_point=overtaken))
    assert passed is not None
    assert passed.outcome == "taken over"
    with rig.here():
        assert not ActivityLine.objects.filter(sentence__contains="created in").exists()
        assert Run.objects.exists()
