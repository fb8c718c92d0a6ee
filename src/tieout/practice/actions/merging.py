"""Acts: the verb that makes two clients one, and the count of what it would move.

Everything of the client that goes moves to the one that stays: documents with their money, contacts, notes, places in
groups. The one that goes is archived for good and says where it went; nothing is deleted, and each record that moved
has its history entry and its note, as if a person had changed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from tieout.practice.access import clients_of
from tieout.practice.actions.clients import ChangedMeanwhile, touch_client
from tieout.practice.actions.recording import NOTED, record_changed
from tieout.practice.actor import Actor, ChangeRecord, history_row
from tieout.practice.bulk import BulkRow
from tieout.practice.client_balances import ClientBalance, lock_money, move
from tieout.practice.client_merge import contacts_to_drop, fields_to_fill, notes_together
from tieout.practice.clients import Client, Contact
from tieout.practice.credits import CREDIT, CREDIT_APPLICATION, Credit, CreditApplication
from tieout.practice.groups import CLIENT_GROUP, ClientGroup, GroupMember
from tieout.practice.invoices import INVOICE, Invoice, InvoiceLine
from tieout.practice.money import ZERO
from tieout.practice.outbox import note_changes
from tieout.practice.payments import PAYMENT, REFUND, Payment, Refund
from tieout.practice.permissions import NotYours
from tieout.practice.recurring import RECURRING_INVOICE, RecurringInvoice
from tieout.practice.tags import ClientTag, tags_of
from tieout.practice.validation import Invalid

DOCUMENTS: Mapping[str, type[Any]] = {
    INVOICE: Invoice,
    RECURRING_INVOICE: RecurringInvoice,
    PAYMENT: Payment,
    REFUND: Refund,
    CREDIT: Credit,
}
"""Kind -> table whose rows are a client's own and follow it, each with its own history."""
MOVED_WITHOUT_HISTORY = (InvoiceLine, Contact)
SETTLED_APART = (GroupMember, ClientGroup, ClientBalance, Client, ClientTag, BulkRow)
"""Other tables that name a client. A test holds that with ``DOCUMENTS`` these are all there are."""


@dataclass(frozen=True, slots=True)
class Moving:
    """How much of the client that goes would move."""

    documents: Mapping[str, int]
    contacts: int
    tags: int
    balance: ClientBalance | None


def what_would_move(goes: Client) -> Moving:
    counts = {kind: model._default_manager.filter(client=goes).count() for kind, model in DOCUMENTS.items()}
    balance = ClientBalance.objects.filter(client=goes).first()
    contacts = Contact.objects.filter(client=goes).count()
    return Moving(counts, contacts, len(tags_of([goes]).get(goes.pk, ())), balance)


def merge_clients(
    *,
    firm_id: int,
    stays_id: int,
    goes_id: int,
    actor: Actor,
    seen: tuple[int, int] | None = None,
) -> Client:
    """Make the client ``goes_id`` part of ``stays_id``, in one transaction.

    ``seen``: the versions of both that the person was shown. Raises ChangedMeanwhile when one is another by now,
    NotYours, Invalid for two that cannot be one.
    """
    if stays_id == goes_id:
        raise Invalid({"client": "Choose two different clients."})
    with transaction.atomic():
        if clients_of(firm_id).filter(pk__in=(stays_id, goes_id)).count() < 2:
            raise NotYours("There is no such client.")
        balances = {each: lock_money(firm_id, each) for each in sorted((stays_id, goes_id))}
        stays, goes = _both(firm_id, stays_id, goes_id)
        for client, version in zip((stays, goes), seen or (), strict=False):
            if client.version != version:
                raise ChangedMeanwhile(seen=version, now=client.version)
        _check(stays, goes)
        applied = CreditApplication.objects.filter(firm_id=firm_id, credit__client=goes)
        _tell(CREDIT_APPLICATION, applied, stays, goes, actor)
        for kind, model in DOCUMENTS.items():
            rows = model._default_manager.filter(firm_id=firm_id, client=goes)
            _tell(kind, rows, stays, goes, actor)
            rows.update(client=stays)
        InvoiceLine.objects.filter(client=goes).update(client=stays)
        _move_money(balances[stays_id], balances[goes_id])
        _settle_groups(stays, goes, actor)
        dropped, tags = _move_contacts(stays, goes), _move_tags(stays, goes)
        _close(stays, goes, actor, dropped, tags)
    return stays


def _both(firm_id: int, stays_id: int, goes_id: int) -> tuple[Client, Client]:
    """Both locked, in the order of their ids: two merges at once must not wait for each other."""
    rows = clients_of(firm_id).select_for_update().filter(pk__in=(stays_id, goes_id)).order_by("pk")
    found = {each.pk: each for each in rows}
    return found[stays_id], found[goes_id]


def _check(stays: Client, goes: Client) -> None:
    for each in (stays, goes):
        if each.merged_into_id is not None:
            raise Invalid({"client": f"{each.name} was merged into another client already."})
    if not stays.is_active:
        raise Invalid({"client": f"{stays.name} is archived. Restore it first, or keep the other one."})
    billed = ClientGroup.objects.filter(firm_id=goes.firm_id, billed_client=goes).first()
    place = GroupMember.objects.filter(client=stays).first()
    if billed is not None and place is not None and place.group_id != billed.pk:
        raise Invalid(
            {
                "client": f"{goes.name} gets the invoices of the group {billed}, and {stays.name} is in another group. "
                "Choose another client for the group's invoices first."
            }
        )


def _tell(kind: str, rows: QuerySet[Any], stays: Client, goes: Client, actor: Actor) -> None:
    """All rows of one kind at once: the next version of each, its history entry and its note."""
    found = rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", "version")
    moved = [(pk, version + 1) for pk, version in found]
    rows.model._default_manager.filter(pk__in=[pk for pk, _ in moved]).update(
        version=F("version") + 1, updated_at=timezone.now()
    )
    changes = {"client": [goes.name, stays.name]}
    ChangeRecord.objects.bulk_create(
        [
            history_row(goes.firm_id, kind, str(pk), version, "moved to another client", actor, changes)
            for pk, version in moved
        ],
        batch_size=1000,
    )
    if kind in NOTED:
        note_changes(goes.firm_id, kind, ((str(pk), version) for pk, version in moved))


def _move_money(stays: ClientBalance, goes: ClientBalance) -> None:
    owed, on_account, credit_left = goes.owed, goes.on_account, goes.credit_left
    move(goes, owed=-owed, on_account=-on_account, credit_left=-credit_left)
    if (owed, on_account, credit_left) != (ZERO, ZERO, ZERO):
        move(stays, owed=owed, on_account=on_account, credit_left=credit_left)


def _settle_groups(stays: Client, goes: Client, actor: Actor) -> None:
    """A client is in at most one group: the one that stays keeps its place, or takes over the other's."""
    theirs = GroupMember.objects.filter(client=goes).select_related("group").first()
    if theirs is None:
        return
    group = theirs.group
    if GroupMember.objects.filter(client=stays).exists():
        theirs.delete()
    else:
        theirs.client = stays
        theirs.save()
    if group.billed_client_id == goes.pk:
        group.billed_client = stays
    record_changed(group, CLIENT_GROUP, "merged two clients", actor, {"client": [goes.name, stays.name]})


def _move_contacts(stays: Client, goes: Client) -> list[str]:
    """Names of those that were there already, and are not kept twice."""
    here = list(Contact.objects.filter(client=stays))
    there = list(Contact.objects.filter(client=goes))
    dropped = contacts_to_drop(here, there)
    Contact.objects.filter(pk__in=[each.pk for each in dropped]).delete()
    has_primary = any(each.is_primary for each in here)
    rest = Contact.objects.filter(client=goes)
    rest.update(client=stays, **({"is_primary": False} if has_primary else {}))
    return [each.full_name for each in dropped if each.full_name]


def _move_tags(stays: Client, goes: Client) -> list[str]:
    """The one that stays has those of both, as many as they are. Returns the names of those it did not have."""
    held = {each.pk for each in tags_of([stays]).get(stays.pk, ())}
    new = [each for each in tags_of([goes]).get(goes.pk, ()) if each.pk not in held]
    ClientTag.objects.filter(client=goes, tag__in=held).delete()
    ClientTag.objects.filter(client=goes).update(client=stays)
    return [each.name for each in new]


def _close(stays: Client, goes: Client, actor: Actor, dropped: list[str], tags: list[str]) -> None:
    clients_of(goes.firm_id).filter(merged_into=goes).update(merged_into=stays)
    filled = fields_to_fill(stays, goes)
    notes = notes_together(stays, goes)
    ended: dict[str, list[Any]] = {"merged_into": [None, stays.name]}
    if any(each.name == "external_id" for each in filled):
        ended["external_id"] = [goes.external_id, ""]
        goes.external_id = ""
    if goes.is_active:
        ended["is_active"] = [True, False]
    goes.is_active, goes.merged_into = False, stays
    touch_client(goes, actor, ended, verb="merged into another client")
    changes: dict[str, list[Any]] = {"merged": [None, goes.name]}
    for each in filled:
        changes[each.name] = ["", each.value]
        setattr(stays, each.name, each.value)
    if notes != stays.notes:
        changes["notes"] = [stays.notes, notes]
        stays.notes = notes
    if dropped:
        changes["contact"] = [", ".join(dropped), None]
    if tags:
        changes["tag"] = [None, ", ".join(tags)]
    touch_client(stays, actor, changes, verb="took in another client")
