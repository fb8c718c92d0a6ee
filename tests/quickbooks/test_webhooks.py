"""Deliveries: whether they are Intuit's, and what they say."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.quickbooks.api.webhooks import Notice, Operation, is_genuine, read_delivery, signature

# Shape of May 2026: n8n-io/n8n issue 28750 (ids changed).
EVENT = {
    "specversion": "1.0",
    "id": "88cd52aa-33b6-4351-9aa4-47572edbd068",
    "source": "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",
    "datacontenttype": "application/json",
    "time": "2026-05-12T10:11:12.131415161Z",
    "type": "qbo.customer.updated.v1",
    "intuitentityid": "58",
    "intuitaccountid": "9130347",
    "data": {},
}

# Documented older envelope.
ENVELOPE = {
    "eventNotifications": [
        {
            "realmId": "1185883450",
            "dataChangeEvent": {
                "entities": [
                    {
                        "name": "Customer",
                        "id": "1",
                        "operation": "Create",
                        "lastUpdated": "2015-10-05T14:42:19-0700",
                    },
                    {
                        "name": "BillPayment",
                        "id": "2",
                        "operation": "Merge",
                        "lastUpdated": "2026-01-01T00:00:00.000Z",
                        "deletedID": "7",
                    },
                ]
            },
        },
        {
            "realmId": "99",
            "dataChangeEvent": {"entities": [{"name": "Item", "id": "3", "operation": "Void"}]},
        },
    ]
}


def read(*events):
    return read_delivery(json.dumps(list(events)).encode())


def test_the_documented_vector_is_genuine():
    # ej2/python-quickbooks tests/unit/test_client.py
    assert signature("verify_me", b'{"stuff":"5"}') == "nfPLN16u3vMvv08ghDs+dOkLuirEVDy5wAeG/lmM2OA="
    assert is_genuine(b'{"stuff":"5"}', "nfPLN16u3vMvv08ghDs+dOkLuirEVDy5wAeG/lmM2OA=", ("verify_me",))


def test_one_changed_byte_or_another_token_is_not_genuine():
    good = signature("verify_me", b'{"stuff":"5"}')
    assert not is_genuine(b'{"stuff":"6"}', good, ("verify_me",))
    assert not is_genuine(b'{"stuff":"5"}', good, ("other",))
    assert not is_genuine(b'{"stuff":"5"}', good.lower(), ("verify_me",))


def test_both_tokens_count_while_one_is_being_replaced():
    assert is_genuine(b"x", signature("old", b"x"), ("new", "old"))
    assert is_genuine(b"x", signature("new", b"x"), ("new", "old"))


@pytest.mark.parametrize("given_signature", ["", " ", "é", "nonsense"])
def test_a_missing_or_odd_signature_is_not_genuine(given_signature):
    assert not is_genuine(b"x", given_signature, ("token",))


def test_without_a_verifier_token_nothing_is_genuine():
    assert not is_genuine(b"x", signature("", b"x"), ())
    assert not is_genuine(b"x", signature("", b"x"), ("",))


def test_a_cloud_event_names_one_key():
    (notice,) = read(EVENT).notices
    assert notice == Notice(
        event_id="88cd52aa-33b6-4351-9aa4-47572edbd068",
        company_id="9130347",
        entity="Customer",
        record_id="58",
        operation=Operation.UPDATED,
        at=datetime(2026, 5, 12, 10, 11, 12, 131415, tzinfo=UTC),
    )


def test_one_delivery_may_speak_of_several_companies():
    assert [one.company_id for one in read(EVENT, {**EVENT, "intuitaccountid": "2"}).notices] == [
        "9130347",
        "2",
    ]


@pytest.mark.parametrize("spelling", ["deletedid", "deletedId", "DeletedID"])
def test_a_merge_names_the_record_that_was_absorbed(spelling):
    (notice,) = read({**EVENT, "type": "qbo.customer.merged.v1", "data": {spelling: "61"}}).notices
    assert (notice.operation, notice.deleted_id) == (Operation.MERGED, "61")


@pytest.mark.parametrize("kind", ["qbo.invoice.void.v1", "qbo.invoice.voided.v1", "QBO.Invoice.Voided.v1"])
def test_void_is_understood_in_every_spelling(kind):
    (notice,) = read({**EVENT, "type": kind}).notices
    assert (notice.entity, notice.operation) == ("Invoice", Operation.VOIDED)


def test_an_entity_in_one_word_gets_its_name_back():
    assert read({**EVENT, "type": "qbo.billpayment.deleted.v1"}).notices[0].entity == "BillPayment"


@pytest.mark.parametrize("missing", ["datacontenttype", "data", "time", "specversion", "source"])
def test_members_we_do_not_need_may_be_missing(missing):
    event = {name: value for name, value in EVENT.items() if name != missing}
    assert len(read(event).notices) == 1


@pytest.mark.parametrize(
    "odd",
    [
        {**EVENT, "type": "qbo.unicorn.created.v1"},
        {**EVENT, "type": "qbo.customer.exploded.v1"},
        {**EVENT, "type": "other.customer.created.v1"},
        {**EVENT, "type": "qbo"},
        {**EVENT, "type": None},
        {**EVENT, "intuitentityid": ""},
        {**EVENT, "intuitaccountid": None},
        "text",
        None,
        7,
    ],
)
def test_what_is_unknown_is_counted_and_the_rest_is_read(odd):
    delivery = read(odd, EVENT)
    assert len(delivery.notices) == 1
    assert delivery.not_understood == 1


def test_the_older_envelope_is_read():
    first, second, third = read_delivery(json.dumps(ENVELOPE).encode()).notices
    assert (first.company_id, first.entity, first.record_id, first.operation) == (
        "1185883450",
        "Customer",
        "1",
        "created",
    )
    assert first.at == datetime(2015, 10, 5, 21, 42, 19, tzinfo=UTC)
    assert (second.entity, second.operation, second.deleted_id) == ("BillPayment", Operation.MERGED, "7")
    assert (third.company_id, third.operation, third.at) == ("99", Operation.VOIDED, None)


def test_the_older_envelope_delivered_twice_has_the_same_event_ids():
    body = json.dumps(ENVELOPE).encode()
    once, again = read_delivery(body).notices, read_delivery(body).notices
    assert [one.event_id for one in once] == [one.event_id for one in again]
    assert len({one.event_id for one in once}) == 3


@given(st.binary(max_size=200))
def test_no_body_breaks_the_reader(body):
    assert read_delivery(body).not_understood >= 0


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*EVENT, "eventNotifications", "realmId", "dataChangeEvent", "entities", "name"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_no_json_breaks_the_reader(document):
    read_delivery(json.dumps(document).encode())
