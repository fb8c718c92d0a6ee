"""Acts: what is done with many invoices or clients at once, each for itself, by whoever gets to it: page or worker.

A row is claimed and committed before anything is done with it, so that two who work on the same list never do one
twice, and a program that stops leaves a list that says where.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from tieout.practice.access import access_client, members_to_assign, require, visible_clients
from tieout.practice.actions.clients import change_client
from tieout.practice.actions.invoice_life import mark_sent
from tieout.practice.actions.invoices import finalise_invoice
from tieout.practice.actions.sending import mail_invoice
from tieout.practice.actions.tags import tag_client, untag_client
from tieout.practice.actor import Actor
from tieout.practice.billing_access import not_there, row_number, rows_of, visible_documents
from tieout.practice.bulk import MAILS, BulkAct, BulkRow, BulkVerb, RowState
from tieout.practice.firms import Member
from tieout.practice.invoice_terms import today_at
from tieout.practice.invoices import Invoice
from tieout.practice.mail import NotSent
from tieout.practice.permissions import PERMISSIONS, NotAllowed, NotYours, Permission
from tieout.practice.tags import Tag
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
_DRAFT_GONE = "This draft was thrown away meanwhile."
_CLIENT_GONE = "This client was removed meanwhile."


def start_bulk(*, member: Member, verb: BulkVerb, invoice_ids: Sequence[int], now: datetime) -> BulkAct:
    """Note what is to be done with which invoices; those the member may not see are left out. Raises NotAllowed."""
    require(member, Permission.EDIT_INVOICES)
    seen = visible_documents(member, Invoice).filter(pk__in=invoice_ids[:MOST]).values_list("pk", flat=True)
    return _start(member, BulkAct(verb=verb), "invoice_id", invoice_ids, set(seen), now)


def start_client_bulk(
    *,
    member: Member,
    verb: BulkVerb,
    client_ids: Sequence[int],
    now: datetime,
    tag_id: int | str = "",
    assigned_to_id: int | str | None = None,
) -> BulkAct:
    """The same for clients: with the tag that is put on or taken off, or to whom they go (None: nobody).

    Raises NotAllowed, Invalid for no such tag or colleague.
    """
    require(member, Permission.EDIT_CLIENTS)
    act = BulkAct(verb=verb)
    if verb == BulkVerb.ASSIGN:
        require(member, Permission.VIEW_ALL_CLIENTS)  # others would give away what they then no longer see
        act.assigned_to = _colleague(member, assigned_to_id)
    else:
        act.tag = _tag_of(member, tag_id)
    seen = visible_clients(member).filter(pk__in=client_ids[:MOST], merged_into=None)
    return _start(member, act, "client_id", client_ids, set(seen.values_list("pk", flat=True)), now)


def _tag_of(member: Member, tag_id: int | str) -> Tag:
    try:
        return rows_of(Tag, member.firm_id).get(pk=row_number(Tag, tag_id))
    except (NotYours, Tag.DoesNotExist) as missing:
        raise Invalid({"tag_id": "Choose the tag first, one of your firm's."}) from missing


def _colleague(member: Member, given: int | str | None) -> Member | None:
    if given is None:
        return None
    text = str(given)
    known = text if text.isascii() and text.isdigit() and len(text) <= 18 else "0"
    found = members_to_assign(member.firm_id).filter(pk=known).first()
    if found is None:
        raise Invalid(
            {
                "assigned_to_id": "Choose to whom the clients go: an active member of your firm, or nobody.",
            }
        )
    return found


def _start(
    member: Member, act: BulkAct, of: str, asked: Sequence[int], seen: set[int], now: datetime
) -> BulkAct:
    """``of``: which column of a row names what it is about."""
    ids = [each for each in dict.fromkeys(asked[:MOST]) if each in seen]
    with transaction.atomic():
        BulkAct.objects.filter(firm_id=member.firm_id, finished_at__lt=now - KEPT_FOR).delete()
        act.firm_id, act.member, act.created_at = member.firm_id, member, now
        if not ids:
            act.finished_at = now
        act.save(force_insert=True)
        BulkRow.objects.bulk_create(
            [
                BulkRow(firm_id=member.firm_id, act=act, position=position, **{of: each})
                for position, each in enumerate(ids)
            ],
            batch_size=1000,
        )
        if ids and (act.verb in MAILS or len(ids) > AT_ONCE) and settings.BULK_BELL:
            import_string(settings.BULK_BELL)(act.pk)
    return act


def access_bulk(member: Member, act_id: uuid.UUID) -> BulkAct:
    """What this member once started. Raises NotYours."""
    act = BulkAct.objects.filter(firm_id=member.firm_id, member=member, pk=act_id).first()
    if act is None:
        raise NotYours("There is no such list.")
    return act


def carry_on(
    *,
    firm_id: int,
    act_id: uuid.UUID,
    clock: Callable[[], datetime],
    go_on: Callable[[], bool] = lambda: True,
) -> BulkAct:
    """Do every row that waits, and close the list once none is open. Safe to call again, and by two at once.

    ``clock``: asked for each row, because a long list of mails takes its time. ``go_on``: asked after each row; once it
    says no, the rest goes on waiting.
    """
    act = BulkAct.objects.select_related("member__firm", "member__role", "member__user", "tag").get(
        firm_id=firm_id, pk=act_id
    )
    _give_up_on_stopped(act, clock())
    while (row := _claim(act, clock())) is not None:
        row.problem = _done_with(act, row, clock())[:1000]
        row.state = RowState.REFUSED if row.problem else RowState.DONE
        row.save(update_fields=["state", "problem"])
        if not go_on():
            break
    open_rows = act.rows.filter(state__in=(RowState.WAITING, RowState.DOING))
    if act.finished_at is None and not open_rows.exists():
        act.finished_at = clock()
        act.save(update_fields=["finished_at"])
    return act


def rows_wait(act: BulkAct) -> bool:
    """Whether something of the list is still to be taken up."""
    return act.rows.filter(state=RowState.WAITING).exists()


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
    """Do it with one of them. Returns why not, empty when it is done."""
    deed, member = _DEEDS[BulkVerb(act.verb)], act.member
    if not (member.is_active and member.may(deed.needs)):
        return f"{member} may no longer {PERMISSIONS[deed.needs].allows}."
    if getattr(row, deed.of) is None:
        return deed.gone
    try:
        deed.do(act, row, now)
    except (Invalid, NotAllowed, NotYours, NotSent) as problem:
        return str(problem) or "It was refused."
    return ""


def _finalise(act: BulkAct, row: BulkRow, now: datetime) -> None:
    today = today_at(now, act.member.firm.time_zone)
    finalise_invoice(**_invoice(act, row), today=today, now=now)


def _mark_sent(act: BulkAct, row: BulkRow, now: datetime) -> None:
    mark_sent(**_invoice(act, row), now=now)


def _mail(act: BulkAct, row: BulkRow, now: datetime) -> None:
    mail_invoice(**_invoice(act, row), now=now)


def _finalise_and_mail(act: BulkAct, row: BulkRow, now: datetime) -> None:
    _finalise(act, row, now)
    _mail(act, row, now)


def _invoice(act: BulkAct, row: BulkRow) -> dict[str, Any]:
    return {"firm_id": act.firm_id, "invoice_id": row.invoice_id, "actor": Actor.of(act.member)}


def _tag(act: BulkAct, row: BulkRow, now: datetime) -> None:
    tag_client(**_tagged(act, row))


def _untag(act: BulkAct, row: BulkRow, now: datetime) -> None:
    untag_client(**_tagged(act, row))


def _assign(act: BulkAct, row: BulkRow, now: datetime) -> None:
    require(act.member, Permission.VIEW_ALL_CLIENTS)
    change_client(**_client(act, row), assigned_to_id=act.assigned_to_id)


def _tagged(act: BulkAct, row: BulkRow) -> dict[str, Any]:
    """Raises NotYours for a tag that is gone."""
    if act.tag_id is None:
        raise not_there(Tag)
    return {**_client(act, row), "tag_id": act.tag_id}


def _client(act: BulkAct, row: BulkRow) -> dict[str, Any]:
    """Raises NotYours for a client the member may no longer see."""
    client = access_client(act.member, row.client_id or 0)
    return {"firm_id": act.firm_id, "client_id": client.pk, "actor": Actor.of(act.member)}


@dataclass(frozen=True, slots=True)
class _Deed:
    """What a verb does with one row, and the right it needs at that moment."""

    of: str
    gone: str
    """What is said when the row's record is no longer there."""
    needs: Permission
    do: Callable[[BulkAct, BulkRow, datetime], None]


_DEEDS: Mapping[BulkVerb, _Deed] = {
    BulkVerb.FINALISE: _Deed("invoice_id", _DRAFT_GONE, Permission.EDIT_INVOICES, _finalise),
    BulkVerb.MARK_SENT: _Deed("invoice_id", _DRAFT_GONE, Permission.EDIT_INVOICES, _mark_sent),
    BulkVerb.MAIL: _Deed("invoice_id", _DRAFT_GONE, Permission.EDIT_INVOICES, _mail),
    BulkVerb.FINALISE_AND_MAIL: _Deed(
        "invoice_id", _DRAFT_GONE, Permission.EDIT_INVOICES, _finalise_and_mail
    ),
    BulkVerb.TAG: _Deed("client_id", _CLIENT_GONE, Permission.EDIT_CLIENTS, _tag),
    BulkVerb.UNTAG: _Deed("client_id", _CLIENT_GONE, Permission.EDIT_CLIENTS, _untag),
    BulkVerb.ASSIGN: _Deed("client_id", _CLIENT_GONE, Permission.EDIT_CLIENTS, _assign),
}


def unfinished_bulk(now: datetime) -> list[tuple[int, uuid.UUID]]:
    """(firm, list) of those nobody seems to work on: started a while ago and still open. For the worker's loop."""
    waiting = BulkAct.objects.filter(finished_at=None, created_at__lt=now - timedelta(seconds=30))
    return list(waiting.values_list("firm_id", "pk"))
