"""Acts: the control routes of settings: webhooks, credentials, knobs, limits. Part of the table in `api.py`."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec

from quickbooks_emulator.control.desk import Control, ControlError
from quickbooks_emulator.knobs import Knobs, Limits
from quickbooks_emulator.messages import Request
from quickbooks_emulator.store.documents import PRODUCTION, SANDBOX
from quickbooks_emulator.webhooks.documents import WebhookSettings

Document = dict[str, Any]
Handler = Callable[[Control, Request, Document, re.Match[str]], Any]


_ADDRESSES = ("reconnect_url", "disconnect_url")
_VERIFIERS = {"verifier_token": SANDBOX, "production_verifier_token": PRODUCTION}


def _webhooks(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    current = control.emulator.webhooks.settings
    for name, environment in _VERIFIERS.items():
        if name in document:
            control.set_verifier_token(str(document.pop(name)), environment)
    if document:
        changed = {name: float(one) if isinstance(one, Decimal) else one for name, one in document.items()}
        current = msgspec.convert({**msgspec.to_builtins(current), **changed}, WebhookSettings)
        control.set_webhooks(current)
    tokens = {name: control.app(environment).verifier_token for name, environment in _VERIFIERS.items()}
    return {**msgspec.to_builtins(current), **tokens}


def _outgoing(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    return {"sent": [msgspec.to_builtins(one) for one in control.emulator.webhooks.log]}


def _pending(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    return {"pending": control.emulator.webhooks.pending()}


def _clear_pending(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    control.emulator.webhooks.clear()
    return {"pending": []}


def _credentials(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    """The keys of one environment (sandbox unless asked) with a fresh token pair for each of its companies."""
    environment = str(document.get("environment") or request.params.get("environment") or SANDBOX)
    if "redirect_uris" in document:
        if not isinstance(document["redirect_uris"], list):
            raise ControlError("The redirect_uris are a list of addresses.")
        control.add_redirect_uris([str(uri) for uri in document["redirect_uris"]], environment)
    if "verifier_token" in document:
        control.set_verifier_token(str(document["verifier_token"]), environment)
    addresses = {name: str(document[name]) for name in _ADDRESSES if name in document}
    if addresses:
        control.set_addresses(addresses, environment)
    app = control.app(environment)
    companies = []
    for company in control.emulator.companies():
        if company.environment != environment:
            continue
        tokens = control.connect(company.realm)
        companies.append(
            {
                "realm": company.realm,
                "name": company.name,
                "access_token": tokens.access_token,
                "refresh_token": tokens.refresh_token,
            }
        )
    return {**msgspec.to_builtins(app), "companies": companies}


def _knobs(control: Control, request: Request, document: Document, match: re.Match[str]) -> Any:
    if document:
        current = msgspec.to_builtins(control.emulator.knobs)
        control.set_knobs(msgspec.convert({**current, **document}, Knobs))
    return msgspec.to_builtins(control.emulator.knobs)


def _limits(control: Control, request: Request, document: Document, match: re.Match[str]) -> Any:
    if document:
        current = msgspec.to_builtins(control.emulator.throttle.limits)
        control.set_limits(msgspec.convert({**current, **document}, Limits))
    return msgspec.to_builtins(control.emulator.throttle.limits)


SETTINGS_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/webhooks", _webhooks),
    ("POST", "/webhooks", _webhooks),
    ("GET", "/webhooks/log", _outgoing),
    ("GET", "/webhooks/pending", _pending),
    ("DELETE", "/webhooks/pending", _clear_pending),
    ("GET", "/credentials", _credentials),
    ("POST", "/credentials", _credentials),
    ("GET", "/knobs", _knobs),
    ("POST", "/knobs", _knobs),
    ("GET", "/limits", _limits),
    ("POST", "/limits", _limits),
)
