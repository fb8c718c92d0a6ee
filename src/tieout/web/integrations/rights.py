"""Decides: which right of the practice an act or a view of the QuickBooks pages needs, beside Manage Integrations.

Who manages integrations links records and answers what is asked about them. What changes the practice's own records by
a verb, and what shows what clients owe, needs the same right here as on the records' own pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any

from django.http import HttpResponse

from tieout.practice.access import require
from tieout.practice.firms import Member
from tieout.practice.permissions import NotAllowed, Permission
from tieout.sync.issues import UNDONE
from tieout.sync.worklist import WorkRow
from tieout.web.access import FirmRequest, turned_away
from tieout.web.integrations.remedies import NAMED, Button

CHANGES: Mapping[str, Permission] = {
    "use_name": Permission.EDIT_CLIENTS,
    "use_survivor": Permission.EDIT_SERVICE_ITEMS,
    "link_that": Permission.VIEW_BILLING,
}
"""Acts of ``acts`` that are verbs of the practice, or answer with what a document comes to -> what they need on its own page."""
RENUMBERS: Mapping[str, Permission] = {
    "invoice": Permission.EDIT_INVOICES,
    "credit": Permission.RECORD_PAYMENTS,
}
"""Documents that can be given another number -> what that needs on their own pages."""
CHOOSES = frozenset({"keep_practice", "keep_ledger", "void_there"})
"""Acts that choose between two values, or have an amount go: only for who may see them."""
BILLING = frozenset({"service_item", "invoice", "payment", "credit", "credit_application", "refund"})
"""Entities whose values show what clients pay."""
HIDDEN = "Only shown to who may see billing"
TELLS_AMOUNTS = frozenset({"amount_differs", UNDONE})
"""Causes whose sentence names amounts."""


def needed(verb: str, entity: str) -> Permission | None:
    """The right an act needs beside Manage Integrations; None where that is enough."""
    if verb in CHOOSES and entity in BILLING:
        return Permission.VIEW_BILLING
    if verb == "link_to" and entity not in NAMED:
        return CHANGES["link_that"]  # a document is compared first, to the cent
    if verb == "use_number":
        return RENUMBERS.get(entity)
    return CHANGES.get(verb)


@dataclass(slots=True)
class Rights:
    """What one member may; each refusal is worded once, however many rows ask."""

    member: Member
    _said: dict[Permission, str] = field(default_factory=dict)

    def why_not(self, permission: Permission | None) -> str:
        """The sentence for what is missing, with who can help; empty when nothing is."""
        if permission is None:
            return ""
        if permission not in self._said:
            try:
                require(self.member, permission)
            except NotAllowed as refusal:
                self._said[permission] = str(refusal)
            else:
                self._said[permission] = ""
        return self._said[permission]

    def why_not_act(self, verb: str, rows: Iterable[WorkRow]) -> str:
        """Why an act is refused for these rows; empty when it is not."""
        reasons = (self.why_not(needed(verb, row.key.entity)) for row in rows)
        return next((reason for reason in reasons if reason), "")

    def greyed(self, row: WorkRow, offered: Sequence[Button]) -> list[Button]:
        """A row's buttons, those that are refused greyed with the reason."""
        return [
            replace(one, value="", why_not=reason)
            if (reason := self.why_not_act(one.value.partition(":")[0], [row]))
            else one
            for one in offered
        ]

    def seen(self, row: WorkRow) -> WorkRow:
        """The row as this member may see it: without amounts for who may not see billing."""
        if row.key.entity not in BILLING or not self.why_not(Permission.VIEW_BILLING):
            return row
        if row.values is not None:
            row = replace(row, values=replace(row.values, practice=HIDDEN, ledger=HIDDEN, stamp=""))
        return replace(row, sentence=HIDDEN) if row.cause.slug in TELLS_AMOUNTS else row

    def why_not_record(self, entity: str) -> str:
        """Why nothing that is told of one single record of this kind may be seen; empty when it may."""
        return self.why_not(Permission.VIEW_BILLING) if entity in BILLING else ""


def sees_billing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Behind the door of the QuickBooks pages, a second one: for what shows or sends what clients owe."""

    @wraps(view)
    def door(request: FirmRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if reason := Rights(request.member).why_not(Permission.VIEW_BILLING):
            return turned_away(request, reason)
        return view(request, *args, **kwargs)

    return door
