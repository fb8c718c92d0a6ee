"""How the emulator speaks: request ids, envelopes, headers, XML, gzip, batch, change data, limits."""

from __future__ import annotations

import gzip
import json
from typing import Any

import httpx2
import pytest

from quickbooks_emulator import Emulator, Knobs, Limits
from tests.emulator.client import SAMPLE, SECOND, Api, Refusal

XML = {"Accept": "application/xml"}


def changes(api: Api, entities: str, since: str) -> list[dict[str, Any]]:
    return api.get("/cdc", entities=entities, changedSince=since)["CDCResponse"][0]["QueryResponse"]  # type: ignore[no-any-return]


def test_the_same_request_id_says_the_stored_answer_again_and_writes_once(api: Api) -> None:
    first = api.http.post("/customer", json={"DisplayName": "Once"}, params={"requestid": "r-1"})
    api.emulator.clock.advance(60)
    second = api.http.post("/customer", json={"DisplayName": "Once"}, params={"requestid": "r-1"})
    assert first.content == second.content
    assert first.headers["intuit_tid"] != second.headers["intuit_tid"]
    assert api.count("select count(*) from Customer where DisplayName = 'Once'") == 1
    assert [entry.replayed for entry in api.emulator.log.entries(operation="create")] == [False, True]


def test_a_replayed_create_answers_with_the_old_body_even_after_an_edit(api: Api) -> None:
    made = api.post("/customer", {"DisplayName": "Once"}, requestid="r-1")["Customer"]
    api.sparse("Customer", made["Id"], Notes="edited")
    assert api.post("/customer", {"DisplayName": "Once"}, requestid="r-1")["Customer"] == made


def test_a_request_id_belongs_to_one_company_and_is_forgotten_after_a_day(
    api: Api, emulator: Emulator
) -> None:
    api.post("/customer", {"DisplayName": "Once"}, requestid="r-1")
    with Api(emulator, SECOND) as other:
        assert other.post("/customer", {"DisplayName": "Once"}, requestid="r-1")["Customer"]["Id"] == "6"
    emulator.clock.advance(86_401)
    with Api(emulator) as later, pytest.raises(Refusal) as refused:
        later.post("/customer", {"DisplayName": "Once"}, requestid="r-1")
    assert refused.value.code == "6240"


def test_a_refused_write_leaves_its_request_id_free(api: Api) -> None:
    with pytest.raises(Refusal):
        api.post("/customer", {"DisplayName": "Cool Cars"}, requestid="r-1")
    assert api.post("/customer", {"DisplayName": "Cooler Cars"}, requestid="r-1")["Customer"]["Id"] == "56"


def test_another_body_under_a_used_request_id_replays_or_strictly_is_refused(api: Api) -> None:
    first = api.post("/customer", {"DisplayName": "Once"}, requestid="r-1")["Customer"]
    assert api.post("/customer", {"DisplayName": "Twice"}, requestid="r-1")["Customer"] == first
    api.emulator.knobs = Knobs(request_id_strict=True)
    with pytest.raises(Refusal) as refused:
        api.post("/customer", {"DisplayName": "Twice"}, requestid="r-1")
    assert refused.value.code == "600"


def test_a_request_id_over_fifty_characters_is_refused(api: Api) -> None:
    with pytest.raises(Refusal) as refused:
        api.post("/customer", {"DisplayName": "Once"}, requestid="r" * 51)
    assert refused.value.code == "6000"


def test_the_envelope_time_has_milliseconds_and_the_records_time_has_none(api: Api) -> None:
    answer = api.get("/customer/1")
    assert answer["time"] == "2026-03-02T09:00:00.000-08:00"
    assert answer["Customer"]["MetaData"]["CreateTime"] == "2026-01-01T09:00:00-08:00"


def test_times_follow_the_companys_summer_time(api: Api) -> None:
    api.emulator.clock.advance(7 * 86_400)
    with Api(api.emulator) as later:
        assert later.create("Customer", DisplayName="Summer")["MetaData"]["CreateTime"].endswith("-07:00")


def test_money_has_two_decimals_unless_it_is_zero(api: Api) -> None:
    text = api.http.get("/customer/8").text
    assert '"Balance":477.50,' in text
    assert '"Balance":0,' in api.http.get("/customer/3").text


def test_every_answer_carries_a_trace_of_its_own(api: Api) -> None:
    tids = {api.http.get("/customer/1").headers["intuit_tid"] for _ in range(3)}
    assert len(tids) == 3
    answer = api.http.get("/customer/1")
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    assert "qbo-version" in answer.headers
    assert "retry-after" not in answer.headers


def test_answers_carry_the_recorded_headers_and_the_gateways_fewer(api: Api) -> None:
    everywhere = {
        "intuit_tid", "x-spanid", "x-amzn-trace-id", "strict-transport-security", "cache-control", "expires",
        "content-type", "content-length", "server",
    }  # fmt: skip
    for path in ("/customer/1", "/customer/999"):
        answer = api.http.get(path)
        assert set(answer.headers) == everywhere | {"qbo-version", "service-time"}
        assert answer.headers["x-amzn-trace-id"] == f"Root={answer.headers['intuit_tid']}"
    refused = api.http.get("/customer/1", headers={"Authorization": "Bearer no"})
    assert set(refused.headers) == everywhere | {"www-authenticate"}


def test_faults_and_records_come_in_xml_when_xml_is_asked_for(api: Api) -> None:
    fault = api.http.get("/customer/999", headers=XML)
    assert fault.status_code == 400
    assert fault.text.startswith(
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse xmlns='
    )
    assert '<Fault type="ValidationFault"><Error code="610" element="">' in fault.text
    record = api.http.get("/customer/8", headers=XML).text
    assert '<Customer domain="QBO" sparse="false">' in record
    assert "<ParentRef>7</ParentRef>" in record
    assert api.http.get("/customer/8", params={"format": "json"}, headers=XML).json()["Customer"]["Id"] == "8"


def test_without_an_accept_header_the_answer_is_xml_and_with_a_star_json(
    emulator: Emulator, api: Api
) -> None:
    assert api.http.get("/customer/8", headers={"Accept": "*/*"}).json()
    assert api.http.get("/customer/8", headers={"Accept": ""}).text.startswith("<?xml")


def test_gzip_is_read_and_written(api: Api) -> None:
    body = gzip.compress(json.dumps({"DisplayName": "Zipped"}).encode())
    answer = api.http.post(
        "/customer", content=body, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"}
    )
    assert answer.json()["Customer"]["DisplayName"] == "Zipped"
    page = api.http.get("/query", params={"query": "select * from Customer"})
    assert page.headers["content-encoding"] == "gzip"
    assert len(page.json()["QueryResponse"]["Customer"]) == 30
    plain = api.http.get(
        "/query", params={"query": "select * from Customer"}, headers={"Accept-Encoding": "identity"}
    )
    assert "content-encoding" not in plain.headers


def test_a_wrong_path_and_an_unreadable_body_are_opaque(api: Api) -> None:
    for path in ("/customr/1", "/customer/1/5", "/customer"):
        with pytest.raises(Refusal) as refused:
            api.get(path)
        assert refused.value.code == "500"
        assert "is not supported" in refused.value.detail
    answer = api.http.post(
        "/customer", content=b'{"DisplayName": ', headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert "code" not in answer.json()["Fault"]["Error"][0]


def test_entity_paths_are_taken_in_any_case_and_an_old_minor_version_is_logged(api: Api) -> None:
    assert api.get("/Customer/1", minorversion="23")["Customer"]["Id"] == "1"
    assert api.emulator.log.entries()[-1].minor_version == "23"


def test_another_companys_token_is_forbidden_by_the_gateway(api: Api) -> None:
    answer = api.http.get(f"http://quickbooks.test/v3/company/{SECOND}/companyinfo/{SECOND}")
    assert answer.status_code == 403
    assert answer.json()["fault"]["error"][0]["code"] == "3100"
    assert answer.json()["fault"]["type"] == "SERVICE"


# batch


def batch(api: Api, *items: dict[str, Any], **params: str) -> list[dict[str, Any]]:
    return api.post("/batch", {"BatchItemRequest": list(items)}, **params)["BatchItemResponse"]  # type: ignore[no-any-return]


def create(bid: str, name: str) -> dict[str, Any]:
    return {"bId": bid, "operation": "create", "Customer": {"DisplayName": name}}


def test_a_batch_keeps_the_good_items_and_refuses_the_bad_ones_alone(api: Api) -> None:
    first, clash, second, found = batch(
        api,
        create("a", "One"),
        create("b", "Cool Cars"),
        {
            "bId": "c",
            "operation": "update",
            "Customer": {"Id": "1", "SyncToken": "0", "sparse": True, "Notes": "n"},
        },
        {"bId": "d", "Query": "select * from Customer where DisplayName = 'One'"},
    )
    assert (first["bId"], first["Customer"]["Id"]) == ("a", "56")
    assert clash["Fault"]["Error"][0]["code"] == "6240"
    assert clash["Fault"]["Error"][0]["element"] == ""
    assert second["Customer"]["SyncToken"] == "1"
    assert found["QueryResponse"]["Customer"][0]["Id"] == "56"
    assert api.create("Customer", DisplayName="Next")["Id"] == "57"


def test_more_than_thirty_items_refuse_the_whole_batch(api: Api) -> None:
    with pytest.raises(Refusal) as refused:
        batch(api, *(create(str(number), f"C {number}") for number in range(31)))
    assert refused.value.code == "1040"
    assert api.count("select count(*) from Customer") == 29


def test_a_batch_sent_twice_under_one_request_id_writes_each_item_once(api: Api) -> None:
    once = batch(api, create("a", "One"), create("b", "Two"), requestid="batch-1")
    assert batch(api, create("a", "One"), create("b", "Two"), requestid="batch-1") == once
    assert api.count("select count(*) from Customer") == 31


def test_a_batch_item_whose_joined_request_id_is_too_long_is_refused_alone(api: Api) -> None:
    long, short = batch(api, create("x" * 20, "One"), create("b", "Two"), requestid="r" * 36)
    assert (
        "cannot enter more than 50 characters in the request_id field" in long["Fault"]["Error"][0]["Detail"]
    )
    assert short["Customer"]["DisplayName"] == "Two"


# change data capture


def test_change_data_lists_changes_oldest_first_and_empty_groups_for_the_rest(
    api: Api, emulator: Emulator
) -> None:
    since = "2026-03-02T09:00:00-08:00"
    assert changes(api, "Customer,Vendor,Invoice", since) == [{}, {}, {}]
    emulator.clock.advance(10)
    api.sparse("Customer", "9", Notes="b")
    emulator.clock.advance(10)
    api.sparse("Customer", "2", Notes="a")
    api.sparse("Customer", "3", Active=False)
    customers, vendors = changes(api, "customer, Vendor", since)
    assert [row["Id"] for row in customers["Customer"]] == ["9", "2", "3"]
    assert customers["Customer"][2]["Active"] is False
    assert customers["maxResults"] == 3
    assert vendors == {}


def test_change_data_counts_from_the_second_named_inclusive(api: Api, emulator: Emulator) -> None:
    emulator.clock.advance(10)
    api.sparse("Customer", "9", Notes="b")
    assert changes(api, "Customer", "2026-03-02T09:00:10-08:00") != [{}]
    assert changes(api, "Customer", "2026-03-02T09:00:10.500-08:00") == [{}]
    assert changes(api, "Customer", "2026-03-02") != [{}]


def test_change_data_reaches_thirty_days_back(api: Api) -> None:
    with pytest.raises(Refusal) as refused:
        changes(api, "Customer", "2026-01-30T00:00:00-08:00")
    assert refused.value.code == "500"
    assert "older than fixed days is not supported" in refused.value.detail
    assert changes(api, "Customer", "2026-02-01T00:00:00-08:00") == [{}]


def test_change_data_stops_at_a_thousand_objects(emulator: Emulator) -> None:
    emulator.control.reset("large:1100")
    emulator.clock.advance(60)
    for number in range(1, 1101):
        emulator.control.edit(SAMPLE, "customer", str(number), {"Notes": "touched"})
    emulator.control.edit(SAMPLE, "vendor", None, {"DisplayName": "V"}, "create")
    with Api(emulator) as api:
        customers, vendors = changes(api, "Customer,Vendor", "2026-03-02T09:00:30-08:00")
    assert len(customers["Customer"]) == 1000
    assert vendors == {}


@pytest.mark.parametrize("entity", ["TimeActivity", "TaxCode", "Nonsense", "CompanyInfo"])
def test_change_data_refuses_what_it_does_not_cover(api: Api, entity: str) -> None:
    with pytest.raises(Refusal) as refused:
        changes(api, entity, "2026-03-01T00:00:00Z")
    assert refused.value.code == "4001"


# limits


def test_the_501st_call_in_a_virtual_minute_is_throttled_in_xml() -> None:
    emulator = Emulator(limits=Limits(requests_per_minute=5))
    with Api(emulator) as api:
        assert [api.http.get("/customer/1").status_code for _ in range(6)] == [200] * 5 + [429]
        answer = api.http.get("/customer/1")
        assert answer.text.startswith("<?xml")
        assert "message=ThrottleExceeded; errorCode=003001; statusCode=429" in answer.text
        assert "retry-after" not in answer.headers
        emulator.clock.advance(60)
        assert api.http.get("/customer/1").status_code == 200


def test_batches_have_a_limit_of_their_own_and_each_company_its_own_window() -> None:
    emulator = Emulator(limits=Limits(batches_per_minute=2))
    item = {"BatchItemRequest": [{"bId": "1", "Query": "select * from Customer"}]}
    with Api(emulator) as api, Api(emulator, SECOND) as other:
        assert [api.http.post("/batch", json=item).status_code for _ in range(3)] == [200, 200, 429]
        assert api.http.get("/customer/1").status_code == 200
        assert other.http.post("/batch", json=item).status_code == 200


def test_the_meter_counts_reads_and_batches_as_coreplus_and_writes_as_core(
    api: Api, emulator: Emulator
) -> None:
    api.get("/customer/1")
    api.query("select * from Customer")
    batch(api, create("a", "One"))
    api.create("Customer", DisplayName="Two")
    api.http.get("/customer/999")
    assert emulator.log.meter() == {"core": 1, "coreplus": 3}


def test_a_bare_wsgi_caller_needs_no_host_header(emulator: Emulator) -> None:
    with httpx2.Client(transport=httpx2.WSGITransport(app=emulator.wsgi), base_url="http://x") as web:
        assert web.get("/_control/health").json()["status"] == "ok"


def test_answers_whose_time_is_over_are_not_kept(api: Api, emulator: Emulator) -> None:
    for number in range(5):
        api.post("/customer", {"DisplayName": f"Early {number}"}, requestid=f"early-{number}")
    answers = emulator.store.collection(f"answers/{SAMPLE}")
    assert len(answers.rows) == 5
    emulator.clock.advance(emulator.knobs.request_id_seconds + 1)
    with Api(emulator) as later:
        later.post("/customer", {"DisplayName": "Late"}, requestid="late")
    assert list(answers.rows) == ["late"]
