"""Acts: the buttons on one record's own page: unlink, link again, create in QuickBooks, leave out, restore, retry."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from tieout.practice.permissions import NotYours
from tieout.reconcile.state import Key, Side
from tieout.sync import decisions, partners, repairs
from tieout.sync.decisions import CannotDecide
from tieout.sync.models import Connection, SectionState
from tieout.sync.unlinked import former_partner
from tieout.web.access import FirmRequest
from tieout.web.integrations import acts
from tieout.web.integrations.acts import Done
from tieout.web.integrations.gated import connected
from tieout.web.integrations.needs_you import back, tell

MOST = 500
"""Records of one press: a page of a list has fewer."""


@connected
@require_POST
def decide(request: FirmRequest, connection: Connection, entity: str, record_id: str) -> HttpResponse:
    act = _ACTS.get(request.POST.get("do", ""))
    key = Key(entity, Side.PRACTICE, record_id)
    known = connection.section(entity) is SectionState.ON and partners.record(connection, key)
    if act is None or not known:
        raise NotYours("There is no such record.")
    try:
        tell(request, act(request, connection, key, known.name))
    except CannotDecide as refusal:
        messages.warning(request, str(refusal))
    return redirect(back(request))


@connected
@require_POST
def retry_many(request: FirmRequest, connection: Connection, entity: str) -> HttpResponse:
    """The ticked records of a list, or the one whose button was pressed."""
    if connection.section(entity) is not SectionState.ON:
        raise NotYours("There is no such record.")
    ids = [one for one in request.POST.getlist("pick")[:MOST] if one.isascii() and one.isdigit()]
    try:
        found = repairs.retry_records(request.member, entity, ids)
    except CannotDecide as refusal:
        messages.warning(request, str(refusal))
    else:
        if found:
            messages.success(request, "Tried again now; the QuickBooks column shows what comes of it.")
        else:
            messages.info(request, "Nothing of what you chose waits to be tried again.")
    return redirect(back(request))


def _unlink(request: FirmRequest, connection: Connection, key: Key, name: str) -> Done:
    return acts.unlink_record(request.member, key.entity, key.id, name)


def _link_again(request: FirmRequest, connection: Connection, key: Key, name: str) -> Done:
    """With the record it was unlinked from, which is looked up anew: what is posted names none."""
    former = former_partner(connection, key.entity, key.id, timezone.now())
    if former is None:
        raise CannotDecide(
            "What it was linked with is gone, or linked with another record. Nothing was changed."
        )
    done = acts.link(request.member, key, former.ledger_id)
    return Done(f"{name} is linked with {former.name or 'its record in QuickBooks'} again.", done.undo)


def _create(request: FirmRequest, connection: Connection, key: Key, name: str) -> Done:
    decisions.create_on_other_side(request.member, [key])
    return Done(f"{name}: to be created in QuickBooks, within seconds.")


def _leave_out(request: FirmRequest, connection: Connection, key: Key, name: str) -> Done:
    return acts.leave_records_out(request.member, [key], name, request.POST.get("why", ""))


def _say_why(request: FirmRequest, connection: Connection, key: Key, name: str) -> Done:
    if not decisions.say_why(request.member, [key], request.POST.get("why", "")):
        raise CannotDecide("It is so already, or not left out any more. Nothing was changed.")
    return Done(f"{name}: why it is left out is kept with it.")


def _restore(request: FirmRequest, connection: Connection, key: Key, name: str) -> Done:
    decisions.restore(request.member, [key])
    return Done(f"{name} takes part again and waits for your decision.")


def _retry(request: FirmRequest, connection: Connection, key: Key, name: str) -> Done:
    repairs.retry_records(request.member, key.entity, [key.id])
    return Done(f"{name}: tried again now.")


_ACTS: Mapping[str, Callable[[FirmRequest, Connection, Key, str], Done]] = {
    "unlink": _unlink,
    "link_again": _link_again,
    "create": _create,
    "leave_out": _leave_out,
    "say_why": _say_why,
    "restore": _restore,
    "retry": _retry,
}
