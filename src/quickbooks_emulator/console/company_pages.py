"""Acts: the console's pages for one company: connection, switches, plan, records, merging. Part of the table in `pages.py`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from quickbooks_emulator.console import parts
from quickbooks_emulator.control.desk import Control, ControlError
from quickbooks_emulator.entities import ENTITIES
from quickbooks_emulator.faults import Fault
from quickbooks_emulator.messages import Request, Response, redirect
from quickbooks_emulator.oauth.documents import Grant
from quickbooks_emulator.store.documents import Company

Match = re.Match[str]
_SHOWN = 200
SOON = 20
"""Days in which a consent ends that is made to end soon."""
_TEXTS = (("AccountingInfoPrefs", "BookCloseDate"), ("SalesFormsPrefs", "DefaultCustomerMessage"))


_UNTOLD = (("SalesFormsPrefs", "AutoApplyCredit"), ("SalesFormsPrefs", "AutoApplyPayments"))
"""Switches that a company need not tell; turned here they are told from then on."""


def address(realm: str) -> str:
    return f"/_console/companies/{realm}"


def links(company: Company) -> Markup:
    """The other pages of a company."""
    entities = Markup(" ").join(
        Markup('<a href="{}/records/{}">{}</a>').format(address(company.realm), name, name)
        for name in sorted(ENTITIES)
    )
    return Markup('<p><a href="{}/settings">Connection, plan and switches</a></p><p>Records: {}</p>').format(
        address(company.realm), entities
    )


def settings(control: Control, request: Request, match: Match) -> Response:
    company = control.company(match["realm"])
    here = f"{address(company.realm)}/settings"
    (preferences,) = control.records(company.realm, "Preferences")
    (info,) = control.records(company.realm, "CompanyInfo")
    named = {one["Name"]: one["Value"] for one in info["NameValue"]}
    rows = [
        (f"{group}.{name}", "on" if value else "off", parts.button(here, "Turn off" if value else "Turn on", group=group, name=name))
        for group, members in preferences.items()
        if isinstance(members, dict)
        for name, value in members.items()
        if isinstance(value, bool)
    ]  # fmt: skip
    rows += [
        (
            f"{group}.{name}",
            "not told, as in a sandbox",
            parts.button(here, "Turn on", group=group, name=name),
        )
        for group, name in _UNTOLD
        if name not in preferences.get(group, {})
    ]
    texts = {name: preferences.get(group, {}).get(name, "") for group, name in _TEXTS}
    body = Markup('<h1>{}</h1>{}<p><a href="{}">Customers</a></p>').format(
        company.name, parts.said(request), address(company.realm)
    )
    body += _connection(control, company)
    plan = {"sku": named.get("OfferingSku", ""), "status": named.get("SubscriptionStatus", "")}
    body += parts.form(f"{address(company.realm)}/plan", "Plan", "Change the plan", plan)
    body += parts.form(f"{address(company.realm)}/texts", "Closing date and message", "Save", texts)
    body += parts.table("Switches of Preferences", ("Switch", "Now", ""), rows)
    return parts.shown(200, company.name, body)


def _connection(control: Control, company: Company) -> Markup:
    app, now = control.app(company.environment), control.emulator.clock.seconds()
    rows = [
        (grant.id, _day(grant.consented), _day(grant.consented + control.emulator.knobs.grant_seconds), _state(control, grant, now))
        for grant in control.grants(company.realm)[:10]
    ]  # fmt: skip
    query = urlencode({"appId": app.client_id, "realmId": company.realm, "mode": "reconnect"})
    return (
        Markup("<h2>Connection</h2><p>A {} company: the keys {} open it.</p>").format(
            company.environment, app.client_id
        )
        + parts.table("Consents", ("Consent", "Given", "Ends at the latest", "State"), rows)
        + Markup('<p><a href="/app/connect/oauth2/request?{}">Reconnect</a> ').format(query)
        + Markup("(registered: {})</p>").format(app.reconnect_url or "no reconnect address")
        + parts.button(f"{address(company.realm)}/disconnect", "Disconnect in QuickBooks")
        + parts.button(f"{address(company.realm)}/end-consents", f"Let the consent end in {SOON} days")
    )


def _state(control: Control, grant: Grant, now: int) -> str:
    if grant.revoked:
        return "revoked"
    return "living" if now < grant.consented + control.emulator.knobs.grant_seconds else "ended"


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def turn(control: Control, request: Request, match: Match) -> Response:
    """Turn one switch over."""
    realm, group, name = match["realm"], request.form.get("group", ""), request.form.get("name", "")
    (preferences,) = control.records(realm, "Preferences")
    members = preferences.get(group)
    value = members.get(name) if isinstance(members, dict) else None
    if value is None and (group, name) in _UNTOLD:
        value = False
    here = f"{address(realm)}/settings"
    if not isinstance(value, bool):
        return parts.back(here, f"There is no switch {group}.{name}.")
    return tried(here, lambda: control.set_preferences(realm, {group: {name: not value}}))


def texts(control: Control, request: Request, match: Match) -> Response:
    groups: dict[str, dict[str, Any]] = {}
    for group, name in _TEXTS:
        groups.setdefault(group, {})[name] = request.form.get(name) or None
    here = f"{address(match['realm'])}/settings"
    return tried(here, lambda: control.set_preferences(match["realm"], groups))


def plan(control: Control, request: Request, match: Match) -> Response:
    asked = request.form
    here = f"{address(match['realm'])}/settings"
    return tried(
        here, lambda: control.set_plan(match["realm"], asked.get("sku", ""), asked.get("status", ""))
    )


def disconnect(control: Control, request: Request, match: Match) -> Response:
    """End every consent. With a registered disconnect address the person lands there, as the real service sends them:
    with the company's id and without a proof."""
    environment = control.company(match["realm"]).environment
    control.revoke(match["realm"])
    where = control.app(environment).disconnect_url
    if where:
        return redirect(f"{where}?{urlencode({'realmId': match['realm']})}")
    return parts.back(f"{address(match['realm'])}/settings", "The connection has ended.")


def end_consents(control: Control, request: Request, match: Match) -> Response:
    """As if it had been given almost five years ago. The app learns it with its next call."""
    here = f"{address(match['realm'])}/settings"
    if not control.end_consents(match["realm"], SOON):
        return parts.back(here, "There is no living consent.")
    return parts.back(here, f"It ends in {SOON} days; the app is told when it refreshes, with its next call.")


def records(control: Control, request: Request, match: Match) -> Response:
    company, entity = control.company(match["realm"]), control.entity(match["entity"])
    found = control.records(company.realm, entity.name)
    if asked := request.params.get("id"):
        found = [one for one in found if one.get("Id") == asked]
    found = found[-_SHOWN:][::-1]
    rows = [
        (
            Markup('<a href="{}/records/{}/{}">{}</a>').format(
                address(company.realm), entity.name, one.get("Id", ""), one.get("Id", "")
            ),
            one.get("SyncToken", ""),
            one["MetaData"]["LastUpdatedTime"],
            one.get("DisplayName") or one.get("Name") or one.get("DocNumber") or one.get("TotalAmt", ""),
            Markup("<details><summary>JSON</summary><pre>{}</pre></details>").format(
                json.dumps(one, indent=1, default=str, ensure_ascii=False)
            ),
        )
        for one in found
    ]
    body = Markup('<h1>{} of {}</h1>{}<p><a href="{}">The company</a></p>').format(
        entity.name, company.name, parts.said(request), address(company.realm)
    )
    caption = f"The last {_SHOWN}, newest first"
    body += parts.table(caption, ("Id", "SyncToken", "Changed", "Name, number or total", "Whole"), rows)
    body += fields_form(
        f"{address(company.realm)}/records/{entity.name}", f"Create a {entity.name}", "Create"
    )
    return parts.shown(200, entity.name, body)


def fields_form(here: str, title: str, press: str) -> Markup:
    """The properties to set, as JSON."""
    return Markup(
        '<h2>{}</h2><form method="post" action="{}"><p><label for="fields">Properties, as JSON</label><br>'
        '<textarea id="fields" name="fields" rows="4" cols="60">{{}}</textarea></p>'
        '<p><button type="submit">{}</button></p></form>'
    ).format(title, here, press)


def merge(control: Control, request: Request, match: Match) -> Response:
    into = request.form.get("into", "")
    here = f"{address(match['realm'])}/customers/{match['id']}"
    return tried(here, lambda: control.merge(match["realm"], "Customer", match["id"], into))


def tried(here: str, work: Callable[[], Any]) -> Response:
    try:
        work()
    except Fault as fault:
        return parts.back(here, f"QuickBooks refuses: {fault.detail or fault.message}")
    except ControlError as error:
        return parts.back(here, str(error))
    return parts.back(here, "Saved.")
