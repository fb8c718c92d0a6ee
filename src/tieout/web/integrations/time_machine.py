"""Acts: steps through the past of one record: what both sides showed after each change, who made it, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from tieout.practice.access import access_client, history_of
from tieout.practice.actor import ChangeRecord
from tieout.practice.billing_access import access_document, access_item, history_of_row
from tieout.practice.clients import CLIENT
from tieout.practice.credits import CREDIT, Credit
from tieout.practice.firms import Member
from tieout.practice.invoices import INVOICE, Invoice
from tieout.practice.payments import PAYMENT, Payment
from tieout.practice.permissions import NotYours
from tieout.practice.service_items import SERVICE_ITEM
from tieout.reconcile.plan import written_alike
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import same
from tieout.sync import time_machine
from tieout.sync.models import Connection, SectionState
from tieout.sync.past import Moment
from tieout.web.access import FirmRequest
from tieout.web.integrations.gated import connected
from tieout.web.integrations.remedies import RECORD_PAGES
from tieout.web.unit_values import said

Door = Callable[[Member, str], tuple[str, Iterable[ChangeRecord]]]
"""A member's way to one record: its name and its history. Raises NotYours, NotAllowed."""


def _client(member: Member, record_id: str) -> tuple[str, Iterable[ChangeRecord]]:
    client = access_client(member, record_id)
    return client.name, history_of(client)


def _item(member: Member, record_id: str) -> tuple[str, Iterable[ChangeRecord]]:
    item = access_item(member, record_id)
    return item.name, history_of_row(item, SERVICE_ITEM)


def _invoice(member: Member, record_id: str) -> tuple[str, Iterable[ChangeRecord]]:
    invoice = access_document(member, Invoice, record_id)
    return f"invoice {invoice.number}", history_of_row(invoice, INVOICE)


def _payment(member: Member, record_id: str) -> tuple[str, Iterable[ChangeRecord]]:
    payment = access_document(member, Payment, record_id)
    return "the payment", history_of_row(payment, PAYMENT)


def _credit(member: Member, record_id: str) -> tuple[str, Iterable[ChangeRecord]]:
    credit = access_document(member, Credit, record_id)
    return "the credit", history_of_row(credit, CREDIT)


DOORS: Mapping[str, Door] = {
    CLIENT: _client,
    SERVICE_ITEM: _item,
    INVOICE: _invoice,
    PAYMENT: _payment,
    CREDIT: _credit,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One field as both sides showed it at a moment."""

    label: str
    here: str
    there: str
    differs: bool
    changed_here: bool
    changed_there: bool


@connected
@require_GET
def page(request: FirmRequest, connection: Connection, entity: str, record_id: str) -> HttpResponse:
    """``step``: from 1, the oldest; without one, the latest."""
    if entity not in DOORS or connection.section(entity) is not SectionState.ON:
        raise NotYours("There is no such record.")
    name, history = DOORS[entity](request.member, record_id)
    known = list(islice(history, time_machine.MOST))
    spec, moments = time_machine.past_of(connection, entity, record_id, known)
    asked = request.GET.get("step", "")
    step = min(max(1, int(asked)), len(moments)) if asked.isdecimal() else len(moments)
    moment = moments[step - 1] if moments else None
    return render(
        request,
        "quickbooks/time_machine.html",
        {
            "connection": connection,
            "name": name,
            "record_url": reverse(RECORD_PAGES[entity]["record"], args=[record_id]),
            "moment": moment,
            "lines": [] if moment is None else _lines(spec, moment),
            "step": step,
            "steps": len(moments),
            "first": moments[0].turn.at if moments else None,
            "last": moments[-1].turn.at if moments else None,
        },
    )


def _lines(spec: EntitySpec, moment: Moment) -> list[Line]:
    changed = {(shift.side.value, shift.unit) for shift in moment.turn.shifts}
    return [
        Line(
            label,
            said(here),
            said(there),
            bool(moment.practice and moment.ledger)
            and not same(here, there)
            and not written_alike(here, there),
            ("practice", unit) in changed,
            ("ledger", unit) in changed,
        )
        for unit, label, here, there in time_machine.shown_units(spec, moment)
    ]
