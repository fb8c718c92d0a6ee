"""Acts: what people decide about the sync: switches, also while a run is under way, and all that waits for an answer."""

from __future__ import annotations

from collections.abc import Mapping

from tests.sim.acts import client_here, client_there, item_here, item_there
from tests.sim.books import cents
from tests.sim.storm import Act, Storm
from tieout.reconcile.state import Key, Side
from tieout.sync import advanced, decisions, repairs
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
    storm.tell(f"switch {kind} {entity} {side}: {on} ({turned})")
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
            storm.probes["created again"] += 1
        elif issue.cause == "lookalike" and issue.options:
            other = str(issue.options[0])
            here, there = (key.id, other) if key.side is Side.PRACTICE else (other, key.id)
            storm.tell(f"link {key.entity} {here} with {there}")
            storm.memory.forget(key.entity, here, there)
            decisions.link(town.member, key.entity, here, there, engine=town.engine)
            storm.probes["linked by hand"] += 1
        else:
            storm.tell(f"retry {issue.cause} of {key.entity} {key.id}")
            decisions.retry(town.member, [issue.pk], engine=town.engine)


ACTS: Mapping[str, Act] = {"switch": switch, "switch in flight": switched_in_flight, "people": decide}
