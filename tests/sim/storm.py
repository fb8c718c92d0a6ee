"""Acts: one seeded run of the whole sync: people on both sides, faults, crashes, then peace. Replays from its integer.

Two phases. *Storm*: people edit both sides, calls fail, processes die, workers overtake each other. *Calm*: faults
stop, time passes, and everything must come to rest. ``laws`` are checked after every step and at the end.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import OperationalError

from quickbooks_emulator.knobs import Knobs
from quickbooks_emulator.log import Entry
from quickbooks_emulator.webhooks.queue import Posting
from tests.sim.kinds import CHANCES, KINDS
from tests.sim.memory import Memory
from tests.sim.town import Town
from tests.sync.rig import Crash
from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.permissions import NotYours
from tieout.practice.validation import Invalid
from tieout.quickbooks import ledger
from tieout.reconcile.state import Side
from tieout.sync import advanced, connections, inbox, runner, tasks
from tieout.sync.models import UNRESOLVED, ActivityLine, Attempt, Dirty, InboxEvent, Observation

Act = Callable[["Storm"], None]
_PRACTICE_WORDS = {
    "Customer": ["client"],
    "Invoice": ["invoice"],
    "Payment": ["payment", "credit_application"],
    "CreditMemo": ["credit"],
}


@dataclass
class Storm:
    """One run. ``probes`` counts the situations it came into: a generator that never meets them proves nothing."""

    seed: int
    town: Town
    other: Town
    probes: Counter[str] = field(default_factory=Counter)
    story: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.meddling = random.Random(f"{self.seed}/meddling")
        self.linking = random.Random(f"{self.seed}/linking")
        self.later = random.Random(f"{self.seed}/later")
        self.seldom = random.Random(f"{self.seed}/rare")
        self.undoing = random.Random(f"{self.seed}/undoing")
        """For what was added later: drawn from ``rng`` it would have made another run of every seed."""
        (self.name,) = self.rng.choices(list(CHANCES), list(CHANCES.values()))
        self.kind = KINDS[self.name]
        self.memory = Memory(self)
        self.towns = [self.town, self.other] if self.name == "two firms" else [self.town]
        """Those that anybody does anything in."""
        self.dies_in: tuple[str, int] | None = None
        self.dies_after: tuple[str, tuple[str, int]] | None = None
        """Kind of call -> once it is answered, that becomes ``dies_in``."""
        self.breaks_in: tuple[int, bool] | None = None
        """Commits until the database takes one back, and whether it is away from then on, until the run has ended."""
        self.broken_off: set[tuple[int, int]] = set()
        """(connection, epoch) of runs that it broke off, as a worker remembers them."""
        self.woken: str = ""
        """The point at which the worker that runs now was overtaken: from then on it may do nothing any more."""
        self.armed: dict[str, tuple[str, ...]] = {}
        """Rule of the emulator -> the faults of the catalogue that it brings about."""
        self.overruns: list[str] = []
        self.at: dict[str, Callable[[], None]] = {}
        """Named point -> what happens there, once: a crash, an edit in flight, another worker."""
        self.switches: dict[tuple[str, str, str], bool] = {}
        self.by_hand: set[str] = set()
        """Customers in QuickBooks whose money a person has moved there."""
        self.meddled: set[str] = set()
        """Customers in QuickBooks of whose documents a person has changed one there."""
        self.auto_applied = False
        self.merged_is_deleted = random.Random(f"{self.seed}/merged").random() < 0.4
        """Whether a customer merged away reads as deleted or as inactive: nobody has told which."""
        self.signed_out_rightly = False
        """Since somebody last signed in, the grant was revoked, or a process died with a pair that was not stored yet."""
        self.events: dict[str, str] = {}
        """Webhook event -> the company it is of."""
        self.unfinished: list[Act] = []
        """What somebody has begun and trouble kept from its end: done in the calm."""
        self.old_posting: Posting | None = None
        self.connection_pk = self.town.connection.pk
        self.seen_calls = 0
        self.seen_lines = 0

    # -- the run ----------------------------------------------------------------------------------------------

    def run(self) -> str:
        """Everything, laws included. Returns the hash of all that happened."""
        with self.town.here():
            return self._run()

    def _run(self) -> str:
        from tests.sim import acts, laws, meddling, people, rare, weather

        town = self.town
        self.probes[f"kind {self.name}"] += 1
        town.begin(self.seed, self.kind.entities)
        self.other.begin(self.seed, self.kind.entities)
        town.engine = replace(town.engine, broken_off=lambda pk, epoch: self.broken_off.add((pk, epoch)))
        town.on_point = self._at_point
        town.boundary = self._at_boundary
        town.answered = self._on_answer
        try:
            self.cut_change_feed(1_000)
            weather.climate(self)
            weights = list(self.kind.acts.values())
            names, peoples = list(self.kind.acts), {**acts.ACTS, **people.ACTS}
            for _ in range(self.rng.randint(*self.kind.steps)):
                (act,) = self.rng.choices(names, weights)
                self.do({**weather.ACTS, **peoples}[act])
                if act in peoples and self.rng.random() < 0.35:
                    self.run_once()
                self.do(meddling.doubtful_there)
                for afterwards in people.AFTERWARDS:
                    self.do(afterwards)
                self.do(rare.seldom)
                laws.check_always(self)
            self.calm()
            shown = laws.check_at_rest(self)
        finally:
            self.cut_change_feed(1_000)
            town.on_point = town.boundary = town.answered = lambda name: None
            self._count_what_came_about()
        town.trace.update("\n".join(self.story).encode())
        return hashlib.sha256(town.trace.digest() + self.other.trace.digest() + shown).hexdigest()

    def do(self, act: Act) -> None:
        """What a person does may be refused with a sentence; that changes nothing."""
        try:
            act(self)
        except (Invalid, NotYours, ChangedMeanwhile) as refused:
            self.tell(f"refused: {refused}")
        except Crash as crash:
            self.tell(f"the web process died at {crash}")
            self.hit("F61")
            self._back_to_life()
        except OperationalError as broken:  # another firm's run
            self.tell(f"broken off: {broken}")

    def run_once(self) -> runner.Pass | None:
        """One pass, as a worker would make it; it may die, or be overtaken and fenced."""
        try:
            passed = self.town.run()
        except Crash as crash:
            self.tell(f"died at {crash}")
            self.probes[f"died at {crash}"] += 1
            self.hit("F61")
            self._back_to_life()
            return None
        except OperationalError as broken:
            self._broken_off(str(broken))
            return None
        finally:
            self.woken, self.breaks_in = "", None
            self.memory.look()
        if passed is not None:
            self.tell(f"run: {passed.outcome} {passed.counts}")
            self.probes[f"run ended: {passed.outcome}"] += 1
            self.probes.update(passed.counts)
        return passed

    def _broken_off(self, why: str) -> None:
        """The run ended, its worker lives: its loop frees the lane, unless it dies as well."""
        self.tell(f"the database broke the run off: {why}")
        self.probes["broken off"] += 1
        if self.rng.random() < 0.7:
            tasks.free_broken_off(self.town.our_time(), self.broken_off)
        self.broken_off.clear()

    def _back_to_life(self) -> None:
        self.at.clear()
        self.dies_in = self.dies_after = self.breaks_in = None
        self.town.provider = self.town.make_provider(self.kind.entities)  # its memory is gone
        if self.rng.random() < 0.7:
            self.town.advance(self.town.engine.lease.total_seconds() + 1)

    # -- places between two durable steps -------------------------------------------------------------------------

    def _at_point(self, name: str) -> None:
        self.probes[f"point {name}"] += 1
        if what := self.at.pop(name, None):
            what()

    def _on_answer(self, kind: str) -> None:
        if self.dies_after is not None and self.dies_after[0] == kind:
            self.dies_in, self.dies_after = self.dies_after[1], None

    def _at_boundary(self, name: str) -> None:
        if self.woken and name in ("after a commit", "before a call"):
            self.overruns.append(f"{name}, overtaken at {self.woken}")
        if name == "in a commit" and self.breaks_in is not None:
            self._break()
        if self.dies_in is None or self.dies_in[0] != name:
            return
        left = self.dies_in[1] - 1
        self.dies_in = (name, left)
        if left <= 0:
            self.dies_in = None
            self.signed_out_rightly |= name == "after a call" and self.town.witness.saw_a_refresh
            raise Crash(name)

    def _break(self) -> None:
        assert self.breaks_in is not None
        left, away = self.breaks_in
        self.breaks_in = (left - 1, away)
        if left <= 1:
            if not away:
                self.breaks_in = None
            self.hit("F64")
            raise OperationalError("the server is gone" if away else "deadlock detected")

    def die(self, name: str) -> None:
        raise Crash(name)

    # -- the calm ---------------------------------------------------------------------------------------------------

    def calm(self) -> None:
        """No more trouble. Whatever a person has to do about the connection itself is done; the rest goes by itself."""
        self.tell("calm")
        town, control = self.town, self.town.emulator.control
        self.at.clear()
        self.dies_in = self.dies_after = self.breaks_in = None
        self._count_what_was_met()
        control.clear_faults()
        self.cut_change_feed(1_000)
        self.company(
            SalesFormsPrefs={"AutoApplyCredit": False}
        )  # until then payments and credits would be paused
        town.provider = town.make_provider(self.kind.entities)
        self._signed_in_again()
        if self.unfinished:
            self._switched_on_again()
        for act in self.unfinished:
            act(self)
        self._switched_on_again()  # which can only be done while there is a connection
        town.advance(town.engine.lease.total_seconds() + 1)
        town.emulator.webhooks.pump(self.receive)
        for _ in range(2):
            for one in self.towns:
                one.settle(90)
            self._signed_in_again()
            self.memory.look()
            town.until_the_change_feed_is_asked()
        self.memory.look()

    def cut_change_feed(self, cap: int) -> None:
        """Both sides know the cap; a thousand changes a seed would be too many, so it is lower here."""
        self.town.emulator.control.set_knobs(
            Knobs(change_cap=cap, merged_name_deleted=self.merged_is_deleted)
        )
        ledger.CHANGE_CAP = cap  # type: ignore[misc]

    def company(self, **preferences: Any) -> None:
        self.town.emulator.control.set_preferences(self.town.realm, preferences)

    def _switched_on_again(self) -> None:
        """What is in doubt while its switch is off stays in doubt: somebody turns those on again."""
        town = self.town
        with town.here():
            doubtful = set(Attempt.objects.filter(state__in=UNRESOLVED).values_list("entity", flat=True))
            for entity, kind, side in list(self.switches):
                if entity in doubtful and side == "ledger":
                    advanced.turn(town.member, entity, kind, Side.LEDGER, True, engine=town.engine)
                    self.switches[(entity, kind, side)] = True

    def _signed_in_again(self) -> None:
        """Somebody of each firm does what its connection asks of a person."""
        for town in self.towns:
            self._let_back_in(town)

    def _let_back_in(self, town: Town) -> None:
        with town.here():
            found = connections.connection_of(town.firm.pk)
            state = str(found.state) if found else "disconnected"
            if state == "paused":
                connections.resume(town.member, engine=town.engine)
        if state in ("needs_reconnect", "disconnected"):
            outcome = town.connect()
            assert outcome.ok, outcome
            self.signed_out_rightly &= town is not self.town
            self.probes["reconnected"] += 1

    def receive(self, posting: Posting) -> int:
        """Our side of a webhook delivery, once it is noted which company each of its events names."""
        told = json.loads(posting.body)
        if isinstance(told, list):  # the older envelope's events have no ids: ours begin with their company
            self.events |= {one["id"]: one["intuitaccountid"] for one in told}
        self.town.came_about.delivered(posting.body)
        return inbox.receive(posting.body, posting.headers, engine=self.town.engine)

    def is_quiet(self) -> bool:
        town = self.town
        with town.here():
            return not (
                Dirty.objects.filter(connection=town.connection, entity__in=town.words).exists()
                or Attempt.objects.filter(state__in=UNRESOLVED).exists()
                or InboxEvent.objects.filter(handled_at=None).exists()
            )

    def look_at_calls(self) -> list[Entry]:
        """The calls for our company since this was last asked."""
        entries = self.town.emulator.log.entries()
        new = [one for one in entries if one.number > self.seen_calls and one.realm == self.town.realm]
        self.seen_calls = entries[-1].number if entries else 0
        return new

    def look_at_lines(self) -> list[tuple[str, str]]:
        """(entity, sentence) of the sync activity since this was last asked."""
        with self.town.here():
            rows = ActivityLine.objects.filter(id__gt=self.seen_lines).order_by("id")
            new = list(rows.values_list("id", "entity", "sentence"))
        self.seen_lines = max([self.seen_lines, *(one[0] for one in new)])
        return [(entity, sentence) for _, entity, sentence in new]

    def touched_by_hand(self, document: Any) -> None:
        self.by_hand.add(str(document["CustomerRef"]["value"]))

    # -- words -----------------------------------------------------------------------------------------------------

    def hit(self, fault: str) -> None:
        """A fault of the catalogue has come about."""
        self.probes[f"fault {fault}"] += 1

    def arm(self, *faults: str, **rule: Any) -> None:
        """The emulator is to bring these about. Counted once they have met a call: one that lies in wait shows nothing."""
        self.armed[self.town.emulator.control.add_fault(**rule).id] = faults

    def _count_what_was_met(self) -> None:
        for rule in self.town.emulator.control.faults():
            for fault in self.armed.pop(rule.id, ()) if rule.applied else ():
                self.hit(fault)

    def _count_what_came_about(self) -> None:
        for fault, times in self.town.came_about.faults.items():
            if times:
                self.probes[f"fault {fault}"] += times

    def gone_there(self, word: str, record_id: str) -> None:
        """A record has just been deleted, or merged away: that is another thing to be told if we never saw it."""
        with self.town.here():
            kept = Observation.objects.filter(side=Side.LEDGER, record_id=record_id)
            seen = kept.filter(entity__in=_PRACTICE_WORDS[word]).exists()
        if not seen:
            self.town.came_about.unseen.add((word.lower(), record_id))

    def word(self) -> str:
        return str(self.rng.randrange(100, 999))

    def tell(self, line: str) -> None:
        self.story.append(line)

    def told(self) -> str:
        return "\n".join([f"seed {self.seed} ({self.name}):", *self.story])
