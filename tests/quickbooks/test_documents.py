"""Documents of the practice and QuickBooks' own: what is written reads back the same, and what does not fit is said."""

import json
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.quickbooks.scripted import fault_answer, ledger, page
from tieout.quickbooks import notes
from tieout.quickbooks.api.reading import from_json, to_json
from tieout.quickbooks.company_rules import ClassPlace, rules_from
from tieout.quickbooks.documents import days_of
from tieout.quickbooks.entities import COMING
from tieout.quickbooks.numbers import LONGEST, following
from tieout.quickbooks.sales_lines import problem_with
from tieout.quickbooks.writing import without_empties
from tieout.reconcile.action import Create
from tieout.reconcile.ports import ChooseMatch, FixData
from tieout.reconcile.state import Key, Present, Side, same

D = Decimal
KINDS = {one.spec.practice: one for one in COMING}

ids = st.integers(1, 10**18).map(str)
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20).map(str.strip)
memos = words.filter(lambda text: not text.startswith("Tieout "))
days = st.dates().map(lambda day: day.isoformat())
money = st.decimals(D("0.01"), D(999_999), places=2)


def row(kind, amount, **more):
    empty = {
        "item": "",
        "description": "",
        "quantity": D(1),
        "rate": amount,
        "date": "",
        "taxable": False,
        "class": "",
    }
    return {"kind": kind, "amount": amount, **empty, **more}


@st.composite
def item_rows(draw):
    quantity = draw(st.decimals(D("0.0001"), 999, places=4))
    rate = draw(st.decimals(0, 9999, places=5))
    return row(
        "item",
        (quantity * rate).quantize(D("0.01"), ROUND_HALF_UP),
        quantity=quantity,
        rate=rate,
        item=draw(ids),
        description=draw(words),
        date=draw(days | st.just("")),
        taxable=draw(st.booleans()),
        **{"class": draw(ids | st.just(""))},
    )


@st.composite
def contents(draw):
    rows = draw(st.lists(item_rows(), min_size=1, max_size=6))
    if draw(st.booleans()):
        off = -draw(money)
        rows.append(row("write_off", off, description="Written off"))
    if draw(st.booleans()):
        rows.append(row("discount", -draw(money), description="Discount"))
    if draw(st.booleans()):
        rows.append(row("tax", draw(money), tax_code=draw(ids | st.just(""))))
    return tuple(rows)


DOCUMENTS = {
    "invoice": {
        "client": ids,
        "number": words,
        "date": days,
        "due_date": days,
        "memo": words,
        "location": ids | st.just(""),
        "content": contents(),
    },
    "payment": {
        "client": ids,
        "date": days,
        "amount": money,
        "reference": words,
        "memo": memos,
        "deposit_to": ids | st.just(""),
        "allocations": st.lists(st.fixed_dictionaries({"invoice": ids, "amount": money}), max_size=5).map(
            tuple
        ),
    },
    "refund": {"client": ids, "date": days, "amount": money, "reason": memos},
    "credit": {
        "client": ids,
        "number": words,
        "date": days,
        "item": ids,
        "description": words,
        "quantity": st.decimals(D("0.0001"), 999, places=4),
        "rate": st.decimals(0, 9999, places=5),
        "amount": money,
        "memo": words,
    },
    "credit_application": {"client": ids, "date": days, "credit": ids, "invoice": ids, "amount": money},
}


@pytest.mark.parametrize("entity", DOCUMENTS)
@given(data=st.data())
def test_what_is_written_reads_back_the_same_through_the_bytes(entity, data):
    spec = KINDS[entity].spec
    units = data.draw(st.fixed_dictionaries(DOCUMENTS[entity]))
    back = spec.read(from_json(to_json(without_empties(spec.write(units)))))
    assert {name: back[name] for name in units if not same(back[name], units[name])} == {}
    assert [name for name in units if spec.unit(name).problem(units[name])] == []


# -- notes ---------------------------------------------------------------------------------------------


@given(memo=memos, voided=st.booleans())
def test_a_memo_and_the_marker_share_the_note_without_touching_each_other(memo, voided):
    note = notes.with_marker(memo, "0192-abcd")
    document = {"PrivateNote": f"Voided - {note}" if voided else note, "TotalAmt": 0 if voided else 5}
    assert notes.marker_of(document) == "0192-abcd"
    assert notes.is_voided(document) is voided
    if not memo.startswith("Voided"):
        assert notes.memo_of(document) == memo


@pytest.mark.parametrize(
    "note, marker",
    [
        ("", ""),
        ("Tieout", ""),
        ("see Tieout abc", ""),
        ("Tieout abc", "abc"),
        ("Tieout abc\nand more", ""),
        ("Voided - Tieout abc", "abc"),
        ("kept by Ann\n Tieout abc ", "abc"),
    ],
)
def test_only_a_last_line_of_our_making_is_the_marker(note, marker):
    assert notes.marker_of({"PrivateNote": note}) == marker


def test_a_total_of_zero_alone_is_not_void():
    assert not notes.is_voided({"TotalAmt": 0, "PrivateNote": "x"})
    assert not notes.is_voided({"TotalAmt": 5, "PrivateNote": "Voided cheque enclosed"})


def test_a_memo_leaves_room_for_the_marker():
    unit = KINDS["payment"].spec.unit("memo")
    assert unit.problem("x" * 3900) is None
    assert "3900" in unit.problem("x" * 3901)


# -- rows that do not fit ------------------------------------------------------------------------------

ITEM = row("item", D(5), item="1", rate=D(5))


@pytest.mark.parametrize(
    "rows, word",
    [
        ((), "no service item"),
        ((row("discount", D(-1)),), "no service item"),
        ((ITEM,) * 746, "745"),
        ((row("item", D(5), description="x" * 4001, rate=D(5)),), "4000"),
        ((row("item", D("5.01"), rate=D(5)),), "quantity times rate"),
        ((ITEM, row("tax", D(1), tax_code="2"), row("tax", D(1), tax_code="3")), "several tax codes"),
    ],
)
def test_rows_quickbooks_would_not_take_are_named(rows, word):
    assert word in problem_with(rows)


def test_amounts_are_checked_as_quickbooks_rounds_them():
    # 14.50 x 128.350 = 1861.075 must be 1861.08, half up (a production fault, code 6070)
    right = row("item", D("1861.08"), quantity=D("14.50"), rate=D("128.350"))
    assert problem_with((right,)) is None
    assert problem_with(({**right, "amount": D("1861.07")},)) is not None


def test_lines_a_person_added_are_shown_too():
    document = {
        "Line": [
            {"DetailType": "DescriptionOnly", "Description": "Thanks"},
            {
                "DetailType": "GroupLineDetail",
                "GroupLineDetail": {"Line": [{"DetailType": "SalesItemLineDetail", "Amount": 5}]},
            },
            {"DetailType": "SubTotalLineDetail", "Amount": 5},
        ]
    }
    shown = KINDS["invoice"].spec.unit("content").read(document)
    assert [(one["kind"], one["amount"]) for one in shown] == [("text", 0), ("item", 5)]


def test_what_is_void_here_and_was_never_there_is_not_sent():
    for entity in ("invoice", "payment", "credit", "credit_application"):
        spec = KINDS[entity].spec
        assert "voided here" in spec.left_out(Side.PRACTICE, Present({"state": "void"}, "1"))
        assert spec.left_out(Side.PRACTICE, Present({"state": "open"}, "1")) is None


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
    rows = ({**ITEM, "taxable": True}, ITEM, row("tax", D("0.65")))
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
