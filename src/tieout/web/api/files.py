"""Acts: brings lists out and in as CSV files, by the filters and verbs of the pages. What is exported can be imported again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse

from tieout.practice.access import require
from tieout.practice.actions.billing_import import (
    KINDS,
    import_billing_draft,
    keep_billing_upload,
    read_billing_draft,
)
from tieout.practice.actions.client_import import ImportRefused, import_draft, keep_upload, read_draft
from tieout.practice.billing_csv import COLUMNS
from tieout.practice.billing_export import balance_rows, headings, invoice_rows, item_rows, payment_rows
from tieout.practice.csv_text import BadFile, decode, write_csv
from tieout.practice.drafts import ImportDraft
from tieout.practice.firms import Member
from tieout.practice.permissions import Permission
from tieout.practice.validation import Invalid
from tieout.web.api import clients, invoices, payments, service_items
from tieout.web.api.calling import ApiRequest
from tieout.web.api.kinds_of_value import Given, Shown, Text
from tieout.web.api.routes import Section
from tieout.web.billing.invoice_list import INVOICES
from tieout.web.billing.item_list import ITEMS
from tieout.web.billing.payment_list import PAYMENTS
from tieout.web.client_file import clients_file
from tieout.web.downloads import csv_file
from tieout.web.listing import Asked

section = Section("Files", "Lists as CSV files, to take them out and to bring them in.")
CSV = "text/csv"
MOST_TOLD = 300
"""Errors told at once."""
Found = tuple[int, Sequence[str], list[tuple[int, str, str]]]
"""Rows without errors, headings there is no place for, and (line, column, sentence)."""


class FileGiven(Given):
    """``content``: the file's text, its headings in the first line. ``dry_run`` only says what would come of it.

    A file with errors is refused as a whole, unless ``skip_errors`` says to leave those rows out.
    """

    content: Text
    dry_run: bool = False
    skip_errors: bool = False


class RowError(Shown):
    line: int
    column: str
    message: str


class FileRead(Shown):
    """``imported``: rows that are in the practice now; none after a dry run."""

    ready: int
    imported: int
    ignored: list[str]
    errors: list[RowError]


def clients_out(request: ApiRequest, asked: Asked) -> HttpResponse:
    return clients_file(clients.found(request, asked))


def items_out(request: ApiRequest, asked: Asked) -> HttpResponse:
    return _file("items", item_rows(service_items.found(request, asked)))


def invoices_out(request: ApiRequest, asked: Asked) -> HttpResponse:
    return _file("invoices", invoice_rows(request.member.firm_id, invoices.found(request, asked)))


def balances_out(request: ApiRequest, asked: Asked) -> HttpResponse:
    return _file("balances", balance_rows(request.member.firm_id, invoices.found(request, asked)))


def payments_out(request: ApiRequest, asked: Asked) -> HttpResponse:
    return _file("payments", payment_rows(request.member.firm_id, payments.found(request, asked)))


def _file(kind: str, rows: Iterable[Sequence[str]]) -> HttpResponse:
    return csv_file(f"tieout-{kind}.csv", write_csv(headings(kind), rows))


def importing(kind: str) -> Callable[..., dict[str, Any]]:
    """The view that takes a file of this kind."""

    def view(request: ApiRequest, body: FileGiven) -> dict[str, Any]:
        member, now, content = request.member, request.now, body.content.encode()
        try:
            ready, ignored, errors = _read(member, kind, decode(content), now)
            if errors and not (body.dry_run or body.skip_errors):
                raise Invalid(
                    {f"line {line}, {column}": told for line, column, told in reversed(errors[:MOST_TOLD])}
                )
            imported = 0 if body.dry_run else _bring(member, kind, content, now, skip=body.skip_errors)
        except (BadFile, ImportRefused) as problem:
            raise Invalid({"content": str(problem)}) from problem
        told = [
            {"line": line, "column": column, "message": said} for line, column, said in errors[:MOST_TOLD]
        ]
        return {"ready": ready, "imported": imported, "ignored": list(ignored), "errors": told}

    return view


def _read(member: Member, kind: str, text: str, now: datetime) -> Found:
    """What would come of the file. Saves nothing. Raises BadFile."""
    if kind == "clients":
        require(member, Permission.IMPORT_CLIENTS)
        read = read_draft(member.firm_id, text)
        return (
            len(read.valid),
            read.ignored,
            [(each.line, each.column, each.sentence) for each in read.problems],
        )
    draft = ImportDraft(firm_id=member.firm_id, kind=kind, content=text)
    sheet, _ = read_billing_draft(member, draft, now)
    labels = {column.field: column.label for column in COLUMNS[kind]}
    return (
        len(sheet.valid),
        sheet.ignored,
        [
            (row.line, labels.get(name, "Row"), told)
            for row in sheet.invalid
            for name, told in row.problems.items()
        ],
    )


def _bring(member: Member, kind: str, content: bytes, now: datetime, *, skip: bool) -> int:
    """Raises BadFile, ImportRefused."""
    told: dict[str, Any] = {"member": member, "file_name": "from the API", "content": content, "now": now}
    if kind == "clients":
        draft = keep_upload(**told)
        done = import_draft(member=member, draft_id=draft.pk, skip_errors=skip, now=now)
    else:
        draft = keep_billing_upload(kind=kind, **told)
        done = import_billing_draft(member=member, kind=kind, draft_id=draft.pk, skip_errors=skip, now=now)
    return done.imported_count


_FILES = (
    ("clients", "clients", Permission.EXPORT_CLIENTS, Permission.IMPORT_CLIENTS, clients_out, clients.CLIENTS),
    ("items", "service-items", Permission.VIEW_BILLING, KINDS["items"].permission, items_out, ITEMS),
    ("invoices", "invoices", Permission.VIEW_BILLING, KINDS["invoices"].permission, invoices_out, INVOICES),
    ("balances", "open-balances", Permission.VIEW_BILLING, KINDS["balances"].permission, balances_out, INVOICES),
    ("payments", "payments", Permission.VIEW_BILLING, KINDS["payments"].permission, payments_out, PAYMENTS),
)  # fmt: skip
for _kind, _words, _out, _in, _view, _list in _FILES:
    _name = _words.replace("-", "_")
    _told = _words.replace("-", " ")
    section.file(
        f"/files/{_words}",
        _out,
        f"export_{_name}",
        CSV,
        _view,
        kind=_list,
        summary=f"{_told.capitalize()} as a file, all or those that are asked for",
    )
    section.custom(
        "POST",
        f"/files/{_words}",
        _in,
        f"import_{_name}",
        importing(_kind),
        takes=FileGiven,
        shape=FileRead,
        summary=f"Bring {_told} in from a file",
    )
