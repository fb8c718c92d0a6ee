"""Acts: an uploaded file kept between its preview and its confirmation, so that what was shown is what is imported."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from tieout.practice.firms import Firm, Member


class ImportDraft(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="import_drafts")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, default="clients")
    """What its rows are."""
    file_name = models.CharField(max_length=255)
    content = models.TextField()
    """The file as text, as uploaded; read again at confirmation, never trusted from the browser."""
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    imported_at = models.DateTimeField(null=True)
    """Set by the one confirmation that counts; a second click finds it and imports nothing."""
    imported_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["firm", "expires_at"], name="import_draft_expiry")]

    def __str__(self) -> str:
        return self.file_name
