"""Acts: the console's pages of single records of any entity: looked at, and edited as a person does in the web app.

Part of the table in `pages.py`. What the service would refuse is refused here in the same words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal

from markupsafe import Markup

from quickbooks_emulator.console import company_pages, parts
from quickbooks_emulator.control.desk import Control, ControlError
from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.messages import Request, Response

Match = re.Match[str]
LIST = r"/records/(?P<entity>\w+)"
ONE = LIST + r"/(?P<id>[\w-]+)"
CENT = Decimal("0.01")
OPERATIONS = {"delete": "Delete", "void": "Void", "deactivate": "Make inactive", "reactivate": "Make active"}


def record(control: Control, request: Request, match: Match) -> Response:
    company, entity = control.company(match["realm"]), control.entity(match["entity"])
    found = _found(control, match)
    here = _address(match)
    body = Markup('<h1>{} {}</h1>{}<p><a href="{}/records/{}">All of them</a></p>').format(
        entity.name, match["id"], parts.said(request), company_pages.address(company.realm), entity.name
    )
    for operation in _operations(found):
        body += parts.button(f"{here}/{operation}", OPERATIONS[operation])
    if _first_sale(found) is not None:
        body += parts.button(f"{here}/cent", "Make it one cent more")
    body += company_pages.fields_form(here, "Edit as if in QuickBooks", "Save")
    body += Markup("<h2>As it is</h2><pre>{}</pre>").format(_printed(found))
    return parts.shown(200, f"{entity.name} {match['id']}", body)


def create(control: Control, request: Request, match: Match) -> Response:
    here = f"{company_pages.address(match['realm'])}/records/{match['entity']}"
    return company_pages.tried(
        here, lambda: control.edit(match["realm"], match["entity"], None, _fields(request), "create")
    )


def update(control: Control, request: Request, match: Match) -> Response:
    return _edited(control, match, "update", lambda: _fields(request))


def operate(control: Control, request: Request, match: Match) -> Response:
    """Delete, void, make inactive or active; what is gone is seen missing in the list."""
    gone = match["operation"] == "delete"
    here = f"{company_pages.address(match['realm'])}/records/{match['entity']}" if gone else _address(match)
    realm, entity, one = match["realm"], match["entity"], match["id"]
    return company_pages.tried(here, lambda: control.edit(realm, entity, one, {}, match["operation"]))


def cent(control: Control, request: Request, match: Match) -> Response:
    """What rounding does, done by hand: the first row of a document costs a cent more."""
    found = _found(control, match)
    place = _first_sale(found)
    if place is None:
        return parts.back(_address(match), "It has no row of a service.")
    lines = [dict(line) for line in found["Line"]]
    amount = Decimal(str(lines[place]["Amount"])) + CENT
    detail = {**lines[place]["SalesItemLineDetail"], "Qty": 1, "UnitPrice": amount}
    lines[place] |= {"Amount": amount, "SalesItemLineDetail": detail}
    rows = [line for line in lines if line.get("DetailType") != "SubTotalLineDetail"]
    return _edited(control, match, "update", lambda: {"Line": rows})


def _edited(control: Control, match: Match, operation: str, fields: Callable[[], Body]) -> Response:
    realm, entity, one = match["realm"], match["entity"], match["id"]
    return company_pages.tried(_address(match), lambda: control.edit(realm, entity, one, fields(), operation))


def _fields(request: Request) -> Body:
    try:
        found = json.loads(request.form.get("fields") or "{}", parse_float=Decimal)
    except ValueError as error:
        raise ControlError(f"That is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise ControlError('Give the properties as a JSON object, such as {"Name": "Audit"}.')
    return found


def _found(control: Control, match: Match) -> Body:
    for one in control.records(match["realm"], match["entity"]):
        if str(one.get("Id")) == match["id"]:
            return one
    raise ControlError(f"There is no {match['entity']} {match['id']}.")


def _operations(found: Body) -> list[str]:
    if "Active" in found:
        return ["deactivate"] if found["Active"] else ["reactivate"]
    return ["void", "delete"] if "TxnDate" in found else []


def _first_sale(found: Body) -> int | None:
    lines = found.get("Line") or []
    return next((place for place, line in enumerate(lines) if "SalesItemLineDetail" in line), None)


def _address(match: Match) -> str:
    return f"{company_pages.address(match['realm'])}/records/{match['entity']}/{match['id']}"


def _printed(found: Body) -> str:
    return json.dumps(found, indent=1, default=str, ensure_ascii=False)
