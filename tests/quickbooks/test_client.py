"""The verbs of one company's data service."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import httpx2
import pytest

from tests.quickbooks import answers
from tests.quickbooks.scripted import Tokens, client, customer, feed, page
from tieout.quickbooks.api import query
from tieout.quickbooks.api.fault_meanings import Disposition
from tieout.quickbooks.api.faults import ApiError
from tieout.quickbooks.api.oauth import GrantDead

EXPIRED = (401, answers.TOKEN_EXPIRED)
SINCE = datetime(2026, 11, 20, 9, tzinfo=UTC)


def full_page(first):
    return page("Customer", *(customer(str(first + place)) for place in range(query.PAGE)))


def test_a_record_is_read_with_the_current_token():
    made, script = client({"Customer": customer("58", Balance=Decimal("10.5"))})
    assert made.read("Customer", "58")["Balance"] == Decimal("10.5")
    (request,) = script.seen
    assert request.url.path == "/v3/company/9130347/customer/58"
    assert request.headers["authorization"] == "Bearer token-0"


def test_ids_cannot_leave_their_place_in_the_address():
    made, script = client({"Customer": customer("../../9999/customer/1?x=")})
    made.read("Customer", "../../9999/customer/1?x=")
    assert script.seen[0].url.raw_path.startswith(b"/v3/company/9130347/customer/..%2F..%2F9999")


def test_an_expired_token_is_renewed_once_and_the_same_bytes_are_sent_again():
    tokens = Tokens()
    made, script = client(EXPIRED, {"Customer": customer()}, tokens=tokens)
    made.create("Customer", {"DisplayName": "Amy"}, request_id="req-1")
    first, second = script.seen
    assert first.content == second.content == b'{"DisplayName":"Amy"}'
    assert first.url == second.url
    assert (first.headers["authorization"], second.headers["authorization"]) == (
        "Bearer token-0",
        "Bearer token-1",
    )
    assert tokens.refused == ["token-0"]


def test_a_second_refusal_is_not_tried_again():
    made, script = client(EXPIRED, EXPIRED)
    with pytest.raises(ApiError) as raised:
        made.read("Customer", "1")
    assert raised.value.ruling.disposition is Disposition.RECONNECT
    assert raised.value.reference == "tid-1"
    assert len(script.seen) == 2


def test_a_wrong_company_does_not_renew_the_token():
    tokens = Tokens()
    made, _ = client((403, answers.FLAT), tokens=tokens)
    with pytest.raises(ApiError):
        made.read("Customer", "1")
    assert tokens.refused == []


def test_a_dead_grant_is_passed_on_as_it_is():
    class Dead(Tokens):
        def renew(self, refused):
            raise GrantDead("dead")

    made, _ = client(EXPIRED, tokens=Dead())
    with pytest.raises(GrantDead):
        made.read("Customer", "1")


def test_pages_are_full_ordered_and_end_at_the_first_short_one():
    made, script = client(full_page(1), full_page(1001), page("Customer", customer("2001")))
    assert [len(rows) for rows in made.pages("Customer", query.ANY_ACTIVITY)] == [1000, 1000, 1]
    assert [text.partition("startposition")[2] for text in script.questions] == [
        " 1 maxresults 1000",
        " 1001 maxresults 1000",
        " 2001 maxresults 1000",
    ]
    assert all("orderby Id" in text and "Active IN (true, false)" in text for text in script.questions)


def test_a_last_page_that_is_exactly_full_is_followed_by_an_empty_one():
    made, _ = client(full_page(1), page("Customer"))
    assert [len(rows) for rows in made.pages("Customer")] == [1000]


def test_an_id_is_given_once_even_if_rows_move_or_one_too_many_is_answered():
    one_too_many = page("Customer", *(customer(str(place)) for place in range(1, 1002)))
    made, script = client(one_too_many, page("Customer", customer("1001"), customer("1002")))
    ids = [row["Id"] for rows in made.pages("Customer") for row in rows]
    assert ids == [str(place) for place in range(1, 1003)]
    assert "startposition 1001" in script.questions[1]


def test_a_full_page_that_repeats_a_row_is_not_taken_for_the_last_one():
    made, _ = client(full_page(1), full_page(1000), page("Customer", customer("2000")))
    assert sum(len(rows) for rows in made.pages("Customer")) == 2000


def test_a_page_that_fails_raises_instead_of_ending_the_list():
    made, _ = client(full_page(1), (503, b""))
    pages = made.pages("Customer")
    assert len(next(pages)) == 1000
    with pytest.raises(ApiError):
        next(pages)


def test_a_total_on_a_page_is_not_believed():
    rows = [customer(str(place)) for place in range(query.PAGE)]
    first = page("Customer", *rows)
    first["QueryResponse"]["totalCount"] = 20
    made, _ = client(first, page("Customer", customer("5000")))
    assert sum(len(rows) for rows in made.pages("Customer")) == 1001


def test_questions_are_posted_as_text():
    made, script = client(page("Customer"))
    made.rows("Customer", query.where("DisplayName", "=", "Ünïq & Söns"))
    (request,) = script.seen
    assert (request.method, request.headers["content-type"]) == ("POST", "application/text")
    assert "Ünïq & Söns" in request.content.decode()


def test_a_count_is_read():
    made, script = client({"QueryResponse": {"totalCount": 29}, "time": "x"})
    assert made.count("Customer", query.ONLY_ACTIVE) == 29
    assert script.questions == ["select count(*) from Customer where Active = true"]


@pytest.mark.parametrize("answer", [{"QueryResponse": {}}, {"QueryResponse": {"totalCount": "29"}}, {}])
def test_a_count_that_is_not_there_is_not_zero(answer):
    made, _ = client(answer)
    with pytest.raises(ApiError):
        made.count("Customer")


@pytest.mark.parametrize(
    "answer", [{}, {"Vendor": {}}, [1], (200, b""), (200, b"<html></html>"), (200, b'{"QueryResp')]
)
def test_an_answer_without_what_was_asked_is_not_an_empty_list(answer):
    made, _ = client(answer)
    with pytest.raises(ApiError) as raised:
        made.rows("Customer")
    assert raised.value.ruling.disposition is Disposition.RETRY_LATER


@pytest.mark.parametrize(
    "answer",
    [
        (200, b""),
        (200, b'{"Customer":{"Id":"1"'),
        (400, b'{"Fault":{"Error":[{"Messag'),
        (400, b'<IntuitResponse time="2026-11-26"><Fault ty'),
        (200, b"<html>ok</html>"),
        {"Customer": {"DisplayName": "no id"}},
        {"Vendor": {"Id": "1"}},
        (500, b""),
        (502, b"<html></html>"),
        (503, answers.DUPLICATE_NAME),
        (302, b""),
        httpx2.ReadTimeout("x"),
        httpx2.RemoteProtocolError("x"),
    ],
)
def test_a_write_without_a_clear_answer_has_an_unknown_outcome(answer):
    made, _ = client(answer)
    with pytest.raises(ApiError) as raised:
        made.create("Customer", {"DisplayName": "Amy"}, request_id="r")
    assert raised.value.ruling.disposition is Disposition.UNKNOWN_OUTCOME


@pytest.mark.parametrize("status", [401, 403, 413, 429])
def test_a_refusal_that_breaks_off_is_one_when_its_status_tells_enough(status):
    made, _ = client(*[(status, b'{"Fault":{"Err')] * 2)
    with pytest.raises(ApiError) as raised:
        made.create("Customer", {"DisplayName": "Amy"}, request_id="r")
    assert raised.value.ruling.disposition is not Disposition.UNKNOWN_OUTCOME


def test_a_write_that_never_left_is_simply_tried_later():
    made, _ = client(httpx2.ConnectError("refused"))
    with pytest.raises(ApiError) as raised:
        made.create("Customer", {"DisplayName": "Amy"}, request_id="r")
    assert raised.value.ruling.disposition is Disposition.RETRY_LATER


def test_a_fault_inside_a_200_is_a_refusal():
    made, _ = client((200, answers.DUPLICATE_NAME))
    with pytest.raises(ApiError) as raised:
        made.create("Customer", {"DisplayName": "Amy"}, request_id="r")
    assert raised.value.fault.code == 6240


def test_the_request_id_is_in_the_address_and_not_in_the_body():
    made, script = client({"Customer": customer()})
    made.update("Customer", {"Id": "1", "SyncToken": "4", "DisplayName": "A"}, request_id="a/b c")
    (request,) = script.seen
    assert request.url.params["requestid"] == "a/b c"
    assert json.loads(request.content) == {"Id": "1", "SyncToken": "4", "DisplayName": "A", "sparse": True}


def test_batch_items_keep_their_order_whatever_order_they_are_answered_in():
    fault = {"Error": [{"Message": "Stale Object Error", "code": "5010"}]}
    made, script = client(
        {
            "BatchItemResponse": [{"bId": "1", "Fault": fault}, {"bId": "0", "Customer": customer("7")}],
            "time": "x",
        }
    )
    items = [{"operation": "create", "Customer": {"DisplayName": name}} for name in "AB"]
    first, second = made.batch([*items, items[0]], request_id="r")[:2]
    assert first.body["Customer"]["Id"] == "7"
    assert second.error.ruling.disposition is Disposition.REPLAN
    assert [item["bId"] for item in json.loads(script.seen[0].content)["BatchItemRequest"]] == ["0", "1", "2"]


def test_a_batch_item_that_is_not_answered_has_an_unknown_outcome():
    made, _ = client({"BatchItemResponse": [], "time": "x"})
    (item,) = made.batch([{"operation": "create", "Customer": {}}], request_id="r")
    assert item.error.ruling.disposition is Disposition.UNKNOWN_OUTCOME


def test_a_batch_too_large_is_never_sent():
    made, script = client()
    with pytest.raises(ValueError, match="30"):
        made.batch([{}] * 31, request_id="r")
    assert script.seen == []


def test_changes_are_grouped_by_name_whatever_the_order_of_the_groups():
    stub = {"domain": "QBO", "status": "Deleted", "Id": "239", "MetaData": {"LastUpdatedTime": "x"}}
    made, script = client(feed({}, {"Invoice": [stub]}, {"Customer": [customer("1")], "startPosition": 1}))
    found = made.changes(["Invoice", "Customer"], SINCE)
    assert [row["Id"] for row in found.of("Customer")] == ["1"]
    assert found.of("Invoice") == [stub]
    assert found.of("Item") == ()
    assert found.total == 2
    assert found.at == datetime.fromisoformat("2026-11-22T04:00:00.123-08:00")
    params = script.seen[0].url.params
    assert (params["entities"], params["changedSince"]) == ("Customer,Invoice", "2026-11-20T09:00:00+00:00")


def test_a_change_answer_without_its_list_is_not_taken_for_no_changes():
    made, _ = client({"time": "x"})
    with pytest.raises(ApiError):
        made.changes(["Customer"], SINCE)


@pytest.mark.parametrize("told", [{}, {"CDCResponse": "nothing"}])
def test_a_change_answer_within_a_batch_that_says_nothing_is_not_taken_for_no_changes(told):
    asked = {"QueryResponse": {"Item": []}}
    answer = {"BatchItemResponse": [{"bId": "0", **told}, {"bId": "1", **asked}], "time": "x"}
    made, _ = client(answer)
    with pytest.raises(ApiError):
        made.changes_and(["Customer"], SINCE, ["select * from Item"])


def test_a_fault_inside_a_change_answer_is_raised():
    inside = {
        "CDCResponse": [{"Fault": {"Error": [{"code": "4001", "Message": "Invalid query"}]}}],
        "time": "x",
    }
    made, _ = client(inside)
    with pytest.raises(ApiError):
        made.changes(["Customer"], SINCE)


def test_company_and_preferences_are_read():
    made, script = client(
        {"CompanyInfo": {"Id": "1", "CompanyName": "Craig's"}, "time": "x"},
        {"Preferences": {"Id": "1"}, "time": "x"},
    )
    assert made.company_info()["CompanyName"] == "Craig's"
    assert made.preferences() == {"Id": "1"}
    assert [one.url.path.rpartition("9130347/")[2] for one in script.seen] == [
        "companyinfo/9130347",
        "preferences",
    ]
