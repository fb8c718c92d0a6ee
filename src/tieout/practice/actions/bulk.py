"""Acts: what is done with many invoices at once, each for itself, by whoever gets to it: the page or the worker.

A row is claimed and committed before anything is done with it, so that two who work on the same list never do one
twice, and a program that stops leaves a list that says where.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from tieout.practice.access import require
from tieout.practice.actions.invoice_life import mark_sent
from tieout.practice.actions.invoices import finalise_invoice
from tieout.practice.actions.sending import mail_invoice
from tieout.practice.actor import Actor
from tieout.practice.billing_access import visible_documents
from tieout.practice.bulk import MAILS, BulkAct, BulkRow, BulkVerb, RowState
from tieout.practice.firms import Member
from tieout.practice.invoice_terms import today_at
from tieout.practice.invoices import Invoice
from tieout.practice.mail import NotSent
from tieout.practice.permissions import NotYours, Permission
from tieout.practice.validation import Invalid

MOST = 5_000
AT_ONCE = 25
"""So many the page does itself; more, and every mail, are the worker's."""
GIVEN_UP_AFTER = timedelta(minutes=10)
"""A row under way for longer belongs to a program that is gone."""
KEPT_FOR = timedelta(days=30)
_UNCLEAR = (
    "Tieout was stopped while this mail was being sent. Look whether it arrived before you send it again."
)


def start_bulk(*, member: Member, verb: BulkVerb, invoice_ids: Sequence[int], now: datetime) -> BulkAct:
    """Note what is to be done with which invoices; those the member may not see are left out. Raises NotAllowed."""
    require(member, Permission.EDIT_INVOICES)
    seen = set(
        visible_documents(member, Invoice).filter(pk__in=invoice_ids[:MOST]).values_list("pk", flat=True)
    )
    ids = [each for each in dict.fromkeys(invoice_ids[:MOST]) if each in seen]
    with transaction.atomic():
        BulkAct.objects.filter(firm_id=member.firm_id, finished_at__lt=now - KEPT_FOR).delete()
        act = BulkAct.objects.create(firm_id=member.firm_id, member=member, verb=verb, created_at=now)
        BulkRow.objects.bulk_create(
            [
                BulkRow(firm_id=member.firm_id, act=act, position=position, invoice_id=invoice_id)
                for position, invoice_id in enumerate(ids)
            ],
            batch_size=1000,
        )
        if not ids:
            act.finished_at = now
            act.save(update_fields=["finished_at"])
        elif (verb in MAILS or len(ids) > AT_ONCE) and settings.BULK_BELL:
            import_string(settings.BULK_BELL)(act.pk)
    return act


def access_bulk(member: Member, act_id: uuid.UUID) -> BulkAct:
    """What this member once started. Raises NotYours."""
    act = BulkAct.objects.filter(firm_id=member.firm_id, member=member, pk=act_id).first()
    if act is None:
        raise NotYours("There is no such list.")
    return act


def carry_on(*, firm_id: int, act_id: uuid.UUID, clock: Callable[[], datetime]) -> BulkAct:
    """Do every row that waits, and close the list once none is open. Safe to call again, and by two at once.

    ``clock``: asked for each row, because a long list of mails takes its time.
    """
    act = BulkAct.objects.select_related("member__firm", "member__role", "member__user").get(
        firm_id=firm_id, pk=act_id
    )
    _give_up_on_stopped(act, clock())
    while (row := _claim(act, clock())) is not None:
        row.problem = _done_with(act, row, clock())[:1000]
        row.state = RowState.REFUSED if row.problem else RowState.DONE
        row.save(update_fields=["state", "problem"])
    open_rows = act.rows.filter(state__in=(RowState.WAITING, RowState.DOING))
    if act.finished_at is None and not open_rows.exists():
        act.finished_at = clock()
        act.save(update_fields=["finished_at"])
    return act


def _claim(act: BulkAct, now: datetime) -> BulkRow | None:
    """The next row that waits, now under way and nobody else's."""
    with transaction.atomic():
        waiting = act.rows.filter(state=RowState.WAITING).order_by("position")
        row = waiting.select_for_update(skip_locked=True).first()
        if row is not None:
            row.state, row.began_at = RowState.DOING, now
            row.save(update_fields=["state", "began_at"])
    return row


def _give_up_on_stopped(act: BulkAct, now: datetime) -> None:
    """Rows of a program that was stopped: a mail may be out already; everything else can simply be done again."""
    stopped = act.rows.filter(state=RowState.DOING, began_at__lt=now - GIVEN_UP_AFTER)
    if act.verb in MAILS:
        stopped.update(state=RowState.UNCLEAR, problem=_UNCLEAR)
    else:
        stopped.update(state=RowState.WAITING)


def _done_with(act: BulkAct, row: BulkRow, now: datetime) -> str:
    """Do it with one invoice. Returns why not, empty when it is done."""
    member = act.member
    if not (member.is_active and member.may(Permission.EDIT_INVOICES)):
        return f"{member} may no longer write invoices."
    if row.invoice_id is None:
        return "This draft was thrown away meanwhile."
    try:
        _act(act, row.invoice_id, today_at(now, member.firm.time_zone), now)
    except (Invalid, NotYours, NotSent) as problem:
        return str(problem) or "It was refused."
    return ""


def _act(act: BulkAct, invoice_id: int, today: date, now: datetime) -> None:
    actor, firm_id = Actor.of(act.member), act.firm_id
    if act.verb in (BulkVerb.FINALISE, BulkVerb.FINALISE_AND_MAIL):
        finalise_invoice(firm_id=firm_id, invoice_id=invoice_id, actor=actor, today=today, now=now)
    if act.verb == BulkVerb.MARK_SENT:
        mark_sent(firm_id=firm_id, invoice_id=invoice_id, actor=actor, now=now)
    if act.verb in MAILS:
        mail_invoice(firm_id=firm_id, invoice_id=invoice_id, actor=actor, now=now)


def unfinished_bulk(now: datetime) -> list[tuple[int, uuid.UUID]]:
    """(firm, list) of those nobody seems to work on: started a while ago and still open. For the worker's loop."""
    waiting = BulkAct.objects.filter(finished_at=None, created_at__lt=now - timedelta(seconds=30))
    return list(waiting.values_list("firm_id", "pk"))
