"""Acts: mails those who manage integrations when the state of their QuickBooks connection changed, and a weekly digest.

What was told last is kept, so it may be called as often as one likes. A mail that the server did not take is tried again
with the next call; without a mail server nothing is kept, and nothing is told late by surprise.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.db.models.functions import Coalesce

from tieout.practice.billing_settings import currency_of
from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.practice.mail import NotSent, deliver, mail_is_set_up
from tieout.practice.models import Member
from tieout.practice.money import shown
from tieout.practice.permissions import Permission
from tieout.sync import dry_run_mode, notice_words, standing, tie_out, worklist
from tieout.sync.models import (
    LIVE_STATES,
    Connection,
    ConnectionState,
    Dirty,
    Issue,
    SectionState,
    SettingsCheck,
    Told,
)
from tieout.sync.notice_words import (
    QUEUE_OLD,
    REFUSALS,
    Beside,
    Facts,
    Mail,
    State,
    Waiting,
    days_left,
    digest,
    on_change,
)
from tieout.sync.payments_gate import AutoApply, auto_apply

log = logging.getLogger(__name__)
PAGE = "/settings/integrations/quickbooks/"


def tell_all(now: datetime) -> int:
    """Every firm's. Returns how many mails were sent."""
    if not mail_is_set_up():
        return 0
    with every_firm_scope():
        rows = list(Connection.objects.filter(state__in=LIVE_STATES).values_list("pk", "firm_id"))
    sent = 0
    for connection_id, firm_id in rows:
        with firm_scope(firm_id), transaction.atomic():
            Told.objects.get_or_create(connection_id=connection_id, defaults={"firm_id": firm_id})
            # One worker writes: another that looks at the same moment finds the row taken, and goes on.
            free = Told.objects.select_for_update(skip_locked=True).filter(connection_id=connection_id)
            if free.exists():
                sent += tell(Connection.objects.get(pk=connection_id), now)
    return sent


def tell(connection: Connection, now: datetime) -> int:
    """What one firm should know now. Returns how many mails were sent."""
    told, _ = Told.objects.get_or_create(connection=connection, defaults={"firm_id": connection.firm_id})
    address, state = f"{settings.BASE_URL}{PAGE}", state_of(connection, now)
    mails: list[tuple[Mail | None, dict[str, object]]] = [
        (on_change(told.state, state, _facts(connection), address), {"state": state.value}),
        (digest(_waiting(connection, now), told.digest_at, now, address), {"digest_at": now}),
    ]
    if told.state != state and mails[0][0] is None:
        Told.objects.filter(pk=told.pk).update(state=state.value)
    sent = _tell_beside(connection, told, now, address)
    for mail, kept in mails:
        if mail is not None and _sent(connection, mail):
            Told.objects.filter(pk=told.pk).update(**kept)
            sent += 1
    return sent


def _tell_beside(connection: Connection, told: Told, now: datetime, address: str) -> int:
    """What goes on beside the state. What was told, or has ended, is kept; a mail that was not taken is tried again."""
    going_on = going_on_of(connection, now)
    mails = notice_words.beside(told.beside, going_on, _facts(connection), address)
    missed = {what for what, mail in mails.items() if not _sent(connection, mail)}
    kept = {what.value: value for what, value in going_on.items() if what not in missed}
    kept |= {what.value: told.beside[what] for what in missed if what in told.beside}
    if kept != told.beside:
        Told.objects.filter(pk=told.pk).update(beside=kept)
    return len(mails) - len(missed)


def going_on_of(connection: Connection, now: datetime) -> dict[Beside, str]:
    """What may go on beside the state, as it is now. While nothing is sent anyway, neither a queue nor a refusal is news."""
    found = {Beside.SIGN_IN: days_left(standing.sign_in_ends(connection), now)}
    if connection.state == ConnectionState.NEEDS_RECONNECT:
        return {Beside.SIGN_IN: ""}
    if connection.state == ConnectionState.ACTIVE:
        open_ones = Issue.objects.filter(connection=connection, cause__in=REFUSALS, closed_at=None)
        found[Beside.REFUSED] = open_ones.order_by("cause").values_list("cause", flat=True).first() or ""
        oldest = _due_since(connection)
        found[Beside.SETTING] = _setting_to_change(connection)
        found[Beside.QUEUE] = "old" if oldest and now - oldest > QUEUE_OLD else ""
    return found


def _setting_to_change(connection: Connection) -> str:
    """Told only once payments are on: before that, whoever turns them on is stopped by it."""
    if connection.section("payment") is not SectionState.ON:
        return ""
    check = SettingsCheck.objects.filter(connection=connection).first()
    return "auto_apply" if check and auto_apply(check) is AutoApply.ON else ""


def _due_since(connection: Connection) -> datetime | None:
    """Since when the oldest change could have gone: what waits for its time is not counted before it."""
    since = Dirty.objects.filter(connection=connection).aggregate(at=Min(Coalesce("not_before", "noted_at")))
    found: datetime | None = since["at"]
    return found


def state_of(connection: Connection, now: datetime) -> State:
    """Signed out and halted first; a pause that a person asked for is well."""
    if connection.state == ConnectionState.NEEDS_RECONNECT:
        return State.SIGNED_OUT
    if connection.state == ConnectionState.PAUSED and not connection.state_reason.startswith("Paused by "):
        return State.HALTED
    if dry_run_mode.is_over(connection, now):
        return State.DRY_RUN_OVER
    last = tie_out.latest(connection)
    return State.UNEXPLAINED if last is not None and not last.agrees else State.WELL


def _facts(connection: Connection) -> Facts:
    last = tie_out.latest(connection)
    waiting = Dirty.objects.filter(connection=connection).count()
    amount = shown(last.unexplained, currency_of(connection.firm_id)) if last else ""
    planned = worklist.totals_of(connection, dry_run_mode.CAUSE)
    return Facts(
        connection.company_name,
        waiting,
        connection.state_reason,
        amount,
        planned,
        runs_out=standing.sign_in_ends(connection),
        oldest=_due_since(connection),
    )


def _waiting(connection: Connection, now: datetime) -> list[Waiting]:
    """Without what somebody has put off."""
    found = worklist.groups(connection, "needs_you", now=now)
    return [Waiting(one.cause.title, one.cause.next_step, one.count, one.oldest) for one in found]


def _sent(connection: Connection, mail: Mail) -> bool:
    managers = Member.objects.filter(
        firm_id=connection.firm_id,
        is_active=True,
        user__is_active=True,
        role__permissions__contains=[Permission.MANAGE_INTEGRATIONS.value],
    )
    to = list(managers.order_by("id").select_related("role", "user"))
    if not to:
        return False
    try:
        for one in to:  # each by itself: colleagues' addresses are nobody's business
            theirs = mail if one.may(Permission.VIEW_BILLING) else mail.without_amounts or mail
            deliver([one.user.email], theirs.subject, theirs.text, sender_name="Tieout")
    except NotSent as problem:
        log.warning("a notice was not sent: %s", problem)
        return False
    return True
