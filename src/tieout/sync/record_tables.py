"""Acts: the tables of what the engine knows about records. Written by ``discover``, ``observe`` and ``executor``."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Func, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower, Right
from django.utils import timezone

from tieout.practice.models import Firm, Member
from tieout.sync.connection_tables import Connection

SIDES = [("practice", "Practice"), ("ledger", "Ledger")]
LISTINGS = [
    ("needs_you", "Needs you"),
    ("clearing", "Clearing by itself"),
    ("left_out", "Left out"),
]
"""Where a person finds the record: to act on, only to know about, or left out on purpose."""

STRAY = "unknown_here"
"""Among an observation's facts: a document that carries our mark and is linked to nothing here. See ``strays``."""
COPY_OF = "copy_of"
"""Among the facts of such a one: the practice record that was sent with that mark. Missing when nobody here knows it."""


CAUSE_LENGTH = 200


def _digits(unit: str) -> Right:
    """The last ten digits of a phone number among the units."""
    plain = Func(
        KeyTextTransform(unit, "units"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace"
    )
    return Right(plain, 10)


class OfConnection(models.Model):
    """Columns that every row about a connection's records has."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    entity = models.CharField(max_length=40)
    """The practice's word for the entity."""

    class Meta:
        abstract = True


class Observation(OfConnection):
    """One record as last seen on one side. Facts are read; this is what was read."""

    side = models.CharField(max_length=10, choices=SIDES)
    record_id = models.CharField(max_length=60)
    name = models.CharField(max_length=1000, blank=True)
    name_key = models.CharField(max_length=1000, blank=True)
    """The normalised name; empty when there is none. Equal keys on both sides are lookalikes."""
    units = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    token = models.CharField(max_length=60, blank=True)
    absent = models.CharField(max_length=200, blank=True)
    """Evidence that it is gone; empty while it is there."""
    observed_at = models.DateTimeField()
    email_key = models.GeneratedField(
        expression=Lower(KeyTextTransform("email", "units")), output_field=models.TextField(), db_persist=True
    )
    """What the ledger's records are found by when a name does not help. Columns, because row policies keep a query from
    using an index of an expression; the database fills them."""
    phone_key = models.GeneratedField(
        expression=_digits("phone"), output_field=models.TextField(), db_persist=True
    )
    """The last ten digits."""
    mobile_key = models.GeneratedField(
        expression=_digits("mobile"), output_field=models.TextField(), db_persist=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "entity", "side", "record_id"], name="observation_once"
            )
        ]
        indexes = [
            models.Index(fields=["connection", "entity", "side", "name_key"], name="observation_by_name"),
            models.Index(
                fields=["connection", "entity"],
                condition=models.Q(facts__has_key=STRAY),
                name="observation_stray",
            ),
            *(
                models.Index(
                    fields=["connection", f"{fact}_key"],
                    condition=models.Q(**{f"{fact}_key__gt": ""}),
                    name=f"observation_by_{fact}",
                )
                for fact in ("email", "phone", "mobile")
            ),
        ]


class Link(OfConnection):
    """Two records known to be one, and what each showed when they last agreed."""

    practice_id = models.CharField(max_length=60)
    ledger_id = models.CharField(max_length=60)
    baseline_practice = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    baseline_ledger = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    origin = models.CharField(max_length=40)
    """How it came about: ``review``, ``created there``, ``created here``, ``by hand``, ``known again``."""
    linked_at = models.DateTimeField(default=timezone.now)
    agreed_at = models.DateTimeField(null=True)
    """When both sides last showed the same, every unit settled."""
    became = models.CharField(max_length=60, blank=True, default="", db_default="")
    """The ledger's id of what its record there was merged into, where what names the one names the other from then on."""
    reactivate_token = models.CharField(max_length=60, blank=True, default="", db_default="")
    """The version of the ledger's record that a person has asked to have made active again; a later one is none of it."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "entity", "practice_id"], name="link_once_per_practice_record"
            ),
            models.UniqueConstraint(
                fields=["connection", "entity", "ledger_id"], name="link_once_per_ledger_record"
            ),
        ]


class Dirty(OfConnection):
    """A key that may have changed. One row per key however often it is said."""

    side = models.CharField(max_length=10, choices=SIDES)
    record_id = models.CharField(max_length=60)
    marks = models.PositiveIntegerField(default=1)
    """Raised each time it is said again: a row is only cleared at the count that was worked on."""
    reason = models.CharField(max_length=40)
    noted_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True)
    """Waits until then after a refusal that time may cure."""
    tries = models.PositiveSmallIntegerField(default=0)
    must_read = models.BooleanField(default=True)
    """The record has to be read anew; False when what was stored is the news itself."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "entity", "side", "record_id"], name="dirty_once")
        ]
        indexes = [models.Index(fields=["connection", "entity", "id"], name="dirty_in_order")]


class Hold(OfConnection):
    """A record that a person has yet to decide on, or has decided to leave out."""

    side = models.CharField(max_length=10, choices=SIDES)
    record_id = models.CharField(max_length=60)
    excluded = models.BooleanField(default=False)
    """True: left out on purpose. False: waits for a decision."""
    sentence = models.CharField(max_length=500)
    reason = models.CharField(max_length=200, blank=True)
    """Why it was left out, in the words of the person who did; part of ``sentence`` too. Optional."""
    candidates = models.JSONField(default=list)
    """Ids of records on the other side that it may be: found when an answer was lost, for a person to choose from."""
    held_at = models.DateTimeField(default=timezone.now)
    held_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "entity", "side", "record_id"], name="hold_once")
        ]


class AttemptState(models.TextChoices):
    SENDING = "sending", "Sending"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    IN_DOUBT = "in_doubt", "Checking whether it arrived"
    WITHDRAWN = "withdrawn", "Never sent"
    """Journalled, and switched off or stopped before it left."""


UNRESOLVED = (AttemptState.SENDING, AttemptState.IN_DOUBT)


class Attempt(OfConnection):
    """One journalled write to the ledger: committed before it is sent, replayed byte for byte if unanswered."""

    practice_id = models.CharField(max_length=60)
    ledger_id = models.CharField(max_length=60, blank=True)
    operation = models.CharField(max_length=20)
    request_id = models.CharField(max_length=50, unique=True)
    path = models.CharField(max_length=300)
    body = models.BinaryField()
    body_hash = models.CharField(max_length=64)
    expected_token = models.CharField(max_length=60, blank=True)
    units = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """The practice's values that were sent: half of the baseline pair once there is an answer."""
    left_out = models.JSONField(default=list)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """What the ledger showed in these units before."""
    state = models.CharField(max_length=20, choices=AttemptState, default=AttemptState.SENDING)
    epoch = models.PositiveBigIntegerField()
    sendings = models.PositiveSmallIntegerField(default=1)
    looks = models.PositiveSmallIntegerField(default=0)
    first_sent_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    next_look_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=120, blank=True)
    """The ledger's request reference, for its support."""
    problem = models.CharField(max_length=1000, blank=True)
    cause = models.CharField(max_length=CAUSE_LENGTH, blank=True, default="", db_default="")
    """What made us write: why its record was dirty, and the run that took it up. See ``write_log``."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "entity", "practice_id"],
                condition=models.Q(state__in=UNRESOLVED),
                name="one_write_in_flight_per_record",
            )
        ]
        indexes = [
            models.Index(
                fields=["connection", "next_look_at"],
                condition=models.Q(state__in=UNRESOLVED),
                name="attempt_unresolved",
            ),
            models.Index(fields=["connection", "entity", "practice_id", "-id"], name="attempt_by_record"),
        ]


class Issue(OfConnection):
    """A reason why a record is not in step, with its next step. One open row per record, unit and cause."""

    side = models.CharField(max_length=10, choices=SIDES)
    record_id = models.CharField(max_length=60)
    unit = models.CharField(max_length=60, blank=True)
    cause = models.CharField(max_length=40)
    """A member of ``issues.Cause``."""
    name = models.CharField(max_length=1000, blank=True)
    sentence = models.CharField(max_length=1000)
    next_step = models.CharField(max_length=500)
    code = models.CharField(max_length=40, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    options = models.JSONField(default=list)
    """Ids on the other side that a person may choose from."""
    suggestion = models.CharField(max_length=60, blank=True)
    """A value that would do, such as the next number that is free."""
    assigned_to = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    """The colleague who looks after it."""
    put_off_until = models.DateTimeField(null=True)
    """Somebody wants to be asked again from then on. It is listed all the same, apart from what is asked now."""
    listing = models.CharField(max_length=10, choices=LISTINGS, default="needs_you")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "entity", "side", "record_id", "unit", "cause"],
                condition=models.Q(closed_at=None),
                name="issue_open_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["connection", "cause"], condition=models.Q(closed_at=None), name="issue_open"
            )
        ]


class Conflict(OfConnection):
    """One unit that both sides changed to different values: both kept until a person chooses."""

    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="conflicts")
    unit = models.CharField(max_length=60)
    practice_value = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    ledger_value = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    base_value = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    opened_at = models.DateTimeField()
    keep = models.CharField(max_length=10, choices=SIDES, blank=True)
    """The answer: the side whose value is kept."""
    answered_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["link", "unit"], condition=models.Q(closed_at=None), name="conflict_open_once"
            )
        ]


class ActivityLine(OfConnection):
    """One plain sentence about something the sync did or could not do. Append-only."""

    side = models.CharField(max_length=10, choices=SIDES, blank=True)
    record_id = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    sentence = models.CharField(max_length=1200)
    result = models.CharField(
        max_length=10, choices=[(word, word) for word in ("done", "waiting", "problem", "info")]
    )
    reference = models.CharField(max_length=120, blank=True)
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """Before and after of the units written."""
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    """The person who decided it; empty for what the sync did by itself."""
    run_epoch = models.PositiveBigIntegerField(null=True)
    """The epoch of the run that did it (``Run.epoch``); empty outside a run and for what a person decided."""

    class Meta:
        indexes = [
            models.Index(fields=["connection", "-id"], name="activity_latest"),
            models.Index(fields=["connection", "entity", "side", "record_id"], name="activity_by_record"),
            models.Index(fields=["connection", "run_epoch"], name="activity_by_run"),
            models.Index(
                fields=["connection", "member"], condition=~models.Q(member=None), name="activity_by_person"
            ),
        ]
