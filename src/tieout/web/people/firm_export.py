"""Acts: everything a firm has, as CSV files in one archive, for a move or a safe: what the member may see, nothing more.

Rows are written as they are read: only the packed archive is ever held whole.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from tieout.practice.access import visible_clients
from tieout.practice.actor import ChangeRecord
from tieout.practice.billing_access import rows_of, visible_documents, visible_items
from tieout.practice.billing_export import balance_rows, headings, invoice_rows, item_rows, payment_rows
from tieout.practice.billing_settings import settings_of
from tieout.practice.client_csv import HEADINGS, export_row
from tieout.practice.clients import Contact
from tieout.practice.credits import Credit
from tieout.practice.csv_text import BOM, write_rows
from tieout.practice.firms import Member
from tieout.practice.groups import ClientGroup
from tieout.practice.invoices import Invoice
from tieout.practice.payments import Payment, Refund
from tieout.practice.permissions import PERMISSIONS, Permission
from tieout.web.billing.payment_list import CREDITS_EXPORTED, credit_rows
from tieout.web.people.audit import EXPORTED, log_rows

Rows = Iterable[Sequence[str]]
CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the archive."""

    name: str
    words: str
    needs: tuple[Permission, ...]
    header: Sequence[str]
    rows: Callable[[Member], Rows]

    def refused(self, member: Member) -> str:
        """What the member lacks for it; empty when nothing."""
        return ", ".join(PERMISSIONS[each].label for each in self.needs if not member.may(each))


def parts_for(member: Member) -> list[tuple[Part, str]]:
    """Every file with what the member lacks for it."""
    return [(part, part.refused(member)) for part in PARTS]


def firm_export(member: Member, now: datetime) -> bytes:
    """The archive. Its first file to read says what is in it, and what was left out for lack of which right."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        told = [f"{member.firm.name}, exported {now.isoformat()} by {member.user.get_full_name()}.", ""]
        for part, lacks in parts_for(member):
            if lacks:
                told.append(f"{part.name}: left out, for it needs {lacks}.")
                continue
            with archive.open(f"{part.name}.csv", "w", force_zip64=True) as raw:
                raw.write(BOM)
                with io.TextIOWrapper(raw, encoding="utf-8", newline="", write_through=True) as text:
                    many = write_rows(text, part.header, part.rows(member))
            told.append(f"{part.name}.csv: {many:,} rows, {part.words}.")
        archive.writestr("READ ME.txt", "\r\n".join(told) + "\r\n")
    return file.getvalue()


def _clients(member: Member) -> Iterator[Sequence[str]]:
    primary = Prefetch("contacts", queryset=Contact.objects.filter(is_primary=True), to_attr="primary")
    found = (
        visible_clients(member).select_related("assigned_to__user").prefetch_related(primary, "tagged__tag")
    )
    for each in found.order_by("id").iterator(chunk_size=CHUNK):
        yield export_row(each, (each.primary or [Contact()])[0], [row.tag.name for row in each.tagged.all()])


def _contacts(member: Member) -> Iterator[Sequence[str]]:
    found = (
        Contact.objects.filter(client__in=visible_clients(member))
        .select_related("client")
        .order_by("client_id", "id")
    )
    for each in found.iterator(chunk_size=CHUNK):
        yield (
            each.client.name,
            "Yes" if each.is_primary else "No",
            each.relation_to_client,
            each.title,
            each.given,
            each.middle,
            each.family,
            each.suffix,
            each.email,
            each.phone,
        )


def _groups(member: Member) -> Iterator[Sequence[str]]:
    found = rows_of(ClientGroup, member.firm_id).prefetch_related("members__client").order_by("id")
    for group in found.iterator(chunk_size=CHUNK):
        for each in group.members.all():
            yield (group.name, each.client.name, "Yes" if group.billed_client_id == each.client_id else "No")


def _refunds(member: Member) -> Iterator[Sequence[str]]:
    found = visible_documents(member, Refund).select_related("client").order_by("id")
    for each in found.iterator(chunk_size=CHUNK):
        yield (
            each.client.name,
            each.date.isoformat(),
            str(each.amount),
            each.get_method_display(),
            each.get_status_display(),
            each.reason,
        )


def _log(member: Member) -> Rows:
    entries = ChangeRecord.objects.filter(firm_id=member.firm_id).order_by("id")
    return log_rows(entries, settings_of(member.firm_id).currency)


CLIENTS = (Permission.VIEW_CLIENTS, Permission.VIEW_ALL_CLIENTS, Permission.EXPORT_CLIENTS)
BILLING = (Permission.VIEW_BILLING, Permission.VIEW_ALL_CLIENTS)
PARTS: tuple[Part, ...] = (
    Part("clients", "archived ones too, with their tags", CLIENTS, HEADINGS, _clients),
    Part(
        "contacts",
        "the people at clients",
        CLIENTS,
        (
            "Client",
            "Primary",
            "Relation",
            "Title",
            "First name",
            "Middle name",
            "Last name",
            "Suffix",
            "E-mail",
            "Phone",
        ),
        _contacts,
    ),
    Part(
        "client-groups",
        "a row for each client of a group",
        CLIENTS,
        ("Group", "Client", "Gets the invoices"),
        _groups,
    ),
    Part(
        "service-items",
        "archived ones too",
        BILLING,
        headings("items"),
        lambda member: item_rows(visible_items(member).order_by("id")),
    ),
    Part(
        "invoices",
        "a row for each line, drafts and void ones too",
        BILLING,
        headings("invoices"),
        lambda member: invoice_rows(member.firm_id, visible_documents(member, Invoice).order_by("id")),
    ),
    Part(
        "open-balances",
        "what is still owed",
        BILLING,
        headings("balances"),
        lambda member: balance_rows(member.firm_id, visible_documents(member, Invoice).order_by("id")),
    ),
    Part(
        "payments",
        "a row for each invoice a payment is on",
        BILLING,
        headings("payments"),
        lambda member: payment_rows(member.firm_id, visible_documents(member, Payment).order_by("id")),
    ),
    Part(
        "refunds",
        "what was paid back",
        BILLING,
        ("Client", "Date", "Amount", "Method", "Status", "Reason"),
        _refunds,
    ),
    Part(
        "credits",
        "void ones too",
        BILLING,
        CREDITS_EXPORTED,
        lambda member: credit_rows(visible_documents(member, Credit).order_by("id")),
    ),
    Part("audit-log", "every change, with its chain of hashes", (Permission.MANAGE_TEAM,), EXPORTED, _log),
)
"""The files, in the order of the archive."""
