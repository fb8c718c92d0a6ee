"""What the company's own rules make of a document, and what its writes look like."""

import json
from decimal import Decimal

import pytest

from tests.quickbooks.scripted import fault_answer, ledger, page
from tieout.quickbooks.company_rules import ClassPlace, rules_from
from tieout.quickbooks.documents import days_of
from tieout.quickbooks.entities import READY
from tieout.quickbooks.numbers import LONGEST, following
from tieout.reconcile.action import Create, Update
from tieout.reconcile.ports import AskHuman, ChooseMatch, FixData
from tieout.reconcile.state import Key, Side

D = Decimal
KINDS = {one.spec.practice: one for one in READY}
ITEM = {
    "kind": "item",
    "item": "1",
    "description": "",
    "quantity": D(1),
    "rate": D(5),
    "amount": D(5),
    "date": "",
    "taxable": False,
    "class": "",
}
TAX = {**ITEM, "kind": "tax", "item": "", "rate": D("0.65"), "amount": D("0.65")}

# -- the company's rules -------------------------------------------------------------------------------


def test_what_a_preference_does_not_say_is_not_held_against_anybody():
    rules = rules_from({}, {})
    assert (rules.numbers_itself, rules.classes, rules.locations, rules.taxes, rules.is_american) == (
        False,
        ClassPlace.LINES,
        True,
        True,
        True,
    )


@pytest.mark.parametrize(
    "line, document, place",
    [
        (True, False, ClassPlace.LINES),
        (False, True, ClassPlace.DOCUMENT),
        (False, False, ClassPlace.NOWHERE),
        (None, None, ClassPlace.LINES),
    ],
)
def test_where_classes_go_is_read_from_the_preferences(line, document, place):
    prefs = {"AccountingInfoPrefs": {"ClassTrackingPerTxnLine": line, "ClassTrackingPerTxn": document}}
    assert rules_from(prefs, {}).classes is place


@pytest.mark.parametrize(
    "name, days", [("Net 30", 30), ("Due on receipt", 0), ("Net 10", 10), ("", None), ("30 days", None)]
)
def test_terms_say_their_days(name, days):
    assert days_of(name) == days


def invoice(**units):
    least = {"client": "9", "number": "7", "date": "2026-11-20", "due_date": "2026-12-20", "content": (ITEM,)}
    return Create(Side.LEDGER, Key("invoice", Side.PRACTICE, "1"), {**least, **units})


CANADA = {"Preferences": {"CurrencyPrefs": {"HomeCurrency": {"value": "CAD"}}}}


def test_outside_the_us_each_line_has_a_code_and_tax_comes_on_top():
    made, _ = ledger(CANADA, settings={"taxed_code": "5", "untaxed_code": "3"})
    rows = ({**ITEM, "taxable": True}, ITEM, TAX)
    body = json.loads(made.prepare(invoice(content=rows), "r1").body)
    codes = [line["SalesItemLineDetail"]["TaxCodeRef"]["value"] for line in body["Line"]]
    assert (codes, body["GlobalTaxCalculation"]) == (["5", "3"], "TaxExcluded")
    assert body["TxnTaxDetail"] == {"TotalTax": 0.65}


def test_outside_the_us_a_missing_code_is_said():
    made, _ = ledger(CANADA)
    with pytest.raises(FixData, match="tax code") as raised:
        made.prepare(invoice(), "r1")
    assert raised.value.detail == "setting: untaxed_code"


def test_preferences_and_terms_are_read_once_however_many_documents_are_written():
    terms = page(
        "Term", {"Id": "3", "DueDays": 30}, {"Id": "8", "DueDays": 30}, {"Id": "9", "DayOfMonthDue": 1}
    )
    made, script = ledger({"Preferences": {}}, terms)
    bodies = [json.loads(made.prepare(invoice(terms="Net 30"), f"r{at}").body) for at in range(3)]
    assert {body["SalesTermRef"]["value"] for body in bodies} == {"3"}
    assert len(script.seen) == 2


def test_equal_documents_give_equal_bytes():
    made, _ = ledger({"Preferences": {}})
    one = made.prepare(invoice(content=({**ITEM, "rate": D("5.00000"), "quantity": D("1.0000")},)), "r1")
    assert one == made.prepare(invoice(), "r1")


def test_a_client_needs_no_preferences():
    made, script = ledger()
    made.prepare(Create(Side.LEDGER, Key("client", Side.PRACTICE, "1"), {"name": "Amy"}), "r1")
    assert script.seen == []


# -- numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number, first",
    [
        ("1038", "1039"),
        ("INV-009", "INV-010"),
        ("INV-999", "INV-1000"),
        ("2026/A", "2026/A-2"),
        ("9" * LONGEST, None),
    ],
)
def test_the_next_numbers_count_on_in_the_last_digits(number, first):
    found = following(number)
    assert (found[0] if found else None) == first
    assert all(len(one) <= LONGEST for one in found)


TAKEN = fault_answer(
    "6140",
    "Duplicate Document Number Error : You must specify a different number. This number has already been used. "
    "DocNumber=7 is assigned to TxnType=Sales Receipt with TxnId=6575",
)


def test_a_free_number_is_found_with_one_metered_call():
    groups = [{"Invoice": [{"DocNumber": "8"}]}, {"CreditMemo": [{"DocNumber": "9"}]}, {}, {}]
    batch = {
        "BatchItemResponse": [{"bId": str(at), "QueryResponse": group} for at, group in enumerate(groups)]
    }
    made, script = ledger({"Preferences": {}}, TAKEN, batch)
    with pytest.raises(ChooseMatch) as raised:
        made.send(made.prepare(invoice(), "r1"))
    assert raised.value.detail == "7 is held by Sales Receipt 6575; next free number: 10"
    assert [one.url.path.rpartition("/")[2] for one in script.seen] == ["preferences", "invoice", "batch"]
    assert "requestid" not in script.seen[-1].url.params


@pytest.mark.parametrize("trouble", [(500, b""), {"BatchItemResponse": []}])
def test_a_search_that_fails_leaves_the_refusal_as_it_was(trouble):
    made, _ = ledger({"Preferences": {}}, TAKEN, trouble)
    with pytest.raises(ChooseMatch) as raised:
        made.send(made.prepare(invoice(), "r1"))
    assert "6575" in raised.value.detail


def test_the_element_of_a_line_fault_is_the_rows():
    made, _ = ledger({"Preferences": {}}, fault_answer("6070", element="Line.Amount"))
    with pytest.raises(FixData) as raised:
        made.send(made.prepare(invoice(), "r1"))
    assert raised.value.unit == "content"


# -- updates -------------------------------------------------------------------------------------------

SHOWN = {
    "payment": {
        "Id": "5",
        "TotalAmt": D("40.00"),
        "TxnDate": "2026-11-20",
        "CustomerRef": {"value": "9"},
        "PaymentRefNum": "7",
        "PrivateNote": "Check\nTieout r0",
        "Line": [{"Amount": D("40.00"), "LinkedTxn": [{"TxnId": "4", "TxnType": "Invoice"}]}],
    },
    "credit": {
        "Id": "5",
        "TotalAmt": D("25.50"),
        "TxnDate": "2026-11-20",
        "CustomerRef": {"value": "9"},
        "Line": [
            {
                "Amount": D("25.50"),
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "Qty": 1, "UnitPrice": D("25.5")},
            }
        ],
    },
}


def test_an_update_of_a_credit_leaves_its_line_alone_or_keeps_what_a_person_put_on_it():
    document = json.loads(json.dumps(SHOWN["credit"], default=float), parse_float=D)
    detail = document["Line"][0]["SalesItemLineDetail"]
    beside = {"ClassRef": {"value": "7"}, "ServiceDate": "2026-11-02", "TaxCodeRef": {"value": "TAX"}}
    detail |= beside
    shown = KINDS["credit"].row(document).record
    made, _ = ledger({"Preferences": {}})

    def body(**units):
        update = Update(Side.LEDGER, Key("credit", Side.LEDGER, "5"), units, "3")
        return json.loads(made.prepare(update, "r1", shown=shown).body)

    assert "Line" not in body(memo="New")
    (line,) = body(description="Goodwill")["Line"]
    assert (line["Description"], line["Amount"]) == ("Goodwill", 25.5)
    assert line["SalesItemLineDetail"] == {"ItemRef": {"value": "1"}, "Qty": 1, "UnitPrice": 25.5, **beside}


ABROAD = {"CurrencyPrefs": {"HomeCurrency": {"value": "GBP"}}}


@pytest.mark.parametrize(
    ("preferences", "kept", "our_own"), [({}, "TAX", "NON"), (ABROAD, "4", "1")], ids=["us", "abroad"]
)
def test_a_credit_taxed_there_keeps_the_tax_and_what_its_line_comes_to_unless_its_amount_is_sent(
    preferences, kept, our_own
):
    document = json.loads(json.dumps(SHOWN["credit"], default=float), parse_float=D)
    document["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] = {"value": kept}
    document["TotalAmt"] = D("27.80")
    shown = KINDS["credit"].row(document).record
    made, _ = ledger({"Preferences": preferences}, settings={"untaxed_code": "1", "taxed_code": "4"})

    def line(**units):
        update = Update(Side.LEDGER, Key("credit", Side.LEDGER, "5"), units, "3")
        (found,) = json.loads(made.prepare(update, "r1", shown=shown).body)["Line"]
        return found["Amount"], found["SalesItemLineDetail"]["TaxCodeRef"]["value"]

    assert line(description="Goodwill") == (25.5, kept)
    assert line(amount=D("25.50")) == (25.5, our_own)


def test_a_second_pair_that_a_person_added_to_an_applied_credit_is_a_difference_and_not_sent_over():
    kind = KINDS["credit_application"]
    pairs = [("4", "30.00"), ("6", "10.00")]
    lines = [
        {"Amount": D(amount), "LinkedTxn": [{"TxnId": f"{each}{one}", "TxnType": word}]}
        for one, amount in pairs
        for each, word in ((1, "Invoice"), (2, "CreditMemo"))
    ]
    document = {"Id": "5", "TotalAmt": D(0), "TxnDate": "2026-11-20", "CustomerRef": {"value": "9"}}
    shown = kind.row({**document, "Line": lines}).record
    assert (shown.units["invoice"], shown.units["credit"], shown.units["amount"]) == (
        "14, 16",
        "24, 26",
        D("40.00"),
    )
    alone = kind.row({**document, "Line": lines[:2]}).record
    assert (alone.units["invoice"], alone.units["amount"]) == ("14", D("30.00"))
    made, _ = ledger({"Preferences": {}})
    update = Update(Side.LEDGER, Key("credit_application", Side.LEDGER, "5"), {"date": "2026-11-21"}, "3")
    with pytest.raises(AskHuman, match="applied more"):
        made.prepare(update, "r1", shown=shown)


def test_an_update_repeats_what_is_not_documented_to_stay_when_left_out():
    entity, repeated = "payment", ("CustomerRef", "TotalAmt", "TxnDate", "Line")
    kind, document = KINDS[entity], SHOWN[entity]
    shown = kind.row(document).record
    made, _ = ledger({"Preferences": {}})
    update = Update(Side.LEDGER, Key(entity, Side.LEDGER, "5"), {"memo": "New"}, "3")
    body = json.loads(made.prepare(update, "r1", shown=shown).body)
    units = [unit for member in repeated for unit in _units_of(kind, member)]
    assert {unit: kind.spec.read(body)[unit] for unit in units} == {unit: shown.units[unit] for unit in units}
    assert set(repeated) <= set(body)
    assert body["PrivateNote"] == "New\nTieout r0"
    assert "PaymentRefNum" not in body


def _units_of(kind, member):
    return [
        unit.name
        for unit in kind.spec.units
        if any(path.split(".")[0] == member for path in kind.paths(unit))
    ]


@pytest.mark.parametrize(
    "entity, path",
    [
        ("invoice", "invoice?operation=void&requestid=r1"),
        ("payment", "payment?operation=update&include=void&requestid=r1"),
        ("credit_application", "payment?operation=update&include=void&requestid=r1"),
    ],
)
def test_a_void_has_its_own_address_and_says_nothing_else(entity, path):
    made, _ = ledger({"Preferences": {}})
    update = Update(Side.LEDGER, Key(entity, Side.LEDGER, "5"), {"state": "void", "memo": "x"}, "3")
    write = made.prepare(update, "r1")
    assert (write.operation, write.path, write.record_id) == ("void", path, "5")
    assert json.loads(write.body) == {"Id": "5", "SyncToken": "3", "sparse": True}


def test_a_class_for_the_whole_document_stands_on_no_line():
    per_document = {"AccountingInfoPrefs": {"ClassTrackingPerTxn": True, "ClassTrackingPerTxnLine": False}}
    made, _ = ledger({"Preferences": per_document})
    body = json.loads(made.prepare(invoice(content=({**ITEM, "class": "77"},) * 2), "r1").body)
    assert body["ClassRef"] == {"value": "77"}
    assert [line["SalesItemLineDetail"].get("ClassRef") for line in body["Line"]] == [None, None]
