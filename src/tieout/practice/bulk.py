"""Acts: the tables of what is done with many invoices or clients at once: what was asked, and what became of each."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from tieout.practice.billing_rows import text_column
from tieout.practice.clients import Client
from tieout.practice.firms import Firm, Member
from tieout.practice.invoices import Invoice
from tieout.practice.tags import Tag


class BulkVerb(models.TextChoices):
    FINALISE = "finalise", "Finalize"
    MARK_SENT = "send", "Mark as sent"
    MAIL = "mail", "Send by e-mail"
    FINALISE_AND_MAIL = "finalise-mail", "Finalize and send by e-mail"
    TAG = "tag", "Tag"
    UNTAG = "untag", "Take a tag off"
    ASSIGN = "assign", "Assign"


MAILS = (BulkVerb.MAIL, BulkVerb.FINALISE_AND_MAIL)
"""Take their time: the worker does them."""
OF_CLIENTS = (BulkVerb.TAG, BulkVerb.UNTAG, BulkVerb.ASSIGN)
"""Done with clients; all others with invoices."""


class BulkAct(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    verb = models.CharField(max_length=20, choices=BulkVerb.choices)
    tag = models.ForeignKey(Tag, on_delete=models.SET_NULL, null=True, related_name="+")
    """The one that is put on or taken off; None for other verbs, and when it was deleted meanwhile."""
    assigned_to = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, related_name="+")
    """To whom clients are given; None for other verbs, and for nobody."""
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"], condition=models.Q(finished_at=None), name="bulk_act_unfinished"
            ),
        ]

    def __str__(self) -> str:
        return self.get_verb_display()


class RowState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    DOING = "doing", "Under way"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    UNCLEAR = "unclear", "Unclear"
    """The program stopped in the middle of a mail: nobody knows whether it went out."""


class BulkRow(models.Model):
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="+")
    act = models.ForeignKey(BulkAct, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    invoice = models.ForeignKey(Invoice, on_delete=models.SET_NULL, null=True, related_name="+")
    client = models.ForeignKey(Client, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=RowState.choices, default=RowState.WAITING)
    began_at = models.DateTimeField(null=True, blank=True)
    problem = text_column(1000)
    """Why it was refused, as a sentence."""

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["act", "position"], name="bulk_row_once")]

    def __str__(self) -> str:
        return self.get_state_display()
