"""Each switch for a guess changes what its line in the table says, and nothing happens by itself: one scenario a switch,
played once with the default and once with the switch turned.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import quickbooks_emulator
from quickbooks_emulator import Emulator, Knobs
from quickbooks_emulator.emulator import CLIENT_ID
from quickbooks_emulator.knobs import DAY, MEANINGS
from tests.emulator import scenarios as play
from tests.emulator import scenarios_of_books as books
from tests.emulator.client import Api


@dataclass(frozen=True)
class Switch:
    """`turned` to that value, a scenario that showed `normally` shows `then`."""

    turned: Any
    scenario: Callable[[Api], Any]
    normally: Any
    then: Any
    given: dict[str, Any] = field(default_factory=dict)
    world: str = "sample"


SWITCHES = {
    "code_seconds": Switch(30, play.late_code, 200, 400),
    "access_token_seconds": Switch(60, play.life_of_access, "OK", "Unauthorized"),
    "rotation_seconds": Switch(60, play.refresh_token_changes, False, True),
    "rotated_token_grace_seconds": Switch(DAY, play.rotated_token, 400, 200),
    "refresh_token_seconds": Switch(60, play.refresh_after_a_while, 200, 400),
    "grant_seconds": Switch(60, play.refresh_after_a_while, 200, 400),
    "client_id_beside_basic": Switch(
        False, lambda api: play.exchange(api, play.code(api), client_id=CLIENT_ID).status, 200, 401
    ),
    "shared_address_serves_both": Switch(
        False, lambda api: api.http.get("/companyinfo/1").status_code, 200, 403
    ),
    "userinfo_keeps_environments": Switch(False, play.userinfo_elsewhere, 401, 200),
    "production_redirects_need_https": Switch(False, play.production_redirect_here, False, True),
    "pkce_strict": Switch(
        True, lambda api: play.exchange(api, play.code(api, code_challenge=play.CHALLENGE)).status, 200, 400
    ),
    "request_id_seconds": Switch(5, play.created_twice, True, False),
    "request_id_strict": Switch(True, play.another_body, "", "600"),
    "request_id_keeps_faults": Switch(True, play.mended, "", "6080"),
    "start_position_zero": Switch(True, play.query("select * from Customer startposition 0"), "4001", ""),
    "strict_query_values": Switch(True, play.query("select * from Invoice where Balance > 0"), "", "4000"),
    "default_order": Switch("id", play.in_id_order, False, True),
    "item_queries_show_inactive": Switch(
        True,
        lambda api: (api.sparse("Item", "2", Active=False), "2" in play.ids(api, "select * from Item"))[1],
        False,
        True,
    ),
    "time_zone_without_offset": Switch("UTC", play.in_utc, [], ["Just now"]),
    "change_days": Switch(1, play.cdc("Customer"), "", "500"),
    "change_cap": Switch(1, play.changed_customers, ["First", "Second"], ["First"]),
    "change_cap_keeps": Switch("newest", play.changed_customers, ["First"], ["Second"], {"change_cap": 1}),
    "unknown_change_code": Switch("500", play.cdc("TaxCode"), "4001", "500"),
    "batch_items": Switch(1, lambda api: play.refusal(lambda: play.rows_of_a_batch(api)), "", "1040"),
    "batch_objects": Switch(6, play.rows_of_a_batch, [4, 4], [4, 2]),
    "batch_objects_refused": Switch(True, play.rows_of_a_batch, [4, 2], [4, "10100"], {"batch_objects": 6}),
    "throttle_body": Switch(
        "json", lambda api: play.throttled(api)[0], "application/xml", "application/json"
    ),
    "throttle_retry_after": Switch(60, lambda api: play.throttled(api)[1], None, "60"),
    "null_clears": Switch(True, play.null_notes, True, False),
    "sparse_only_where_documented": Switch(
        True,
        lambda api: api.sparse("PaymentMethod", "3", Name="Visa card")["Type"],
        "CREDIT_CARD",
        "NON_CREDIT_CARD",
    ),
    "newer_token_accepted": Switch(
        True,
        lambda api: play.refusal(lambda: api.sparse("Customer", "3", SyncToken="9", Notes="x")),
        "5010",
        "",
    ),
    "missing_name_reads_as_stub": Switch(
        True, lambda api: play.refusal(lambda: api.read("Customer", "999")), "610", ""
    ),
    "webhook_batch": Switch(1, play.two_customers, ["2"], ["1", "1"]),
    "ripples_send_events": Switch(True, play.an_invoice, True, False),
    "no_op_sends_event": Switch(True, play.nothing_changed, [], ["1"]),
    "job_false_drops_parent": Switch(
        False,
        lambda api: play.refusal(lambda: api.create("Customer", DisplayName="J", ParentRef={"value": "3"})),
        "",
        "6150",
    ),
    "reactivate_strips_suffix": Switch(False, play.suffix_after_reviving, "Cool Cars", "Cool Cars (deleted)"),
    "inactive_names_reserved": Switch(True, play.name_of_an_inactive, "", "6240"),
    "inactive_item_names_reserved": Switch(False, play.item_of_an_inactive, "6240", ""),
    "deactivating_list_rows_takes_children": Switch(False, play.job_of_an_inactive, False, True),
    "inactive_reference_code": Switch("6250", play.sale_to_an_inactive, "2500", "6250"),
    "merged_name_deleted": Switch(True, play.after_a_merge, ("", "0"), ("610", "0")),
    "merge_bumps_transactions": Switch(True, play.after_a_merge, ("", "0"), ("", "1")),
    "income_accounts_show_balance": Switch(True, play.income_shown, False, True),
    "feature_off_code": Switch("6000", play.class_without_the_plan, "5030", "6000"),
    "misplaced_class_refused": Switch(True, play.class_on_the_header, "", "5030"),
    "new_print_status": Switch(
        "NotSet", lambda api: play.invoice(api)["PrintStatus"], "NeedToPrint", "NotSet"
    ),
    "customers_term_sets_due_date": Switch(False, play.due_in, "2026-02-01", "2026-03-03"),
    "due_before_date_refused": Switch(True, play.due_before, "", "2070"),
    "taxable_lines": Switch(
        6, lambda api: play.refusal(lambda: play.invoice(api, Line=play.taxed(7))), "", "6000"
    ),
    "lines": Switch(2, lambda api: play.refusal(lambda: play.invoice(api, lines=3)), "", "6000"),
    "void_unlinks_payments": Switch(False, play.void_a_paid_one, "", "6000"),
    "reopens_estimates": Switch(False, play.estimate_after, "Accepted", "Closed"),
    "duplicate_numbers_refused": Switch(
        False, lambda api: play.refusal(lambda: play.invoice(api, DocNumber="1037")), "6140", ""
    ),
    "auto_number_after_text": Switch(False, play.number_after_text, "INV-10", "1038"),
    "overpayment_refused": Switch(False, play.pay_too_much, "6000", 5),
    "foreign_customer_payment_refused": Switch(False, play.pay_for_another, "6000", 10),
    "paid_invoice_keeps_customer": Switch(False, play.another_customer, "6000", ""),
    "credit_below_applied_refused": Switch(False, play.shrink_a_used_credit, "6000", ""),
    "linked_entry_change_refused": Switch(False, play.shrink_a_used_entry, ("6000", 0), ("", 15)),
    "auto_apply_newest_first": Switch(True, play.applied_by_itself, [0, 10], [10, 0]),
    "closed_period_payment_ignored": Switch(True, play.in_a_closed_period, ("6210", "6210"), ("6210", "")),
    "closing_day_is_closed": Switch(False, play.in_a_closed_period, ("6210", "6210"), ("", "6210")),
    "closed_period_code": Switch("6200", play.in_a_closed_period, ("6210", "6210"), ("6200", "6200")),
    "tax_calculation_required": Switch(True, play.abroad, "", "2020", world="canada"),
    "sales_tax_rates": Switch({"CA": Decimal(5)}, play.automated_tax, 8, 5),
    "attachment_queries_any_link": Switch(False, books.by_second_link, True, False),
    "changes_since_inclusive": Switch(False, books.since_now, 1, 0),
    "time_activity_in_changes": Switch(True, play.cdc("TimeActivity"), "4001", ""),
    "batch_meters_items": Switch(True, books.metered_batch, 1, 3),
    "sandbox_is_metered": Switch(False, books.metered_read, 1, 0),
    "fault_details": Switch(
        {"1040": "Too many."},
        books.too_large_batch,
        "1040 A batch holds at most 1 items.",
        "1040 Too many.",
        {"batch_items": 1},
    ),
    "writable_subscriptions": Switch(("SUBSCRIBED", "PAUSED"), books.write_while_paused, "6190", ""),
    "second_deleted_name": Switch("refused", books.deactivate_twice, "Cool Cars (deleted) 1", "6240"),
    "renames_bump_children": Switch(True, books.tokens_below_a_rename, ("0", "0"), ("1", "1")),
    "references_keep_names": Switch(True, books.name_after_a_rename, "Renamed", "Cool Cars"),
    "sub_flag_false_drops_parent": Switch(False, books.unflagged_class, False, True),
    "changed_address_keeps_id": Switch(False, books.moved_address, True, False),
    "person_passes_unbilled_charges": Switch(False, books.deactivate_with_hours, "", "6280"),
    "item_type_required": Switch(True, books.typeless_item, "", "2020"),
    "credits_return_stock": Switch(False, books.returned_stock, 1, 0),
    "negative_opening_balance_kept": Switch(False, books.negative_openings, (-30, -20), (0, 0)),
    "opening_balances_to_equity": Switch(
        False,
        books.opened_against,
        ["Opening Balance Equity", "Opening Balance Equity"],
        ["Uncategorized Income", "Uncategorized Expense"],
    ),
    "bundle_lines_count": Switch(False, books.lines_of_a_bundle, "6000", "", {"taxable_lines": 6}),
    "too_many_lines_code": Switch(
        "2240", lambda api: play.refusal(lambda: play.invoice(api, lines=3)), "6000", "2240", {"lines": 2}
    ),
    "discounts_off_refused": Switch(False, books.discount_turned_off, "6000", 10),
    "tax_override_rest": Switch("first", books.shared_out_tax, [0.33, 0.33, 0.34], [0.34, 0.33, 0.33]),
    "deposit_too_large_code": Switch("6000", books.deposit_above_the_total, "6460", "6000"),
    "send_bumps_token": Switch(True, books.sent_token, "0", "1"),
    "voided_again_refused": Switch(True, books.void_twice, "", "6000"),
    "reopens_orders": Switch(False, books.order_after_its_bill, "Open", "Closed"),
    "linked_source_deletable": Switch(False, books.delete_sources, ("", ""), ("6000", "6000")),
    "applied_credit_deletable": Switch(False, books.delete_used_credit, ("", 10), ("6000", 0)),
    "released_newest_first": Switch(False, books.shrink_a_paid_invoice, [0, 4], [4, 0]),
    "touched_payments_get_token": Switch(False, books.token_of_a_released_payment, "1", "0"),
    "deposit_links_whole": Switch(False, books.deposit_a_part, "6000", ""),
    "empty_transfer_code": Switch("2240", books.transfer_nothing, "6000", "2240"),
    "auto_apply_family": Switch(True, books.credit_of_the_parent, 10, 0),
    "unknown_report_code": Switch(
        "500", lambda api: play.refusal(lambda: api.get("/reports/Horoscope")), "5020", "500"
    ),
    "report_week_begins": Switch(
        "Monday", books.weeks, ["2026-03-01", "2026-03-08"], ["2026-03-02", "2026-03-09"]
    ),
}


@pytest.mark.parametrize("name", sorted(SWITCHES))
def test_a_switch_changes_what_it_says(name: str) -> None:
    one = SWITCHES[name]
    for knobs, expected in ((one.given, one.normally), ({**one.given, name: one.turned}, one.then)):
        with Api(Emulator(world=one.world, knobs=Knobs(**knobs))) as api:
            assert one.scenario(api) == expected, knobs


def test_every_switch_has_a_scenario_and_a_meaning() -> None:
    assert set(Knobs.__struct_fields__) == set(SWITCHES) == set(MEANINGS)
    for name, meaning in MEANINGS.items():
        assert len(meaning) > 30, name
        assert meaning.endswith("."), name


def test_no_guess_hides_in_the_text_of_the_code() -> None:
    """What is not known is a switch: its line in MEANINGS says so, not the docstring of a rule."""
    package = Path(quickbooks_emulator.__file__).parent
    said = {
        path.name
        for path in package.rglob("*.py")
        if path.name != "knobs.py"
        and re.search(r"\b(a guess|guesses|assumed|probably|presumably)\b", path.read_text())
    }
    assert said == set()


def test_a_code_asked_for_with_a_challenge_is_bought_with_its_verifier() -> None:
    with Api(Emulator(knobs=Knobs(pkce_strict=True))) as api:
        for challenge in (play.CHALLENGE, play.VERIFIER):
            text = play.code(api, code_challenge=challenge)
            assert play.exchange(api, text, code_verifier="another").status == 400
            assert play.exchange(api, text, code_verifier=play.VERIFIER).status == 200
        assert play.exchange(api, play.code(api)).status == 200
