"""Decides: the switches for everything about the real service that is a guess or differs between companies.

Each default is the documented or most likely behavior; a test may set another one over the control API.
"""

from __future__ import annotations

from decimal import Decimal

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
    refresh_token_seconds: int = 8_726_400  # 101 days, recorded; documented as 100 days without a refresh
    grant_seconds: int = FIVE_YEARS
    client_id_beside_basic: bool = (
        True  # False: client_id in the body beside Basic -> invalid_client (reported)
    )
    request_id_seconds: int = DAY
    request_id_strict: bool = False  # True: same id with another body -> 600 instead of the stored answer
    request_id_keeps_faults: bool = False
    start_position_zero: bool = False  # True: STARTPOSITION 0 reads as 1 instead of 4001
    strict_query_values: bool = False  # True: a bare number in a comparison -> 4000
    change_days: int = 30
    change_cap: int = 1000
    batch_items: int = 30
    batch_objects: int | None = 1000  # rows over the whole batch (documented); None: no limit
    batch_objects_refused: bool = False  # True: an item above it faults instead of getting fewer rows
    null_clears: bool = False  # True: a JSON null clears the member; False: the same as leaving it out
    webhook_batch: int = 100
    ripples_send_events: bool = False  # a guess: records touched by another one's change stay silent
    job_false_drops_parent: bool = True  # False: ParentRef without Job -> 6150
    reactivate_strips_suffix: bool = True
    income_accounts_show_balance: bool = False  # recorded sample companies print 0 for income and expense
    inactive_item_names_reserved: bool = True  # production code meets 6240 from an inactive holder
    deactivating_list_rows_takes_children: bool = True  # as documented for customers in the pages
    feature_off_code: str = "5030"  # creating a class or location where the plan or switch has none; or 6000
    void_unlinks_payments: bool = True  # False: voiding a paid invoice is refused (one report)
    duplicate_numbers_refused: bool = True  # the warn-on-duplicate setting, not visible in the API
    overpayment_refused: bool = True  # a payment line above the open balance -> 6000
    foreign_customer_payment_refused: bool = True  # False: the line is left unapplied (reports differ)
    paid_invoice_keeps_customer: bool = True  # changing the customer of a paid invoice is refused
    closed_period_payment_ignored: bool = False  # True: a sparse update there answers 200, changing nothing
    auto_number_after_text: bool = True  # "INV-9" is followed by "INV-10"; False: only plain numbers count
    sales_tax_rates: dict[str, Decimal] = msgspec.field(default_factory=lambda: dict(STATE_RATES))


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one company's connection may do; None switches a limit off. Minutes are virtual."""

    requests_per_minute: int | None = 500
    in_flight: int | None = 10
    batches_per_minute: int | None = 40


NO_LIMITS = Limits(requests_per_minute=None, in_flight=None, batches_per_minute=None)
