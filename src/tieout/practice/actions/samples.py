"""Acts: the sample clients a demonstration begins with, and the verb that takes them away again.

Which clients are samples, the history says: the sample data made them. Only those that nobody works with are taken
away: without a document, and not among those the caller wants kept. Their history stays, as all history does.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from tieout.practice.access import clients_of, require
from tieout.practice.actions.merging import DOCUMENTS, MOVED_WITHOUT_HISTORY
from tieout.practice.actions.sign_in import FIRM
from tieout.practice.actor import Actor, ActorKind, ChangeRecord, history_row
from tieout.practice.client_balances import ClientBalance
from tieout.practice.clients import CLIENT, Client, Contact
from tieout.practice.firms import Member
from tieout.practice.groups import ClientGroup, GroupMember
from tieout.practice.outbox import note_changes
from tieout.practice.permissions import Permission
from tieout.practice.tags import ClientTag

SAMPLES = Actor(ActorKind.SYSTEM, "Sample data")


@dataclass(frozen=True, slots=True)
class Samples:
    go: list[Client]
    """Those that would be taken away, by name."""
    stay: list[Client]
    """Those that are worked with."""


def samples_of(firm_id: int, keep: Collection[int] = ()) -> Samples:
    """The firm's sample clients; ``keep``: those that must stay for the caller's own reasons."""
    made = ChangeRecord.objects.filter(
        firm_id=firm_id, kind=CLIENT, verb="created", actor_kind=SAMPLES.kind, actor_label=SAMPLES.label
    )
    ids = [int(each) for each in made.values_list("record_id", flat=True)]
    found = list(clients_of(firm_id).filter(pk__in=ids).order_by("name", "pk"))
    used = _used(firm_id, ids) | set(keep)
    return Samples(
        [each for each in found if each.pk not in used], [each for each in found if each.pk in used]
    )


def remove_samples(*, by: Member, keep: Collection[int] = ()) -> int:
    """Take the sample clients away that nobody works with. Returns how many. Raises NotAllowed."""
    require(by, Permission.MANAGE_TEAM)
    with transaction.atomic():
        going = samples_of(by.firm_id, keep).go
        ids = [
            each.pk
            for each in clients_of(by.firm_id).select_for_update().filter(pk__in=[each.pk for each in going])
        ]
        for model in (Contact, ClientTag, GroupMember, ClientBalance):
            model._default_manager.filter(client__in=ids).delete()
        clients_of(by.firm_id).filter(pk__in=ids).delete()
        note_changes(by.firm_id, CLIENT, ((str(each.pk), each.version + 1) for each in going))
        told = {"clients": [len(ids), 0]}
        history_row(
            by.firm_id, FIRM, str(by.firm_id), 0, "removed the sample data", Actor.of(by), told
        ).save()
    return len(ids)


def _used(firm_id: int, ids: Collection[int]) -> set[int]:
    """Clients with a document, or with a part in another client's affairs."""
    used: set[int] = set()
    for model in (*DOCUMENTS.values(), *(each for each in MOVED_WITHOUT_HISTORY if each is not Contact)):
        used |= set(model._default_manager.filter(client__in=ids).values_list("client_id", flat=True))
    used |= set(ClientGroup.objects.filter(billed_client__in=ids).values_list("billed_client_id", flat=True))
    of_firm = clients_of(firm_id)
    merged = of_firm.filter(merged_into__isnull=False, pk__in=ids) | of_firm.filter(merged_into__in=ids)
    for pk, into in merged.values_list("pk", "merged_into_id"):
        used |= {pk, into}
    return used
