"""Acts: what goes wrong with calls by themselves: before they arrive, on the way back, in their answers."""

from __future__ import annotations

from typing import Any

from tests.sim.storm import Storm

CALL_FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("F1", {"effect": "drop_before"}),
    ("F2", {"effect": "drop_after"}),
    ("F3", {"effect": "apply_then", "status": 500}),
    ("F3", {"effect": "apply_then", "status": 503}),
    ("F4", {"effect": "body", "body": "<html>Bad gateway</html>", "status": 502}),
    ("F4", {"effect": "cut", "bytes": 30}),
    ("F4", {"effect": "body", "body": "", "status": 200}),
    ("F5", {"effect": "delay", "seconds": 100}),
    ("F6", {"effect": "reset", "bytes": 5}),
    ("F11", {"effect": "status", "status": 429}),
    ("F11", {"effect": "status", "status": 429, "retry_after": 17}),
    ("F13", {"effect": "status", "status": 503}),
    ("F17", {"effect": "status", "status": 401}),
    ("F71", {"effect": "body", "body": '{"Customer": {"Id": 7, "DisplayName": []}}', "status": 200}),
    ("F14", {"effect": "batch_fail", "items": ("1", "bid1")}),
    ("F16", {"effect": "batch_omit", "items": ("1", "bid1")}),
    ("F16", {"effect": "batch_shuffle"}),
    ("F24", {"effect": "fault", "code": "6190"}),
)
LOST = ("drop_after", "apply_then", "reset")
"""Effects that lose the answer to what was done."""
OPERATIONS = ("create", "update", "write", "write", "write", "query", "cdc", "read", "*")


def call_fails(storm: Storm) -> None:
    rng = storm.rng
    fault, rule = rng.choice(CALL_FAULTS)
    operation = rng.choice(OPERATIONS) if not rule["effect"].startswith("batch") else "batch"
    nth = rng.choice([1, 1, 1, 1, 2, 3])
    faults = (fault,)
    if rule["effect"] in LOST and nth == 3:
        operation, nth, faults = "batch", 1, (fault, "F15")
    if fault == "F17":
        storm.probes["refused as expired"] += 1
    if operation == "batch" and storm.later.random() < 0.7:
        nth = 1
    storm.tell(f"{fault}: call {nth} of {operation} meets {rule}")
    storm.arm(*faults, **rule, operation=operation, nth=nth, times=1)
    if operation == "batch" and nth == 1 and storm.later.random() < 0.7:
        _a_night_passes(storm)


def _a_night_passes(storm: Storm) -> None:
    """The only batches are those of the nightly look: few storms would come to one by themselves."""
    storm.tell("a night passes")
    storm.town.advance(storm.town.engine.nets.look.total_seconds() + 60)
    storm.run_once()


def outage(storm: Storm) -> None:
    storm.tell("QuickBooks is down for six hours")
    storm.arm("F13", effect="down", seconds=6 * 3600)
