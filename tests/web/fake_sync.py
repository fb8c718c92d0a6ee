"""Acts: ``tieout.sync`` as the pages see it, without an engine: what it would say is set, what it was asked is kept."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

import tieout.web.urls  # noqa: F401 - whoever takes a name from sync has it before it is replaced
from tieout.practice.firms import Member
from tieout.practice.permissions import Permission
from tieout.reconcile.ports import RetryLater
from tieout.reconcile.state import Key, Side
from tieout.sync import (
    connections,
    inbox,
    likely,
    review_final,
    review_lists,
    review_plan,
    review_together,
    set_up_report,
    settings_doctor,
    status,
    work_together,
    worklist,
)
from tieout.sync import review as reviews
from tieout.sync.issues import CAUSES
from tieout.sync.models import Connection, Review, ReviewRow
from tieout.sync.sign_in_ends import Outcome
from tieout.sync.story import Compared

THEN = datetime(2026, 5, 3, 14, 5, tzinfo=UTC)
NUMBERS = itertools.count(1)
AUTHORIZE = "https://sign-in.example/authorize?state=s1"
FUNCTIONS: Mapping[Any, tuple[str, ...]] = {
    connections: ("gate", "connection_of", "begin", "finish", "disconnect", "pause", "resume"),
    reviews: (
        "counts_before_start", "start", "open_review", "latest_review", "bucket_counts", "rows", "set_create_new",
        "apply", "cancel",
    ),
    likely: ("look",),
    status: ("section_statuses", "activity", "runs_of", "sync_now", "of_day", "newest_line"),
    worklist: ("groups", "page_of", "totals", "money", "every"),
    review_lists: ("decided", "to_check", "forecast", "matches", "exact", "look_through"),
    review_final: ("differences", "decided_as"),
    review_together: ("look_in", "others"),
    work_together: ("be_here", "colleagues"),
    set_up_report: ("finished",),
    settings_doctor: ("introduced",),
    inbox: ("receive",),
}  # fmt: skip


@dataclass
class FakeSync:
    connection: Connection | None = None
    review: Review | None = None
    review_rows: list[ReviewRow] = field(default_factory=list)
    closed: str = ""
    """Why the firm's plan keeps the gate closed; empty when it does not."""
    outcome: str = "connected"
    counts: dict[str, int] = field(default_factory=lambda: {"active": 1204, "inactive": 31, "all": 1235})
    ledger_down: bool = False
    needs_you: int = 0
    lines: list[Any] = field(default_factory=list)
    open_issues: list[worklist.WorkRow] = field(default_factory=list)
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    told: settings_doctor.Introduced = field(default_factory=settings_doctor.Introduced)
    yesterday: tuple[dict[str, int], int] = field(default_factory=lambda: ({}, 0))
    runs: list[Review] = field(default_factory=list)
    """Of the set-up, finished before."""

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for module, names in FUNCTIONS.items():
            for name in names:
                monkeypatch.setattr(module, name, getattr(self, name))

    # reviewers
    def look_in(self, review: Review, member: Member, place: str) -> None:
        pass

    def others(self, review: Review, member: Member) -> review_together.Together:
        return review_together.Together((), (), "nobody")

    def be_here(self, connection: Connection, member: Member, place: str) -> None:
        pass

    def colleagues(self, connection: Connection, member: Member) -> list[Any]:
        return []

    def finished(self, connection: Connection, entity: str = "") -> list[Review]:
        return self.runs

    def introduced(self, connection: Connection) -> settings_doctor.Introduced:
        return self.told

    def money(self, connection: Connection, listing: str, **asked: Any) -> dict[str, Any]:
        return {}

    def of_day(self, connection: Connection, day: date) -> tuple[dict[str, int], int]:
        return self.yesterday

    def newest_line(self, connection: Connection) -> int:
        return 1

    # connections
    def gate(self, member: Member) -> connections.Gate:
        if not member.may(Permission.MANAGE_INTEGRATIONS):
            return connections.Gate(
                False, "You need the permission “Manage Integrations”.", ("Dana Reyes", "Sam Ito")
            )
        return connections.Gate(not self.closed, self.closed, ())

    def connection_of(self, firm_id: int) -> Connection | None:
        return self.connection

    def begin(self, member: Member, session: Any, *, mode: str) -> str:
        self.asked.append(("begin", mode))
        return AUTHORIZE

    def finish(self, member: Member, session: Any, query: Mapping[str, str]) -> Outcome:
        self.asked.append(("finish", dict(query)))
        ok = self.outcome in ("connected", "reconnected")
        return Outcome(ok, self.outcome, "A sentence about it.", "A next step.", "Smith & Lee CPA LLC")

    def disconnect(self, member: Member, *, forget_links: bool) -> None:
        self.asked.append(("disconnect", forget_links))

    def pause(self, member: Member) -> None:
        self.asked.append(("pause",))

    def resume(self, member: Member, *, confirms: str) -> None:
        self.asked.append(("resume", confirms) if confirms else ("resume",))

    # review
    def counts_before_start(self, connection: Connection) -> dict[str, int]:
        if self.ledger_down:
            raise RetryLater("QuickBooks is not answering right now.")
        return self.counts

    def look(self, connection: Connection, active_there: int) -> likely.Likely:
        return likely.Likely(1120, active_there - 1120, 31)

    def start(
        self,
        connection: Connection,
        entity: str,
        *,
        activity: str,
        include_subcustomers: bool,
        actor_member: Member,
    ) -> Review:
        if self.ledger_down:
            raise RetryLater("QuickBooks is not answering right now.")
        self.asked.append(("start", entity, activity, include_subcustomers))
        self.review = a_review(connection, "collecting")
        return self.review

    def open_review(self, connection: Connection, entity: str) -> Review | None:
        found = self.review
        under_way = found is not None and found.state in ("collecting", "ready", "applying")
        return found if under_way and found is not None and found.entity == entity else None

    def latest_review(self, connection: Connection, entity: str) -> Review | None:
        return self.review

    def bucket_counts(self, review: Review) -> dict[str, int]:
        words = ("duplicate", "unmatched", "match", "new")
        return {word: sum(row.bucket == word for row in self.review_rows) for word in words}

    def rows(
        self, review: Review, bucket: str, *, show: str = "", search: str, page: int, per_page: int = 300
    ) -> reviews.RowPage:
        found = [
            row
            for row in self.review_rows
            if row.bucket == bucket and search.lower() in (row.practice_name + row.ledger_name).lower()
        ]
        pages = max(1, -(-len(found) // per_page))
        start = (min(page, pages) - 1) * per_page
        return reviews.RowPage(
            rows=found[start : start + per_page], page=min(page, pages), pages=pages, total=len(found)
        )

    def set_create_new(self, review: Review, on: bool, member: Member) -> None:
        self.asked.append(("create_new", on))
        review.create_new = on

    def apply(self, review: Review, member: Member, *, looked_at: str) -> None:
        self.asked.append(("apply", looked_at))
        review.state = "applying"

    def cancel(self, review: Review, member: Member) -> None:
        self.asked.append(("cancel",))
        review.state = "cancelled"

    def forecast(self, review: Review) -> dict[str, int]:
        return review_plan.forecast(self.review_rows, review.create_new)

    def decided(self, review: Review) -> dict[str, int]:
        return Counter(row.bucket for row in self.review_rows if row.decision)

    def to_check(self, review: Review) -> int:
        return sum(row.bucket == "match" and not row.confirmed for row in self.review_rows)

    def matches(
        self, review: Review, *, show: str, search: str, page: int, per_page: int = 300
    ) -> reviews.RowPage:
        return self.rows(review, "match", search=search, page=page, per_page=per_page)

    def exact(self, review: Review) -> int:
        return 0

    def look_through(self, review: Review, bucket: str) -> None:
        review.visited = [*review.visited, bucket]

    def differences(self, connection: Connection, entity: str, rows: list[ReviewRow]) -> dict[int, list[Any]]:
        def of(row: ReviewRow) -> list[Compared]:
            pairs = [
                (unit, row.practice_details.get(unit), there) for unit, there in row.ledger_details.items()
            ]
            found = [Compared(unit, unit.capitalize(), here, there) for unit, here, there in pairs]
            return [one for one in found if one.practice and one.ledger and one.differs]

        return {row.pk: of(row) for row in rows}

    def decided_as(self, review: Review, looked_at: str) -> bool:
        return looked_at == "as shown"

    # status
    def section_statuses(self, connection: Connection | None, firm: Any = None) -> list[status.SectionStatus]:
        on = connection is not None and connection.sections.get("client") == "on"
        return [
            a_section("clients", "Clients", "Both ways", "on" if on else "not_started", needs_you=self.needs_you, start=not on, connected=connection is not None),
            a_section("service-items", "Service items", "Both ways", "not_started", locked="Comes after clients."),
            a_section("invoices", "Invoices", "To QuickBooks", "not_started", locked="Comes after service items."),
        ]  # fmt: skip

    def activity(self, connection: Connection, *, page: int, per_page: int = 50) -> Any:
        return reviews.RowPage(rows=self.lines, page=1, pages=1, total=len(self.lines))

    def runs_of(self, connection: Connection, lines: Any) -> dict[int, Any]:
        return {}

    # worklist
    def groups(
        self, connection: Connection, listing: str, *, of: Member | None = None, about: Any = ()
    ) -> list[worklist.Group]:
        found = Counter(row.cause.slug for row in self.every(connection, listing))
        return [worklist.Group(CAUSES[slug], count, THEN) for slug, count in found.items()]

    def totals(self, connection: Connection, *, about: Any = ()) -> dict[str, int]:
        return Counter(row.cause.listing.value for row in self.open_issues)

    def page_of(self, connection: Connection, listing: str, cause: str, **asked: Any) -> worklist.WorkPage:
        rows = [row for row in self.every(connection, listing) if row.cause.slug == cause]
        return worklist.WorkPage(rows, 1, 1, len(rows))

    def every(self, connection: Connection, listing: str) -> list[worklist.WorkRow]:
        return [row for row in self.open_issues if row.cause.listing == listing]

    def sync_now(self, connection: Connection, member: Member) -> None:
        self.asked.append(("sync_now",))

    # inbox
    def receive(self, body: bytes, headers: Mapping[str, str]) -> int:
        self.asked.append(("receive", body, headers.get("intuit-signature")))
        return 200 if headers.get("intuit-signature") == "right" else 401


def a_section(
    slug: str,
    title: str,
    direction: str,
    state: str,
    *,
    needs_you: int = 0,
    start: bool = False,
    connected: bool = False,
    locked: str = "",
) -> status.SectionStatus:
    words = {"on": "In step", "not_started": "Not started"}
    url = "quickbooks-clients" if connected else "quickbooks-connect"
    return status.SectionStatus(
        slug=slug,
        title=title,
        direction_words=direction,
        state=state,
        state_words=words[state],
        in_step=1120 if state == "on" else 0,
        waiting=2 if state == "on" else 0,
        needs_you=needs_you,
        excluded=3 if state == "on" else 0,
        action_label="Start" if start else "",
        action_url_name=url if start else None,
        locked_reason=locked,
    )


def a_connection(member: Member, state: str = "active", **fields: Any) -> Connection:
    """Not saved: the pages only read it."""
    return Connection(
        firm=member.firm,
        state=state,
        company_name="Smith & Lee CPA LLC",
        connected_by=member,
        connected_at=THEN,
        last_in_step_at=THEN,
        **fields,
    )


def a_review(connection: Connection, state: str, **fields: Any) -> Review:
    return Review(
        pk=next(NUMBERS),
        firm=connection.firm,
        connection=connection,
        entity="client",
        state=state,
        activity="active",
        phase=fields.pop("phase", "Reading QuickBooks"),
        created_at=THEN,
        **fields,
    )


def a_row(bucket: str, here: str = "", there: str = "", **fields: Any) -> ReviewRow:
    return ReviewRow(
        pk=next(NUMBERS),
        confirmed=fields.pop("confirmed", bucket == "match"),
        bucket=bucket,
        group=fields.pop("group", here or there),
        practice_id="1" if here else "",
        ledger_id="1" if there else "",
        practice_name=here,
        ledger_name=there,
        reasons=fields.pop("reasons", ["The names are the same."]),
        **fields,
    )


def a_line(sentence: str, result: str = "done", reference: str = "") -> SimpleNamespace:
    return SimpleNamespace(
        pk=next(NUMBERS),
        record_id="",
        member_id=None,
        run_epoch=None,
        at=THEN,
        sentence=sentence,
        result=result,
        reference=reference,
        entity="client",
        side="ledger",
        details={},
    )


def an_issue(
    name: str, cause: str, *, sentence: str = "A sentence.", side: str = "practice"
) -> worklist.WorkRow:
    """One open issue; its listing follows from its cause."""
    return worklist.WorkRow(
        id=7,
        cause=CAUSES[cause],
        key=Key("client", Side(side), "7"),
        name=name,
        unit_label="",
        sentence=sentence,
        since=THEN,
        reference="",
        partner_id="",
        values=None,
        options=(),
        under_way=False,
    )
