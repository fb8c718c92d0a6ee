"""What a refusal means: generated from the table, and from answers as they were recorded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.quickbooks import answers
from tieout.quickbooks.api import fault_meanings as means
from tieout.quickbooks.api.fault_meanings import Disposition, Meaning, Offer
from tieout.quickbooks.api.fault_table import BY_STATUS, RULES
from tieout.quickbooks.api.faults import (
    Fault,
    NameHolder,
    faults_in,
    faults_of_item,
    name_holder,
    retry_after,
    rule_on,
)
from tieout.quickbooks.api.reading import read_reply

D = Disposition
MEANINGS = {name: value for name, value in vars(means).items() if isinstance(value, Meaning)}

# Every code that Intuit's error pages or recorded answers name.
DOCUMENTED = {
    *(100, 110, 120, 130, 140, 150, 500, 600, 610, 620, 630, 700, 800, 900, 1000, 1010, 1020, 1040),
    *(
        2000,
        2010,
        2020,
        2030,
        2040,
        2050,
        2060,
        2070,
        2080,
        2090,
        2100,
        2110,
        2120,
        2130,
        2140,
        2150,
        2160,
        2170,
    ),
    *(
        2180,
        2190,
        2200,
        2210,
        2220,
        2230,
        2240,
        2250,
        2260,
        2290,
        2300,
        2390,
        2500,
        2600,
        3001,
        3100,
        3200,
        3202,
    ),
    *(
        4000,
        4001,
        4002,
        5010,
        5020,
        5030,
        6000,
        6010,
        6070,
        6080,
        6090,
        6100,
        6130,
        6140,
        6150,
        6160,
        6170,
        6180,
    ),
    *(6190, 6200, 6210, 6220, 6240, 6250, 6270, 6280, 6420, 6430, 6440, 6450, 6460, 6480, 6540, 6560),
    *(10000, 10100, 10200),
}


def reply(body, status=400, **headers):
    return read_reply(status, headers, body)


def ruling(body, status=400, *, writing=True):
    return rule_on(faults_in(reply(body, status))[0], writing=writing)


def test_every_documented_code_is_in_the_table_and_no_other():
    assert {code for rule in RULES for code in rule.codes} == DOCUMENTED


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.codes[0]}-{'-'.join(rule.says)[:30]}")
def test_every_row_can_be_reached(rule):
    for code in rule.codes:
        for piece in rule.says or ("",):
            fault = Fault(code, detail=piece.upper(), element=rule.element.upper())
            assert rule_on(fault, writing=True).sentence.startswith(
                rule.meaning.sentence.partition(" {")[0][:60]
            )


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if not rule.says and not rule.element], ids=lambda r: str(r.codes)
)
def test_the_plain_row_of_a_code_stands_below_its_special_ones(rule):
    place = RULES.index(rule)
    for later in RULES[place + 1 :]:
        assert not set(rule.codes) & set(later.codes)


@pytest.mark.parametrize("name", MEANINGS)
def test_every_sentence_says_what_is_safe_and_what_comes_next(name):
    meaning = MEANINGS[name]
    assert any(safe in meaning.sentence for safe in ("Nothing", "nothing"))
    assert meaning.sentence.count(". ") >= 1
    assert "QBO" not in meaning.sentence
    if meaning.disposition in {
        D.FIX_DATA,
        D.CHOOSE_MATCH,
        D.ASK_HUMAN,
        D.RECONNECT,
        D.REPAIR_REFERENCE,
        D.BUG,
    }:
        assert meaning.offer is not Offer.NOTHING


def test_every_meaning_is_used_by_a_row_or_by_the_code():
    used = {rule.meaning for rule in RULES} | set(BY_STATUS.values())
    assert set(MEANINGS.values()) - used == {means.READ_FAILED, means.UNKNOWN_FAULT, means.UNREACHABLE}


@pytest.mark.parametrize(
    "body, status, disposition",
    [
        (answers.DUPLICATE_NAME, 400, D.CHOOSE_MATCH),
        (answers.STALE, 400, D.REPLAN),
        (answers.NOT_FOUND, 400, D.REPAIR_REFERENCE),
        (answers.TOKEN_EXPIRED, 401, D.RECONNECT),
        (answers.THROTTLED, 429, D.RETRY_LATER),
        (answers.THROTTLED, 403, D.RETRY_LATER),  # so recorded before 2016
        (answers.XML_FAULT, 400, D.BUG),
        (answers.FLAT, 403, D.RECONNECT),
        (answers.WINDOW_TOO_OLD, 400, D.WINDOW_TOO_OLD),
        (answers.HTML_413, 413, D.FIX_DATA),
        (answers.DUPLICATE_NAME, 200, D.CHOOSE_MATCH),  # documented: 200 can carry a fault
    ],
)
def test_recorded_answers_are_understood(body, status, disposition):
    assert ruling(body, status).disposition is disposition


@pytest.mark.parametrize("body", [b"", b"<html>oops</html>", b"upstream connect error", b'{"half":'])
@pytest.mark.parametrize("status", [500, 502, 503, 504, 302, 408])
def test_a_server_in_trouble_leaves_a_write_unknown_and_a_read_for_later(body, status):
    assert ruling(body, status).disposition is D.UNKNOWN_OUTCOME
    assert ruling(body, status, writing=False).disposition is D.RETRY_LATER


@pytest.mark.parametrize("code", sorted(DOCUMENTED))
def test_a_write_answered_with_a_5xx_is_never_taken_for_a_clear_no(code):
    assert rule_on(Fault(code, status=503), writing=True).disposition is D.UNKNOWN_OUTCOME


def test_a_system_fault_is_no_clear_answer_whatever_its_status():
    fault = Fault(10000, "An application error has occurred while processing your request", status=400)
    assert rule_on(fault, writing=True).disposition is D.UNKNOWN_OUTCOME
    assert rule_on(fault, writing=False).disposition is D.RETRY_LATER


@given(st.integers(min_value=0, max_value=99_999).filter(lambda code: code not in DOCUMENTED))
def test_a_code_nobody_named_is_a_bug_and_says_so(code):
    found = rule_on(Fault(code), writing=True)
    assert found.disposition is D.BUG
    assert "fault in Tieout" in found.sentence


# Details as seen: recordings of 2020 and 2014-2019, and PHP SDK issue 241.
@pytest.mark.parametrize(
    "detail, holder, offer",
    [
        ("The name supplied already exists. : null", NameHolder.UNKNOWN, Offer.CHOOSE),
        (
            "The name supplied already exists. : Another customer is already using this name.  Please use a different name.",
            NameHolder.CUSTOMER,
            Offer.LINK_EXISTING,
        ),
        (
            "The name supplied already exists. : Another $$customer$$ is already using this name.",
            NameHolder.CUSTOMER,
            Offer.LINK_EXISTING,
        ),
        (
            "The name supplied already exists. : Another vendor is already using this name.  Please use a different name.",
            NameHolder.VENDOR,
            Offer.RENAME,
        ),
        (
            "The name supplied already exists. : Another employee is already using this name.",
            NameHolder.EMPLOYEE,
            Offer.RENAME,
        ),
        (
            "The name supplied already exists. : Another customer, vendor or employee is already using this name. Please use a different name.",
            NameHolder.UNKNOWN,
            Offer.CHOOSE,
        ),
    ],
)
def test_a_taken_name_says_who_has_it_as_far_as_it_is_told(detail, holder, offer):
    fault = Fault(6240, "Duplicate Name Exists Error", detail)
    assert name_holder(fault) is holder
    assert rule_on(fault, writing=True).offer is offer


@pytest.mark.parametrize(
    "code, detail, disposition",
    [
        (6210, "Duplicate Document Number Error : You must specify a different number.", D.CHOOSE_MATCH),
        (6210, "The account period has closed and the account books cannot be updated", D.ASK_HUMAN),
        (
            6000,
            "Business Validation Error: You can only add or edit one name at a time. Please try again.",
            D.RETRY_LATER,
        ),
        (
            6000,
            "Business Validation Error: You cannot modify a list element that has been deleted.",
            D.ASK_HUMAN,
        ),
        (6000, "You cannot enter more than 50 characters in the request_id field", D.BUG),
        (6000, "Business Validation Error: You must set a transaction amount.", D.FIX_DATA),
        (6000, "Business Validation Error: something new", D.ASK_HUMAN),
        (610, "Object Not Found : Another user has deleted this transaction.", D.REPLAN),
        (2500, "Invalid Reference Id : Names element id 583 not found", D.REPAIR_REFERENCE),
        (500, "Operation Could not find resource for relative : /v3/company/1/customer/1/5", D.BUG),
    ],
)
def test_the_text_decides_where_the_code_is_ambiguous(code, detail, disposition):
    assert rule_on(Fault(code, detail=detail), writing=True).disposition is disposition


def test_quickbooks_own_words_are_shown_where_they_help():
    told = rule_on(Fault(6000, detail="Business Validation Error: Pick an  account."), writing=True).sentence
    assert "QuickBooks says: “Pick an account.”" in told
    untold = rule_on(Fault(6000), writing=True).sentence
    assert "QuickBooks says" not in untold
    assert untold.endswith("check again.")


def test_the_element_names_the_field_and_a_fault_that_can_only_be_about_one_field_names_it_too():
    assert rule_on(Fault(2050, element="DisplayName"), writing=True).field == "DisplayName"
    assert rule_on(Fault(2210), writing=True).field == "PrimaryEmailAddr.Address"


def test_codes_are_numbers_whatever_their_dress():
    padded = b'{"Fault":{"Error":[{"Message":"x","code":" 003200 "}]}}'
    inside = b'{"fault":{"error":{"message":"message=ThrottleExceeded; errorCode=003001; statusCode=429"}}}'
    assert faults_in(reply(padded))[0].code == 3200
    assert faults_in(reply(inside))[0].code == 3001


def test_an_xml_fault_is_read_whole():
    (fault,) = faults_in(reply(answers.XML_FAULT))
    assert (fault.code, fault.element) == (2030, "Id")
    assert fault.detail == "Id should be a valid number. Supplied value:1.5 & more"


def test_an_xml_bomb_is_only_text():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Error code="610"><Message>&b;</Message></Error>'
    assert faults_in(reply(bomb))[0].message == "&b;"


def test_several_errors_keep_their_order():
    body = b'{"Fault":{"Error":[{"code":"2050"},{"code":"2210"}]}}'
    assert [fault.code for fault in faults_in(reply(body))] == [2050, 2210]


@pytest.mark.parametrize(
    "body",
    [b'{"Customer":{"Id":"1"}}', b'{"fault":null,"report":null}', b'{"code":"1","message":"a report row"}'],
)
def test_a_success_has_no_faults(body):
    assert faults_in(reply(body, 200)) == ()


def test_a_batch_item_has_its_own_faults():
    assert faults_of_item({"bId": "1", "Fault": {"Error": [{"code": "610"}]}})[0].code == 610
    assert faults_of_item({"bId": "1", "Customer": {"Id": "1"}}) == ()


def test_a_throttled_answer_says_how_long_to_wait():
    (fault,) = faults_in(reply(answers.THROTTLED, 429))
    assert retry_after(reply(answers.THROTTLED, 429), fault) == 60
    assert retry_after(reply(answers.THROTTLED, 429, **{"Retry-After": "7"}), fault) == 7
    assert retry_after(reply(answers.THROTTLED, 403), fault) == 60
    assert retry_after(reply(answers.STALE), Fault(5010)) is None


@given(st.binary(max_size=300), st.sampled_from([200, 302, 400, 401, 403, 404, 429, 500, 503]))
def test_no_answer_however_odd_breaks_the_reader(body, status):
    found = faults_in(reply(body, status))
    assert status == 200 or found
    for fault in found:
        assert rule_on(fault, writing=True).sentence
