"""QuickBooks' refusals in the words of the ledger port, and who holds a name that is taken."""

import json
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from tests.quickbooks import answers
from tests.quickbooks.scripted import customer, ledger, page
from tieout.quickbooks.api import oauth
from tieout.quickbooks.api.fault_meanings import Disposition
from tieout.quickbooks.entities.customer import ENTITY
from tieout.quickbooks.errors import CLASSES, SIGN_IN_CLASSES, unit_about
from tieout.reconcile import ports
from tieout.reconcile.action import Create, Update
from tieout.reconcile.ports import (
    Activity,
    AskHuman,
    Bug,
    ChooseMatch,
    FixData,
    Reconnect,
    RepairReference,
    Replan,
    RetryLater,
    UnknownOutcome,
)
from tieout.reconcile.state import Key, Side

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


def test_every_disposition_has_its_error_class():
    assert set(CLASSES) == set(Disposition)
    for disposition, kind in CLASSES.items():
        assert kind.__name__.lower() == disposition.value.replace("_", "")
        assert issubclass(kind, ports.LedgerError)


def test_every_sign_in_error_has_its_error_class():
    assert set(SIGN_IN_CLASSES) == set(oauth.OAuthError.__subclasses__())


@pytest.mark.parametrize(
    "answer, kind",
    [
        ((400, answers.STALE), Replan),
        ((429, answers.THROTTLED), RetryLater),
        ((401, answers.TOKEN_EXPIRED), Reconnect),
        ((500, b""), UnknownOutcome),
        (httpx2.ReadTimeout("x"), UnknownOutcome),
        (httpx2.ConnectError("x"), RetryLater),
        (fault("2210"), FixData),
        (fault("2500"), RepairReference),
        (fault("6190"), AskHuman),
        (fault("6140"), ChooseMatch),
        (fault("2010"), Bug),
        (fault("99999"), Bug),
    ],
)
def test_a_refused_write_raises_the_class_of_its_next_step(answer, kind):
    made, _ = ledger(answer, answer)  # twice: a refused token is tried once more
    with pytest.raises(ports.LedgerError) as raised:
        made.send(prepared())
    assert type(raised.value) is kind
    assert raised.value.sentence


def test_an_error_carries_code_detail_and_reference():
    made, _ = ledger((400, answers.STALE))
    with pytest.raises(Replan) as raised:
        made.send(prepared())
    assert (raised.value.code, raised.value.reference) == ("5010", "tid-1")
    assert "Jane Doé" in raised.value.detail


def test_throttling_says_how_long_to_wait():
    made, _ = ledger((429, answers.THROTTLED))
    with pytest.raises(RetryLater) as raised:
        made.count("Customer", Activity.ALL)
    assert raised.value.after == timedelta(seconds=60)


@pytest.mark.parametrize(
    "element, unit",
    [
        ("PrimaryEmailAddr.Address", "email"),
        ("primaryemailaddr", "email"),
        ("BillAddr.Line1", "billing_address"),
        ("ShipAddr", "mailing_address"),
        ("GivenName", "person"),
        ("DisplayName", "name"),
        ("Display", ""),
        ("Reference Id", ""),
        ("", ""),
    ],
)
def test_the_element_of_a_fault_names_a_unit(element, unit):
    assert unit_about(element, ENTITY) == unit


def test_errors_in_the_ports_own_words_pass_through():
    class NoTokens:
        def access(self):
            raise Reconnect("gone")

    made, _ = ledger()
    made._client._tokens = NoTokens()
    with pytest.raises(Reconnect, match="gone"):
        made.count("Customer", Activity.ALL)


def test_an_entity_nobody_syncs_is_a_bug():
    with pytest.raises(Bug, match="Unicorn"):
        ledger()[0].count("Unicorn", Activity.ALL)


# -- who has the name ----------------------------------------------------------------------------------

NAME_TAKEN = (400, answers.DUPLICATE_NAME)


def test_a_taken_name_is_looked_up_and_the_vendor_is_named():
    made, script = ledger(NAME_TAKEN, page("Customer"), page("Vendor", customer("31")))
    with pytest.raises(ChooseMatch, match="vendor in QuickBooks already has") as raised:
        made.send(prepared())
    assert raised.value.detail == "held by Vendor 31"
    assert "'Amy\\'s Bird Sanctuary'" in script.questions[0]
    assert len(script.seen) == 3


def test_a_customer_that_has_the_name_can_be_linked():
    made, _ = ledger(NAME_TAKEN, page("Customer", customer("7")))
    with pytest.raises(ChooseMatch, match="Link this client") as raised:
        made.send(prepared())
    assert raised.value.detail == "held by Customer 7"


def test_the_record_being_renamed_is_not_the_one_in_the_way():
    made, _ = ledger(
        NAME_TAKEN, page("Customer", customer("58")), page("Vendor"), page("Employee", customer("58"))
    )
    with pytest.raises(ChooseMatch, match="employee"):
        made.send(prepared(update(name="Amy")))


@pytest.mark.parametrize("trouble", [(503, b""), httpx2.ReadTimeout("x")])
def test_a_search_that_fails_leaves_the_refusal_as_it_was(trouble):
    made, _ = ledger(NAME_TAKEN, trouble)
    with pytest.raises(ChooseMatch, match="already uses this name") as raised:
        made.send(prepared())
    assert raised.value.code == "6240"


def test_nobody_is_asked_when_the_refusal_says_who_has_the_name():
    made, script = ledger(fault("6240", "... : Another vendor is already using this name."))
    with pytest.raises(ChooseMatch, match="vendor"):
        made.send(prepared())
    assert len(script.seen) == 1
