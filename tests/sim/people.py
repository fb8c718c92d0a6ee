"""Acts: what people decide about the sync: switches, also while a run is under way, and all that waits for an answer."""

from __future__ import annotations

from collections.abc import Mapping

from tests.sim import undoing
from tests.sim.acts import (
    FIRST,
    LAST,
    client_here,
    client_there,
    edit_there,
    ids_here,
    item_here,
    item_there,
    records,
)
from tests.sim.books import cents
from tests.sim.memory import SHOWN_THERE
from tests.sim.storm import Act, Storm
from tests.sync.rig import SOMEBODY
from tieout.practice.actions.clients import create_client
from tieout.reconcile.state import Key, Side
from tieout.sync import advanced, decisions, repairs
from tieout.sync.connections import connection_of
from tieout.sync.models import Conflict, Hold, Issue, Link


def switch(storm: Storm) -> None:
    rng = storm.rng
    entity = rng.choice([word for word in ("client", "service_item") if word in storm.town.words])
    _turn(storm, entity, rng.choice(advanced.KINDS), rng.choice(list(Side)), rng.random() < 0.5)


def _turn(storm: Storm, entity: str, kind: str, side: Side, on: bool) -> None:
    town = storm.town
    storm.look_at_calls()
    storm.look_at_lines()
    with town.here():
        turned = advanced.turn(town.member, entity, kind, side, on, engine=town.engine)
        connected = connection_of(town.firm.pk) is not None
    storm.tell(f"switch {kind} {entity} {side}: {on} ({turned})")
    if not connected:
        return  # there is none to turn then
    storm.switches[(entity, kind, side.value)] = on
    storm.probes["switch turned"] += turned


def switched_in_flight(storm: Storm) -> None:
    """Somebody turns a switch off while a run has planned what it is against, and has not written it yet."""
    rng = storm.rng
    entity = rng.choice([word for word in ("client", "service_item") if word in storm.town.words])
    side, kind = rng.choice(list(Side)), rng.choice(["create", "edit"])
    made_here, made_there = {"client": (client_here, client_there), "service_item": (item_here, item_there)}[
        entity
    ]
    for _ in range(3):
        storm.do(made_here if side is Side.LEDGER else made_there)
    if side is Side.PRACTICE:
        storm.town.advance(310)
        storm.town.deliver()

    def off() -> None:
        storm.tell("in flight:")
        _turn(storm, entity, kind, side, False)
        storm.probes["switched off in flight"] += 1

    storm.at["journalled" if side is Side.LEDGER else "before writing here"] = off
    storm.run_once()


def decide(storm: Storm) -> None:
    """Somebody works through what waits: answers a conflict, releases, links, leaves out, sends again."""
    town, rng = storm.town, storm.rng
    with town.here():
        issues = list(Issue.objects.filter(closed_at=None).order_by("id"))
        conflicts = list(Conflict.objects.filter(closed_at=None).order_by("id"))
        held = list(Hold.objects.order_by("id"))
    try:
        if conflicts and rng.random() < 0.6:
            _answer(storm, rng.choice(conflicts))
        elif held and rng.random() < 0.5:
            one = rng.choice(held)
            key = Key(one.entity, Side(one.side), one.record_id)
            act = rng.choice([decisions.create_on_other_side, decisions.exclude, decisions.restore])
            storm.tell(f"{act.__name__} {key.entity} {key.side} {key.id}")
            with town.here():
                act(town.member, [key], engine=town.engine)  # type: ignore[operator]
            if act is decisions.create_on_other_side and key.side is Side.PRACTICE:
                storm.memory.again[(key.entity, key.id)] += 1
        elif issues:
            _work_on(storm, rng.choice(issues))
    except decisions.CannotDecide as cannot:
        storm.tell(f"cannot: {cannot}")


def _answer(storm: Storm, conflict: Conflict) -> None:
    keep = storm.rng.choice(list(Side))
    town = storm.town
    with town.here():
        link = Link.objects.get(pk=conflict.link_id)
        decisions.answer_conflicts(town.member, [conflict.pk], keep, engine=town.engine)
    storm.tell(f"conflict in {conflict.unit} of {conflict.entity} {link.practice_id}: keep {keep}")
    if keep is Side.LEDGER:
        storm.memory.accepted.add((conflict.entity, link.practice_id))
    if conflict.unit == "total":
        seen = [cents(value["$decimal"]) for value in (conflict.practice_value, conflict.ledger_value)]
        storm.memory.remembered[(conflict.entity, link.practice_id)] = (seen[0], seen[1])
    storm.memory.answered.add((conflict.entity, link.practice_id, conflict.unit))
    for key in [key for key in storm.memory.there if key[1] == link.ledger_id]:
        del storm.memory.there[key]
    storm.probes["conflict answered"] += 1


def _work_on(storm: Storm, issue: Issue) -> None:
    town, key = storm.town, Key(issue.entity, Side(issue.side), issue.record_id)
    with town.here():
        if issue.cause == "gone_there":
            storm.tell(f"create again {key.entity} {key.id}")
            storm.memory.forget(key.entity, key.id)
            repairs.create_again(town.member, key, engine=town.engine)
            storm.memory.again[(key.entity, key.id)] += 1
            storm.probes["created again"] += 1
        elif issue.cause == undoing.UNDONE:
            undoing.answer(storm, issue)
        elif issue.cause == "lookalike" and issue.options:
            other = str(issue.options[0])
            here, there = (key.id, other) if key.side is Side.PRACTICE else (other, key.id)
            _link(storm, key.entity, here, there)
        else:
            storm.tell(f"retry {issue.cause} of {key.entity} {key.id}")
            decisions.retry(town.member, [issue.pk], engine=town.engine)


def _link(storm: Storm, entity: str, here: str, there: str) -> None:
    storm.tell(f"link {entity} {here} with {there}")
    storm.memory.forget(entity, here, there)
    decisions.link(storm.town.member, entity, here, there, engine=storm.town.engine)
    storm.memory.was_linked(entity, here, there)
    storm.probes["linked by hand"] += 1


def entered_twice(storm: Storm) -> None:
    """The same new client is entered on both sides before either is known on the other, as each side spells it."""
    rng, town = storm.linking, storm.town
    if "client" not in town.words or rng.random() > 0.03:
        return
    name = f"{rng.choice(LAST)} {rng.choice(FIRST)}"
    with town.here():
        made = create_client(firm_id=town.firm.pk, actor=SOMEBODY, kind="business", name=name)
    storm.tell(f"client {made.pk} made here: {name!r}")
    edit_there(
        storm, "Customer", None, {"DisplayName": rng.choice([name, name.upper(), f"{name}."])}, "create"
    )
    town.advance(310)
    town.emulator.webhooks.pump(storm.receive)
    storm.run_once()


def link_by_hand(storm: Storm) -> None:
    """Somebody links a client or an item with its lookalike, or with one of another name, from the record's panel.

    Drawn from a stream of its own, and after every step, also while what is linked is on its way.
    """
    rng, town = storm.linking, storm.town
    entity = rng.choice(["client", "service_item"])
    if entity not in town.words or rng.random() < 0.5:
        return
    with town.here():
        alike = Issue.objects.filter(closed_at=None, entity=entity, cause="lookalike").exclude(options=[])
        pairs = [
            (one.record_id, str(one.options[0]))
            if one.side == Side.PRACTICE
            else (str(one.options[0]), one.record_id)
            for one in alike.order_by("id")
        ]
        if not pairs and rng.random() < 0.3:
            pairs = _unlinked(storm, entity)
        if not pairs:
            return
        try:
            _link(storm, entity, *rng.choice(pairs))
        except decisions.CannotDecide as cannot:
            storm.tell(f"cannot: {cannot}")


def _unlinked(storm: Storm, entity: str) -> list[tuple[str, str]]:
    """Every record here that is linked with none, with each there that is."""
    linked = list(Link.objects.filter(entity=entity).values_list("practice_id", "ledger_id"))
    taken_here, taken_there = ({pair[side] for pair in linked} for side in (0, 1))
    word, _ = SHOWN_THERE[entity]
    there = [str(one["Id"]) for one in records(storm, word) if one.get("Type") != "Category"]
    return [
        (ours, theirs)
        for ours in ids_here(storm, entity)
        if ours not in taken_here
        for theirs in there
        if theirs not in taken_there
    ]


AFTERWARDS: tuple[Act, ...] = (entered_twice, link_by_hand, undoing.over_money)
"""After every step; each from a stream of its own."""
ACTS: Mapping[str, Act] = {"switch": switch, "switch in flight": switched_in_flight, "people": decide}
