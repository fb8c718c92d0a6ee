"""Decides nothing: the table from QuickBooks' error codes to what they mean. Read by ``faults``.

Read from top to bottom; the first row that fits wins, so rows that also look at the text stand above the plain row of
their code. Codes and texts come from Intuit's error pages and from recorded answers. A code that is not here is a bug
of ours and is shown as one.
"""

from __future__ import annotations

from dataclasses import dataclass

from tieout.quickbooks.api import fault_meanings as means
from tieout.quickbooks.api.fault_meanings import Meaning


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: any of ``codes``, when given any piece of ``says`` in message or detail, and ``element``."""

    codes: tuple[int, ...]
    meaning: Meaning
    says: tuple[str, ...] = ()
    """Pieces of text in lower case; one is enough."""
    element: str = ""
    """How the fault's ``element`` (a field path) must begin, in lower case."""


RULES: tuple[Rule, ...] = (
    # 6240: names are unique over customers, vendors and employees together; who holds it decides what helps.
    # The 2014 texts show their raw template: "Another $$customer$$ is already using this name."
    Rule((6240,), means.NAME_HELD_BY_SOMEBODY, says=("customer, vendor or employee",)),
    Rule((6240,), means.NAME_HELD_BY_CUSTOMER, says=("another customer is", "another $$customer$$")),
    Rule((6240,), means.NAME_HELD_BY_VENDOR, says=("another vendor is", "another $$vendor$$")),
    Rule((6240,), means.NAME_HELD_BY_EMPLOYEE, says=("another employee is", "another $$employee$$")),
    Rule((6240,), means.NAME_HELD_BY_ITEM, says=("another product or service",)),
    Rule((6240,), means.NAME_HELD_BY_SOMEBODY),
    # One Intuit page prints 6210 (closed books) beside the duplicate-number text: the text decides.
    Rule((6140, 6210), means.NUMBER_TAKEN, says=("duplicate document number", "has already been used")),
    Rule((6140,), means.NUMBER_TAKEN),
    Rule((630,), means.ALREADY_THERE),
    Rule((600,), means.SEEN_BEFORE),
    Rule((5010,), means.STALE),
    Rule((610,), means.GONE, says=("has deleted this transaction",)),
    Rule((610,), means.NOT_FOUND_OR_INACTIVE),
    Rule((2500,), means.REFERENCE_INACTIVE, says=("made inactive",)),
    Rule((2500, 620, 700, 6250), means.REFERENCE_UNUSABLE),
    Rule((2390, 6430, 6440), means.ACCOUNT_UNUSABLE),
    # 6000 is the catch-all; its text is all there is.
    Rule((6000,), means.BUSY_WITH_NAMES, says=("one name at a time",)),
    Rule((6000,), means.RECORD_INACTIVE, says=("list element that has been deleted",)),
    Rule((6000,), means.BAD_LABEL, says=("request_id",)),
    Rule((6000,), means.REFERENCE_UNUSABLE, says=("trying to link does not exist",)),
    Rule((6000,), means.BOOKS_CLOSED, says=("account period", "accounting period")),
    Rule((6000,), means.NO_ROOM, says=("more than the open balance",)),
    Rule((6000,), means.BAD_TOTAL, says=("transaction amount", "gst/hst", "amount received")),
    Rule((6000,), means.THEIR_RULE),
    Rule((6200, 6210), means.BOOKS_CLOSED),
    Rule((6190,), means.SUBSCRIPTION_ENDED),
    Rule((5020,), means.NO_PERMISSION),
    Rule((5030,), means.FEATURE_OFF),
    Rule((6220, 6280), means.OPEN_BALANCE),
    Rule((800,), means.OTHERS_DEPEND_ON_IT),
    Rule((6450, 6480, 6540), means.LOCKED_DOCUMENT),
    Rule((6130, 6270, 6460), means.THEIR_RULE),
    Rule((2050,), means.TEXT_LENGTH),
    Rule((2040,), means.BAD_CHARACTER),
    Rule((2210,), means.BAD_EMAIL),
    Rule((6420,), means.EMAIL_NEEDED),
    Rule((2200,), means.BAD_WEB_ADDRESS),
    Rule((6080,), means.NAME_NEEDED),
    Rule((2060, 2070), means.BAD_DATE),
    Rule((2080, 2090, 2100, 2110, 2140, 2150, 2160, 2180, 2190, 2240, 2290, 6070), means.BAD_NUMBER),
    Rule((2220,), means.BAD_CURRENCY),
    Rule((2250, 2300, 2600), means.BAD_LINES),
    Rule((6090, 6100, 6160, 6170), means.BAD_TAX),
    Rule((6010,), means.BAD_ACCOUNT_TYPE),
    Rule((900, 6150, 6180), means.BAD_PARENT),
    Rule((3200, 3202), means.NOT_ACCEPTED),
    Rule((3100,), means.WRONG_COMPANY),
    Rule((100, 110, 120), means.USER_LOST_ACCESS),
    Rule((3001,), means.THROTTLED),
    Rule((130, 140, 150, 10200), means.MAINTENANCE),
    Rule((10000,), means.INNER_FAILURE),
    # 500 is a wrong address, except when change capture is asked for more than 30 days.
    Rule((500,), means.WINDOW_TOO_OLD, says=("older than fixed days",)),
    Rule((2020,), means.NAME_NEEDED, element="displayname"),
    Rule((2020,), means.ITEM_NEEDED, says=("itemref",)),
    Rule((2020, 2260, 6560), means.LEFT_OUT),
    Rule((500, 1040, 2000, 2010, 2030, 2120, 2130, 2170, 2230), means.NOT_UNDERSTOOD),
    Rule((4000, 4001, 4002, 10100), means.BAD_QUESTION),
    Rule((1000, 1010, 1020), means.NO_REASON),
)

BY_STATUS: dict[int, Meaning] = {
    401: means.NOT_ACCEPTED,
    403: means.WRONG_COMPANY,
    408: means.NO_CLEAR_ANSWER,
    413: means.TOO_LARGE,
    429: means.THROTTLED,
}
"""For answers whose body says nothing we know (HTML, empty, a new code). Any 5xx or redirect: no clear answer."""
