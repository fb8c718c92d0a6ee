"""Decides: the mail an invoice goes out with: its words, from the firm's own with places to fill, and its address. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

MAIL_SUBJECT = "Invoice {number} from {firm}"
MAIL_TEXT = (
    "Hello {client},\n\n"
    "your invoice {number} over {total} is attached. {owed} is due on {due_date}.\n\n"
    "Thank you,\n{firm}"
)
PLACES: Mapping[str, str] = {
    "number": "the invoice's number",
    "client": "who is billed",
    "firm": "your firm's name",
    "total": "what it comes to",
    "owed": "what is still owed",
    "date": "the invoice's date",
    "due_date": "when it is due",
}
"""Place -> what stands there."""
_PLACE = re.compile(r"\{([^{}\n]*)\}")


def filled(text: str, values: Mapping[str, str]) -> str:
    """``text`` with every known place filled. Anything else in braces stays as it is."""
    return _PLACE.sub(lambda found: values.get(found.group(1), found.group()), text)


def unknown_places(text: str) -> list[str]:
    """Words in braces that are no places: slips a client would read."""
    return [name for name in _PLACE.findall(text) if name not in PLACES]


def addresses(text: str) -> list[str]:
    """Several addresses may stand in one field, separated by commas or semicolons."""
    return [each.strip() for each in re.split("[,;]", text) if each.strip()]
