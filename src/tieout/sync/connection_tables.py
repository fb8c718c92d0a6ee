"""Acts: the tables of a firm's tie to its ledger company. Written by ``connections``, ``tokens`` and ``runner``."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from tieout.practice.models import Firm, Member


class ConnectionState(models.TextChoices):
    ACTIVE = "active", "Connected"
    PAUSED = "paused", "Paused"
    NEEDS_RECONNECT = "needs_reconnect", "Needs to be reconnected"
    DISCONNECTED = "disconnected", "Disconnected"


LIVE_STATES = (ConnectionState.ACTIVE, ConnectionState.PAUSED, ConnectionState.NEEDS_RECONNECT)


class SectionState(models.TextChoices):
    """How far the set-up of one entity has come."""

    NOT_STARTED = "not_started", "Not started"
    IN_REVIEW = "in_review", "In review"
    ON = "on", "On"


class Connection(models.Model):
    """One firm's authorised tie to one ledger company."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="connections")
    ledger = models.CharField(max_length=40, default="quickbooks")
    state = models.CharField(max_length=20, choices=ConnectionState, default=ConnectionState.ACTIVE)
    state_reason = models.CharField(max_length=500, blank=True)
    """A sentence, when the state is not active."""
    paused_because = models.CharField(max_length=500, blank=True, default="", db_default="")
    """Why it was paused, while a sign-in that has ended stands before it: the next sign-in puts the pause back."""
    company_sealed = models.TextField()
    """The company's id, encrypted; open it with ``secrets.open_sealed``."""
    company_digest = models.CharField(max_length=64)
    """Keyed digest of the company's id: finds the connection of a webhook without decrypting any."""
    company_name = models.CharField(max_length=1024)
    connected_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    connected_at = models.DateTimeField(default=timezone.now)
    last_checked_at = models.DateTimeField(null=True)
    last_in_step_at = models.DateTimeField(null=True)

    sections = models.JSONField(default=dict)
    """Practice word of an entity -> SectionState."""
    switches = models.JSONField(default=dict)
    """Practice word of an entity -> {create|edit|archive: {practice|ledger: bool}}; absent means the default."""

    dry_run_until = models.DateTimeField(null=True)
    """Set while a dry run is under way: no write leaves for the ledger. When it is past, the dry run asks to be ended."""

    settings = models.JSONField(default=dict)
    """What the firm chose for this connection (accounts, items, tax codes): key -> ledger id, as its ledger lists them."""

    retire_halt = models.JSONField(default=dict)
    """What a run would have retired when it was halted for that, and, once a person has resumed, how much of it is left
    to be retired. See ``mass_retire``."""
    recall = models.JSONField(default=list)
    """Entities whose links were forgotten and whose records were sent from here: to be known again first. See ``recall``."""

    epoch = models.PositiveBigIntegerField(default=0)
    """Raised by whoever starts a run. A run whose epoch is no longer this one must not write any more."""
    holds_epoch = models.PositiveBigIntegerField(default=0, db_default=0)
    """Raised whenever records are held or left out: what a run has journalled is then asked about once more."""
    lease_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField(default=timezone.now)
    """When the connection next wants a run even if nothing rings."""
    quiet_until = models.DateTimeField(null=True)
    """The ledger has asked to be left alone until then, or does not answer: whatever rings, nothing is asked of it before."""
    changes_due_at = models.DateTimeField(default=timezone.now)
    """When the change feed is next asked, as the net under the webhooks."""
    sweep_due_at = models.DateTimeField(default=timezone.now)
    """When everything is next looked at, as the net under the change feed."""
    asked_at = models.DateTimeField(null=True)
    """When the change feed was last asked."""
    moved_at = models.DateTimeField(null=True)
    """When something last happened: a webhook came, or we wrote to the ledger."""
    webhook_heard_at = models.DateTimeField(null=True)
    """When a webhook last came for this company."""
    webhook_missed_at = models.DateTimeField(null=True)
    """When a change was last found that no webhook had told of."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "ledger"], condition=models.Q(state__in=LIVE_STATES), name="one_live_per_firm"
            ),
            models.UniqueConstraint(
                fields=["company_digest"],
                condition=models.Q(state__in=LIVE_STATES),
                name="company_linked_once",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="connection_due")]

    def __str__(self) -> str:
        return f"{self.company_name} ({self.get_state_display()})"

    def section(self, entity: str) -> SectionState:
        return SectionState(self.sections.get(entity, SectionState.NOT_STARTED))


class TokenSet(models.Model):
    """The tokens of a connection, encrypted and bound to it. Only ``tokens`` opens them."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="tokens")
    sealed = models.TextField()
    generation = models.PositiveIntegerField(default=1)
    """Raised by every refresh: an older pair can never overwrite a newer one."""
    access_expires_at = models.DateTimeField()
    refresh_expires_at = models.DateTimeField()
    hard_expires_at = models.DateTimeField(null=True)


class Cursor(models.Model):
    """How far the change feed was durably read: the ledger's own clock, never ours."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="cursors")
    entity = models.CharField(max_length=40)
    read_until = models.DateTimeField()
    compared_at = models.DateTimeField(null=True)
    """When the entity was last compared whole, by our own clock."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "entity"], name="cursor_once")]


class CallTurn(models.Model):
    """When the next call to a connection's company may leave, over all processes. Only ``throttle`` writes it."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="+")
    free_at = models.DateTimeField()


class CallMeter(models.Model):
    """How many calls of each class a connection made in a month: Intuit meters reads, not single writes."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="meters")
    month = models.DateField()
    """Its first day, in UTC."""
    metered = models.CharField(max_length=20)
    """``core`` (free) or ``coreplus`` (counted)."""
    calls = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "month", "metered"], name="call_meter_once")
        ]


class Run(models.Model):
    """One pass over one connection."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="runs")
    epoch = models.PositiveBigIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=40, blank=True)
    counts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["connection", "-started_at"], name="run_latest")]


class InboxEvent(models.Model):
    """One webhook notice: a key that may have changed. Stored before it is acknowledged, parsed later."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, null=True, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, null=True, related_name="inbox")
    event_id = models.CharField(max_length=200, unique=True)
    entity = models.CharField(max_length=60)
    """The ledger's word, as sent."""
    record_id = models.CharField(max_length=60)
    operation = models.CharField(max_length=40)
    other_id = models.CharField(max_length=60, blank=True)
    """For a merge: the record that was absorbed."""
    occurred_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["connection", "id"], condition=models.Q(handled_at=None), name="inbox_unhandled"
            )
        ]
