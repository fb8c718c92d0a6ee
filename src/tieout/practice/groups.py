"""Acts: the tables of client groups: clients under one ownership, billed together. A client is in at most one."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from tieout.practice.billing_rows import BillingRow
from tieout.practice.clients import Client
from tieout.practice.firms import Firm

CLIENT_GROUP = "client_group"


class ClientGroup(BillingRow):
    name = models.CharField(max_length=200)
    billed_client = models.ForeignKey(
        Client, on_delete=models.PROTECT, null=True, blank=True, related_name="billed_for_groups"
    )
    """The member that gets the group's invoices and owes what is on them."""
    is_active = models.BooleanField(default=True)
    """False: dissolved. It has no members and takes no invoices; those it got still name it."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "firm", Lower("name"), condition=models.Q(is_active=True), name="client_group_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(ClientGroup, on_delete=models.CASCADE, related_name="members")
    client = models.OneToOneField(Client, on_delete=models.PROTECT, related_name="group_membership")

    def __str__(self) -> str:
        return f"{self.client} in {self.group}"
