"""Acts: the JSON control API under /_control. Each route is one line of a table and one call of the desk.

A call that cannot be done answers 400 with {"error": "one sentence"}; an unknown path 404 with the list of paths.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from quickbooks_emulator import formats
from quickbooks_emulator.control.company import COMPANY_ROUTES
from quickbooks_emulator.control.desk import Control, ControlError
from quickbooks_emulator.control.settings import SETTINGS_ROUTES, Document, Handler
from quickbooks_emulator.faults import Fault
from quickbooks_emulator.messages import Request, Response, json_response
from quickbooks_emulator.trouble.rules import EFFECTS, BadRule

_LOG_FILTERS = (
    "method",
    "realm",
    "entity",
    "operation",
    "record",
    "request_id",
    "status",
    "area",
    "tid",
    "metered",
)


class ControlApi:
    """Answers every request whose path begins with /_control."""

    def __init__(self, control: Control) -> None:
        self.control = control

    def answer(self, request: Request) -> Response:
        if is_foreign(request):
            return _refused(403, "Control calls from another site's page are refused.")
        path = request.path.removeprefix("/_control").rstrip("/") or "/"
        for method, pattern, handler in ROUTES:
            match = re.fullmatch(pattern, path)
            if match and method == request.method:
                return self._run(handler, request, match)
        known = sorted(f"{method} /_control{_readable(pattern)}" for method, pattern, _ in ROUTES)
        return json_response(404, {"error": f"There is no {request.method} {request.path}.", "routes": known})

    def _run(self, handler: Handler, request: Request, match: re.Match[str]) -> Response:
        if request.unreadable:
            return _refused(400, f"The request cannot be read: {request.unreadable}.")
        try:
            document = formats.from_json(request.body) if request.body.strip() else {}
            if not isinstance(document, dict):
                return _refused(400, "The body must be a JSON object.")
            return json_response(200, handler(self.control, request, document, match))
        except formats.NotJson as error:
            return _refused(400, f"The body is not JSON: {error}.")
        except Fault as fault:
            return json_response(
                400,
                {
                    "error": f"QuickBooks would refuse: {(fault.detail or fault.message).rstrip('.')}.",
                    "Fault": fault.envelope(),
                },
            )
        except (ControlError, BadRule) as error:
            return _refused(400, str(error))
        except msgspec.ValidationError as error:
            return _refused(400, f"The settings cannot be read: {error}.")


def is_foreign(request: Request) -> bool:
    """A browser says the request comes from a page of another site."""
    origin = request.header("origin")
    return (bool(origin) and origin != request.base_url) or request.header("sec-fetch-site") == "cross-site"


def _refused(status: int, sentence: str) -> Response:
    return json_response(status, {"error": sentence})


def _readable(pattern: str) -> str:
    return "" if pattern == "/" else re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", pattern)


def _needed(document: Mapping[str, Any], *names: str) -> list[str]:
    missing = [name for name in names if not document.get(name)]
    if missing:
        raise ControlError(f"The body lacks {' and '.join(missing)}.")
    return [str(document[name]) for name in names]


def _health(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    emulator = control.emulator
    settings = emulator.store.collection("settings")
    return {
        "status": "ok",
        "world": settings.get("world"),
        "time": emulator.clock.now().isoformat(),
        "companies": len(emulator.companies()),
        "faults": len(control.faults()),
    }


def _reset(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    control.reset(str(document.get("world", "sample")))
    return _health(control, request, document, match)


def _clock(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    clock = control.emulator.clock
    unknown = set(document) - {"advance", "set", "frozen"}
    if unknown:
        raise ControlError(f"The clock knows advance, set and frozen, not {', '.join(sorted(unknown))}.")
    try:
        if "set" in document:
            moment = datetime.fromisoformat(str(document["set"]))
            if moment.tzinfo is None:
                raise ValueError("it has no offset")
            clock.set(moment)
        if "advance" in document:
            clock.advance(float(document["advance"]))
    except (ValueError, TypeError) as error:
        raise ControlError(f"The clock cannot be set: {error}.") from error
    if "frozen" in document:
        (clock.freeze if document["frozen"] else clock.run)()
    if document:
        control.clock_changed()
    return {"time": clock.now().isoformat(timespec="milliseconds"), "frozen": clock.frozen}


def _seed(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    if "seed" in document:
        control.emulator.seed = str(document["seed"])
    return {"seed": control.emulator.seed}


def _snapshot(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    name = str(document.get("name", "default"))
    control.snapshot(name)
    return {"snapshot": name}


def _restore(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    name = str(document.get("name", "default"))
    control.restore(name)
    return {"restored": name}


def _diff(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    params = request.params
    return {"changes": control.diff(params.get("from") or "default", params.get("to") or None)}


def _log(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    params = request.params
    wanted = {name: params[name] for name in _LOG_FILTERS if name in params}
    entries = control.emulator.log.entries(**wanted)
    limit = params.get("limit", "")
    if limit.isdecimal() and int(limit):
        entries = entries[-int(limit) :]
    return {"requests": [msgspec.to_builtins(entry) for entry in entries], "count": len(entries)}


def _clear_log(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    control.emulator.log.clear()
    return {"requests": []}


def _meter(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    return dict(control.emulator.log.meter())


def _faults(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    return {"faults": [msgspec.to_builtins(rule) for rule in control.faults()], "effects": EFFECTS}


def _add_fault(control: Control, request: Request, document: Document, match: re.Match[str]) -> Any:
    _needed(document, "effect")
    if document.get("company", "*") != "*":
        control.company(str(document["company"]))
    return msgspec.to_builtins(control.add_fault(**document))


def _clear_faults(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    control.clear_faults(match.groupdict().get("rule"))
    return _faults(control, request, document, match)


def _companies(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    return {"companies": [msgspec.to_builtins(company) for company in control.emulator.companies()]}


def _records(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    control.company(match["realm"])
    found = control.records(match["realm"], match["entity"])
    return {"records": found, "count": len(found)}


def _edit(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    (entity,) = _needed(document, "entity")
    unknown = set(document) - {"entity", "id", "fields", "operation"}
    if unknown:
        raise ControlError(f"An edit has entity, id, fields and operation, not {', '.join(sorted(unknown))}.")
    record_id = str(document["id"]) if document.get("id") is not None else None
    operation = str(document.get("operation") or ("update" if record_id else "create"))
    return control.edit(match["realm"], entity, record_id, document.get("fields"), operation)


def _merge(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    loser, survivor = _needed(document, "from", "into")
    return control.merge(match["realm"], str(document.get("entity", "Customer")), loser, survivor)


def _preferences(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    return control.set_preferences(match["realm"], document)


def _revoke(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    control.company(match["realm"])
    return {"revoked": control.revoke(match["realm"])}


def _end_consents(control: Control, request: Request, document: Document, match: re.Match[str]) -> Document:
    control.company(match["realm"])
    days = document.get("days")
    if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= 1825:
        raise ControlError("The days must be a whole number from 0 to 1825.")
    return {"ending": control.end_consents(match["realm"], days)}


_COMPANY = r"/companies/(?P<realm>[^/]+)"
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    *SETTINGS_ROUTES,
    *COMPANY_ROUTES,
    ("GET", "/health", _health),
    ("POST", "/reset", _reset),
    ("GET", "/clock", _clock),
    ("POST", "/clock", _clock),
    ("GET", "/seed", _seed),
    ("POST", "/seed", _seed),
    ("POST", "/snapshot", _snapshot),
    ("POST", "/restore", _restore),
    ("GET", "/diff", _diff),
    ("GET", "/log", _log),
    ("DELETE", "/log", _clear_log),
    ("GET", "/meter", _meter),
    ("GET", "/faults", _faults),
    ("POST", "/faults", _add_fault),
    ("DELETE", "/faults", _clear_faults),
    ("DELETE", r"/faults/(?P<rule>\d+)", _clear_faults),
    ("GET", "/companies", _companies),
    ("GET", _COMPANY + r"/records/(?P<entity>\w+)", _records),
    ("POST", _COMPANY + "/edit", _edit),
    ("POST", _COMPANY + "/merge", _merge),
    ("POST", _COMPANY + "/preferences", _preferences),
    ("POST", _COMPANY + "/revoke", _revoke),
    ("POST", _COMPANY + "/end-consents", _end_consents),
)
