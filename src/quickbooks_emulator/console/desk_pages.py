"""Acts: the console's pages for the emulator as a whole: world, clock, snapshots, webhooks. Part of the table in `pages.py`."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import msgspec
from markupsafe import Markup

from quickbooks_emulator.console import parts
from quickbooks_emulator.control.desk import Control, ControlError
from quickbooks_emulator.messages import Request, Response
from quickbooks_emulator.store.documents import ENVIRONMENTS, PRODUCTION, SANDBOX
from quickbooks_emulator.trouble.rules import BadRule
from quickbooks_emulator.webhooks.documents import WebhookSettings

STATE, WEBHOOKS = "/_console/state", "/_console/webhooks"
_SENT = 50
Match = re.Match[str]


def keys(control: Control, base: str) -> Markup:
    """The app's keys in each environment, and the addresses that keep to it."""
    apps = [control.app(environment) for environment in ENVIRONMENTS]
    documents = {SANDBOX: "openid_sandbox_configuration", PRODUCTION: "openid_configuration"}
    rows = [
        (
            app.environment,
            app.client_id,
            app.client_secret,
            f"{base}/{app.environment}/v3/company/",
            f"{base}/.well-known/{documents[app.environment]}",
        )
        for app in apps
    ]
    columns = ("Environment", "Client id", "Client secret", "API", "Discovery")
    return parts.table("Keys", columns, rows)


def state(control: Control, request: Request, match: Match) -> Response:
    clock = control.emulator.clock
    names = control.snapshots()
    world = control.emulator.store.collection("settings").get("world")
    body = Markup("<h1>World and time</h1>{}").format(parts.said(request))
    body += parts.form(f"{STATE}/world", "World", "Begin anew", {"world": world})
    body += Markup("<p>sample, empty, canada, uk, large, large:N, large:N:M. Connections stay.</p>")
    body += Markup("<h2>Clock</h2><p>{}, {}.</p>").format(
        clock.now().isoformat(timespec="seconds"), "frozen" if clock.frozen else "running"
    )
    body += parts.form(f"{STATE}/clock", "Move the clock", "Move", {"advance_seconds": 3600, "set": ""})
    body += Markup("<p>By seconds, or set to an instant such as 2027-01-31T09:00:00+00:00.</p>")
    body += parts.button(f"{STATE}/clock", "Let it run" if clock.frozen else "Freeze it", turn="1")
    body += parts.form(f"{STATE}/snapshot", "Snapshots", "Take a snapshot", {"name": "default"})
    rows = [
        (
            name,
            parts.button(f"{STATE}/restore", "Restore", name=name),
            Markup('<a href="{}?diff={}">What changed since</a>').format(STATE, name),
        )
        for name in names
    ]
    body += parts.table("Snapshots", ("Name", "", ""), rows)
    if request.params.get("diff"):
        body += _changes(control, request.params["diff"])
    return parts.shown(200, "World and time", body)


def _changes(control: Control, name: str) -> Markup:
    rows = [
        (realm, entity, ", ".join(one.get("created", ())), ", ".join(one.get("changed", ())), ", ".join(one.get("deleted", ())))
        for realm, entities in control.diff(name).items()
        for entity, one in entities.items()
    ]  # fmt: skip
    columns = ("Company", "Entity", "Created", "Changed", "Deleted")
    return parts.table(f"Since the snapshot {name} (the fields are at /_control/diff)", columns, rows)


def begin(control: Control, request: Request, match: Match) -> Response:
    try:
        control.reset(request.form.get("world", ""))
    except ControlError as error:
        return parts.back(STATE, str(error))
    return parts.back(STATE, "A new world has begun.")


def clock(control: Control, request: Request, match: Match) -> Response:
    moving, asked = control.emulator.clock, request.form
    try:
        if asked.get("turn"):
            (moving.run if moving.frozen else moving.freeze)()
        elif asked.get("set"):
            moment = datetime.fromisoformat(asked["set"])
            if moment.tzinfo is None:
                raise ValueError("it has no offset")
            moving.set(moment)
        else:
            moving.advance(float(asked.get("advance_seconds") or 0))
    except (ValueError, OverflowError) as error:
        return parts.back(STATE, f"The clock cannot be set: {error}.")
    control.clock_changed()
    return parts.back(STATE, "The clock was set.")


def snapshot(control: Control, request: Request, match: Match) -> Response:
    name = request.form.get("name") or "default"
    control.snapshot(name)
    return parts.back(STATE, f"The snapshot {name} was taken.")


def restore(control: Control, request: Request, match: Match) -> Response:
    try:
        control.restore(request.form.get("name", ""))
    except ControlError as error:
        return parts.back(STATE, str(error))
    return parts.back(STATE, "Everything is as it was.")


def webhooks(control: Control, request: Request, match: Match) -> Response:
    outgoing = control.emulator.webhooks
    settings = msgspec.to_builtins(outgoing.settings)
    truth = ("false", "true")
    shown = {
        name: str(value).lower() if isinstance(value, bool) else value for name, value in settings.items()
    }
    body = Markup("<h1>Webhooks</h1>{}{}").format(
        parts.said(request),
        parts.form(
            WEBHOOKS,
            "Address and weather",
            "Save",
            shown,
            format=("cloudevents", "legacy"),
            schedule=("current", "old"),
            reorder=truth,
            hold=truth,
        ),
    )
    waiting = outgoing.pending()
    body += parts.button(f"{WEBHOOKS}/clear", f"Forget the {len(waiting)} waiting events")
    body += parts.table("Waiting", ("State", "Events"), [(one["state"], _events(one)) for one in waiting])
    sent = [
        (one.delivery, one.attempt, one.at, one.status or "no answer", one.body)
        for one in list(outgoing.log)[-_SENT:][::-1]
    ]
    body += parts.table("Sent, newest first", ("Delivery", "Attempt", "At", "Status", "Body"), sent)
    return parts.shown(200, "Webhooks", body)


def _events(waiting: dict[str, Any]) -> str:
    """What a waiting event, or a delivery of several, tells of."""
    events = waiting.get("events", [waiting])
    return ", ".join(f"{one['operation']} {one['entity']} {one['record']} ({one['realm']})" for one in events)


def set_webhooks(control: Control, request: Request, match: Match) -> Response:
    asked: dict[str, object] = dict(request.form)
    for name in ("repeat", "drop", "seed", "delay"):
        asked[name] = _number(str(asked.get(name) or 0))
    for name in ("reorder", "hold"):
        asked[name] = asked.get(name) == "true"
    try:
        control.set_webhooks(msgspec.convert(asked, WebhookSettings))
    except (ControlError, BadRule) as error:
        return parts.back(WEBHOOKS, str(error))
    except msgspec.ValidationError as error:
        return parts.back(WEBHOOKS, f"The settings cannot be read: {error}.")
    return parts.back(WEBHOOKS, "Saved.")


def clear_webhooks(control: Control, request: Request, match: Match) -> Response:
    control.emulator.webhooks.clear()
    return parts.back(WEBHOOKS, "Nothing waits any more.")


def _number(text: str) -> object:
    """A whole number, a number, or the text itself (a span such as 0..90)."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
