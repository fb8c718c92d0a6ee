"""Acts: the web console: companies, their customers, edits as if in QuickBooks, last requests, fault switches."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote, urlencode

from markupsafe import Markup

from quickbooks_emulator.console.layout import STYLE, STYLE_PATH, page
from quickbooks_emulator.control.api import is_foreign
from quickbooks_emulator.control.desk import Control, ControlError
from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.faults import Fault
from quickbooks_emulator.messages import Request, Response, html_response, redirect, text_response
from quickbooks_emulator.trouble.rules import EFFECTS, BadRule

_POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
_SHOWN_REQUESTS = 100
_REQUEST_COLUMNS = ("number", "at", "method", "path", "status", "operation", "faults", "tid")


class Console:
    """Answers every path that is neither OAuth, the API nor the control API."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def answer(self, request: Request) -> Response:
        if request.path == STYLE_PATH:
            return text_response(200, STYLE, "text/css;charset=utf-8")
        for method, pattern, handler in _ROUTES:
            match = re.fullmatch(pattern, request.path)
            if match and method == request.method:
                if method == "POST" and is_foreign(request):
                    return self._page(403, "Refused", Markup("<p>Forms of another site are refused.</p>"))
                return handler(self, request, match)
        return self._page(
            404, "Not found", Markup("<h1>Not found</h1><p>There is no page {}.</p>").format(request.path)
        )

    def companies(self, request: Request, match: re.Match[str]) -> Response:
        rows = [
            (Markup('<a href="/_console/companies/{}">{}</a>').format(one.realm, one.name), one.realm)
            for one in self._control.emulator.companies()
        ]
        time = self._control.emulator.clock.now().isoformat(timespec="seconds")
        body = Markup(
            "<h1>Companies</h1><p>Virtual time: {}. The control API is at <code>/_control</code>.</p>{}"
        )
        return self._page(
            200, "Companies", body.format(time, _table("Companies", ("Name", "Company id"), rows))
        )

    def customers(self, request: Request, match: re.Match[str]) -> Response:
        company = self._control.company(match["realm"])
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
            for one in self._control.records(company.realm, "Customer")
        ]
        columns = ("Customer", "Id", "Mail", "Balance", "State", "SyncToken")
        form = _customer_form(f"/_console/companies/{company.realm}/customers", "Create a customer", {})
        body = Markup("<h1>{}</h1>{}{}{}").format(
            company.name, _said(request), form, _table("Customers", columns, rows)
        )
        return self._page(200, company.name, body)

    def customer(self, request: Request, match: re.Match[str]) -> Response:
        found = [one for one in self._control.records(match["realm"], "Customer") if one["Id"] == match["id"]]
        if not found:
            raise ControlError(f"There is no customer {match['id']}.")
        record, address = found[0], f"/_console/companies/{match['realm']}/customers/{match['id']}"
        verb = "deactivate" if record["Active"] else "reactivate"
        body = Markup(
            '<h1>{}</h1>{}{}<form method="post" action="{}/{}"><p><button type="submit">{}</button></p></form>'
            '<p><a href="/_console/companies/{}">All customers</a></p>'
        ).format(
            record["DisplayName"],
            _said(request),
            _customer_form(address, "Edit as if in QuickBooks", record),
            address,
            verb,
            verb.capitalize(),
            match["realm"],
        )
        return self._page(200, str(record["DisplayName"]), body)

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
        entries = list(reversed(self._control.emulator.log.entries()[-_SHOWN_REQUESTS:]))
        rows = [
            tuple(", ".join(cell) if isinstance(cell, tuple) else cell for cell in cells)
            for cells in ([getattr(entry, column) for column in _REQUEST_COLUMNS] for entry in entries)
        ]
        table = _table(f"The last {_SHOWN_REQUESTS} requests, newest first", _REQUEST_COLUMNS, rows)
        return self._page(200, "Requests", Markup("<h1>Requests</h1>{}").format(table))

    def faults(self, request: Request, match: re.Match[str]) -> Response:
        rows = [
            (
                rule.effect,
                rule.company,
                rule.entity,
                rule.operation,
                rule.seen,
                rule.applied,
                _clear_button(rule.id),
            )
            for rule in self._control.faults()
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
            '<p><label for="seconds">Seconds</label> <input id="seconds" name="seconds" value="0"></p>'
            '<p><button type="submit">Add the fault</button></p></form>'
        ).format(options)
        columns = ("Effect", "Company", "Entity", "Operation", "Seen", "Applied", "")
        body = Markup("<h1>Faults</h1>{}{}{}").format(
            _said(request), form, _table("Active rules", columns, rows)
        )
        return self._page(200, "Faults", body)

    def add_fault(self, request: Request, match: re.Match[str]) -> Response:
        form = request.form
        rule: dict[str, object] = {name: form.get(name) or "*" for name in ("entity", "operation")}
        if form.get("times", "").isdigit() and int(form["times"]):
            rule["times"] = int(form["times"])
        try:
            self._control.add_fault(effect=form.get("effect", ""), seconds=form.get("seconds") or "0", **rule)
        except BadRule as error:
            return redirect("/_console/faults?" + urlencode({"said": str(error)}))
        return redirect("/_console/faults")

    def clear_fault(self, request: Request, match: re.Match[str]) -> Response:
        self._control.clear_faults(match["rule"])
        return redirect("/_console/faults")

    def _edit(
        self, realm: str, record: str | None, request: Request | None, operation: str, address: str
    ) -> Response:
        try:
            self._control.edit(
                realm, "Customer", record, _fields(request.form) if request else None, operation
            )
        except Fault as fault:
            return redirect(
                f"{address}?" + urlencode({"said": f"QuickBooks refuses: {fault.detail}"}, quote_via=quote)
            )
        return redirect(f"{address}?" + urlencode({"said": "Saved."}))

    def _page(self, status: int, title: str, body: Markup) -> Response:
        return html_response(status, page(title, body), Content_Security_Policy=_POLICY)


def _guarded(handler: Callable[[Console, Request, re.Match[str]], Response]) -> Callable[..., Response]:
    def run(console: Console, request: Request, match: re.Match[str]) -> Response:
        try:
            return handler(console, request, match)
        except ControlError as error:
            body = Markup("<h1>Not found</h1><p>{}</p>").format(str(error))
            return html_response(404, page("Not found", body), Content_Security_Policy=_POLICY)

    return run


def _table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Markup:
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(column) for column in columns)
    lines = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row))
        for row in rows
    )
    return Markup(
        '<div class="scroll"><table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(caption, head, lines)


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


def _said(request: Request) -> Markup:
    sentence = request.params.get("said", "")
    return Markup('<p role="status">{}</p>').format(sentence) if sentence else Markup("")


def _clear_button(rule: str) -> Markup:
    return Markup(
        '<form class="inline" method="post" action="/_console/faults/{}/clear"><button type="submit">Clear</button></form>'
    ).format(rule)


_COMPANY = r"/_console/companies/(?P<realm>[^/]+)"
_ROUTES: tuple[tuple[str, str, Callable[..., Response]], ...] = tuple(
    (method, pattern, _guarded(handler))
    for method, pattern, handler in (
        ("GET", "/", Console.companies),
        ("GET", _COMPANY, Console.customers),
        ("POST", _COMPANY + "/customers", Console.create),
        ("GET", _COMPANY + r"/customers/(?P<id>\d+)", Console.customer),
        ("POST", _COMPANY + r"/customers/(?P<id>\d+)", Console.update),
        ("POST", _COMPANY + r"/customers/(?P<id>\d+)/(?P<verb>deactivate|reactivate)", Console.switch),
        ("GET", "/_console/requests", Console.requests),
        ("GET", "/_console/faults", Console.faults),
        ("POST", "/_console/faults", Console.add_fault),
        ("POST", r"/_console/faults/(?P<rule>\d+)/clear", Console.clear_fault),
    )
)
