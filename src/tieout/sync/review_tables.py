"""Acts: the tables of the set-up review: what matching proposed, what a person decided, and who looks at it.

Written by ``review``, ``review_decisions`` and ``review_together``.
"""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from tieout.practice.models import Firm, Member
from tieout.sync.connection_tables import Connection


class ReviewState(models.TextChoices):
    COLLECTING = "collecting", "Reading both sides"
    READY = "ready", "Ready to review"
    APPLYING = "applying", "Syncing"
    DONE = "done", "Done"
    FAILED = "failed", "Stopped"
    CANCELLED = "cancelled", "Cancelled"


OPEN_STATES = (ReviewState.COLLECTING, ReviewState.READY, ReviewState.APPLYING)


class Review(models.Model):
    """One pass of the set-up wizard over one entity. Shared by everybody in the firm, resumable."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="reviews")
    entity = models.CharField(max_length=40)
    state = models.CharField(max_length=20, choices=ReviewState, default=ReviewState.COLLECTING)
    activity = models.CharField(max_length=10)
    """``active``, ``inactive`` or ``all``: which ledger records were asked for."""
    include_subcustomers = models.BooleanField(default=False)
    create_new = models.BooleanField(default=True)
    """The switch "Create x new clients"."""
    visited = models.JSONField(default=list)
    """The lists of it that somebody has opened, by the word of their bucket."""
    phase = models.CharField(max_length=120, blank=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(null=True)
    problem = models.CharField(max_length=1000, blank=True)
    summary = models.JSONField(default=dict)
    started_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    tell = models.JSONField(default=list)
    """Ids of members who asked to be mailed when it is ready."""
    told_at = models.DateTimeField(null=True)
    """When they, and who started it and left, were mailed."""
    applied_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "entity"],
                condition=models.Q(state__in=OPEN_STATES),
                name="one_open_review",
            )
        ]


class ReviewRow(models.Model):
    """One line of a review: a pair, a lone record, or one member of a duplicate group."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="rows")
    bucket = models.CharField(max_length=12)
    group = models.CharField(max_length=1000)
    practice_id = models.CharField(max_length=60, blank=True)
    ledger_id = models.CharField(max_length=60, blank=True)
    practice_name = models.CharField(max_length=1000, blank=True)
    ledger_name = models.CharField(max_length=1000, blank=True)
    practice_details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    ledger_details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    reasons = models.JSONField(default=list)
    """Sentences that speak for it, or say why it is in its bucket."""
    against = models.JSONField(default=list)
    """Sentences that speak against it."""
    confirmed = models.BooleanField(default=False)
    """Of a match: a rule allows to link it without asking. Otherwise it is to be checked, and not linked unless accepted."""
    certainty = models.DecimalField(max_digits=4, decimal_places=3, null=True)
    """Of a pair: 0 to 0.999, calibrated; for ranking only."""
    differs = models.JSONField(default=list)
    """Of a pair: the units in which both sides said something, and not the same, when it was read."""
    fills = models.PositiveSmallIntegerField(default=0)
    """Of a pair: how many fields linking fills, where only one side said something when it was read."""
    exact = models.BooleanField(default=False)
    """Of a pair: confirmed, of the same name, and in nothing different when it was read."""
    suggestions = models.JSONField(default=list)
    """Possible partners, best first: side, id, name, details, likely, certainty (text), reasons, against."""
    decision = models.CharField(max_length=20, blank=True)
    """What a person decided, in the words of ``review_plan``; empty: the bucket's own way."""
    half_of = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="halves")
    """The pair that a person declared different, of which this row is one record; it stands for itself as long as they do."""
    choice = models.JSONField(default=dict)
    """Beside the decision: ``with`` and ``with_name`` (the record to link), ``keep`` (unit -> side) where a pair differs,
    ``kind`` (of a client that is created here), ``reason`` (why it is left out), ``left_out_before`` (it was so already
    when the review was read), ``apart`` (of a pair that is none: its two records have rows of their own)."""
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    sort_name = models.CharField(max_length=1000)

    class Meta:
        indexes = [
            models.Index(fields=["review", "bucket", "sort_name", "id"], name="review_row_page"),
            models.Index(
                fields=["review", "ledger_id"],
                condition=models.Q(choice__has_key="kind"),
                name="review_row_kind",
            ),
        ]

    @property
    def will_be_linked(self) -> bool:
        """A pair that applying links: confirmed and not rejected, or accepted by a person."""
        if self.bucket != "match":
            return False
        return self.decision == "accept" or (self.confirmed and self.decision != "reject")


class WorkVisit(models.Model):
    """That a member looks at what needs a person, where, and when they were last seen there. One row each."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=60)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "member"], name="work_visit_once")]


class ReviewVisit(models.Model):
    """That a member looks at a review, where, and when they were last seen there. One row each."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=60)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "member"], name="review_visit_once")]
