"""Acts: the two long parts of a review. ``collect`` reads and sorts, writing nothing; ``apply_now`` links and turns the section on.

Both may be killed and run again: collecting starts over, applying finds what it has already done.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.practice.records import RECORD_KINDS
from tieout.reconcile.match import Bucket, Candidate, Proposal, normalise
from tieout.reconcile.ports import Activity, Ledger, LedgerError, Reconnect, RetryLater
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Present, Side
from tieout.sync import (
    dirty,
    discover,
    item_review,
    match_memory,
    news,
    observations,
    review,
    review_activity,
    review_drift,
    review_final,
    review_holds,
    review_plan,
    review_rows,
    run_figures,
    tasks,
)
from tieout.sync.dirty import Mark
from tieout.sync.engine import Engine
from tieout.sync.ledgers import counted
from tieout.sync.listing import say
from tieout.sync.match_tables import Verdict
from tieout.sync.matching import proposer
from tieout.sync.models import (
    Connection,
    Cursor,
    Dirty,
    Link,
    Observation,
    Review,
    ReviewRow,
    ReviewState,
)
from tieout.sync.packing import pack_units
from tieout.sync.review_plan import Pair, agreed_at_link
from tieout.sync.review_rows import candidate, is_active
from tieout.sync.review_waits import try_again, wait, wait_for_sign_in
from tieout.sync.waking import wake_waiting_for_section

log = logging.getLogger(__name__)

SET_UP = "set-up"
"""Why everything known of is looked at when a review is applied. What it had written is told from edits by it."""
AT_ONCE = 1_000
"""Pairs that are compared in full before the progress moves."""


# -- collecting ----------------------------------------------------------------------------------------------


def collect(review_id: int, engine: Engine | None = None) -> None:
    """Read both sides whole, and store the sorted rows. A failure leaves a sentence and keeps nothing half."""
    engine = engine or Engine()
    with every_firm_scope():
        found = Review.objects.filter(pk=review_id, state=ReviewState.COLLECTING).first()
    if found is None:
        return
    with firm_scope(found.firm_id):
        connection = Connection.objects.get(pk=found.connection_id)
        spec = review.spec_of(connection, found.entity, engine)
        try:
            _collect(found, connection, spec, engine)
        except RetryLater as error:
            if wait(found, error, engine, tasks.collect_soon):
                return
            problem = error.sentence
        except Reconnect as error:
            if wait_for_sign_in(found, connection.connected_at, error, engine):
                return
            problem = error.sentence
        except LedgerError as error:
            problem = error.sentence
        except Exception:
            # The page must say that it stopped, whatever it was; the trace is in the log.
            log.exception("review %s", review_id)
            problem = "Something unexpected happened while reading. Nothing was written; start again."
        else:
            return
        # One that was cancelled meanwhile stays cancelled.
        with transaction.atomic():
            failed = Review.objects.filter(pk=review_id, state=ReviewState.COLLECTING).update(
                state=ReviewState.FAILED, problem=problem[:1000], finished_at=engine.now()
            )
            if failed:
                tasks.mail_ready_soon(review_id, engine.now())


def _collect(found: Review, connection: Connection, spec: EntitySpec, engine: Engine) -> None:
    with counted(connection, engine) as ledger:
        _read_and_sort(found, connection, spec, ledger, engine)


def _read_and_sort(
    found: Review, connection: Connection, spec: EntitySpec, ledger: Ledger, engine: Engine
) -> None:
    # The next change-feed cursor is the ledger's own clock from before the listing began.
    clock = ledger.changes([spec.ledger], engine.now() - timedelta(hours=1)).until
    _read_ledger(found, connection, spec, ledger, engine)
    ours = _read_practice(found, connection, spec, engine)
    _step(found, phase="Comparing")
    theirs, outside = _ledger_candidates(found, connection, spec)
    never = match_memory.never_pairs(connection, spec.practice)
    proposed = proposer(spec.practice)(
        ours, theirs, never, lambda done, total: _step(found, done=done, total=total)
    )
    rows = [review_rows.row(found, proposal) for proposal in proposed if not _idle(found, proposal)]
    _note_differences(found, connection, spec, rows)
    if any(row.bucket == Bucket.DUPLICATE for row in rows):
        _step(found, phase="Reading what happened lately to the duplicates")
        review_activity.note_there(found, rows, ledger, engine)
    if spec.practice == item_review.ENTITY:
        item_review.note_namesakes(connection, spec, rows)
    review_holds.carry_over(connection, spec, rows)
    rows += [review_rows.outside_row(found, each) for each in outside]
    _step(found, phase="Writing the lists down", total=len(rows))
    with transaction.atomic():
        _step(found, done=len(rows), total=len(rows))  # raises, and nothing is kept, when it was cancelled
        ReviewRow.objects.filter(review=found).delete()
        ReviewRow.objects.bulk_create(rows, batch_size=1_000)
        Review.objects.filter(pk=found.pk, state=ReviewState.COLLECTING).update(
            state=ReviewState.READY, phase="Ready to review", summary={"ledger_clock": clock.isoformat()}
        )
        tasks.mail_ready_soon(found.pk, engine.now())


def _note_differences(
    found: Review, connection: Connection, spec: EntitySpec, rows: Sequence[ReviewRow]
) -> None:
    """What the lists of matches fold away and count by field."""
    matched = [row for row in rows if row.bucket == Bucket.MATCH]
    for start in range(0, len(matched), AT_ONCE):
        _step(found, phase="Looking for differences", done=start, total=len(matched))
        some = matched[start : start + AT_ONCE]
        review_final.note_fills(connection, spec, some)
        for row, differs in review_final.compared(connection, spec, some):
            row.differs = [one.unit for one in differs]
            same_name = normalise(row.practice_name) == normalise(row.ledger_name)
            row.exact = row.confirmed and same_name and not differs


def _read_ledger(
    found: Review, connection: Connection, spec: EntitySpec, ledger: Ledger, engine: Engine
) -> None:
    total = ledger.count(spec.ledger, Activity.ALL)
    _step(found, phase="Reading QuickBooks", total=total)
    read = 0
    for page in ledger.list(spec.ledger, Activity.ALL):
        seen = {row.id: row.record for row in page}
        news.take(connection, spec, seen, engine, "seen by the review")
        read += len(page)
        _step(found, done=min(read, total), total=total)


def _read_practice(
    found: Review, connection: Connection, spec: EntitySpec, engine: Engine
) -> list[Candidate]:
    """Every record here that takes part and is not linked yet, inactive ones too: a twin may be one of them."""
    _step(found, phase=f"Reading your {spec.plural.lower()}")
    linked = set(
        Link.objects.filter(connection=connection, entity=spec.practice).values_list("practice_id", flat=True)
    )
    candidates: list[Candidate] = []
    chunk: dict[str, Present] = {}
    for record_id, view in RECORD_KINDS[spec.practice].list(connection.firm_id, "all"):
        record = Present(view.units, str(view.version), view.facts)
        chunk[record_id] = record
        if len(chunk) >= 1_000:
            observations.keep(connection, spec, Side.PRACTICE, chunk, engine)
            chunk = {}
        if record_id not in linked and spec.left_out(Side.PRACTICE, record) is None:
            candidates.append(candidate(spec, Side.PRACTICE, record_id, record))
    observations.keep(connection, spec, Side.PRACTICE, chunk, engine)
    return candidates


def _ledger_candidates(
    found: Review, connection: Connection, spec: EntitySpec
) -> tuple[list[Candidate], list[Candidate]]:
    """The unlinked ledger records that were asked for, and those that were not (sub-customers are neither)."""
    linked = set(
        Link.objects.filter(connection=connection, entity=spec.practice).values_list("ledger_id", flat=True)
    )
    seen = Observation.objects.filter(
        connection=connection, entity=spec.practice, side=Side.LEDGER, absent=""
    )
    asked_for: list[Candidate] = []
    outside: list[Candidate] = []
    for row in seen.iterator(chunk_size=1_000):
        record = observations.as_seen(row)
        if row.record_id in linked or not isinstance(record, Present):
            continue
        if not found.include_subcustomers and spec.left_out(Side.LEDGER, record) is not None:
            continue
        wanted = found.activity in (Activity.ALL, _activity(spec, record))
        (asked_for if wanted else outside).append(candidate(spec, Side.LEDGER, row.record_id, record))
    return asked_for, outside


def _idle(found: Review, proposal: Proposal) -> bool:
    """An archived client without a partner is no question to anybody who asked for the active ones."""
    ours = proposal.practice
    lone = proposal.bucket == Bucket.UNMATCHED and found.activity == Activity.ACTIVE
    return bool(lone and ours and not ours.active)


def _activity(spec: EntitySpec, record: Present) -> Activity:
    return Activity.ACTIVE if is_active(spec, record) else Activity.INACTIVE


def _step(found: Review, *, phase: str = "", done: int = 0, total: int | None = None) -> None:
    changes: dict[str, object] = {"progress_done": done, "progress_total": total}
    if phase:
        changes["phase"] = phase
    still = Review.objects.filter(pk=found.pk, state=ReviewState.COLLECTING).update(**changes)
    if not still:
        raise LedgerError("The review was cancelled.")


# -- applying ------------------------------------------------------------------------------------------------


def apply_now(review_id: int, engine: Engine | None = None) -> None:
    """Link the matches, hold what waits for a decision, mark everything to be planned, turn the section on.

    Where the plan is another one by now than a person looked at, nothing of this is done: see ``review_drift``.
    The records themselves are then synced by ordinary runs, which report back through ``note_progress``.
    """
    engine = engine or Engine()
    with every_firm_scope():
        found = Review.objects.filter(pk=review_id, state=ReviewState.APPLYING).first()
    if found is None or "applied" in found.summary:
        return
    with firm_scope(found.firm_id):
        try:
            if review_drift.looked_again(found, engine):
                _apply(found, engine)
        except Exception:
            # Nothing of it is kept. The page must not wait for ever for what stopped, whatever it was; the trace is in the log.
            log.exception("review %s", review_id)
            if not try_again(found, tasks.apply_soon):
                review_drift.open_again(found, review_drift.FAILED)


def _apply(found: Review, engine: Engine) -> None:
    with transaction.atomic():
        found = Review.objects.select_for_update().get(pk=found.pk)
        # Not the key: a webhook's notice that names this connection must be stored meanwhile, within its three seconds.
        connection = Connection.objects.select_for_update(no_key=True).get(pk=found.connection_id)
        if found.state != ReviewState.APPLYING or "applied" in found.summary:
            return  # called off, or done, while QuickBooks was asked
        if review_drift.has_moved(found, connection, engine):
            review_drift.open_again(found, review_drift.MOVED)
            return
        spec = review.spec_of(connection, found.entity, engine)
        rows = list(found.rows.select_related("decided_by__user"))
        pairs = review_plan.pairs(rows, found.create_new)
        now = engine.now()  # one moment for all: a link is this run's when it was made from then on
        _link_matches(connection, spec, pairs, now)
        _remember(found, connection, rows, pairs, engine)
        review_holds.hold(found, connection, spec, rows)
        _set_switches(found, connection, spec)
        # What was edited here until now is part of it; only what is edited from now on is an edit of its own.
        noted = discover.notes_of(connection, spec.practice)
        marks = [Mark(spec.practice, Side.PRACTICE, one, SET_UP) for one in noted]
        marks += _everything(connection, spec)
        total = dirty.mark(connection, marks, engine.now())
        clock = datetime.fromisoformat(found.summary["ledger_clock"])
        # One that is there stays: a listing does not show what has gone since the feed was last asked.
        Cursor.objects.get_or_create(
            connection=connection,
            entity=spec.practice,
            defaults={
                "firm_id": connection.firm_id,
                "read_until": clock - engine.overlap,
                "compared_at": clock,
            },
        )
        review.turn_on(connection, spec.practice)
        wake_waiting_for_section(connection, spec.practice, engine.now())
        Connection.objects.filter(pk=connection.pk).update(
            changes_due_at=engine.now(),
            sweep_due_at=engine.now() + engine.nets.look,
            holds_epoch=F("holds_epoch") + 1,
        )
        found.summary = {
            **found.summary,
            "applied": review_plan.forecast(rows, found.create_new),
            "applied_at": now.isoformat(),
        }
        found.phase, found.progress_done, found.progress_total = "Syncing", 0, total
        found.save()
        who = found.applied_by.user.get_full_name() if found.applied_by else "Somebody"
        said = f"{who} synced the {spec.plural.lower()}"
        say(connection, engine.now(), said, result="info", by=found.applied_by)
        review_holds.say_left_out(found, connection, spec, rows, engine)


def _link_matches(connection: Connection, spec: EntitySpec, pairs: Sequence[Pair], now: datetime) -> None:
    ours = RECORD_KINDS[spec.practice].read(connection.firm_id, [pair.practice_id for pair in pairs])
    theirs = observations.of_ledger(connection, spec, [pair.ledger_id for pair in pairs])
    links = []
    for pair in pairs:
        here, there = ours.get(pair.practice_id), theirs.get(pair.ledger_id)
        if here is None or not isinstance(there, Present):
            continue  # gone since the review was made; what is left of the pair is listed by the next run
        baseline = agreed_at_link(spec, here.units, there.units, pair.keep)
        links.append(
            Link(
                firm_id=connection.firm_id,
                connection=connection,
                entity=spec.practice,
                practice_id=pair.practice_id,
                ledger_id=pair.ledger_id,
                baseline_practice=pack_units(baseline.practice),
                baseline_ledger=pack_units(baseline.ledger),
                origin="review",
                linked_at=now,
            )
        )
    Link.objects.bulk_create(links, batch_size=500, ignore_conflicts=True)


def _remember(
    found: Review, connection: Connection, rows: Sequence[ReviewRow], pairs: Sequence[Pair], engine: Engine
) -> None:
    """What was decided about pairs, so that nothing is asked twice."""
    member, now = found.applied_by, engine.now()
    proposed = [pair.row for pair in pairs if not pair.by_hand]
    match_memory.remember_applied(connection, found.entity, proposed, member, now)
    by_hand = [(pair.practice_id, pair.ledger_id, Verdict.ACCEPT) for pair in pairs if pair.by_hand]
    apart = [(*pair, Verdict.REJECT) for pair in review_plan.different(rows)]
    for practice_id, ledger_id, verdict in by_hand + apart:
        match_memory.remember(connection, found.entity, practice_id, ledger_id, verdict, member, now)


def _set_switches(found: Review, connection: Connection, spec: EntitySpec) -> None:
    """Whether records that are left out by default (sub-customers) take part is decided with the review."""
    switches = dict(connection.switches)
    own = dict(switches.get(spec.practice, {}))
    own["take_left_out"] = {**own.get("take_left_out", {}), "ledger": found.include_subcustomers}
    switches[spec.practice] = own
    Connection.objects.filter(pk=connection.pk).update(switches=switches)


def _everything(connection: Connection, spec: EntitySpec) -> list[Mark]:
    """Every record known of, so that each ends up in step or listed with its reason."""
    known = Observation.objects.filter(connection=connection, entity=spec.practice, absent="").values_list(
        "side", "record_id"
    )
    return [Mark(spec.practice, Side(side), record_id, SET_UP, must_read=False) for side, record_id in known]


def note_progress(connection: Connection, engine: Engine) -> None:
    """After a run: how far the applying reviews of this connection are; done when nothing of them waits."""
    for found in Review.objects.filter(connection=connection, state=ReviewState.APPLYING):
        if "applied" not in found.summary:
            continue
        left = Dirty.objects.filter(connection=connection, entity=found.entity, not_before=None).count()
        total = found.progress_total or 0
        changes: dict[str, object] = {"progress_done": max(0, total - left)}
        if left == 0:
            changes |= {
                "state": ReviewState.DONE,
                "phase": "Done",
                "finished_at": engine.now(),
                "summary": {**found.summary, "done": run_figures.counted(connection, found)},
            }
        with transaction.atomic():
            Review.objects.filter(pk=found.pk).update(**changes)
            if left == 0:
                tasks.mail_report_soon(found.pk)
