"""Acts: the set-up review of one entity, as the wizard uses it. Proposes, keeps what was decided, starts the sync.

Collecting and applying are jobs (``collect``, ``apply_now``); what the pages call only reads or queues.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from tieout.practice.models import Member
from tieout.reconcile.match import Bucket
from tieout.reconcile.ports import Activity
from tieout.reconcile.spec import EntitySpec
from tieout.sync import tasks
from tieout.sync.engine import Engine
from tieout.sync.ledgers import counted
from tieout.sync.models import OPEN_STATES, Connection, Review, ReviewRow, ReviewState, SectionState
from tieout.sync.review_waits import TRIES

PER_PAGE = 300
SHOWN: Mapping[str, Q] = {
    "": Q(),
    "open": Q(decision=""),
    "left_out": Q(decision="exclude"),
    "here": ~Q(practice_id=""),
    "there": Q(practice_id=""),
}
"""Which rows a list shows, by the word in its address: all, those nobody has decided about, those a person left out,
those of one side. The matches have words of their own."""


def spec_of(connection: Connection, entity: str, engine: Engine) -> EntitySpec:
    specs = engine.provider(connection.ledger).specs
    return next(spec for spec in specs if spec.practice == entity)


def counts_before_start(
    connection: Connection, entity: str = "client", *, engine: Engine | None = None
) -> dict[str, int]:
    """How many records each choice would read, asked of the ledger now. Raises ``LedgerError``."""
    engine = engine or Engine()
    spec = spec_of(connection, entity, engine)
    with counted(connection, engine) as ledger:
        active = ledger.count(spec.ledger, Activity.ACTIVE)
        inactive = ledger.count(spec.ledger, Activity.INACTIVE)
    return {
        Activity.ACTIVE.value: active,
        Activity.INACTIVE.value: inactive,
        Activity.ALL.value: active + inactive,
    }


def start(
    connection: Connection,
    entity: str,
    *,
    activity: str,
    include_subcustomers: bool = False,
    actor_member: Member,
) -> Review:
    """Begin a review, or return the one that is under way: there is one per entity, shared by the firm.

    The switch "Create x new clients" stands as it did in the last one: off stays off until a person turns it on.
    """
    with transaction.atomic():
        Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        if running := open_review(connection, entity):
            return running
        last = latest_review(connection, entity)
        review = Review.objects.create(
            firm_id=connection.firm_id,
            connection=connection,
            entity=entity,
            activity=Activity(activity).value,
            include_subcustomers=include_subcustomers,
            create_new=last.create_new if last else True,
            phase="Waiting to start",
            started_by=actor_member,
        )
        _set_section(connection, entity, SectionState.IN_REVIEW, unless=SectionState.ON)
        tasks.collect_soon(connection.pk, review.pk)
    return review


def open_review(connection: Connection, entity: str) -> Review | None:
    return Review.objects.filter(connection=connection, entity=entity, state__in=OPEN_STATES).first()


def latest_review(connection: Connection, entity: str) -> Review | None:
    return Review.objects.filter(connection=connection, entity=entity).order_by("-id").first()


# -- what the pages show -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RowPage:
    rows: list[ReviewRow]
    page: int
    pages: int
    total: int


def bucket_counts(review: Review) -> dict[str, int]:
    counted = dict(review.rows.values_list("bucket").annotate(Count("id")))
    return {bucket.value: counted.get(bucket.value, 0) for bucket in Bucket}


def rows(
    review: Review,
    bucket: str,
    *,
    show: str = "",
    search: str = "",
    page: int = 1,
    per_page: int = PER_PAGE,
) -> RowPage:
    """One page of a bucket, by name; duplicates of one group stand together. Two queries whatever the size."""
    found = review.rows.filter(SHOWN[show], bucket=bucket)
    return page_of_rows(named(found, search), page, per_page)


def named(rows: QuerySet[ReviewRow], search: str) -> QuerySet[ReviewRow]:
    """Those whose name on either side has every word."""
    for word in search.split():
        rows = rows.filter(Q(practice_name__icontains=word) | Q(ledger_name__icontains=word))
    return rows


def page_of_rows(rows: QuerySet[ReviewRow], page: int, per_page: int) -> RowPage:
    """By name; a page beyond the last is the last."""
    total = rows.count()
    pages = max(1, ceil(total / per_page))
    page = min(max(1, page), pages)
    shown = rows.select_related("decided_by__user").order_by("sort_name", "id")
    return RowPage(list(shown[(page - 1) * per_page : page * per_page]), page, pages, total)


# -- what a person decides -----------------------------------------------------------------------------------


def set_create_new(review: Review, on: bool, member: Member) -> None:
    """The switch "Create x new clients"; only while the review is open for decisions."""
    Review.objects.filter(pk=review.pk, firm_id=member.firm_id, state=ReviewState.READY).update(create_new=on)
    review.refresh_from_db()


def apply(review: Review, member: Member, *, looked_at: str = "") -> None:
    """Sync as reviewed. Pressed twice, it is done once.

    ``looked_at``: the fingerprint of the plan that was looked at; if the plan has become another one when the job
    comes to it, the review is open again instead. Empty: nobody has looked at one.
    """
    kept = {name: said for name, said in review.summary.items() if name != "reopened"}
    with transaction.atomic():
        started = Review.objects.filter(pk=review.pk, firm_id=member.firm_id, state=ReviewState.READY).update(
            state=ReviewState.APPLYING,
            applied_by=member,
            phase="Linking",
            progress_done=0,
            progress_total=None,
            summary={**kept, "looked_at": looked_at},
        )
        if started:
            tasks.apply_soon(review.connection_id, review.pk)
    review.refresh_from_db()


def cancel(review: Review, member: Member) -> None:
    """Stop a review that has written nothing yet; the section is as it was before."""
    with transaction.atomic():
        cancelled = Review.objects.filter(
            pk=review.pk,
            firm_id=member.firm_id,
            state__in=(ReviewState.COLLECTING, ReviewState.READY),
        ).update(state=ReviewState.CANCELLED)
        if cancelled:
            connection = Connection.objects.get(pk=review.connection_id)
            _set_section(connection, review.entity, SectionState.NOT_STARTED, unless=SectionState.ON)
    review.refresh_from_db()


def call_off(review: Review, member: Member) -> bool:
    """Stop an applying that has linked nothing yet: the review is open again, with every decision. False: too late."""
    with transaction.atomic():
        found = (
            Review.objects.select_for_update()
            .filter(pk=review.pk, firm_id=member.firm_id, state=ReviewState.APPLYING)
            .first()
        )
        if found is None or "applied" in found.summary:
            return False
        passing = ("looked_at", "waits", TRIES)
        found.summary = {name: said for name, said in found.summary.items() if name not in passing}
        found.state, found.phase = ReviewState.READY, "Ready to review"
        found.progress_done, found.progress_total = 0, None
        found.save(update_fields=["summary", "state", "phase", "progress_done", "progress_total"])
    review.refresh_from_db()
    return True


def _set_section(
    connection: Connection, entity: str, state: SectionState, *, unless: SectionState | None = None
) -> None:
    fresh = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    if fresh.section(entity) is unless:
        return
    fresh.sections = {**fresh.sections, entity: state.value}
    fresh.save(update_fields=["sections"])


def turn_on(connection: Connection, entity: str) -> None:
    """From here on the entity is synced by itself."""
    _set_section(connection, entity, SectionState.ON)
