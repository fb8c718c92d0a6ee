"""Acts: a set-up that is made again: reviewed once more, taken back, begun anew with the links forgotten, or left for another
company and come back to. What trouble keeps from its end is put on ``Storm.unfinished``."""

from __future__ import annotations

from tests.sim.storm import Storm
from tests.sim.town import DOCUMENTS, SINCE, Town
from tieout.sync import connections, review, review_jobs, rollback, sections
from tieout.sync.models import Connection, Link, Review, SectionState
from tieout.sync.secrets import digest

TRIES = 12


def reviewed_again(storm: Storm) -> None:
    """Somebody presses "Review again" on a section that is on, and syncs what is shown."""
    words = [word for word in ("client", "service_item") if word in storm.town.words]
    with storm.town.here():
        found = connections.connection_of(storm.town.firm.pk)
        if found is None or found.section("client") is not SectionState.ON:
            return
    if _reviewed(storm, storm.seldom.choice(words)):
        storm.probes["reviewed again"] += 1


def _reviewed(storm: Storm, entity: str) -> bool:
    """Read, sorted and synced as it is proposed. False when reading stopped: nothing is changed then."""
    town = storm.town
    with town.here():
        known = set(Link.objects.filter(entity=entity).values_list("practice_id", "ledger_id"))
        found = review.start(
            town.connection,
            entity,
            activity=storm.seldom.choice(["active", "all"]),
            actor_member=town.member,
        )
        review_jobs.collect(found.pk, town.engine)
        found.refresh_from_db()
        if found.state != "ready":
            storm.tell(f"the review of {entity} stopped: {found.state} {found.problem}")
            review.cancel(found, town.member)
            return False
        storm.memory.look(entity)
        review.apply(found, town.member)
        review_jobs.apply_now(found.pk, town.engine)
        linked = Link.objects.filter(entity=entity).order_by("id").values_list("practice_id", "ledger_id")
        new = [pair for pair in linked if pair not in known]
        for here, there in new:
            storm.memory.forget(entity, here, there)
            storm.memory.was_linked(entity, here, there)
        storm.tell(f"{entity} reviewed: {review.bucket_counts(found)}, linked {new}")
    return True


# -- taken back -----------------------------------------------------------------------------------------------


def rolled_back(storm: Storm) -> None:
    """The run of the set-up is taken back, then the clients are set up again. Of a firm that has set up clients alone.

    Not while editing is switched off: what is restored was asked for by a person and is written, which the law of switches
    would call a breach.
    """
    town = storm.town
    if not all(on for (_, kind, _), on in storm.switches.items() if kind == "edit"):
        return
    with town.here():
        found = connections.connection_of(town.firm.pk)
        if found is None:
            return
        runs = Review.objects.filter(connection=found, entity="client", state="done").order_by("id")
        if (run := runs.last()) is None:  # the last one died before its end
            return
        Connection.objects.filter(pk=found.pk).update(sections={"client": SectionState.ON.value})
        rollback.start(town.connection, run, town.member, engine=town.engine)
    storm.tell(f"run {run.pk} of the set-up is taken back")
    storm.unfinished.append(_taken_back_and_set_up)
    storm.probes["set-up rolled back"] += 1
    if _taken_back(storm, run):
        _reviewed(storm, "client")


def _taken_back(storm: Storm, run: Review) -> bool:
    try:
        done = rollback.roll_back(run.pk, storm.town.engine)
    finally:
        storm.woken, storm.breaks_in = "", None
    storm.tell(f"taken back: {done}")
    with storm.town.here():
        run.refresh_from_db()
    if "rolled_back" in run.summary:
        _forget_what_was_typed(storm, "client")
    return "rolled_back" in run.summary


def _taken_back_and_set_up(storm: Storm) -> None:
    """In the calm: until it is done. An ordinary run in between resolves what is in doubt."""
    for _ in range(TRIES):
        with storm.town.here():
            run = Review.objects.filter(summary__has_key="rolling_back").first()
        if run is None or _taken_back(storm, run):
            break
        storm.town.advance(storm.town.engine.lease.total_seconds() + 1)
        storm.town.run()
    else:
        raise AssertionError(f"the set-up was not taken back\n{storm.told()}")
    with storm.town.here():
        runs = Review.objects.filter(entity="client", state__in=["applying", "done"])
        last = runs.order_by("id").last()
        waits = last is not None and "rolled_back" in last.summary
    assert not waits or _reviewed(storm, "client"), storm.told()


def _forget_what_was_typed(storm: Storm, *entities: str) -> None:
    """What was tied together is apart: what was typed on one side is no news for the other any more."""
    memory = storm.memory
    memory.look()
    for entity, _, record_id, _ in list(memory.typed):
        if entity in entities:
            memory.forget(entity, record_id)


# -- begun anew --------------------------------------------------------------------------------------------------


def begun_anew(storm: Storm) -> None:
    """Disconnected with the links forgotten, connected again, and set up from the start."""
    town = storm.town
    with town.here():
        if connections.connection_of(town.firm.pk) is None:
            return
        _forget_what_was_typed(storm, "client", "service_item")
        storm.unfinished.append(_everything_set_up)
        connections.disconnect(town.member, forget_links=True, engine=town.engine)
    storm.tell("disconnected, links forgotten")
    storm.probes["links forgotten"] += 1
    storm.memory.began_anew()
    town.advance(storm.seldom.choice([1, 400]))
    if not town.connect().ok:
        storm.tell("the sign-in failed")
        return
    for word in _sections(town):
        if not _set_up(storm, word):
            return
        storm.run_once()


def _sections(town: Town) -> list[str]:
    """What has to be set up of what this storm keeps in step, in its order."""
    return [word for word in ("client", "service_item", *_IN_ORDER) if word in town.words]


_IN_ORDER = sorted(DOCUMENTS, key=("invoice", "credit", "payment", "credit_application", "refund").index)


def _set_up(storm: Storm, word: str) -> bool:
    town = storm.town
    with town.here():
        found = connections.connection_of(town.firm.pk)
        if found is None or found.state != "active":
            return False
        if found.section(word) is SectionState.ON:
            return True
        if word in DOCUMENTS:
            sections.start_sending(town.member, word, since=SINCE, engine=town.engine)
            return True
    return _reviewed(storm, word)


def _everything_set_up(storm: Storm) -> None:
    """In the calm, when nothing fails any more."""
    for word in _sections(storm.town):
        assert _set_up(storm, word), f"{word} could not be set up\n{storm.told()}"
        storm.town.run()


# -- another company ----------------------------------------------------------------------------------------------


def another_company_and_back(storm: Storm) -> None:
    """Disconnected with the links kept, signed in to another company that its firm has let go, and back to the first."""
    town, other = storm.town, storm.other
    with town.here():
        if connections.connection_of(town.firm.pk) is None:
            return
    with other.here():
        connections.disconnect(other.member, engine=other.engine)
    with town.here():
        connections.disconnect(town.member, engine=town.engine)
    storm.tell("disconnected from our company, links kept")
    storm.unfinished.append(_back_to_ours)
    town.advance(5)
    try:
        if town.connect(other.realm).ok:
            storm.tell("connected to another company")
            storm.run_once()
            storm.probes["another company and back"] += 1
    finally:
        _back_to_ours(storm)


def _back_to_ours(storm: Storm) -> None:
    town = storm.town
    with town.here():
        found = connections.connection_of(town.firm.pk)
        if found is not None and found.company_digest == digest(town.realm):
            return
        connections.disconnect(town.member, engine=town.engine)
    town.advance(5)
    storm.tell(f"back to our company: {town.connect().ok}")
