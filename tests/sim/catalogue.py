"""Decides nothing: every fault and every invariant we know of, and what shows that we hold. Checked by a test.

A fault is brought about by storms, which count it under its number when it came about, or shown by a named test, or
it is open, with a reason. An invariant is held by checkers of ``laws`` and ``books``, by a named test, or both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

STORMS = "storms"


@dataclass(frozen=True, slots=True)
class Shown:
    """``by``: ``storms``, or ``file.py::test`` below ``tests/``; none while it is open, and then ``open`` says why."""

    what: str
    by: tuple[str, ...] = (STORMS,)
    open: str = ""


_ENGINE = "sync/test_what_it_withstands.py::"
_SWITCHES = "sync/test_switches.py::"
_OAUTH = "quickbooks/test_oauth.py::"
_ONE_REFRESH = (
    "sync/test_sharing.py::test_of_sixteen_that_need_a_refresh_at_once_one_refreshes_and_all_use_it"
)
_KILLED = "real/test_killed.py::test_workers_killed_and_frozen_at_random_instants_of_their_work_lose_and_double_nothing"

_READS = "of questions: writes go one by one, by decision 0012"

FAULTS: Mapping[str, Shown] = {
    "F1": Shown("request lost before it is applied"),
    "F2": Shown("answer lost after it is applied"),
    "F3": Shown("500 or 503 after it is applied"),
    "F4": Shown("an HTML page, an empty or a cut body"),
    "F5": Shown("an answer past our deadline"),
    "F6": Shown("connection reset inside the answer"),
    "F7": Shown("request ids are forgotten"),
    "F8": Shown("a repeated id replays the old answer after a later edit"),
    "F9": Shown(
        "one request id, two bodies, by a bug of ours", ("sim/laws.py::one_body_for_each_request_id",)
    ),
    "F10": Shown("listings lag behind", (STORMS, "sync/test_there_twice.py::")),
    "F11": Shown("throttled, with and without Retry-After"),
    "F12": Shown(
        "more at once than allowed",
        ("quickbooks/test_pace.py::test_only_so_many_calls_are_in_flight",),
    ),
    "F13": Shown("an outage of six hours"),
    "F14": Shown(f"some items of a batch fail ({_READS})"),
    "F15": Shown(f"the answer of a batch is lost ({_READS})"),
    "F16": Shown(f"a batch answer reordered or short of an item ({_READS})"),
    "F17": Shown("the access token ends in mid-run"),
    "F18": Shown("many workers need a refresh at once", (_ONE_REFRESH,)),
    "F19": Shown("killed between a refresh and its storing"),
    "F20": Shown(
        "the token service fails for a while", (STORMS, _OAUTH + "test_no_answer_to_a_refresh_keeps_the_pair")
    ),
    "F21": Shown("a sibling has refreshed: its pair is used, the spent one is not sent", (_ONE_REFRESH,)),
    "F22": Shown(
        "the grant is revoked",
        (STORMS, _ENGINE + "test_a_revoked_grant_asks_for_a_reconnect_and_loses_nothing"),
    ),
    "F23": Shown("the person who connected is no administrator any more"),
    "F24": Shown("the company's subscription has ended"),
    "F25": Shown("the callback comes twice", (_ENGINE + "test_a_state_is_good_once",)),
    "F26": Shown("a sign-in to another company"),
    "F27": Shown(
        "a hundred days without a refresh",
        (STORMS, "sync/test_kept_alive.py::test_a_firm_that_is_paused_for_half_a_year_is_still_signed_in"),
    ),
    "F28": Shown("webhooks are lost"),
    "F29": Shown(
        "webhooks come several times",
        (STORMS, _ENGINE + "test_a_webhook_that_comes_fifty_times_is_read_once"),
    ),
    "F30": Shown("webhooks come late and in another order"),
    "F31": Shown(
        "our endpoint is slow or fails, and what comes after is held up",
        (
            STORMS,
            "web/test_health.py::test_notices_that_our_own_failure_holds_up_are_told_and_nothing_is_lost_by_it",
        ),
    ),
    "F32": Shown("a forged delivery"),
    "F33": Shown("an old delivery comes again"),
    "F34": Shown("one delivery for several companies"),
    "F35": Shown(
        "the older envelope", (STORMS, "quickbooks/test_webhooks.py::test_the_older_envelope_is_read")
    ),
    "F36": Shown("the change feed is cut at its cap"),
    "F37": Shown("a gap beyond thirty days"),
    "F38": Shown("a deletion of a record never seen"),
    "F39": Shown("edits in the same second"),
    "F40": Shown("our clock is hours off"),
    "F41": Shown("a stale token"),
    "F42": Shown("both sides edit the same field"),
    "F43": Shown("a name that a vendor has"),
    "F44": Shown("a name that an inactive record has"),
    "F45": Shown("odd names"),
    "F46": Shown("two linked customers are merged"),
    "F47": Shown("a customer with an open balance is made inactive"),
    "F48": Shown("an item is edited, made inactive, of another type"),
    "F49": Shown("the income account of an item is made inactive"),
    "F50": Shown("an invoice is deleted there"),
    "F51": Shown("an invoice is voided, edited or paid there"),
    "F52": Shown("the closing date moves past what waits"),
    "F53": Shown("numbers taken there; who numbers flips in mid-life"),
    "F54": Shown("a deposited payment is edited"),
    "F55": Shown("QuickBooks begins to apply credits by itself"),
    "F56": Shown("a total moves by a cent"),
    "F57": Shown("classes and locations are turned off"),
    "F58": Shown("a plan without classes and locations"),
    "F59": Shown("a payment over an invoice that is there and one that is not"),
    "F60": Shown("overpaid, refunded, bounced"),
    "F61": Shown("killed at every named point and on both sides of every commit and call"),
    "F62": Shown("killed at a random instant, real processes", (_KILLED,)),
    "F63": Shown("frozen past the lease, then woken"),
    "F64": Shown(
        "the database takes a transaction back, goes away, restarts under load",
        (
            STORMS,
            "sync/test_database_breaks.py::",
            "sync/test_worker.py::test_a_worker_outlives_a_real_postgresql_that_is_stopped_and_started_under_it",
        ),
    ),
    "F65": Shown("two workers of one company"),
    "F66": Shown(
        "the database is restored from an older backup",
        (
            "sync/test_restored.py::test_what_was_sent_in_the_hour_that_is_lost_is_asked_about_and_not_sent_again",
        ),
    ),
    "F67": Shown(
        "old and new workers together",
        (
            "sync/test_restored.py::test_what_an_older_version_has_journalled_is_sent_as_it_wrote_it",
            "sync/test_restored.py::test_a_worker_ends_when_the_tables_have_moved_past_it",
        ),
    ),
    "F68": Shown("edited while its write is on the way"),
    "F69": Shown(
        "two review at once",
        (
            "web/test_review_decide.py::test_two_reviewers_see_each_others_decisions_and_undo_reaches_only_ones_own",
        ),
    ),
    "F70": Shown(
        "very many records, paged, while rows come and go",
        (
            "quickbooks/test_client.py::test_an_id_is_given_once_even_if_rows_move_or_one_too_many_is_answered",
            "sync/test_nets.py::test_a_row_that_slips_between_two_pages_is_found_and_never_taken_for_gone",
        ),
    ),
    "F71": Shown("an answer our parser does not expect"),
    "F72": Shown(
        "the firm is downgraded",
        (
            "web/test_integrations.py::test_a_plan_without_integrations_greys_the_button_and_closes_every_page",
            "sync/test_plan.py::test_the_queue_of_a_firm_whose_plan_has_ended_waits_and_goes_on_when_it_is_back",
        ),
    ),
}
"""By number. Its outcome is what ``laws`` demands of every storm: one record, nothing lost, everything listed."""

_LAWS = "sim/laws.py::"
_BOOKS = "sim/books.py::"
_UNDOING = "sim/laws_of_undoing.py::"
INVARIANTS: Mapping[str, Shown] = {
    "I1": Shown(
        "exactly once, or listed",
        (_BOOKS + "_document", _BOOKS + "_no_ghosts", _LAWS + "both_sides_equal_or_listed"),
    ),
    "I2": Shown("links are one to one", (_LAWS + "links_are_one_to_one",)),
    "I3": Shown("no ghosts", (_BOOKS + "_no_ghosts",)),
    "I4": Shown(
        "one accepted create for each record",
        (_UNDOING + "every_document_is_made_once", _BOOKS + "marked_once"),
    ),
    "I5": Shown(
        "never sent again before it was looked for",
        (
            _LAWS + "nothing_is_sent_again_too_soon",
            _BOOKS + "_no_ghosts",
            "sync/test_found_by_simulation.py::test_a_document_that_is_there_twice_with_our_mark_is_not_sent_a_third_time",
        ),
    ),
    "I6": Shown(
        "dependencies first",
        (
            _LAWS + "nothing_sent_names_nothing",
            "sync/test_documents.py::test_an_invoice_waits_for_its_client_and_names_it_and_then_goes_by_itself",
        ),
    ),
    "I7": Shown("equal to the cent, or listed", (_BOOKS + "_document",)),
    "I8": Shown(
        "no float",
        (
            _LAWS + "nothing_sent_is_miscounted",
            "practice/test_billing_totals.py::",
            "quickbooks/test_documents.py::test_amounts_are_checked_as_quickbooks_rounds_them",
        ),
    ),
    "I9": Shown(
        "applied and unapplied add up",
        (_BOOKS + "_emulator_adds_up", _BOOKS + "_balances", "practice/test_billing_conservation.py::"),
    ),
    "I10": Shown(
        "what clients owe is the same, or explained", (_BOOKS + "_balances", "sync/test_tie_out.py::")
    ),
    "I11": Shown(
        "money lands where it was chosen", (_BOOKS + "_balances", "quickbooks/test_document_writing.py::")
    ),
    "I12": Shown(
        "nothing in a closed period",
        (
            _LAWS + "nothing_is_sent_into_closed_books",
            "contract/test_documents.py::test_closed_books_are_said_before_anything_is_sent",
        ),
    ),
    "I13": Shown(
        "every edit is there, or kept",
        (_LAWS + "nothing_typed_is_lost", _UNDOING + "nothing_paid_there_is_voided_unasked"),
    ),
    "I14": Shown("field by field, three ways", (_LAWS + "nothing_typed_is_lost",)),
    "I15": Shown(
        "gone there deletes nothing here",
        (
            _LAWS + "gone_is_said_of_what_is_gone",
            _LAWS + "both_sides_equal_or_listed",
            _UNDOING + "what_was_removed_there_is_listed",
        ),
    ),
    "I16": Shown(
        "one way stays one way", (_LAWS + "one_way_stays_one_way", _LAWS + "a_persons_edit_there_stays")
    ),
    "I17": Shown(
        "undecided is not written",
        (_LAWS + "what_is_undecided_is_not_linked", "sync/test_review_decisions.py::"),
    ),
    "I18": Shown(
        "switches bind",
        (_LAWS + "switches_bind", _SWITCHES + "test_each_switch_alone_decides_its_own_kind_of_write"),
    ),
    "I19": Shown(
        "what was previewed is what is done",
        (
            "sync/test_review_drift.py::",
            "web/test_wizard.py::test_a_plan_that_moved_on_since_it_was_looked_at_is_shown_again",
        ),
    ),
    "I20": Shown("it comes to rest", (_LAWS + "all_is_quiet", "reconcile/test_plan_in_bulk.py::")),
    "I21": Shown("at rest, another look writes nothing", (_LAWS + "another_look_writes_nothing",)),
    "I22": Shown(
        "whatever the order of arrival",
        ("sim/test_same_end.py::test_webhooks_in_any_order_or_none_end_in_the_same_state",),
    ),
    "I23": Shown("no echo", (_LAWS + "another_look_writes_nothing",)),
    "I24": Shown(
        "a poison record stops no other",
        (
            _LAWS + "all_is_quiet",
            _ENGINE + "test_a_name_that_a_vendor_has_is_listed_with_a_next_step_and_others_flow",
        ),
    ),
    "I25": Shown(
        "how stale at most",
        (
            "sync/test_nets.py::test_a_webhook_lost_among_others_is_found_within_a_quarter_of_an_hour",
            _ENGINE + "test_lost_webhooks_are_made_good_by_the_change_feed",
        ),
    ),
    "I26": Shown("cursors only behind what is stored", (_LAWS + "cursors_follow_quickbooks_clock",)),
    "I27": Shown(
        "a long gap is compared whole", (_ENGINE + "test_a_gap_of_forty_days_is_closed_by_a_full_comparison",)
    ),
    "I28": Shown(
        "fair between firms, within the limits", ("quickbooks/test_pace.py::", "sync/test_sharing.py::")
    ),
    "I29": Shown(
        "one refresh at a time, stored before use", (_LAWS + "nobody_is_signed_out_without_a_reason",)
    ),
    "I30": Shown(
        "dead only when it is",
        (
            _LAWS + "nobody_is_signed_out_without_a_reason",
            _OAUTH + "test_no_answer_to_a_refresh_keeps_the_pair",
        ),
    ),
    "I31": Shown(
        "never another company",
        (_LAWS + "nobody_elses_rows", _ENGINE + "test_another_company_is_refused_and_the_link_stays"),
    ),
    "I32": Shown(
        "no call after a disconnect",
        (
            "sim/weather.py::_disconnected",
            _SWITCHES + "test_from_the_moment_the_master_switch_is_off_no_call_leaves",
        ),
    ),
    "I33": Shown(
        "no row of another firm",
        (_LAWS + "nobody_elses_rows", _LAWS + "two_firms_never_mix", "practice/test_firm_isolation.py::"),
    ),
    "I34": Shown("no false green", (_LAWS + "both_sides_equal_or_listed", _BOOKS + "_document")),
    "I35": Shown("not in step is listed", (_LAWS + "both_sides_equal_or_listed", _BOOKS + "_document")),
    "I36": Shown(
        "every write in the chain", (_LAWS + "every_write_is_in_the_chain", "sync/test_write_log.py::")
    ),
    "I37": Shown(
        "the same seed, the same trace; no clock decides",
        (
            "sim/test_same_end.py::test_a_seed_replays_byte_for_byte",
            "sync/test_found_by_simulation.py::test_a_clock_set_back_by_a_day_delays_no_look_at_quickbooks",
        ),
    ),
}
"""``file.py::`` alone: the whole file."""


def page() -> str:
    """docs/faults.md: the two tables above, for people."""
    parts = [_HEAD]
    for title, table in (("Faults", FAULTS), ("Invariants", INVARIANTS)):
        rows = (f"| {name} | {one.what} | {_where(one)} |" for name, one in table.items())
        parts.append("\n".join([f"## {title}", "", "| | what | shown by |", "|---|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def _where(shown: Shown) -> str:
    if shown.open:
        return f"**open**: {shown.open}"
    return ", ".join("the storms" if one == STORMS else f"`{one.removesuffix('::')}`" for one in shown.by)


_HEAD = """# What can go wrong, and where it is shown

Made from `tests/sim/catalogue.py` by `python -m tests.sim.catalogue`; a test keeps the two in step, and checks that what is
named here exists. *The storms* are the seeded runs of `./run sim`: they bring the fault about, and count it when it has come
about (F8, F29, F30, F34, F36 and F38 from the emulator's log and what passed between the two). What is right is demanded of
every storm by the checkers in `tests/sim/laws.py`, `laws_of_undoing.py` and `books.py`; other places are named tests below
`tests/`."""


if __name__ == "__main__":
    from pathlib import Path

    (Path(__file__).resolve().parents[2] / "docs" / "faults.md").write_text(page())
