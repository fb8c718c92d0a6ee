"""Acts: the table of who asked for a permission, and what became of it. Written by ``actions.permission_requests``."""

from __future__ import annotations

from datetime import timedelta

from django.db import models

from tieout.practice.firms import Firm, Member

PERMISSION_REQUEST = "permission_request"
AGAIN_AFTER = timedelta(days=7)
"""How long after a no the same may be asked again."""


class PermissionRequest(models.Model):
    """One member asked for one permission. Open until it is declined; given, it is over by itself."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    permission = models.CharField(max_length=40)
    """A member of ``permissions.Permission``."""
    asked_at = models.DateTimeField()
    declined_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "permission"],
                condition=models.Q(declined_at=None),
                name="permission_asked_for_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} asks for {self.permission}"
