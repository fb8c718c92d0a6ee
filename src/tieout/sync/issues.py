"""Decides the words and the place of every reason for which a record is not in step.

One table, from cause to listing, title and next step. A cause that is not in it is a bug and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tieout.reconcile.plan import Why
from tieout.reconcile.ports import (
    AskHuman,
    Bug,
    ChooseMatch,
    FixData,
    LedgerError,
    Reconnect,
    RepairReference,
    Replan,
    RetryLater,
    UnknownOutcome,
)


class Listing(StrEnum):
    NEEDS_YOU = "needs_you"
    CLEARING = "clearing"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Cause:
    """One kind of reason."""

    slug: str
    listing: Listing
    title: str
    next_step: str


def _cause(slug: str, listing: Listing, title: str, next_step: str) -> tuple[str, Cause]:
    return slug, Cause(slug, listing, title, next_step)


NO_ROOM = "no_room"

CAUSES: dict[str, Cause] = dict(
    [
        _cause(
            "unmatched",
            Listing.NEEDS_YOU,
            "Waits for your decision",
            "Link it to its record in QuickBooks, create it there, or leave it out.",
        ),
        _cause(
            "lookalike",
            Listing.NEEDS_YOU,
            "May be the same as an unlinked record",
            "Link the two, or say that they are different.",
        ),
        _cause(
            "conflict",
            Listing.NEEDS_YOU,
            "Changed on both sides",
            "Choose which value to keep. Both are safe until then.",
        ),
        _cause(
            "drift",
            Listing.NEEDS_YOU,
            "Changed in QuickBooks",
            "Restore ours, accept theirs, or detach the two. Neither is overwritten until then.",
        ),
        _cause(
            "does_not_fit",
            Listing.NEEDS_YOU,
            "QuickBooks cannot hold this value",
            "Shorten or correct it here; it is sent by itself afterwards.",
        ),
        _cause(
            "does_not_fit_here",
            Listing.NEEDS_YOU,
            "This value from QuickBooks cannot be kept here",
            "Correct it in QuickBooks; it arrives by itself afterwards.",
        ),
        _cause(
            "switched_off",
            Listing.LEFT_OUT,
            "Differs, and sending is switched off",
            "Turn the switch on in the advanced settings, or leave the difference.",
        ),
        _cause("not_eligible", Listing.LEFT_OUT, "Takes no part", "Nothing to do."),
        _cause("excluded", Listing.LEFT_OUT, "Left out by a person", "Restore it to include it again."),
        _cause(
            "inactive_there",
            Listing.NEEDS_YOU,
            "Inactive in QuickBooks, so it cannot be changed there",
            "Make it active in QuickBooks, or archive it here.",
        ),
        _cause(
            "gone_there",
            Listing.NEEDS_YOU,
            "Removed in QuickBooks",
            "Send it there again, archive it here, or take the two apart and leave it out. It is never sent again by itself.",
        ),
        _cause(
            "merged_there",
            Listing.NEEDS_YOU,
            "Merged into another one in QuickBooks",
            "Merge the two here too (a service item: archive it here), or link this one to another record in QuickBooks. "
            "Nothing of it is written until then.",
        ),
        _cause(
            "twice_there",
            Listing.NEEDS_YOU,
            "In QuickBooks more than once",
            "Open both in QuickBooks. Void the other one if it is one too many, or keep both.",
        ),
        _cause(
            "undone_by_void",
            Listing.NEEDS_YOU,
            "Voiding it would undo what was done in QuickBooks",
            "Open it in QuickBooks and look. Take off what is not to be lost and check again, void it there all the same, or keep it there and take the two apart.",
        ),
        _cause(
            "gone_here",
            Listing.NEEDS_YOU,
            "Gone here, still in QuickBooks",
            "Unlink it: the record in QuickBooks stays as it is.",
        ),
        _cause("unknown", Listing.CLEARING, "Not read yet", "Nothing to do; it is read again by itself."),
        _cause(
            "in_flight",
            Listing.CLEARING,
            "Checking with QuickBooks whether it arrived",
            "Nothing to do; the answer usually comes within a few minutes.",
        ),
        _cause(
            "dry_run",
            Listing.CLEARING,
            "Planned only: the dry run sends nothing",
            "Nothing to do; it is sent when the dry run is ended, after you have seen what would be sent.",
        ),
        _cause("waits_for", Listing.CLEARING, "Waits for another record", "It goes by itself afterwards."),
        _cause(
            "held_up",
            Listing.NEEDS_YOU,
            "Waits for a record that does not go by itself",
            "See to the one it waits for, or leave this one out as well. Once that one is in QuickBooks, this one goes by itself.",
        ),
        _cause(
            "retry_later",
            Listing.CLEARING,
            "QuickBooks asked us to wait",
            "Nothing to do; it is tried again by itself.",
        ),
        _cause(
            "name_taken",
            Listing.NEEDS_YOU,
            "QuickBooks already uses this name",
            "Link the record that has the name, or change the name here.",
        ),
        _cause(
            "number_taken",
            Listing.NEEDS_YOU,
            "QuickBooks already has a document with this number",
            "Use the next number that is free, or type another one here. If it is the same one, link the two.",
        ),
        _cause(
            "reference",
            Listing.NEEDS_YOU,
            "Refers to something missing or inactive in QuickBooks",
            "Make it active there, or choose another one here or among the accounts and items of the connection, then press "
            "Check again: all that wait for it go.",
        ),
        _cause(
            "setting_missing",
            Listing.NEEDS_YOU,
            "Waits for an account, item or tax code to be chosen",
            "Choose it in the settings of the connection. Everything that waits for it then goes by itself.",
        ),
        _cause(
            "closed_period",
            Listing.NEEDS_YOU,
            "The books are closed for this date in QuickBooks",
            "Change the date here, or have the books reopened in QuickBooks and press Check again, or leave it out.",
        ),
        _cause(
            "locked_there",
            Listing.NEEDS_YOU,
            "Locked in QuickBooks: settled, or part of a deposit",
            "Undo that in QuickBooks and press Check again, or keep it as it is there.",
        ),
        _cause(
            "open_balance",
            Listing.NEEDS_YOU,
            "QuickBooks keeps it active while something is open",
            "Clear the balance in QuickBooks, then press Check again.",
        ),
        _cause(
            NO_ROOM,
            Listing.NEEDS_YOU,
            "Less is open in QuickBooks than this pays",
            "Look there at what it pays. It goes by itself once there is room, whichever side makes it; Check again looks now.",
        ),
        _cause(
            "auto_apply",
            Listing.NEEDS_YOU,
            "Paused: QuickBooks applies credits by itself",
            'Turn off "Automatically apply credits" in QuickBooks (Account and settings, Advanced, Automation). It is '
            "looked at every half hour and goes by itself then; Check again looks now.",
        ),
        _cause(
            "subscription",
            Listing.NEEDS_YOU,
            "The QuickBooks subscription is inactive",
            "Everything waits safely. Renew it in QuickBooks (Gear > Subscriptions and billing), then press Check again.",
        ),
        _cause(
            "no_permission",
            Listing.NEEDS_YOU,
            "The person who connected QuickBooks may not do this",
            "Reconnect as an administrator of the QuickBooks company. Nothing is lost meanwhile.",
        ),
        _cause(
            "feature_off",
            Listing.NEEDS_YOU,
            "Switched off in this QuickBooks company",
            "Turn the feature on in QuickBooks (Gear > Account and settings), then press Check again, or leave it out.",
        ),
        _cause(
            "amount_differs",
            Listing.NEEDS_YOU,
            "QuickBooks comes to another amount",
            "Accept theirs, or keep ours. Neither document is changed by that; the difference is remembered.",
        ),
        _cause(
            "other_currency",
            Listing.NEEDS_YOU,
            "In another currency in QuickBooks",
            "QuickBooks keeps one currency for each customer. Link the client to a customer with the right one and press "
            "Check again, or leave it out.",
        ),
        _cause(
            "ask_human",
            Listing.NEEDS_YOU,
            "QuickBooks does not allow this now",
            "Follow what QuickBooks says, then press Check again.",
        ),
        _cause(
            "reconnect",
            Listing.NEEDS_YOU,
            "QuickBooks signed us out",
            "Reconnect. Nothing is lost; everything that waits is sent afterwards.",
        ),
        _cause(
            "bug",
            Listing.NEEDS_YOU,
            "Something unexpected happened",
            "Press Retry. If it stays, send the support bundle with the reference shown to whoever runs Tieout.",
        ),
    ]
)

LOOKED_AT_AGAIN = {"auto_apply": timedelta(minutes=30)}
"""Causes that a person ends in the ledger, where nothing tells us of it -> how often it is looked."""

SHARED = frozenset(
    {
        "auto_apply",
        "closed_period",
        "reference",
        "other_currency",
        "subscription",
        "no_permission",
        "feature_off",
        "ask_human",
        "open_balance",
        "setting_missing",
    }
)
"""Causes that many records have for one reason: when it is gone for one, the others are looked at again by themselves."""

WAITS_FOR = "waits_for"
HELD_UP = "held_up"
WAITING = frozenset({WAITS_FOR, HELD_UP})
"""Causes whose ``options`` name the records waited for: looked at again when one of those stands otherwise."""

WAITS_FOR_A_CHOICE = frozenset({"setting_missing", "reference"})
"""Causes that a choice may end: nothing was chosen, or what was chosen is no longer in use there."""

MERGED = "merged_there"
TWICE = "twice_there"
UNDONE = "undone_by_void"

CAUSE_OF_WHY: dict[Why, str] = {
    Why.UNKNOWN: "unknown",
    Why.IN_FLIGHT: "in_flight",
    Why.HELD: "unmatched",
    Why.EXCLUDED: "excluded",
    Why.NOT_ELIGIBLE: "not_eligible",
    Why.SWITCHED_OFF: "switched_off",
    Why.DOES_NOT_FIT: "does_not_fit",
    Why.INACTIVE_THERE: "inactive_there",
    Why.GONE_THERE: "gone_there",
    Why.MERGED_THERE: MERGED,
    Why.TWICE_THERE: TWICE,
    Why.GONE_HERE: "gone_here",
    Why.WAITS_FOR: WAITS_FOR,
    Why.OTHER_CURRENCY: "other_currency",
    Why.UNDONE_BY_VOID: UNDONE,
    Why.OTHER_COMPANY: "reference",
    Why.TAKEN: "name_taken",
    Why.LOOKALIKE: "lookalike",
}

CAUSE_OF_ERROR: dict[type[LedgerError], str] = {
    RetryLater: "retry_later",
    Replan: "retry_later",
    Reconnect: "reconnect",
    FixData: "does_not_fit",
    ChooseMatch: "name_taken",
    RepairReference: "reference",
    AskHuman: "ask_human",
    UnknownOutcome: "in_flight",
    Bug: "bug",
}


def cause_of(error: LedgerError) -> str:
    """The cause a ledger's refusal is listed under: its topic, else its class. One without a row is a bug."""
    if error.topic in CAUSES:
        return error.topic
    return next((CAUSE_OF_ERROR[kind] for kind in type(error).__mro__ if kind in CAUSE_OF_ERROR), "bug")
