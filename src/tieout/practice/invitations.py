"""Acts: the table of who was invited to work at a firm, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models

from tieout.practice.firms import Firm, Member, Role

INVITATION = "invitation"
HOLDS_FOR = timedelta(days=7)


class Invitation(models.Model):
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(max_length=254)
    """In lower case."""
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    invited_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    serial = models.PositiveIntegerField(default=1)
    """Raised by sending it again: only the latest link opens the door."""
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    joined_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "email"],
                condition=models.Q(withdrawn_at=None, joined_at=None),
                name="invitation_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.firm}"

    def has_expired(self, now: datetime) -> bool:
        return now > self.expires_at
