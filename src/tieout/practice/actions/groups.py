"""Acts: the verbs on client groups. A group is the practice's own affair: history, but no note to anybody."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from tieout.practice.access import client_to_change
from tieout.practice.actions.recording import check_version, record_changed, record_created, set_values
from tieout.practice.actor import Actor
from tieout.practice.billing_access import row_to_change, rows_of
from tieout.practice.billing_validation import Checks
from tieout.practice.groups import CLIENT_GROUP, ClientGroup, GroupMember
from tieout.practice.invoices import Invoice, Status
from tieout.practice.recurring import RecurringInvoice
from tieout.practice.validation import Invalid, TextRule

NAME = TextRule("Name", 200, required=True)


def create_group(*, firm_id: int, actor: Actor, name: str) -> ClientGroup:
    """A group without clients yet. Raises Invalid."""
    name = _name(name)
    with transaction.atomic():
        group = ClientGroup(firm_id=firm_id, name=name)
        _save(group)
        record_created(group, CLIENT_GROUP, actor, {"name": [None, name]})
    return group


def rename_group(
    *, firm_id: int, group_id: int | str, actor: Actor, name: str, expected_version: int | None = None
) -> ClientGroup:
    """Raises RecordChangedMeanwhile, NotYours, Invalid."""
    name = _name(name)
    with transaction.atomic():
        group = row_to_change(ClientGroup, firm_id, group_id)
        check_version(group, CLIENT_GROUP, expected_version)
        if changes := set_values(group, {"name": name}):
            _save(group)
            record_changed(group, CLIENT_GROUP, "renamed", actor, changes)
    return group


def add_to_group(*, firm_id: int, group_id: int | str, client_id: int | str, actor: Actor) -> ClientGroup:
    """Put a client in the group; the first one gets its invoices. In it already: no change.

    Raises NotYours, Invalid when the client is in another group.
    """
    with transaction.atomic():
        group = row_to_change(ClientGroup, firm_id, group_id)
        if not group.is_active:
            raise Invalid({"group_id": f"{group.name} was dissolved. Choose another group."})
        client = client_to_change(firm_id, client_id)
        there = GroupMember.objects.filter(client=client).select_related("group").first()
        if there is not None:
            if there.group_id == group.pk:
                return group
            raise Invalid(
                {"client_id": f"{client.name} is in the group {there.group.name}. Take it out there first."}
            )
        GroupMember.objects.create(firm_id=firm_id, group=group, client=client)
        changes = set_values(group, {"billed_client": group.billed_client or client})
        record_changed(
            group, CLIENT_GROUP, "added a client", actor, {**changes, "client": [None, client.name]}
        )
    return group


def remove_from_group(
    *, firm_id: int, group_id: int | str, client_id: int | str, actor: Actor
) -> ClientGroup:
    """Take a client out; what was billed stays as it is. Raises NotYours, Invalid for the one that is billed."""
    with transaction.atomic():
        group = row_to_change(ClientGroup, firm_id, group_id)
        client = client_to_change(firm_id, client_id)
        if group.billed_client_id == client.pk and group.members.count() > 1:
            raise Invalid(
                {
                    "client_id": f"{client.name} gets the group's invoices. Choose another client for that first."
                }
            )
        if group.members.filter(client=client).delete()[0]:
            changes = set_values(
                group, {"billed_client": None} if group.billed_client_id == client.pk else {}
            )
            record_changed(
                group, CLIENT_GROUP, "removed a client", actor, {**changes, "client": [client.name, None]}
            )
    return group


def set_billed_client(
    *, firm_id: int, group_id: int | str, client_id: int | str, actor: Actor
) -> ClientGroup:
    """Who gets the group's invoices from now on. Raises NotYours, Invalid unless it is a client of the group."""
    with transaction.atomic():
        group = row_to_change(ClientGroup, firm_id, group_id)
        client = client_to_change(firm_id, client_id)
        if not group.members.filter(client=client).exists():
            raise Invalid({"client_id": "Choose a client of the group."})
        if changes := set_values(group, {"billed_client": client}):
            record_changed(group, CLIENT_GROUP, "changed", actor, changes)
    return group


def dissolve_group(
    *, firm_id: int, group_id: int | str, actor: Actor, expected_version: int | None = None
) -> ClientGroup:
    """End a group: its clients are on their own again, and it takes no more invoices. Those it got still name it.

    Raises RecordChangedMeanwhile, NotYours, Invalid while a draft or a recurring invoice is to be billed to it.
    """
    with transaction.atomic():
        group = row_to_change(ClientGroup, firm_id, group_id)
        if not group.is_active:
            return group
        check_version(group, CLIENT_GROUP, expected_version)
        drafts = rows_of(Invoice, firm_id).filter(group=group, status=Status.DRAFT).count()
        recurring = rows_of(RecurringInvoice, firm_id).filter(content__group_id=group.pk, is_active=True)
        if drafts or recurring.exclude(next_date=None).exists():
            what = "Drafts" if drafts else "Recurring invoices"
            raise Invalid(
                {
                    "group_id": f"{what} are billed to {group.name}. Finish them, or bill them to a client first."
                }
            )
        names = list(group.members.order_by("pk").values_list("client__name", flat=True))
        group.members.all().delete()
        changes = set_values(group, {"billed_client": None, "is_active": False})
        changes["clients"] = [", ".join(names), None]
        record_changed(group, CLIENT_GROUP, "dissolved", actor, changes)
    return group


def _name(name: str) -> str:
    checks = Checks()
    name = checks.text("name", name, NAME)
    checks.done()
    return name


def _save(group: ClientGroup) -> None:
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError as error:
        if "client_group_name_once" not in str(error):
            raise
        raise Invalid({"name": f"Another group is called {group.name}. Choose another name."}) from error
