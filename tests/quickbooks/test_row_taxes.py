"""Which tax code a row is sent with: the one that stands, as long as its rate is the same; then the one its rate has now."""

from decimal import Decimal

import pytest

from tieout.quickbooks.entities.invoice import ENTITY
from tieout.reconcile.spec import to_send, unless_alike
from tieout.reconcile.state import Present

D = Decimal
CONTENT = ENTITY.spec.unit("content")


def item(rate="", code="", **more):
    beside = {"tax_rate": rate, "tax_code": code} if rate else {}
    told = {name: value for name, value in beside.items() if value}
    return {"kind": "item", "item": "1", "amount": D(100), "taxable": bool(rate), **told, **more}


def tax(description="", rate="", **more):
    return {
        "kind": "tax",
        "description": description,
        "amount": D(20),
        **({"tax_rate": rate} if rate else {}),
        **more,
    }


def codes(rows):
    return [row.get("tax_code") for row in rows if row["kind"] == "item"]


def sent(ours, base_ours, base_theirs, line_codes=""):
    there = Present({}, "1", {"line_codes": line_codes} if line_codes else {})
    return to_send(CONTENT, ours, base_ours, base_theirs, there)


@pytest.mark.parametrize(
    ("now", "before", "changed"),
    [
        ((item("1", "5"), tax("VAT 20%", "1")), (item("1", "4"), tax("VAT 20%", "1")), False),
        ((item("1", "5"), tax("VAT 20%", "1")), (item("1"), tax("Sales tax 20%", "1")), False),
        ((item("1", other_company="x"), tax("VAT 20%", "1")), (item("1", "4"), tax("VAT 20%", "1")), False),
        ((item("1", "5"), tax("VAT 20%", "1")), (item("2", "5"), tax("VAT 20%", "2")), True),
        (
            (item("1", "5"), tax("VAT 20%", "1")),
            (item("1", "5"), {**tax("VAT 20%", "1"), "amount": D(5)}),
            True,
        ),
        ((item("1"), tax("VAT 20%", "1")), (item(), tax("VAT 20%")), True),
        (
            (item("1"), tax("VAT 20%", "1")),
            ({**item(), "taxable": True}, tax("VAT 20%", tax_code="4")),
            False,
        ),
        ((), (item(),), True),
    ],
    ids=[
        "mapped",
        "renamed",
        "another company",
        "other rate",
        "other tax",
        "taxed now",
        "long ago",
        "no rows",
    ],
)
def test_what_a_rate_stands_for_and_is_called_is_no_change_of_an_invoice(now, before, changed):
    assert (unless_alike(CONTENT, now, before) == now) is changed


def test_in_the_us_the_code_of_the_document_stays_unless_a_rate_is_new_to_it():
    before, there = (item("1", "4"), tax("A 20%", "1")), (item(), tax(tax_code="4"))
    assert codes(sent((item("1", "5"), tax("A 20%", "1")), before, there)) == ["4"]
    assert codes(sent((item("1", "5"), item("2", "6"), tax("A 20%", "1")), before, there)) == ["5", "6"]
    without = (item(), tax())
    assert codes(sent((item("1", "5"), tax("A 20%", "1")), before, without)) == [None]
    assert codes(sent((item("1", "5"), tax("A 20%", "1")), None, None)) == ["5"], (
        "linked by hand: nothing was agreed"
    )


def test_abroad_each_rate_keeps_the_code_that_its_rows_have_there():
    before = (item("1", "4"), item(), item("2", "3"), tax("A 20%", "1"), tax("B 5%", "2"))
    now = (item("2", "8"), item("1", "9"), item("3", "7"), item(), tax("A 20%", "1"), tax("B 5%", "2"))
    assert codes(sent(now, before, (), "4 1 3")) == ["3", "4", "7", None]
    assert codes(sent(now, before, (), "4 1")) == ["8", "9", "7", None], "rows were added or taken off there"


def test_an_entry_of_another_company_stands_in_the_way_only_where_it_would_be_sent():
    before, there = (item("1", "4"), tax("A 20%", "1")), (item(), tax(tax_code="4"))
    (kept, _) = sent((item("1", other_company="its code"), tax("A 20%", "1")), before, there)
    assert (kept["tax_code"], kept.get("other_company")) == ("4", None)
    (new, _) = sent((item("2", other_company="its code"), tax("B 20%", "2")), before, there)
    assert new["other_company"] == "its code"
