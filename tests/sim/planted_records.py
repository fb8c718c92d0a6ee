"""Acts: plants bugs in how records are merged, documents sent, and access and settings kept. See ``planted``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from tests.sim.bugs import Patch, bug
from tests.sim.evidence import COMES_TO_REST
from tieout.practice import records
from tieout.practice.actions.invoices import create_invoice, finalise_invoice
from tieout.practice.isolation import every_firm_scope
from tieout.practice.models import Client, OutboxNote
from tieout.quickbooks import errors as ledger_words
from tieout.quickbooks import writing
from tieout.quickbooks.api import oauth, webhooks
from tieout.reconcile import currency, merge, plan, voiding
from tieout.reconcile.action import Forget, Update
from tieout.reconcile.diff import Verdict
from tieout.reconcile.ports import Reconnect
from tieout.reconcile.spec import Direction, EntitySpec
from tieout.reconcile.state import Absent, Baseline, Present, Side
from tieout.sync import (
    batches,
    dirty,
    discover,
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


@bug("Of two edits of one field the later one wins without a question.", "nothing typed is lost")
def _newest_wins(patch: Patch) -> None:
    _verdicts(patch, lambda found, ours: Verdict.TO_PRACTICE if found is Verdict.CONFLICT else found)


@bug(
    "Of two edits of one field the losing version is not kept for anybody to see.",
    "equal or listed",
    "no false green",
)
def _loser_dropped(patch: Patch) -> None:
    list_all = listing.list_all

    def without(connection: Any, entity: str, listed: Any, now: Any) -> None:
        kept = [
            replace(one, conflicts=(), problems=[each for each in one.problems if each.cause != "conflict"])
            for one in listed
        ]
        list_all(connection, entity, kept, now)

    patch.setattr(batches, "list_all", without)


@bug("A whole record is written where one field has changed.", "nothing typed is lost")
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


@bug(
    "Our own write is not recognised when it comes back, and is answered with another.",
    "another look writes nothing",
)
def _echo(patch: Patch) -> None:
    patch.setattr(observations, "changed_ones", lambda connection, spec, seen, since: dict(seen))
    _verdicts(
        patch,
        lambda found, ours: (
            Verdict.TO_LEDGER if found is Verdict.NOTHING and str(ours)[:1].isdigit() else found
        ),
    )


@bug("What is deleted there is archived here without anybody being asked.", COMES_TO_REST, "linked or listed")
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


@bug(
    "What is deleted there is made there again without anybody being asked.",
    "what was removed there is not made again unasked",
)
def _resurrects(patch: Patch) -> None:
    linked = plan._linked

    def anew(spec: Any, record: Any, switches: Any) -> Any:
        if isinstance(record.ledger, Absent) and isinstance(record.practice, Present) and spec.void_unit:
            return [Forget(record.practice_key, record.ledger_key)]
        return linked(spec, record, switches)

    forget = executor.Executor._forget

    def and_again(self: Any, link: Any) -> Any:
        found = forget(self, link)
        with self.lease.commit() as connection:
            mark = dirty.Mark(link.entity, Side.PRACTICE, link.practice_id, "to be created")
            dirty.mark(connection, [mark], self.lease.engine.now())
        return found

    patch.setattr(plan, "_linked", anew)
    patch.setattr(executor.Executor, "_forget", and_again)


@bug("What is void here is voided there, whoever has paid it.", "nothing paid there is voided unasked")
def _void_unasked(patch: Patch) -> None:
    patch.setattr(voiding, "asked_first", lambda *given: None)


@bug("One baseline is kept for both sides instead of a pair.", "only what was changed there is said to be")
def _one_baseline(patch: Patch) -> None:
    agreed = outcomes._agreed

    def single(spec: Any, attempt: Any, answer: Any) -> Baseline:
        pair = agreed(spec, attempt, answer)
        return Baseline(pair.practice, pair.practice)

    patch.setattr(outcomes, "_agreed", single)


# -- documents ----------------------------------------------------------------------------------------------------


@bug(
    "A payment does not wait for its invoices, nor an invoice for its client.",
    "equal to the cent or listed",
    "nothing sent names nothing",
)
def _no_waiting(patch: Patch) -> None:
    with_references = observe.with_references
    patch.setattr(observe, "with_references", lambda *arguments: (with_references(*arguments)[0], {}))


@bug("Amounts go through binary fractions and are cut.", "nothing sent is miscounted")
def _floats(patch: Patch) -> None:
    write = EntitySpec.write

    def cut(self: EntitySpec, units: Any) -> Any:
        document = write(self, units)
        for line in document.get("Line", ()):
            line["Amount"] = Decimal(int(float(line["Amount"]) * 100)) / 100
        return document

    patch.setattr(EntitySpec, "write", cut)


@bug(
    "A total that QuickBooks computes otherwise is taken for agreed, and not shown.",
    "equal to the cent or listed",
)
def _total_ignored(patch: Patch) -> None:
    verified = merge.Merge._verified
    patch.setattr(
        merge.Merge,
        "_verified",
        lambda self, found, answer, ours, theirs: (
            Verdict.SETTLE if verified(self, found, answer, ours, theirs) is Verdict.CONFLICT else found
        ),
    )


@bug("A document made in QuickBooks becomes one here.", "no document is born there")
def _documents_come_here(patch: Patch) -> None:
    def make(firm_id: int, units: Any, actor: Any, facts: Any) -> Any:
        client = Client.objects.filter(is_active=True).order_by("id")[0]
        by = {"firm_id": firm_id, "actor": actor, "today": date(2026, 3, 2)}
        line: Any = {"quantity": Decimal(1), "rate": Decimal(10), "description": "from there"}
        made = create_invoice(**by, client_id=client.pk, date=by["today"], lines=[line])
        return finalise_invoice(**by, invoice_id=made.pk, now=datetime(2026, 3, 2, tzinfo=UTC))

    def keep(*given: Any) -> None:
        """What it shows there is not taken over: that it is here at all is the bug."""

    ours = records.RECORD_KINDS["invoice"]
    patch.setitem(records.RECORD_KINDS, "invoice", replace(ours, make=make, set=keep))
    patch.setattr(discover, "_ours", lambda connection, spec, ids: ids)
    patch.setattr(
        Direction, "flows_to", lambda self, side: self is not Direction.FROM_LEDGER or side is Side.PRACTICE
    )


@bug(
    "Two documents are called equal by their numbers, whatever their currencies.",
    shown_by="tests/sync/test_currency.py::test_a_document_in_another_currency_is_not_sent_and_not_called_equal",
)
def _currency_ignored(patch: Patch) -> None:
    patch.setattr(currency, "refused", lambda record, ours: None)
    patch.setattr(currency, "differs", lambda spec, key, ours, theirs: None)


@bug(
    "That the books are closed is only learnt from QuickBooks' refusal.", "nothing is sent into closed books"
)
def _closed_books_ignored(patch: Patch) -> None:
    patch.setattr(writing, "refuse_closed_books", lambda *given: None)


# -- settings and access ---------------------------------------------------------------------------------------


@bug("A switch is only looked at when the plan is made.", "switches bind")
def _switch_read_once(patch: Patch) -> None:
    patch.setattr(sending, "forbids", lambda *arguments, **more: "")
    patch.setattr(executor, "forbids", lambda *arguments, **more: "")


@bug(
    "A plan is carried out although what was previewed has changed.",
    shown_by="tests/sync/test_review_drift.py::test_a_plan_that_would_write_something_else_by_now_is_shown_again_and_nothing_is_written",
)
def _preview_not_checked(patch: Patch) -> None:
    patch.setattr(review_drift, "has_moved", lambda found, connection, engine: False)


@bug("A new token pair is used before it is stored.", "nobody is signed out without a reason")
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
    shown_by="tests/sync/test_sharing.py::test_of_sixteen_that_need_a_refresh_at_once_one_refreshes_and_all_use_it",
)
def _refresh_without_lock(patch: Patch) -> None:
    class Unlocked:
        """The table as it is, without ``FOR UPDATE``."""

        objects = SimpleNamespace(
            select_for_update=TokenSet.objects.all, update_or_create=TokenSet.objects.update_or_create
        )

    patch.setattr(tokens, "TokenSet", Unlocked)


@bug("A token service that is down counts as a dead grant.", "nobody is signed out without a reason")
def _dead_on_500(patch: Patch) -> None:
    patch.setitem(ledger_words.SIGN_IN_CLASSES, oauth.TokenServiceUnavailable, Reconnect)


@bug("One query for our own changes has no firm in it.", "the other firm's clients are its company's")
def _no_firm_in_a_query(patch: Patch) -> None:
    ask = waiting.ask

    def everybodys(held: Any) -> waiting.Waiting:
        with every_firm_scope():
            OutboxNote.objects.exclude(firm_id=held.connection.firm_id).update(
                firm_id=held.connection.firm_id
            )
        return ask(held)

    patch.setattr(waiting, "ask", everybodys)


@bug("A webhook delivery goes whole to the company of its first event.", "webhooks go to their own company")
def _first_company_only(patch: Patch) -> None:
    row = inbox._store

    def first(notices: Any, engine: Any) -> None:
        row([replace(one, company_id=notices[0].company_id) for one in notices], engine)

    patch.setattr(inbox, "_store", first)


@bug("A webhook is believed before its signature is compared.", "a forged delivery is refused")
def _signature_not_compared(patch: Patch) -> None:
    patch.setattr(webhooks, "is_genuine", lambda body, given, keys: True)


@bug("A run does not notice that another has taken its lane.", "who was overtaken does nothing")
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


@bug(
    "An entry is closed although nothing has changed.",
    "equal or listed",
    "linked or listed",
    "sent once or listed",
    "equal to the cent or listed",
)
def _closed_without_success(patch: Patch) -> None:
    list_all = listing.list_all

    def closed(connection: Any, entity: str, listed: Any, now: Any) -> None:
        list_all(connection, entity, [replace(one, problems=()) for one in listed], now)

    patch.setattr(batches, "list_all", closed)
    patch.setattr(doubt, "list_all", closed)
