"""Acts: looks in QuickBooks whether an unanswered write took place. Reads only. Used by ``ledger``.

A record of a name list has no room for a mark of ours: its name and all that was sent must be there, on a record no
older than our sending. A document carries our marker in its note, and only the marker makes it certain; one that
shows exactly what was sent without it (a person took it out, or made the same) is only alike.

A document is first looked for where it was put: that customer, that day. A person may have moved it to another day or
customer since, and a merge moves it without a word, so one that is not there is looked for once more, among all that
were made since it was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from tieout.quickbooks import notes, writing
from tieout.quickbooks.api.client import Client, moment
from tieout.quickbooks.api.faults import ApiError
from tieout.quickbooks.api.query import ANY_ACTIVITY, instant, where
from tieout.quickbooks.entity import QuickBooksEntity
from tieout.reconcile.ports import Found, PreparedWrite, Row
from tieout.reconcile.spec import Document

NOT_FOUND = 610
FIRST_TOKEN = "0"  # noqa: S105 - a SyncToken, which says how often a record was changed
CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far QuickBooks' clock may be behind ours when a record is judged to be newer than our sending."""
MADE_SINCE = timedelta(days=1)
"""How far before our sending the wide look begins. The marker decides and not the time, so that a clock of ours that is
a day ahead costs some rows and hides nothing."""


def look_for(
    client: Client,
    kind: QuickBooksEntity,
    write: PreparedWrite,
    *,
    sent_at: datetime | None = None,
    everywhere: bool = False,
) -> Found:
    """``sent_at``: when the attempt was first sent; a record of a name list that is older cannot be it.
    ``everywhere``: a document that is not where it was put is looked for among all made since."""
    sent = writing.sent_document(write)
    if write.record_id:
        return _look_for_change(client, kind, write, sent)
    if kind.signed:
        found = _where_it_was_put(kind, write, sent, client.rows(kind.resource, *kind.marker(sent)))
        if found.row is not None or not found.may_be_sent:
            return found
        if not everywhere:
            return replace(found, look_again=True)
        return _wherever_it_is(client, kind, write, sent, sent_at)
    rows = client.rows(kind.resource, *kind.marker(sent), ANY_ACTIVITY)
    units = writing.sent_units(kind, sent)

    def is_ours(document: Document) -> bool:
        return writing.shows(kind.row(document), units) and _made_after(document, sent_at)

    return _sorted_out(kind, rows, is_ours, lambda document: True)


def carries_marker(document: Document, request_id: str) -> bool:
    return notes.marker_of(document) == request_id


def _where_it_was_put(
    kind: QuickBooksEntity, write: PreparedWrite, sent: Document, rows: Iterable[Document]
) -> Found:
    units = writing.sent_units(kind, sent)
    return _sorted_out(
        kind,
        rows,
        lambda document: carries_marker(document, write.request_id),
        lambda document: not notes.marker_of(document) and writing.shows(kind.row(document), units),
    )


def _wherever_it_is(
    client: Client, kind: QuickBooksEntity, write: PreparedWrite, sent: Document, sent_at: datetime | None
) -> Found:
    """Among all made since: ours by its marker, or alike without any: two of customer, number, amounts and the moment of its
    making are as they would be. A person may have changed the rest."""
    since = sent_at and where("MetaData.CreateTime", ">=", instant(sent_at - MADE_SINCE))
    pages = client.pages(kind.resource, *((since,) if since else ()))
    customer, number, amounts = _customer(sent), str(sent.get("DocNumber") or ""), _amounts(sent)

    def is_alike(document: Document) -> bool:
        with kind.reading(document):
            if notes.marker_of(document):
                return False
            agree = (
                _amounts(document) == amounts,
                _customer(document) == customer,
                bool(number) and str(document.get("DocNumber") or "") == number,
                _made_with(document, sent_at),
            )
        return sum(agree) >= 2

    rows = (document for page in pages for document in page)
    found = _sorted_out(kind, rows, lambda document: carries_marker(document, write.request_id), is_alike)
    return replace(found, changed_since=True)  # a merge moves a document without a new version of it


def _customer(document: Document) -> str:
    return str((document.get("CustomerRef") or {}).get("value") or "")


def _amounts(document: Document) -> list[Decimal]:
    """What its rows come to. QuickBooks adds a row with their sum, which nobody sent."""
    lines = document.get("Line") or ()
    return [
        Decimal(str(line.get("Amount") or 0))
        for line in lines
        if line.get("DetailType") != "SubTotalLineDetail"
    ] or [Decimal(str(document.get("TotalAmt") or 0))]


def _sorted_out(
    kind: QuickBooksEntity,
    rows: Iterable[Document],
    is_ours: Callable[[Document], bool],
    is_alike: Callable[[Document], bool],
) -> Found:
    certain: list[Row] = []
    alike: list[Row] = []
    for document in rows:
        if is_ours(document):
            certain.append(kind.row(document))
        elif is_alike(document):
            alike.append(kind.row(document))
    if len(certain) == 1:
        return Found(certain[0], tuple(alike), changed_since=certain[0].record.token != FIRST_TOKEN)
    # A name is refused a second time; a document is not.
    return Found(None, (*certain, *alike), may_be_sent=kind.is_name_list or not (certain or alike))


def _look_for_change(client: Client, kind: QuickBooksEntity, write: PreparedWrite, sent: Document) -> Found:
    """An update took place when the token moved on and the record shows what was sent; a void when it is void."""
    try:
        row = kind.row(client.read(kind.resource, write.record_id))
    except ApiError as error:
        if error.fault.code == NOT_FOUND:
            return Found(None)
        raise
    if write.operation == "void":
        return Found(row if row.record.units.get(kind.void_unit) == writing.VOID else None)
    moved = _changes_since(row.record.token, str(sent["SyncToken"]))
    if moved and writing.shows(row, writing.sent_units(kind, sent)):
        return Found(row)
    return Found(None, perhaps_changed_back=moved > 1)


def _made_after(document: Document, sent_at: datetime | None) -> bool:
    if sent_at is None:
        return True
    made = moment((document.get("MetaData") or {}).get("CreateTime"))
    return made is not None and made >= sent_at - CLOCK_TOLERANCE


def _made_with(document: Document, sent_at: datetime | None) -> bool:
    """Whether it was made when ours was sent, as far as clocks tell."""
    made = moment((document.get("MetaData") or {}).get("CreateTime"))
    return sent_at is not None and made is not None and abs(made - sent_at) <= CLOCK_TOLERANCE


def _changes_since(token: str, expected: str) -> int:
    """How many changes lie between two SyncTokens, which are counters written as text; 2, for several, if they are not."""
    if token.isdecimal() and expected.isdecimal():
        return max(0, int(token) - int(expected))
    return 0 if token == expected else 2
