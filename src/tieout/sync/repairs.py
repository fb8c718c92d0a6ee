"""Acts: what a person decides where one verb of ``decisions`` is not enough: both steps, or neither."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from tieout.practice.models import Member
from tieout.reconcile.state import Key, Present, Side
from tieout.reconcile.twice import why_not_void
from tieout.sync import (
    decisions,
    dirty,
    holding,
    match_memory,
    merged_there,
    observations,
    tasks,
    worklist,
)
from tieout.sync.connections import connection_of
from tieout.sync.decisions import CHANGED_SINCE, CannotDecide
from tieout.sync.dirty import Mark
from tieout.sync.engine import Engine
from tieout.sync.issues import TWICE, UNDONE, Listing
from tieout.sync.listing import say
from tieout.sync.match_tables import Verdict
from tieout.sync.models import Connection, Issue, Link
from tieout.sync.record_tables import COPY_OF
from tieout.sync.review import spec_of


def link_instead(
    member: Member, entity: str, practice_id: str, ledger_id: str, *, engine: Engine | None = None
) -> None:
    """Link a record here to this one there, taking its present link apart first."""
    with transaction.atomic():
        engine = engine or Engine()
        if (linked := partner_of(member, Key(entity, Side.PRACTICE, practice_id))) and linked != ledger_id:
            decisions.unlink(member, entity, practice_id, engine=engine)
            _forget_merged(_connection(member), entity, linked, engine)
        decisions.link(member, entity, practice_id, ledger_id, engine=engine)


def _forget_merged(connection: Connection, entity: str, ledger_id: str, engine: Engine) -> None:
    """Nobody has to decide about a record of the ledger that has become another: it waits for no partner."""
    spec = spec_of(connection, entity, engine)
    if merged_there.survivors(connection, spec, [ledger_id]):
        holding.release(connection, Key(entity, Side.LEDGER, ledger_id))


def reactivate_and_link(
    member: Member, entity: str, practice_id: str, ledger_id: str, *, engine: Engine | None = None
) -> None:
    """Link a record here to its inactive twin there and have that one made active again with the next run.

    That it is inactive there counts as agreed, so that what is in use here is the news: an ordinary write, with its
    attempt and its entry in the write log. A switch that is off stops what goes by itself, and not this: it holds for
    the twin as it was seen, and for no later version of it.
    """
    engine = engine or Engine()
    with transaction.atomic():
        connection = _connection(member)
        spec = spec_of(connection, entity, engine)
        active = spec.active_unit
        twin = observations.of_ledger(connection, spec, [ledger_id]).get(ledger_id)
        if active is None or not isinstance(twin, Present) or twin.units.get(active) is not False:
            raise CannotDecide("It is not inactive in QuickBooks any more. Nothing was changed.")
        link_instead(member, entity, practice_id, ledger_id, engine=engine)
        linked = Link.objects.select_for_update().get(
            connection=connection, entity=entity, practice_id=practice_id
        )
        linked.baseline_practice[active] = linked.baseline_ledger[active] = False
        linked.reactivate_token = twin.token
        linked.save(update_fields=["baseline_practice", "baseline_ledger", "reactivate_token"])


def create_again(member: Member, key: Key, *, engine: Engine | None = None) -> None:
    """Create a record anew on the other side, where its partner was removed. Its present link is taken apart."""
    with transaction.atomic():
        partner = partner_of(member, key)
        if partner:
            practice_id = key.id if key.side is Side.PRACTICE else partner
            decisions.unlink(member, key.entity, practice_id, engine=engine)
        decisions.create_on_other_side(member, [key], engine=engine)


def detach(member: Member, key: Key, *, engine: Engine | None = None) -> None:
    """Take a link apart and leave the record here out: both stay as they are, and neither is asked about again."""
    with transaction.atomic():
        partner = partner_of(member, key)
        ours = key if key.side is Side.PRACTICE else Key(key.entity, Side.PRACTICE, partner)
        if partner:
            decisions.unlink(member, key.entity, ours.id, engine=engine)
        decisions.exclude(member, [ours], reason="kept as it is in QuickBooks", engine=engine)


def retry_cause(
    member: Member,
    cause: str,
    *,
    listing: str = "",
    of: Member | None = None,
    about: Collection[str] = (),
    engine: Engine | None = None,
) -> int:
    """Plan every record that is listed under one cause again. Returns how many issues.

    With ``listing`` only what stands in that tab, with ``of`` what this colleague looks after, with ``about`` records of
    these entities: as ``worklist.groups`` counts them.
    """
    engine = engine or Engine()
    open_ones = Issue.objects.filter(connection=_connection(member), cause=cause, closed_at=None)
    if listing:
        open_ones = open_ones.filter(worklist.in_tab(listing, engine.now()))
    if of is not None:
        open_ones = open_ones.filter(assigned_to=of)
    if about:
        open_ones = open_ones.filter(entity__in=about)
    return decisions.retry(member, list(open_ones.values_list("pk", flat=True)), engine=engine)


def retry_records(
    member: Member, entity: str, practice_ids: Collection[str], *, engine: Engine | None = None
) -> int:
    """Plan these records again, as far as something is open about them or their partners. Returns how many issues."""
    connection = _connection(member)
    links = Link.objects.filter(connection=connection, entity=entity, practice_id__in=practice_ids)
    mine = Q(side=Side.PRACTICE, record_id__in=practice_ids)
    mine |= Q(side=Side.LEDGER, record_id__in=links.values("ledger_id"))
    found = Issue.objects.filter(mine, connection=connection, entity=entity, closed_at=None)
    return decisions.retry(member, list(found.values_list("pk", flat=True)), engine=engine)


def assign(member: Member, issues: Collection[int], colleague: Member | None) -> int:
    """Say who looks after these; None: nobody in particular. Returns how many."""
    if colleague is not None and colleague.firm_id != member.firm_id:
        raise CannotDecide("There is no such colleague. Nothing was changed.")
    open_ones = Issue.objects.filter(connection=_connection(member), pk__in=issues, closed_at=None)
    return open_ones.update(assigned_to=colleague)


def put_off(
    member: Member, issues: Collection[int], until: datetime | None, *, engine: Engine | None = None
) -> int:
    """Ask about these again from then on; None: now. They stay listed meanwhile. Returns how many."""
    engine = engine or Engine()
    with transaction.atomic():
        connection = _connection(member)
        open_ones = Issue.objects.filter(
            connection=connection, pk__in=issues, closed_at=None, listing=Listing.NEEDS_YOU
        )
        count = open_ones.update(put_off_until=until)
        if count:
            who = member.user.get_full_name()
            when = f"put off until {until.isoformat()[:10]}" if until else "brought back"
            records = "1 question" if count == 1 else f"{count:,} questions"
            say(connection, engine.now(), f"{who}: {records} {when}", result="info", by=member)
    return count


def declare_different(
    member: Member, key: Key, others: Collection[str], *, engine: Engine | None = None
) -> int:
    """Say that a record is none of these of the other side: it is not asked again. Returns how many pairs."""
    engine = engine or Engine()
    with transaction.atomic():
        connection = _connection(member)
        for other in others:
            pair = (key.id, other) if key.side is Side.PRACTICE else (other, key.id)
            match_memory.remember(connection, key.entity, *pair, Verdict.REJECT, member, engine.now())
        marks = [Mark(key.entity, key.side, key.id, "declared different", must_read=False)]
        marks += [
            Mark(key.entity, key.side.other, other, "declared different", must_read=False) for other in others
        ]
        dirty.mark(connection, marks, engine.now())
        who, name = member.user.get_full_name(), _name(connection, key)
        say(
            connection,
            engine.now(),
            f"{who} said that {name} here and in QuickBooks are different",
            result="info",
            key=key,
            by=member,
        )
        tasks.wake(connection.pk)
    return len(others)


def void_copy(
    member: Member, key: Key, other: str, *, shown: str | None = None, engine: Engine | None = None
) -> None:
    """Have another document of QuickBooks that carries this one's mark voided with the next run: an ordinary write, with
    its attempt and its entry in the write log. It holds for the version that was seen; a later one is asked about anew.

    ``shown``: the stamp (``WorkRow.stamp``) of the question as it was shown. Raises ``CannotDecide`` when it is another by
    now, when it is not there twice any more, or when more than itself would go.
    """
    engine = engine or Engine()
    with transaction.atomic():
        connection = _locked(member)
        _check_shown(connection, key, TWICE, shown, engine)
        spec = spec_of(connection, key.entity, engine)
        linked = partner_of(member, key)
        seen = observations.of_ledger(connection, spec, [linked, other])
        ours, theirs = seen.get(linked), seen.get(other)
        copied = isinstance(theirs, Present) and theirs.facts.get(COPY_OF) == key.id
        if not (copied and isinstance(ours, Present) and isinstance(theirs, Present)) or other == linked:
            raise CannotDecide("It is not there twice any more. Nothing was changed.")
        if why := why_not_void(spec, ours, theirs):
            raise CannotDecide(f"{why} Nothing was changed.")
        match_memory.remember(
            connection,
            key.entity,
            key.id,
            other,
            Verdict.VOID,
            member,
            engine.now(),
            token=theirs.token,
        )
        who, name = member.user.get_full_name(), _name(connection, key)
        sentence = f"{who} chose to void the other {spec.label.lower()} that carries the mark of {name}"
        say(connection, engine.now(), sentence, result="info", key=key, by=member)
        dirty.mark(connection, [Mark(key.entity, key.side, key.id, "to be voided")], engine.now())
        tasks.wake(connection.pk)


def void_there(member: Member, key: Key, *, shown: str | None = None, engine: Engine | None = None) -> None:
    """Have the linked document voided in the ledger with the next run, although what was done there goes with it. It holds
    for the version that was seen; a later one is asked about anew.

    ``shown``: the stamp (``WorkRow.stamp``) of the question as it was shown. Raises ``CannotDecide`` when it is another by
    now, or when nothing is asked any more.
    """
    engine = engine or Engine()
    with transaction.atomic():
        connection = _locked(member)
        spec = spec_of(connection, key.entity, engine)
        linked = partner_of(member, key)
        theirs = observations.of_ledger(connection, spec, [linked]).get(linked)
        if not _asked(connection, key, UNDONE).exists() or not isinstance(theirs, Present):
            raise CannotDecide("It does not wait for this decision any more. Nothing was changed.")
        _check_shown(connection, key, UNDONE, shown, engine)
        match_memory.remember(
            connection,
            key.entity,
            key.id,
            linked,
            Verdict.VOID,
            member,
            engine.now(),
            token=theirs.token,
        )
        who, name = member.user.get_full_name(), _name(connection, key)
        sentence = (
            f"{who} chose to void {spec.label.lower()} {name} in QuickBooks with all that was done there"
        )
        say(connection, engine.now(), sentence, result="info", key=key, by=member)
        dirty.mark(connection, [Mark(key.entity, key.side, key.id, "to be voided")], engine.now())
        tasks.wake(connection.pk)


def partner_of(member: Member, key: Key) -> str:
    """The id of the record it is linked to, on the other side; empty without a link."""
    mine, other = ("practice_id", "ledger_id")
    if key.side is Side.LEDGER:
        mine, other = other, mine
    links = Link.objects.filter(connection=_connection(member), entity=key.entity, **{mine: key.id})
    return str(links.values_list(other, flat=True).first() or "")


def _asked(connection: Connection, key: Key, cause: str) -> QuerySet[Issue]:
    about = {"entity": key.entity, "side": key.side, "record_id": key.id}
    return Issue.objects.filter(**about, connection=connection, cause=cause, closed_at=None)


def _check_shown(connection: Connection, key: Key, cause: str, shown: str | None, engine: Engine) -> None:
    """Raises ``CannotDecide`` when the question is another by now than the page showed; None: no page showed it."""
    if shown is None:
        return
    asked = list(_asked(connection, key, cause).values_list("pk", flat=True))
    if shown not in [row.stamp for row in worklist.chosen(connection, asked, engine=engine)]:
        raise CannotDecide(CHANGED_SINCE)


def _locked(member: Member) -> Connection:
    """No run keeps anything of it until this decision is kept."""
    return Connection.objects.select_for_update(no_key=True).get(pk=_connection(member).pk)


def _connection(member: Member) -> Connection:
    found = connection_of(member.firm_id)
    if found is None:
        raise CannotDecide("QuickBooks is not connected any more. Nothing was changed.")
    return found


def _name(connection: Connection, key: Key) -> str:
    return observations.name_of(connection, key) or "a record"
