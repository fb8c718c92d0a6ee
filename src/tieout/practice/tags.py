"""Acts: the tables of tags: a firm's own words for its clients, and which client has which. Read by lists and records.

A tag is the practice's own affair: it never leaves it, so no change of one is noted in the outbox.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db import models
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import Lower

from tieout.practice.billing_rows import BillingRow
from tieout.practice.client_search import MOST
from tieout.practice.clients import Client
from tieout.practice.firms import Firm
from tieout.practice.many_ids import any_of

TAG = "tag"
UNTAGGED = "none"


class TagColor(models.TextChoices):
    """Helps the eye only: the tag's word always stands with it."""

    GRAY = "gray", "Gray"
    BLUE = "blue", "Blue"
    GREEN = "green", "Green"
    YELLOW = "yellow", "Yellow"
    RED = "red", "Red"
    PURPLE = "purple", "Purple"


class Tag(BillingRow):
    name = models.CharField(max_length=40)
    color = models.CharField(max_length=10, choices=TagColor.choices, default=TagColor.GRAY)

    class Meta:
        constraints = [
            models.UniqueConstraint("firm", Lower("name"), name="tag_name_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="tag_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ClientTag(models.Model):
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="uses", db_index=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="tagged", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "tag"], name="client_tag_once")]
        indexes = [models.Index(fields=["tag", "client"], name="client_tag_by_tag")]

    def __str__(self) -> str:
        return f"{self.client}: {self.tag}"


def tags_of_firm(firm_id: int) -> QuerySet[Tag]:
    """All of them, by name. At most ``tag_names.MOST_OF_A_FIRM``."""
    return Tag.objects.filter(firm_id=firm_id).order_by(Lower("name"), "id")


def tags_of(clients: Collection[Client]) -> dict[int, list[Tag]]:
    """The tags of each of these by its id, by name, in one query. A funnel showed the clients."""
    found: dict[int, list[Tag]] = defaultdict(list)
    rows = ClientTag.objects.filter(client__in=[each.pk for each in clients]).select_related("tag")
    for row in rows.order_by(Lower("tag__name"), "tag_id"):
        found[row.client_id].append(row.tag)
    return dict(found)


def uses_of(firm_id: int) -> dict[int, int]:
    """How many clients each tag is on, by the tag's id; those on none are not in it."""
    rows = ClientTag.objects.filter(firm_id=firm_id).order_by().values_list("tag_id").annotate(Count("pk"))
    return dict(rows)


def tagged(clients: QuerySet[Client], tag: str) -> QuerySet[Client]:
    """Those of ``clients`` with the tag of this id, or with none (``UNTAGGED``)."""
    if tag == UNTAGGED:
        return clients.filter(~Exists(ClientTag.objects.filter(client=OuterRef("pk"))))
    uses = ClientTag.objects.filter(tag_id=int(tag))
    some = list(uses.values_list("client_id", flat=True)[: MOST + 1])
    if len(some) <= MOST:  # a walk through a hundred thousand would meet too few of them
        return clients.filter(any_of("pk", some))
    return clients.filter(Exists(uses.filter(client=OuterRef("pk"))))


def tagged_among(ids: Sequence[int], tag: str) -> list[int]:
    """Those of these clients, found by something else already, with the tag of this id, or with none (``UNTAGGED``)."""
    uses = ClientTag.objects.filter(any_of("client_id", ids))
    if tag == UNTAGGED:
        have = set(uses.values_list("client_id", flat=True))
        return [each for each in ids if each not in have]
    return list(uses.filter(tag_id=int(tag)).values_list("client_id", flat=True))
