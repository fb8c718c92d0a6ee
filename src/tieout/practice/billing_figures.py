"""Acts: the figures of a firm's billing for the dashboard: what is owed and how old it is, what came in. One query each.

Only an open invoice has a balance above zero, so one partial index answers what is owed and how old it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from tieout.practice.access import visible_clients
from tieout.practice.billing_access import Document, visible_documents
from tieout.practice.client_balances import ClientBalance
from tieout.practice.client_search import FEW, found_ids
from tieout.practice.clients import found_by
from tieout.practice.firms import Member
from tieout.practice.invoices import Invoice
from tieout.practice.many_ids import any_of
from tieout.practice.money import ZERO
from tieout.practice.payments import Payment, PaymentStatus, Refund, RefundStatus
from tieout.practice.permissions import Permission

BUCKETS: tuple[tuple[str, str, int | None], ...] = (
    ("current", "Not due yet", 0),
    ("d30", "1-30 days", 30),
    ("d60", "31-60 days", 60),
    ("d90", "61-90 days", 90),
    ("older", "Over 90 days", None),
)
"""Name, label and the most days past due; None: no end."""


@dataclass(frozen=True, slots=True)
class Bucket:
    name: str
    label: str
    count: int
    owed: Decimal


def in_bucket(name: str, today: date) -> Q:
    """Which open invoices are in a bucket: for the chart's link to its list. Raises KeyError for an unknown name."""
    names = [each for each, _, _ in BUCKETS]
    if name not in names:
        raise KeyError(name)
    place = names.index(name)
    most = BUCKETS[place][2]
    past = Q(balance__gt=0)
    if place > 0:
        least = BUCKETS[place - 1][2]
        assert least is not None
        past &= Q(due_date__lt=today - timedelta(days=least))
    return past if most is None else past & Q(due_date__gte=today - timedelta(days=most))


def ageing(member: Member, today: date) -> list[Bucket]:
    """What the clients the member may see owe, by how long it is overdue. Raises NotAllowed.

    The database sums by due date, in the order of its index; some thousand days are put into buckets here.
    """
    by_day = (
        visible_documents(member, Invoice)
        .filter(balance__gt=0)
        .order_by()
        .values_list("due_date")
        .annotate(Count("id"), Sum("balance"))
    )
    counts, sums = [0] * len(BUCKETS), [ZERO] * len(BUCKETS)
    for due, count, owed in by_day:
        place = bucket_of((today - due).days)
        counts[place] += count
        sums[place] += owed
    return [
        Bucket(name, label, count, owed)
        for (name, label, _), count, owed in zip(BUCKETS, counts, sums, strict=True)
    ]


def bucket_of(days_past_due: int) -> int:
    """The place in ``BUCKETS``; days before the due date are below zero."""
    return next(place for place, (_, _, most) in enumerate(BUCKETS) if most is None or days_past_due <= most)


@dataclass(frozen=True, slots=True)
class Cash:
    received: Decimal
    refunded: Decimal

    @property
    def net(self) -> Decimal:
        return self.received - self.refunded


def cash_between(member: Member, first: date, last: date) -> Cash:
    """Money that came and went, both days included, among the clients the member may see. Raises NotAllowed."""
    within = Q(date__gte=first, date__lte=last)
    payments = visible_documents(member, Payment).filter(within, status=PaymentStatus.RECEIVED)
    refunds = visible_documents(member, Refund).filter(within, status=RefundStatus.DONE)
    return Cash(
        received=payments.aggregate(sum=Sum("amount", default=ZERO))["sum"],
        refunded=refunds.aggregate(sum=Sum("amount", default=ZERO))["sum"],
    )


def overdue(member: Member, today: date) -> QuerySet[Invoice]:
    """Open invoices past their due date, the oldest first. Raises NotAllowed."""
    late = visible_documents(member, Invoice).filter(balance__gt=0, due_date__lt=today)
    return late.order_by("due_date", "id")


def balances(member: Member) -> QuerySet[ClientBalance]:
    """The balances of the clients the member may see. Raises NotAllowed."""
    visible_documents(member, Invoice)
    rows = ClientBalance.objects.filter(firm_id=member.firm_id)
    if member.may(Permission.VIEW_ALL_CLIENTS):
        return rows
    return rows.filter(client__assigned_to_id=member.pk)


def numbered(prefix: str) -> Q:
    """Invoices whose number starts with ``prefix``.

    Said as a range: a row policy keeps the database from using an index for LIKE, which might leak what it compares.
    """
    return Q(number__gte=prefix, number__lt=f"{prefix}\U0010ffff")


def found_among(rows: QuerySet[Document], member: Member, search: str, begins: Q) -> QuerySet[Document]:
    """Documents among ``rows``, which the member may see, that ``begins`` names or that are of clients a search finds.

    When few clients are found, an index finds what is theirs. Of many, the documents are walked in their order
    instead, and enough for a page are soon found.
    """
    ids = found_ids(search)
    if not member.may(Permission.VIEW_ALL_CLIENTS):
        seen = visible_clients(member).order_by()
        named = seen.filter(found_by(search)) if ids is None else seen.filter(any_of("pk", ids))
        ids = list(named.values_list("pk", flat=True))
    elif ids is None:
        return rows.filter(begins | Q(client__searched__contains=search.lower()))
    elif len(ids) > FEW:
        return rows.filter(begins | Q(any_of("client_id", ids)))
    plain = rows.order_by()
    ours = plain.filter(any_of("client_id", ids))
    return rows.filter(pk__in=plain.filter(begins).values("pk").union(ours.values("pk"), all=True))
