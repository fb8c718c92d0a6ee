"""Acts: what changed here, for whoever keeps another system in step. Carries keys, never facts.

A verb notes its change in its own transaction: either both happened or neither. Whoever reads the notes deletes
those it has taken up; a cursor over ``id`` would skip a note whose transaction committed late.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import connection, models
from django.utils import timezone
from django.utils.module_loading import import_string

from tieout.practice.firms import Firm


class OutboxNote(models.Model):
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="outbox")
    kind = models.CharField(max_length=40)
    record_id = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["firm", "id"], name="outbox_by_firm")]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id} version {self.version}"


def note_change(firm_id: int, kind: str, record_id: str, version: int) -> None:
    """Note that one record of the firm now has ``version``, and ring the bell.

    Raises RuntimeError outside a transaction: a note without its change, or the reverse, is a lost update.
    """
    note_changes(firm_id, kind, [(record_id, version)])


def note_changes(firm_id: int, kind: str, changes: Iterable[tuple[str, int]]) -> None:
    """Note many records at once, (record id, version) each, and ring the bell once."""
    if not connection.in_atomic_block:
        raise RuntimeError("A change is noted in the transaction that made it.")
    notes = [
        OutboxNote(firm_id=firm_id, kind=kind, record_id=record_id, version=version)
        for record_id, version in changes
    ]
    if not notes:
        return
    OutboxNote.objects.bulk_create(notes, batch_size=1000)
    if settings.OUTBOX_BELL:
        import_string(settings.OUTBOX_BELL)(firm_id)
