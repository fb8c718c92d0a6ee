"""Acts: what people do once in a long while, each in about one seed of thirty: the set-up taken back, made again or begun
anew, another company and back, a plan looked at, a dry run, an answer on an old page.

Drawn from a stream of its own, so that a seed in which none of it happens is what it was. What trouble keeps from its end is
finished in the calm, as somebody would.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.sim.acts import edit_client, edit_there, merge_there, put_away_there, records, twice
from tests.sim.evidence import demand
from tests.sim.kinds import KINDS
from tests.sim.laws import WRITES
from tests.sim.memory import DOCUMENTS
from tests.sim.payments import deposit_there
from tests.sim.set_up_again import another_company_and_back, begun_anew, reviewed_again, rolled_back
from tests.sim.storm import Act, Storm
from tieout.practice.records import RECORD_KINDS
from tieout.reconcile.ports import LedgerError
from tieout.reconcile.state import Key, Side
from tieout.sync import decisions, dry_run, dry_run_mode, lease, repairs
from tieout.sync.connections import connection_of
from tieout.sync.models import Conflict, Issue, Link
from tieout.sync.sections import NotYet
from tieout.sync.two_values import stamp_of

OFTEN = 0.03
"""The chance that one of these comes after a step."""


def seldom(storm: Storm) -> None:
    rng = storm.seldom
    if rng.random() > OFTEN:
        return
    able = [name for name in ACTS if storm.name in KINDS_OF.get(name, KINDS)]
    (name,) = rng.choices(able, [len(KINDS) / len(KINDS_OF.get(name, KINDS)) for name in able])
    storm.tell(f"rare: {name}")
    try:
        ACTS[name](storm)
    except (decisions.CannotDecide, NotYet) as cannot:
        storm.tell(f"cannot: {cannot}")


def _told_of_it(storm: Storm) -> None:
    """Long enough for the change feed to be asked as well; then a run."""
    storm.town.advance(310)
    storm.town.emulator.webhooks.pump(storm.receive)
    storm.run_once()


def _created_again(storm: Storm) -> None:
    """One of our documents is deleted in QuickBooks; somebody here is told, and has it created again."""
    rng, town = storm.seldom, storm.town
    words = [word for word in ("invoice", "payment", "credit") if word in town.words]
    with town.here():
        linked = Link.objects.filter(entity__in=words).order_by("id")
        pairs = list(linked.values_list("entity", "practice_id", "ledger_id"))
    there = {(word, str(one["Id"])): one for word in words for one in records(storm, DOCUMENTS[word])}
    pairs = [pair for pair in pairs if there.get((pair[0], pair[2]), {}).get("TotalAmt")]
    if not pairs:
        return
    entity, practice_id, ledger_id = rng.choice(pairs)
    storm.touched_by_hand(there[entity, ledger_id])
    if not edit_there(storm, DOCUMENTS[entity], ledger_id, {}, "delete"):
        return
    storm.memory.was_removed(DOCUMENTS[entity], there[entity, ledger_id], "delete")
    if entity == "invoice":
        storm.hit("F50")
    for known in [known for known in storm.memory.there if known[:2] == (DOCUMENTS[entity], ledger_id)]:
        del storm.memory.there[known]
    _told_of_it(storm)
    with town.here():
        if Issue.objects.filter(
            closed_at=None, cause="gone_there", entity=entity, record_id=practice_id
        ).exists():
            storm.memory.forget(entity, practice_id)
            repairs.create_again(town.member, Key(entity, Side.PRACTICE, practice_id), engine=town.engine)
            storm.memory.again[(entity, practice_id)] += 1
            storm.tell(f"create again {entity} {practice_id}")
            storm.probes["created again"] += 1


def _one_who_owes_is_put_away(storm: Storm) -> None:
    owing = [one for one in records(storm, "Customer") if one["Active"] and one.get("Balance")]
    if owing:
        put_away_there(storm, storm.seldom.choice(owing))


def _deposited(storm: Storm) -> None:
    """A payment of ours is put on the bank there, and corrected here."""
    with storm.town.here():
        ours = set(Link.objects.filter(entity="payment").values_list("ledger_id", flat=True))
    paid = [one for one in records(storm, "Payment") if one["TotalAmt"] and str(one["Id"]) in ours]
    if paid:
        deposit_there(storm, storm.seldom.choice(paid))


def _token_ends_in_mid_run(storm: Storm) -> None:
    """QuickBooks calls the token expired after the run has used it: it is refreshed, and the call repeated."""
    storm.probes["refused as expired"] += 1
    storm.arm("F17", effect="status", status=401, operation="read", nth=storm.seldom.choice([1, 2]), times=1)
    for _ in range(2):
        _told_of_it(storm)


def _gone_before_it_was_seen(storm: Storm) -> None:
    """A customer is made in QuickBooks and merged into another before anything of ours looked there."""
    active = [str(one["Id"]) for one in records(storm, "Customer") if one["Active"]]
    if not active:
        return
    survivor = storm.seldom.choice(active)
    name = f"Passing {storm.seldom.randrange(100, 999)}"
    if made := edit_there(storm, "Customer", None, {"DisplayName": name}, "create"):
        storm.by_hand |= {made, survivor}
        storm.tell(f"customer {made} merged into {survivor}")
        merge_there(storm, made, survivor)


def _answered_on_an_old_page(storm: Storm) -> None:
    """A conflict's page stays open while one of its two values changes; what is then pressed on it answers nothing."""
    town = storm.town
    if not _open_conflicts(storm):
        twice(storm)
        _told_of_it(storm)
    if not (found := _open_conflicts(storm)):
        return
    conflict = storm.seldom.choice(found)
    shown = {conflict.pk: stamp_of(conflict)}
    edit_client(storm, conflict.link.practice_id, {conflict.unit: f"{storm.seldom.randrange(1_000, 9_999)}"})
    storm.run_once()
    with town.here():
        now = Conflict.objects.filter(pk=conflict.pk, closed_at=None).first()
        if now is None or stamp_of(now) == shown[now.pk]:
            return
        try:
            decisions.answer_conflicts(town.member, [now.pk], Side.LEDGER, shown=shown, engine=town.engine)
        except decisions.CannotDecide as cannot:
            storm.tell(f"cannot: {cannot}")
        kept = Conflict.objects.get(pk=now.pk).keep
    demand(storm, "an answer holds for the values it was given on", kept == now.keep, (now.unit, kept))
    storm.probes["answered on an old page"] += 1


def _open_conflicts(storm: Storm) -> list[Conflict]:
    with storm.town.here():
        here = RECORD_KINDS["client"].all_ids(storm.town.firm.pk)
        found = Conflict.objects.filter(closed_at=None, entity="client", unit="phone").select_related("link")
        return [one for one in found.order_by("id") if one.link.practice_id in here]


# -- plans and dry runs -------------------------------------------------------------------------------------


def _written(storm: Storm) -> int:
    """Writes that have left for our company so far."""
    entries = storm.town.emulator.log.entries(area="data", realm=storm.town.realm)
    return sum(one.operation in WRITES for one in entries)


def _plan_looked_at(storm: Storm) -> None:
    """Somebody asks what the next run would do; that writes nothing on either side."""
    town = storm.town
    with town.here():
        found = connection_of(town.firm.pk)
    if found is None:
        return
    before = _written(storm)
    try:
        lines = list(dry_run.planned(found, town.engine))
    except (LedgerError, dry_run.LaneTaken, lease.LeaseLost, lease.NoLongerAllowed) as trouble:
        storm.tell(f"the plan could not be looked at: {trouble!r}"[:200])
        return
    finally:
        storm.woken, storm.breaks_in = "", None
    storm.tell(f"the plan: {[(one.glyph, one.entity) for one in lines]}")
    demand(storm, "a plan that is looked at writes nothing", _written(storm) == before)
    storm.probes["plan looked at"] += 1


def _dry_run(storm: Storm) -> None:
    """A dry run is begun; people go on, runs read and plan, no write leaves; then what was shown is sent."""
    town = storm.town
    with town.here():
        if not dry_run_mode.begin(town.member, engine=town.engine):
            return
    storm.unfinished.append(_dry_run_ended)
    for word in ("client here", "client there", "invoice", "money"):
        if word in storm.kind.acts:
            storm.do(_people(word))
    before = _written(storm)
    for _ in range(2):
        _told_of_it(storm)
    demand(storm, "no write leaves in a dry run", _written(storm) == before)
    storm.probes["dry run"] += 1
    _dry_run_ended(storm)


def _people(word: str) -> Act:
    from tests.sim import acts

    return acts.ACTS[word]


def _dry_run_ended(storm: Storm) -> None:
    town = storm.town
    with town.here():
        found = connection_of(town.firm.pk)
        if found is None or found.dry_run_until is None:
            return
        sent = dry_run_mode.end(town.member, dry_run_mode.forecast(found).fingerprint, engine=town.engine)
    storm.tell(f"the dry run is ended: {sent}")


ACTS: Mapping[str, Act] = {
    "created again": _created_again,
    "one who owes is put away": _one_who_owes_is_put_away,
    "gone before it was seen": _gone_before_it_was_seen,
    "answered on an old page": _answered_on_an_old_page,
    "plan looked at": _plan_looked_at,
    "dry run": _dry_run,
    "reviewed again": reviewed_again,
    "rolled back": rolled_back,
    "begun anew": begun_anew,
    "another company and back": another_company_and_back,
    "deposited": _deposited,
    "token ends in mid-run": _token_ends_in_mid_run,
}
KINDS_OF: Mapping[str, tuple[str, ...]] = {
    "created again": ("invoices", "money", "everything"),
    "one who owes is put away": ("invoices", "money", "everything"),
    "answered on an old page": ("clients", "everything"),
    "deposited": ("money", "everything"),
    "rolled back": ("clients",),
    "begun anew": ("clients", "invoices", "money"),
    "another company and back": ("clients", "invoices", "money"),
}
"""Those that only some kinds of storm have: they come so much more often there."""
