"""Decides what a call costs: Intuit meters what is read out of QuickBooks and lets what is put in go free.

Source: Intuit App Partner Program, API metering (2025). Core, free: create, update, delete, void, send, upload.
CorePlus, metered: every read, query, batch, change capture and report. Only calls that succeed count.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from tieout.quickbooks.api.transport import Call

CORE, CORE_PLUS = "core", "coreplus"
_METERED_POSTS = frozenset({"query", "batch"})


def metered_class(call: Call) -> str:
    """``core`` or ``coreplus`` for a call to the data service."""
    last = urlsplit(call.url).path.rstrip("/").rpartition("/")[2].lower()
    return CORE if call.method == "POST" and last not in _METERED_POSTS else CORE_PLUS
