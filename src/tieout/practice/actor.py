"""Acts: who did it, and the append-only history of what they changed.

Written by the verbs, in their transaction. The database refuses to change or remove a row of it (migration 0002);
``audit_chain`` chains them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from tieout.practice.firms import Firm, Member


class ActorKind(StrEnum):
    MEMBER = "member"
    SYNC = "sync"
    IMPORT = "import"
    API = "api"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who performs a verb. ``label`` is kept as text: it stays readable when the member is renamed."""

    kind: ActorKind
    label: str
    member_id: int | None = None

    @classmethod
    def of(cls, member: Member, kind: ActorKind = ActorKind.MEMBER) -> Actor:
        if member.stand_in is not None:
            return cls(kind=ActorKind.API, label=member.stand_in, member_id=member.pk)
        return cls(kind=kind, label=member.user.get_full_name(), member_id=member.pk)


Changes = Mapping[str, list[Any]]
"""Field -> [before, after]. For a new record every field that is not empty, with before None."""


class ChangeRecord(models.Model):
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="history")
    kind = models.CharField(max_length=40)
    record_id = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    """The version the change produced."""
    verb = models.CharField(max_length=40)
    """The business act in the past tense: created, changed, archived, restored ..."""
    actor_kind = models.CharField(max_length=20, choices=[(each.value, each.value) for each in ActorKind])
    actor_label = models.CharField(max_length=200)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    number = models.PositiveBigIntegerField(null=True)
    """Counts from 1 per firm, without gaps; None until ``audit_chain`` has chained it."""
    previous_hash = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["firm", "number"], name="history_in_sequence")]
        indexes = [
            models.Index(fields=["firm", "kind", "record_id", "-id"], name="history_of_record"),
            models.Index(fields=["firm", "id"], condition=models.Q(number=None), name="history_to_chain"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id} {self.verb} by {self.actor_label}"


def history_row(
    firm_id: int, kind: str, record_id: str, version: int, verb: str, actor: Actor, changes: Changes
) -> ChangeRecord:
    """One entry of a record's history, not yet saved."""
    return ChangeRecord(
        firm_id=firm_id,
        kind=kind,
        record_id=record_id,
        version=version,
        verb=verb,
        actor_kind=actor.kind.value,
        actor_label=actor.label[:200],
        member_id=actor.member_id,
        changes=dict(changes),
    )
