"""Acts: the pages that bring service items, invoices, open balances and payments in from a file. Upload, preview, confirm."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from tieout.practice.actions.billing_import import (
    KINDS,
    ImportKind,
    access_billing_draft,
    example_of,
    import_billing_draft,
    keep_billing_upload,
    read_billing_draft,
)
from tieout.practice.actions.client_import import ImportRefused
from tieout.practice.billing_csv import COLUMNS
from tieout.practice.csv_text import LARGEST_FILE, BadFile, write_csv
from tieout.practice.sheets import MOST_ROWS, SheetColumn
from tieout.web.access import FirmRequest, View, requires
from tieout.web.downloads import csv_file

SHOWN_ROWS = 20
SHOWN_PROBLEMS = 300
LISTS = {"items": "service_items", "invoices": "invoices", "balances": "invoices", "payments": "payments"}
"""Kind -> the list its rows are in afterwards."""


class UploadForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        allow_empty_file=True,
        help_text=f"At most {LARGEST_FILE // 1024**2} MB and {MOST_ROWS:,} rows. Nothing is imported yet.",
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".csv,.txt,.tsv,text/csv"}),
    )


def _upload(request: FirmRequest, kind: ImportKind) -> HttpResponse:
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            draft = keep_billing_upload(
                member=request.member,
                kind=kind.name,
                file_name=file.name,
                content=file.read(LARGEST_FILE + 1),
                now=timezone.now(),
            )
        except BadFile as problem:
            form.add_error("file", str(problem))
        else:
            return redirect(f"{kind.name}_import_preview", draft.pk)
    context = {"form": form, "kind": kind, "columns": _read_columns(kind), "list": LISTS[kind.name]}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "billing/import_upload.html", context, status=status)


def _preview(request: FirmRequest, kind: ImportKind, draft_id: uuid.UUID) -> HttpResponse:
    """What the file would do, and on POST doing it. Both read the kept file; nothing comes back from the browser."""
    member, now = request.member, timezone.now()
    draft = access_billing_draft(member, kind.name, draft_id, now=now)
    refusal = ""
    if request.method == "POST" and draft.imported_at is None:
        try:
            draft = import_billing_draft(
                member=member,
                kind=kind.name,
                draft_id=draft_id,
                skip_errors="skip_errors" in request.POST,
                now=now,
            )
        except ImportRefused as problem:
            refusal = str(problem)
        else:
            messages.success(request, f"Imported {draft.imported_count:,} rows of {kind.many}.")
            return redirect(f"{kind.name}_import_preview", draft.pk)
    context = {"draft": draft, "kind": kind, "list": LISTS[kind.name], "refusal": refusal}
    if draft.imported_at is not None:
        return render(request, "billing/import_done.html", context)
    try:
        sheet, _ = read_billing_draft(member, draft, now)
    except BadFile as problem:
        messages.error(request, str(problem))
        return redirect(f"{kind.name}_import")
    labels = {column.field: column.label for column in _read_columns(kind)}
    problems = [
        (row.line, labels.get(name, "Row"), sentence)
        for row in sheet.invalid
        for name, sentence in row.problems.items()
    ]
    told = {name for row in sheet.valid[:SHOWN_ROWS] for name, cell in row.cells.items() if cell}
    context |= {
        "valid": len(sheet.valid),
        "invalid": len(sheet.invalid),
        "ignored": sheet.ignored,
        "columns": [column for column in _read_columns(kind) if column.field in told],
        "sample": [
            (row.line, [(label, row.cells.get(name, "")) for name, label in labels.items() if name in told])
            for row in sheet.valid[:SHOWN_ROWS]
        ],
        "problems": problems[:SHOWN_PROBLEMS],
        "more_problems": max(0, len(problems) - SHOWN_PROBLEMS),
    }
    return render(request, "billing/import_preview.html", context, status=422 if refusal else 200)


def _read_columns(kind: ImportKind) -> list[SheetColumn]:
    return [column for column in COLUMNS[kind.name] if not column.shown_only]


def _views(kind: ImportKind) -> tuple[View, View, View]:
    def guarded(view: Callable[..., HttpResponse]) -> View:
        return requires(kind.permission)(view)

    return (
        require_http_methods(["GET", "POST"])(guarded(lambda request: _upload(request, kind))),
        require_http_methods(["GET", "POST"])(
            guarded(lambda request, draft_id: _preview(request, kind, draft_id))
        ),
        require_GET(
            guarded(
                lambda request: csv_file(f"tieout-{kind.name}-example.csv", write_csv(*example_of(kind.name)))
            )
        ),
    )


urlpatterns: list[URLPattern] = []
for _kind in KINDS.values():
    _first, _second, _third = _views(_kind)
    urlpatterns += [
        path(f"import/{_kind.name}/", _first, name=f"{_kind.name}_import"),
        path(f"import/{_kind.name}/example.csv", _third, name=f"{_kind.name}_import_example"),
        path(f"import/{_kind.name}/<uuid:draft_id>/", _second, name=f"{_kind.name}_import_preview"),
    ]
