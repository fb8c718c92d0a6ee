"""Acts: the tables of what a firm chose about the sync itself, and of what the ledger's own settings were found to be."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from tieout.practice.models import Firm, Member
from tieout.sync.connection_tables import Connection


class SwitchChange(models.Model):
    """One turn of a switch of the advanced settings. Append-only; written by ``advanced``."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="switch_changes")
    entity = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    """``create``, ``edit`` or ``archive``."""
    side = models.CharField(max_length=10)
    """The side that is written when it is on."""
    before = models.BooleanField()
    after = models.BooleanField()
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["connection", "-id"], name="switch_change_latest")]


class SettingsCheck(models.Model):
    """What the ledger's own settings were when last looked at. One row per connection; written by ``settings_doctor``."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="settings_check")
    checked_at = models.DateTimeField()
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """As the ledger introduced itself: country and preferences."""
    problem = models.CharField(max_length=500, blank=True)
    """A sentence, when it could not be read; the facts are then the last ones known."""


class KeptSettings(models.Model):
    """What a ledger told of its company, as its own package reads it. One row per connection; see ``kept_settings``."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="+")
    told = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    kept_at = models.DateTimeField()


class Told(models.Model):
    """What those who manage integrations were last mailed. One row per connection; written by ``notices``."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="told")
    state = models.CharField(max_length=20, blank=True)
    """A member of ``notice_words.State``; empty: nothing was looked at yet."""
    beside = models.JSONField(default=dict)
    """What was told last of each thing that goes on beside the state: ``notice_words.Beside`` -> what it was."""
    digest_at = models.DateTimeField(null=True)
