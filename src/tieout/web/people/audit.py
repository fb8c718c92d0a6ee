"""Acts: the audit log: every change of every record, who made it, when and what it was before. It only grows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET

from tieout.practice.access import member_names
from tieout.practice.actor import ActorKind, ChangeRecord
from tieout.practice.billing_settings import settings_of
from tieout.practice.csv_text import write_csv
from tieout.practice.firms import Member
from tieout.practice.permissions import Permission
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.history import field_change
from tieout.web.client_history import FieldChange
from tieout.web.downloads import csv_file
from tieout.web.listing import PAGE_SIZE, Asked, Column, Filter, ListKind

KINDS: Mapping[str, tuple[str, str]] = {
    "client": ("Client", "client"),
    "client_group": ("Client group", "client_group"),
    "tag": ("Tag", ""),
    "saved_view": ("Saved view", ""),
    "service_item": ("Service item", "service_item"),
    "invoice": ("Invoice", "invoice"),
    "recurring_invoice": ("Recurring invoice", "recurring_record"),
    "payment": ("Payment", "payment"),
    "refund": ("Refund", ""),
    "credit": ("Credit", "credit"),
    "credit_application": ("Application of a credit", ""),
    "tax_rate": ("Tax rate", ""),
    "billing_settings": ("Billing settings", ""),
    "member": ("Member", ""),
    "role": ("Role", "role"),
    "invitation": ("Invitation", ""),
    "firm": ("Firm", ""),
    "api_token": ("API token", ""),
    "category": ("Category", ""),
    "tracking_class": ("Class", ""),
    "location": ("Location", ""),
    "account": ("Account", ""),
}
"""Kind of record -> how people call it, and the page that shows one."""
ACTORS = {
    ActorKind.MEMBER: "A person",
    ActorKind.IMPORT: "An import",
    ActorKind.API: "A program, by the API",
    ActorKind.SYNC: "The sync",
    ActorKind.SYSTEM: "Tieout itself",
}
MOST_EXPORTED = 100_000
EXPORTED = (
    "When", "Who", "How", "Record", "Number of the record", "What", "Changes", "Entry", "Hash before", "Hash",
)  # fmt: skip


def log_of(member: Member) -> ListKind:
    """The list's shape; its people are the firm's."""
    people = sorted(member_names(member.firm_id).items(), key=lambda each: each[1])
    return ListKind(
        columns=(Column("at", "When", "id"), Column("who", "Who"), Column("record", "Record"), Column("what", "What")),
        filters=(
            Filter("of", "Record", (("", "All"), *((kind, words[0]) for kind, words in KINDS.items()))),
            Filter("who", "Who", (("", "Everybody"), *((str(pk), name) for pk, name in people))),
            Filter("how", "How", (("", "All"), *((each.value, words) for each, words in ACTORS.items()))),
        ),
        sort="-at",
        dates=True,
    )  # fmt: skip


@require_GET
@requires(Permission.MANAGE_TEAM)
def index(request: FirmRequest) -> HttpResponse:
    asked = log_of(request.member).read(request.GET)
    page = Paginator(narrowed(asked, request.member), PAGE_SIZE).get_page(request.GET.get("page"))
    currency = settings_of(request.member.firm_id).currency
    rows = [(each, kind_of(each), address_of(each), changes_of(each, currency)) for each in page.object_list]
    return render(request, "people/audit.html", {"asked": asked, "page": page, "rows": rows})


@require_GET
@requires(Permission.MANAGE_TEAM)
def export(request: FirmRequest) -> HttpResponse:
    """The log as it is filtered, the latest hundred thousand lines."""
    found = narrowed(log_of(request.member).read(request.GET), request.member)[:MOST_EXPORTED]
    currency = settings_of(request.member.firm_id).currency
    return csv_file("tieout-audit-log.csv", write_csv(EXPORTED, log_rows(found, currency)))


def narrowed(asked: Asked, member: Member) -> QuerySet[ChangeRecord]:
    found = ChangeRecord.objects.filter(firm_id=member.firm_id)
    if asked["of"]:
        found = found.filter(kind=asked["of"])
    if asked["who"]:
        found = found.filter(member_id=asked["who"])
    if asked["how"]:
        found = found.filter(actor_kind=asked["how"])
    if since := asked.day("since"):
        found = found.filter(at__date__gte=since)
    if until := asked.day("until"):
        found = found.filter(at__date__lte=until)
    if asked.search:
        found = found.filter(verb__icontains=asked.search)
    return asked.sorted(found)


def kind_of(record: ChangeRecord) -> str:
    return KINDS.get(record.kind, (record.kind.replace("_", " ").capitalize(), ""))[0]


def address_of(record: ChangeRecord) -> str:
    """Where the record is shown; empty for kinds without a page."""
    url_name = KINDS.get(record.kind, ("", ""))[1]
    return reverse(url_name, args=[record.record_id]) if url_name and record.record_id.isdigit() else ""


def changes_of(record: ChangeRecord, currency: str) -> list[FieldChange]:
    return [field_change(name, pair, currency) for name, pair in record.changes.items()]


def log_rows(found: QuerySet[ChangeRecord], currency: str) -> Iterator[tuple[str, ...]]:
    """Entries as rows of a file, in the order given. ``currency``: of the firm."""
    for each in found.iterator(chunk_size=2000):
        changes = "; ".join(
            f"{told.label}: {told.before} -> {told.after}" for told in changes_of(each, currency)
        )
        how = ACTORS[ActorKind(each.actor_kind)]
        chained = (str(each.number or ""), each.previous_hash, each.hash)
        yield (
            each.at.isoformat(),
            each.actor_label,
            how,
            kind_of(each),
            each.record_id,
            each.verb,
            changes,
            *chained,
        )


urlpatterns: list[URLPattern] = [
    path("settings/audit-log/", index, name="audit_log"),
    path("settings/audit-log/export.csv", export, name="audit_log_export"),
]
