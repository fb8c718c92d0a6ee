"""Decides what our documents carry in QuickBooks' private note: a person's memo, and our readable marker below it.

QuickBooks has no field for another program's id, and it may number documents itself. The note is the one place that
every document has, that a create can fill and that stays when the document is voided.
"""

from __future__ import annotations

import re

from tieout.reconcile.spec import Document
from tieout.reconcile.state import Value

NOTE = "PrivateNote"
MEMO_LENGTH = 3900
"""The note's 4000, less room for the marker."""
_MARK = re.compile(r"(?:^|\n)\s*Tieout (\S{1,50})\s*$")
_VOIDED = re.compile(r"^Voided(?: - |$)")


def marker_of(document: Document) -> str:
    """The request id in a document's note; "" when there is none (not ours, or a person removed it)."""
    found = _MARK.search(_plain(document))
    return found.group(1) if found else ""


def memo_of(document: Document) -> str:
    """What a person wrote: the note without our marker and without QuickBooks' word for voided."""
    return _MARK.sub("", _plain(document)).strip()


def is_voided(document: Document) -> bool:
    """No field says so: a total of zero and a note that begins with "Voided" (Intuit's developer blog, 2016)."""
    return not document.get("TotalAmt") and bool(_VOIDED.match(str(document.get(NOTE) or "")))


def with_marker(memo: str, request_id: str) -> str:
    mark = f"Tieout {request_id}" if request_id else ""
    return "\n".join(part for part in (memo.strip(), mark) if part)


def fits(value: Value) -> str | None:
    length = len(str(value or ""))
    return f"is {length} characters long; the limit is {MEMO_LENGTH}" if length > MEMO_LENGTH else None


def _plain(document: Document) -> str:
    return _VOIDED.sub("", str(document.get(NOTE) or ""))
