"""Acts: clients as a CSV file, for the page's export and the API's: every column, their tags and primary contact."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse

from tieout.practice.client_csv import HEADINGS, export_row
from tieout.practice.clients import Client, Contact
from tieout.practice.csv_text import write_csv
from tieout.web.downloads import csv_file


def clients_file(clients: QuerySet[Client]) -> HttpResponse:
    """Those that a funnel allowed, in their order. Built whole: the firm's scope ends with the view."""
    primary = Prefetch(
        "contacts", queryset=Contact.objects.filter(is_primary=True), to_attr="primary_contacts"
    )
    found = clients.select_related("assigned_to__user").prefetch_related(primary, "tagged__tag")
    rows = (
        export_row(
            each, (each.primary_contacts or [Contact()])[0], [row.tag.name for row in each.tagged.all()]
        )
        for each in found
    )
    return csv_file("tieout-clients.csv", write_csv(HEADINGS, rows))
