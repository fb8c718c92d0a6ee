"""Decides: generated requests for the fuzz test: shaped after the declared entities, or plain garbage. Seeded."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from quickbooks_emulator import Emulator, formats
from quickbooks_emulator.entities import ENTITIES, NOT_KEPT
from quickbooks_emulator.entities.declaration import BASE, Entity, Field, Kind
from quickbooks_emulator.forms.applied import SPENT
from quickbooks_emulator.messages import Request
from quickbooks_emulator.reports.run import REPORTS
from tests.emulator.client import SAMPLE
from tests.emulator.oddities import IDS, NUMBERS, ODD, SWITCHES, TEXTS


class Generator:
    """`next()` is one request for the data service of a company; `control()` and `oauth()` for the others."""

    def __init__(self, emulator: Emulator, seed: int) -> None:
        self.emulator = emulator
        self.chance = random.Random(seed)
        self._token = emulator.control.connect(SAMPLE).access_token
        self._names = sorted(ENTITIES)
        self._kinds: list[tuple[int, Callable[[], Request]]] = [
            (10, self._write), (10, self._sale), (5, self._settle), (4, self._change), (3, self._remove), (5, self._query),
            (1, self._noisy_query), (2, self._batch), (1, self._cdc), (1, self._report), (2, self._read), (1, self._paper),
            (1, self._garbage), (1, self._attachment),
        ]  # fmt: skip

    def next(self) -> Request:
        weights = [weight for weight, _ in self._kinds]
        (make,) = self.chance.choices([kind for _, kind in self._kinds], weights)
        request = make()
        if self.chance.random() < 0.05 and request.body.startswith(b"{"):
            request = self._in_xml(request)
        if self.chance.random() < 0.03:
            request = replace(
                request, path=f"/{self._pick(('sandbox', 'sandbox', 'production'))}{request.path}"
            )
        return request

    def _in_xml(self, request: Request) -> Request:
        """The same members in XML, as far as they have names that can be written."""
        entity = next(
            (one.name for one in ENTITIES.values() if request.path.endswith(f"/{one.path}")), "Nope"
        )
        try:
            written = formats.to_xml({entity: json.loads(request.body)})
        except (ValueError, RecursionError):
            return request
        inner = written[
            written.index(b"<", written.index(b"<IntuitResponse") + 1) : -len(b"</IntuitResponse>")
        ]
        headers = {**request.headers, "content-type": "application/xml"}
        return replace(request, body=inner, headers=headers)

    # values

    def _pick(self, values: Any) -> Any:
        return self.chance.choice(values)

    def _odd(self) -> Any:
        return self._pick((self._pick(TEXTS), self._pick(NUMBERS), self._pick(ODD)))

    def _money(self) -> Any:
        if self.chance.random() < 0.05:
            return self._pick((*NUMBERS, *TEXTS))
        return self.chance.randrange(1, 50_000) / 100

    def _day(self) -> str:
        return f"2026-{self.chance.randrange(1, 13):02}-{self.chance.randrange(1, 29):02}"

    def _some_id(self, entity: str) -> str:
        rows = list(self.emulator.store.collection(f"records/{SAMPLE}/{entity}").rows)
        return str(self._pick(rows)) if rows and self.chance.random() < 0.95 else str(self._pick(IDS))

    def _reference(self, entity: str) -> Any:
        return {"value": self._some_id(entity)}

    def _value(self, field: Field) -> Any:
        if self.chance.random() < 0.15:
            return self._odd()
        if field.kind is Kind.REF:
            return self._reference(field.target or self._pick(self._names))
        made: dict[Kind, Callable[[], Any]] = {
            Kind.TEXT: lambda: self._pick(TEXTS),
            Kind.BOOL: lambda: self._pick((True, False, "true")),
            Kind.NUMBER: lambda: self._pick(NUMBERS),
            Kind.MONEY: self._money,
            Kind.DATE: self._day,
            Kind.ENUM: lambda: self._pick((*field.values, "Wrong")),
            Kind.ADDRESS: lambda: {"Line1": self._pick(TEXTS), "City": self._pick(TEXTS), "Id": "1"},
            Kind.PHONE: lambda: {"FreeFormNumber": self._pick(TEXTS)},
            Kind.EMAIL: lambda: {"Address": self._pick(("a@b.example", *TEXTS))},
            Kind.WEB: lambda: {"URI": self._pick(("http://a.example", *TEXTS))},
            Kind.OPEN: self._odd,
        }
        if field.name.endswith("Prefs"):
            return {
                self._pick(SWITCHES): self._pick(
                    (self._odd(), True, {"value": "1"}, [{"CustomField": [self._odd()]}])
                )
            }
        return made[field.kind]()

    def _lines(self) -> Any:
        lines = [self._line() for _ in range(self._pick((0, 1, 1, 1, 2, 2, 3)))]
        return lines if self.chance.random() < 0.95 else self._odd()

    def _line(self) -> Any:
        chance = self.chance.random()
        line: dict[str, Any] = {"Amount": self._money(), "DetailType": "SalesItemLineDetail"}
        if chance < 0.88:
            line["SalesItemLineDetail"] = {
                "ItemRef": self._reference("Item"),
                **({"TaxCodeRef": {"value": self._pick(("TAX", "NON", "2", ""))}} if chance < 0.2 else {}),
            }
        elif chance < 0.91:
            line = {"DetailType": "DiscountLineDetail", "Amount": self._money(),
                    "DiscountLineDetail": {"PercentBased": self._pick((True, False)), "DiscountPercent": self._pick(NUMBERS)}}  # fmt: skip
        elif chance < 0.94:
            line |= {"DetailType": "AccountBasedExpenseLineDetail",
                     "AccountBasedExpenseLineDetail": {"AccountRef": self._reference("Account")}}  # fmt: skip
        elif chance < 0.97:
            line |= {"DetailType": "JournalEntryLineDetail", "Amount": 10,
                     "JournalEntryLineDetail": {"PostingType": self._pick(("Debit", "Credit")), "AccountRef": self._reference("Account"),
                                                "Entity": {"Type": "Customer", "EntityRef": self._reference("Customer")}}}  # fmt: skip
        else:
            line[
                str(self._pick(("DetailType", "Amount", "Id", "LinkedTxn", "SalesItemLineDetail", "Nope")))
            ] = self._odd()
        return line

    # requests

    def request(
        self, method: str, path: str, body: Any = None, raw: bytes | None = None, **headers: str
    ) -> Request:
        path, _, query = path.partition("?")
        sent = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        return Request(
            method, f"/v3/company/{SAMPLE}{path}", query,
            {"authorization": f"Bearer {self._token}", "accept": "application/json", **headers}, sent,
        )  # fmt: skip

    def _entity(self) -> Entity:
        return ENTITIES[self._pick(self._names)]

    def _write(self) -> Request:
        entity = self._entity()
        body = {
            field.name: self._value(field)
            for field in entity.fields
            if field is not BASE and self.chance.random() < 0.25
        }
        if entity.name_field and self.chance.random() < 0.8:
            body[entity.name_field] = f"Fuzz {self.chance.randrange(10**6)}"
        if "Line" in entity.by_name and self.chance.random() < 0.8:
            body["Line"] = self._lines()
        if self.chance.random() < 0.05:
            body[str(self._pick(TEXTS))] = self._odd()
        if self.chance.random() < 0.3:
            body |= self._identity(entity)
        params = {"requestid": str(self.chance.randrange(50))} if self.chance.random() < 0.03 else {}
        return self.request("POST", f"/{entity.path}?{urlencode(params)}", body)

    def _sale(self) -> Request:
        name = self._pick(("Invoice", "Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt", "Estimate"))
        body: dict[str, Any] = {
            "CustomerRef": self._reference("Customer"),
            "Line": self._lines(),
            "TxnDate": self._day(),
        }
        if name == "RefundReceipt":
            body["DepositToAccountRef"] = {"value": "35"}
        if self.chance.random() < 0.2:
            body["TxnTaxDetail"] = {"TxnTaxCodeRef": {"value": self._pick(("2", "3", "9"))}}
        if self.chance.random() < 0.1:
            body["LinkedTxn"] = [{"TxnId": self._some_id("Estimate"), "TxnType": "Estimate"}]
        return self.request("POST", f"/{name.lower()}", body)

    def _settle(self) -> Request:
        kind = self._pick(("Invoice", "Invoice", "CreditMemo", "JournalEntry", *SPENT))
        target_of = SPENT.get(kind, kind)
        lines = [
            {"Amount": self._money(), "LinkedTxn": [{"TxnId": self._some_id(target_of), "TxnType": kind}]}
            for _ in range(self.chance.randrange(0, 3))
        ]
        rows = list(self.emulator.store.collection(f"records/{SAMPLE}/Invoice").values())
        target = self._pick(rows) if rows else None
        if target is not None and self.chance.random() < 0.7:
            amount = float(target.body["Balance"]) / self._pick((1, 1, 2)) or 1
            lines = [{"Amount": round(amount, 2), "LinkedTxn": [{"TxnId": target.id, "TxnType": "Invoice"}]}]
            total, customer = round(amount, 2), target.body["CustomerRef"]
        else:
            total, customer = self._money(), self._reference("Customer")
        return self.request("POST", "/payment", {"CustomerRef": customer, "TotalAmt": total, "Line": lines})

    def _identity(self, entity: Entity) -> dict[str, Any]:
        record_id = self._some_id(entity.name)
        record = self.emulator.store.collection(f"records/{SAMPLE}/{entity.name}").get(record_id)
        token = str(record.token) if record is not None and self.chance.random() < 0.9 else self._odd()
        return {
            "Id": record_id,
            "SyncToken": token,
            **({"sparse": True} if self.chance.random() < 0.6 else {}),
        }

    def _change(self) -> Request:
        """A full update with what was read, one member changed."""
        entity = self._entity()
        record = self.emulator.store.collection(f"records/{SAMPLE}/{entity.name}").get(
            self._some_id(entity.name)
        )
        body = self._identity(entity)
        if record is not None:
            shown = {name: value for name, value in record.body.items() if not name.startswith("_")}
            body = {**json.loads(json.dumps(shown, default=float)), **body}
        for field in self.chance.sample([one for one in entity.fields if one is not BASE], 2):
            body[field.name] = self._value(field)
        return self.request("POST", f"/{entity.path}", body)

    def _remove(self) -> Request:
        entity = self._entity()
        operation = self._pick(
            (
                "operation=delete",
                "operation=void",
                "include=void",
                "operation=update&include=void",
                "operation=nope",
            )
        )
        return self.request("POST", f"/{entity.path}?{operation}", self._identity(entity))

    def query(self) -> str:
        entity = self._entity()
        names = [
            "Id",
            "MetaData.LastUpdatedTime",
            "MetaData.CreateTime",
            "Nope",
            "BillAddr.City",
            *entity.by_name,
        ]
        text = f"select {self._pick(('*', 'count(*)', 'Id, Name', ''))} from {self._pick((entity.name, entity.name.upper(), self._pick(sorted(NOT_KEPT) or ['X'])))}"
        for number in range(self.chance.randrange(0, 3)):
            value = "'" + str(self._pick((*TEXTS, *IDS))).replace("\\", "").replace("'", "\\'") + "'"
            name, operator = self._pick(names), self._pick(("=", "<", ">", "<=", ">=", "!=", "LIKE", "IN"))
            right = (
                f"({value}, '2')" if operator == "IN" else self._pick((value, "true", "5", "CURRENT_DATE"))
            )
            text += f" {'and' if number else 'where'} {name} {operator} {right}"
        if self.chance.random() < 0.4:
            text += f" {self._pick(('ORDERBY', 'order by'))} {self._pick(names)} {self._pick(('', 'asc', 'DESC'))}"
        if self.chance.random() < 0.6:
            text += f" startposition {self._pick((0, 1, 5, -3, 10**12))} maxresults {self._pick((1, 5, 20, 0, 1000, 1001))}"
        return text

    def _query(self) -> Request:
        text = self.query()
        if self.chance.random() < 0.5:
            return self.request("GET", f"/query?query={quote(text)}")
        return self.request("POST", "/query", raw=text.encode(), **{"content-type": "application/text"})

    def _noisy_query(self) -> Request:
        words = self.query().split(" ")
        for _ in range(self.chance.randrange(1, 4)):
            words.insert(
                self.chance.randrange(len(words) + 1),
                str(self._pick(("(", ")", "'", "\\", "and", ",", "*", "😀", "--", ";"))),
            )
        return self.request("GET", f"/query?query={quote(' '.join(words))}")

    def _batch(self) -> Request:
        items: list[Any] = []
        for number in range(self._pick((0, 1, 3, 5, 31))):
            made = self._pick((self._write, self._sale, self._remove))()
            entity = made.path.rsplit("/", 1)[1]
            item = {"bId": f"b{number}", "operation": self._pick(("create", "update", "delete", "void", "send", "revert", 5)),
                    next(one.name for one in ENTITIES.values() if one.path == entity): json.loads(made.body)}  # fmt: skip
            items.append(self._pick((item, item, item, {"bId": "q", "Query": self.query()}, {"CDCQuery": self._odd()},
                                     {"ReportQuery": self._pick((*REPORTS, "x"))}, self._odd())))  # fmt: skip
        return self.request(
            "POST",
            "/batch",
            self._pick(({"BatchItemRequest": items}, {"BatchItemRequest": items}, items, self._odd())),
        )

    def _cdc(self) -> Request:
        entities = (
            ",".join(self.chance.sample(self._names, 3))
            if self.chance.random() < 0.8
            else str(self._pick(TEXTS))
        )
        since = self._pick(("2026-02-28T00:00:00-08:00", "2026-03-01", "2020-01-01", *TEXTS))
        return self.request("GET", "/cdc?" + urlencode({"entities": entities, "changedSince": since}))

    def _report(self) -> Request:
        names = ("start_date", "end_date", "report_date", "date_macro", "accounting_method", "customer", "columns", "num_periods",
                 "aging_period", "group_by", "sort_by", "sort_order", "summarize_column_by", "past_due", "term", "docnum")  # fmt: skip
        values = (
            self._day(),
            self._day(),
            "this month",
            "Cash",
            "3",
            "tx_date,doc_num",
            "Customer",
            "Days",
            "due_date",
            *TEXTS,
        )
        params = {self._pick(names): self._pick(values) for _ in range(self.chance.randrange(0, 4))}
        return self.request("GET", f"/reports/{self._pick((*REPORTS, 'Nope'))}?{urlencode(params)}")

    def _read(self) -> Request:
        entity = self._entity()
        record_id = self._pick(
            (self._some_id(entity.name), self._some_id(entity.name), quote(str(self._pick(TEXTS)), safe=""))
        )
        return self.request("GET", f"/{entity.path}/{record_id}")

    def _paper(self) -> Request:
        entity = self._pick(("Invoice", "Invoice", "Payment", "Customer", "Bill"))
        path = f"/{entity.lower()}/{self._some_id(entity)}"
        if self.chance.random() < 0.5:
            return self.request("GET", path + "/pdf")
        return self.request("POST", path + "/send?sendTo=" + quote(str(self._pick(("a@b.example", *TEXTS)))))

    def _attachment(self) -> Request:
        if self.chance.random() < 0.3:
            return self.request("GET", f"/download/{self._pick(IDS)}")
        body = (
            self.chance.randbytes(20)
            + b'--x\r\nContent-Disposition: form-data; name="file_metadata_0"\r\n\r\n'
            + json.dumps(self._odd()).encode()
            + b"\r\n--x--"
        )
        kind = self._pick(
            (
                "multipart/form-data; boundary=x",
                "multipart/form-data",
                "text/plain",
                "multipart/form-data; boundary=",
            )
        )
        return self.request("POST", "/upload", raw=body, **{"content-type": kind})

    def _garbage(self) -> Request:
        method = self._pick(("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"))
        path = "/" + "/".join(
            quote(str(self._pick((*TEXTS, "customer", "1", "query", "batch", "upload"))), safe="")
            for _ in range(self.chance.randrange(0, 5))
        )
        raw = self._pick(
            (
                self.chance.randbytes(30),
                b"{",
                b"[]",
                b"null",
                b"1",
                b'"x"',
                b"<a/>",
                b'{"a":' * 2000,
                b"\xff\xfe",
                b"{}",
            )
        )
        headers = {
            "content-type": str(self._pick(("application/json", "application/xml", "", "x/y"))),
            "accept": str(self._pick(("*/*", "application/xml", "", "x"))),
        }
        return self.request(
            method,
            path
            + "?"
            + self._pick(("", "minorversion=75", "%ff=%zz", "operation=&include=", "requestid=" + "r" * 51)),
            raw=raw,
            **headers,
        )
