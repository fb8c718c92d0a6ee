"""Decides whether what a storm left is right: the invariants, each a named checker. ``catalogue`` says which is which.

The figures come from reading both sides anew, with getters of our own, never from what the engine believes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db import connection as database

from tests.sim.books import LISTS, Books
from tests.sim.evidence import Instant, Rest, digest, let_go
from tests.sim.laws_of_guards import a_guard_had_a_cause
from tests.sim.laws_of_undoing import (
    UNDOING,
    every_document_is_made_once,
    nothing_paid_there_is_voided_unasked,
)
from tests.sim.memory import DOCUMENTS, SHOWN_THERE, typed_name
from tieout.practice.isolation import every_firm_scope
from tieout.practice.models import Client
from tieout.sync import write_log
from tieout.sync.models import (
    ActivityLine,
    Attempt,
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


# -- at every instant -----------------------------------------------------------------------------------------


def one_body_for_each_request_id(now: Instant) -> None:
    many = [one for one, bodies in now.storm.town.bodies.items() if len(bodies) > 1]
    now.demand("one body for each request id", not many, many)


def nothing_is_sent_again_too_soon(now: Instant) -> None:
    """What got no answer is only sent again after the settle window, and after a look at QuickBooks since."""
    hasty = now.storm.town.sendings.hasty
    now.demand("nothing is sent again too soon", not hasty, hasty)


def who_was_overtaken_does_nothing(now: Instant) -> None:
    """A worker that woke up after another took its lane makes no call and no commit any more."""
    now.demand("who was overtaken does nothing", not now.storm.overruns, now.storm.overruns)


def links_are_one_to_one(now: Instant) -> None:
    equal = now.links == now.linked_here == now.linked_there
    with now.storm.town.here():
        what = [] if equal else list(Link.objects.values_list("entity", "practice_id", "ledger_id"))
    now.demand("links are one to one", equal, what)


def cursors_follow_quickbooks_clock(now: Instant) -> None:
    what = (now.cursors_ahead, now.storm.town.clock.now())
    now.demand("cursors stay behind QuickBooks' clock", not now.cursors_ahead, what)


def switches_bind(now: Instant) -> None:
    """Since the last look, or since it was turned: no call and no creation here that a switch is against."""
    storm = now.storm
    if not storm.switches:
        return
    made = {(one.entity, one.operation) for one in storm.look_at_calls()}
    lines = storm.look_at_lines()
    came = {entity for entity, sentence in lines if sentence.endswith("came from QuickBooks")}
    changed = {entity for entity, sentence in lines if sentence.endswith("and was updated here")}
    words = {"client": "customer", "service_item": "item"}
    for (entity, kind, side), on in storm.switches.items():
        if on or kind == "archive" or (kind == "edit" and storm.switches.get((entity, "archive", side))):
            continue
        if side == "ledger":
            call = (words[entity], {"create": "create", "edit": "update"}[kind])
            now.demand("switches bind", call not in made, call)
        elif kind == "create":
            now.demand("switches bind", entity not in came, (entity, kind, side))
        else:
            now.demand("switches bind", entity not in changed, (entity, kind, side))


def nothing_typed_is_lost(now: Instant) -> None:
    lost = now.storm.memory.lost
    now.demand("nothing typed is lost", not lost, lost)


def nobody_is_signed_out_without_a_reason(now: Instant) -> None:
    """A connection is only dead when QuickBooks said so since somebody last signed in: never for a failed call, and never
    by our own doing."""
    rightly = not now.signed_out or now.storm.signed_out_rightly or let_go(now.storm)
    now.demand("nobody is signed out without a reason", rightly, now.signed_out)


def nothing_sent_names_nothing(now: Instant) -> None:
    """No document was sent with an empty place where another record is named."""
    nameless = now.storm.town.nameless
    now.demand("nothing sent names nothing", not nameless, nameless)


def nothing_sent_is_miscounted(now: Instant) -> None:
    """Every amount that leaves is what QuickBooks makes of the same quantity and rate."""
    miscounted = now.storm.town.miscounted
    now.demand("nothing sent is miscounted", not miscounted, miscounted)


def what_is_undecided_is_not_linked(now: Instant) -> None:
    """What waits for a person, or was left out by one, is kept in step with nothing."""
    both = now.undecided_and_linked
    now.demand("what is undecided is not linked", not both, both)


def nothing_is_sent_into_closed_books(now: Instant) -> None:
    """Once the closing date was read, what it closes is said before anything is sent."""
    closed = now.storm.town.witness.closed_unread
    now.demand("nothing is sent into closed books", not closed, closed)


ALWAYS: tuple[Callable[[Instant], None], ...] = (
    one_body_for_each_request_id,
    nothing_is_sent_again_too_soon,
    who_was_overtaken_does_nothing,
    links_are_one_to_one,
    cursors_follow_quickbooks_clock,
    switches_bind,
    nothing_typed_is_lost,
    nobody_is_signed_out_without_a_reason,
    nothing_sent_names_nothing,
    nothing_sent_is_miscounted,
    what_is_undecided_is_not_linked,
    nothing_is_sent_into_closed_books,
    nothing_paid_there_is_voided_unasked,
)


def check_always(storm: Storm) -> None:
    now = Instant(storm)
    for law in ALWAYS:
        law(now)


# -- at rest --------------------------------------------------------------------------------------------------


def all_is_quiet(rest: Rest) -> None:
    with rest.town.here():
        waits = list(Dirty.objects.filter(entity__in=rest.words).values_list("entity", "side", "record_id"))
    rest.demand("all is quiet", rest.storm.is_quiet(), waits)


def no_bug_is_listed(rest: Rest) -> None:
    """That something unexpected happened to a record is only said where an answer about it made no sense."""
    bugs = [bug for bug in rest.bugs if not rest.was_garbled(*bug[:2])]
    rest.demand("nothing unexpected happened", not bugs, bugs)
    rest.storm.probes["garbled and listed"] += len(rest.bugs)


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
                both = (shown[unit], read(there[link.ledger_id]))
                declared = rest.storm.memory.declared.get((entity, practice_id), {})
                if both[0] != both[1] and both != declared.get(unit):
                    what = (entity, practice_id, unit, *both)
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
    words = {"client": "Customer", "service_item": "Item", **DOCUMENTS}
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
            same = (here[link.practice_id]["name"], here[link.practice_id]["active"]) == (
                typed_name(document),
                document["Active"],
            )
            rest.demand("lists came whole", same, document)


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


_TABLES = (Link, Issue, Attempt, Observation, Dirty, Cursor, InboxEvent, ActivityLine)
_STRAYS = "WITH c AS MATERIALIZED (SELECT id, firm_id FROM sync_connection) " + " UNION ALL ".join(
    f"SELECT '{table.__name__}' WHERE EXISTS (SELECT FROM {table._meta.db_table} one"
    " JOIN c ON c.id = one.connection_id WHERE one.firm_id IS DISTINCT FROM c.firm_id)"
    for table in _TABLES
)


def nobody_elses_rows(rest: Rest) -> None:
    """Every row of the engine belongs to its connection's firm, and the other company was never written for us."""
    town, other = rest.town, rest.storm.other
    with every_firm_scope(), database.cursor() as cursor:
        cursor.execute(_STRAYS)
        strays = cursor.fetchall()
    rest.demand("no row of another firm", not strays, strays)
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
    named = {one: rest.storm.events.get(one) or one.partition("|")[0] for one in stored}
    # One that came while its company was disconnected is nobody's.
    wrong = [one for one, realm in named.items() if stored[one] not in (None, firms[realm])]
    rest.demand("webhooks go to their own company", not wrong, wrong)


def a_persons_edit_there_stays(rest: Rest) -> None:
    for (word, ledger_id, member), value in rest.storm.memory.there.items():
        document = rest.there(word).get(ledger_id)
        if document is not None:
            rest.demand(
                "a person's edit there stays", document.get(member) == value, (word, ledger_id, member)
            )


def another_look_writes_nothing(rest: Rest) -> bytes:
    """Converged is converged: the change feed and a full comparison find nothing to do on either side.

    Returns the digest of what both sides show.
    """
    town, storm = rest.town, rest.storm
    before = digest(storm, rest)
    calls = town.emulator.log.entries()[-1].number
    town.until_the_change_feed_is_asked()
    after = [
        one
        for one in town.emulator.log.entries(area="data", realm=town.realm)
        if one.number > calls and one.operation in WRITES
    ]
    rest.demand("another look writes nothing", not after, after)
    shown = digest(storm)
    rest.demand("another look changes nothing", shown == before)
    return shown


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
    *UNDOING,
)
STOPPED: tuple[Callable[[Rest], None], ...] = (
    a_guard_had_a_cause,
    every_write_is_in_the_chain,
    one_way_stays_one_way,
    nobody_elses_rows,
    every_document_is_made_once,
)
"""What holds too of a connection that a guard has stopped, and stops again whenever somebody resumes."""


def check_at_rest(storm: Storm) -> bytes:
    """Every law of the end. Returns the digest of what both sides show then."""
    check_always(storm)
    storm.probes["voided over money as asked"] += storm.town.witness.voided_as_asked
    with storm.town.here():
        found = storm.town.connection
    rest = Rest(storm)
    if found.state != "active":
        for law in STOPPED:
            law(rest)
        Books(rest).marked_once()
        storm.probes["halted at rest"] += 1
        return digest(storm)
    for law in AT_REST:
        law(rest)
    Books(rest).check()
    storm.probes["listed at rest"] += bool(rest.listed)
    storm.probes["all in step at rest"] += not rest.listed
    shown = another_look_writes_nothing(rest)
    check_always(storm)
    return shown
