"""Acts: plants bugs in how writes are sent and changes are noticed. See ``planted``."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.sim.bugs import Patch, bug
from tieout.quickbooks import ledger, looking
from tieout.reconcile import plan
from tieout.reconcile.ports import Found, WindowTooOld
from tieout.reconcile.state import Absent, Present
from tieout.sync import (
    discover,
    doubt,
    merged_there,
    merged_unseen,
    observations,
    outcomes,
    sending,
)
from tieout.sync.models import Attempt

# -- writes that got no answer --------------------------------------------------------------------------------


@bug("An unanswered write is sent again without looking for it.", "nothing is sent again too soon")
def _resend_without_reading(patch: Patch) -> None:
    patch.setattr(ledger.QuickBooksLedger, "look_for", lambda self, write, **how: Found(None))


@bug(
    "An unanswered document is only looked for at the customer and the day it was sent with.",
    "equal to the cent or listed",
    "every document is made once",
    "exactly once",
)
def _looked_for_where_it_was_put(patch: Patch) -> None:
    patch.setattr(looking, "_wherever_it_is", lambda *where: Found(None))


@bug("An unanswered write is looked for at once, while listings still lag.", "nothing is sent again too soon")
def _no_settle(patch: Patch) -> None:
    def at_once(attempt: Attempt, now: datetime, engine: Any) -> datetime:
        return now

    patch.setattr(outcomes, "next_look", at_once)
    patch.setattr(doubt, "next_look", at_once)


@bug(
    "A write is repeated under a new request id.",
    "every document is made once",
    "exactly once",
    "no ghost",
    "every write is in the log",
)
def _new_request_id_on_retry(patch: Patch) -> None:
    as_written = doubt._as_written

    def renamed(attempt: Attempt) -> Any:
        write, other = as_written(attempt), f"{attempt.request_id}r"
        return replace(write, request_id=other, path=write.path.replace(attempt.request_id, other))

    patch.setattr(doubt, "_as_written", renamed)


@bug("A write is repeated under its request id with another body.", "one body for each request id")
def _other_body_under_the_same_id(patch: Patch) -> None:
    as_written = doubt._as_written

    def rewritten(attempt: Attempt) -> Any:
        write = as_written(attempt)
        return replace(write, body=write.body + b" ")

    patch.setattr(doubt, "_as_written", rewritten)


@bug(
    "A link is saved in a transaction of its own, after the attempt is done.",
    "every document is made once",
    "exactly once",
)
def _link_in_another_transaction(patch: Patch) -> None:
    links, together = outcomes._links, sending.Sender._record_together
    later: list[Any] = []

    def split(self: sending.Sender, found: Any, when_recorded: Any) -> None:
        later.clear()  # what a process that died had in mind is gone
        together(self, found, when_recorded)
        while later:
            arguments = later.pop()
            with self.lease.commit():
                links(*arguments)

    patch.setattr(outcomes, "_links", lambda *arguments: later.append(arguments))
    patch.setattr(sending.Sender, "_record_together", split)


@bug(
    "What a person changed in a document before we found it again is taken for agreed.",
    "equal to the cent or listed",
)
def _found_again_is_agreed_whole(patch: Patch) -> None:
    patch.setattr(looking, "FIRST_TOKEN", None)
    answer = doubt.Answer
    patch.setattr(doubt, "Answer", lambda row, **rest: answer(row))


# -- what changed ---------------------------------------------------------------------------------------------


@bug(
    "The cursor moves in a transaction before the one that stores what it guards.",
    "equal or listed",
    "linked or listed",
    "known or listed",
    "lists came whole",
)
def _cursor_before_its_changes(patch: Patch) -> None:
    take_changes, move = discover.take_changes, discover._move_cursors

    def moved_first(held: Any, specs: Any, answer: Any) -> None:
        if answer.complete:
            with held.commit() as connection:
                move(connection, specs, answer.until - held.engine.overlap)
        take_changes(held, specs, answer)

    patch.setattr(discover, "take_changes", moved_first)


@bug("The cursor follows our own clock.", "cursors stay behind QuickBooks' clock")
def _cursor_by_our_clock(patch: Patch) -> None:
    take_changes = discover.take_changes

    def by_ours(held: Any, specs: Any, answer: Any) -> None:
        take_changes(held, specs, replace(answer, until=held.engine.now()))

    patch.setattr(discover, "take_changes", by_ours)


def _complete(patch: Patch) -> None:
    changes = ledger.QuickBooksLedger.changes
    patch.setattr(
        ledger.QuickBooksLedger,
        "changes",
        lambda self, entities, since: replace(changes(self, entities, since), complete=True),
    )


@bug(
    "An answer of the change feed at its cap is taken for complete.",
    "equal or listed",
    "known or listed",
    "linked or listed",
    "lists came whole",
)
def _cut_page_is_whole(patch: Patch) -> None:
    _complete(patch)


@bug(
    "A gap the change feed cannot bridge is passed over: it is asked as far as it reaches, and nothing is compared whole.",
    shown_by="tests/sync/test_what_it_withstands.py::test_a_change_older_than_the_feed_reaches_is_found_by_a_full_comparison_before_one_is_due",
)
def _gap_ignored(patch: Patch) -> None:
    changes = ledger.QuickBooksLedger.changes

    def as_far_as_it_goes(self: Any, entities: Any, since: datetime) -> Any:
        try:
            return changes(self, entities, since)
        except WindowTooOld:
            return as_far_as_it_goes(self, entities, since + timedelta(days=1))

    patch.setattr(ledger.QuickBooksLedger, "changes", as_far_as_it_goes)


@bug("An absorbed or deleted record is not noticed.", "linked or listed")
def _merge_ignored(patch: Patch) -> None:
    changes = ledger.QuickBooksLedger.changes

    def blind(self: Any, entities: Any, since: Any) -> Any:
        found = changes(self, entities, since)
        keys = tuple(key for key in found.keys if key not in found.absent)
        return replace(found, absent={}, keys=keys)

    patch.setattr(ledger.QuickBooksLedger, "changes", blind)
    patch.setattr(ledger.QuickBooksLedger, "_read_alone", lambda self, kind, one: plan.Unknown("not now"))


@bug(
    "That two records were merged there is not noticed: the one that went is only inactive, or gone.",
    shown_by="tests/sync/test_merged_customers.py::test_a_merge_there_is_one_question_nothing_is_written_and_documents_wait",
)
def _merge_event_ignored(patch: Patch) -> None:
    patch.setattr(merged_there, "survivors", lambda connection, spec, ids: {})
    patch.setattr(merged_unseen, "conclude", lambda *what: None)
    patch.setattr(merged_unseen, "conclude_from_documents", lambda *what: None)


@bug("An inactive record is taken for a deleted one.", "gone is said of what is gone")
def _inactive_is_deleted(patch: Patch) -> None:
    as_seen = observations.as_seen

    def gone(row: Any) -> Any:
        seen = as_seen(row)
        if isinstance(seen, Present) and seen.units.get("active") is False:
            return Absent("it is inactive")
        return seen

    patch.setattr(observations, "as_seen", gone)
