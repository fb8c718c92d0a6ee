"""Acts: answers one call of the company data service inside one transaction. Called by `emulator.py`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from quickbooks_emulator import faults, formats
from quickbooks_emulator.attachments import files
from quickbooks_emulator.calls import Call, query_text
from quickbooks_emulator.documented import documented
from quickbooks_emulator.entities import BY_PATH, ENTITIES, NOT_KEPT, settings, tax_service
from quickbooks_emulator.entities.declaration import Body, Entity, Family
from quickbooks_emulator.entities.exchange_rate import known_rate
from quickbooks_emulator.entities.render import envelope_time, render
from quickbooks_emulator.entities.values import numeric_id
from quickbooks_emulator.forms.basics import today
from quickbooks_emulator.knobs import Knobs
from quickbooks_emulator.messages import JSON_TYPE, Request, Response
from quickbooks_emulator.papers import routes as papers
from quickbooks_emulator.query.run import Visible
from quickbooks_emulator.query.run import run as run_query
from quickbooks_emulator.reports.run import run as run_report
from quickbooks_emulator.service import replay
from quickbooks_emulator.service.batch import NO_TROUBLE, Batch, BatchTrouble
from quickbooks_emulator.service.changes import changes
from quickbooks_emulator.service.lag import Lag
from quickbooks_emulator.service.writes import delete, existing, options_of, void, write
from quickbooks_emulator.store import Store, Transaction
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Company, Record

_NOT_KEPT_PATHS = {name.lower(): name for name in NOT_KEPT}
_SINGLE_ID = "1"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What fault rules changed about the world one call meets."""

    forget_ids: bool = False
    refused: faults.Fault | None = None
    retotal: Decimal = Decimal(0)
    lag: Lag | None = None
    batch: BatchTrouble = NO_TROUBLE


class DataService:
    """The routes of one company. Holds nothing but the store and the knobs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def answer(
        self, call: Call, request: Request, company: Company, knobs: Knobs, now_ms: int, met: Conditions
    ) -> tuple[Response, bool]:
        """The answer, and whether it was a stored one said again. Faults become envelopes; the transaction of
        a refused write is undone."""
        time = envelope_time(now_ms, company.time_zone)
        by_id = call.is_write and bool(call.request_id)
        try:
            if met.refused is not None:
                raise met.refused
            if by_id:
                replay.check_length(call.request_id)
            with self._store.transaction() as transaction:
                if by_id and not met.forget_ids:
                    kept = replay.find(
                        self._store, knobs, company.realm, call.request_id, request.body, now_ms // 1000
                    )
                    if kept is not None:
                        return Response(kept.status, kept.body, {"Content-Type": JSON_TYPE}), True
                books = Books(self._store, transaction, company, ENTITIES, now_ms, knobs)
                found = self._route(books, call, request, met)
                response = (
                    found if isinstance(found, Response) else respond(request, 200, {**found, "time": time})
                )
                if by_id and not met.forget_ids:
                    self._keep(transaction, call, request, company, knobs, now_ms, response)
        except faults.Fault as fault:
            said = fault.worded(knobs.fault_details)
            response = respond(request, fault.status, {"Fault": said.envelope(), "time": time})
            if by_id and knobs.request_id_keeps_faults and not met.forget_ids:
                with self._store.transaction() as transaction:
                    self._keep(transaction, call, request, company, knobs, now_ms, response)
        return response, False

    def _keep(
        self,
        transaction: Transaction,
        call: Call,
        request: Request,
        company: Company,
        knobs: Knobs,
        now_ms: int,
        response: Response,
    ) -> None:
        answer = replay.Answer(response.status, response.body, replay.digest(request.body), now_ms // 1000)
        replay.keep(self._store, knobs, transaction, company.realm, call.request_id, answer)

    def _route(self, books: Books, call: Call, request: Request, met: Conditions) -> Body | Response:
        """What goes into the envelope; a Response where the answer has none (reports, files)."""
        books.base_url, books.retotal = request.base_url, met.retotal
        if request.unreadable:
            raise faults.unreadable(request.unreadable)
        visible = _visible(books, met.lag)
        if call.operation == "query":
            return {"QueryResponse": run_query(books, query_text(request), visible)}
        if call.operation == "cdc" and request.method == "GET":
            params = request.params
            return changes(books, params.get("entities", ""), params.get("changedsince", ""), visible)
        if call.operation == "upload" and request.method == "POST":
            need_subscription(books)
            return files.take_in(books, request)
        if call.entity == "download" and request.method == "GET" and len(call.segments) == 2:
            return files.download(books, call.record)
        if papers.matches(call, request):
            return papers.answer(books, call, request)
        if call.unreadable:
            raise faults.unreadable(call.unreadable)
        if call.operation == "batch" and request.method == "POST":
            return Batch(
                self._store, books, _write_one, call.request_id, not met.forget_ids, visible, met.batch
            ).run(call.payload)
        if call.entity == "reports" and request.method == "GET" and len(call.segments) == 2:
            return respond(request, 200, run_report(books, call.segments[1], request.params))
        if call.operation == "read" and request.method == "GET" and len(call.segments) <= 2:
            return _read(books, call, request)
        if call.is_write and tuple(one.lower() for one in call.segments) == ("taxservice", "taxcode"):
            need_subscription(books)
            return tax_service.create(books, call.payload)
        if call.is_write and len(call.segments) == 1:
            books.options = options_of(request.params.get("include", ""))
            return _write_one(books, call.segments[0], call.operation, call.payload)
        raise faults.no_such_path(request.path)


def respond(request: Request, status: int, document: Body) -> Response:
    """XML only when Accept asks for it or is missing; `format=json` and */* mean JSON (documented default is XML)."""
    accept = request.header("accept")
    wants_json = request.params.get("format", "").lower() == "json" or "json" in accept or "*/*" in accept
    if wants_json:
        content_type = JSON_TYPE if status == 200 else "application/json"
        return Response(status, formats.to_json(document), {"Content-Type": content_type})
    return Response(status, formats.to_xml(document), {"Content-Type": "application/xml;charset=UTF-8"})


def _read(books: Books, call: Call, request: Request) -> Body:
    entity = _entity(call.segments[0], request.path)
    if entity is None:
        raise faults.not_found()
    if entity.family is Family.SINGLE:
        record_id = _SINGLE_ID
        if call.record not in ("", _SINGLE_ID, books.company.realm):
            raise faults.not_found()
    elif len(call.segments) == 2:
        record_id = call.record
    elif entity.name == "ExchangeRate":  # asked for by currency and date (documented)
        params = request.params
        day = params.get("asofdate") or today(books)
        rate = known_rate(books, params.get("sourcecurrencycode", ""), day)
        if rate is None:
            raise faults.not_found()
        record_id = rate.id
    else:
        raise faults.no_such_path(request.path)
    stub = entity.name == "Customer" and books.knobs.missing_name_reads_as_stub
    if stub and books.get(entity.name, numeric_id(record_id)) is None:
        return {entity.name: {"BillAddr": {"Id": "1"}, "Active": False, "V4IDPseudonym": "0"}}
    printed = render(books, entity, existing(books, entity, record_id))
    if entity.name == "Invoice" and "invoicelink" in options_of(request.params.get("include", "")):
        printed |= _link(books, printed)
    return {entity.name: printed}


def _link(books: Books, invoice: Body) -> Body:
    """InvoiceLink: only when asked for, with online payment on and an address to send to (documented)."""
    payable = settings.preference(books, "SalesFormsPrefs", "ETransactionPaymentEnabled")
    if not payable or "BillEmail" not in invoice:
        return {}
    return {"InvoiceLink": f"{books.base_url}/t/scs-v1-{books.company.realm}-{invoice['Id']}"}


def _write_one(books: Books, path: str, operation: str, payload: Any) -> Body:
    entity = _entity(path, f"/v3/company/{books.company.realm}/{path}")
    if entity is None:
        raise faults.unsupported(f"{operation} {path} (not kept by this emulator)")
    if payload is None:
        raise faults.unreadable("the body is empty")
    need_subscription(books)
    if operation == "delete":
        deleted = delete(books, entity, payload)
        return {entity.name: {"domain": "QBO", "status": "Deleted", "Id": deleted}}
    if operation == "send":
        return papers.send_again(books, entity, payload)
    if operation == "void":
        return {entity.name: render(books, entity, void(books, entity, payload))}
    if operation not in ("create", "update"):
        raise faults.unsupported(f"{operation} {entity.name}")
    if entity.family is Family.SINGLE and isinstance(payload, dict):
        payload = {**payload, "Id": _SINGLE_ID}
    if operation == "update" and isinstance(payload, dict) and not payload.get("Id"):
        raise faults.required("Id")
    return {entity.name: render(books, entity, write(books, entity, payload))}


def need_subscription(books: Books) -> None:
    """6190: nothing can be written once the subscription has ended (documented text)."""
    if not settings.is_subscribed(books):
        raise documented("6190")


def _entity(path: str, whole: str) -> Entity | None:
    """None for one the real service has and the emulator does not keep. 500 for an unknown path."""
    entity = BY_PATH.get(path.lower())
    if entity is None and path.lower() not in _NOT_KEPT_PATHS:
        raise faults.no_such_path(whole)
    return entity


def _visible(books: Books, lag: Lag | None) -> Visible | None:
    if lag is None:
        return None

    def see(entity: str, record: Record) -> Record | None:
        return lag.see(books, entity, record)

    return see
