"""Acts: the web console: companies, their customers, edits as if in QuickBooks, last requests, fault switches."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlencode

from markupsafe import Markup

from quickbooks_emulator.console import addresses, company_pages, desk_pages, parts, record_pages
from quickbooks_emulator.console.layout import STYLE, STYLE_PATH
from quickbooks_emulator.control.api import is_foreign
from quickbooks_emulator.control.desk import Control, ControlError
from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.faults import Fault
from quickbooks_emulator.messages import Request, Response, redirect, text_response
from quickbooks_emulator.trouble.rules import EFFECTS, BadRule

_SHOWN_REQUESTS = 100
_REQUEST_COLUMNS = ("number", "at", "method", "path", "status", "operation", "metered", "faults", "tid")


class Console:
    """Answers every path that is neither OAuth, the API nor the control API."""

    def __init__(self, control: Control) -> None:
        self.control = control

    def answer(self, request: Request) -> Response:
        if request.path == STYLE_PATH:
            return text_response(200, STYLE, "text/css;charset=utf-8")
        for method, pattern, handler in _ROUTES:
            match = re.fullmatch(pattern, request.path)
            if match and method == request.method:
                if method == "POST" and is_foreign(request):
                    return parts.shown(403, "Refused", Markup("<p>Forms of another site are refused.</p>"))
                return handler(self, request, match)
        return parts.shown(
            404, "Not found", Markup("<h1>Not found</h1><p>There is no page {}.</p>").format(request.path)
        )

    def companies(self, request: Request, match: re.Match[str]) -> Response:
        rows = [
            (
                Markup('<a href="/_console/companies/{}">{}</a>').format(one.realm, one.name),
                one.realm,
                one.environment,
            )
            for one in self.control.emulator.companies()
        ]
        time = self.control.emulator.clock.now().isoformat(timespec="seconds")
        body = Markup(
            "<h1>Companies</h1><p>Virtual time: {}. The control API is at <code>/_control</code>.</p>{}{}"
        )
        companies = parts.table("Companies", ("Name", "Company id", "Environment"), rows)
        keys = desk_pages.keys(self.control, request.base_url)
        return parts.shown(200, "Companies", body.format(time, companies, keys))

    def customers(self, request: Request, match: re.Match[str]) -> Response:
        company = self.control.company(match["realm"])
        rows = [
            (
                Markup('<a href="/_console/companies/{}/customers/{}">{}</a>').format(
                    company.realm, one["Id"], one["FullyQualifiedName"]
                ),
                one["Id"],
                one.get("PrimaryEmailAddr", {}).get("Address", ""),
                one["Balance"],
                "active" if one["Active"] else "inactive",
                one["SyncToken"],
            )
            for one in self.control.records(company.realm, "Customer")
        ]
        columns = ("Customer", "Id", "Mail", "Balance", "State", "SyncToken")
        form = _customer_form(f"/_console/companies/{company.realm}/customers", "Create a customer", {})
        body = Markup("<h1>{}</h1>{}{}{}{}").format(
            company.name,
            parts.said(request),
            company_pages.links(company),
            parts.table("Customers", columns, rows),
            form,
        )
        return parts.shown(200, company.name, body)

    def customer(self, request: Request, match: re.Match[str]) -> Response:
        found = [one for one in self.control.records(match["realm"], "Customer") if one["Id"] == match["id"]]
        if not found:
            raise ControlError(f"There is no customer {match['id']}.")
        record, address = found[0], f"/_console/companies/{match['realm']}/customers/{match['id']}"
        verb = "deactivate" if record["Active"] else "reactivate"
        body = Markup(
            '<h1>{}</h1>{}{}<form method="post" action="{}/{}"><p><button type="submit">{}</button></p></form>{}'
            '<p><a href="/_console/companies/{}">All customers</a></p>'
        ).format(
            record["DisplayName"],
            parts.said(request),
            _customer_form(address, "Edit as if in QuickBooks", record),
            address,
            verb,
            verb.capitalize(),
            parts.form(f"{address}/merge", "Merge into another customer", "Merge", {"into": ""}),
            match["realm"],
        )
        return parts.shown(200, str(record["DisplayName"]), body)

    def create(self, request: Request, match: re.Match[str]) -> Response:
        address = f"/_console/companies/{match['realm']}"
        return self._edit(match["realm"], None, request, "create", address)

    def update(self, request: Request, match: re.Match[str]) -> Response:
        address = f"/_console/companies/{match['realm']}/customers/{match['id']}"
        return self._edit(match["realm"], match["id"], request, "update", address)

    def switch(self, request: Request, match: re.Match[str]) -> Response:
        address = f"/_console/companies/{match['realm']}/customers/{match['id']}"
        return self._edit(match["realm"], match["id"], None, match["verb"], address)

    def requests(self, request: Request, match: re.Match[str]) -> Response:
        entries = list(reversed(self.control.emulator.log.entries()[-_SHOWN_REQUESTS:]))
        rows = [
            tuple(", ".join(cell) if isinstance(cell, tuple) else cell for cell in cells)
            for cells in ([getattr(entry, column) for column in _REQUEST_COLUMNS] for entry in entries)
        ]
        table = parts.table(f"The last {_SHOWN_REQUESTS} requests, newest first", _REQUEST_COLUMNS, rows)
        meter = self.control.emulator.log.meter()
        body = Markup("<h1>Requests</h1><p>Answered and metered: {} Core, {} CorePlus.</p>{}")
        return parts.shown(200, "Requests", body.format(meter["core"], meter["coreplus"], table))

    def faults(self, request: Request, match: re.Match[str]) -> Response:
        rows = [
            (
                rule.effect,
                rule.company,
                rule.entity,
                rule.operation,
                rule.seen,
                rule.applied,
                parts.button(f"/_console/faults/{rule.id}/clear", "Clear"),
            )
            for rule in self.control.faults()
        ]
        options = Markup("").join(
            Markup('<option value="{}">{}: {}</option>').format(name, name, what)
            for name, what in EFFECTS.items()
        )
        form = Markup(
            '<form method="post" action="/_console/faults">'
            '<p><label for="effect">Effect</label> <select id="effect" name="effect">{}</select></p>'
            '<p><label for="entity">Entity</label> <input id="entity" name="entity" value="*"></p>'
            '<p><label for="operation">Operation</label> <input id="operation" name="operation" value="*"></p>'
            '<p><label for="times">Times</label> <input id="times" name="times" inputmode="numeric" value="1"></p>'
            '<p><label for="code">Code of the fault</label> <input id="code" name="code" inputmode="numeric"></p>'
            '<p><label for="seconds">Seconds</label> <input id="seconds" name="seconds" value="0"></p>'
            '<p><label for="per_minute">Calls a minute</label> '
            '<input id="per_minute" name="per_minute" inputmode="numeric"></p>'
            '<p><button type="submit">Add the fault</button></p></form>'
        ).format(options)
        columns = ("Effect", "Company", "Entity", "Operation", "Seen", "Applied", "")
        body = Markup("<h1>Faults</h1>{}{}{}").format(
            parts.said(request), form, parts.table("Active rules", columns, rows)
        )
        return parts.shown(200, "Faults", body)

    def add_fault(self, request: Request, match: re.Match[str]) -> Response:
        form = request.form
        rule: dict[str, object] = {name: form.get(name) or "*" for name in ("entity", "operation")}
        rule["code"] = form.get("code", "").strip()
        if form.get("per_minute", "").isdecimal():
            rule["per_minute"] = int(form["per_minute"])
        if form.get("times", "").isdecimal() and int(form["times"]):
            rule["times"] = int(form["times"])
        try:
            self.control.add_fault(effect=form.get("effect", ""), seconds=form.get("seconds") or "0", **rule)
        except BadRule as error:
            return redirect("/_console/faults?" + urlencode({"said": str(error)}))
        return redirect("/_console/faults")

    def clear_fault(self, request: Request, match: re.Match[str]) -> Response:
        self.control.clear_faults(match["rule"])
        return redirect("/_console/faults")

    def _edit(
        self, realm: str, record: str | None, request: Request | None, operation: str, address: str
    ) -> Response:
        try:
            self.control.edit(
                realm, "Customer", record, _fields(request.form) if request else None, operation
            )
        except Fault as fault:
            return redirect(
                f"{address}?" + urlencode({"said": f"QuickBooks refuses: {fault.detail}"}, quote_via=quote)
            )
        return redirect(f"{address}?" + urlencode({"said": "Saved."}))


def _guarded(handler: Callable[[Console, Request, re.Match[str]], Response]) -> Callable[..., Response]:
    def run(console: Console, request: Request, match: re.Match[str]) -> Response:
        try:
            return handler(console, request, match)
        except ControlError as error:
            body = Markup("<h1>Not found</h1><p>{}</p>").format(str(error))
            return parts.shown(404, "Not found", body)

    return run


def _customer_form(address: str, title: str, record: Body) -> Markup:
    values = {
        "DisplayName": record.get("DisplayName", ""),
        "GivenName": record.get("GivenName", ""),
        "FamilyName": record.get("FamilyName", ""),
        "CompanyName": record.get("CompanyName", ""),
        "Mail": record.get("PrimaryEmailAddr", {}).get("Address", ""),
        "Phone": record.get("PrimaryPhone", {}).get("FreeFormNumber", ""),
    }
    inputs = Markup("").join(
        Markup('<p><label for="{}">{}</label> <input id="{}" name="{}" value="{}"></p>').format(
            name, name, name, name, value
        )
        for name, value in values.items()
    )
    return Markup(
        '<h2>{}</h2><form method="post" action="{}">{}<p><button type="submit">Save</button></p></form>'
    ).format(title, address, inputs)


def _fields(form: Mapping[str, str]) -> Body:
    fields: Body = {
        name: form[name] for name in ("DisplayName", "GivenName", "FamilyName", "CompanyName") if name in form
    }
    if "Mail" in form:
        fields["PrimaryEmailAddr"] = {"Address": form["Mail"]}
    if "Phone" in form:
        fields["PrimaryPhone"] = {"FreeFormNumber": form["Phone"]}
    return fields


_COMPANY = r"/_console/companies/(?P<realm>[^/]+)"
Page = Callable[[Control, Request, re.Match[str]], Response]


def _plain(handler: Page) -> Callable[[Console, Request, re.Match[str]], Response]:
    """A page that needs only the desk."""
    return lambda console, request, match: handler(console.control, request, match)


_ROUTES: tuple[tuple[str, str, Callable[..., Response]], ...] = tuple(
    (method, pattern, _guarded(handler))
    for method, pattern, handler in (
        ("GET", "/", Console.companies),
        ("GET", _COMPANY, Console.customers),
        ("POST", _COMPANY + "/customers", Console.create),
        ("GET", _COMPANY + r"/customers/(?P<id>\d+)", Console.customer),
        ("POST", _COMPANY + r"/customers/(?P<id>\d+)", Console.update),
        ("POST", _COMPANY + r"/customers/(?P<id>\d+)/(?P<verb>deactivate|reactivate)", Console.switch),
        ("POST", _COMPANY + r"/customers/(?P<id>\d+)/merge", _plain(company_pages.merge)),
        ("GET", _COMPANY + "/settings", _plain(company_pages.settings)),
        ("POST", _COMPANY + "/settings", _plain(company_pages.turn)),
        ("POST", _COMPANY + "/texts", _plain(company_pages.texts)),
        ("POST", _COMPANY + "/plan", _plain(company_pages.plan)),
        ("POST", _COMPANY + "/disconnect", _plain(company_pages.disconnect)),
        ("POST", _COMPANY + "/end-consents", _plain(company_pages.end_consents)),
        ("GET", _COMPANY + record_pages.LIST, _plain(company_pages.records)),
        ("POST", _COMPANY + record_pages.LIST, _plain(record_pages.create)),
        ("GET", _COMPANY + record_pages.ONE, _plain(record_pages.record)),
        ("POST", _COMPANY + record_pages.ONE, _plain(record_pages.update)),
        ("POST", _COMPANY + record_pages.ONE + "/cent", _plain(record_pages.cent)),
        (
            "POST",
            _COMPANY + record_pages.ONE + f"/(?P<operation>{'|'.join(record_pages.OPERATIONS)})",
            _plain(record_pages.operate),
        ),
        ("GET", addresses.PATTERN, _plain(addresses.lead_on)),
        ("GET", desk_pages.STATE, _plain(desk_pages.state)),
        ("POST", desk_pages.STATE + "/world", _plain(desk_pages.begin)),
        ("POST", desk_pages.STATE + "/clock", _plain(desk_pages.clock)),
        ("POST", desk_pages.STATE + "/snapshot", _plain(desk_pages.snapshot)),
        ("POST", desk_pages.STATE + "/restore", _plain(desk_pages.restore)),
        ("GET", desk_pages.WEBHOOKS, _plain(desk_pages.webhooks)),
        ("POST", desk_pages.WEBHOOKS, _plain(desk_pages.set_webhooks)),
        ("POST", desk_pages.WEBHOOKS + "/clear", _plain(desk_pages.clear_webhooks)),
        ("GET", "/_console/requests", Console.requests),
        ("GET", "/_console/faults", Console.faults),
        ("POST", "/_console/faults", Console.add_fault),
        ("POST", r"/_console/faults/(?P<rule>\d+)/clear", Console.clear_fault),
    )
)
