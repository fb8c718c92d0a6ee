"""Acts: the tables of the tie-out: what both sides said clients owed on a day, and who put their name to it."""

from __future__ import annotations

from decimal import Decimal

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from tieout.practice.models import Firm, Member
from tieout.sync.connection_tables import Connection


def _money() -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(max_digits=16, decimal_places=2, default=0)


class TieOut(models.Model):
    """One comparison of what clients owe. Its figures are kept; its lines while it is the last of its day, or signed."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="tie_outs")
    day = models.DateField()
    checked_at = models.DateTimeField()
    clients = models.PositiveIntegerField(default=0)
    """How many were compared, those who owe nothing on either side included."""
    differing = models.PositiveIntegerField(default=0)
    here = _money()
    there = _money()
    unexplained = _money()
    """Cents nobody accounts for, whichever way they go."""
    causes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """Why a document counts differently -> [how many, their difference]."""
    signed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signed_name = models.CharField(max_length=200, blank=True)
    """The name as it was then."""
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "day"],
                condition=models.Q(signed_at=None),
                name="tie_out_once_unsigned",
            )
        ]
        indexes = [models.Index(fields=["connection", "-day", "-id"], name="tie_out_latest")]

    def __str__(self) -> str:
        return f"Tie-out of {self.day}"

    @property
    def difference(self) -> Decimal:
        return Decimal(self.here - self.there)

    @property
    def agrees(self) -> bool:
        """Every cent is the same, or somebody or something accounts for it."""
        return not self.unexplained


class TieOutLine(models.Model):
    """One client of a comparison: linked ones once, others under the side they are on."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    tie_out = models.ForeignKey(TieOut, on_delete=models.CASCADE, related_name="lines")
    practice_id = models.CharField(max_length=60, blank=True)
    ledger_id = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=1000)
    here = _money()
    there = _money()
    difference = _money()
    unexplained = _money()
    parts = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    """The documents by which the two differ, as ``reconcile.tie_out.Part``."""

    class Meta:
        indexes = [
            models.Index(fields=["tie_out", "id"], name="tie_out_line_in_order"),
            models.Index(fields=["tie_out", "practice_id"], name="tie_out_line_of_client"),
        ]

    def __str__(self) -> str:
        return self.name
