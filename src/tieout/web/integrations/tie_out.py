"""Acts: the tie-out: what clients owe on both sides on a day, why it differs, as a page and as files, and its signature."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from tieout.practice.billing_settings import currency_of
from tieout.practice.csv_text import write_csv
from tieout.practice.permissions import NotYours
from tieout.reconcile.ports import LedgerError
from tieout.sync import partners, tie_out, tie_out_daily
from tieout.sync.models import Connection, TieOut, TieOutLine
from tieout.web.access import FirmRequest
from tieout.web.downloads import attachment, csv_file
from tieout.web.integrations import tie_out_words as words
from tieout.web.integrations.gated import connected, kept
from tieout.web.integrations.remedies import RECORD_PAGES
from tieout.web.integrations.rights import sees_billing
from tieout.web.integrations.tie_out_pdf import tie_out_pdf
from tieout.web.paging import page_number

AT_ONCE = 2_000
LEDGER_PAGES = {"invoice", "payment", "credit"}
"""Kinds whose documents can be opened in QuickBooks."""


@kept
@require_GET
@sees_billing
def page(request: FirmRequest, connection: Connection) -> HttpResponse:
    """The last comparison of the day asked for, or of the latest one compared."""
    asked = _day(request.GET.get("day", ""))
    found = tie_out.of_day(connection, asked) if asked else tie_out.latest(connection)
    search = request.GET.get("search", "").strip()[:200]
    everyone = request.GET.get("show") == "all"
    today = tie_out_daily.today_of(connection, timezone.now())
    course, currency = tie_out.over_time(connection), currency_of(connection.firm_id)
    context: dict[str, Any] = {
        "connection": connection,
        "found": found,
        "day": (asked or (found.day if found else today)).isoformat(),
        "today": today.isoformat(),
        "agreement": words.agreement(found, currency),
        "currency": currency,
        "course": course[::-1],
        "drawing": words.drawing(course, currency),
        "snapshots": tie_out.snapshots(connection),
        "search": search,
        "everyone": everyone,
    }
    if found:
        lines = tie_out.lines_of(found, search=search, all_clients=everyone, page=page_number(request))
        context |= {
            "reasons": words.reasons(found),
            "clients_gone": tie_out.clients_are_gone(found),
            "lines": lines,
            "rows": [(line, _documents(connection, line)) for line in lines.rows],
            **_kept(found.day, search, everyone),
        }
    return render(request, "quickbooks/tie_out.html", context)


def _kept(day: date, search: str, everyone: bool) -> dict[str, str]:
    """The other parts of the address: for the other pages, without the search, and for the other choice of clients."""
    at = {"day": day.isoformat()}
    shown, named = {"show": "all"} if everyone else {}, {"search": search} if search else {}
    other = {} if everyone else {"show": "all"}
    return {
        "keep": f"{urlencode(at | shown | named)}&",
        "unsearched": urlencode(at | shown),
        "other_choice": urlencode(at | other | named),
    }


@connected
@require_POST
@sees_billing
def compare(request: FirmRequest, connection: Connection) -> HttpResponse:
    """Look now. What QuickBooks refuses is said, and the last comparison stays."""
    day = _day(request.POST.get("day", ""))
    if day is None or day > tie_out_daily.today_of(connection, timezone.now()):
        messages.warning(request, "Choose a day up to today. Nothing was compared.")
        return redirect("quickbooks-tie-out")
    try:
        found = tie_out.check(connection, day)
    except LedgerError as error:
        messages.warning(request, f"{error.sentence} The last comparison stays as it was.")
    else:
        messages.success(
            request,
            f"{words.agreement(found, currency_of(connection.firm_id)).sentence}, as of {day:%B} {day.day}, {day.year}.",
        )
    return redirect(f"{reverse('quickbooks-tie-out')}?day={day.isoformat()}")


@connected
@require_POST
@sees_billing
def sign(request: FirmRequest, connection: Connection, tie_out_id: int) -> HttpResponse:
    found = _found(connection, tie_out_id)
    try:
        signed = tie_out.sign(request.member, found, request.POST.get("note", ""))
    except tie_out.ClientsGone as refusal:
        messages.warning(request, str(refusal))
    else:
        if signed:
            messages.success(request, "Signed. It is kept as it is, whatever changes afterwards.")
        else:
            messages.info(request, "It was signed already.")
    return redirect(f"{reverse('quickbooks-tie-out')}?day={found.day.isoformat()}")


@kept
@require_GET
@sees_billing
def export(request: FirmRequest, connection: Connection, tie_out_id: int) -> HttpResponse:
    found = _with_clients(connection, tie_out_id)
    return csv_file(
        f"tie-out-{found.day.isoformat()}.csv", write_csv(words.HEADER, words.rows(_every(found)))
    )


@kept
@require_GET
@sees_billing
def printed(request: FirmRequest, connection: Connection, tie_out_id: int) -> HttpResponse:
    """For the archive; with the signature, or a place for it."""
    found = _with_clients(connection, tie_out_id)
    currency = currency_of(connection.firm_id)
    content = tie_out_pdf(request.member.firm.name, connection.company_name, found, _every(found), currency)
    return attachment(f"tie-out-{found.day.isoformat()}.pdf", content, "application/pdf")


def _found(connection: Connection, tie_out_id: int) -> TieOut:
    found = TieOut.objects.filter(connection=connection, pk=tie_out_id).first()
    if found is None:
        raise NotYours("There is no such comparison; a later one of that day may have replaced it.")
    return found


def _with_clients(connection: Connection, tie_out_id: int) -> TieOut:
    """For a file: one without its clients would read as if there had been none."""
    found = _found(connection, tie_out_id)
    if tie_out.clients_are_gone(found):
        raise NotYours("The clients of this comparison are no longer kept. Compare the day again.")
    return found


def _every(found: TieOut) -> Iterator[TieOutLine]:
    return TieOutLine.objects.filter(tie_out=found).order_by("id").iterator(chunk_size=AT_ONCE)


def _documents(connection: Connection, line: TieOutLine) -> list[tuple[words.Document, str, str]]:
    """With the addresses of each document here and there; empty where there is none."""
    return [(one, _here(one), _there(connection, one)) for one in words.documents(line)]


def _here(one: words.Document) -> str:
    record = RECORD_PAGES.get(one.kind, {}).get("record")
    return reverse(record, args=[one.practice_id]) if record and one.practice_id else ""


def _there(connection: Connection, one: words.Document) -> str:
    known = one.ledger_id and one.kind in LEDGER_PAGES
    return partners.deep_link(connection, one.kind, one.ledger_id) if known else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
