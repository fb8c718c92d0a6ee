"""Decides nothing: what a refusal can mean for us, in words for a person. ``fault_table`` says which code means what.

Every sentence says what happened, what is safe, and the next step. ``{detail}`` is QuickBooks' own explanation.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Disposition(StrEnum):
    """What a refusal asks of us. One for each error class of a ledger's port."""

    RETRY_LATER = "retry_later"
    REPLAN = "replan"
    RECONNECT = "reconnect"
    FIX_DATA = "fix_data"
    CHOOSE_MATCH = "choose_match"
    REPAIR_REFERENCE = "repair_reference"
    ASK_HUMAN = "ask_human"
    UNKNOWN_OUTCOME = "unknown_outcome"
    WINDOW_TOO_OLD = "window_too_old"
    BUG = "bug"


class Offer(StrEnum):
    """The button that goes with the sentence."""

    NOTHING = ""
    CHECK_AGAIN = "check_again"
    EDIT = "edit"
    RENAME = "rename"
    LINK_EXISTING = "link_existing"
    CHOOSE = "choose"
    RECONNECT = "reconnect"
    OPEN_QUICKBOOKS = "open_quickbooks"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Meaning:
    """The next step, the button, the sentence; ``field`` when it is about one field of the document."""

    disposition: Disposition
    offer: Offer
    sentence: str
    field: str = ""
    topic: str = ""
    """What it is about, where one next step has several stories; a slug of the port's ``TOPICS``."""


_D, _O = Disposition, Offer

_LATER = "Nothing was changed. It is tried again by itself; there is nothing to do."
_FIX = "Nothing was changed in QuickBooks. Correct the field here and it is sent again."
_IN_QUICKBOOKS = "Nothing was changed. Correct it in QuickBooks, then check again."
_LOOK_FIRST = "Nothing is sent twice: Tieout looks in QuickBooks first, then tries again."
_CONNECT = (
    "Nothing was changed, and nothing more is sent until then. Connect QuickBooks again; all links are kept."
)
_OURS = (
    "Nothing was changed in QuickBooks. This is a fault in Tieout, not in your data: the record stays listed here. "
    "Please report it with the reference shown."
)
_SAYS = "QuickBooks says: {detail}"

# -- the name or number is taken --
NAME_HELD_BY_CUSTOMER = Meaning(
    _D.CHOOSE_MATCH,
    _O.LINK_EXISTING,
    "Another customer in QuickBooks already has this name. Nothing was changed. "
    "Link this client to that customer, or choose another name here.",
)
NAME_HELD_BY_VENDOR = Meaning(
    _D.CHOOSE_MATCH,
    _O.RENAME,
    "A vendor in QuickBooks already has this name, and QuickBooks allows a name only once. Nothing was changed. "
    "Choose another name here, or rename the vendor in QuickBooks.",
)
NAME_HELD_BY_EMPLOYEE = Meaning(
    _D.CHOOSE_MATCH,
    _O.RENAME,
    "An employee in QuickBooks already has this name, and QuickBooks allows a name only once. Nothing was changed. "
    "Choose another name here, or rename the employee in QuickBooks.",
)
NAME_HELD_BY_ITEM = Meaning(
    _D.CHOOSE_MATCH,
    _O.LINK_EXISTING,
    "Another product or service in QuickBooks already has this name. Nothing was changed. "
    "Link this service item to it, or choose another name here.",
)
NAME_HELD_BY_SOMEBODY = Meaning(
    _D.CHOOSE_MATCH,
    _O.CHOOSE,
    "QuickBooks already uses this name for another record. Nothing was changed. "
    "Link this record to the one that has it, if it is of the same kind, or choose another name here.",
)
NUMBER_TAKEN = Meaning(
    _D.CHOOSE_MATCH,
    _O.CHOOSE,
    "QuickBooks already has a document with this number. Nothing was changed. "
    "Give this one another number. If it is the same one, with the same client and amount, the two can be linked.",
    topic="number_taken",
)
ALREADY_THERE = Meaning(
    _D.CHOOSE_MATCH,
    _O.CHOOSE,
    "QuickBooks says that this record already exists. Nothing was changed. "
    "Link it to the existing one, or change what makes it the same.",
)

# -- the record moved on, or what it refers to did --
STALE = Meaning(
    _D.REPLAN,
    _O.NOTHING,
    "Somebody changed this record in QuickBooks at the same moment. Nothing was overwritten. "
    "Tieout reads it again and decides anew.",
)
GONE = Meaning(
    _D.REPLAN,
    _O.NOTHING,
    "This record was deleted in QuickBooks meanwhile. Nothing was changed. Tieout reads it again and decides anew.",
)
NOT_FOUND_OR_INACTIVE = Meaning(
    _D.REPAIR_REFERENCE,
    _O.OPEN_QUICKBOOKS,
    "QuickBooks no longer has this record, or something it refers to was made inactive. Nothing was changed. "
    "Make it active again in QuickBooks or choose another here, then check again.",
)
REFERENCE_INACTIVE = Meaning(
    _D.REPAIR_REFERENCE,
    _O.OPEN_QUICKBOOKS,
    "This refers to something that is inactive in QuickBooks. Nothing was changed. "
    "Make it active again in QuickBooks or choose another here, then check again.",
)
REFERENCE_UNUSABLE = Meaning(
    _D.REPAIR_REFERENCE,
    _O.OPEN_QUICKBOOKS,
    "This refers to something QuickBooks does not have or cannot use here. Nothing was changed. "
    f"Choose another here or restore it in QuickBooks, then check again. {_SAYS}",
)
ACCOUNT_UNUSABLE = Meaning(
    _D.REPAIR_REFERENCE,
    _O.OPEN_QUICKBOOKS,
    f"An item or account used here is not set up for this in QuickBooks. {_IN_QUICKBOOKS} {_SAYS}",
)

# -- a person must act in QuickBooks --
BOOKS_CLOSED = Meaning(
    _D.ASK_HUMAN,
    _O.OPEN_QUICKBOOKS,
    "QuickBooks refused this because its date lies in a closed period. Nothing was changed. "
    "Reopen the books in QuickBooks or change the date here, then check again.",
    topic="closed_period",
)
RECORD_INACTIVE = Meaning(
    _D.ASK_HUMAN,
    _O.OPEN_QUICKBOOKS,
    "This record is inactive in QuickBooks, or was merged into another, and QuickBooks accepts no change to it. "
    "Nothing was changed. Make it active there, or link to the one it was merged into, then check again.",
    topic="inactive_there",
)
SUBSCRIPTION_ENDED = Meaning(
    _D.ASK_HUMAN,
    _O.OPEN_QUICKBOOKS,
    "The QuickBooks subscription of this company has ended or has a billing problem. "
    "Nothing was changed and nothing is lost. Renew it in QuickBooks, then check again.",
    topic="subscription",
)
NO_PERMISSION = Meaning(
    _D.ASK_HUMAN,
    _O.RECONNECT,
    "The QuickBooks user who connected Tieout may not do this. Nothing was changed. "
    "Give that user the right in QuickBooks, or connect again as a company administrator.",
    topic="no_permission",
)
FEATURE_OFF = Meaning(
    _D.ASK_HUMAN,
    _O.OPEN_QUICKBOOKS,
    "This company's QuickBooks plan or settings do not include what this needs. Nothing was changed. "
    "Turn the feature on in QuickBooks, then check again.",
    topic="feature_off",
)
OPEN_BALANCE = Meaning(
    _D.ASK_HUMAN,
    _O.OPEN_QUICKBOOKS,
    "QuickBooks does not make a record inactive while it has an open balance or unbilled charges. "
    "Nothing was changed. Clear them first, then check again.",
    topic="open_balance",
)
NO_ROOM = Meaning(
    _D.ASK_HUMAN,
    _O.OPEN_QUICKBOOKS,
    "Less is open in QuickBooks on what this pays than it pays: something else is paid or credited on it there. "
    f"Nothing was changed. Take that off in QuickBooks, or change here what this pays. {_SAYS}",
    topic="no_room",
)
OTHERS_DEPEND_ON_IT = Meaning(
    _D.ASK_HUMAN,
    _O.OPEN_QUICKBOOKS,
    "QuickBooks does not remove this while other records depend on it. Nothing was changed. "
    "Look at them in QuickBooks, then check again.",
)
LOCKED_DOCUMENT = Meaning(
    _D.ASK_HUMAN,
    _O.OPEN_QUICKBOOKS,
    "QuickBooks has locked this document: it is settled, matched to a bank line, or part of a deposit. "
    "Nothing was changed. Undo that in QuickBooks first, then check again.",
    topic="locked_there",
)
THEIR_RULE = Meaning(
    _D.ASK_HUMAN,
    _O.OPEN_QUICKBOOKS,
    f"A rule of QuickBooks forbids this. Nothing was changed. Look at the record there, then check again. {_SAYS}",
)

# -- one field is not acceptable --
TEXT_LENGTH = Meaning(
    _D.FIX_DATA, _O.EDIT, f"A text is longer or shorter than QuickBooks allows. {_FIX} {_SAYS}"
)
BAD_CHARACTER = Meaning(_D.FIX_DATA, _O.EDIT, f"A text holds a character QuickBooks does not accept. {_FIX}")
BAD_EMAIL = Meaning(
    _D.FIX_DATA,
    _O.EDIT,
    f"QuickBooks does not accept this e-mail address. {_FIX}",
    field="PrimaryEmailAddr.Address",
)
EMAIL_NEEDED = Meaning(
    _D.FIX_DATA,
    _O.EDIT,
    f"QuickBooks needs an e-mail address to deliver by e-mail. {_FIX}",
    field="PrimaryEmailAddr.Address",
)
BAD_WEB_ADDRESS = Meaning(
    _D.FIX_DATA, _O.EDIT, f"QuickBooks does not accept this web address. {_FIX}", field="WebAddr.URI"
)
NAME_NEEDED = Meaning(
    _D.FIX_DATA, _O.EDIT, f"QuickBooks needs a name for this record. {_FIX}", field="DisplayName"
)
ITEM_NEEDED = Meaning(
    _D.FIX_DATA,
    _O.CHOOSE,
    "A row has no service item, and this company has no item of its own for such rows. Nothing was changed in QuickBooks. "
    "Choose the item for invoice rows without one in the settings of the QuickBooks connection, or give the row one.",
    field="Line",
    topic="setting_missing",
)
BAD_DATE = Meaning(_D.FIX_DATA, _O.EDIT, f"QuickBooks does not accept a date in this record. {_FIX}")
BAD_NUMBER = Meaning(
    _D.FIX_DATA, _O.EDIT, f"QuickBooks does not accept a number or an amount in this record. {_FIX} {_SAYS}"
)
BAD_CURRENCY = Meaning(
    _D.FIX_DATA, _O.EDIT, f"QuickBooks does not accept the currency of this record. {_FIX}"
)
BAD_LINES = Meaning(
    _D.FIX_DATA, _O.EDIT, f"The lines of this document do not fit together for QuickBooks. {_FIX} {_SAYS}"
)
BAD_TAX = Meaning(
    _D.FIX_DATA, _O.EDIT, f"QuickBooks does not accept the tax code or tax of this document. {_FIX} {_SAYS}"
)
BAD_TOTAL = Meaning(
    _D.FIX_DATA, _O.EDIT, f"QuickBooks does not accept the amount or the tax of this document. {_FIX} {_SAYS}"
)
BAD_ACCOUNT_TYPE = Meaning(_D.FIX_DATA, _O.EDIT, f"QuickBooks needs a type for this account. {_FIX}")
BAD_PARENT = Meaning(
    _D.FIX_DATA, _O.EDIT, f"QuickBooks does not accept what this record is placed under. {_FIX} {_SAYS}"
)
TOO_LARGE = Meaning(_D.FIX_DATA, _O.EDIT, f"This record is too large for QuickBooks. {_FIX}")

# -- we are not let in --
NOT_ACCEPTED = Meaning(
    _D.RECONNECT, _O.RECONNECT, f"QuickBooks no longer accepts this connection. {_CONNECT}"
)
WRONG_COMPANY = Meaning(
    _D.RECONNECT,
    _O.RECONNECT,
    f"QuickBooks does not let this connection into this company. {_CONNECT} "
    "If it happens again, ask who runs Tieout to check the application keys.",
)
USER_LOST_ACCESS = Meaning(
    _D.RECONNECT,
    _O.RECONNECT,
    f"The QuickBooks user who connected Tieout no longer has access to this company. {_CONNECT} "
    "Use a user who is a company administrator.",
)

# -- later --
THROTTLED = Meaning(_D.RETRY_LATER, _O.NOTHING, f"QuickBooks asked us to slow down. {_LATER}")
MAINTENANCE = Meaning(
    _D.RETRY_LATER,
    _O.NOTHING,
    f"QuickBooks is working on this company (maintenance, a move, or a lock). {_LATER}",
)
BUSY_WITH_NAMES = Meaning(
    _D.RETRY_LATER,
    _O.NOTHING,
    f"QuickBooks takes only one name change at a time and was busy with another. {_LATER}",
)
UNREACHABLE = Meaning(_D.RETRY_LATER, _O.NOTHING, f"QuickBooks could not be reached. {_LATER}")
READ_FAILED = Meaning(_D.RETRY_LATER, _O.NOTHING, f"QuickBooks did not answer properly. {_LATER}")
"""What an unknown outcome is for a call that only reads: nothing can have happened."""

# -- it may have happened --
NO_CLEAR_ANSWER = Meaning(
    _D.UNKNOWN_OUTCOME, _O.CHECK_AGAIN, f"QuickBooks did not answer properly. {_LOOK_FIRST}"
)
INNER_FAILURE = Meaning(
    _D.UNKNOWN_OUTCOME, _O.CHECK_AGAIN, f"QuickBooks failed inside while answering. {_LOOK_FIRST}"
)
SEEN_BEFORE = Meaning(
    _D.UNKNOWN_OUTCOME,
    _O.CHECK_AGAIN,
    f"QuickBooks says it has had this exact request before, without telling how it ended. {_LOOK_FIRST}",
)

WINDOW_TOO_OLD = Meaning(
    _D.WINDOW_TOO_OLD,
    _O.NOTHING,
    "QuickBooks reports changes of the last 30 days only, and the last look was longer ago. "
    "Nothing is lost: Tieout compares everything instead.",
)

# -- ours --
NOT_UNDERSTOOD = Meaning(_D.BUG, _O.REPORT, f"QuickBooks did not understand what Tieout sent. {_OURS}")
BAD_LABEL = Meaning(_D.BUG, _O.REPORT, f"QuickBooks refused the label Tieout put on this request. {_OURS}")
LEFT_OUT = Meaning(_D.BUG, _O.REPORT, f"Tieout left out something QuickBooks needs. {_OURS} {_SAYS}")
BAD_QUESTION = Meaning(_D.BUG, _O.REPORT, f"QuickBooks did not accept a question Tieout asked it. {_OURS}")
NO_REASON = Meaning(_D.BUG, _O.REPORT, f"QuickBooks refused without giving a reason. {_OURS}")
UNKNOWN_FAULT = Meaning(
    _D.BUG, _O.REPORT, f"QuickBooks answered with something Tieout does not know. {_OURS}"
)
