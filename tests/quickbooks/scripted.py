"""A QuickBooks that answers what a test tells it to, call by call; and token sources."""

import json
from decimal import Decimal

import httpx2

from tests.over_httpx import OverHttpx
from tieout.quickbooks.api.client import Client
from tieout.quickbooks.api.config import Environment, known
from tieout.quickbooks.api.transport import Transport
from tieout.quickbooks.entities import READY
from tieout.quickbooks.ledger import QuickBooksLedger

HERE = known(Environment.CUSTOM, "http://127.0.0.1:8399")
COMPANY = "9130347"


class Tokens:
    """Gives ``token-0``; each renewal gives the next number."""

    def __init__(self):
        self.number = 0
        self.refused = []

    def access(self):
        return f"token-{self.number}"

    def renew(self, refused):
        self.refused.append(refused)
        self.number += 1
        return self.access()


class Script:
    """Answers in order: a document (200), ``(status, bytes)``, or an exception. Keeps what it was sent."""

    def __init__(self, *answers):
        self.left = list(answers)
        self.seen = []

    def __call__(self, request):
        self.seen.append(request)
        answer = self.left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, body = answer if isinstance(answer, tuple) else (200, dump(answer))
        return httpx2.Response(status, content=body, headers={"intuit_tid": "tid-1"})

    @property
    def questions(self):
        """The query texts that were asked."""
        return [one.content.decode() for one in self.seen if one.url.path.endswith("/query")]


def dump(document):
    return json.dumps(
        document, default=lambda value: float(value) if isinstance(value, Decimal) else value
    ).encode()


def client(*answers, tokens=None, meter=None):
    script = Script(*answers)
    transport = Transport(OverHttpx(httpx2.MockTransport(script)), HERE)
    return Client(COMPANY, transport, tokens or Tokens(), meter), script


def ledger(*answers, settings=None):
    """A ledger that knows every entity, those that are not offered yet too."""
    made, script = client(*answers)
    return QuickBooksLedger(made, READY, settings), script


def page(entity, *rows, **envelope):
    inside = {entity: list(rows), "startPosition": 1, "maxResults": len(rows)} if rows else {}
    return {"QueryResponse": inside, "time": "2026-11-22T04:00:00.123-08:00", **envelope}


def feed(*groups, time="2026-11-22T04:00:00.123-08:00"):
    return {"CDCResponse": [{"QueryResponse": list(groups)}], "time": time}


def customer(id="1", name="Amy's Bird Sanctuary", token="0", **more):
    """As QuickBooks shows a minimal customer (minimul/qbo_api spec/vcr, 2020)."""
    return {
        "Taxable": True,
        "Job": False,
        "BillWithParent": False,
        "Balance": 0,
        "BalanceWithJobs": 0,
        "CurrencyRef": {"value": "USD", "name": "United States Dollar"},
        "PreferredDeliveryMethod": "Print",
        "domain": "QBO",
        "sparse": False,
        "Id": id,
        "SyncToken": token,
        "MetaData": {
            "CreateTime": "2026-11-22T03:59:00-08:00",
            "LastUpdatedTime": "2026-11-22T03:59:00-08:00",
        },
        "FullyQualifiedName": name,
        "DisplayName": name,
        "PrintOnCheckName": name,
        "Active": True,
        **more,
    }


def fault_answer(code, detail="", **more):
    """A refusal with this code."""
    return (
        400,
        dump({"Fault": {"Error": [{"code": code, "Detail": detail, **more}], "type": "ValidationFault"}}),
    )
