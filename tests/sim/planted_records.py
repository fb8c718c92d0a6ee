"""Acts: plants bugs in how records are merged, documents sent, and access and settings kept. See ``planted``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from tests.sim.bugs import Patch, bug
from tieout.practice.isolation import every_firm_scope
from tieout.practice.models import OutboxNote
from tieout.quickbooks import errors as ledger_words
from tieout.quickbooks.api import oauth, webhooks
from tieout.reconcile import currency, merge, plan
from tieout.reconcile.action import Update
from tieout.reconcile.diff import Verdict
from tieout.reconcile.ports import Reconnect
from tieout.reconcile.spec import Direction, EntitySpec
from tieout.reconcile.state import Absent, Baseline, Present, Side
from tieout.sync import (
    batches,
    doubt,
    executor,
    inbox,
    lease,
    listing,
    observations,
    observe,
    outcomes,
    review_drift,
    sending,
    tokens,
    waiting,
)
from tieout.sync.models import Connection, TokenSet

# -- merging ----------------------------------------------------------------------------------------------------


def _verdicts(patch: Patch, change: Callable[[Verdict, Any], Verdict]) -> None:
    verdict = merge.verdict

    def other(
        ours: Any, theirs: Any, base_ours: Any, base_theirs: Any, owner: Any, chosen: Any = None
    ) -> Verdict:
        return change(verdict(ours, theirs, base_ours, base_theirs, owner, chosen), ours)

    patch.setattr(merge, "verdict", other)


@bug("Of two edits of one field the later one wins without a question.")
def _newest_wins(patch: Patch) -> None:
    _verdicts(patch, lambda found, ours: Verdict.TO_PRACTICE if found is Verdict.CONFLICT else found)


@bug("Of two edits of one field the losing version is not kept for anybody to see.")
def _loser_dropped(patch: Patch) -> None:
    list_all = listing.list_all

    def without(connection: Any, entity: str, listed: Any, now: Any) -> None:
        kept = [
            replace(one, conflicts=(), problems=[each for each in one.problems if each.cause != "conflict"])
            for one in listed
        ]
        list_all(connection, entity, kept, now)

    patch.setattr(batches, "list_all", without)


@bug("A whole record is written where one field has changed.")
def _whole_record(patch: Patch) -> None:
    outcomes_of = merge.Merge.outcomes

    def whole(self: merge.Merge) -> Any:
        if self.writes[Side.LEDGER]:
            self.writes[Side.LEDGER] |= {
                unit: self.here.units[unit]
                for unit in ("phone", "email", "rate", "sku")
                if unit in self.here.units
            }
        return outcomes_of(self)

    patch.setattr(merge.Merge, "outcomes", whole)


@bug("Our own write is not recognised when it comes back, and is answered with another.")
def _echo(patch: Patch) -> None:
    patch.setattr(observations, "changed_ones", lambda connection, spec, seen, since: dict(seen))
    _verdicts(
        patch,
        lambda found, ours: (
            Verdict.TO_LEDGER if found is Verdict.NOTHING and str(ours)[:1].isdigit() else found
        ),
    )


@bug("What is deleted there is archived here without anybody being asked.")
def _delete_cascades(patch: Patch) -> None:
    linked = plan._linked

    def cascades(spec: Any, record: Any, switches: Any) -> Any:
        if isinstance(record.ledger, Absent) and isinstance(record.practice, Present) and spec.active_unit:
            if record.practice.units.get(spec.active_unit) is False:
                return []
            return [
                Update(Side.PRACTICE, record.practice_key, {spec.active_unit: False}, record.practice.token)
            ]
        return linked(spec, record, switches)

    patch.setattr(plan, "_linked", cascades)


@bug("One baseline is kept for both sides instead of a pair.")
def _one_baseline(patch: Patch) -> None:
    agreed = outcomes._agreed

    def single(spec: Any, attempt: Any, answer: Any) -> Baseline:
        pair = agreed(spec, attempt, answer)
        return Baseline(pair.practice, pair.practice)

    patch.setattr(outcomes, "_agreed", single)


# -- documents ----------------------------------------------------------------------------------------------------


@bug("A payment does not wait for its invoices, nor an invoice for its client.")
def _no_waiting(patch: Patch) -> None:
    with_references = observe.with_references
    patch.setattr(observe, "with_references", lambda *arguments: (with_references(*arguments)[0], {}))


@bug("Amounts go through binary fractions and are cut.")
def _floats(patch: Patch) -> None:
    write = EntitySpec.write

    def cut(self: EntitySpec, units: Any) -> Any:
        document = write(self, units)
        for line in document.get("Line", ()):
            line["Amount"] = Decimal(int(float(line["Amount"]) * 100)) / 100
        return document

    patch.setattr(EntitySpec, "write", cut)


@bug("A total that QuickBooks computes otherwise is taken for agreed, and not shown.")
def _total_ignored(patch: Patch) -> None:
    verified = merge.Merge._verified
    patch.setattr(
        merge.Merge,
        "_verified",
        lambda self, found, answer, ours, theirs: (
            Verdict.SETTLE if verified(self, found, answer, ours, theirs) is Verdict.CONFLICT else found
        ),
    )


@bug("A document made in QuickBooks becomes one here.")
def _documents_come_here(patch: Patch) -> None:
    patch.setattr(
        Direction, "flows_to", lambda self, side: self is not Direction.FROM_LEDGER or side is Side.PRACTICE
    )


@bug(
    "Two documents are called equal by their numbers, whatever their currencies.",
    "tests/sync/test_currency.py::test_a_document_in_another_currency_is_not_sent_and_not_called_equal",
)
def _currency_ignored(patch: Patch) -> None:
    patch.setattr(currency, "refused", lambda record, ours: None)
    patch.setattr(currency, "differs", lambda spec, key, ours, theirs: None)


# -- settings and access ---------------------------------------------------------------------------------------


@bug("A switch is only looked at when the plan is made.")
def _switch_read_once(patch: Patch) -> None:
    patch.setattr(sending, "forbids", lambda *arguments, **more: "")
    patch.setattr(executor, "forbids", lambda *arguments, **more: "")


@bug(
    "A plan is carried out although what was previewed has changed.",
    "tests/sync/test_review_drift.py::test_a_plan_that_would_write_something_else_by_now_is_shown_again_and_nothing_is_written",
)
def _preview_not_checked(patch: Patch) -> None:
    patch.setattr(review_drift, "has_moved", lambda found, connection, engine: False)


@bug("A new token pair is used before it is stored.")
def _tokens_stored_late(patch: Patch) -> None:
    renew = tokens.StoredTokens.renew

    def late(self: Any, refused: str) -> str:
        provider = self._provider

        class Dying:
            def refresh(self, pair: Any) -> Any:
                fresh = provider.refresh(pair)
                engine.at_point("tokens refreshed")
                return fresh

        engine, self._provider = self._engine, Dying()
        try:
            return renew(self, refused)
        finally:
            self._provider = provider

    patch.setattr(tokens.StoredTokens, "renew", late)


@bug(
    "Whoever needs a refresh makes one, without asking whether somebody else is at it.",
    "tests/sync/test_sharing.py::test_of_sixteen_that_need_a_refresh_at_once_one_refreshes_and_all_use_it",
)
def _refresh_without_lock(patch: Patch) -> None:
    class Unlocked:
        """The table as it is, without ``FOR UPDATE``."""

        objects = SimpleNamespace(
            select_for_update=TokenSet.objects.all, update_or_create=TokenSet.objects.update_or_create
        )

    patch.setattr(tokens, "TokenSet", Unlocked)


@bug("A token service that is down counts as a dead grant.")
def _dead_on_500(patch: Patch) -> None:
    patch.setitem(ledger_words.SIGN_IN_CLASSES, oauth.TokenServiceUnavailable, Reconnect)


@bug("One query for our own changes has no firm in it.")
def _no_firm_in_a_query(patch: Patch) -> None:
    ask = waiting.ask

    def everybodys(held: Any) -> waiting.Waiting:
        with every_firm_scope():
            OutboxNote.objects.exclude(firm_id=held.connection.firm_id).update(
                firm_id=held.connection.firm_id
            )
        return ask(held)

    patch.setattr(waiting, "ask", everybodys)


@bug("A webhook delivery goes whole to the company of its first event.")
def _first_company_only(patch: Patch) -> None:
    row = inbox._store

    def first(notices: Any, engine: Any) -> None:
        row([replace(one, company_id=notices[0].company_id) for one in notices], engine)

    patch.setattr(inbox, "_store", first)


@bug("A webhook is believed before its signature is compared.")
def _signature_not_compared(patch: Patch) -> None:
    patch.setattr(webhooks, "is_genuine", lambda body, given, keys: True)


@bug("A run does not notice that another has taken its lane.")
def _epoch_unchecked(patch: Patch) -> None:
    def check(self: lease.Lease) -> Connection:
        return Connection.objects.get(pk=self.connection.pk)

    commit = lease.Lease.commit

    @contextmanager
    def unfenced(self: lease.Lease, *, to_send: bool = False) -> Iterator[Connection]:
        self.connection.epoch = Connection.objects.values_list("epoch", flat=True).get(pk=self.connection.pk)
        with commit(self, to_send=to_send) as fresh:
            yield fresh

    patch.setattr(lease.Lease, "check", check)
    patch.setattr(lease.Lease, "commit", unfenced)


@bug("An entry is closed although nothing has changed.")
def _closed_without_success(patch: Patch) -> None:
    list_all = listing.list_all

    def closed(connection: Any, entity: str, listed: Any, now: Any) -> None:
        list_all(connection, entity, [replace(one, problems=()) for one in listed], now)

    patch.setattr(batches, "list_all", closed)
    patch.setattr(doubt, "list_all", closed)
