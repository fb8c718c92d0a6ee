"""Acts: what a person decides about single records: link, unlink, create, leave out, retry, answer a conflict.

Every decision only changes what the next plan is given and rings for it; nothing is written to either side here.
Each checks the firm, says what was done in the activity, and returns without effect when it is already so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import DateTimeField, F, QuerySet, Value
from django.db.models.functions import Greatest

from tieout.practice.models import Member
from tieout.practice.records import RECORD_KINDS
from tieout.reconcile.plan import baseline_for_link
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Key, Present, Side
from tieout.sync import dirty, holding, kept_settings, lookalikes, match_memory, observations, tasks
from tieout.sync.connections import connection_of
from tieout.sync.dirty import Mark
from tieout.sync.engine import Engine
from tieout.sync.issues import UNDONE
from tieout.sync.listing import Line, say, say_all
from tieout.sync.models import (
    UNRESOLVED,
    Attempt,
    AttemptState,
    Conflict,
    Connection,
    Issue,
    Link,
    Observation,
    Verdict,
)
from tieout.sync.packing import pack_units
from tieout.sync.policy import takes_no_part
from tieout.sync.references import with_references
from tieout.sync.review import spec_of
from tieout.sync.two_values import stamp_of
from tieout.sync.waking import wake_waiting

CHANGED_SINCE = "It has changed since this page was shown; look again. Nothing was changed."


class CannotDecide(Exception):
    """The decision does not apply any more. ``str()`` is a sentence for a person; nothing was changed."""


def _connection(member: Member) -> Connection:
    found = connection_of(member.firm_id)
    if found is None:
        raise CannotDecide("QuickBooks is not connected any more. Nothing was changed.")
    return found


def _ring(connection: Connection, keys: Sequence[Key], reason: str, engine: Engine) -> None:
    marks = [Mark(key.entity, key.side, key.id, reason) for key in keys]
    dirty.mark(connection, marks, engine.now())
    tasks.wake(connection.pk)


def _names(connection: Connection, keys: Iterable[Key]) -> dict[Key, str]:
    """What each record is called, as far as it was ever seen; else its id. One query."""
    asked = list(keys)
    rows = Observation.objects.filter(
        connection=connection,
        entity__in={key.entity for key in asked},
        record_id__in=[key.id for key in asked],
    )
    found = {
        Key(entity, Side(side), one): name
        for entity, side, one, name in rows.values_list("entity", "side", "record_id", "name")
    }
    return {key: found.get(key) or key.id for key in asked}


def _say_each(connection: Connection, engine: Engine, said: Mapping[Key, str], by: Member) -> None:
    """Key -> a sentence with {name} for what it is called."""
    names = _names(connection, said)
    lines = [Line(sentence.replace("{name}", names[key]), key, by) for key, sentence in said.items()]
    say_all(connection, engine.now(), lines)


# -- linking -----------------------------------------------------------------------------------------------


def link(
    member: Member, entity: str, practice_id: str, ledger_id: str, *, engine: Engine | None = None
) -> Link:
    """Declare two records to be one. What differs only in spelling is agreed; the rest is filled or asked about.

    Raises ``CannotDecide`` also for two documents of different clients or amounts: linked, the one there would be changed
    into the one here. Two that were linked before may be linked again, whatever became of them.
    """
    engine = engine or Engine()
    with transaction.atomic():
        connection = _locked(_connection(member))
        spec = spec_of(connection, entity, engine)
        for column, record_id in (("practice_id", practice_id), ("ledger_id", ledger_id)):
            taken = Link.objects.filter(connection=connection, entity=entity, **{column: record_id}).first()
            if taken and (taken.practice_id, taken.ledger_id) == (practice_id, ledger_id):
                return taken
            if taken:
                raise CannotDecide("One of the two is linked to another record. Unlink that first.")
        if _on_its_way(connection, entity, practice_id):
            raise CannotDecide(
                "It is just being sent to QuickBooks, or Tieout is checking whether it arrived. Try again in a few minutes."
            )
        here, there = _seen(connection, spec, practice_id, ledger_id)
        if why_not := takes_no_part(connection, spec, Side.LEDGER, there):
            raise CannotDecide(f"{why_not} Nothing was changed.")
        if apart := lookalikes.why_another(connection, spec, (practice_id, here), (ledger_id, there)):
            raise CannotDecide(f"They are not the same one: {apart} Nothing was changed.")
        baseline = baseline_for_link(spec, here.units, there.units)
        made = Link.objects.create(
            firm_id=connection.firm_id,
            connection=connection,
            entity=entity,
            practice_id=practice_id,
            ledger_id=ledger_id,
            baseline_practice=pack_units(baseline.practice),
            baseline_ledger=pack_units(baseline.ledger),
            origin="by hand",
            linked_at=engine.now(),
        )
        match_memory.remember(
            connection, entity, practice_id, ledger_id, Verdict.ACCEPT, member, engine.now()
        )
        ours, theirs = Key(entity, Side.PRACTICE, practice_id), Key(entity, Side.LEDGER, ledger_id)
        holding.release(connection, ours, theirs)
        _close_issues(connection, engine, ours, theirs)
        wake_waiting(connection, ours, engine.now())
        who, names = member.user.get_full_name(), _names(connection, [ours, theirs])
        sentence = f"{who} linked {names[ours]} with {names[theirs]} in QuickBooks"
        say(connection, engine.now(), sentence, result="info", key=ours, by=member)
        _ring(connection, [ours, theirs], "linked by hand", engine)
    return made


def _seen(
    connection: Connection, spec: EntitySpec, practice_id: str, ledger_id: str
) -> tuple[Present, Present]:
    views = RECORD_KINDS[spec.practice].read(connection.firm_id, [practice_id])
    there = observations.of_ledger(connection, spec, [ledger_id]).get(ledger_id)
    if practice_id not in views or not isinstance(there, Present):
        raise CannotDecide("One of the two records does not exist any more. Nothing was changed.")
    view = views[practice_id]
    here = Present(view.units, str(view.version), view.facts)
    # As the planner compares them: what a record refers to is named by the ledger's ids.
    seen = with_references(connection, spec, {practice_id: here})[0][practice_id]
    return (seen if isinstance(seen, Present) else here), there


def unlink(member: Member, entity: str, practice_id: str, *, engine: Engine | None = None) -> str:
    """Take a link apart; both records stay as they are and wait for a decision. Returns the ledger id, for Undo."""
    engine = engine or Engine()
    with transaction.atomic():
        connection = _locked(_connection(member))
        found = Link.objects.filter(connection=connection, entity=entity, practice_id=practice_id).first()
        if found is None:
            raise CannotDecide("It is not linked any more.")
        if _on_its_way(connection, entity, practice_id):
            raise CannotDecide("A change of it is just being sent. Try again in a minute.")
        ledger_id = found.ledger_id
        found.delete()
        match_memory.remember(
            connection, entity, practice_id, ledger_id, Verdict.UNLINK, member, engine.now()
        )
        who = member.user.get_full_name()
        ours, theirs = Key(entity, Side.PRACTICE, practice_id), Key(entity, Side.LEDGER, ledger_id)
        waits = f"{who} unlinked it; it waits for a decision."
        holding.hold(connection, dict.fromkeys((ours, theirs), waits), member, excluded=False)
        _close_issues(connection, engine, ours, theirs)
        say(
            connection,
            engine.now(),
            f"{who} unlinked {_names(connection, [ours])[ours]}",
            result="info",
            key=ours,
            by=member,
        )
        _ring(connection, [ours, theirs], "unlinked by hand", engine)
    return ledger_id


# -- without a partner -------------------------------------------------------------------------------------


def create_on_other_side(member: Member, keys: Sequence[Key], *, engine: Engine | None = None) -> int:
    """Let these unlinked records be created on the other side. Returns how many were waiting for it."""
    engine = engine or Engine()
    with transaction.atomic():
        connection = _locked(_connection(member))
        released = holding.release(connection, *keys)
        who = member.user.get_full_name()
        _say_each(connection, engine, dict.fromkeys(keys, f"{who} chose to create {{name}}"), member)
        _ring(connection, keys, "to be created", engine)
    return released


def exclude(
    member: Member, keys: Sequence[Key], *, reason: str | None = "", engine: Engine | None = None
) -> list[Key]:
    """Leave these records out on purpose; they are listed as left out and can be restored.

    What is planned or journalled and has not left does not leave any more; what has left, and arrives, is linked instead.
    ``reason``: why, in the person's words (``tidy_reason``); None: what each was left out for before.
    Returns those that went by themselves until now, for ``restore`` when it is taken back.
    """
    engine = engine or Engine()
    with transaction.atomic():
        connection = _locked(_connection(member))
        who = member.user.get_full_name()
        before = holding.holds(connection, keys)
        why = {
            key: tidy_reason(reason) if reason is not None else before[key].reason if key in before else ""
            for key in keys
        }
        held = {key: left_out_by(who, because) for key, because in why.items()}
        holding.hold(connection, held, member, excluded=True, reasons=why)
        said = {
            key: f"{who} left {{name}} out" + (f": {because}" if because else "")
            for key, because in why.items()
        }
        _say_each(connection, engine, said, member)
        _ring(connection, keys, "left out", engine)
    return [key for key in why if key not in before]


def say_why(member: Member, keys: Sequence[Key], reason: str, *, engine: Engine | None = None) -> int:
    """Give, change or take back the reason of records that are left out. Returns how many are."""
    engine = engine or Engine()
    why = tidy_reason(reason)
    with transaction.atomic():
        connection = _locked(_connection(member))
        who = member.user.get_full_name()
        holds = holding.holds(connection, keys)
        told = [key for key, hold in holds.items() if hold.excluded and hold.reason != why]
        held = dict.fromkeys(told, left_out_by(who, why))
        holding.hold(connection, held, member, excluded=True, reasons=dict.fromkeys(told, why))
        sentence = (
            f"{who} said why {{name}} is left out: {why}"
            if why
            else f"{who} took back why {{name}} is left out"
        )
        _say_each(connection, engine, dict.fromkeys(told, sentence), member)
        _ring(connection, told, "why it is left out", engine)
    return len(told)


def restore(
    member: Member, keys: Sequence[Key], *, free: Collection[Key] = (), engine: Engine | None = None
) -> None:
    """Take part again. A record waits for a decision rather than being created at once, unless it is one of ``free``:
    those that nobody had been asked about, and that go by themselves again."""
    engine = engine or Engine()
    with transaction.atomic():
        connection = _locked(_connection(member))
        who = member.user.get_full_name()
        waits = f"{who} took it back in; it waits for a decision."
        holding.hold(connection, {key: waits for key in keys if key not in free}, member, excluded=False)
        holding.release(connection, *(key for key in keys if key in free))
        _say_each(connection, engine, dict.fromkeys(keys, f"{who} took {{name}} back in"), member)
        _ring(connection, keys, "restored", engine)


# -- conflicts and retries ------------------------------------------------------------------------------------


def answer_conflicts(
    member: Member,
    conflicts: Sequence[int],
    keep: Side,
    *,
    shown: Mapping[int, str] | None = None,
    engine: Engine | None = None,
) -> int:
    """Keep one side's value in these conflicts. An answer holds for the two values it was given on. Returns how many.

    Whoever accepts a total of the ledger's accepts what it is computed from with it, and the other way round: it is one
    difference, and asked about twice only because the two are compared by themselves. ``shown``: by conflict, the stamp
    (``two_values.stamp_of``) of the values that were chosen between; one whose values are others by now is not answered.
    Raises ``CannotDecide`` when that leaves none of those that are open.
    """
    engine = engine or Engine()
    with transaction.atomic():
        connection = _locked(_connection(member))
        asked = Conflict.objects.filter(connection=connection, pk__in=conflicts, closed_at=None)
        found = list(asked.select_related("link").order_by("id"))
        meant = [one for one in found if shown is None or shown.get(one.pk) == stamp_of(one)]
        if found and not meant:
            raise CannotDecide(CHANGED_SINCE)
        keys = [Key(one.entity, Side.PRACTICE, one.link.practice_id) for one in meant]
        asked = asked.filter(pk__in=[one.pk for one in meant])
        beside = _beside(connection, asked, engine) if keep is Side.LEDGER else []
        rows = Conflict.objects.filter(pk__in=[*(one.pk for one in meant), *beside], closed_at=None)
        rows.update(keep=keep.value, answered_by=member)
        _ring(connection, keys, "conflict answered", engine)
    return len(keys)


def _beside(connection: Connection, answered: QuerySet[Conflict], engine: Engine) -> list[int]:
    """Of the same documents: the open conflicts that are the same difference, a total beside what makes it. Two queries."""
    of_links: dict[int, set[str]] = {}
    for entity, link_id, unit in answered.values_list("entity", "link_id", "unit"):
        spec = spec_of(connection, entity, engine)
        if unit in spec.verified or unit in spec.computed_from:
            others = spec.computed_from if unit in spec.verified else spec.verified
            of_links.setdefault(link_id, set()).update(others)
    found = Conflict.objects.filter(connection=connection, link__in=of_links, closed_at=None)
    return [
        pk for pk, link_id, unit in found.values_list("pk", "link_id", "unit") if unit in of_links[link_id]
    ]


def retry(member: Member, issues: Sequence[int], *, engine: Engine | None = None) -> int:
    """Plan these records again now. Returns how many."""
    engine = engine or Engine()
    with transaction.atomic():
        connection = _locked(_connection(member))
        rows = Issue.objects.filter(connection=connection, pk__in=issues, closed_at=None)
        keys = [Key(row.entity, Side(row.side), row.record_id) for row in rows]
        kept_settings.forget(connection)  # what stopped them may have been changed there just now
        _look_now(connection, keys, engine)
        anew = [Key(row.entity, Side.PRACTICE, row.record_id) for row in rows if row.cause == UNDONE]
        _ring(connection, [*keys, *_partners_there(connection, anew)], "retry", engine)
    return len(keys)


def _partners_there(connection: Connection, keys: Collection[Key]) -> list[Key]:
    """What these are linked with in the ledger: rung for, it is read anew. One query, and none without keys."""
    if not keys:
        return []
    links = Link.objects.filter(
        connection=connection,
        entity__in={key.entity for key in keys},
        practice_id__in={key.id for key in keys},
    )
    found = {Key(one.entity, Side.PRACTICE, one.practice_id): one.ledger_id for one in links}
    return [Key(key.entity, Side.LEDGER, found[key]) for key in keys if key in found]


def _look_now(connection: Connection, keys: Sequence[Key], engine: Engine) -> None:
    """What is in doubt of these is looked for as soon as its settle window allows, however rarely it was by now."""
    settled = Greatest(F("sent_at") + engine.settle, Value(engine.now(), DateTimeField()))
    Attempt.objects.filter(
        connection=connection,
        state=AttemptState.IN_DOUBT,
        entity__in={key.entity for key in keys},
        practice_id__in=[key.id for key in keys if key.side is Side.PRACTICE],
        next_look_at__gt=settled,
    ).update(next_look_at=settled)


# -- shared ----------------------------------------------------------------------------------------------------


def _locked(connection: Connection) -> Connection:
    return Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)


def _on_its_way(connection: Connection, entity: str, practice_id: str) -> bool:
    """Whether a write of it has left, or may have, without a clear answer yet."""
    return Attempt.objects.filter(
        connection=connection, entity=entity, practice_id=practice_id, state__in=UNRESOLVED
    ).exists()


def tidy_reason(typed: str) -> str:
    """A reason as it is kept: one line, at most as long as its column."""
    return " ".join(typed.split())[:200].rstrip(" .")


def left_out_by(who: str, why: str = "", *, when: str = "") -> str:
    """The sentence that a record which is left out is listed with."""
    return f"Left out by {who}{when}" + (f": {why}." if why else ".")


def _close_issues(connection: Connection, engine: Engine, *keys: Key) -> None:
    """What was open about a pair is void once the pair is made or taken apart; the next plan says what is left."""
    for key in keys:
        Issue.objects.filter(
            connection=connection, entity=key.entity, side=key.side, record_id=key.id, closed_at=None
        ).update(closed_at=engine.now())
