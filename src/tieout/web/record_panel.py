"""Acts: reads for the QuickBooks panel of one record's page: linked to what, what differs, why, and what can be done.

Any page of a record includes ``quickbooks/record_panel.html`` with what ``panel_of`` returns as ``panel``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from tieout.sync import connections, partners
from tieout.sync.story import Compared, Story, story
from tieout.sync.worklist import WorkRow
from tieout.web.access import FirmRequest
from tieout.web.badges import Badge, badge_of
from tieout.web.integrations import undoing
from tieout.web.integrations.gated import sentence
from tieout.web.integrations.remedies import NAMED, Button, bulk, buttons
from tieout.web.integrations.rights import Rights
from tieout.web.integrations.time_machine import DOORS
from tieout.web.unit_values import said

NUMBERED = frozenset({"invoice", "credit"})


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that both sides changed, with what each shows and the buttons that choose."""

    issue: int
    label: str
    here: str
    there: str
    stamp: str
    """Of the two values: it is posted with the choice."""
    under_way: bool
    buttons: Sequence[Button]


@dataclass(frozen=True, slots=True)
class Panel:
    """What the panel shows."""

    badge: Badge
    story: Story
    may: bool
    """Whether this member decides about links; otherwise the panel only tells."""
    compared: Sequence[tuple[Compared, str, str]]
    """A field, and how it reads on each side."""
    open: Sequence[tuple[WorkRow, Sequence[Button]]]
    conflicts: Sequence[Clash]
    """Of what is open, those with two values."""
    lines: Sequence[tuple[object, Sequence[tuple[str, str, str]]]]
    undo: str
    asks_why: bool
    """Whether one of the open reasons offers to leave it out: then why may be typed beside."""
    back: str
    past_url: str = ""
    """Where its past can be stepped through; empty for who does not manage the integration."""
    activity_url: str = ""
    """All lines of the activity about it; empty for who does not manage the integration."""
    number: str = ""
    """A document's number in QuickBooks; QuickBooks may have given it one of its own."""
    closed_because: str = ""
    """Of who does not decide: why not, and who does."""
    named: bool = True
    """Whether it may be linked by hand: a document belongs to the one it was sent as."""


def panel_of(request: FirmRequest, entity: str, record_id: str) -> Panel | None:
    """None while there is nothing to tell: not connected, or this kind of record is not set up."""
    connection = connections.connection_of(request.member.firm_id)
    found = story(connection, entity, record_id) if connection else None
    if connection is None or found is None:
        return None
    gate = connections.gate(request.member)
    may = gate.open
    settings = partners.settings_link(connection) if may and found.open else ""
    rights = Rights(request.member)
    link = partial(partners.deep_link, connection, entity)
    return Panel(
        badge=badge_of(found.status),
        story=found,
        may=may,
        compared=[(one, said(one.practice), said(one.ledger)) for one in found.compared],
        open=[(row, rights.greyed(row, buttons(row, link, settings)) if may else ()) for row in found.open],
        conflicts=[_clash(row, may) for row in found.open if row.values],
        lines=[
            (line, [(one.label, said(one.before), said(one.after)) for one in line.changes])
            for line in found.lines
        ],
        undo=undoing.offered(request.session, timezone.now()) if may else "",
        asks_why=any(one.verb == "leave_out" for row in found.open for one in bulk(row.cause.slug)),
        back=request.get_full_path(),
        past_url=reverse("quickbooks-record-past", args=[entity, record_id])
        if may and entity in DOORS
        else "",
        activity_url=f"{reverse('quickbooks-activity')}?{urlencode({'entity': entity, 'record': record_id})}"
        if may
        else "",
        number=found.ledger_name if entity in NUMBERED else "",
        closed_because="" if may else sentence(gate),
        named=entity in NAMED,
    )


def _clash(row: WorkRow, may_choose: bool) -> Clash:
    both = row.values
    offered = [one for one in buttons(row) if one.value] if may_choose else []
    return Clash(
        row.id,
        row.unit_label or "The record",
        said(both.practice) if both else "",
        said(both.ledger) if both else "",
        both.stamp if both else "",
        row.under_way,
        offered,
    )
