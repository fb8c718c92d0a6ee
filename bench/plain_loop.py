"""Acts: what one would otherwise write with python-quickbooks: a loop that pages, and a loop that saves. No journal, no doubts.

It runs against the same emulator in the same run, and keeps what it reads in the same PostgreSQL, with the fewest
statements it can do that with.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from django.db import connection as database
from intuitlib.client import AuthClient
from quickbooks.objects.base import Ref
from quickbooks.objects.customer import Customer
from quickbooks.objects.detailline import SalesItemLine, SalesItemLineDetail
from quickbooks.objects.invoice import Invoice
from quickbooks.objects.item import Item

from quickbooks import QuickBooks

REDIRECT = "http://127.0.0.1:8000/integrations/quickbooks/callback"


def client_of(address: str, realm: str, refresh_token: str) -> Any:
    """python-quickbooks, unmodified, with only its addresses changed."""
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # its own switch for plain http on loopback
    QuickBooks.sandbox_api_url_v3 = QuickBooks.api_url_v3 = f"{address}/v3"
    auth = AuthClient(
        client_id="EMULATOR-CLIENT-ID",
        client_secret="EMULATOR-CLIENT-SECRET",  # noqa: S106 - the emulator's, printed in its manual
        redirect_uri=REDIRECT,
        environment=f"{address}/.well-known/openid_sandbox_configuration/",
    )
    return QuickBooks(auth_client=auth, refresh_token=refresh_token, company_id=realm, minorversion=75)


def pull(books: Any) -> tuple[int, int]:
    """Read both lists whole and keep them. Returns how many customers and items."""
    with database.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS plain (kind text, id text, token text, body jsonb, PRIMARY KEY (kind, id))"
        )
    return _pull(books, Customer), _pull(books, Item)


def _pull(books: Any, kind: Any) -> int:
    start, total = 1, 0
    while True:
        page = kind.where(
            "Active IN (true, false)", start_position=start, max_results=1000, qb=books, order_by="Id"
        )
        rows = [(kind.__name__, one.Id, one.SyncToken, one.to_json()) for one in page]
        with database.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO plain VALUES (%s, %s, %s, %s::jsonb) ON CONFLICT (kind, id) DO UPDATE"
                " SET token = excluded.token, body = excluded.body",
                rows,
            )
        total += len(page)
        if len(page) < 1000:
            return total
        start += 1000


def push(books: Any, invoices: Iterable[tuple[str, str, str, Any, Any]]) -> int:
    """Save (number, QuickBooks customer, QuickBooks item, date, amount), one after another. Returns how many."""
    saved = 0
    for number, customer, item, date, amount in invoices:
        invoice = Invoice()
        invoice.DocNumber, invoice.TxnDate = number, date.isoformat()
        invoice.CustomerRef = Ref()
        invoice.CustomerRef.value = customer
        line = SalesItemLine()
        line.Amount = float(amount)
        line.SalesItemLineDetail = SalesItemLineDetail()
        line.SalesItemLineDetail.ItemRef = Ref()
        line.SalesItemLineDetail.ItemRef.value = item
        invoice.Line.append(line)
        invoice.save(qb=books)
        with database.cursor() as cursor:  # the least it must remember
            cursor.execute(
                "INSERT INTO plain VALUES ('Invoice', %s, %s, '{}'::jsonb)", [invoice.Id, invoice.SyncToken]
            )
        saved += 1
    return saved
