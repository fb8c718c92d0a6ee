"""The ledger port on scripted answers: the odd cases. The whole port against the emulator: tests/contract."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.quickbooks import answers
from tests.quickbooks.scripted import customer, feed, ledger, page
from tieout.quickbooks.entities.customer import ENTITY
from tieout.reconcile.action import Create, Retire, Update
from tieout.reconcile.ports import (
    Activity,
    Bug,
    FixData,
    PreparedWrite,
    Reconnect,
    Replan,
    RetryLater,
    UnknownOutcome,
    WindowTooOld,
)
from tieout.reconcile.state import Absent, Key, Present, Side, Unknown

OURS = Key("client", Side.PRACTICE, "12")
THEIRS = Key("client", Side.LEDGER, "58")
SENT = datetime(2026, 11, 22, 11, 59, tzinfo=UTC)
SINCE = SENT - timedelta(hours=1)
NOT_FOUND = (400, answers.NOT_FOUND)


def create(**units):
    return Create(Side.LEDGER, OURS, {"name": "Amy's Bird Sanctuary", **units})


def update(**units):
    return Update(Side.LEDGER, THEIRS, units, "4")


def prepared(action=None, **more):
    return ledger()[0].prepare(action or create(), "req-1", **more)


def fault(code, detail=""):
    return (400, json.dumps({"Fault": {"Error": [{"code": code, "Detail": detail}]}}).encode())


# -- prepare -------------------------------------------------------------------------------------------


def test_a_create_holds_what_there_is_and_nothing_else():
    write = prepared(create(email="amy@example.com", phone="", person={"given": "Amy", "family": ""}))
    assert write.operation == "create"
    assert write.path == "customer?requestid=req-1"
    assert write.body == (
        b'{"DisplayName":"Amy\'s Bird Sanctuary","GivenName":"Amy","PrimaryEmailAddr":{"Address":"amy@example.com"}}'
    )


def test_an_update_is_sparse_and_guarded_by_the_token():
    write = prepared(update(email="", name="Amy"))
    assert (write.operation, write.record_id) == ("update", "58")
    assert json.loads(write.body) == {
        "Id": "58",
        "SyncToken": "4",
        "sparse": True,
        "DisplayName": "Amy",
        "PrimaryEmailAddr": {"Address": ""},
    }


def test_a_retirement_makes_inactive_and_touches_nothing_else():
    write = prepared(Retire(Side.LEDGER, THEIRS, "4"))
    assert json.loads(write.body) == {"Id": "58", "SyncToken": "4", "sparse": True, "Active": False}


def test_equal_actions_give_equal_bytes_whatever_the_order_of_their_units():
    one = prepared(update(name="Amy", phone="1", email="a@b.co"))
    other = prepared(update(email="a@b.co", phone="1", name="Amy"))
    assert one == other


def test_a_record_made_active_again_is_sent_with_its_name():
    shown = ENTITY.row(customer("58", "Amy (deleted)", Active=False)).record
    body = json.loads(prepared(update(active=True), shown=shown).body)
    assert (body["Active"], body["DisplayName"]) == (True, "Amy")
    assert "DisplayName" not in json.loads(prepared(update(active=False), shown=shown).body)


@pytest.mark.parametrize(
    "action, unit",
    [(create(name="Acme: shop"), "name"), (create(name=""), "name"), (update(email="amy"), "email")],
)
def test_what_cannot_be_said_there_is_refused_before_sending(action, unit):
    with pytest.raises(FixData, match="Nothing was sent") as raised:
        prepared(action)
    assert raised.value.unit == unit


def test_a_write_for_our_own_side_is_a_bug():
    with pytest.raises(Bug):
        prepared(Update(Side.PRACTICE, OURS, {"name": "x"}, "1"))


# -- send ----------------------------------------------------------------------------------------------


def test_a_clear_answer_gives_the_record_as_it_now_is():
    made, script = ledger({"Customer": customer("58", token="5"), "time": "x"})
    write = prepared(update(name="Amy's Bird Sanctuary"))
    answer = made.send(write)
    assert (answer.row.id, answer.row.record.token, answer.reference) == ("58", "5", "tid-1")
    assert script.seen[0].content == write.body


def test_an_answer_about_another_record_is_not_a_yes():
    made, _ = ledger({"Customer": customer("59"), "time": "x"})
    with pytest.raises(UnknownOutcome):
        made.send(prepared(update(name="Amy")))


def test_an_update_of_a_record_that_is_gone_means_read_again():
    made, _ = ledger(NOT_FOUND)
    with pytest.raises(Replan):
        made.send(prepared(update(name="Amy")))


# -- read and list -------------------------------------------------------------------------------------


def test_many_records_are_read_with_one_question():
    made, script = ledger(page("Customer", customer("2"), customer("1")))
    found = made.read("Customer", ["1", "2", "1"])
    assert set(found) == {"1", "2"}
    assert all(isinstance(one, Present) for one in found.values())
    assert "where Id IN ('1', '2') and Active IN (true, false)" in script.questions[0]
    assert len(script.seen) == 1


def test_more_ids_than_fit_are_asked_for_in_several_questions():
    ids = [str(place) for place in range(450)]
    made, script = ledger(
        page("Customer", *map(customer, ids[:300])), page("Customer", *map(customer, ids[300:]))
    )
    assert set(made.read("client", ids)) == set(ids)
    assert len(script.seen) == 2


def test_a_missing_id_is_absent_only_when_it_is_not_found_by_itself():
    made, script = ledger(page("Customer", customer("1")), NOT_FOUND, {"Customer": customer("3")}, (500, b""))
    found = made.read("Customer", ["1", "2", "3", "4"])
    assert found["2"] == Absent("not found")
    assert isinstance(found["3"], Present)
    assert isinstance(found["4"], Unknown)
    assert [one.url.path.rpartition("/")[2] for one in script.seen] == ["query", "2", "3", "4"]


STRANGE = {"Balance": "nobody has seen this"}
"""Words where an amount belongs."""


def test_a_record_in_a_strange_shape_is_unknown_and_the_others_are_read():
    made, _ = ledger(page("Customer", customer("1", **STRANGE), customer("2")))
    found = made.read("Customer", ["1", "2"])
    assert isinstance(found["2"], Present)
    assert isinstance(found["1"], Unknown)
    assert "Customer 1" in found["1"].reason


def test_a_record_in_a_strange_shape_stops_no_list_and_no_change_feed():
    made, _ = ledger(page("Customer", customer("1", **STRANGE), customer("2")))
    assert [row.id for some in made.list("Customer", Activity.ALL) for row in some] == ["2"]
    made, _ = ledger(feed({"Customer": [customer("1", **STRANGE), customer("2")]}))
    found = made.changes(["Customer"], SINCE)
    assert [one.id for one in found.keys] == ["1", "2"], (
        "it is said to have changed, and will be read by itself"
    )
    assert [one.id for one in found.rows] == ["2"]


def test_an_answer_to_a_write_in_a_strange_shape_is_no_refusal():
    made, _ = ledger({"Customer": customer("58", token="5", **STRANGE), "time": "x"})
    with pytest.raises(UnknownOutcome, match="Customer 58"):
        made.send(prepared(update(name="Amy's Bird Sanctuary")))


def test_rows_that_are_no_records_are_no_answer():
    made, _ = ledger(page("Customer", customer("1"), None))
    with pytest.raises(RetryLater):
        made.read("Customer", ["1"])


def test_an_answer_about_another_record_says_nothing_of_the_one_asked_for():
    made, _ = ledger(page("Customer"), {"Customer": customer("7")})
    assert isinstance(made.read("Customer", ["1"])["1"], Unknown)


def test_a_stub_without_an_id_is_not_a_record():
    # reported once: GET of a missing customer answered 200 with a stub
    made, _ = ledger(page("Customer"), {"Customer": {"Active": False, "V4IDPseudonym": "x"}})
    assert isinstance(made.read("Customer", ["1"])["1"], Unknown)


def test_being_throttled_or_shut_out_stops_the_reading():
    for trouble, kind in (((429, answers.THROTTLED), RetryLater), ((403, answers.FLAT), Reconnect)):
        made, _ = ledger(page("Customer"), trouble)
        with pytest.raises(kind):
            made.read("Customer", ["1"])


def test_reading_nothing_asks_nothing():
    made, script = ledger()
    assert made.read("Customer", []) == {}
    assert script.seen == []


def test_a_list_that_breaks_off_raises():
    made, _ = ledger(page("Customer", *(customer(str(place)) for place in range(1000))), (503, b""))
    pages = made.list("Customer", Activity.ALL)
    assert len(next(pages)) == 1000
    with pytest.raises(RetryLater):
        next(pages)


# -- changes -------------------------------------------------------------------------------------------

STUB = {"domain": "QBO", "status": "Deleted", "Id": "239", "MetaData": {"LastUpdatedTime": "x"}}


def key(id):
    return Key("Customer", Side.LEDGER, id)


def test_changes_carry_rows_and_evidence_of_what_is_gone():
    made, _ = ledger(feed({"Customer": [customer("1"), STUB]}))
    found = made.changes(["Customer"], SINCE)
    assert found.keys == (key("1"), key("239"))
    assert found.rows[key("1")].units["name"] == "Amy's Bird Sanctuary"
    assert found.absent == {key("239"): "deleted there"}
    assert found.complete
    assert found.until == datetime(2026, 11, 22, 12, 0, 0, 123000, tzinfo=UTC)


def test_a_record_that_is_shown_and_then_deleted_is_gone():
    made, _ = ledger(feed({"Customer": [customer("239"), STUB]}))
    found = made.changes(["Customer"], SINCE)
    assert found.keys == (key("239"),)
    assert found.rows == {}
    assert set(found.absent) == {key("239")}


def test_an_answer_at_the_cap_is_not_complete():
    made, script = ledger(feed({"Customer": [customer(str(place)) for place in range(1000)]}))
    assert made.changes(["Customer"], SINCE).complete is False
    assert len(script.seen) == 1


def test_a_feed_older_than_its_window_says_so():
    made, _ = ledger((400, answers.WINDOW_TOO_OLD))
    with pytest.raises(WindowTooOld):
        made.changes(["Customer"], SINCE)


def test_a_feed_without_a_time_cannot_move_a_cursor():
    made, _ = ledger(feed({}, time=None))
    with pytest.raises(RetryLater):
        made.changes(["Customer"], SINCE)


# -- look for ------------------------------------------------------------------------------------------


def test_a_create_is_found_by_its_name_active_or_not():
    made, script = ledger(page("Customer", customer("70")))
    assert made.look_for(prepared(), sent_at=SENT).row.id == "70"
    (question,) = script.questions
    assert "DisplayName IN ('Amy\\'s Bird Sanctuary', 'Amy\\'s Bird Sanctuary (deleted)'" in question
    assert "Active IN (true, false)" in question


def test_a_create_is_found_although_it_was_made_inactive_after_others_of_its_name():
    inactive = customer("70", "Amy's Bird Sanctuary (deleted) 2", Active=False)
    made, script = ledger(page("Customer", inactive))
    assert made.look_for(prepared(), sent_at=SENT).row.id == "70"
    assert "'Amy\\'s Bird Sanctuary (deleted) 2'" in script.questions[0]


def test_a_create_that_is_not_there_is_not_found():
    made, _ = ledger(page("Customer"))
    found = made.look_for(prepared())
    assert (found.row, found.lookalikes) == (None, ())


def test_a_record_of_the_name_that_shows_something_else_is_only_a_lookalike():
    made, _ = ledger(page("Customer", customer("70", PrimaryPhone={"FreeFormNumber": "555"})))
    found = made.look_for(prepared(create(phone="777")))
    assert (found.row, [row.id for row in found.lookalikes]) == (None, ["70"])


def test_a_record_older_than_our_sending_is_only_a_lookalike():
    made, _ = ledger(page("Customer", customer("70")))
    found = made.look_for(prepared(), sent_at=SENT + timedelta(minutes=11))
    assert (found.row, [row.id for row in found.lookalikes]) == (None, ["70"])


def test_blanks_that_quickbooks_trims_do_not_hide_our_record():
    made, script = ledger(page("Customer", customer("70", "Amy")))
    assert made.look_for(prepared(create(name=" Amy ", phone=""))).row.id == "70"
    assert "'Amy', 'Amy (deleted)'" in script.questions[0]


def test_an_update_is_found_when_the_token_moved_and_every_sent_unit_shows():
    write = prepared(update(name="Amy", phone=""))
    for shown, found in (
        (customer("58", "Amy", token="5"), True),
        (customer("58", "Amy", token="10"), True),
        (customer("58", "Amy", token="4"), False),
        (customer("58", "Bob", token="5"), False),
        (customer("58", "Amy", token="5", PrimaryPhone={"FreeFormNumber": "5"}), False),
    ):
        made, _ = ledger({"Customer": shown})
        assert (made.look_for(write).row is not None) is found


def test_an_update_of_a_record_that_is_gone_is_not_found():
    made, _ = ledger(NOT_FOUND)
    assert made.look_for(prepared(update(name="Amy"))).row is None


def test_a_strange_document_among_many_keeps_the_look_open_and_crashes_nothing():
    sent = {"CustomerRef": {"value": "1"}, "TxnDate": "2026-01-31", "Line": [], "TotalAmt": 10}
    write = PreparedWrite("req-1", "Invoice", "create", "invoice", json.dumps(sent).encode())
    strange = {"Id": "9", "CustomerRef": {"value": "1"}, "Line": [{"Amount": "nobody has seen this"}]}
    made, _ = ledger(page("Invoice"), page("Invoice", strange))
    with pytest.raises(Bug, match="Invoice 9"):
        made.look_for(write, sent_at=SENT, everywhere=True)


def test_looking_that_fails_is_not_taken_for_not_found():
    made, _ = ledger((503, b""))
    with pytest.raises(RetryLater):
        made.look_for(prepared())


# -- company -------------------------------------------------------------------------------------------


def test_the_company_introduces_itself():
    info = {"Id": "1", "CompanyName": "Craig's", "LegalName": "Craig's Ltd", "Country": "US"}
    made, _ = ledger({"CompanyInfo": info}, {"Preferences": {"SalesFormsPrefs": {"CustomTxnNumbers": True}}})
    found = made.company()
    assert (found.id, found.name, found.country) == ("9130347", "Craig's", "US")
    assert found.facts["preferences"]["SalesFormsPrefs"]["CustomTxnNumbers"] is True
