"""Decides: what the rules a call has met do to it: before it is applied, while, and to its answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from quickbooks_emulator import faults, gateway
from quickbooks_emulator.calls import Call
from quickbooks_emulator.documented import documented
from quickbooks_emulator.messages import ConnectionDropped, Response, json_response
from quickbooks_emulator.service.batch import BatchTrouble
from quickbooks_emulator.service.data import Conditions
from quickbooks_emulator.service.lag import Lag
from quickbooks_emulator.service.throttle import Throttle
from quickbooks_emulator.trouble.rules import Rule, span


def before(rules: list[Rule], call: Call, throttle: Throttle, now_ms: int) -> Response | None:
    """An answer that replaces the call, or None. Raises ConnectionDropped."""
    for rule in rules:
        if rule.effect == "drop_before":
            raise ConnectionDropped("the connection broke before the request was applied")
        if rule.effect == "status":
            return status_answer(rule.status or 503, now_ms, rule.retry_after)
        if rule.effect == "down" and _still_down(rule, now_ms):
            return gateway.broken(rule.status or 503, rule.retry_after)
        if rule.effect == "throttle" and not throttle.admit(
            f"rule/{rule.id}/{call.realm}", rule.per_minute, now_ms
        ):
            return gateway.throttled(rule.retry_after)
        if rule.effect == "invalid_grant" and call.operation in ("refresh", "exchange", "token"):
            return json_response(
                400, {"error": "invalid_grant", "error_description": "Incorrect or invalid refresh token"}
            )
    return None


def conditions(rules: list[Rule]) -> Conditions:
    """The changed world the call is applied in."""
    by_effect = {rule.effect: rule for rule in rules}
    lag = by_effect.get("lag")
    fail, omit, shuffle = (
        by_effect.get("batch_fail"),
        by_effect.get("batch_omit"),
        by_effect.get("batch_shuffle"),
    )
    refused, retotal = by_effect.get("fault"), by_effect.get("retotal")
    least, most = span(lag.seconds) if lag else (0.0, 0.0)
    return Conditions(
        forget_ids="forget_ids" in by_effect,
        refused=documented(refused.code, refused.detail, status=refused.status) if refused else None,
        retotal=Decimal(retotal.cents).scaleb(-2) if retotal else Decimal(0),
        lag=Lag(int(least), int(most), lag.seed) if lag else None,
        batch=BatchTrouble(
            fail=fail.items if fail else (),
            code=(fail.code if fail else "") or "10000",
            omit=omit.items if omit else (),
            shuffle_seed=shuffle.seed + shuffle.seen if shuffle else None,
        ),
    )


def after(rules: list[Rule], response: Response, now_ms: int, sleep: Callable[[float], None]) -> Response:
    """What becomes of the answer once the call was applied. Raises ConnectionDropped."""
    for rule in rules:
        if rule.effect == "delay":
            least, most = span(rule.seconds)
            sleep(least + (most - least) * (rule.seen * 0.618 % 1))
        elif rule.effect == "drop_after":
            raise ConnectionDropped("the connection broke before the answer was sent")
        elif rule.effect == "reset":
            raise ConnectionDropped("the connection broke inside the answer", response.body[: rule.bytes])
        elif rule.effect == "apply_then":
            response = status_answer(rule.status or 500, now_ms, rule.retry_after)
        elif rule.effect == "body":
            page = gateway.broken(rule.status or 502)
            response = page if rule.body is None else Response(page.status, rule.body.encode(), page.headers)
        elif rule.effect == "cut":
            response = Response(response.status, response.body[: rule.bytes], response.headers)
    return response


def status_answer(status: int, now_ms: int, retry_after: int | None = None) -> Response:
    """The recorded body that goes with a status."""
    if status == 401:
        return gateway.unauthorized("Token expired", now_ms)
    if status == 403:
        return gateway.forbidden(now_ms)
    if status == 429:
        return gateway.throttled(retry_after)
    if status == 500:
        return json_response(500, {"Fault": faults.system_failure().envelope()})
    return gateway.broken(status, retry_after)


def _still_down(rule: Rule, now_ms: int) -> bool:
    if rule.until:
        return now_ms < datetime.fromisoformat(rule.until).timestamp() * 1000
    _, most = span(rule.seconds)
    return not most or now_ms < (rule.started or now_ms) + most * 1000
