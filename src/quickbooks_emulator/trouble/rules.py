"""Decides: which fault rules apply to a call. Rules are documents, so they count the same after a restart.

Example: {"company": "*", "method": "POST", "entity": "invoice", "nth": 3, "effect": "drop_after", "times": 1}
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import msgspec

from quickbooks_emulator.calls import Call
from quickbooks_emulator.documented import DOCUMENTED
from quickbooks_emulator.store import Store, Transaction

EFFECTS = {
    "fault": "refused with the documented fault of `code` (texts and status can be replaced by `detail`, `status`)",
    "drop_before": "the connection breaks before anything is applied",
    "drop_after": "the call is applied, its answer is lost",
    "apply_then": "the call is applied, then answered with `status` (default 500)",
    "status": "answered with `status` (default 503) without being applied",
    "body": "the call is applied, its answer replaced by `body` (default an HTML page) with `status` (default 502)",
    "cut": "the answer's body ends after `bytes`",
    "reset": "the call is applied, the connection breaks after `bytes` of the answer",
    "delay": "the answer comes `seconds` later",
    "throttle": "429 beyond `per_minute` calls a minute; `retry_after` adds that header",
    "down": "503 pages until `until` (an instant) or for `seconds` from the first such call",
    "forget_ids": "request ids are neither remembered nor recognized",
    "lag": "changes stay invisible to query and CDC for `seconds` (a number or 'a..b')",
    "batch_fail": "items of a batch are refused: `items` lists bIds, `code` the fault (default 10000)",
    "retotal": "QuickBooks comes to another tax: `cents` (default 1) more on each taxed sale",
    "batch_omit": "items are missing in a batch answer: `items` lists bIds",
    "batch_shuffle": "a batch answer comes in another order",
    "invalid_grant": "the token endpoint answers invalid_grant",
}
_WRITES = ("create", "update", "delete", "void", "batch")


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One fault rule. "*" matches everything; `operation` may be "read" or "write" for a whole group.

    `nth`: applies from the nth matching call on. `times`: at most so often (default once with `nth`, else without
    end). `probability`: between 0 and 1, drawn from `seed` and the number of the matching call.
    `seen` and `applied` count; `started` is when a `down` rule first struck (milliseconds since 1970).
    """

    effect: str
    id: str = ""
    company: str = "*"
    method: str = "*"
    entity: str = "*"
    operation: str = "*"
    nth: int | None = None
    probability: float | None = None
    times: int | None = None
    seed: int = 0
    code: str = ""
    detail: str = ""
    cents: int = 1
    status: int | None = None
    body: str | None = None
    bytes: int = 0
    seconds: int | float | str = 0
    per_minute: int = 0
    retry_after: int | None = None
    until: str = ""
    items: tuple[str, ...] = ()
    seen: int = 0
    applied: int = 0
    started: int | None = None

    def matches(self, call: Call) -> bool:
        wanted = self.operation.lower()
        in_group = wanted == "write" and call.operation in _WRITES
        in_group = in_group or (wanted == "read" and call.area == "data" and call.operation not in _WRITES)
        return (
            self.company in ("*", call.realm)
            and self.entity.lower() in ("*", call.entity)
            and (wanted in ("*", call.operation) or in_group)
        )


class BadRule(ValueError):
    """A rule that cannot be read; the message says what is wrong in one sentence."""


def read_rule(document: Mapping[str, Any]) -> Rule:
    """A rule from its JSON form. Raises BadRule."""
    try:
        rule = msgspec.convert(_plain(document), Rule)
    except msgspec.ValidationError as error:
        raise BadRule(f"The fault rule cannot be read: {error}.") from error
    if rule.effect not in EFFECTS:
        raise BadRule(f"There is no effect {rule.effect!r}; there are {', '.join(sorted(EFFECTS))}.")
    if rule.probability is not None and not 0 <= rule.probability <= 1:
        raise BadRule("The probability of a fault rule lies between 0 and 1.")
    if rule.effect == "fault" and not rule.code:
        raise BadRule("A fault rule of this effect needs the code of a fault.")
    if rule.code and rule.code not in DOCUMENTED:
        raise BadRule(f"There is no documented fault {rule.code!r}; there are {', '.join(DOCUMENTED)}.")
    span(rule.seconds)
    return rule


def span(seconds: float | str) -> tuple[float, float]:
    """The least and the most of "a..b" seconds. Raises BadRule."""
    try:
        if isinstance(seconds, str) and ".." in seconds:
            least, _, most = seconds.partition("..")
            return float(least), float(most)
        return float(seconds), float(seconds)
    except ValueError:
        raise BadRule(f"Seconds are a number or a range like '0..90', not {seconds!r}.") from None


def meet(store: Store, transaction: Transaction, call: Call, method: str, now_ms: int) -> list[Rule]:
    """The rules that apply to this call, in the order they were added; counts them."""
    met: list[Rule] = []
    for rule in sorted(store.collection("rules").values(), key=lambda one: int(one.id)):
        if not rule.matches(call) or rule.method.upper() not in ("*", method):
            continue
        seen = rule.seen + 1
        applies = _applies(rule, seen)
        counted = msgspec.structs.replace(
            rule,
            seen=seen,
            applied=rule.applied + applies,
            started=now_ms if applies and rule.started is None else rule.started,
        )
        transaction.put("rules", rule.id, counted)
        if applies:
            met.append(counted)
    return met


def _applies(rule: Rule, seen: int) -> bool:
    times = rule.times if rule.times is not None else (1 if rule.nth is not None else None)
    if times is not None and rule.applied >= times:
        return False
    if rule.nth is not None and seen < rule.nth:
        return False
    if rule.probability is None:
        return True
    draw = random.Random(f"{rule.seed}/{rule.id}/{seen}").random()  # noqa: S311 - a simulation
    return draw < rule.probability


def _plain(document: Mapping[str, Any]) -> dict[str, Any]:
    """Decimals of a JSON body as floats: a rule holds no money."""
    return {
        name: float(value) if type(value).__name__ == "Decimal" else value for name, value in document.items()
    }
