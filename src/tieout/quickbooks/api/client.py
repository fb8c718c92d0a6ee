"""Acts: the verbs of one company's data service, on plain documents. ``ledger`` is built on it.

Every refusal is an ``ApiError`` that already knows what to do next. Nothing is repeated here except one thing: a call
refused for its access token is sent once more after the token source has renewed it, byte for byte the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

from tieout.quickbooks.api import fault_meanings as means
from tieout.quickbooks.api import query
from tieout.quickbooks.api.fault_table import BY_STATUS
from tieout.quickbooks.api.faults import (
    ApiError,
    Fault,
    faults_in,
    faults_of_item,
    retry_after,
    rule_on,
    ruled,
)
from tieout.quickbooks.api.metering import metered_class
from tieout.quickbooks.api.network import NoAnswer, NotSent
from tieout.quickbooks.api.query import Condition
from tieout.quickbooks.api.reading import Reply, Shape, to_json
from tieout.quickbooks.api.transport import Call, Transport

Document = Mapping[str, Any]

CHANGE_CAP = 1000
"""Objects in one change-capture answer, over all entities together. An answer this long is cut."""
BATCH_CAP = 30


class TokenSource(Protocol):
    """Where access tokens come from. Both may raise ``oauth.OAuthError`` or an error of the caller's own."""

    def access(self) -> str: ...

    def renew(self, refused: str) -> str:
        """A token other than the ``refused`` one; refreshes unless somebody already did."""
        ...


@dataclass(frozen=True, slots=True)
class Written:
    """A write's clear yes: the record as it now is, and Intuit's reference."""

    document: Document
    reference: str


@dataclass(frozen=True, slots=True)
class Changes:
    """One change-capture answer."""

    documents: Mapping[str, Sequence[Document]]
    """Entity -> its changed records and deleted stubs (``status`` is ``Deleted``), as answered."""
    at: datetime | None
    """QuickBooks' clock when it began to answer; None when it did not say."""

    def of(self, entity: str) -> Sequence[Document]:
        return self.documents.get(entity, ())

    @property
    def total(self) -> int:
        return sum(len(rows) for rows in self.documents.values())


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One item's outcome in a batch: a body, or the error that stands in its place."""

    body: Document = field(default_factory=dict)
    error: ApiError | None = None


class Client:
    def __init__(
        self,
        company_id: str,
        transport: Transport,
        tokens: TokenSource,
        meter: Callable[[str], None] | None = None,
    ) -> None:
        """``meter`` is told the metered class of each call that succeeded."""
        self.company_id = company_id
        self._transport = transport
        self._tokens = tokens
        self._meter = meter
        self._base = f"{transport.endpoints.api}/v3/company/{quote(company_id, safe='')}/"

    def take_turn(self, following: int = 0) -> None:
        """Have a good token at hand and wait until the pace lets one call leave, for a call of another thread.
        ``following``: how many more are to be expected at once."""
        self._tokens.access()
        self._transport.take_turn(following)

    def drop_turn(self) -> None:
        """That call does not leave after all."""
        self._transport.drop_turn()

    def company_info(self) -> Document:
        return self._read_one("CompanyInfo", self.company_id)

    def preferences(self) -> Document:
        reply = self._call("GET", "preferences", label="read Preferences")
        return _member(reply, "Preferences", writing=False)

    def read(self, entity: str, record_id: str) -> Document:
        """One record by id. Raises ``ApiError`` with code 610 when QuickBooks does not have it."""
        return self._read_one(entity, record_id)

    def rows(self, entity: str, *conditions: Condition) -> Sequence[Document]:
        """At most one page of rows: for questions whose answer is known to be short."""
        return self._page(entity, conditions, start=1)

    def pages(self, entity: str, *conditions: Condition) -> Iterator[Sequence[Document]]:
        """Every row, a page at a time, each id once.

        Stops at a page shorter than asked, never by a total (those are unreliable); drops ids already given, because
        QuickBooks has been seen to answer one row too many, and rows move when a record is added meanwhile.
        """
        seen: set[str] = set()
        start = 1
        while True:
            rows = self._page(entity, conditions, start=start)
            fresh = [row for row in rows if row.get("Id") not in seen]
            seen.update(str(row.get("Id")) for row in fresh)
            if fresh:
                yield fresh
            if len(rows) < query.PAGE:
                return
            start += query.PAGE

    def count(self, entity: str, *conditions: Condition) -> int:
        reply = self._ask(query.count(entity, *conditions), label=f"count {entity}")
        total = _member(reply, "QueryResponse", writing=False).get("totalCount")
        if not isinstance(total, int):
            raise _unreadable(reply, writing=False)
        return total

    def write(self, entity: str, path: str, body: bytes) -> Written:
        """Send a prepared create or update: ``path`` (with its requestid) and ``body`` exactly as journalled."""
        reply = self._call("POST", path, content=body, writing=True, label=f"write {entity}")
        return Written(_member(reply, entity, writing=True), reply.reference)

    def create(self, entity: str, document: Document, *, request_id: str) -> Written:
        return self.write(entity, write_path(entity, request_id), to_json(document))

    def update(self, entity: str, document: Document, *, request_id: str) -> Written:
        """Change only the given members. ``document`` must carry ``Id`` and ``SyncToken``."""
        return self.write(entity, write_path(entity, request_id), to_json({**document, "sparse": True}))

    def batch(
        self, items: Sequence[Document], *, request_id: str = "", writing: bool = True
    ) -> Sequence[BatchItem]:
        """Up to 30 items, answered in their order whatever order QuickBooks chose. Not atomic.

        Each item is the member of a batch request without its ``bId``. Batches are metered even when they only write.
        One that writes needs a ``request_id``; one that reads must have none, or it is answered from memory.
        """
        if len(items) > BATCH_CAP:
            raise ValueError(f"a batch holds at most {BATCH_CAP} items")
        body = {"BatchItemRequest": [{**item, "bId": str(place)} for place, item in enumerate(items)]}
        path = f"batch?requestid={quote(request_id, safe='')}" if request_id else "batch"
        reply = self._call("POST", path, content=to_json(body), writing=writing, batch=True, label="batch")
        return _answers(reply, len(items), writing=writing)

    def ask_many(self, questions: Sequence[str]) -> Sequence[BatchItem]:
        """Up to 30 questions as one call: metered once instead of once each. Bodies hold ``QueryResponse``."""
        return self.batch([{"Query": text} for text in questions], writing=False)

    def changes(self, entities: Collection[str], since: datetime) -> Changes:
        """What changed at or after ``since`` in one answer; cut at ``CHANGE_CAP`` without saying so."""
        asked = (("entities", ",".join(sorted(entities))), ("changedSince", query.instant(since)))
        reply = self._call("GET", "cdc", query_items=asked, label="changes")
        blocks = reply.data.get("CDCResponse")
        if not isinstance(blocks, list):
            raise _unreadable(reply, writing=False)
        return Changes(_changed(blocks, reply), moment(reply.data.get("time")))

    def changes_and(
        self, entities: Collection[str], since: datetime, questions: Sequence[str]
    ) -> tuple[Changes, Sequence[Document]]:
        """``changes``, and the ``QueryResponse`` of each question, metered as one call. Raises for any that is refused.

        At most ``BATCH_CAP`` - 1 questions. Source: Intuit's batch reference and its schema (``CDCQuery``).
        """
        asked = {"Entities": ",".join(sorted(entities)), "ChangedSince": query.instant(since)}
        items: list[Document] = [{"CDCQuery": asked}, *({"Query": text} for text in questions)]
        body = {"BatchItemRequest": [{**item, "bId": str(place)} for place, item in enumerate(items)]}
        reply = self._call("POST", "batch", content=to_json(body), batch=True, label="changes and questions")
        answers = _answers(reply, len(items), writing=False)
        for answer in answers:
            if answer.error is not None:
                raise answer.error
        blocks = answers[0].body.get("CDCResponse")
        if not isinstance(
            blocks, list | Mapping
        ):  # an answer that says nothing is no word that nothing changed
            raise _unreadable(reply, writing=False)
        changed = _changed(blocks if isinstance(blocks, list) else [blocks], reply)
        told = [_member_of(answer.body, "QueryResponse", reply) for answer in answers[1:]]
        return Changes(changed, moment(reply.data.get("time"))), told

    def report(self, name: str, options: Mapping[str, str]) -> Document:
        """A report as QuickBooks prints it: ``Header``, ``Columns``, ``Rows``."""
        asked = tuple(sorted(options.items()))
        reply = self._call("GET", f"reports/{name}", query_items=asked, label=f"report {name}")
        if not isinstance(reply.data.get("Columns"), Mapping):
            raise _unreadable(reply, writing=False)
        document: Document = reply.data
        return document

    def _read_one(self, entity: str, record_id: str) -> Document:
        path = f"{entity.lower()}/{quote(record_id, safe='')}"
        reply = self._call("GET", path, label=f"read {entity}")
        found = _member(reply, entity, writing=False)
        if entity != "CompanyInfo" and str(found["Id"]) != record_id:
            raise _unreadable(reply, writing=False)  # an answer about another record says nothing of this one
        return found

    def _page(self, entity: str, conditions: Sequence[Condition], *, start: int) -> Sequence[Document]:
        reply = self._ask(query.select(entity, *conditions, start=start), label=f"query {entity}")
        rows = _member(reply, "QueryResponse", writing=False).get(
            entity, []
        )  # no rows: the member is missing
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise _unreadable(reply, writing=False)
        return rows

    def _ask(self, text: str, *, label: str) -> Reply:
        """By POST: long lists of ids fit, and names stay out of addresses and their logs. Metered like a GET."""
        headers = {"Content-Type": "application/text"}
        return self._call("POST", "query", content=text.encode(), headers=headers, label=label)

    def _call(
        self,
        method: str,
        path: str,
        *,
        query_items: tuple[tuple[str, str], ...] = (),
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        writing: bool = False,
        batch: bool = False,
        label: str,
    ) -> Reply:
        """An answer that is a JSON object without faults; anything else is raised as ``ApiError``."""
        call = Call(
            method,
            self._base + path,
            query=query_items,
            content=content,
            headers=headers or ({"Content-Type": "application/json"} if content else {}),
            batch=batch,
            label=label,
        )
        try:
            reply = self._send_with_token(call)
        except NotSent as failure:
            fault = Fault(None, message=str(failure), status=0)
            raise ApiError(fault, ruled(means.UNREACHABLE, fault)) from failure
        except NoAnswer as failure:
            fault = Fault(None, message=str(failure), status=0)
            meaning = means.NO_CLEAR_ANSWER if writing else means.READ_FAILED
            raise ApiError(fault, ruled(meaning, fault)) from failure
        if reply.broken_off and reply.status not in BY_STATUS:
            raise _unreadable(reply, writing=writing)
        if found := faults_in(reply):
            raise _error(found[0], reply, writing=writing)
        if self._meter is not None:
            self._meter(metered_class(call))
        if reply.shape is not Shape.JSON or not isinstance(reply.data, Mapping):
            raise _unreadable(reply, writing=writing)
        return reply

    def _send_with_token(self, call: Call) -> Reply:
        token = self._tokens.access()
        reply = self._transport.send(_authorized(call, token))
        if reply.status != 401:
            return reply
        return self._transport.send(_authorized(call, self._tokens.renew(token)))


def write_path(entity: str, request_id: str, option: str = "") -> str:
    """Where a write goes, with the idempotency id; relative to the company, whose id stays out of it.

    ``option``: what makes it something else than a create or an update, such as ``operation=void``.
    """
    asked = f"{option}&" if option else ""
    return f"{entity.lower()}?{asked}requestid={quote(request_id, safe='')}"


def moment(text: object) -> datetime | None:
    """An instant of an envelope or of MetaData; None when there is none, or it has no zone."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _authorized(call: Call, token: str) -> Call:
    return replace(call, headers={**call.headers, "Authorization": f"Bearer {token}"})


def _member(reply: Reply, name: str, *, writing: bool) -> Document:
    """The named object of an answer. An answer without it is no clear answer."""
    found = reply.data.get(name)
    if not isinstance(found, Mapping) or (
        name not in {"QueryResponse", "Preferences"} and not found.get("Id")
    ):
        raise _unreadable(reply, writing=writing)
    return found


def _error(fault: Fault, reply: Reply, *, writing: bool) -> ApiError:
    ruling = rule_on(fault, writing=writing)
    return ApiError(fault, ruling, reference=reply.reference, retry_after=retry_after(reply, fault))


def _unreadable(reply: Reply, *, writing: bool) -> ApiError:
    fault = Fault(None, message="unreadable answer", status=reply.status)
    meaning = means.NO_CLEAR_ANSWER if writing else means.READ_FAILED
    return ApiError(fault, ruled(meaning, fault), reference=reply.reference)


def _answers(reply: Reply, asked: int, *, writing: bool) -> list[BatchItem]:
    """A batch's answers in the order asked; one that is missing is no clear answer."""
    answers = reply.data.get("BatchItemResponse")
    if not isinstance(answers, list):
        raise _unreadable(reply, writing=writing)
    by_place = {str(answer.get("bId")): answer for answer in answers if isinstance(answer, Mapping)}
    return [_batch_item(by_place.get(str(place)), reply, writing) for place in range(asked)]


def _changed(blocks: Sequence[Document], reply: Reply) -> dict[str, list[Document]]:
    documents: dict[str, list[Document]] = {}
    for block in blocks:
        if found := faults_of_item(block):
            raise _error(found[0], reply, writing=False)
        for group in block.get("QueryResponse") or ():
            for entity, rows in group.items():  # by name: the groups' order is not promised
                if isinstance(rows, list):
                    if not all(isinstance(row, Mapping) and row.get("Id") for row in rows):
                        raise _unreadable(reply, writing=False)
                    documents.setdefault(entity, []).extend(rows)
    return documents


def _member_of(body: Document, name: str, reply: Reply) -> Document:
    found = body.get(name)
    if not isinstance(found, Mapping):
        raise _unreadable(reply, writing=False)
    return found


def _batch_item(answer: Document | None, reply: Reply, writing: bool) -> BatchItem:
    if answer is None:
        return BatchItem(error=_unreadable(reply, writing=writing))
    if found := faults_of_item(answer):
        return BatchItem(error=_error(found[0], reply, writing=writing))
    return BatchItem(body={name: value for name, value in answer.items() if name != "bId"})
