"""Acts: what a form says when its record was changed while somebody filled it in: it keeps what was typed.

Between a verb's refusal and the page that shows the form again, with status 409. Saving that form is an informed choice:
it lists what the others changed, and carries the version they made.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.billing_access import history_of_row
from tieout.practice.billing_rows import BillingRow
from tieout.web.billing.history import entries
from tieout.web.client_history import Entry

MOST_TOLD = 10


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What happened to a record since a form of it was opened."""

    what: str
    """The kind of record as people call it."""
    address: str
    """Where it shows as it is now."""
    version: int
    """The one that is there now."""
    entries: list[Entry]
    """The newest first."""

    @classmethod
    def of(
        cls, problem: ChangedMeanwhile, row: BillingRow, kind: str, address: str, what: str = ""
    ) -> Meanwhile:
        what = what or kind.replace("_", " ")
        since = history_of_row(row, kind).filter(version__gt=problem.seen)
        return cls(what, address, problem.now, entries(since[:MOST_TOLD], what))


def version_shown(request: HttpRequest, row: BillingRow | None, meanwhile: Meanwhile | None = None) -> str:
    """The version a form is to carry: the one it was opened with, until its reader was told of a newer one."""
    if meanwhile is not None:
        return str(meanwhile.version)
    return request.POST.get("version") or (str(row.version) if row is not None else "")


def status_of_form(refused: object, meanwhile: Meanwhile | None = None, saved_at: str = "") -> int:
    """409 when others, or an earlier click, were first; 422 when something of it needs a change; else 200."""
    if meanwhile is not None or saved_at:
        return 409
    return 422 if refused else 200
