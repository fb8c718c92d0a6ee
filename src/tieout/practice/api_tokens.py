"""Acts: the tables of API access: the tokens programs sign in with, and the answers kept for their retries.

A token acts for the member who made it, within its scopes. A scope is a permission: a token never has a right that its
member lacks. The secret itself is not kept, only its SHA-256; it has 256 random bits, so no slow hash is needed.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from tieout.practice.firms import Firm, Member

API_TOKEN = "api_token"  # noqa: S105 - the kind of record, in the history
PREFIX = "tieout_"
"""What every secret starts with, so that people and secret scanners know one when they see it."""


class ApiToken(models.Model):
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="api_tokens")
    """For whom it acts: its rights end with theirs."""
    name = models.CharField(max_length=80)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    """Names of permissions."""
    secret_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=20)
    """The beginning of the secret, to tell tokens apart."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    """To the minute."""
    calls = models.PositiveIntegerField(default=0)
    """In the minute of ``last_used_at``."""

    class Meta:
        indexes = [models.Index(fields=["firm", "-id"], name="api_token_by_firm")]

    def __str__(self) -> str:
        return self.name

    def holds(self, now: datetime) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class KeptAnswer(models.Model):
    """What a call with an idempotency key was answered, given again to whoever repeats it."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="+")
    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    """SHA-256 of method, address, condition and body."""
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    body = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="kept_answer_once")]
        indexes = [models.Index(fields=["firm", "created_at"], name="kept_answer_by_age")]

    def __str__(self) -> str:
        return self.key


def secret_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
