"""Decides nothing, writes nothing: what whoever helps needs to know of one firm's sync, and nothing that is nobody's business.

Only what is named here goes in: states, times, counts, codes, the ledger's request references. No token and no key ever
does; texts that may hold names or amounts (``NAMED``) only when a person asked for them.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.db import connection as database
from django.db.models import Count, Max, Min, QuerySet

from tieout.practice.outbox import OutboxNote
from tieout.sync import ledgers, status
from tieout.sync.engine import Engine
from tieout.sync.models import (
    ActivityLine,
    Attempt,
    CallMeter,
    Connection,
    Cursor,
    Dirty,
    Hold,
    InboxEvent,
    Issue,
    Link,
    Run,
    TokenSet,
    WriteEntry,
)
from tieout.sync.preferences import SAID

MOST = 50
"""Calls, problems and runs that are told: the latest."""
PACKAGES = ("tieout", "Django", "procrastinate", "psycopg", "httpx2")
TIMES = (
    *(
        "connected_at",
        "last_checked_at",
        "last_in_step_at",
        "due_at",
        "changes_due_at",
        "sweep_due_at",
        "asked_at",
    ),
    *("moved_at", "webhook_heard_at", "webhook_missed_at", "lease_until", "dry_run_until"),
)
KINDS = ("create", "edit", "archive", "take_left_out", "since", "trial", "rolling_back")
NAMED = ("company", "state_reason", "sentence", "name")
"""Keys that are only there when names and amounts were asked for."""


def bundle(
    connection: Connection | None, firm_id: int, now: datetime, *, named: bool = False
) -> dict[str, Any]:
    """Everything, as what JSON can hold. ``named``: with the texts that may hold names and amounts."""
    told: dict[str, Any] = {"made_at": now, "with_names_and_amounts": named, "versions": _versions()}
    if connection is None:
        return _as_json({**told, "connection": None})
    of = {"connection": connection}
    provider = Engine().provider(connection.ledger)
    words, settings = {spec.practice for spec in provider.specs}, {one.key for one in provider.settings}
    told["connection"] = {
        "ledger": connection.ledger,
        "state": connection.state,
        **{column: getattr(connection, column) for column in TIMES},
        "epoch": connection.epoch,
        "sign_in": _sign_in(connection),
        **({"company": connection.company_name, "state_reason": connection.state_reason} if named else {}),
    }
    told["settings"] = {
        "sections": dict(connection.sections),
        "switches": {
            entity: _switches(own) for entity, own in connection.switches.items() if entity in words
        },
        "chosen": sorted(key for key, value in connection.settings.items() if value and key in settings),
    }
    told["counts"] = {
        one.slug: {
            "state": one.state,
            "in_step": one.in_step,
            "waiting": one.waiting,
            "needs_you": one.needs_you,
            "left_out": one.excluded,
        }
        for one in status.section_statuses(connection)
    }
    told["links"] = dict(Link.objects.filter(**of).values_list("entity").annotate(Count("id")))
    told["open_issues"] = _issues(connection)
    told["queues"] = _queues(connection, firm_id)
    told["cursors"] = list(
        Cursor.objects.filter(**of).order_by("entity").values("entity", "read_until", "compared_at")
    )
    told["calls_this_month"] = ledgers.calls_of_month(connection, now)
    told["calls_by_month"] = list(
        CallMeter.objects.filter(**of).order_by("-month", "metered").values("month", "metered", "calls")[:24]
    )
    told["last_writes"] = _writes(connection)
    told["last_problems"] = _problems(connection, named)
    told["last_runs"] = [
        {**row, "counts": {word: count for word, count in row["counts"].items() if isinstance(count, int)}}
        for row in Run.objects.filter(**of)
        .order_by("-started_at")
        .values("epoch", "started_at", "finished_at", "outcome", "counts")[:MOST]
    ]
    if named:
        told["issues"] = list(
            Issue.objects.filter(**of, closed_at=None)
            .order_by("-id")
            .values("entity", "side", "record_id", "cause", "name", "sentence", "code", "reference")[:MOST]
        )
    return _as_json(told)


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "system": platform.system()}
    for name in PACKAGES:
        try:
            found[name.lower()] = version(name)
        except PackageNotFoundError:
            found[name.lower()] = "from its sources"
    database.ensure_connection()
    found["postgresql"] = ".".join(str(part) for part in divmod(database.pg_version, 10_000))  # type: ignore[attr-defined]
    return found


def _sign_in(connection: Connection) -> dict[str, Any] | None:
    """When the sign-in runs out; of the tokens themselves nothing."""
    columns = ("generation", "access_expires_at", "refresh_expires_at", "hard_expires_at")
    row = TokenSet.objects.filter(connection=connection).values_list(*columns).first()
    return dict(zip(columns, row, strict=True)) if row else None


def _switches(own: Mapping[str, Any]) -> dict[str, Any]:
    """What was turned: on or off per side, a date, who wins which field. Nothing that is not known to be one of these."""
    told: dict[str, Any] = {}
    for kind, value in own.items():
        if kind in KINDS and isinstance(value, dict):
            told[kind] = {side: bool(on) for side, on in value.items()}
        elif kind == "since":
            told[kind] = str(value)[:10]
        elif kind in KINDS:
            told[kind] = bool(value)
        elif kind == "prefer" and isinstance(value, dict):
            told[kind] = {unit: wins for unit, wins in value.items() if wins in set(SAID)}
    return told


def _issues(connection: Connection) -> list[dict[str, Any]]:
    rows = Issue.objects.filter(connection=connection, closed_at=None)
    by = ("listing", "cause", "entity", "code")
    counted = rows.values_list(*by).annotate(count=Count("id"), oldest=Min("opened_at")).order_by(*by)
    return [dict(zip((*by, "count", "oldest"), row, strict=True)) for row in counted]


def _queues(connection: Connection, firm_id: int) -> dict[str, Any]:
    of = {"connection": connection}
    waiting = Dirty.objects.filter(**of)
    return {
        "changes_here": _aged(OutboxNote.objects.filter(firm_id=firm_id), "created_at"),
        "webhooks": _aged(InboxEvent.objects.filter(**of, handled_at=None), "received_at"),
        "to_be_planned": _aged(waiting.filter(not_before=None), "noted_at"),
        "put_off": _aged(waiting.exclude(not_before=None), "noted_at"),
        "most_tries": waiting.aggregate(most=Max("tries"))["most"] or 0,
        "writes_without_answer": _aged(
            Attempt.objects.filter(**of, state__in=("sending", "in_doubt")), "sent_at"
        ),
        "attempts": dict(Attempt.objects.filter(**of).values_list("state").annotate(Count("id"))),
        "held": dict(Hold.objects.filter(**of).values_list("excluded").annotate(Count("id"))),
    }


def _aged(rows: QuerySet[Any], column: str) -> dict[str, Any]:
    return rows.aggregate(count=Count("pk"), oldest=Min(column))


def _writes(connection: Connection) -> list[dict[str, Any]]:
    """The latest writes with their references: what the ledger's support finds a call by."""
    columns = ("number", "at", "entity", "operation", "result", "practice_id", "request_id", "reference")
    return list(WriteEntry.objects.filter(connection=connection).order_by("-number").values(*columns)[:MOST])


def _problems(connection: Connection, named: bool) -> list[dict[str, Any]]:
    columns = ("at", "entity", "side", "record_id", "result", "reference", "run_epoch")
    rows = ActivityLine.objects.filter(connection=connection, result__in=("problem", "waiting")).order_by(
        "-id"
    )
    return list(rows.values(*columns, *(("sentence",) if named else ()))[:MOST])


def _as_json(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in told.items()}


def _plain(value: Any) -> Any:
    """As JSON holds it: instants and dates as texts, every key a text."""
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, str) or value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Sequence):
        return [_plain(inner) for inner in value]
    return value.isoformat()
