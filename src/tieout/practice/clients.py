"""Acts: the tables of clients and the people around them.

One truth for how a client is reached: e-mail, phone, mobile and website live on the client. The parts of a
person's name live on the primary contact, for an individual (the person) and for a business (whom we call).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Value
from django.db.models.functions import Concat, Lower
from django.utils import timezone

from tieout.practice.firms import Firm, Member

CLIENT = "client"
"""The kind under which clients are noted in the outbox, the history and the records door."""


class Kind(models.TextChoices):
    """Fixed at creation: a person files other returns than a company does."""

    INDIVIDUAL = "individual", "Individual"
    BUSINESS = "business", "Business"


class Relation(models.TextChoices):
    CLIENT = "client", "Client"
    PROSPECT = "prospect", "Prospect"
    OTHER = "other", "Other"


def _text(length: int) -> models.CharField[str, str]:
    return models.CharField(max_length=length, blank=True, default="")


class Client(models.Model):
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="clients")
    name = models.CharField(max_length=500)
    """The display name. Need not be unique: two clients may well share one."""
    kind = models.CharField(max_length=20, choices=Kind.choices)
    relation = models.CharField(max_length=20, choices=Relation.choices, default=Relation.CLIENT)
    is_active = models.BooleanField(default=True)
    """False: archived. Nothing is ever deleted."""
    company_name = _text(500)
    email = _text(254)
    phone = _text(40)
    mobile = _text(40)
    website = _text(1000)
    billing_line1 = _text(500)
    billing_line2 = _text(500)
    billing_line3 = _text(500)
    billing_city = _text(255)
    billing_state = _text(255)
    billing_postal_code = _text(40)
    billing_country = _text(255)
    mailing_line1 = _text(500)
    mailing_line2 = _text(500)
    mailing_line3 = _text(500)
    mailing_city = _text(255)
    mailing_state = _text(255)
    mailing_postal_code = _text(40)
    mailing_country = _text(255)
    external_id = _text(100)
    """The firm's own number for the client in another system; at most one client has it."""
    notes = models.TextField(blank=True, default="")
    """Private to the practice: never leaves it."""
    assigned_to = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="assigned_clients"
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="absorbed"
    )
    """The client this one became part of. It is archived then, has nothing of its own, and takes no change."""
    version = models.PositiveIntegerField(default=1)
    """Raised by every change, so that a writer can say which state it saw."""
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    searched = models.GeneratedField(
        expression=Lower(
            Concat(
                "name",
                Value("\n"),
                "company_name",
                Value("\n"),
                "email",
                Value("\n"),
                "phone",
                Value("\n"),
                "mobile",
                Value("\n"),
                "external_id",
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    """What a search looks through, in lower case. Its index is ``client_search``'s."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "external_id"],
                condition=~models.Q(external_id=""),
                name="client_external_id_once",
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="client_has_name"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="client_version_positive"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="client_kind_known"),
            models.CheckConstraint(
                condition=models.Q(relation__in=Relation.values), name="client_relation_known"
            ),
        ]
        indexes = [
            models.Index("firm", Lower("name"), "id", name="client_by_name"),
            models.Index("firm", "is_active", Lower("name"), "id", name="client_active_by_name"),
            models.Index(fields=["firm", "is_active"], name="client_by_state"),
            models.Index(fields=["firm", "updated_at", "id"], name="client_by_update"),
            models.Index("firm", Lower("email"), "id", name="client_by_email"),
            models.Index("firm", "kind", Lower("name"), "id", name="client_by_kind"),
            models.Index("firm", "relation", Lower("name"), "id", name="client_by_relation"),
        ]

    def __str__(self) -> str:
        return self.name


def found_by(search: str) -> models.Q:
    """Clients whose name, company, e-mail, phone or external ID has the text in it, whatever its case.

    Every row is looked at: ask ``client_search`` where there may be many.
    """
    return models.Q(searched__contains=search.lower())


class Contact(models.Model):
    """A person at or around a client. At most one is primary; the database holds that too."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="contacts")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="contacts")
    is_primary = models.BooleanField(default=False)
    relation_to_client = _text(80)
    title = _text(40)
    given = _text(200)
    middle = _text(200)
    family = _text(200)
    suffix = _text(40)
    email = _text(254)
    phone = _text(40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "client", condition=models.Q(is_primary=True), name="contact_one_primary"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """The parts that are there, in the order one reads them."""
        return " ".join(filter(None, (self.title, self.given, self.middle, self.family, self.suffix)))
