"""What a call costs, and that every successful one is told."""

import pytest

from tests.quickbooks import answers
from tests.quickbooks.scripted import HERE, client, customer, page
from tieout.quickbooks.api.faults import ApiError
from tieout.quickbooks.api.metering import metered_class
from tieout.quickbooks.api.transport import Call


# Intuit App Partner Program: POST create, update, delete, void, send and upload are free; the rest is metered.
@pytest.mark.parametrize(
    "method, path, cost",
    [
        ("POST", "invoice", "core"),
        ("POST", "invoice?operation=void", "core"),
        ("POST", "invoice/5/send", "core"),
        ("POST", "upload", "core"),
        ("GET", "invoice/5", "coreplus"),
        ("GET", "preferences", "coreplus"),
        ("GET", "cdc?entities=Customer", "coreplus"),
        ("GET", "query?query=select", "coreplus"),
        ("POST", "query", "coreplus"),
        ("POST", "batch", "coreplus"),
        ("GET", "reports/BalanceSheet", "coreplus"),
    ],
)
def test_putting_in_is_free_and_taking_out_is_metered(method, path, cost):
    assert metered_class(Call(method, f"{HERE.api}/v3/company/1/{path}")) == cost


def test_each_call_that_succeeds_is_told_once_and_refusals_are_not():
    told = []
    made, _ = client(
        page("Customer", customer("1")),
        (401, answers.TOKEN_EXPIRED),
        {"Customer": customer("1")},
        (400, answers.NOT_FOUND),
        {"Customer": customer("2")},
        meter=told.append,
    )
    made.rows("Customer")
    made.read("Customer", "1")
    with pytest.raises(ApiError):
        made.read("Customer", "9")
    made.create("Customer", {"DisplayName": "Amy"}, request_id="r")
    assert told == ["coreplus", "coreplus", "core"]
