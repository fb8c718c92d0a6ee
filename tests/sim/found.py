"""Decides nothing: every seed that has failed, and what it was. Each share of ``./run test`` runs its part of them again.

A seed replays its own story only on the code it was found with: storms have learnt new acts since, and one more draw of chance
makes another story of the rest. So that these pass shows that they pass now, whatever they come to, and not that their old
failure is gone. What was the engine's has a test by name for that, which stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SHARES = 4


@dataclass(frozen=True, slots=True)
class Found:
    """``whose`` fault it was: the engine's, or of those that try it. ``test``: what shows its mend, below ``tests/``."""

    whose: str
    what: str
    test: str = ""


ENGINE, LAW, MEMORY, STORM, WEATHER = (
    "the engine's",
    "a law's",
    "the memory's",
    "the storm's",
    "the weather's",
)
_NAMED = "sync/test_found_by_simulation.py::"
_REMEMBERED = "sim/test_memory.py::"
_WOKEN = _NAMED + "test_a_run_that_was_overtaken_does_not_ask_for_the_preferences_it_lacks"
_LAGGED = _NAMED + "test_a_listing_that_lags_behind_our_own_write_takes_nothing_back"
_IN_THE_LOG = "sync/test_write_log.py::test_what_a_run_that_died_may_have_sent_is_in_the_log_before_it_is_known_what_became_of_it"

FOUND: Mapping[int, Found] = {
    32: Found(
        ENGINE,
        "a creation in doubt was repeated while the set-up was taken back, although creating had been switched off",
        "sync/test_rollback.py::test_a_creation_in_doubt_is_not_sent_again_while_the_set_up_is_taken_back",
    ),
    54: Found(LAW, "it did not know of QuickBooks' own adjustment"),
    77: Found(
        ENGINE,
        "a credit that a person moved, redated and unmarked while it was in doubt was made a second time",
        "sync/test_moved_while_in_doubt.py::test_what_a_person_moved_while_it_was_in_doubt_is_found_and_not_sent_again",
    ),
    91: Found(
        ENGINE,
        "an answer about another customer was believed",
        _NAMED + "test_an_answer_about_somebody_else_links_nobody_to_them",
    ),
    209: Found(
        ENGINE,
        "a lane lost while a run was ending was raised",
        _NAMED + "test_a_lane_lost_while_a_run_is_ending_ends_the_run",
    ),
    213: Found(
        MEMORY,
        "a name typed again where it stands is no change",
        _REMEMBERED + "test_a_name_typed_again_where_it_stood_is_no_change_and_loses_to_the_other_side",
    ),
    214: Found(LAW, "a total is only compared, and keeping ours lets the difference stand"),
    240: Found(LAW, "which of the mends of 54 to 214 cured it was not looked into"),
    277: Found(
        ENGINE,
        "a worker that woke up repeated the call that its refresh was for",
        _NAMED + "test_a_call_is_not_repeated_after_a_refresh_by_a_run_that_was_overtaken_meanwhile",
    ),
    320: Found(
        ENGINE,
        "a memo that was sent took a differing total off the list",
        _NAMED + "test_a_total_that_differs_stays_listed_when_only_the_memo_is_sent",
    ),
    926: Found(
        WEATHER,
        "it said that the subscription had ended after applying the write; what that hid was the engine's",
        _NAMED + "test_a_repeated_sending_that_is_turned_away_at_the_door_says_nothing_of_the_first",
    ),
    1654: Found(
        ENGINE,
        "a refusal cut off on its way was called a fault in Tieout",
        "quickbooks/test_client.py::test_a_refusal_that_breaks_off_is_one_when_its_status_tells_enough",
    ),
    1955: Found(WEATHER, "as 926"),
    4351: Found(ENGINE, "a listing that lagged behind our own write was believed", _LAGGED),
    4417: Found(ENGINE, "as 4351", _LAGGED),
    4461: Found(LAW, "two calls in a row answered as expired are a reason to sign in again"),
    6815: Found(MEMORY, "what was linked by hand was merged away in QuickBooks already"),
    7434: Found(MEMORY, "a document was linked by hand"),
    10873: Found(LAW, "the number QuickBooks puts behind a second (deleted)"),
    11990: Found(LAW, "an event came while its company was disconnected"),
    11998: Found(STORM, "its calm signed only the first firm in again"),
    13192: Found(
        MEMORY,
        "a name typed back where it had stood was called lost",
        _REMEMBERED + "test_whoever_types_what_stood_there_before_takes_back_what_he_typed",
    ),
    13203: Found(ENGINE, "a worker that woke up read preferences while it made a write ready", _WOKEN),
    13930: Found(
        MEMORY,
        "a name typed as the other side shows it was called lost",
        _REMEMBERED + "test_whoever_types_what_the_other_side_shows_has_made_them_agree",
    ),
    14871: Found(MEMORY, "as 13192 or 13930"),
    15648: Found(STORM, "QuickBooks refused the second firm a name that was taken"),
    27212: Found(STORM, "its calm turned switches on while nobody was signed in"),
    27228: Found(
        ENGINE,
        "a change without an answer was repeated over a person's who had changed it back",
        _NAMED
        + "test_a_change_in_doubt_that_a_person_changed_back_is_asked_about_and_not_repeated_over_them",
    ),
    28788: Found(
        ENGINE,
        "what else the answer to an update showed was taken for an echo",
        _NAMED
        + "test_an_invoice_that_a_merge_moved_is_listed_although_only_the_answer_to_our_own_change_shows_it",
    ),
    32293: Found(ENGINE, "as 61171", _IN_THE_LOG),
    32816: Found(
        MEMORY,
        "what was typed here had stood there since both last agreed",
        _REMEMBERED
        + "test_what_is_typed_as_it_stood_on_the_other_side_gives_way_to_what_was_typed_there_since",
    ),
    34453: Found(
        ENGINE,
        "a worker that was overtaken refreshed the tokens for a write that waited for its turn",
        _NAMED + "test_a_worker_that_was_overtaken_with_a_write_ready_refreshes_no_tokens_for_it",
    ),
    37347: Found(LAW, "names that a person linked are one as each side has them"),
    44129: Found(STORM, "a sign-in to another company met the 401 that was armed"),
    45996: Found(STORM, "as 44129"),
    48048: Found(STORM, "it turned a switch while nobody was connected"),
    50539: Found(ENGINE, "as 13203", _WOKEN),
    50951: Found(STORM, "a browser broke off while somebody signed in"),
    51175: Found(
        ENGINE,
        "keys refused during a repetition were taken for a refusal of the first sending",
        _NAMED + "test_keys_that_are_refused_during_a_repetition_say_nothing_of_the_first_sending",
    ),
    61171: Found(
        ENGINE, "a write whose run broke off before it was recorded got no entry in the log", _IN_THE_LOG
    ),
    800432: Found(STORM, "an invoice deleted there was not noted as taken off the payment that settled it"),
    800558: Found(STORM, "the same"),
    800597: Found(
        ENGINE,
        "an invoice that was rewritten and unmarked while it was in doubt was made a second time",
        "sync/test_moved_while_in_doubt.py::test_what_a_person_moved_while_it_was_in_doubt_is_found_and_not_sent_again",
    ),
    800699: Found(STORM, "it took a run of the set-up back that had died before its end"),
    810079: Found(LAW, "it asked for a word about a document that was gone before anybody could know of it"),
    901007: Found(LAW, "a sign-in to another company was taken for the one that was asked for"),
    902545: Found(
        ENGINE,
        "a second review moved the change feed past what its listing could not show",
        "sync/test_merged_customers.py::test_what_went_there_before_a_second_review_is_not_overlooked_by_it",
    ),
    910066: Found(
        ENGINE,
        "new terms were sent without the due date that goes with them",
        _NAMED + "test_a_due_date_typed_there_stays_while_new_terms_are_sent",
    ),
}


def part(number: int) -> list[int]:
    """The seeds of one share, so that each costs about the same."""
    return sorted(FOUND)[number::SHARES]
