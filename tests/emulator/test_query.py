"""What the emulator's query language accepts, finds and refuses, in every dialect clients speak."""

from __future__ import annotations

import pytest

from quickbooks_emulator import Emulator, Knobs
from tests.emulator.client import SAMPLE, Api, Refusal


def names(api: Api, text: str) -> list[str]:
    return [row["DisplayName"] for row in api.query(text)]


def test_name_lists_come_in_the_order_of_their_full_names(api: Api) -> None:
    found = [row["FullyQualifiedName"] for row in api.query("select * from Customer maxresults 1000")]
    assert len(found) == 29
    assert found == sorted(found, key=str.casefold)


def test_the_answer_says_how_many_rows_it_holds(api: Api) -> None:
    response = api.get("/query", query="select * from Customer startposition 26 maxresults 20")[
        "QueryResponse"
    ]
    assert (response["startPosition"], response["maxResults"], len(response["Customer"])) == (26, 4, 4)
    assert "totalCount" not in response


def test_no_hit_and_a_page_past_the_end_are_empty_objects(api: Api) -> None:
    assert api.get("/query", query="select * from Customer where Id = '999'")["QueryResponse"] == {}
    assert api.get("/query", query="select * from Customer startposition 100")["QueryResponse"] == {}


def test_a_page_has_a_hundred_rows_unless_told_otherwise() -> None:
    with Api(Emulator(world="large:150")) as api:
        assert len(api.query("select * from Customer")) == 100
        assert len(api.query("select * from Customer maxresults 1000")) == 150
        assert len(api.query("select * from Customer startposition 101")) == 50


def test_inactive_records_are_hidden_unless_asked_for(api: Api) -> None:
    api.sparse("Customer", "3", Active=False)
    assert api.count("select count(*) from Customer") == 28
    assert api.count("select count(*) from Customer where Active in (true, false)") == 29
    assert names(api, "select * from Customer where Active = false") == ["Cool Cars (deleted)"]
    assert api.query("select * from Customer where Id = '3'") == []


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM Customer WHERE DisplayName = 'Cool Cars'",
        "select * from customer where displayname = 'COOL CARS'",
        "Select * From CUSTOMER Where DisplayName='Cool Cars' MaxResults 5 StartPosition 1",
        "select Id, DisplayName from Customer where DisplayName = 'Cool Cars'",
        "select *, Notes from Customer where DisplayName = 'Cool Cars'",
        "SELECT FROM Customer WHERE DisplayName = 'Cool Cars'",
        "select * from Customer where DisplayName in ('Cool Cars', 'Nobody')",
        "select * from Customer where DisplayName like 'cool%'",
        "select * from Customer where DisplayName like '%Cars'",
        "select * from Customer where DisplayName like '%ol Ca%' and Active = true",
        "select * from Customer where Id = '3'",
        "select * from Customer where Id in ('3')",
        "select * from Customer where PrimaryEmailAddr = 'cool_cars@example.com'",
        "select * from Customer where CompanyName = 'Cool Cars'",
        "select * from\n Customer\twhere  DisplayName = 'Cool Cars' ",
    ],
)
def test_each_spelling_finds_the_one_customer(api: Api, text: str) -> None:
    assert names(api, text) == ["Cool Cars"]


def test_an_apostrophe_is_escaped_with_a_backslash(api: Api) -> None:
    assert names(api, r"select * from Customer where DisplayName = 'Amy\'s Bird Sanctuary'") == [
        "Amy's Bird Sanctuary"
    ]
    with pytest.raises(Refusal) as refused:
        api.query("select * from Customer where DisplayName = 'Amy''s Bird Sanctuary'")
    assert refused.value.code == "4000"


def test_emoji_ampersand_and_percent_survive_the_url(api: Api) -> None:
    api.create("Customer", DisplayName="Fish & Chips 🐟 100% + tax")
    assert names(api, "select * from Customer where DisplayName = 'Fish & Chips 🐟 100% + tax'") == [
        "Fish & Chips 🐟 100% + tax"
    ]


def test_numbers_compare_quoted_or_bare_and_strictly_only_quoted(api: Api) -> None:
    assert api.count("select count(*) from Customer where Balance > '400'") == 5
    assert api.count("select count(*) from Customer where Balance > 400") == 5
    api.emulator.knobs = Knobs(strict_query_values=True)
    with pytest.raises(Refusal) as refused:
        api.count("select count(*) from Customer where Balance > 400")
    assert refused.value.code == "4000"


def test_a_range_is_two_conditions_on_one_property(api: Api) -> None:
    rows = api.query("select * from Customer where Balance >= '75' and Balance <= '85.00' orderby Balance")
    assert [row["Balance"] for row in rows] == [75, 78.6, 81, 85, 85]


def test_several_orders_mix_directions(api: Api) -> None:
    rows = api.query("select * from Customer order by Balance desc, DisplayName desc maxresults 1000")
    keys = [(-row["Balance"], [-ord(letter) for letter in row["DisplayName"].casefold()]) for row in rows]
    assert keys == sorted(keys)
    assert names(api, "select * from Customer ORDERBY Id DESC MAXRESULTS 1") == ["Weiskopf Consulting"]


def test_ids_sort_by_number(api: Api) -> None:
    found = [row["Id"] for row in api.query("select * from Customer orderby Id asc maxresults 12")]
    assert found == [str(number) for number in range(1, 13)]


def test_changed_since_counts_seconds_and_takes_offsets(api: Api, emulator: Emulator) -> None:
    emulator.clock.advance(60)
    api.sparse("Customer", "5", Notes="x")
    for moment in (
        "2026-03-02T09:01:00-08:00",
        "2026-03-02T17:01:00Z",
        "2026-03-02T17:01:00.000Z",
        "2026-03-02T09:01:00",
    ):
        assert names(api, f"select * from Customer where Metadata.LastUpdatedTime >= '{moment}'") == [
            "Dukes Basketball Camp"
        ]
    assert (
        names(api, "select * from Customer where MetaData.LastUpdatedTime > '2026-03-02T09:01:00-08:00'")
        == []
    )
    assert (
        names(api, "select * from Customer where MetaData.LastUpdatedTime >= '2026-03-02T09:01:00.001-08:00'")
        == []
    )


def test_references_and_flags_are_filtered_by_value(api: Api) -> None:
    assert names(api, "select * from Customer where ParentRef = '7'") == [
        "0969 Ocean View Road",
        "55 Twin Lane",
    ]
    assert api.count("select count(*) from Customer where Job = true") == 3
    assert api.count("select count(*) from Customer where DisplayName != 'Cool Cars'") == 28


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("select * from Custmoer", "4001", "QueryValidationError: invalid context declaration: Custmoer"),
        ("select * from Customer where Color = 'x'", "4001", "Property Color not found for Entity Customer"),
        ("select * from Customer where Notes = 'x'", "4001", "property 'Notes' is not queryable"),
        ("select * from Customer where Id > '3'", "4001", "Id"),
        ("select * from Customer orderby Notes", "4001", "Notes"),
        ("select * from Customer startposition 0", "4001", "value 0 is too small. Min allowed value is 1"),
        ("select * from Customer maxresults 0", "4001", "value 0 is too small. Min allowed value is 1"),
        (
            "select * from Customer maxresults 1500",
            "4001",
            "value 1500 is too large. Max allowed value is 1000",
        ),
        ("select * from Customer where Id = ''", "2030", "Id should be a valid number. Supplied value:"),
        ("select * from Customer where Active = 'perhaps'", "4001", "perhaps"),
        ("select * from Customer where MetaData.CreateTime > 'yesterday'", "4001", "yesterday"),
        (
            "select * from Customer where Id = '1' or Id = '2'",
            "4000",
            'Encountered " "or" "or "" at line 1, column 39.',
        ),
        ("select * from Customer where DisplayName between 'a' and 'b'", "4000", "between"),
        ("select * from Customer where DisplayName", "4000", "<EOF>"),
        (
            "select * from Customer limit 5",
            "4000",
            'Encountered " <IDENTIFIER> "limit "" at line 1, column 24.',
        ),
        ("select * Customer", "4000", 'Was expecting:\n    "from" ...'),
        ("delete from Customer", "4000", "select"),
        ("select * from Customer where DisplayName = 'x", "4000", "Lexical error at line 1, column 44"),
        ("", "4000", "<EOF>"),
    ],
)
def test_a_bad_query_is_refused_with_its_code_and_words(api: Api, text: str, code: str, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        api.query(text)
    assert refused.value.code == code
    assert words in refused.value.detail
    assert refused.value.status == 400


def test_by_a_switch_position_zero_reads_as_one(api: Api) -> None:
    api.emulator.knobs = Knobs(start_position_zero=True)
    assert len(api.query("select * from Customer startposition 0 maxresults 10")) == 10


def test_entities_of_the_real_service_that_are_not_kept_are_empty(api: Api) -> None:
    assert api.get("/query", query="select * from Budget")["QueryResponse"] == {}
    assert api.count("select count(*) from Budget") == 0


TEXT = "select * from Customer where DisplayName = 'Cool Cars'"


@pytest.mark.parametrize(
    ("url", "body", "content_type"),
    [
        ("/query", TEXT, "application/text"),
        ("/query", TEXT, "text/plain"),
        (
            "/query?query=select%20%2A%20from%20Customer%20where%20DisplayName%20%3D%20%27Cool%20Cars%27",
            "",
            "application/text",
        ),
        ("/query?query=select+*+from+Customer+where+DisplayName+=+'Cool+Cars'", "", "application/json"),
        (
            "/query",
            "query=select+*+from+Customer+where+DisplayName+%3D+%27Cool+Cars%27",
            "application/x-www-form-urlencoded",
        ),
    ],
)
def test_a_posted_query_is_read_in_every_dialect(api: Api, url: str, body: str, content_type: str) -> None:
    path = f"/v3/company/{SAMPLE}{url}"
    answer = api.http.post(
        f"http://quickbooks.test{path}", content=body, headers={"Content-Type": content_type}
    )
    assert [row["DisplayName"] for row in answer.json()["QueryResponse"]["Customer"]] == ["Cool Cars"]
