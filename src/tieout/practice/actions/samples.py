"""Acts: which of a firm's records are sample data, and the verb that takes them away again in one go.

What is a sample, the history says: the sample data made it. Only what nobody works with goes. The documents of one
client go together or not at all: where somebody recorded a payment, credited or changed one of them, all stay, and so
does the client. Also what the caller wants kept stays. Their history stays in any case, as all history does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from tieout.practice.access import clients_of, require
from tieout.practice.actions.merging import DOCUMENTS
from tieout.practice.actions.service_items import used_by
from tieout.practice.actions.sign_in import FIRM
from tieout.practice.actor import Actor, ActorKind, ChangeRecord, history_row
from tieout.practice.billing_access import rows_of
from tieout.practice.billing_settings import BillingSettings
from tieout.practice.client_balances import ClientBalance, lock_money
from tieout.practice.clients import CLIENT, Client, Contact
from tieout.practice.firms import Member
from tieout.practice.groups import ClientGroup, GroupMember
from tieout.practice.invoices import INVOICE, Invoice, InvoiceLine, InvoiceRevision
from tieout.practice.money import ZERO
from tieout.practice.outbox import note_changes
from tieout.practice.payments import PAYMENT, Allocation, Payment
from tieout.practice.permissions import Permission
from tieout.practice.service_items import SERVICE_ITEM, ServiceItem
from tieout.practice.tags import ClientTag

SAMPLES = Actor(ActorKind.SYSTEM, "Sample data")
_MADE = (CLIENT, SERVICE_ITEM, INVOICE, PAYMENT)
Ids = Mapping[str, Collection[int]]
"""Kind of record -> ids."""


@dataclass(frozen=True, slots=True)
class Samples:
    go: list[Client]
    """Those that would be taken away, by name."""
    stay: list[Client]
    """Those that are worked with."""
    invoices: list[Invoice] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    items: list[ServiceItem] = field(default_factory=list)
    """The documents and service items that would be taken away."""

    @property
    def documents(self) -> int:
        return len(self.invoices) + len(self.payments)

    def __bool__(self) -> bool:
        return bool(self.go or self.documents or self.items)


def samples_of(firm_id: int, keep: Ids | None = None) -> Samples:
    """The firm's sample data; ``keep``: what must stay for the caller's own reasons. So many queries, however much there is."""
    kept = {kind: set((keep or {}).get(kind, ())) for kind in _MADE}
    made = _made(firm_id)
    untouched = {kind: ids - kept[kind] for kind, ids in _untouched(firm_id, made).items()}
    found = list(clients_of(firm_id).filter(pk__in=made[CLIENT]).order_by("name", "pk"))
    ids = [each.pk for each in found]
    worked_with = _worked_with(ids, untouched)
    idle = set(ids) - worked_with
    invoices = list(rows_of(Invoice, firm_id).filter(pk__in=untouched[INVOICE], client__in=idle))
    payments = list(rows_of(Payment, firm_id).filter(pk__in=untouched[PAYMENT], client__in=idle))
    stays = worked_with | kept[CLIENT] | _part_of_others(firm_id, ids, [each.pk for each in invoices])
    return Samples(
        [each for each in found if each.pk not in stays],
        [each for each in found if each.pk in stays],
        invoices,
        payments,
        _free_items(firm_id, untouched[SERVICE_ITEM], invoices),
    )


def remove_samples(*, by: Member, keep: Ids | None = None) -> Samples:
    """Take away what nobody works with; returns what that was. Raises NotAllowed."""
    require(by, Permission.MANAGE_TEAM)
    firm_id = by.firm_id
    with transaction.atomic():
        # Whoever pays or changes one of these documents at this moment comes before, and it stays; or after, and it is gone.
        _lock(firm_id, samples_of(firm_id, keep))
        going = samples_of(firm_id, keep)
        _remove_documents(firm_id, going)
        rows_of(ServiceItem, firm_id).filter(pk__in=_ids(going.items)).delete()
        clients = _ids(going.go)
        for model in (Contact, ClientTag, GroupMember, ClientBalance):
            model._default_manager.filter(client__in=clients).delete()
        clients_of(firm_id).filter(pk__in=clients).delete()
        gone: dict[str, list[Any]] = {
            CLIENT: going.go,
            SERVICE_ITEM: going.items,
            INVOICE: going.invoices,
            PAYMENT: going.payments,
        }
        for kind, rows in gone.items():
            note_changes(firm_id, kind, ((str(each.pk), each.version + 1) for each in rows))
        told = {f"{kind.replace('_', ' ')}s": [len(rows), 0] for kind, rows in gone.items() if rows}
        history_row(firm_id, FIRM, str(firm_id), 0, "removed the sample data", Actor.of(by), told).save()
    return going


def _made(firm_id: int) -> dict[str, set[int]]:
    """Kind -> what the sample data made."""
    rows = ChangeRecord.objects.filter(
        firm_id=firm_id,
        kind__in=_MADE,
        verb__in=("created", "drafted"),
        actor_kind=SAMPLES.kind,
        actor_label=SAMPLES.label,
    )
    made: dict[str, set[int]] = {kind: set() for kind in _MADE}
    for kind, record_id in rows.order_by().values_list("kind", "record_id"):
        made[kind].add(int(record_id))
    return made


def _untouched(firm_id: int, made: Mapping[str, set[int]]) -> dict[str, set[int]]:
    """Of these, what nobody but the program itself has changed since. A client may be changed and is a sample still."""
    left = {kind: set(ids) for kind, ids in made.items()}
    touched = ChangeRecord.objects.filter(
        firm_id=firm_id,
        kind__in=[kind for kind in _MADE if kind != CLIENT],
        record_id__in={str(each) for kind, ids in made.items() if kind != CLIENT for each in ids},
    ).exclude(actor_kind=ActorKind.SYSTEM.value)
    for kind, record_id in touched.order_by().values_list("kind", "record_id"):
        left[kind].discard(int(record_id))
    return left


def _worked_with(ids: Collection[int], untouched: Mapping[str, set[int]]) -> set[int]:
    """Clients with a document that is not an untouched sample."""
    found: set[int] = set()
    for kind, model in DOCUMENTS.items():
        rows = model._default_manager.filter(client__in=ids).exclude(pk__in=untouched.get(kind, ()))
        found |= set(rows.values_list("client_id", flat=True))
    return found


def _part_of_others(firm_id: int, ids: Collection[int], going: Collection[int]) -> set[int]:
    """Clients with a part in another client's affairs. ``going``: invoices whose lines do not count."""
    found: set[int] = set()
    lines = InvoiceLine.objects.filter(client__in=ids).exclude(invoice__in=going)
    found |= {each for each in lines.values_list("client_id", flat=True) if each is not None}
    found |= set(ClientGroup.objects.filter(billed_client__in=ids).values_list("billed_client_id", flat=True))
    of_firm = clients_of(firm_id)
    merged = of_firm.filter(merged_into__isnull=False, pk__in=ids) | of_firm.filter(merged_into__in=ids)
    for pk, into in merged.values_list("pk", "merged_into_id"):
        found |= {pk, into}
    return found


def _free_items(firm_id: int, ids: Collection[int], invoices: Iterable[Invoice]) -> list[ServiceItem]:
    """Service items that would be on nothing any more once these invoices are gone."""
    if not ids:
        return []
    lines = InvoiceLine.objects.filter(firm_id=firm_id, item__in=ids)
    elsewhere = lines.exclude(invoice__in=[each.pk for each in invoices])
    used = set(elsewhere.values_list("item_id", flat=True))
    used |= {each for each, uses in used_by(firm_id, ids).items() if uses.credits or uses.recurring}
    used |= set(
        rows_of(BillingSettings, firm_id)
        .filter(late_fee_item__in=ids)
        .values_list("late_fee_item_id", flat=True)
    )
    return list(rows_of(ServiceItem, firm_id).filter(pk__in=set(ids) - used).order_by("name", "pk"))


def _lock(firm_id: int, going: Samples) -> None:
    """The money of these clients, then the clients, in the order of their ids."""
    of_documents = {each.client_id for rows in (going.invoices, going.payments) for each in rows}
    for client_id in sorted(of_documents):
        lock_money(firm_id, client_id)
    ids = of_documents | set(_ids(going.go))
    list(clients_of(firm_id).select_for_update().filter(pk__in=ids).order_by("pk"))


def _remove_documents(firm_id: int, going: Samples) -> None:
    """With all that hangs on them. Of a client all documents go, so that nothing is owed or on account afterwards."""
    invoices, payments = _ids(going.invoices), _ids(going.payments)
    Allocation.objects.filter(invoice__in=invoices).delete()
    Allocation.objects.filter(payment__in=payments).delete()
    InvoiceRevision.objects.filter(invoice__in=invoices).delete()
    rows_of(Payment, firm_id).filter(pk__in=payments).delete()
    rows_of(Invoice, firm_id).filter(pk__in=invoices).delete()
    left = {each.client_id for rows in (going.invoices, going.payments) for each in rows}
    ClientBalance.objects.filter(firm_id=firm_id, client__in=left).update(
        owed=ZERO, on_account=ZERO, credit_left=ZERO
    )


def _ids(rows: Iterable[Any]) -> list[int]:
    return [each.pk for each in rows]
