"""Acts: the buttons on one record's own page: unlink, create in QuickBooks, leave out, restore, retry."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from tieout.practice.permissions import NotYours
from tieout.reconcile.state import Key, Side
from tieout.sync import decisions, partners, worklist
from tieout.sync.decisions import CannotDecide
from tieout.sync.models import Connection, SectionState
from tieout.web.access import FirmRequest
from tieout.web.integrations import acts
from tieout.web.integrations.acts import Done
from tieout.web.integrations.gated import connected
from tieout.web.integrations.needs_you import back, tell


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


def _unlink(request: FirmRequest, connection: Connection, key: Key, name: str) -> Done:
    return acts.unlink_record(request.member, key.entity, key.id, name)


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
    rows = worklist.of_record(connection, key.entity, key.id)
    decisions.retry(request.member, [row.id for row in rows])
    return Done(f"{name}: tried again now.")


_ACTS: Mapping[str, Callable[[FirmRequest, Connection, Key, str], Done]] = {
    "unlink": _unlink,
    "create": _create,
    "leave_out": _leave_out,
    "say_why": _say_why,
    "restore": _restore,
    "retry": _retry,
}
