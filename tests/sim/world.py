"""One seeded run of the whole sync: random edits on both sides, faults, crashes, then peace. Replays from its integer.

Two phases. *Storm*: people edit both sides, calls fail, processes die. *Calm*: faults stop, time passes, and
everything must come to rest with both sides equal. Laws that must hold at every instant are checked after
every step; those of rest at the end.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.sync.rig import Crash, Rig
from tieout.sync.models import Conflict, Dirty, Issue, Link

FIRST = ["Ada", "Bo", "Cleo", "Dag", "Eva"]
LAST = ["Byrne", "Diaz", "O'Hara", "Núñez", "Smith & Lee"]
CRASH_POINTS = [
    "journalled",
    "answered",
    "concluded",
    "before writing here",
    "written here",
    "looked",
    "journalled again",
    "tokens refreshed",
]
CALL_FAULTS: list[dict[str, Any]] = [
    {"effect": "drop_before"},
    {"effect": "drop_after"},
    {"effect": "apply_then", "status": 500},
    {"effect": "status", "status": 503},
    {"effect": "status", "status": 429},
    {"effect": "status", "status": 401},
    {"effect": "body", "body": "<html>Bad gateway</html>", "status": 502},
    {"effect": "cut", "bytes": 30},
    {"effect": "reset", "bytes": 5},
]


@dataclass
class Storm:
    """One run. ``probes`` counts the situations it came into: a generator that never meets them proves nothing."""

    seed: int
    steps: int = 14
    probes: Counter[str] = field(default_factory=Counter)
    story: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.rig = Rig(seed=self.seed)
        self.rig.subscribe(drop=0.2, repeat=self.rng.choice([0, 0, 2]), reorder=True, seed=self.seed)

    def run(self) -> None:
        with self.rig.here():
            self._run()

    def _run(self) -> None:
        for _ in range(self.rng.randrange(1, 4)):
            self.rig.add_client(self._name(), phone=self._word())
        for _ in range(self.rng.randrange(1, 4)):
            self._customer_made()
        self.rig.set_up()
        if self.rng.random() < 0.3:
            self.rig.fault("forget_ids")
            self._tell("request ids are forgotten")
        if self.rng.random() < 0.3:
            self.rig.fault("lag", seconds="0..60", seed=self.seed)
            self._tell("listings lag")
        for _ in range(self.steps):
            self._step()
            self.always()
        self.calm()
        self.at_rest()

    # -- the storm ------------------------------------------------------------------------------------------

    def _step(self) -> None:
        acts = [
            (4, self._client_edited),
            (3, self._client_made),
            (4, self._customer_edited),
            (2, self._customer_made),
            (1, self._customer_deactivated),
            (4, self._call_fails),
            (2, self._process_dies),
            (3, self._webhooks_arrive),
            (8, self._run_passes),
            (2, self._time_passes),
        ]
        weights, choices = zip(*acts, strict=True)
        self.rng.choices(choices, weights)[0]()

    def _client_made(self) -> None:
        name = self._name()
        self._tell(f"client {name} made here")
        self.rig.add_client(name, phone=self._word(), email=f"{self._word()}@example.com")

    def _client_edited(self) -> None:
        clients = sorted(self.rig.clients())
        if clients:
            one = self.rng.choice(clients)
            fields = self.rng.choice(
                [{"phone": self._word()}, {"email": f"{self._word()}@x.com"}, {"name": self._name()}]
            )
            self._tell(f"client {one} edited: {fields}")
            self.rig.edit_client(one, **fields)

    def _customer_made(self) -> None:
        name = self._name()
        if self._free_there(name):
            self._tell(f"customer {name} made there")
            self.rig.add_customer(name, PrimaryPhone={"FreeFormNumber": self._word()})

    def _customer_edited(self) -> None:
        active = [one for one in self.rig.customers().values() if one["Active"]]
        if not active:
            return
        one = self.rng.choice(active)
        fields: dict[str, Any] = self.rng.choice(
            [
                {"PrimaryPhone": {"FreeFormNumber": self._word()}},
                {"PrimaryEmailAddr": {"Address": f"{self._word()}@y.com"}},
                {"DisplayName": self._name()},
            ]
        )
        if "DisplayName" in fields and not self._free_there(fields["DisplayName"]):
            return
        self._tell(f"customer {one['Id']} edited: {fields}")
        self.rig.edit_customer(one["Id"], **fields)

    def _customer_deactivated(self) -> None:
        active = [one["Id"] for one in self.rig.customers().values() if one["Active"]]
        if len(active) > 2 and self.rng.random() < 0.5:
            one = self.rng.choice(active)
            self._tell(f"customer {one} made inactive there")
            self.rig.emulator.control.edit(self.rig.realm, "Customer", one, {}, "deactivate")

    def _call_fails(self) -> None:
        fault = dict(self.rng.choice(CALL_FAULTS))
        fault["operation"] = self.rng.choice(["create", "update", "query", "cdc", "*"])
        self._tell(f"the next {fault['operation']} meets {fault}")
        self.rig.fault(**fault, nth=1, times=1)
        self.probes["fault " + fault["effect"]] += 1

    def _process_dies(self) -> None:
        self.rig.crash_at = self.rng.choice(CRASH_POINTS)
        self._tell(f"the process will die at {self.rig.crash_at!r}")

    def _webhooks_arrive(self) -> None:
        self.rig.advance(5)
        self._tell(f"{self.rig.deliver()} webhook deliveries")

    def _run_passes(self) -> None:
        try:
            passed = self.rig.run()
        except Crash as crash:
            self._tell(f"died at {crash}")
            self.probes[f"died at {crash}"] += 1
        else:
            self._tell(f"run: {passed and (passed.outcome, passed.counts)}")
            for what in passed.counts if passed else ():
                self.probes[what] += 1

    def _time_passes(self) -> None:
        seconds = self.rng.choice([1, 30, 130, 400, 4000])
        self._tell(f"{seconds} s pass")
        self.rig.advance(seconds)

    # -- the calm -------------------------------------------------------------------------------------------

    def calm(self) -> None:
        self._tell("calm")
        self.rig.crash_at = None
        self.rig.emulator.control.clear_faults()
        self.rig.advance(self.rig.engine.lease.total_seconds() + 1)
        self.rig.settle(60)
        self.rig.until_the_change_feed_is_asked()
        self.rig.until_the_change_feed_is_asked()

    # -- laws -----------------------------------------------------------------------------------------------

    def always(self) -> None:
        """Holds after every step: nobody in QuickBooks was made twice, no link is shared."""
        names = Counter(one["DisplayName"] for one in self.rig.customers().values() if one["Active"])
        assert not [name for name, times in names.items() if times > 1], self.told()
        with self.rig.here():
            links = list(Link.objects.values_list("practice_id", "ledger_id"))
        assert len({here for here, _ in links}) == len({there for _, there in links}) == len(links), (
            self.told()
        )

    def at_rest(self) -> None:
        """Holds when all is quiet: equal or listed, everything accounted for, and a further run writes nothing."""
        clients, customers = self.rig.clients(), self.rig.customers()
        with self.rig.here():
            assert not Dirty.objects.exists(), self.told()
            links = {one.practice_id: one for one in Link.objects.all()}
            listed = set(Issue.objects.filter(closed_at=None).values_list("side", "record_id", "unit"))
            conflicts = set(Conflict.objects.filter(closed_at=None).values_list("link_id", "unit"))
            bugs = Issue.objects.filter(closed_at=None, cause="bug").values_list("name", flat=True)
            assert not list(bugs), self.told()
        self.probes["conflict at rest"] += bool(conflicts)
        self.probes["listed at rest"] += bool(listed)
        listed_records = {(side, record) for side, record, _ in listed}
        for record_id, units in clients.items():
            link = links.get(record_id)
            if link is None:
                assert ("practice", record_id) in listed_records, f"client {record_id}\n{self.told()}"
                continue
            self._same_or_listed(record_id, units, customers[link.ledger_id], listed)
        linked_there = {link.ledger_id for link in links.values()}
        for record_id in set(customers) - linked_there:
            assert ("ledger", record_id) in listed_records, f"customer {record_id}\n{self.told()}"
        tokens = {one: shown["SyncToken"] for one, shown in customers.items()}
        self.rig.until_the_change_feed_is_asked()
        assert tokens == {one: shown["SyncToken"] for one, shown in self.rig.customers().items()}, self.told()
        assert clients == self.rig.clients(), self.told()

    def _same_or_listed(
        self, record_id: str, units: Any, customer: Any, listed: set[tuple[str, str, str]]
    ) -> None:
        name = customer["DisplayName"]
        shown = {
            "name": name.removesuffix(" (deleted)") if not customer["Active"] else name,
            "phone": customer.get("PrimaryPhone", {}).get("FreeFormNumber", ""),
            "email": customer.get("PrimaryEmailAddr", {}).get("Address", ""),
            "active": customer["Active"],
        }
        for unit, there in shown.items():
            if units[unit] != there:
                about_it = {("practice", record_id, unit), ("practice", record_id, "")}
                assert about_it & listed, (
                    f"{unit} of client {record_id}: {units[unit]!r} here, {there!r} there\n" + self.told()
                )

    # -- words ----------------------------------------------------------------------------------------------

    def _name(self) -> str:
        return f"{self.rng.choice(FIRST)} {self.rng.choice(LAST)}"

    def _word(self) -> str:
        return str(self.rng.randrange(100, 999))

    def _free_there(self, name: str) -> bool:
        return name.casefold() not in {one["DisplayName"].casefold() for one in self.rig.customers().values()}

    def _tell(self, line: str) -> None:
        self.story.append(line)

    def told(self) -> str:
        return "\n".join([f"seed {self.seed}:", *self.story])
