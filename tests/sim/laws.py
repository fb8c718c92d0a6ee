"""Decides whether what a storm left is right: the invariants, each a named checker. ``catalogue`` says which is which.

The figures come from reading both sides anew, with getters of our own, never from what the engine believes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import F

from tests.sim.books import LISTS, Books
from tests.sim.memory import SHOWN_THERE
from tieout.practice.isolation import every_firm_scope
from tieout.practice.models import Client
from tieout.practice.records import RECORD_KINDS
from tieout.sync import status, write_log
from tieout.sync.models import (
    ActivityLine,
    Attempt,
    Connection,
    Cursor,
    Dirty,
    InboxEvent,
    Issue,
    Link,
    Observation,
    WriteEntry,
)

if TYPE_CHECKING:
    from tests.sim.storm import Storm

WRITES = ("create", "update", "void", "delete")
READ_ONLY = ("class", "department", "account", "term", "taxcode", "paymentmethod", "taxrate", "preferences")


class Broken(AssertionError):
    """A law does not hold. The message names it and tells the story."""


def _demand(storm: Storm, law: str, holds: object, what: object = "") -> None:
    if not holds:
        raise Broken(f"{law}: {what}\n{storm.told()}")


# -- at every instant -----------------------------------------------------------------------------------------


def one_body_for_each_request_id(storm: Storm) -> None:
    many = [one for one, bodies in storm.town.bodies.items() if len(bodies) > 1]
    _demand(storm, "one body for each request id", not many, many)


def links_are_one_to_one(storm: Storm) -> None:
    with storm.town.here():
        links = list(Link.objects.values_list("entity", "practice_id", "ledger_id"))
    here, there = {(e, p) for e, p, _ in links}, {(e, t) for e, _, t in links}
    _demand(storm, "links are one to one", len(here) == len(there) == len(links), links)


def cursors_follow_quickbooks_clock(storm: Storm) -> None:
    town = storm.town
    latest = town.clock.now() - town.engine.overlap
    with town.here():
        ahead = list(Cursor.objects.filter(read_until__gt=latest).values_list("entity", "read_until"))
    _demand(storm, "cursors stay behind QuickBooks' clock", not ahead, (ahead, town.clock.now()))


def switches_bind(storm: Storm) -> None:
    """Since the last look, or since it was turned: no call and no creation here that a switch is against."""
    if not storm.switches:
        return
    made = {(one.entity, one.operation) for one in storm.look_at_calls()}
    came = {entity for entity, sentence in storm.look_at_lines() if sentence.endswith("came from QuickBooks")}
    words = {"client": "customer", "service_item": "item"}
    for (entity, kind, side), on in storm.switches.items():
        if on or kind == "archive" or (kind == "edit" and storm.switches.get((entity, "archive", side))):
            continue
        if side == "ledger":
            call = (words[entity], {"create": "create", "edit": "update"}[kind])
            _demand(storm, "switches bind", call not in made, call)
        elif kind == "create":
            _demand(storm, "switches bind", entity not in came, (entity, kind, side))


def nothing_typed_is_lost(storm: Storm) -> None:
    _demand(storm, "nothing typed is lost", not storm.memory.lost, storm.memory.lost)


def nobody_is_signed_out_without_a_reason(storm: Storm) -> None:
    """A connection is only dead when QuickBooks said so: never for a failed call, and never by our own doing."""
    if storm.signed_out_rightly:
        return
    with storm.town.here():
        dead = Connection.objects.filter(state="needs_reconnect").values_list("state_reason", flat=True)
        _demand(storm, "nobody is signed out without a reason", not dead, list(dead))


def nothing_sent_names_nothing(storm: Storm) -> None:
    """No document was sent with an empty place where another record is named."""
    _demand(storm, "nothing sent names nothing", not storm.town.nameless, storm.town.nameless)


ALWAYS: tuple[Callable[[Storm], None], ...] = (
    one_body_for_each_request_id,
    links_are_one_to_one,
    cursors_follow_quickbooks_clock,
    switches_bind,
    nothing_typed_is_lost,
    nobody_is_signed_out_without_a_reason,
    nothing_sent_names_nothing,
)


def check_always(storm: Storm) -> None:
    for law in ALWAYS:
        law(storm)


# -- at rest --------------------------------------------------------------------------------------------------


class Rest:
    """Both sides as they are when all is quiet, and what is listed."""

    def __init__(self, storm: Storm) -> None:
        self.storm, self.town = storm, storm.town
        self.words = self.town.words
        with self.town.here():
            self.links = {(one.entity, one.practice_id): one for one in Link.objects.all()}
            issues = list(Issue.objects.filter(closed_at=None))
            compared = [word for word in self.words if word in SHOWN_THERE or word in Books.KINDS]
            self.rows = {word: self._rows(word) for word in self.words}
            self.statuses = {
                word: status.record_statuses(self.town.firm.pk, word, self.rows[word]) for word in compared
            }
        self.listed = {(one.entity, one.side, one.record_id) for one in issues}
        self.listed_units = {(one.entity, one.side, one.record_id, one.unit) for one in issues}
        self.bugs = [(one.entity, one.record_id, one.sentence) for one in issues if one.cause == "bug"]
        self.drifted = [(one.entity, one.record_id, one.unit) for one in issues if one.cause == "drift"]
        self.by_ledger_id = {(one.entity, one.ledger_id): one for one in self.links.values()}

    def here(self, entity: str) -> dict[str, Mapping[str, Any]]:
        return self.rows[entity]

    def _rows(self, entity: str) -> dict[str, Mapping[str, Any]]:
        with self.town.here():
            return {one: view.units for one, view in RECORD_KINDS[entity].list(self.town.firm.pk, "all")}

    def there(self, word: str) -> dict[str, Any]:
        rows = self.town.emulator.control.records(self.town.realm, word)
        return {str(one["Id"]): one for one in rows}

    def is_listed(self, entity: str, practice_id: str, unit: str = "") -> bool:
        """Whether there is an open entry for the record; with a unit, one for it or for the whole record."""
        link = self.links.get((entity, practice_id))
        keys = [("practice", practice_id)] + ([("ledger", link.ledger_id)] if link else [])
        if not unit:
            return any((entity, *key) in self.listed for key in keys)
        return any((entity, *key, one) in self.listed_units for key in keys for one in ("", unit))

    def demand(self, law: str, holds: object, what: object = "") -> None:
        _demand(self.storm, law, holds, what)


def all_is_quiet(rest: Rest) -> None:
    with rest.town.here():
        waits = list(Dirty.objects.filter(entity__in=rest.words).values_list("entity", "side", "record_id"))
    rest.demand("all is quiet", rest.storm.is_quiet(), waits)


def no_bug_is_listed(rest: Rest) -> None:
    rest.demand("nothing unexpected happened", not rest.bugs or rest.storm.probes["fault F71"], rest.bugs)


def both_sides_equal_or_listed(rest: Rest) -> None:
    """Clients and service items: linked and the same, or listed with a reason; nobody on either side is forgotten."""
    for entity in [word for word in rest.words if word in SHOWN_THERE]:
        word, units = SHOWN_THERE[entity]
        here, there = rest.here(entity), rest.there(word)
        for practice_id, shown in here.items():
            link = rest.links.get((entity, practice_id))
            if link is None or link.ledger_id not in there:
                rest.demand("linked or listed", rest.is_listed(entity, practice_id), (entity, practice_id))
                continue
            for unit, read in units.items():
                if shown[unit] != read(there[link.ledger_id]):
                    what = (entity, practice_id, unit, shown[unit], read(there[link.ledger_id]))
                    rest.demand("equal or listed", rest.is_listed(entity, practice_id, unit), what)
                    said = rest.statuses[entity].get(practice_id)
                    rest.demand("no false green", said is None or said.state != "in_step", what)
        for ledger_id, document in there.items():
            known = (entity, ledger_id) in rest.by_ledger_id or (entity, "ledger", ledger_id) in rest.listed
            mine = document.get("Type") in (None, "Service", "NonInventory")
            rest.demand("known or listed", known or not mine, (entity, ledger_id))


def gone_is_said_of_what_is_gone(rest: Rest) -> None:
    with rest.town.here():
        said = list(
            Issue.objects.filter(closed_at=None, cause="gone_there").values_list("entity", "record_id")
        )
    words = {"client": "Customer", "service_item": "Item", **Books.KINDS}
    for entity, practice_id in said:
        link = rest.links.get((entity, practice_id))
        there = link is not None and entity in words and link.ledger_id in rest.there(words[entity])
        rest.demand("gone is said of what is gone", not there, (entity, practice_id))


def lists_came_whole(rest: Rest) -> None:
    """Every row of QuickBooks' lists is here under its id and name."""
    for entity in [word for word in rest.words if word in LISTS]:
        word, belongs = LISTS[entity]
        here = rest.here(entity)
        for ledger_id, document in rest.there(word).items():
            link = rest.by_ledger_id.get((entity, ledger_id))
            if not belongs(document) or (entity, "ledger", ledger_id) in rest.listed:
                continue
            rest.demand("lists came whole", link is not None, (entity, ledger_id))
            assert link is not None
            name = document["Name"].removesuffix(" (deleted)") if not document["Active"] else document["Name"]
            same = (here[link.practice_id]["name"], here[link.practice_id]["active"]) == (
                name,
                document["Active"],
            )
            rest.demand("lists came whole", same or rest.is_listed(entity, link.practice_id), document)


def every_write_is_in_the_chain(rest: Rest) -> None:
    town = rest.town
    with town.here():
        connection = town.connection
        broken = write_log.broken_at(connection)
        logged = set(WriteEntry.objects.values_list("request_id", flat=True))
    rest.demand("the chain is whole", broken is None, broken)
    sent = {
        one.request_id
        for one in town.emulator.log.entries(area="data", realm=town.realm)
        if one.operation in WRITES and one.request_id
    }
    rest.demand("every write is in the log", sent <= logged, sent - logged)


def one_way_stays_one_way(rest: Rest) -> None:
    town = rest.town
    written = [
        one.path
        for one in town.emulator.log.entries(area="data", realm=town.realm)
        if one.operation in ("create", "update", "void", "delete") and one.entity in READ_ONLY
    ]
    rest.demand("lists are never written", not written, written)
    deleted = town.emulator.log.entries(area="data", realm=town.realm, operation="delete")
    rest.demand("nothing is ever deleted there", not deleted, deleted)
    with town.here():
        documents = ("invoice", "payment", "credit", "credit_application", "refund")
        born = Link.objects.filter(entity__in=documents, origin="created here")
        rest.demand("no document is born there", not born.exists(), list(born))


def nobody_elses_rows(rest: Rest) -> None:
    """Every row of the engine belongs to its connection's firm, and the other company was never written for us."""
    town, other = rest.town, rest.storm.other
    with every_firm_scope():
        for table in (Link, Issue, Attempt, Observation, Dirty, Cursor, InboxEvent, ActivityLine):
            strays = table.objects.exclude(connection=None).exclude(firm_id=F("connection__firm_id"))
            rest.demand("no row of another firm", not strays.exists(), table.__name__)
    if rest.storm.name != "two firms":
        calls = town.emulator.log.entries(area="data", realm=other.realm)
        wrote = [one for one in calls if one.operation in WRITES]
        rest.demand("the other company is left alone", not wrote, wrote)


def two_firms_never_mix(rest: Rest) -> None:
    """What each firm has is what its own company has, and the other way round."""
    if rest.storm.name != "two firms":
        return
    other = rest.storm.other
    other.settle()
    other.until_the_change_feed_is_asked()
    with rest.town.here():
        strangers = Client.objects.exclude(firm_id=rest.town.firm.pk)
        rest.demand("a firm sees its own clients", not strangers.exists(), list(strangers))
    with other.here():
        links = dict(Link.objects.filter(entity="client").values_list("practice_id", "ledger_id"))
        listed = set(Issue.objects.filter(closed_at=None).values_list("record_id", flat=True))
        clients = {str(one.pk): one.name for one in Client.objects.all()}
    customers = other.customers()
    for practice_id, name in clients.items():
        there = customers.get(links.get(practice_id, ""), {"DisplayName": None})
        equal = name == there["DisplayName"] or practice_id in listed
        rest.demand(
            "the other firm's clients are its company's", equal, (practice_id, name, there["DisplayName"])
        )
    with every_firm_scope():
        stored = dict(InboxEvent.objects.values_list("event_id", "firm_id"))
    firms = {rest.town.realm: rest.town.firm.pk, other.realm: other.firm.pk}
    wrong = [one for one, realm in rest.storm.events.items() if stored.get(one, firms[realm]) != firms[realm]]
    rest.demand("webhooks go to their own company", not wrong, wrong)


def a_persons_edit_there_stays(rest: Rest) -> None:
    for (word, ledger_id, member), value in rest.storm.memory.there.items():
        document = rest.there(word).get(ledger_id)
        if document is not None:
            rest.demand(
                "a person's edit there stays", document.get(member) == value, (word, ledger_id, member)
            )


def another_look_writes_nothing(rest: Rest) -> None:
    """Converged is converged: the change feed and a full comparison find nothing to do on either side."""
    town, storm = rest.town, rest.storm

    def shown() -> str:
        return digest(storm).hex()

    before = shown()
    calls = town.emulator.log.entries()[-1].number
    town.until_the_change_feed_is_asked()
    after = [
        one
        for one in town.emulator.log.entries(area="data", realm=town.realm)
        if one.number > calls and one.operation in WRITES
    ]
    rest.demand("another look writes nothing", not after, after)
    rest.demand("another look changes nothing", shown() == before)


AT_REST: tuple[Callable[[Rest], None], ...] = (
    all_is_quiet,
    no_bug_is_listed,
    both_sides_equal_or_listed,
    gone_is_said_of_what_is_gone,
    lists_came_whole,
    every_write_is_in_the_chain,
    one_way_stays_one_way,
    nobody_elses_rows,
    two_firms_never_mix,
    a_persons_edit_there_stays,
)


def check_at_rest(storm: Storm) -> None:
    check_always(storm)
    with storm.town.here():
        found = storm.town.connection
    if found.state != "active":
        # A guard stopped it and stops it again: then that is the one thing a person sees.
        _demand(storm, "a stopped connection says why", found.state_reason, found.state)
        storm.probes["halted at rest"] += 1
        return
    rest = Rest(storm)
    for law in AT_REST:
        law(rest)
    Books(rest).check()
    storm.probes["listed at rest"] += bool(rest.listed)
    storm.probes["all in step at rest"] += not rest.listed
    another_look_writes_nothing(rest)
    check_always(storm)


def digest(storm: Storm) -> bytes:
    """All that both sides show and all that is listed, as one hash."""
    town = storm.town
    rest_words = town.words
    said: list[Any] = []
    with town.here():
        for word in rest_words:
            if word in ("client", "service_item") or word in Books.KINDS:
                rows = RECORD_KINDS[word].list(town.firm.pk, "all")
                said.append(sorted((one, sorted(view.units.items(), key=str)) for one, view in rows))
        said.append(
            sorted(
                Issue.objects.filter(closed_at=None).values_list(
                    "entity", "side", "record_id", "unit", "cause"
                )
            )
        )
    for word in ("Customer", "Item", "Invoice", "Payment", "CreditMemo", "RefundReceipt"):
        said.append(
            [(one["Id"], one["SyncToken"]) for one in town.emulator.control.records(town.realm, word)]
        )
    return hashlib.sha256(json.dumps(said, default=str).encode()).digest()
