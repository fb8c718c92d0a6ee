"""Acts: what each client owes and has with us, kept as columns by the verbs, and the lock on a client's money.

Every verb that moves a client's money first locks this row. So one client's money changes one verb at a time, no two
verbs can wait for each other, and no list ever sums documents. A property test holds these columns to the sums.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from django.db import models
from django.db.models import F

from tieout.practice.billing_rows import money_column
from tieout.practice.clients import Client
from tieout.practice.firms import Firm
from tieout.practice.money import ZERO
from tieout.practice.validation import Invalid


class ClientBalance(models.Model):
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    client = models.OneToOneField(Client, on_delete=models.PROTECT, related_name="balance")
    owed = money_column()
    """The balances of the client's open invoices."""
    on_account = money_column()
    """Payments, or parts of them, on no invoice yet."""
    credit_left = money_column()
    """What is left of the client's credits."""
    net = models.GeneratedField(
        expression=F("owed") - F("on_account") - F("credit_left"),
        output_field=models.DecimalField(max_digits=16, decimal_places=2),
        db_persist=True,
    )
    """Below zero: the client has more with us than it owes."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(owed__gte=0, on_account__gte=0, credit_left__gte=0),
                name="client_balance_parts_positive",
            ),
        ]
        indexes = [
            models.Index(fields=["firm", "-net", "client"], name="client_balance_by_net"),
            models.Index(
                fields=["firm", "-owed"], condition=models.Q(owed__gt=0), name="client_balance_owing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owed} owed"


def owed_by(clients: Collection[Client]) -> dict[int, Decimal]:
    """What each of these owes, by its id, in one query; who never had a document is not in it. A funnel showed them."""
    rows = ClientBalance.objects.filter(client__in=clients)
    return dict(rows.values_list("client_id", "owed"))


def lock_money(firm_id: int, client_id: int) -> ClientBalance:
    """The client's balance, locked until the transaction ends. The first lock of every verb on its money.

    Raises Invalid for a client that was merged into another, also when that happened while waiting for the lock.
    """
    balances = (
        ClientBalance.objects.filter(firm_id=firm_id, client_id=client_id)
        .select_related("client")
        .select_for_update(of=("self",))
    )
    balance = balances.first()
    if balance is None:
        ClientBalance.objects.bulk_create(
            [ClientBalance(firm_id=firm_id, client_id=client_id)], ignore_conflicts=True
        )
        balance = balances.get()
    if balance.client.merged_into_id is not None:
        raise Invalid(
            {"client_id": f"{balance.client} was merged into another client. Choose that one instead."}
        )
    return balance


def move(
    balance: ClientBalance, *, owed: Decimal = ZERO, on_account: Decimal = ZERO, credit_left: Decimal = ZERO
) -> None:
    """Add to the parts of a locked balance, and save it."""
    balance.owed += owed
    balance.on_account += on_account
    balance.credit_left += credit_left
    balance.save(update_fields=["owed", "on_account", "credit_left"])
