"""Acts: the table of what people decided about pairs. Written by ``match_memory``; only ever added to."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from tieout.practice.models import Firm, Member
from tieout.sync.connection_tables import Connection


class Verdict(models.TextChoices):
    ACCEPT = "accept", "Linked"
    REJECT = "reject", "Declared different"
    UNLINK = "unlink", "Unlinked later"
    VOID = "void", "Void the other one"


class MatchDecision(models.Model):
    """One decision about one pair. The latest one counts; the earlier ones are how precision is measured."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="match_decisions")
    entity = models.CharField(max_length=40)
    practice_id = models.CharField(max_length=60)
    ledger_id = models.CharField(max_length=60)
    verdict = models.CharField(max_length=10, choices=Verdict)
    proposed = models.CharField(max_length=12, blank=True)
    """How it was proposed: ``confirmed``, ``check``, ``suggested``, or empty when a person found it alone."""
    evidence = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """What was shown at that moment: names, reasons for and against, certainty."""
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["connection", "entity", "practice_id", "ledger_id"], name="match_pair")
        ]
