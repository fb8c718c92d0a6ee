"""What scripted fault rules do: who they match, when, and what the client meets."""

from __future__ import annotations

from typing import Any

import pytest

from quickbooks_emulator import ConnectionDropped, Emulator
from tests.emulator.client import SAMPLE, SECOND, Api


def names(api: Api) -> list[str]:
    return [row["DisplayName"] for row in api.query("select * from Customer where DisplayName like 'New%'")]


def make(api: Api, name: str = "New", **params: str) -> Any:
    return api.http.post("/customer", json={"DisplayName": name}, params=params)


def test_drop_before_breaks_the_connection_and_applies_nothing(api: Api, emulator: Emulator) -> None:
    emulator.control.add_fault(entity="customer", operation="create", effect="drop_before", times=1)
    with pytest.raises(ConnectionDropped):
        make(api)
    assert names(api) == []
    assert make(api).status_code == 200
    dropped = emulator.log.entries(operation="create")[0]
    assert (dropped.status, dropped.faults) == (0, ("drop_before",))


def test_drop_after_applies_the_call_and_loses_its_answer(api: Api, emulator: Emulator) -> None:
    emulator.control.add_fault(entity="Customer", method="POST", effect="drop_after", nth=1)
    with pytest.raises(ConnectionResetError):
        make(api, requestid="r-1")
    assert names(api) == ["New"]
    assert make(api, requestid="r-1").json()["Customer"]["Id"] == "56"
    assert names(api) == ["New"]


def test_nth_strikes_the_nth_matching_call_only(api: Api, emulator: Emulator) -> None:
    emulator.control.add_fault(entity="customer", method="GET", effect="status", status=500, nth=3)
    assert [api.http.get("/customer/1").status_code for _ in range(4)] == [200, 200, 500, 200]


def test_times_limits_how_often_a_rule_strikes(api: Api, emulator: Emulator) -> None:
    emulator.control.add_fault(operation="read", effect="status", status=503, times=2)
    assert [api.http.get("/customer/1").status_code for _ in range(3)] == [503, 503, 200]


def test_probability_is_drawn_from_the_rules_seed_alike_in_each_run() -> None:
    runs = []
    for _ in range(2):
        emulator = Emulator()
        emulator.control.add_fault(effect="status", status=500, probability=0.5, seed=7)
        with Api(emulator) as api:
            runs.append([api.http.get("/customer/1").status_code for _ in range(40)])
    assert runs[0] == runs[1]
    assert 5 < runs[0].count(500) < 35


def test_a_rule_for_one_company_leaves_the_others_alone(api: Api, emulator: Emulator) -> None:
    emulator.control.add_fault(company=SECOND, effect="status", status=503)
    with Api(emulator, SECOND) as other:
        assert other.http.get("/customer/1").status_code == 503
    assert api.http.get("/customer/1").status_code == 200


def test_read_and_write_name_groups_of_operations(api: Api, emulator: Emulator) -> None:
    emulator.control.add_fault(operation="write", effect="status", status=503)
    assert api.http.get("/customer/1").status_code == 200
    assert make(api).status_code == 503
    assert api.http.post("/batch", json={}).status_code == 503


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "errorCode=003200"),
        (403, "errorCode=003100"),
        (429, "ThrottleExceeded"),
        (500, "An application error has occurred"),
        (502, "<html>"),
        (503, "<html>"),
    ],
)
def test_a_status_comes_with_its_recorded_body(api: Api, emulator: Emulator, status: int, words: str) -> None:
    emulator.control.add_fault(effect="status", status=status, retry_after=60)
    answer = api.http.get("/customer/1")
    assert answer.status_code == status
    assert words in answer.text
    assert ("retry-after" in answer.headers) == (status in (429, 502, 503))


def test_apply_then_answers_with_an_error_after_the_write(api: Api, emulator: Emulator) -> None:
    emulator.control.add_fault(operation="create", effect="apply_then", status=500, times=1)
    assert make(api).status_code == 500
    assert names(api) == ["New"]


def test_a_page_of_html_replaces_the_answer_after_the_write(api: Api, emulator: Emulator) -> None:
    emulator.control.add_fault(operation="create", effect="body", times=1)
    answer = make(api)
    assert (answer.status_code, answer.text[:6]) == (502, "<html>")
    assert names(api) == ["New"]
    emulator.control.add_fault(operation="read", effect="body", status=200, body="")
    assert api.http.get("/customer/1").content == b""


def test_cut_truncates_the_json_and_reset_breaks_inside_it(api: Api, emulator: Emulator) -> None:
    emulator.control.add_fault(operation="read", effect="cut", bytes=25, times=1)
    assert api.http.get("/customer/1").content == b'{"Customer":{"Taxable":fa'
    emulator.control.add_fault(operation="read", effect="reset", bytes=10, times=1)
    with pytest.raises(ConnectionDropped) as dropped:
        api.http.get("/customer/1")
    assert dropped.value.partial == b'{"Customer'


def test_delay_moves_the_virtual_clock_in_process(api: Api, emulator: Emulator) -> None:
    emulator.control.add_fault(operation="read", effect="delay", seconds=45, times=1)
    before = emulator.clock.now()
    assert api.http.get("/customer/1").status_code == 200
    assert (emulator.clock.now() - before).total_seconds() == 45


def test_a_throttle_rule_lets_so_many_calls_a_minute_through(api: Api, emulator: Emulator) -> None:
    emulator.control.add_fault(effect="throttle", per_minute=2, retry_after=30)
    assert [api.http.get("/customer/1").status_code for _ in range(3)] == [200, 200, 429]
    assert api.http.get("/customer/1").headers["retry-after"] == "30"
    emulator.clock.advance(60)
    assert api.http.get("/customer/1").status_code == 200


def test_forget_ids_makes_a_repeated_create_a_second_write(api: Api, emulator: Emulator) -> None:
    emulator.control.add_fault(effect="forget_ids")
    assert make(api, requestid="r-1").status_code == 200
    again = make(api, requestid="r-1")
    assert again.json()["Fault"]["Error"][0]["code"] == "6240"


def test_lag_hides_new_records_and_shows_the_earlier_version_of_changed_ones(
    api: Api, emulator: Emulator
) -> None:
    emulator.control.add_fault(effect="lag", seconds=30)
    made = make(api).json()["Customer"]
    api.sparse("Customer", "5", Notes="new note")
    assert names(api) == []
    assert "Notes" not in api.query("select * from Customer where Id = '5'")[0]
    assert api.get("/cdc", entities="Customer", changedSince="2026-03-02T09:00:00-08:00")["CDCResponse"][
        0
    ] == {"QueryResponse": [{}]}
    assert api.read("Customer", made["Id"])["DisplayName"] == "New"
    emulator.clock.advance(30)
    assert names(api) == ["New"]
    assert api.query("select * from Customer where Id = '5'")[0]["Notes"] == "new note"


def test_down_lasts_until_its_time(api: Api, emulator: Emulator) -> None:
    emulator.control.add_fault(effect="down", until="2026-03-02T17:30:00+00:00")
    emulator.control.add_fault(effect="down", entity="vendor", seconds=600)
    assert api.http.get("/customer/1").status_code == 503
    emulator.clock.advance(1800)
    assert api.http.get("/customer/1").status_code == 200
    assert api.http.get("/vendor/30").status_code == 503
    emulator.clock.advance(600)
    assert api.http.get("/vendor/30").status_code == 200


def test_batch_rules_refuse_omit_and_shuffle_items(api: Api, emulator: Emulator) -> None:
    items = [
        {"bId": str(number), "operation": "create", "Customer": {"DisplayName": f"New {number}"}}
        for number in range(8)
    ]
    emulator.control.add_fault(operation="batch", effect="batch_fail", items=["2"])
    emulator.control.add_fault(operation="batch", effect="batch_omit", items=["5"])
    emulator.control.add_fault(operation="batch", effect="batch_shuffle", seed=3)
    answers = api.post("/batch", {"BatchItemRequest": items})["BatchItemResponse"]
    order = [answer["bId"] for answer in answers]
    assert sorted(order) == ["0", "1", "2", "3", "4", "6", "7"]
    assert order != sorted(order)
    assert next(answer for answer in answers if answer["bId"] == "2")["Fault"]["Error"][0]["code"] == "10000"
    assert names(api) == ["New 0", "New 1", "New 3", "New 4", "New 5", "New 6", "New 7"]


def test_invalid_grant_strikes_the_token_endpoint_only(api: Api, emulator: Emulator) -> None:
    emulator.control.add_fault(entity="oauth", effect="invalid_grant", times=1)
    pair = emulator.control.connect(SAMPLE)
    form = {"grant_type": "refresh_token", "refresh_token": pair.refresh_token}
    auth = ("EMULATOR-CLIENT-ID", "EMULATOR-CLIENT-SECRET")
    answers = [
        api.http.post("http://quickbooks.test/oauth2/v1/tokens/bearer", data=form, auth=auth)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [400, 200]
    assert answers[0].json()["error"] == "invalid_grant"


def test_cleared_rules_strike_no_more(api: Api, emulator: Emulator) -> None:
    first = emulator.control.add_fault(effect="status", status=500)
    emulator.control.add_fault(effect="status", status=503)
    emulator.control.clear_faults(first.id)
    assert api.http.get("/customer/1").status_code == 503
    emulator.control.clear_faults()
    assert api.http.get("/customer/1").status_code == 200
