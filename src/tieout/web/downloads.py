"""Acts: hands a file to the browser. What is in it was decided elsewhere, a CSV file cell by cell safe."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def csv_file(name: str, content: bytes) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def attachment(name: str, content: bytes, content_type: str, *, inline: bool = False) -> HttpResponse:
    """Any other file. ``inline``: shown by the browser when it can, for types that cannot run anything."""
    headers = {
        "Content-Disposition": content_disposition_header(not inline, name) or "attachment",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=content_type, headers=headers)
