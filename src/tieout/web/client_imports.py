"""Acts: the pages that bring clients in from a file and take them out to one. Upload, preview, confirm; export."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from tieout.practice.access import access_import_draft, visible_clients
from tieout.practice.actions.client_import import ImportRefused, import_draft, keep_upload, known_of
from tieout.practice.client_csv import HEADINGS, example_rows, read_clients
from tieout.practice.csv_text import LARGEST_FILE, BadFile, write_csv
from tieout.practice.permissions import Permission
from tieout.practice.sheets import MOST_ROWS
from tieout.web.access import FirmRequest, requires
from tieout.web.client_file import clients_file
from tieout.web.client_list import ListQuery
from tieout.web.downloads import csv_file

SHOWN_ROWS = 20
SHOWN_PROBLEMS = 300


class UploadForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        allow_empty_file=True,
        help_text=f"At most {LARGEST_FILE // 1024**2} MB and {MOST_ROWS:,} rows. Nothing is imported yet.",
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".csv,.txt,.tsv,text/csv"}),
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.IMPORT_CLIENTS)
def upload(request: FirmRequest) -> HttpResponse:
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            draft = keep_upload(
                member=request.member,
                file_name=file.name,
                content=file.read(LARGEST_FILE + 1),
                now=timezone.now(),
            )
        except BadFile as problem:
            form.add_error("file", str(problem))
        else:
            return redirect("clients_import_preview", draft.pk)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "clients/import_upload.html", {"form": form, "headings": HEADINGS}, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.IMPORT_CLIENTS)
def preview(request: FirmRequest, draft_id: uuid.UUID) -> HttpResponse:
    """What the file would do, and on POST doing it. Both read the kept file; nothing comes back from the browser."""
    now = timezone.now()
    draft = access_import_draft(request.member, draft_id, now=now)
    refusal = ""
    if request.method == "POST" and draft.imported_at is None:
        try:
            draft = import_draft(
                member=request.member, draft_id=draft_id, skip_errors="skip_errors" in request.POST, now=now
            )
        except ImportRefused as problem:
            refusal = str(problem)
        else:
            count = draft.imported_count
            messages.success(request, f"Imported {count:,} client{'' if count == 1 else 's'}.")
            return redirect("clients_import_preview", draft.pk)
    if draft.imported_at is not None:
        return render(request, "clients/import_done.html", {"draft": draft})
    try:
        known = known_of(request.member.firm_id)
        read = read_clients(draft.content, known, request.member.firm_id)
    except BadFile as problem:
        messages.error(request, str(problem))
        return redirect("clients_import")
    problems = read.problems
    return render(
        request,
        "clients/import_preview.html",
        {
            "draft": draft,
            "valid": len(read.valid),
            "invalid": len(read.invalid),
            "lookalikes": read.lookalikes[:SHOWN_ROWS],
            "lookalike_count": len(read.lookalikes),
            "new_tags": read.new_tags(known),
            "ignored": read.ignored,
            "sample": read.valid[:SHOWN_ROWS],
            "problems": problems[:SHOWN_PROBLEMS],
            "more_problems": max(0, len(problems) - SHOWN_PROBLEMS),
            "refusal": refusal,
        },
        status=422 if refusal else 200,
    )


@require_GET
@requires(Permission.IMPORT_CLIENTS)
def example(request: FirmRequest) -> HttpResponse:
    return csv_file("tieout-clients-example.csv", write_csv(HEADINGS, example_rows()))


@require_GET
@requires(Permission.EXPORT_CLIENTS)
def export(request: FirmRequest) -> HttpResponse:
    """The list as it is filtered, every column."""
    return clients_file(ListQuery.read(request.GET).apply(visible_clients(request.member)))


urlpatterns: list[URLPattern] = [
    path("export.csv", export, name="clients_export"),
    path("import/", upload, name="clients_import"),
    path("import/example.csv", example, name="clients_import_example"),
    path("import/<uuid:draft_id>/", preview, name="clients_import_preview"),
]
