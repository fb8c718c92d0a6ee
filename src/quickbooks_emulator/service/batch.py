"""Acts: runs the items of a batch one after the other; each is kept or refused on its own."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from quickbooks_emulator import faults, formats
from quickbooks_emulator.documented import documented
from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.query.run import Visible
from quickbooks_emulator.query.run import run as run_query
from quickbooks_emulator.reports.run import run as run_report
from quickbooks_emulator.service import replay
from quickbooks_emulator.service.changes import changes
from quickbooks_emulator.service.writes import options_of
from quickbooks_emulator.store import Store
from quickbooks_emulator.store.books import Books

Write = Callable[[Books, str, str, Any], Body]
_NOT_ENTITIES = ("bId", "operation", "optionsData", "Query", "CDCQuery", "ReportQuery")


@dataclass(frozen=True, slots=True)
class BatchTrouble:
    """What fault rules do to one batch: items refused with a code or left out (by bId), shuffled."""

    fail: tuple[str, ...] = ()
    code: str = "10000"
    omit: tuple[str, ...] = ()
    shuffle_seed: int | None = None


NO_TROUBLE = BatchTrouble()


@dataclass(slots=True)
class Batch:
    """One batch call. `write` does one create, update or delete: (books, entity, operation, payload) -> document."""

    store: Store
    books: Books
    write: Write
    request_id: str = ""
    remember_ids: bool = True
    visible: Visible | None = None
    trouble: BatchTrouble = NO_TROUBLE
    objects: int = 0  # rows that query items have answered so far

    def run(self, payload: Any) -> Body:
        """The response's members. More than 30 items refuse the whole batch; a Fault inside is one item's."""
        items = payload.get("BatchItemRequest") if isinstance(payload, Mapping) else None
        if not isinstance(items, list) or not items:
            raise faults.required("BatchItemRequest")
        if len(items) > self.books.knobs.batch_items:
            raise faults.batch_too_large(self.books.knobs.batch_items)
        answers = [self._item(item) for item in items]
        answers = [answer for answer in answers if answer.get("bId") not in self.trouble.omit]
        if self.trouble.shuffle_seed is not None:
            random.Random(self.trouble.shuffle_seed).shuffle(answers)  # noqa: S311 - a simulation
        return {"BatchItemResponse": answers}

    def _item(self, item: Any) -> Body:
        if not isinstance(item, Mapping):
            raise faults.unreadable("each BatchItemRequest must be an object")
        name = {"bId": str(item["bId"])} if "bId" in item else {}
        mark = self.books.transaction.mark()
        try:
            if name.get("bId") in self.trouble.fail:
                raise documented(self.trouble.code)
            return {**self._answer(item, name.get("bId", "")), **name}
        except faults.Fault as fault:
            self.books.transaction.roll_back(mark)
            details = self.books.knobs.fault_details
            return {"Fault": fault.worded(details).envelope(in_batch=True), **name}

    def _answer(self, item: Mapping[str, Any], bid: str) -> Body:
        if "Query" in item:
            found = run_query(self.books, str(item["Query"]), self.visible)
            return {"QueryResponse": self._capped(found)}
        if "CDCQuery" in item:
            return {"CDCResponse": self._changes(item["CDCQuery"])}
        if "ReportQuery" in item:
            name, _, params = str(item["ReportQuery"]).partition("?")
            asked = {key.lower(): value for key, value in parse_qsl(params)}
            return {"Report": run_report(self.books, name.strip("/").rpartition("/")[2], asked)}
        named = [key for key in item if key not in _NOT_ENTITIES]
        if len(named) != 1:
            raise faults.required("BatchItemRequest entity")
        entity, operation = named[0], str(item.get("operation", "create")).lower()
        self.books.options = options_of(str(item.get("optionsData", "")))
        if "void" in self.books.options:
            operation = "void"
        if not self.request_id:
            return self.write(self.books, entity, operation, item[entity])
        return self._once(f"{self.request_id}{bid}", entity, operation, item[entity])

    def _changes(self, asked: Any) -> Body:
        """The schema names the members Entities and ChangedSince."""
        if not isinstance(asked, Mapping):
            raise faults.unreadable("CDCQuery must be an object")
        found = changes(
            self.books, str(asked.get("Entities", "")), str(asked.get("ChangedSince", "")), self.visible
        )
        (answer,) = found["CDCResponse"]
        return {"QueryResponse": [self._capped(group) for group in answer["QueryResponse"]]}

    def _capped(self, group: Body) -> Body:
        """At most 1000 objects over the whole batch (documented). Later items get fewer rows, as a tap in production steps
        its pages by what came; a switch refuses them instead."""
        knobs = self.books.knobs
        if knobs.batch_objects is None:
            return group
        kept = dict(group)
        for name, rows in group.items():
            if not isinstance(rows, list):
                continue
            left = knobs.batch_objects - self.objects
            if len(rows) > left and knobs.batch_objects_refused:
                raise faults.too_many_objects(knobs.batch_objects)
            kept[name] = rows[:left]
            self.objects += len(kept[name])
            if not kept[name]:
                return {}
            kept["maxResults"] = len(kept[name])
        return kept

    def _once(self, request_id: str, entity: str, operation: str, payload: Any) -> Body:
        """The service joins the batch's id and the item's bId (recorded)."""
        replay.check_length(request_id)
        books, body = self.books, formats.to_json(payload)
        realm = books.company.realm
        if self.remember_ids:
            found = replay.find(self.store, books.knobs, realm, request_id, body, books.now)
            if found is not None:
                document: Body = formats.from_json(found.body)
                return document
        document = self.write(books, entity, operation, payload)
        if self.remember_ids:
            answer = replay.Answer(200, formats.to_json(document), replay.digest(body), books.now)
            replay.keep(self.store, books.knobs, books.transaction, realm, request_id, answer)
        return document
