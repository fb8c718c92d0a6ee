"""Decides: what an answer says of the write that it came for, if anything. Used by ``sending``. Pure."""

from __future__ import annotations

from tieout.reconcile.ports import (
    Answer,
    LedgerError,
    Misconfigured,
    Reconnect,
    RetryLater,
    UnknownOutcome,
)

NOT_THE_RECORDS = (RetryLater, Reconnect, Misconfigured)
"""What is no record's fault: it ends the run, and no record is blamed for it."""
AT_THE_DOOR = frozenset({"subscription", "no_permission", "feature_off"})
"""Topics of refusals that are about the company or the user, whatever is sent."""


def of_both_sendings(found: Answer | LedgerError) -> Answer | LedgerError:
    """What the answer to a repeated sending says of the first. Turned away before it was looked at, it says nothing.

    Taken for a refusal it would be planned anew under a new request id, and the first may yet come to light.
    """
    if isinstance(found, LedgerError) and (
        isinstance(found, NOT_THE_RECORDS) or says_nothing_of_the_record(found)
    ):
        return UnknownOutcome(found.sentence, code=found.code, reference=found.reference)
    return found


def says_nothing_of_the_record(found: Answer | LedgerError) -> bool:
    return isinstance(found, UnknownOutcome) or (
        isinstance(found, LedgerError) and found.topic in AT_THE_DOOR
    )
