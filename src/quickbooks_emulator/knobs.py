"""Decides: the switches for everything about the real service that is a guess or differs between companies.

Each default is the documented or most likely behavior; a test may set another one over the control API. `MEANINGS` says
of each what it does and why its default is what it is; the README's table is made from it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

HOUR = 3600
DAY = 24 * HOUR
FIVE_YEARS = 157_680_000


STATE_RATES = {"CA": Decimal(8), "AZ": Decimal("9.1"), "NJ": Decimal("6.625"), "TX": Decimal("8.25")}
"""Percent an automated sales tax company charges by state; no rate, no tax (a stand-in for the tax engine)."""


class Knobs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Durations are seconds of virtual time."""

    code_seconds: int = 600
    access_token_seconds: int = HOUR
    rotation_seconds: int = DAY
    rotated_token_grace_seconds: int = 0
    refresh_token_seconds: int = 8_726_400
    grant_seconds: int = FIVE_YEARS
    client_id_beside_basic: bool = True
    shared_address_serves_both: bool = True
    userinfo_keeps_environments: bool = True
    production_redirects_need_https: bool = True
    pkce_strict: bool = False
    request_id_seconds: int = DAY
    request_id_strict: bool = False
    request_id_keeps_faults: bool = False
    start_position_zero: bool = False
    strict_query_values: bool = False
    default_order: Literal["recorded", "id"] = "recorded"
    item_queries_show_inactive: bool = False
    attachment_queries_any_link: bool = True
    time_zone_without_offset: str = ""
    change_days: int = 30
    change_cap: int = 1000
    change_cap_keeps: Literal["oldest", "newest"] = "oldest"
    changes_since_inclusive: bool = True
    time_activity_in_changes: bool = False
    unknown_change_code: Literal["4001", "500"] = "4001"
    batch_items: int = 30
    batch_objects: int | None = 1000
    batch_objects_refused: bool = False
    batch_meters_items: bool = False
    sandbox_is_metered: bool = True
    throttle_body: Literal["xml", "json"] = "xml"
    throttle_retry_after: int | None = None
    fault_details: dict[str, str] = msgspec.field(default_factory=dict)
    writable_subscriptions: tuple[str, ...] = ("SUBSCRIBED", "TRIAL", "PAID")
    null_clears: bool = False
    sparse_only_where_documented: bool = False
    newer_token_accepted: bool = False
    missing_name_reads_as_stub: bool = False
    webhook_batch: int = 100
    ripples_send_events: bool = False
    no_op_sends_event: bool = False
    job_false_drops_parent: bool = True
    reactivate_strips_suffix: bool = True
    second_deleted_name: Literal["numbered", "refused"] = "numbered"
    renames_bump_children: bool = False
    references_keep_names: bool = False
    sub_flag_false_drops_parent: bool = True
    changed_address_keeps_id: bool = True
    person_passes_unbilled_charges: bool = True
    item_type_required: bool = False
    inactive_names_reserved: bool = False
    inactive_item_names_reserved: bool = True
    deactivating_list_rows_takes_children: bool = True
    inactive_reference_code: Literal["2500", "610", "6250"] = "2500"
    merged_name_deleted: bool = False
    merge_bumps_transactions: bool = False
    income_accounts_show_balance: bool = False
    credits_return_stock: bool = True
    negative_opening_balance_kept: bool = True
    opening_balances_to_equity: bool = True
    feature_off_code: Literal["5030", "6000"] = "5030"
    misplaced_class_refused: bool = False
    new_print_status: Literal["NeedToPrint", "NotSet", "PrintComplete"] = "NeedToPrint"
    customers_term_sets_due_date: bool = True
    due_before_date_refused: bool = False
    taxable_lines: int = 750
    lines: int = 10_000
    bundle_lines_count: bool = True
    too_many_lines_code: Literal["6000", "2240"] = "6000"
    discounts_off_refused: bool = True
    tax_override_rest: Literal["last", "first"] = "last"
    deposit_too_large_code: Literal["6460", "6000"] = "6460"
    send_bumps_token: bool = False
    void_unlinks_payments: bool = True
    voided_again_refused: bool = False
    reopens_estimates: bool = True
    reopens_orders: bool = True
    linked_source_deletable: bool = True
    duplicate_numbers_refused: bool = True
    auto_number_after_text: bool = True
    overpayment_refused: bool = True
    foreign_customer_payment_refused: bool = True
    paid_invoice_keeps_customer: bool = True
    credit_below_applied_refused: bool = True
    linked_entry_change_refused: bool = True
    applied_credit_deletable: bool = True
    released_newest_first: bool = True
    touched_payments_get_token: bool = True
    deposit_links_whole: bool = True
    empty_transfer_code: Literal["6000", "2240"] = "6000"
    auto_apply_newest_first: bool = False
    auto_apply_family: bool = False
    closed_period_payment_ignored: bool = False
    closing_day_is_closed: bool = True
    closed_period_code: Literal["6210", "6200"] = "6210"
    tax_calculation_required: bool = False
    sales_tax_rates: dict[str, Decimal] = msgspec.field(default_factory=lambda: dict(STATE_RATES))
    unknown_report_code: Literal["5020", "500"] = "5020"
    report_week_begins: Literal["Sunday", "Monday"] = "Sunday"


MEANINGS: dict[str, str] = {
    "code_seconds": "How long an authorization code lives. Not documented; ten minutes is usual.",
    "access_token_seconds": "How long an access token lives (documented).",
    "rotation_seconds": "The age at which a refresh gives a new refresh token (documented: about a day).",
    "rotated_token_grace_seconds": "How long a rotated refresh token still works. An old text says a day; help pages and reports say not at all.",
    "refresh_token_seconds": "How long a refresh token lives unused. 101 days recorded, 100 documented.",
    "grant_seconds": "How long a consent lives however often it is refreshed: five years (documented).",
    "client_id_beside_basic": "Off: a client_id in the body beside Basic is invalid_client, as one client reported.",
    "shared_address_serves_both": "Off: the address without /sandbox or /production is production's alone, like the real host. On: it serves either, as the keys decide; one address is handier.",
    "userinfo_keeps_environments": "Off: either environment's user-info address knows the tokens of both. The two addresses are documented, the refusal is not.",
    "production_redirects_need_https": "Off: production keys too may register a redirect address on this machine. Documented: https and a real host; only development keys may use localhost.",
    "pkce_strict": "On: a code asked for with a code_challenge needs its code_verifier. PKCE is not advertised; reports say it is tolerated.",
    "request_id_seconds": "How long a request id is remembered. Not documented.",
    "request_id_strict": "On: the same id with another body is 600 instead of the stored answer. Not documented.",
    "request_id_keeps_faults": "On: a refusal is stored under its id as well. Not documented; off, a mended write may reuse it.",
    "start_position_zero": "On: STARTPOSITION 0 reads as 1. Off: 4001, recorded once, though one tap pages from 0.",
    "strict_query_values": "On: a bare number after < or > is 4000 (recorded). Off: taken, as the documented grammar has it.",
    "default_order": "Rows without ORDERBY: as recorded (names by full name, transactions by the latest change), or by id.",
    "item_queries_show_inactive": "On: queries of Item show inactive ones unasked, as one production code base states; documented is not.",
    "attachment_queries_any_link": "Off: a query by AttachableRef looks at an attachment's first link only. On: at each; one link is the rule, so it is not known.",
    "time_zone_without_offset": "The zone of an instant without an offset, such as UTC. Empty: the company's; not documented.",
    "change_days": "How far back change data reaches (documented).",
    "change_cap": "How many objects one change data answer holds (documented).",
    "change_cap_keeps": "Which changes of an entity stay when the cap cuts. Not documented; the oldest let a client go on from there.",
    "changes_since_inclusive": "Off: a change in the very instant of changedSince is left out. Not documented; on, a client that asks from its last instant misses nothing.",
    "time_activity_in_changes": "On: change data knows TimeActivity, as a release note of 2021 says. Off: it does not, as the page of change data still says.",
    "unknown_change_code": "The fault for an entity change data does not know. Not documented.",
    "batch_items": "How many items a batch takes (documented; one page still says 10).",
    "batch_objects": "How many rows the queries of a batch answer together (documented); null is no limit.",
    "batch_objects_refused": "On: an item above that faults. Off: it answers fewer rows, which is what a tap in production relies on.",
    "batch_meters_items": "On: each item of a batch counts on the meter. Off: a batch is one metered call; reports count calls.",
    "sandbox_is_metered": "Off: only calls to production companies count on the meter, as documented. On: all do, so that a test sees what its calls would cost.",
    "throttle_body": "The 429 is XML whatever was asked for (recorded); JSON is the gateway's other form.",
    "throttle_retry_after": "Seconds in a Retry-After header of the 429. It was never seen: null.",
    "fault_details": 'Another Detail by code, such as {"1040": "..."}: where the code is documented and the wording is not (1040, 2040, 2060 to 2240, 6130, 6250, 6280, 10100).',
    "writable_subscriptions": "The SubscriptionStatus words under which a company can be written to; any other is 6190. The first two are recorded.",
    "null_clears": "On: a JSON null clears a member. Off: it is the same as leaving it out, as the service's parser suggests.",
    "sparse_only_where_documented": "On: sparse is ignored for entities whose pages do not name it. Off: it works everywhere, as production code relies on.",
    "newer_token_accepted": "On: a SyncToken above the present one passes. Off: 5010 as for an older one; not known.",
    "missing_name_reads_as_stub": "On: reading a missing customer answers 200 with a stub, as reported once. Off: 610 (recorded).",
    "webhook_batch": "How many events travel in one delivery, as a webinar answered.",
    "ripples_send_events": "On: records touched by another one's change send events too. Not documented; off, only what was written does.",
    "no_op_sends_event": "On: an update that changes nothing sends an event. Its token and time stay (recorded), so off.",
    "job_false_drops_parent": "Off: a ParentRef without Job is 6150. Not known; on, the record is a plain customer.",
    "reactivate_strips_suffix": 'Off: "(deleted)" stays after a reactivation, as one production code base states.',
    "second_deleted_name": 'What a deactivation does when "(deleted)" is taken too: a number behind it, or 6240. Not known.',
    "renames_bump_children": "On: what hangs below a renamed or moved parent gets a new token. Off: only a new time, as other ripples are recorded.",
    "references_keep_names": "On: a reference in the head of a record prints the name its target had when it was written. Off: the present one. Not known.",
    "sub_flag_false_drops_parent": "Off: SubItem, SubClass or the like sent as false leaves the parent. On: it lets it go. Not known.",
    "changed_address_keeps_id": "Off: a changed address becomes a new address object with a new Id. Not known.",
    "person_passes_unbilled_charges": "Off: a person in QuickBooks too cannot deactivate a customer with unbilled charges (6280). Not known.",
    "item_type_required": "On: an item without Type is 2020. Off: it is a Service, as old clients rely on.",
    "inactive_names_reserved": "On: the name of an inactive customer, vendor or employee is still taken. The suffix suggests that it is free.",
    "inactive_item_names_reserved": "Off: the name of an inactive item is free. Production code meets 6240 from an inactive holder.",
    "deactivating_list_rows_takes_children": "Off: only the record itself goes inactive. Documented for customers in the pages, not for the API.",
    "inactive_reference_code": "The fault for pointing to an inactive record. Three codes are documented; 2500 has the recorded wording.",
    "merged_name_deleted": "On: a merged-away name reads as deleted. Off: inactive for good, as a production fault shows.",
    "merge_bumps_transactions": "On: transactions moved by a merge get a new token. Not known.",
    "income_accounts_show_balance": "On: income and expense accounts print a CurrentBalance. Recorded sample companies print 0.",
    "credits_return_stock": "Off: a credit or refund of a stock item leaves the quantity on hand. On: it brings it back at cost, as in the pages.",
    "negative_opening_balance_kept": "Off: a negative Balance of a new name is ignored. On: it becomes a credit. Documented are positive ones.",
    "opening_balances_to_equity": "Off: opening balances of names stand against uncategorized income and expense. On: against Opening Balance Equity, as an account's.",
    "feature_off_code": "The fault for a class, location or currency the company does not have. Text and code are not known.",
    "misplaced_class_refused": "On: a class on the wrong level is refused. Off: dropped without a word, as reported.",
    "new_print_status": "PrintStatus of a new sale. NeedToPrint is recorded; companies that do not print say NotSet.",
    "customers_term_sets_due_date": "Off: only the sale's own term and the company's set the DueDate. The order of the three is not known.",
    "due_before_date_refused": "On: a DueDate before TxnDate is 2070. Not documented.",
    "taxable_lines": "How many lines a taxable sale may have (documented).",
    "lines": "How many lines any transaction may have (documented).",
    "bundle_lines_count": "Off: lines inside a bundle do not count for the most lines of a taxable sale. Not known.",
    "too_many_lines_code": "The fault for too many lines. The limits are documented, their fault is not.",
    "discounts_off_refused": "Off: a discount line where AllowDiscount is off is dropped without a word. On: 6000. Not known.",
    "tax_override_rest": "Which tax line takes the cent that is left when a given TotalTax is shared out. Not documented.",
    "deposit_too_large_code": "The fault for a Deposit above the total. 6460 is documented for a deposit that differs from the card's amount.",
    "send_bumps_token": "On: sending a paper over the API gives it a new token. Off: only a new time, as recorded for mail from the pages.",
    "void_unlinks_payments": "Off: voiding a paid invoice is refused, as reported once. Documented: the payments are let go.",
    "voided_again_refused": "On: voiding a voided transaction is 6000. Off: 200 and nothing changes. Not known.",
    "reopens_estimates": "Off: an estimate stays closed when its invoice goes. Not known.",
    "reopens_orders": "Off: a purchase order stays closed when its bill goes. Not known.",
    "linked_source_deletable": "Off: an estimate or order that became an invoice or bill cannot be deleted (6000). On: the other loses its link. Not known.",
    "duplicate_numbers_refused": "Off: a document number may be used twice. The setting behind it is not visible in the API.",
    "auto_number_after_text": 'Off: only plain numbers are counted on. On: "INV-9" is followed by "INV-10", as in the pages.',
    "overpayment_refused": "Off: what a payment line has above the open balance stays unapplied. Reports differ.",
    "foreign_customer_payment_refused": "Off: a line for another customer's invoice is left unapplied. Reports differ.",
    "paid_invoice_keeps_customer": "Off: the customer of a paid invoice can be changed. Reported as refused.",
    "credit_below_applied_refused": "Off: a credit made smaller than what was used of it takes back the applications. Not known.",
    "linked_entry_change_refused": "Off: a journal entry or expense may be made smaller than what payments used of it, and they take back the rest. Not known; on, it is 6000.",
    "applied_credit_deletable": "Off: a credit that was used cannot be deleted (6000). On: what it paid opens again. Not known.",
    "released_newest_first": "Which payments give back first when a charge becomes smaller than what was paid: the newest, or the oldest. Not known.",
    "touched_payments_get_token": "Off: a payment keeps its token when QuickBooks takes or adds a line because of another transaction. Not recorded; on, a stale copy is noticed.",
    "deposit_links_whole": "Off: a deposit line may take a part of what it links, and from any account. On: the whole amount out of Undeposited Funds, as reported.",
    "empty_transfer_code": "The fault for a transfer of nothing. 6000 is documented for payments.",
    "auto_apply_newest_first": "On: automatic application takes the newest credit first. The order is not documented.",
    "auto_apply_family": "On: automatic application also takes credits of the customers above and below. Not documented.",
    "closed_period_payment_ignored": "On: a sparse update of a payment in a closed period answers 200 and changes nothing, as reported once.",
    "closing_day_is_closed": "Off: the closing date itself is still open. Apps retry with the day after, so on.",
    "closed_period_code": "6210 is what production sees; documented for books with a password, 6200 for those without.",
    "tax_calculation_required": "On: a sale outside the US without GlobalTaxCalculation is 2020. Off: it reads as TaxExcluded, as reported for Canada.",
    "sales_tax_rates": "Percent by state for automated sales tax companies: a stand-in for the tax engine.",
    "unknown_report_code": "The fault for a report that is not there. Neither code nor text is known.",
    "report_week_begins": "The first day of a week in reports. The company's own is not visible over the API.",
}


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one company's connection may do; None switches a limit off. Time is virtual.

    The first three are documented for long; the others are later or older texts of the same page and off by default:
    10 requests a second in place of 10 at a time, 200 reports a minute, 40 mails a day in a sandbox, and the
    monthly credits of the Builder tier (500,000 metered calls, then 429 until the month ends).
    """

    requests_per_minute: int | None = 500
    in_flight: int | None = 10
    batches_per_minute: int | None = 40
    requests_per_second: int | None = None
    reports_per_minute: int | None = None
    mails_per_day: int | None = None
    metered_per_month: int | None = None


NO_LIMITS = Limits(requests_per_minute=None, in_flight=None, batches_per_minute=None)
